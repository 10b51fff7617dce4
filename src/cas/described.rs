//! Certificates, as the service describes them.

use std::net::IpAddr;

use md5::{Digest, Md5};
use serde_json::json;

use super::config::Config;
use super::parameters::groups::CertificateFacts;
use crate::key::{KeyFamily, SignatureAlgorithm};
use crate::ledger::Identifier;
use crate::name::{AttributeType, GeneralName};
use crate::time::Time;
use crate::{Certificate, KeyAlgorithm, Name};

/// What a certificate says.
pub(super) fn facts(certificate: &Certificate) -> CertificateFacts {
    let subject = certificate.subject();
    let (algorithm, key_size) = key_of(certificate);
    CertificateFacts {
        algorithm,
        common_name: subject.value(AttributeType::COMMON_NAME),
        country_code: subject.value(AttributeType::COUNTRY),
        key_size,
        locality: subject.value(AttributeType::LOCALITY),
        md5: hexadecimal(&Md5::digest(certificate.as_der())),
        organization: subject.value(AttributeType::ORGANIZATION),
        organization_unit: subject.value(AttributeType::ORGANIZATIONAL_UNIT),
        serial_number: certificate.serial().to_string(),
        sha2: hexadecimal(&certificate.fingerprint()),
        sign_algorithm: sign_algorithm(certificate),
        state: subject.value(AttributeType::STATE_OR_PROVINCE),
        subject_dn: subject_dn(subject),
    }
}

/// The value of `Algorithm` that means the key of a certificate.
pub(super) fn full_algorithm(config: &Config, certificate: &Certificate) -> String {
    match certificate.public_key() {
        Ok(key) => config.name_of(key.algorithm()),
        Err(_) => certificate.public_key_info().to_string(),
    }
}

/// A number for what has an identifier, where the service numbers what this engine does not: 52 bits of it,
/// which every reader of JSON can hold.
pub(super) fn number_of(identifier: &Identifier) -> i64 {
    let digits: String = identifier.to_string().chars().take(13).collect();
    i64::from_str_radix(&digits, 16).unwrap_or_default()
}

/// The certificates in PEM, one after the other.
pub(super) fn pems<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> String {
    certificates.into_iter().map(Certificate::to_pem).collect()
}

/// The service's dates are milliseconds.
pub(super) fn milliseconds(time: Time) -> i64 {
    time.unix().saturating_mul(1_000)
}

/// A subject as `C=,O=,OU=,L=,ST=,CN=`, values as they are in RFC 4514.
pub(super) fn subject_dn(subject: &Name) -> String {
    let kinds = [
        AttributeType::COUNTRY,
        AttributeType::ORGANIZATION,
        AttributeType::ORGANIZATIONAL_UNIT,
        AttributeType::LOCALITY,
        AttributeType::STATE_OR_PROVINCE,
        AttributeType::COMMON_NAME,
    ];
    let shown: Vec<String> = kinds
        .into_iter()
        .flat_map(|kind| subject.attributes().filter(move |attribute| attribute.kind() == kind))
        .map(ToString::to_string)
        .collect();
    shown.join(",")
}

/// Alternative names, separated by commas, without their types.
pub(super) fn names_of(names: &[GeneralName]) -> Option<String> {
    Some(name_list(names).join(",")).filter(|names| !names.is_empty())
}

/// Alternative names, without their types.
pub(super) fn name_list(names: &[GeneralName]) -> Vec<String> {
    names.iter().map(value_of).collect()
}

/// The text of a name without its type.
fn value_of(name: &GeneralName) -> String {
    let text = name.to_string();
    text.split_once(':').map_or(text.clone(), |(_, value)| value.to_owned())
}

/// The alternative names as the service lists them, by their numbers in GeneralName.
pub(super) fn sans(certificate: &Certificate) -> Option<String> {
    let listed = |name: &GeneralName| {
        let (kind, value) = match name {
            GeneralName::Dns(text) => (2, text.clone()),
            GeneralName::Email(text) => (1, text.clone()),
            GeneralName::Ip(bytes) => (7, address(bytes)?),
            GeneralName::Uri(text) => (6, text.clone()),
            GeneralName::OtherName { .. } => (0, value_of(name)),
            GeneralName::Directory(_) => (4, value_of(name)),
            GeneralName::RegisteredId(_) => (8, value_of(name)),
            // No operation issues others.
            _ => return None,
        };
        Some(json!({ "Type": kind, "Value": value }))
    };
    let names: Vec<serde_json::Value> = certificate.alt_names().iter().filter_map(listed).collect();
    (!names.is_empty()).then(|| serde_json::Value::from(names).to_string())
}

fn address(bytes: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    let sixteen = <[u8; 16]>::try_from(bytes).map(IpAddr::from);
    four.or(sixteen).ok().map(|address| address.to_string())
}

/// The family of a certificate's key and its size in bits.
pub(super) fn key_of(certificate: &Certificate) -> (String, i64) {
    match certificate.public_key().map(|key| key.algorithm()) {
        Ok(algorithm) => (family(algorithm).to_owned(), i64::from(algorithm.bits())),
        Err(_) => (certificate.public_key_info().to_string(), 0),
    }
}

/// The family of a key, as the service says it.
pub(super) fn family(key: KeyAlgorithm) -> &'static str {
    let found = FAMILIES.iter().find(|(family, _)| *family == key.family());
    found.map_or("", |(_, name)| name)
}

/// How a certificate is signed, as the service says it.
pub(super) fn sign_algorithm(certificate: &Certificate) -> String {
    let algorithm = certificate.signature_algorithm().ok();
    let found = SIGNATURES.iter().find(|(known, _)| Some(*known) == algorithm);
    found.map_or_else(
        || certificate.signature_identifier().to_string(),
        |(_, name)| (*name).to_owned(),
    )
}

/// Bytes as the service writes them: two lower-case hexadecimal digits each.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tables are the service's, whatever the engine calls the same.
const FAMILIES: [(KeyFamily, &str); 3] =
    [(KeyFamily::Ecc, "ECC"), (KeyFamily::Rsa, "RSA"), (KeyFamily::Sm2, "SM2")];

const SIGNATURES: [(SignatureAlgorithm, &str); 7] = [
    (SignatureAlgorithm::EcdsaSha256, "SHA256WITHECDSA"),
    (SignatureAlgorithm::EcdsaSha384, "SHA384WITHECDSA"),
    (SignatureAlgorithm::EcdsaSha512, "SHA512WITHECDSA"),
    (SignatureAlgorithm::RsaSha256, "SHA256WITHRSA"),
    (SignatureAlgorithm::RsaSha384, "SHA384WITHRSA"),
    (SignatureAlgorithm::RsaSha512, "SHA512WITHRSA"),
    (SignatureAlgorithm::Sm2Sm3, "SM3WITHSM2"),
];
