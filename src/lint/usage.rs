//! What the key may do: basicConstraints, keyUsage, extKeyUsage (RFC 5280 sections 4.2.1.3, 4.2.1.9,
//! 4.2.1.12).

use super::extensions::Extension;
use super::finding::{Notes, rules, shown};
use super::key::Kind;
use super::reader::{Reader, named_bits};
use crate::oid::Oid;
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::wire::tlv::{BIT_STRING, INTEGER};

const BASIC: &str = "basicConstraints";
const KEY: &str = "keyUsage";
const EXTENDED: &str = "extKeyUsage";

/// What basicConstraints says.
#[derive(Clone, Copy, Default)]
pub(super) struct Basic {
    pub(super) ca: bool,
    critical: bool,
    path_len: bool,
}

pub(super) fn read_basic(extension: Extension<'_>, notes: &mut Notes) -> Option<Basic> {
    let mut fields = extension.sequence(BASIC, notes)?;
    let ca = fields.boolean(notes);
    let path_len = fields.peek() == Some(INTEGER);
    if path_len && let Some([0x80..=0xff, ..]) = fields.integer(notes) {
        notes.add(&PATH_LENGTH_NEGATIVE, BASIC, "a negative pathLenConstraint");
    }
    fields.finish(notes);
    Some(Basic { ca, critical: extension.critical, path_len })
}

pub(super) fn read_key_usage(extension: Extension<'_>, notes: &mut Notes) -> Option<KeyUsage> {
    if !extension.critical {
        notes.add(&USAGE_CRITICAL, KEY, "non-critical");
    }
    let mut values = Reader::new(KEY, extension.value);
    let value = values.take(BIT_STRING, notes)?;
    values.finish(notes);
    let bits = named_bits(value, KEY, notes);
    if bits == 0 {
        notes.add(&USAGE_EMPTY, KEY, "no usage");
    }
    Some(KeyUsage::from_bits(bits))
}

pub(super) fn read_extended(extension: Extension<'_>, notes: &mut Notes) -> Option<Vec<Oid>> {
    let mut values = extension.sequence(EXTENDED, notes)?;
    if values.is_empty() {
        notes.add(&EXTENDED_EMPTY, EXTENDED, "no usage");
    }
    let mut usages = Vec::new();
    while !values.is_empty() {
        let Some(usage) = values.oid(notes) else { continue };
        if usages.len() == EXTENDED_USAGES {
            notes.add(&EXTENDED_MANY, EXTENDED, format!("more than {EXTENDED_USAGES} usages"));
            break;
        }
        if usages.contains(&usage) {
            notes.add(&EXTENDED_TWICE, EXTENDED, usage.to_string());
        }
        usages.push(usage);
    }
    if extension.critical && usages.contains(&ExtendedKeyUsage::ANY.oid()) {
        notes.add(&ANY_CRITICAL, EXTENDED, "anyExtendedKeyUsage, critical");
    }
    let stamping = usages.contains(&ExtendedKeyUsage::TIME_STAMPING.oid());
    if stamping && (!extension.critical || usages.len() > 1) {
        let given = if extension.critical { "timeStamping and others" } else { "non-critical" };
        notes.add(&TIME_STAMPING, EXTENDED, given);
    }
    Some(usages)
}

/// The rules between the extensions and the key.
pub(super) fn check(
    basic: Option<Basic>,
    usage: Option<KeyUsage>,
    extended: &[Oid],
    key: Kind,
    notes: &mut Notes,
) {
    let basic = basic.unwrap_or_default();
    let has = |bit| usage.is_some_and(|usage| usage.contains(bit));
    let sign = has(KeyUsage::KEY_CERT_SIGN);
    if basic.ca && !basic.critical && (sign || usage.is_none()) {
        notes.add(&BASIC_CRITICAL, BASIC, "non-critical");
    }
    if basic.path_len && !basic.ca {
        notes.add(&PATH_LENGTH_WITHOUT_CA, BASIC, "a pathLenConstraint, and cA is FALSE");
    } else if basic.path_len && usage.is_some() && !sign {
        notes.add(&PATH_LENGTH_WITHOUT_SIGN, BASIC, "a pathLenConstraint, and no keyCertSign");
    }
    if basic.ca && usage.is_none() {
        notes.add(&USAGE_MISSING, KEY, "none");
    }
    if sign && !basic.ca {
        notes.add(&SIGN_WITHOUT_CA, KEY, "keyCertSign, and no CA bit");
    }
    if has(KeyUsage::CRL_SIGN) && !basic.ca && !sign {
        notes.add(&CRL_SIGN_WITHOUT_CA, KEY, "cRLSign, and no CA bit");
    }
    let only = has(KeyUsage::ENCIPHER_ONLY) || has(KeyUsage::DECIPHER_ONLY);
    if only && !has(KeyUsage::KEY_AGREEMENT) {
        notes.add(&ONLY_WITHOUT_AGREEMENT, KEY, "encipherOnly or decipherOnly alone");
    }
    let enciphers = has(KeyUsage::KEY_ENCIPHERMENT) || has(KeyUsage::DATA_ENCIPHERMENT);
    if enciphers && matches!(key, Kind::Curve(_)) {
        let given = usage.unwrap_or_default().to_string();
        notes.add(&CURVE_ENCIPHERS, KEY, given);
    }
    if has(KeyUsage::KEY_AGREEMENT) && matches!(key, Kind::Rsa(_)) {
        notes.add(&RSA_AGREES, KEY, shown(b"keyAgreement"));
    }
    check_purposes(basic, usage, extended, notes);
}

