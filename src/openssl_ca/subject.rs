//! Names as `X509_NAME_oneline` of OpenSSL writes them, the last field of `index.txt`: ASCII, all else
//! as `\xE5`.

use crate::name::{Attribute, AttributeType, Name, StringKind};
use crate::oid::Oid;

/// The identifier byte of GeneralString.
const GENERAL_STRING: u8 = 0x1b;

/// The name as OpenSSL 3 writes it: `/` and `+` in values escaped, relative names of several
/// attributes joined by `+`.
pub(super) fn oneline(name: &Name) -> String {
    let mut text = String::new();
    for (separator, attribute) in parts(name, Form::Escaped) {
        let kind = short_name(attribute.kind());
        let kind = kind.map_or_else(|| attribute.kind().oid().to_string(), str::to_owned);
        text.push_str(&format!("{separator}{kind}={}", value(attribute, Form::Escaped)));
    }
    text
}

/// Whether this is the name as OpenSSL 3, or one before it, writes it.
pub(super) fn is_oneline(text: &str, name: &Name) -> bool {
    [Form::Escaped, Form::Plain].into_iter().any(|form| is_of_form(text, name, form))
}

/// Which OpenSSL wrote it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// 3.0 and later.
    Escaped,
    /// Before 3.0: `/` before every attribute, and nothing escaped that is ASCII.
    Plain,
}

fn is_of_form(text: &str, name: &Name, form: Form) -> bool {
    let mut rest = Some(text);
    for (separator, attribute) in parts(name, form) {
        let after = rest.and_then(|rest| rest.strip_prefix(separator));
        let after = after.and_then(|after| match short_name(attribute.kind()) {
            Some(known) => after.strip_prefix(known),
            // OpenSSL, or the CA's own configuration, may know a name for it.
            None => after.find('=').and_then(|end| after.get(end..)),
        });
        let after = after.and_then(|after| after.strip_prefix('='));
        rest = after.and_then(|after| after.strip_prefix(value(attribute, form).as_str()));
    }
    rest == Some("")
}

/// Each attribute with what stands before it.
fn parts(name: &Name, form: Form) -> impl Iterator<Item = (char, &Attribute)> {
    name.relative().iter().flat_map(move |attributes| {
        attributes.iter().enumerate().map(move |(position, attribute)| {
            let joined = position > 0 && form == Form::Escaped;
            (if joined { '+' } else { '/' }, attribute)
        })
    })
}

fn value(attribute: &Attribute, form: Form) -> String {
    let bytes = attribute.bytes();
    let (characters, rest) = bytes.as_chunks::<4>();
    // Of a GeneralString that has four bytes a character, the last counts.
    let wide = attribute.string() == StringKind::Other(GENERAL_STRING)
        && rest.is_empty()
        && characters.iter().all(|character| matches!(character, [0, 0, 0, _]));
    let mut text = String::new();
    for (position, byte) in bytes.iter().enumerate() {
        match byte {
            _ if wide && position % 4 != 3 => {}
            b'/' | b'+' if form == Form::Escaped => text.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:02X}")),
        }
    }
    text
}

/// The short name that OpenSSL has for an attribute type.
fn short_name(kind: AttributeType) -> Option<&'static str> {
    let oid = kind.oid();
    SHORT_NAMES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name)
}

