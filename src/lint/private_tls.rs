//! What TLS clients refuse of a private CA's certificates though RFC 5280 allows it: Apple's systems, Chrome
//! and Java, with a root that their user or administrator added.

use super::algorithm::is_weak;
use super::certificate_facts::Facts;
use super::finding::{Notes, rules, shown};
use super::general_name::{DNS, IP};
use super::key::Kind;
use super::{LintProfile, reader::Value};
use crate::oid::{Oid, PRIME256V1, SECP384R1, SECP521R1};
use crate::usage::{ExtendedKeyUsage, KeyUsage};

pub(super) fn check(facts: &Facts<'_>, notes: &mut Notes) {
    if !notes.asks(LintProfile::PrivateTls) {
        return;
    }
    // Nobody looks at the signature of a root.
    if let Some(oid) = facts.algorithm.filter(|oid| is_weak(*oid) && !facts.self_issued) {
        notes.add(&DIGEST, "signature", oid.to_string());
    }
    match facts.key {
        Kind::Rsa(bits) if bits < 2048 => notes.add(&RSA_BITS, KEY, format!("{bits} bits")),
        Kind::Rsa(_) | Kind::Curve(Some(PRIME256V1 | SECP384R1)) => {}
        // In certificates of CAs all three verify with it.
        Kind::Curve(Some(SECP521R1)) if facts.is_authority() => {}
        Kind::Curve(Some(curve)) => notes.add(&KEY_KIND, KEY, format!("the curve {curve}")),
        _ => notes.add(&KEY_KIND, KEY, "neither RSA nor P-256 nor P-384"),
    }
    if facts.is_authority() {
        check_authority(facts, notes);
    } else {
        check_server(facts, notes);
    }
}

fn check_authority(facts: &Facts<'_>, notes: &mut Notes) {
    if facts.extended.as_deref().is_some_and(|usages| !serves(usages)) {
        notes.add(
            &CA_SERVER_AUTH,
            "extKeyUsage",
            "usages without serverAuth, in a CA's certificate",
        );
    }
}

fn check_server(facts: &Facts<'_>, notes: &mut Notes) {
    let since = facts.not_before.filter(|from| from.unix() >= SINCE);
    if let (Some(from), Some(to)) = (since, facts.not_after) {
        let seconds = to.unix() - from.unix();
        if seconds > DAYS * 86_400 {
            let days = (seconds + 86_399) / 86_400;
            notes.add(&LIFETIME, "validity", format!("{days} days; at most {DAYS}"));
        }
    }
    match facts.extended.as_deref() {
        None if since.is_none() => {}
        None => notes.add(&SERVER_AUTH, "extKeyUsage", "none"),
        Some(usages) if !usages.contains(&ExtendedKeyUsage::SERVER_AUTH.oid()) => {
            notes.add(&SERVER_AUTH, "extKeyUsage", "usages without serverAuth");
        }
        Some(_) => {}
    }
    if let Some(usage) = facts.usage.filter(|it| !it.contains(KeyUsage::DIGITAL_SIGNATURE)) {
        notes.add(&SIGNATURE, "keyUsage", usage.to_string());
    }
    let names = facts.alt_names.as_deref().unwrap_or_default();
    if !names.iter().any(|name| [DNS, IP].contains(&name.tag)) {
        let given = if names.is_empty() { "none" } else { "no name of a host" };
        notes.add(&NAMES, "subjectAltName", given);
    }
    for name in names.iter().filter(|name| is_broad_wildcard(name)) {
        notes.add(&WILDCARD, "subjectAltName", shown(name.content));
    }
}

fn serves(usages: &[Oid]) -> bool {
    [ExtendedKeyUsage::SERVER_AUTH, ExtendedKeyUsage::ANY]
        .iter()
        .any(|it| usages.contains(&it.oid()))
}

/// Whether a name is a wildcard before a single label, such as `*.internal`.
fn is_broad_wildcard(name: &Value<'_>) -> bool {
    let parent = name.content.strip_prefix(b"*.").filter(|_| name.tag == DNS);
    parent.is_some_and(|parent| !parent.contains(&b'.'))
}

const KEY: &str = "subjectPublicKeyInfo";

/// 2019-07-01 in UNIX seconds: Apple asks certificates from then on for serverAuth and for the limit.
const SINCE: i64 = 1_561_939_200;

const DAYS: i64 = 825;

rules! { Some(LintProfile::PrivateTls);
    LIFETIME = Error "private-tls-lifetime",
        "Apple, Requirements for trusted certificates in iOS 13 and macOS 10.15 (HT210176)":
        "let certificates of servers live 825 days at most, or Apple's systems refuse them";
    SERVER_AUTH = Error "private-tls-server-auth",
        "Apple, Requirements for trusted certificates in iOS 13 and macOS 10.15 (HT210176)":
        "include serverAuth in extKeyUsage, or Apple's systems refuse it; Java and Chrome, too, where \
         it lists others";
    NAMES = Error "private-tls-alt-names",
        "Apple HT210176; Chrome 58 and later; RFC 9525 section 6.3":
        "add subjectAltName with the names or addresses of the server: nobody looks at common names";
    RSA_BITS = Error "private-tls-rsa-2048",
        "Apple HT210176; Java, jdk.certpath.disabledAlgorithms (below 1024 bits)":
        "use an RSA modulus of 2048 bits or more, for servers and CAs, or Apple's systems refuse it";
    DIGEST = Error "private-tls-sha-2",
        "Apple HT210176; Chrome 72 and later":
        "sign over SHA-256, SHA-384 or SHA-512, or Apple's systems and Chrome refuse it";
    KEY_KIND = Error "private-tls-key-kind",
        "BoringSSL, kVerifySignatureAlgorithms: what Chrome offers; Apple HT210176":
        "use RSA, P-256 or P-384: Chrome takes no other key of a server";
    SIGNATURE = Error "private-tls-digital-signature",
        "RFC 8446 section 4.4.2.2; Chrome, ERR_SSL_KEY_USAGE_INCOMPATIBLE; Java, EndEntityChecker":
        "include digitalSignature in keyUsage: servers sign in TLS 1.3 and with ephemeral keys";
    CA_SERVER_AUTH = Error "private-tls-ca-server-auth",
        "Chromium, pki/path_builder: extended key usages count for what is below; Apple likewise":
        "include serverAuth in the CA's extKeyUsage, or leave the extension out";
    WILDCARD = Error "private-tls-wildcard",
        "Chromium, X509Certificate::VerifyHostname":
        "put two labels or more behind the asterisk: Chrome refuses wildcards of a whole zone";
}
