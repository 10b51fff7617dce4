//! rcgen on aws-lc-rs: it reads and verifies requests and signs certificates. x509-parser, with which
//! it reads, verifies the signature of the certificate, as rcgen does not.

use aws_lc_rs::rand;
use certwright::KeyAlgorithm;
use rcgen::{
    CertificateParams, CertificateSigningRequestParams, CustomExtension, ExtendedKeyUsagePurpose,
    Issuer as Signing, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_RSA_SHA256, SanType, SerialNumber, SignatureAlgorithm,
};
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::{FromDer as _, SubjectPublicKeyInfo, X509Certificate};

use super::{Ca, DAYS, DOMAIN, Issuer, Peer, Records};

/// rcgen.
pub struct Rcgen;

impl Peer for Rcgen {
    fn name(&self) -> &'static str {
        "rcgen"
    }

    fn issuer(&self, ca: &Ca) -> Option<Box<dyn Issuer>> {
        let algorithm = signature(ca.algorithm)?;
        let pkcs8 = ca.pkcs8.as_slice().into();
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, algorithm).unwrap();
        let (_, certificate) = X509Certificate::from_der(&ca.chain[0]).unwrap();
        let public_key = certificate.public_key().raw.to_vec();
        let signing = Signing::from_ca_cert_der(&ca.chain[0].as_slice().into(), key).unwrap();
        let encipherment = algorithm == &PKCS_RSA_SHA256;
        let records = Records::default();
        Some(Box::new(Authority { public_key, signing, encipherment, records }))
    }
}

/// Requests under P-521 with SHA-512 it cannot verify, and SM2 it does not know.
fn signature(algorithm: KeyAlgorithm) -> Option<&'static SignatureAlgorithm> {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => Some(&PKCS_ECDSA_P256_SHA256),
        KeyAlgorithm::EcdsaP384 => Some(&PKCS_ECDSA_P384_SHA384),
        KeyAlgorithm::EcdsaP521 | KeyAlgorithm::Sm2 => None,
        _ => Some(&PKCS_RSA_SHA256),
    }
}

struct Authority {
    public_key: Vec<u8>,
    signing: Signing<'static, KeyPair>,
    encipherment: bool,
    records: Records,
}

impl Authority {
    /// Sets what the request does not ask for.
    fn complete(&self, params: &mut CertificateParams, key_identifier: &[u8]) {
        params.not_before = OffsetDateTime::now_utc();
        params.not_after = params.not_before + Duration::days(DAYS.into());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        if self.encipherment {
            params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // It writes one of its own accord for CAs only.
        let value = [&[0x04, key_identifier.len() as u8], key_identifier].concat();
        let identifier = CustomExtension::from_oid_content(&[2, 5, 29, 14], value);
        params.custom_extensions.push(identifier);
    }
}

impl Issuer for Authority {
    fn issue(&mut self, request: &[u8]) -> Vec<u8> {
        let mut request = CertificateSigningRequestParams::from_der(&request.into()).unwrap();
        for name in &request.params.subject_alt_names {
            let SanType::DnsName(name) = name else { panic!("no DNS name") };
            assert!(name.as_str().ends_with(DOMAIN), "a name of another domain");
        }
        let key_identifier = request.params.key_identifier(&request.public_key);
        self.complete(&mut request.params, &key_identifier);
        let mut serial = vec![0; 20];
        rand::fill(&mut serial).unwrap();
        serial[0] &= 0x3f;
        request.params.serial_number = Some(SerialNumber::from(serial.clone()));
        let der = request.signed_by(&self.signing).unwrap().der().to_vec();
        assert!(self.verify(&der), "the signature is wrong");
        self.records.keep(serial, &der);
        der
    }

    fn verify(&self, certificate: &[u8]) -> bool {
        let (_, key) = SubjectPublicKeyInfo::from_der(&self.public_key).unwrap();
        let (_, certificate) = X509Certificate::from_der(certificate).unwrap();
        certificate.verify_signature(Some(&key)).is_ok()
    }
}
