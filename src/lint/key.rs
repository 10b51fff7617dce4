//! SubjectPublicKeyInfo (RFC 3279 section 2.3, RFC 5480, GM/T 0006).

use super::finding::{Notes, rules, shown};
use super::reader::{Reader, Value};
use crate::oid::{EC_PUBLIC_KEY, Oid, PRIME256V1, RSA_ENCRYPTION, SECP384R1, SECP521R1, SM2P256V1};
use crate::wire::tlv::{OBJECT_IDENTIFIER, SEQUENCE};

/// What kind of key it is, for rules that depend on it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Kind {
    /// A curve by its name, or another.
    Curve(Option<Oid>),
    #[default]
    Other,
    /// The bits of the modulus.
    Rsa(usize),
    /// With id-ecPublicKey, as it should be, or otherwise.
    Sm2 { named_as_curve: bool },
}

const PLACE: &str = "subjectPublicKeyInfo";

pub(super) fn check(value: Value<'_>, notes: &mut Notes) -> Kind {
    let mut inside = value.inside(PLACE);
    let algorithm = inside.take(SEQUENCE, notes);
    let key = inside.whole_bytes(notes).unwrap_or_default();
    inside.finish(notes);
    let Some(algorithm) = algorithm else { return Kind::Other };
    let mut parameters = algorithm.inside(PLACE);
    match parameters.oid(notes) {
        Some(RSA_ENCRYPTION) => {
            if parameters.null(notes) {
                parameters.finish(notes);
            } else {
                notes.add(&RSA_PARAMETERS, PLACE, shown(algorithm.content));
            }
            Kind::Rsa(check_rsa(key, notes))
        }
        Some(EC_PUBLIC_KEY) => {
            let curve = if parameters.peek() == Some(OBJECT_IDENTIFIER) {
                let curve = parameters.oid(notes);
                parameters.finish(notes);
                curve
            } else {
                notes.add(&NAMED_CURVE, PLACE, shown(algorithm.content));
                None
            };
            check_point(key, curve, notes);
            match curve {
                Some(SM2P256V1) => Kind::Sm2 { named_as_curve: true },
                _ => Kind::Curve(curve),
            }
        }
        Some(SM2P256V1) => {
            notes.add(&SM2_ALGORITHM, PLACE, shown(algorithm.content));
            check_point(key, Some(SM2P256V1), notes);
            Kind::Sm2 { named_as_curve: false }
        }
        _ => Kind::Other,
    }
}

/// Holds an RSA key against the rules, and gives the bits of its modulus.
fn check_rsa(key: &[u8], notes: &mut Notes) -> usize {
    let Some(mut numbers) = Reader::only(PLACE, SEQUENCE, key, notes) else { return 0 };
    let modulus = numbers.integer(notes).unwrap_or_default();
    let exponent = numbers.integer(notes).unwrap_or_default();
    numbers.finish(notes);
    let bits = bits(modulus);
    let negative = modulus.first().is_some_and(|first| *first >= 0x80);
    if negative || modulus.last().is_none_or(|last| last % 2 == 0) {
        let given = if negative { "a negative modulus" } else { "an even modulus" };
        notes.add(&RSA_MODULUS, PLACE, given);
    } else if bits < 2048 {
        notes.add(&RSA_BITS, PLACE, format!("{bits} bits"));
    }
    let odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if !odd || matches!(exponent, [..=2] | [0x80..=0xff, ..]) {
        notes.add(&RSA_EXPONENT, PLACE, shown(exponent));
    }
    bits
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let rest = number.get(zeros..).unwrap_or_default();
    let first = rest.first().map_or(0, |first| first.leading_zeros() as usize);
    8 * rest.len() - first
}

fn check_point(point: &[u8], curve: Option<Oid>, notes: &mut Notes) {
    let bytes = match curve {
        Some(PRIME256V1 | SM2P256V1) => Some(32),
        Some(SECP384R1) => Some(48),
        Some(SECP521R1) => Some(66),
        _ => None,
    };
    let found = point.len().saturating_sub(1);
    let good = match point.first() {
        Some(4) => bytes.is_none_or(|bytes| found == 2 * bytes),
        Some(2 | 3) => bytes.is_none_or(|bytes| found == bytes),
        _ => false,
    };
    if !good {
        let first = point.first().copied().unwrap_or_default();
        notes.add(&POINT, PLACE, format!("{} bytes that begin with {first:#04x}", point.len()));
    }
}

rules! { None;
    RSA_PARAMETERS = Error "rfc3279-2.3.1-rsa-key-parameters", "RFC 3279 section 2.3.1":
        "write NULL as the parameters of rsaEncryption";
    RSA_MODULUS = Error "rfc8017-3.1-rsa-modulus", "RFC 8017 section 3.1":
        "use a positive, odd modulus";
    RSA_BITS = Warning "nist-sp-800-131a-rsa-2048", "NIST SP 800-131A Rev. 2 section 3":
        "use a modulus of 2048 bits or more";
    RSA_EXPONENT = Error "rfc8017-3.1-rsa-exponent", "RFC 8017 section 3.1":
        "use a public exponent that is odd and at least 3, such as 65537";
    NAMED_CURVE = Error "rfc5480-2.1.1-named-curve", "RFC 5480 section 2.1.1":
        "name the curve by its object identifier";
    POINT = Error "rfc5480-2.2-point-form", "RFC 5480 section 2.2":
        "write the point uncompressed (04) or compressed (02, 03), as long as its curve wants it";
    SM2_ALGORITHM = Error "gmt0015-5.2.3-sm2-key-algorithm", "GM/T 0015 section 5.2.3, GM/T 0006":
        "write id-ecPublicKey as the algorithm and the SM2 curve as its parameters";
}
