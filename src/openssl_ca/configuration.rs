//! The `openssl.cnf` of an exported folder.

use super::{CERTIFICATE, CERTIFICATES, CONFIGURATION, CRL_NUMBER, INDEX, PRIVATE, SERIAL};
use crate::algorithm::SignatureAlgorithm;
use crate::issuer::Issuer;

/// What `openssl ca` needs to go on as this issuer. Its policy takes any subject and copies no
/// extension from a request, because a policy of ours cannot be said in it.
pub(super) fn configuration(issuer: &Issuer) -> String {
    let digest = match issuer.signature_algorithm() {
        SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::RsaSha256 => "sha256",
        SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::RsaSha384 => "sha384",
        SignatureAlgorithm::EcdsaSha512 | SignatureAlgorithm::RsaSha512 => "sha512",
        SignatureAlgorithm::Sm2Sm3 => "sm3",
    };
    // OpenSSL can only point to a key identifier that the CA's certificate has.
    let identified = issuer.certificate().subject_key_identifier().is_some();
    let authority = if identified { "authorityKeyIdentifier = keyid:always\n" } else { "" };
    let list = if identified { "crl_extensions = list\n" } else { "" };
    let sm2 = match issuer.signature_algorithm() {
        SignatureAlgorithm::Sm2Sm3 => {
            "# SM2: sign with -sigopt distid:IDENTIFIER, which by default is 1234567812345678.\n"
        }
        _ => "",
    };
    format!(
        "# Use it in its own folder: openssl ca -config {CONFIGURATION} ...
# The private key was not exported: put it at {PRIVATE}/cakey.pem.
{sm2}
[ca]
default_ca = exported

[exported]
certificate = {CERTIFICATE}
private_key = {PRIVATE}/cakey.pem
database = {INDEX}
new_certs_dir = {CERTIFICATES}
crlnumber = {CRL_NUMBER}
# Serial numbers are drawn, as they were before. Without rand_serial they are counted up in the file.
serial = {SERIAL}
rand_serial = yes
unique_subject = no
default_md = {digest}
default_days = 365
default_crl_days = 7
policy = any
x509_extensions = leaf
{list}
# Review these: they grant any subject, and no alternative name that a request asks for.
[any]
countryName = optional
stateOrProvinceName = optional
localityName = optional
organizationName = optional
organizationalUnitName = optional
domainComponent = optional
userId = optional
serialNumber = optional
commonName = optional
emailAddress = optional

[leaf]
basicConstraints = critical, CA:FALSE
subjectKeyIdentifier = hash
{authority}
[list]
{authority}"
    )
}
