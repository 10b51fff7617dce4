//! Certificates, requests, revocation lists and public keys in lines.

use std::io;

use certwright::crl::{RevocationList, RevocationReason};
use certwright::key::{KeyFamily, PublicKey, WeakKeys};
use certwright::name::NameConstraints;
use certwright::profile::Extension;
use certwright::{Certificate, CertificateRequest};

use super::super::output::{Output, colons, escaped};

/// Octets of an extension that is shown as it was written.
const OCTETS: usize = 32;

pub fn certificate(certificate: &Certificate, output: &mut Output) -> io::Result<()> {
    output.heading("Certificate")?;
    output.field("subject", certificate.subject())?;
    output.field("issuer", certificate.issuer())?;
    output.field("serial", certificate.serial())?;
    let validity = certificate.validity();
    output.field("not before", validity.not_before())?;
    output.field("not after", format!("{} ({})", validity.not_after(), validity.lifetime()))?;
    public_key(certificate.public_key(), output)?;
    output.field("signed with", certificate.signature_algorithm())?;
    if certificate.is_self_issued() {
        let good = certificate.verify_signature(certificate.public_key()).is_ok();
        let signature = if good { "verifies with its own key" } else { "not made by its own key" };
        output.field("signature", signature)?;
    }
    output.field(
        "CA",
        match (certificate.is_authority(), certificate.path_len()) {
            (false, _) => "no".to_owned(),
            (true, None) => "yes".to_owned(),
            (true, Some(limit)) => format!("yes, intermediates below: at most {limit}"),
        },
    )?;
    if let Some(usage) = certificate.key_usage() {
        output.field("key usage", usage)?;
    }
    output.list("used for", certificate.extended_key_usage().unwrap_or_default())?;
    output.list("names", certificate.alt_names())?;
    if let Some(NameConstraints { permitted, excluded }) = certificate.name_constraints() {
        output.list("permitted", permitted)?;
        output.list("excluded", excluded)?;
    }
    output.list("CRL", certificate.crl_urls().iter().map(|url| escaped(url)))?;
    output.list("key id", certificate.subject_key_identifier().map(colons))?;
    output.list("issuer key id", certificate.authority_key_identifier().map(colons))?;
    extensions(certificate.extensions(), output)?;
    output.field("SHA-256", colons(&certificate.fingerprint()))
}

pub fn request(request: &CertificateRequest, output: &mut Output) -> io::Result<()> {
    output.heading("Certificate request")?;
    output.field("subject", request.subject())?;
    public_key(request.public_key(), output)?;
    output.field("signed with", request.signature_algorithm())?;
    output.field("signature", "verifies: the sender has the key")?;
    output.field("asks to be CA", if request.requests_authority() { "yes" } else { "no" })?;
    output.list("key usage", request.requested_key_usage())?;
    output.list("used for", request.requested_extended_key_usage())?;
    output.list("names", request.requested_alt_names())?;
    extensions(request.requested_extensions(), output)?;
    let attributes = request.attributes();
    // A value can be a password.
    output.list(
        "attributes",
        attributes
            .map(|(oid, value)| format!("{} of {} octets", named(&oid.to_string()), value.len())),
    )
}

pub fn revocation_list(list: &RevocationList, output: &mut Output) -> io::Result<()> {
    output.heading(if list.is_delta() { "Delta revocation list" } else { "Revocation list" })?;
    output.field("issuer", list.issuer())?;
    output.list("number", list.number())?;
    output.list("adds to", list.delta_base().map(|base| format!("number {base}")))?;
    output.field("this update", list.this_update())?;
    output.list("next update", list.next_update())?;
    output.field("signed with", list.signature_algorithm())?;
    output.list("issuer key id", list.authority_key_identifier().map(colons))?;
    output.list("for CRL", list.distribution_urls().iter().map(|url| escaped(url)))?;
    output.field("entries", list.len())?;
    for serial in list.serials() {
        let Some((since, reason)) = list.find(serial) else { continue };
        let reason = reason.map_or(String::new(), |code| format!(" {}", reason_name(code)));
        let invalid = list.invalid_since(serial);
        let invalid = invalid.map_or(String::new(), |at| format!(", invalid since {at}"));
        output.field("", format!("{serial} since {since}{reason}{invalid}"))?;
    }
    Ok(())
}

pub fn public_key(key: &PublicKey, output: &mut Output) -> io::Result<()> {
    let algorithm = key.algorithm();
    let kind = match algorithm.family() {
        KeyFamily::Ecc => "ECDSA on a NIST curve",
        KeyFamily::Rsa => "RSA",
        KeyFamily::Sm2 => "SM2 on sm2p256v1",
        _ => "another family",
    };
    output.field("key", format!("{algorithm} ({kind}, {} bits)", algorithm.bits()))?;
    output.field("key SHA-256", colons(&key.fingerprint()))?;
    let mut weaknesses = key.weaknesses();
    if !WeakKeys::Refuse.allow(algorithm) {
        weaknesses.push("too short to protect anything");
    }
    match weaknesses.is_empty() {
        true => output.field("key health", "no weakness found"),
        false => output.list("key is weak", weaknesses),
    }
}

/// Every extension with whether it is critical, and those that no other line shows as they are.
fn extensions(extensions: &[Extension], output: &mut Output) -> io::Result<()> {
    output.list(
        "extensions",
        extensions.iter().map(|Extension { oid, critical, value }| {
            let oid = oid.to_string();
            let critical = if *critical { ", critical" } else { "" };
            let shown = SHOWN.contains(&oid.as_str());
            let octets = match value.get(..OCTETS) {
                _ if shown => String::new(),
                Some(first) => format!(": {}… of {} octets", colons(first), value.len()),
                None => format!(": {}", colons(value)),
            };
            format!("{}{critical}{octets}", named(&oid))
        }),
    )
}

fn named(oid: &str) -> String {
    match NAMES.iter().find(|(known, _)| *known == oid) {
        Some((_, name)) => format!("{name} ({oid})"),
        None => oid.to_owned(),
    }
}

fn reason_name(code: u8) -> String {
    match (RevocationReason::from_code(code), code) {
        (Some(reason), _) => reason.to_string(),
        // RFC 5280 section 5.3.1.
        (None, 8) => "removeFromCRL".to_owned(),
        (None, code) => format!("reason {code}"),
    }
}

/// The extensions that have lines of their own.
const SHOWN: [&str; 8] = [
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.35",
    "2.5.29.37",
];

/// RFC 5280 section 4.2, RFC 2985 section 5.4, RFC 6962 section 3.3, RFC 7633.
const NAMES: [(&str, &str); 23] = [
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.840.113549.1.9.7", "challengePassword"),
    ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"),
    ("1.3.6.1.4.1.311.13.2.1", "Microsoft enrollment name and value"),
    ("1.3.6.1.4.1.311.13.2.2", "Microsoft cryptographic provider"),
    ("1.3.6.1.4.1.311.13.2.3", "Microsoft operating system version"),
    ("1.3.6.1.4.1.311.21.20", "Microsoft client information"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.1.24", "tlsfeature"),
    ("2.5.29.9", "subjectDirectoryAttributes"),
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.18", "issuerAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.30", "nameConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.33", "policyMappings"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.5.29.36", "policyConstraints"),
    ("2.5.29.37", "extKeyUsage"),
];
