//! Names, times and numbers as people write them.

use certwright::ledger::Identifier;
use certwright::name::GeneralSubtree;
use certwright::profile::Oid;
use certwright::time::{Lifetime, Time, Validity};
use certwright::{AltName, KeyAlgorithm, Name, Policy, Profile, SerialNumber};

use super::{Row, row};

pub fn rows() -> Vec<Row> {
    let policy = || Policy::new(Profile::tls_server());
    let time = |text: &str| text.parse::<Time>();
    let label = "a".repeat(64);
    vec![
        row("DNS: a blank", AltName::dns("a b.example")),
        row("DNS: a label of 64 characters", AltName::dns(&format!("{label}.example"))),
        row("DNS: an empty label", AltName::dns("a..example")),
        row("DNS: a wildcard in the middle", AltName::dns("a.*.example")),
        row("DNS: part of a label as wildcard", AltName::dns("a*.example")),
        row("DNS: an A-label that decodes to nothing", AltName::dns("xn--a-ecp.example")),
        row("DNS: a U-label that IDNA disallows", AltName::dns("a\u{202e}b.example")),
        row("DNS: an address", AltName::dns("10.0.0.1")),
        row("IP: a name", AltName::ip("a.example")),
        row("IP: a zone", AltName::ip("fe80::1%eth0")),
        row("IP: an IPv4 address in IPv6", AltName::ip("::ffff:10.0.0.1")),
        row("email: no @", AltName::email("a.example")),
        row("URI: no scheme", AltName::uri("//a.example/")),
        row("UPN: no domain", AltName::upn("tom")),
        row("a name of any type: empty", "".parse::<AltName>()),
        row("a name of any type: an e-mail address", "tom@a.example".parse::<AltName>()),
        row("a subject: no =", "Tom".parse::<Name>()),
        row("a subject: an unknown attribute", "XX=Tom".parse::<Name>()),
        row("a subject: a country of three letters", "C=DEU".parse::<Name>()),
        row(
            "a subject: a common name of 65 characters",
            format!("CN={}", "x".repeat(65)).parse::<Name>(),
        ),
        row("a subject: an empty value", "CN=".parse::<Name>()),
        row("a pattern of DNS names: a scheme", policy().allow_dns("https://a.example")),
        row("a pattern of addresses: no prefix", policy().allow_ip("10.0.0.0/33")),
        row("a pattern of e-mail addresses: two @", policy().allow_email("a@b@c.example")),
        row("a pattern of URIs: no host", policy().allow_uri("spiffe:///*")),
        row("a pattern of UPNs: a star", policy().allow_upn("*@corp.example")),
        row("a subtree of addresses: bits behind its prefix", GeneralSubtree::ip("10.0.0.1/8")),
        row("a time: no zone", time("2026-11-30T12:00:00")),
        row("a time: a 31st of November", time("2026-11-31T12:00:00Z")),
        row("a time: behind the year 9999", Time::from_unix(253_402_300_800)),
        row(
            "a validity: the end first",
            Validity::new(
                time("2027-01-01T00:00:00Z").unwrap(),
                time("2026-01-01T00:00:00Z").unwrap(),
            ),
        ),
        row(
            "a lifetime that ends behind the year 9999",
            time("9999-01-01T00:00:00Z").unwrap().plus(Lifetime::days(400)),
        ),
        row("a serial number of 21 bytes", SerialNumber::from_bytes(&[1; 21])),
        row("a serial number: no hexadecimal digits", "12:3x".parse::<SerialNumber>()),
        row("an object identifier: one arc", "1".parse::<Oid>()),
        row("an identifier of a certificate", "12".parse::<Identifier>()),
        row("a key algorithm", "RSA-2000".parse::<KeyAlgorithm>()),
    ]
}
