//! The CA/Browser Forum's Baseline Requirements for TLS server certificates, those that bytes show
//! (version 2.1).

use std::net::IpAddr;

use super::algorithm::is_weak;
use super::certificate_facts::Facts;
use super::finding::{Notes, address, rules, shown, shown_address};
use super::general_name::{DNS, IP};
use super::key::Kind;
use super::{LintProfile, reader::Value};
use crate::oid::{PRIME256V1, SECP384R1, SECP521R1};
use crate::usage::ExtendedKeyUsage;

pub(super) fn check(facts: &Facts<'_>, notes: &mut Notes) {
    if !notes.asks(LintProfile::TlsBaseline) {
        return;
    }
    if let Some(oid) = facts.algorithm.filter(|oid| is_weak(*oid)) {
        notes.add(&SHA1, "signature", oid.to_string());
    }
    match facts.key {
        Kind::Rsa(bits) if bits < 2048 || !bits.is_multiple_of(8) => {
            notes.add(&RSA_BITS, KEY, format!("{bits} bits"));
        }
        Kind::Rsa(_) | Kind::Curve(Some(PRIME256V1 | SECP384R1 | SECP521R1)) => {}
        _ => notes.add(&KEY_KIND, KEY, "neither RSA nor a NIST curve"),
    }
    let zeros = facts.serial.iter().take_while(|byte| **byte == 0).count();
    let length = facts.serial.len() - zeros;
    if length < 8 {
        notes.add(&SERIAL, "serialNumber", format!("{length} bytes"));
    }
    if !facts.is_authority() {
        check_server(facts, notes);
    }
}

fn check_server(facts: &Facts<'_>, notes: &mut Notes) {
    if let (Some(from), Some(to)) = (facts.not_before, facts.not_after) {
        let limit = LIFETIMES.iter().find(|(since, _)| from.unix() >= *since);
        // The second of notAfter is part of the period (section 6.3.2).
        let seconds = to.unix() - from.unix() + 1;
        if let Some((_, days)) = limit.filter(|(_, days)| seconds > days * 86_400) {
            let given = format!("{} days; at most {days}", (seconds + 86_399) / 86_400);
            notes.add(&LIFETIME, "validity", given);
        }
    }
    let usages = facts.extended.as_deref().unwrap_or_default();
    let any = usages.contains(&ExtendedKeyUsage::ANY.oid());
    if any || !usages.contains(&ExtendedKeyUsage::SERVER_AUTH.oid()) {
        let given = if any { "anyExtendedKeyUsage" } else { "no serverAuth" };
        notes.add(&SERVER_AUTH, "extKeyUsage", given);
    }
    let place = "subjectAltName";
    let Some(names) = &facts.alt_names else {
        notes.add(&NO_NAMES, place, "none");
        return;
    };
    for name in names {
        match name.tag {
            DNS => check_dns(name.content, notes),
            IP if address(name.content).is_some_and(is_reserved) => {
                notes.add(&INTERNAL, place, format!("the address {}", shown_address(name.content)));
            }
            IP => {}
            tag => notes.add(&NAME_TYPE, place, format!("a name with tag {tag:#04x}")),
        }
    }
    for common in &facts.common_names {
        if !names.iter().any(|name| is_same(common, name)) {
            notes.add(&COMMON_NAME, "subject", shown(common));
        }
    }
}

fn check_dns(name: &[u8], notes: &mut Notes) {
    let place = "subjectAltName";
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix(b"*.").unwrap_or(&lower);
    let within = |zone: &&str| {
        let zone = zone.as_bytes();
        bare.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    };
    if !bare.contains(&b'.') || INTERNAL_ZONES.iter().any(within) {
        notes.add(&INTERNAL, place, shown(name));
    }
    if name.contains(&b'_') {
        notes.add(&UNDERSCORE, place, shown(name));
    }
}

