//! AlgorithmIdentifiers of signatures.

use super::finding::{Notes, rules, shown};
use super::reader::{Reader, Value};
use crate::oid::{
    ECDSA_WITH_SHA256, ECDSA_WITH_SHA384, ECDSA_WITH_SHA512, Oid, SHA256_WITH_RSA, SHA384_WITH_RSA,
    SHA512_WITH_RSA, SM2_WITH_SM3,
};
use crate::wire::tlv::SEQUENCE;

/// Reads the next value as the algorithm of a signature.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    place: &'static str,
    notes: &mut Notes,
) -> Option<(Value<'a>, Option<Oid>)> {
    let value = reader.take(SEQUENCE, notes)?;
    Some((value, check(value, place, notes)))
}

fn check(value: Value<'_>, place: &'static str, notes: &mut Notes) -> Option<Oid> {
    let mut inside = value.inside(place);
    let oid = inside.oid(notes)?;
    let given = || format!("parameters of {}", shown(value.content));
    match oid {
        SHA256_WITH_RSA | SHA384_WITH_RSA | SHA512_WITH_RSA | SHA1_WITH_RSA | MD5_WITH_RSA => {
            if !inside.null(notes) {
                notes.add(&RSA_PARAMETERS, place, given());
                return weak(oid, place, notes);
            }
        }
        ECDSA_WITH_SHA256 | ECDSA_WITH_SHA384 | ECDSA_WITH_SHA512 | ECDSA_WITH_SHA1 => {
            if !inside.is_empty() {
                notes.add(&ECDSA_PARAMETERS, place, given());
                return weak(oid, place, notes);
            }
        }
        SM2_WITH_SM3 => {
            if !inside.is_empty() {
                notes.add(&SM2_PARAMETERS, place, given());
                return Some(oid);
            }
        }
        // RSASSA-PSS and others have parameters of their own.
        _ => return Some(oid),
    }
    inside.finish(notes);
    weak(oid, place, notes)
}

fn weak(oid: Oid, place: &'static str, notes: &mut Notes) -> Option<Oid> {
    if is_weak(oid) {
        notes.add(&WEAK, place, oid.to_string());
    }
    Some(oid)
}

/// Whether it is over MD5 or SHA-1.
pub(super) fn is_weak(oid: Oid) -> bool {
    matches!(oid, ECDSA_WITH_SHA1 | MD5_WITH_RSA | SHA1_WITH_RSA)
}

const ECDSA_WITH_SHA1: Oid = Oid::known("1.2.840.10045.4.1");
const MD5_WITH_RSA: Oid = Oid::known("1.2.840.113549.1.1.4");
const SHA1_WITH_RSA: Oid = Oid::known("1.2.840.113549.1.1.5");

rules! { None;
    RSA_PARAMETERS = Error "rfc4055-5-rsa-signature-parameters", "RFC 4055 section 5":
        "write NULL as the parameters of an RSA signature algorithm";
    ECDSA_PARAMETERS = Error "rfc5758-3.2-ecdsa-signature-parameters", "RFC 5758 section 3.2":
        "leave out the parameters of an ECDSA signature algorithm";
    SM2_PARAMETERS = Warning "gmt0015-5.2.3-sm2-signature-parameters", "GM/T 0015 section 5.2.3":
        "leave out the parameters of SM2-with-SM3";
    WEAK = Warning "rfc6194-3-weak-digest", "RFC 6194 section 3, RFC 6151 section 2":
        "sign over SHA-256 or a longer digest; MD5 and SHA-1 collide";
}