/// The attribute types of names that OpenSSL 3.0 knows (`openssl list -objects`).
const SHORT_NAMES: &[(Oid, &str)] = &[
    (Oid::known("0.9.2342.19200300.100.1.1"), "UID"),
    (Oid::known("0.9.2342.19200300.100.1.3"), "mail"),
    (Oid::known("0.9.2342.19200300.100.1.25"), "DC"),
    (Oid::known("0.9.2342.19200300.100.1.44"), "uid"),
    (Oid::known("1.2.840.113549.1.9.1"), "emailAddress"),
    (Oid::known("1.2.840.113549.1.9.2"), "unstructuredName"),
    (Oid::known("1.2.840.113549.1.9.8"), "unstructuredAddress"),
    (Oid::known("1.3.6.1.4.1.311.60.2.1.1"), "jurisdictionL"),
    (Oid::known("1.3.6.1.4.1.311.60.2.1.2"), "jurisdictionST"),
    (Oid::known("1.3.6.1.4.1.311.60.2.1.3"), "jurisdictionC"),
    (Oid::known("2.5.4.3"), "CN"),
    (Oid::known("2.5.4.4"), "SN"),
    (Oid::known("2.5.4.5"), "serialNumber"),
    (Oid::known("2.5.4.6"), "C"),
    (Oid::known("2.5.4.7"), "L"),
    (Oid::known("2.5.4.8"), "ST"),
    (Oid::known("2.5.4.9"), "street"),
    (Oid::known("2.5.4.10"), "O"),
    (Oid::known("2.5.4.11"), "OU"),
    (Oid::known("2.5.4.12"), "title"),
    (Oid::known("2.5.4.13"), "description"),
    (Oid::known("2.5.4.14"), "searchGuide"),
    (Oid::known("2.5.4.15"), "businessCategory"),
    (Oid::known("2.5.4.16"), "postalAddress"),
    (Oid::known("2.5.4.17"), "postalCode"),
    (Oid::known("2.5.4.18"), "postOfficeBox"),
    (Oid::known("2.5.4.19"), "physicalDeliveryOfficeName"),
    (Oid::known("2.5.4.20"), "telephoneNumber"),
    (Oid::known("2.5.4.21"), "telexNumber"),
    (Oid::known("2.5.4.22"), "teletexTerminalIdentifier"),
    (Oid::known("2.5.4.23"), "facsimileTelephoneNumber"),
    (Oid::known("2.5.4.24"), "x121Address"),
    (Oid::known("2.5.4.25"), "internationaliSDNNumber"),
    (Oid::known("2.5.4.26"), "registeredAddress"),
    (Oid::known("2.5.4.27"), "destinationIndicator"),
    (Oid::known("2.5.4.28"), "preferredDeliveryMethod"),
    (Oid::known("2.5.4.29"), "presentationAddress"),
    (Oid::known("2.5.4.30"), "supportedApplicationContext"),
    (Oid::known("2.5.4.31"), "member"),
    (Oid::known("2.5.4.32"), "owner"),
    (Oid::known("2.5.4.33"), "roleOccupant"),
    (Oid::known("2.5.4.34"), "seeAlso"),
    (Oid::known("2.5.4.35"), "userPassword"),
    (Oid::known("2.5.4.36"), "userCertificate"),
    (Oid::known("2.5.4.37"), "cACertificate"),
    (Oid::known("2.5.4.38"), "authorityRevocationList"),
    (Oid::known("2.5.4.39"), "certificateRevocationList"),
    (Oid::known("2.5.4.40"), "crossCertificatePair"),
    (Oid::known("2.5.4.41"), "name"),
    (Oid::known("2.5.4.42"), "GN"),
    (Oid::known("2.5.4.43"), "initials"),
    (Oid::known("2.5.4.44"), "generationQualifier"),
    (Oid::known("2.5.4.45"), "x500UniqueIdentifier"),
    (Oid::known("2.5.4.46"), "dnQualifier"),
    (Oid::known("2.5.4.47"), "enhancedSearchGuide"),
    (Oid::known("2.5.4.48"), "protocolInformation"),
    (Oid::known("2.5.4.49"), "distinguishedName"),
    (Oid::known("2.5.4.50"), "uniqueMember"),
    (Oid::known("2.5.4.51"), "houseIdentifier"),
    (Oid::known("2.5.4.52"), "supportedAlgorithms"),
    (Oid::known("2.5.4.53"), "deltaRevocationList"),
    (Oid::known("2.5.4.54"), "dmdName"),
    (Oid::known("2.5.4.65"), "pseudonym"),
    (Oid::known("2.5.4.72"), "role"),
    (Oid::known("2.5.4.97"), "organizationIdentifier"),
    (Oid::known("2.5.4.98"), "c3"),
    (Oid::known("2.5.4.99"), "n3"),
    (Oid::known("2.5.4.100"), "dnsName"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_written_as_openssl_writes_them() {
        for (text, expected) in [
            ("", ""),
            ("CN=a b,O=c,C=DE", "/C=DE/O=c/CN=a b"),
            ("CN=a/b\\+c+OU=d", "/CN=a\\/b\\+c+OU=d"),
            ("CN=\u{fc}~\\\\", "/CN=\\xC3\\xBC~\\"),
            ("1.2.3.4=x,2.5.4.4=y", "/SN=y/1.2.3.4=x"),
        ] {
            assert_eq!(oneline(&name(text)), expected);
            assert!(is_oneline(expected, &name(text)), "{expected}");
        }
        let read = |bytes: &[u8]| {
            let string = StringKind::Other(GENERAL_STRING);
            let kind = AttributeType::COMMON_NAME;
            let attribute = Attribute::read(kind, string, bytes.to_vec());
            oneline(&Name::from_relative(vec![vec![attribute]]).unwrap())
        };
        assert_eq!(read(b"\0\0\0a\0\0\0b"), "/CN=ab");
        assert_eq!(read(b"\0\0\0a\0\0\0"), "/CN=\\x00\\x00\\x00a\\x00\\x00\\x00");
    }

    #[test]
    fn the_form_before_openssl_3_is_read() {
        let odd = name("1.2.3.4=x,CN=a/b\\+c+OU=d");
        for text in ["/CN=a/b+c/OU=d/1.2.3.4=x", "/CN=a\\/b\\+c+OU=d/ourOwn=x"] {
            assert!(is_oneline(text, &odd), "{text}");
        }
        for text in [
            "",
            "/CN=a/b+c/OU=d",
            "/CN=a/b+c+OU=d/1.2.3.4=x",
            "/CN=a/b+c/OU=d/1.2.3.4=x/",
            "/CN=a/b+c/OU=d/1.2.3.4",
            "/CN=a/b+c/OU=d/",
            "/cn=a/b+c/OU=d/1.2.3.4=x",
            "CN=a/b+c/OU=d/1.2.3.4=x",
        ] {
            assert!(!is_oneline(text, &odd), "{text}");
        }
    }
}