/// Each purpose of an end entity is consistent with one of its key usages. Where a key usage is for CAs
/// only, that is another rule's finding.
fn check_purposes(basic: Basic, usage: Option<KeyUsage>, extended: &[Oid], notes: &mut Notes) {
    let signing = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
    let usage = usage.filter(|usage| !usage.is_empty() && !usage.intersects(signing));
    let Some(usage) = usage.filter(|_| !basic.ca) else { return };
    for purpose in extended.iter().copied().map(ExtendedKeyUsage::other) {
        if !purpose.is_consistent_with(usage) {
            notes.add(&PURPOSE_INCONSISTENT, EXTENDED, format!("{purpose} beside {usage}"));
        }
    }
}

/// Usages of one certificate: RFC 5280 names 7.
const EXTENDED_USAGES: usize = 64;

rules! { None;
    BASIC_CRITICAL = Error "rfc5280-4.2.1.9-basic-constraints-critical",
        "RFC 5280 section 4.2.1.9":
        "mark the basicConstraints of a CA critical";
    PATH_LENGTH_NEGATIVE = Error "rfc5280-4.2.1.9-path-length-negative",
        "RFC 5280 section 4.2.1.9":
        "give a pathLenConstraint of 0 or more, or none";
    PATH_LENGTH_WITHOUT_CA = Error "rfc5280-4.2.1.9-path-length-without-ca",
        "RFC 5280 section 4.2.1.9":
        "leave out pathLenConstraint where cA is FALSE";
    PATH_LENGTH_WITHOUT_SIGN = Error "rfc5280-4.2.1.9-path-length-without-cert-sign",
        "RFC 5280 section 4.2.1.9":
        "leave out pathLenConstraint where keyUsage has no keyCertSign";
    USAGE_CRITICAL = Warning "rfc5280-4.2.1.3-key-usage-critical", "RFC 5280 section 4.2.1.3":
        "mark keyUsage critical";
    USAGE_EMPTY = Error "rfc5280-4.2.1.3-key-usage-empty", "RFC 5280 section 4.2.1.3":
        "set at least one bit of keyUsage, or leave it out";
    USAGE_MISSING = Error "rfc5280-4.2.1.3-key-usage-missing", "RFC 5280 section 4.2.1.3":
        "add keyUsage with keyCertSign, cRLSign or both to CA certificates";
    SIGN_WITHOUT_CA = Error "rfc5280-4.2.1.9-cert-sign-without-ca", "RFC 5280 section 4.2.1.9":
        "leave out keyCertSign where cA is FALSE";
    CRL_SIGN_WITHOUT_CA = Warning "rfc5280-4.2.1.3-crl-sign-without-ca",
        "RFC 5280 section 4.2.1.3":
        "leave out cRLSign, unless this key is for indirect revocation lists";
    ONLY_WITHOUT_AGREEMENT = Warning "rfc5280-4.2.1.3-only-without-key-agreement",
        "RFC 5280 section 4.2.1.3":
        "set keyAgreement where encipherOnly or decipherOnly is set; alone they mean nothing";
    CURVE_ENCIPHERS = Warning "rfc8813-3-curve-enciphers", "RFC 8813 section 3":
        "leave out keyEncipherment and dataEncipherment: an ECDSA or ECDH key does neither";
    RSA_AGREES = Warning "rfc3279-2.3.1-rsa-agrees", "RFC 3279 section 2.3.1":
        "leave out keyAgreement: RSA agrees on no key";
    EXTENDED_EMPTY = Error "rfc5280-4.2.1.12-extended-empty", "RFC 5280 section 4.2.1.12":
        "list at least one usage, or leave the extension out";
    EXTENDED_MANY = Error "certwright-extended-usages", "src/lint/usage.rs, EXTENDED_USAGES":
        "list fewer usages";
    EXTENDED_TWICE = Warning "rfc5280-4.2.1.12-extended-twice", "RFC 5280 section 4.2.1.12":
        "list each usage once";
    PURPOSE_INCONSISTENT = Warning "rfc5280-4.2.1.12-key-usage-inconsistent",
        "RFC 5280 section 4.2.1.12":
        "set a key usage that is consistent with each purpose, or list the purpose no more";
    ANY_CRITICAL = Warning "rfc5280-4.2.1.12-any-critical", "RFC 5280 section 4.2.1.12":
        "mark extKeyUsage non-critical where it has anyExtendedKeyUsage";
    TIME_STAMPING = Warning "rfc3161-2.3-time-stamping", "RFC 3161 section 2.3":
        "make extKeyUsage critical with timeStamping alone";
}