/// Whether a common name is an alternative name.
fn is_same(common: &[u8], name: &Value<'_>) -> bool {
    match name.tag {
        DNS => common.eq_ignore_ascii_case(name.content),
        IP => {
            let text = std::str::from_utf8(common).unwrap_or_default();
            text.parse().is_ok_and(|ip: IpAddr| address(name.content) == Some(ip))
        }
        _ => false,
    }
}

/// The addresses that IANA's registries of special purposes take out of the public network.
fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            matches!(
                (first, second, third),
                (0 | 10 | 127 | 224.., ..)
                    | (100, 64..=127, _)
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2)
                    | (192, 168, _)
                    | (198, 18..=19, _)
                    | (198, 51, 100)
                    | (203, 0, 113)
            )
        }
        // 2000::/3 is all that is given out, and 2001:db8::/32 of it is for documents.
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            !(0x2000..0x4000).contains(&first) || (first, second) == (0x2001, 0xdb8)
        }
    }
}

const KEY: &str = "subjectPublicKeyInfo";

/// From when, in UNIX seconds, certificates may be valid for at most so many days (section 6.3.2):
/// 2029-03-15, 2027-03-15, 2026-03-15, 2020-09-01, 2018-03-01.
const LIFETIMES: [(i64, i64); 5] = [
    (1_868_227_200, 47),
    (1_805_068_800, 100),
    (1_773_532_800, 200),
    (1_598_918_400, 398),
    (1_519_862_400, 825),
];

/// Zones without public names: RFC 6761, RFC 6762, RFC 8375, RFC 9476, and ICANN's reservation of
/// `internal` (2024); `corp`, `home` and `mail`, which ICANN does not delegate (2018).
const INTERNAL_ZONES: [&str; 12] = [
    "alt",
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "invalid",
    "lan",
    "local",
    "localhost",
    "mail",
    "test",
];

rules! { Some(LintProfile::TlsBaseline);
    LIFETIME = Error "br-6.3.2-lifetime", "CA/Browser BR section 6.3.2":
        "shorten the validity: 398 days, 200 from 2026-03-15, 100 from 2027-03-15, 47 from 2029-03-15";
    SERIAL = Error "br-7.1-serial-entropy", "CA/Browser BR section 7.1":
        "take at least 64 bits of the serial number from a random number generator";
    SHA1 = Error "br-7.1.3.2-weak-digest", "CA/Browser BR section 7.1.3.2":
        "sign over SHA-256, SHA-384 or SHA-512";
    RSA_BITS = Error "br-6.1.5-rsa-2048", "CA/Browser BR section 6.1.5":
        "use an RSA modulus of 2048 bits or more, a multiple of 8";
    KEY_KIND = Error "br-6.1.5-key-kind", "CA/Browser BR section 6.1.5":
        "use RSA, P-256, P-384 or P-521";
    SERVER_AUTH = Error "br-7.1.2.7.10-server-auth", "CA/Browser BR section 7.1.2.7.10":
        "include serverAuth, and not anyExtendedKeyUsage";
    NO_NAMES = Error "br-7.1.2.7.12-alt-names-missing", "CA/Browser BR section 7.1.2.7.12":
        "add subjectAltName with every name of the server";
    NAME_TYPE = Error "br-7.1.2.7.12-name-type", "CA/Browser BR section 7.1.2.7.12":
        "use dNSName and iPAddress only";
    INTERNAL = Error "br-4.2.2-internal-name", "CA/Browser BR sections 4.2.2 and 7.1.2.7.12":
        "use names of the public DNS and addresses of the public network only";
    UNDERSCORE = Error "br-7.1.2.7.12-underscore", "CA/Browser BR section 7.1.2.7.12":
        "use no underscore in dNSName";
    COMMON_NAME = Error "br-7.1.4.3-common-name", "CA/Browser BR section 7.1.4.3":
        "repeat one of the alternative names in the common name, or leave it out";
}
