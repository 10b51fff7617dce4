//! Certificates, as the service describes them.

use std::net::IpAddr;

use serde_json::json;

use super::parameters::groups::CertificateFacts;
use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::hexadecimal::hexadecimal;
use crate::key::{fingerprint, md5_fingerprint};
use crate::name::{AttributeType, GeneralName, Name};
use crate::validity::Time;

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
        md5: hexadecimal(&md5_fingerprint(certificate.as_der())),
        organization: subject.value(AttributeType::ORGANIZATION),
        organization_unit: subject.value(AttributeType::ORGANIZATIONAL_UNIT),
        serial_number: certificate.serial().to_string(),
        sha2: hexadecimal(&fingerprint(certificate.as_der())),
        sign_algorithm: sign_algorithm(certificate),
        state: subject.value(AttributeType::STATE_OR_PROVINCE),
        subject_dn: subject_dn(subject),
    }
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

/// The alternative names as the service lists them, by their numbers in GeneralName.
pub(super) fn sans(certificate: &Certificate) -> Option<String> {
    let listed = |name: &GeneralName| {
        let (kind, value) = match name {
            GeneralName::Dns(text) => (2, text.clone()),
            GeneralName::Email(text) => (1, text.clone()),
            GeneralName::Ip(bytes) => (7, address(bytes)?),
            GeneralName::Uri(text) => (6, text.clone()),
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
        Ok(algorithm) => (algorithm.family().to_string(), i64::from(algorithm.bits())),
        Err(_) => (certificate.public_key_info().to_string(), 0),
    }
}

/// How a certificate is signed, as the service says it.
fn sign_algorithm(certificate: &Certificate) -> String {
    match certificate.signature_algorithm() {
        Ok(SignatureAlgorithm::EcdsaSha256) => "SHA256WITHECDSA",
        Ok(SignatureAlgorithm::EcdsaSha384) => "SHA384WITHECDSA",
        Ok(SignatureAlgorithm::EcdsaSha512) => "SHA512WITHECDSA",
        Ok(SignatureAlgorithm::RsaSha256) => "SHA256WITHRSA",
        Ok(SignatureAlgorithm::RsaSha384) => "SHA384WITHRSA",
        Ok(SignatureAlgorithm::RsaSha512) => "SHA512WITHRSA",
        Ok(SignatureAlgorithm::Sm2Sm3) => "SM3WITHSM2",
        Err(_) => return certificate.signature_identifier().to_string(),
    }
    .to_owned()
}
