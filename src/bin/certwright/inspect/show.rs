//! Certificates, requests, revocation lists and public keys in lines.

use std::io;

use certwright::crl::{RevocationList, RevocationReason};
use certwright::key::{KeyFamily, PublicKey, PublicKeyInfo, WeakKeys};
use certwright::name::NameConstraints;
use certwright::profile::{Extension, Oid};
use certwright::request::UnverifiedRequest;
use certwright::{Certificate, Error, SerialNumber};

use super::super::output::{Output, colons, escaped};

/// Bytes of an extension that is shown as it was written.
const BYTES: usize = 32;

pub fn certificate(certificate: &Certificate, output: &mut Output) -> io::Result<()> {
    output.heading("Certificate")?;
    output.field("subject", certificate.subject())?;
    output.field("issuer", certificate.issuer())?;
    if certificate.version() < 3 {
        output.field("version", certificate.version())?;
    }
    output.field("serial", serial(certificate.serial()))?;
    let validity = certificate.validity();
    output.field("not before", validity.not_before())?;
    output.field("not after", format!("{} ({})", validity.not_after(), validity.lifetime()))?;
    public_key_info(certificate.public_key_info(), output)?;
    output.field("signed with", certificate.signature_identifier())?;
    if certificate.is_self_issued() {
        let verified = certificate.public_key().and_then(|key| certificate.verify_signature(key));
        output.field(
            "signature",
            match verified {
                Ok(()) => "verifies with its own key".to_owned(),
                Err(Error::InvalidSignature { .. }) => "not signed by its own key".to_owned(),
                Err(error) => format!("not verified: {error}"),
            },
        )?;
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

/// A request, with what came of verifying it.
pub fn request(
    request: &UnverifiedRequest,
    unverified: Option<&Error>,
    output: &mut Output,
) -> io::Result<()> {
    output.heading("Certificate request")?;
    output.field("subject", request.subject())?;
    public_key_info(request.public_key_info(), output)?;
    output.field("signed with", request.signature_identifier())?;
    output.field(
        "signature",
        match unverified {
            None => "verifies: the sender has the key".to_owned(),
            Some(Error::InvalidSignature { .. }) => {
                "does not verify: no proof that the sender has the key".to_owned()
            }
            Some(error) => format!("not verified: {error}"),
        },
    )?;
    output.field("asks to be CA", if request.requests_authority() { "yes" } else { "no" })?;
    output.list("key usage", request.requested_key_usage())?;
    output.list("used for", request.requested_extended_key_usage())?;
    output.list("names", request.requested_alt_names())?;
    extensions(request.requested_extensions(), output)?;
    let attributes = request.attributes();
    // A value can be a password.
    output.list(
        "attributes",
        attributes.map(|(oid, value)| format!("{} of {} bytes", named(oid), value.len())),
    )
}

pub fn revocation_list(list: &RevocationList, output: &mut Output) -> io::Result<()> {
    output.heading(if list.is_delta() { "Delta revocation list" } else { "Revocation list" })?;
    output.field("issuer", list.issuer())?;
    output.list("number", list.number())?;
    output.list("adds to", list.delta_base().map(|base| format!("number {base}")))?;
    output.field("this update", list.this_update())?;
    output.list("next update", list.next_update())?;
    output.field("signed with", list.signature_identifier())?;
    if let Err(error) = list.check_usable() {
        output.field("cannot be used", error)?;
    }
    output.list("issuer key id", list.authority_key_identifier().map(colons))?;
    output.list("for CRL", list.distribution_urls().iter().map(|url| escaped(url)))?;
    if list.foreign_entries() > 0 {
        output.field("of others", format!("{} entries, not shown", list.foreign_entries()))?;
    }
    output.field("entries", list.len())?;
    for number in list.serials() {
        let Some((since, reason)) = list.find(number) else { continue };
        let reason = reason.map_or(String::new(), |code| format!(" {}", reason_name(code)));
        let invalid = list.invalid_since(number);
        let invalid = invalid.map_or(String::new(), |at| format!(", invalid since {at}"));
        output.field("", format!("{} since {since}{reason}{invalid}", serial(number)))?;
    }
    Ok(())
}

/// A serial number, with what is wrong with it.
fn serial(serial: &SerialNumber) -> String {
    let fault = match serial {
        _ if serial.is_conforming() => "",
        _ if serial.is_negative() => " (negative; RFC 5280 wants a positive one)",
        _ if serial.to_string() == "00" => " (zero; RFC 5280 wants a positive one)",
        _ => " (longer than the 20 bytes that RFC 5280 allows)",
    };
    format!("{serial}{fault}")
}

/// A key that the engine may not know.
pub fn public_key_info(info: &PublicKeyInfo, output: &mut Output) -> io::Result<()> {
    match info.key() {
        Ok(key) => public_key(key, output),
        Err(error) => {
            output.field("key", info)?;
            output.field("", format!("cannot be used here: {error}"))
        }
    }
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
            let critical = if *critical { ", critical" } else { "" };
            let shown = SHOWN.contains(&oid.to_string().as_str());
            let bytes = match value.get(..BYTES) {
                _ if shown => String::new(),
                Some(first) => format!(": {}… of {} bytes", colons(first), value.len()),
                None => format!(": {}", colons(value)),
            };
            format!("{}{critical}{bytes}", named(*oid))
        }),
    )
}

fn named(oid: Oid) -> String {
    match oid.name() {
        Some(name) => format!("{name} ({oid})"),
        None => oid.to_string(),
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
