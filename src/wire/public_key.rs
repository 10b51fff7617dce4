//! SubjectPublicKeyInfo (RFC 3279 section 2.3, RFC 5480, GM/T 0006).

use super::tlv::{
    BIT_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE, Values, encode, encode_bit_string, encode_oid,
    encode_unsigned,
};
use crate::algorithm::KeyAlgorithm;
use crate::error::Error;
use crate::oid::{self, Oid};

/// What a SubjectPublicKeyInfo holds, before the numbers are checked.
pub(crate) enum PublicKeyParts<'a> {
    /// A point in SEC 1 form on the curve of an ECDSA or SM2 algorithm.
    Point { algorithm: KeyAlgorithm, point: &'a [u8] },
    /// An RSA key, big-endian.
    Rsa { modulus: &'a [u8], exponent: &'a [u8] },
}

/// A SubjectPublicKeyInfo, split, of a key that this crate may not know.
pub(crate) struct PublicKeyInfoParts<'a> {
    pub(crate) der: &'a [u8],
    pub(crate) algorithm: Oid,
    /// The first of the parameters, where that is an identifier: of a curve, as a rule.
    pub(crate) parameter: Option<Oid>,
    pub(crate) key: Result<PublicKeyParts<'a>, Error>,
}

/// The curves, by their identifiers.
pub(crate) const CURVES: [(Oid, KeyAlgorithm); 4] = [
    (oid::PRIME256V1, KeyAlgorithm::EcdsaP256),
    (oid::SECP384R1, KeyAlgorithm::EcdsaP384),
    (oid::SECP521R1, KeyAlgorithm::EcdsaP521),
    (oid::SM2P256V1, KeyAlgorithm::Sm2),
];

/// What the two forms of an AlgorithmIdentifier of a key say.
pub(crate) enum KeyKind {
    Curve(KeyAlgorithm),
    Rsa,
}

/// Reads a SubjectPublicKeyInfo as the next value, of which only the form has to be understood.
pub(crate) fn read_public_key_info<'a>(
    values: &mut Values<'a>,
    place: &str,
) -> Result<PublicKeyInfoParts<'a>, Error> {
    let (what, der) = (values.what(), values.whole(place)?);
    let mut inside = Values::inside(what, place, SEQUENCE, der)?;
    let mut identifier = inside.enter(SEQUENCE, place)?;
    let algorithm = identifier.oid(place)?;
    let is_named = identifier.peek() == Some(OBJECT_IDENTIFIER);
    let parameter = is_named.then(|| identifier.oid(place)).transpose()?;
    inside.content(BIT_STRING, place)?;
    inside.finish(place)?;
    let key = read_public_key(&mut Values::new(what, der)?, place);
    Ok(PublicKeyInfoParts { der, algorithm, parameter, key })
}

/// Reads a SubjectPublicKeyInfo as the next value.
pub(crate) fn read_public_key<'a>(
    values: &mut Values<'a>,
    place: &str,
) -> Result<PublicKeyParts<'a>, Error> {
    let mut inside = values.enter(SEQUENCE, place)?;
    let kind = read_key_algorithm(&mut inside, place)?;
    let key = inside.bit_string(place)?;
    inside.finish(place)?;
    match kind {
        KeyKind::Curve(algorithm) => {
            check_point_form("public key", &algorithm.to_string(), key)?;
            Ok(PublicKeyParts::Point { algorithm, point: key })
        }
        KeyKind::Rsa => {
            let mut numbers = Values::inside("RSA public key", place, SEQUENCE, key)?;
            let (modulus, exponent) =
                (numbers.unsigned("modulus")?, numbers.unsigned("publicExponent")?);
            numbers.finish("after publicExponent")?;
            Ok(PublicKeyParts::Rsa { modulus, exponent })
        }
    }
}

/// A point begins with 02, 03 or 04 (RFC 5480 section 2.2, SEC 1 section 2.3.3). Libraries take more:
/// `05||x`, a form of their own, and the hybrid forms 06 and 07.
pub(crate) fn check_point_form(what: &'static str, place: &str, point: &[u8]) -> Result<(), Error> {
    match point.first() {
        Some(2..=4) => Ok(()),
        _ => {
            let problem = "not a point on the curve, compressed (02, 03) or uncompressed (04)";
            Err(Error::malformed(what, place, problem))
        }
    }
}

/// Reads the AlgorithmIdentifier of a public or private key as the next value.
pub(crate) fn read_key_algorithm(values: &mut Values<'_>, place: &str) -> Result<KeyKind, Error> {
    let what = values.what();
    let mut inside = values.enter(SEQUENCE, place)?;
    match inside.oid(place)? {
        oid::RSA_ENCRYPTION => {
            // NULL by RFC 3279 section 2.3.1; some writers leave it out.
            if inside.optional(NULL, place)?.is_some_and(|content| !content.is_empty()) {
                return Err(Error::malformed(what, place, "a NULL that is not empty"));
            }
            inside.finish(place)?;
            Ok(KeyKind::Rsa)
        }
        oid::EC_PUBLIC_KEY => {
            let algorithm = read_curve(&mut inside, place)?;
            inside.finish(place)?;
            Ok(KeyKind::Curve(algorithm))
        }
        // Some SM2 stacks write the curve where the algorithm belongs, with parameters or without.
        oid::SM2P256V1 => {
            match inside.peek() {
                None => {}
                Some(NULL) if inside.content(NULL, place)?.is_empty() => {}
                Some(OBJECT_IDENTIFIER) if inside.oid(place)? == oid::SM2P256V1 => {}
                Some(_) => {
                    let problem = "parameters of sm2p256v1 that are neither NULL nor the curve";
                    return Err(Error::malformed(what, place, problem));
                }
            }
            inside.finish(place)?;
            Ok(KeyKind::Curve(KeyAlgorithm::Sm2))
        }
        other => Err(Error::unsupported(
            "public key algorithm",
            other.named(),
            "rsaEncryption, id-ecPublicKey",
        )),
    }
}

/// Reads a named curve as the next value.
pub(crate) fn read_curve(values: &mut Values<'_>, place: &str) -> Result<KeyAlgorithm, Error> {
    if values.peek() != Some(OBJECT_IDENTIFIER) {
        let given = "a curve that is not named";
        return Err(Error::unsupported("curve parameters", given, ALLOWED_CURVES));
    }
    let curve = values.oid(place)?;
    let known = CURVES.iter().find(|(known, _)| *known == curve);
    known
        .map(|(_, algorithm)| *algorithm)
        .ok_or_else(|| Error::unsupported("curve", curve.named(), ALLOWED_CURVES))
}

/// The AlgorithmIdentifier of a public or private key.
pub(crate) fn encode_key_algorithm(algorithm: KeyAlgorithm) -> Vec<u8> {
    match CURVES.iter().find(|(_, known)| *known == algorithm) {
        Some((curve, _)) => {
            encode(SEQUENCE, &[&encode_oid(oid::EC_PUBLIC_KEY), &encode_oid(*curve)])
        }
        None => encode(SEQUENCE, &[&encode_oid(oid::RSA_ENCRYPTION), &[NULL, 0]]),
    }
}

/// A SubjectPublicKeyInfo from the content of its BIT STRING.
pub(crate) fn encode_public_key(algorithm: KeyAlgorithm, key: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&encode_key_algorithm(algorithm), &encode_bit_string(key)])
}

/// The content of an RSA key's BIT STRING.
pub(crate) fn encode_rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&encode_unsigned(modulus), &encode_unsigned(exponent)])
}

const ALLOWED_CURVES: &str = "P-256, P-384, P-521, sm2p256v1";
