//! AlgorithmIdentifiers of signatures.

use super::tlv::{NULL, SEQUENCE, Values, encode, encode_oid};
use crate::algorithm::{KeyFamily, SignatureAlgorithm, SignatureIdentifier};
use crate::error::Error;
use crate::oid::{self, Oid};

/// RSA's parameters are NULL (RFC 4055 section 5), those of ECDSA and SM2 absent (RFC 5758 section
/// 3.2).
pub(crate) fn encode_signature_algorithm(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let identifier = encode_oid(identifier(algorithm));
    let parameters: &[u8] = match algorithm.family() {
        KeyFamily::Rsa => &[NULL, 0],
        KeyFamily::Ecc | KeyFamily::Sm2 => &[],
    };
    encode(SEQUENCE, &[&identifier, parameters])
}

/// Reads the next value, of which the identifier is all that has to be understood.
pub(crate) fn read_signature_identifier(
    values: &mut Values<'_>,
    place: &str,
) -> Result<SignatureIdentifier, Error> {
    let (what, der) = (values.what(), values.whole(place)?);
    let oid = Values::inside(what, place, SEQUENCE, der)?.oid(place)?;
    let algorithm = read_signature_algorithm(&mut Values::new(what, der)?, place);
    Ok(SignatureIdentifier::new(oid, algorithm))
}

/// Reads the next value. For RSA absent and NULL parameters are both taken, as readers must (RFC 4055
/// section 5); those of ECDSA and SM2 must be absent (RFC 5758 section 3.2, GM/T 0015 section 5.2.3).
fn read_signature_algorithm(
    values: &mut Values<'_>,
    place: &str,
) -> Result<SignatureAlgorithm, Error> {
    let mut inside = values.enter(SEQUENCE, place)?;
    let oid = inside.oid(place)?;
    let algorithm = algorithm_of(oid).ok_or_else(|| {
        Error::unsupported(
            "signature algorithm",
            oid.named(),
            "ECDSA and RSA (PKCS #1 v1.5) with SHA-256, SHA-384 or SHA-512, SM2 with SM3",
        )
    })?;
    if let Some(parameters) = inside.optional(NULL, place)? {
        if algorithm.family() != KeyFamily::Rsa {
            let problem = format!("NULL parameters, which {algorithm} must not have");
            return Err(Error::malformed(inside.what(), place, problem));
        }
        if !parameters.is_empty() {
            return Err(Error::malformed(inside.what(), place, "a NULL that is not empty"));
        }
    }
    inside.finish(place)?;
    Ok(algorithm)
}

/// The identifier that an algorithm is written with.
fn identifier(algorithm: SignatureAlgorithm) -> Oid {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => oid::ECDSA_WITH_SHA256,
        SignatureAlgorithm::EcdsaSha384 => oid::ECDSA_WITH_SHA384,
        SignatureAlgorithm::EcdsaSha512 => oid::ECDSA_WITH_SHA512,
        SignatureAlgorithm::RsaSha256 => oid::SHA256_WITH_RSA,
        SignatureAlgorithm::RsaSha384 => oid::SHA384_WITH_RSA,
        SignatureAlgorithm::RsaSha512 => oid::SHA512_WITH_RSA,
        SignatureAlgorithm::Sm2Sm3 => oid::SM2_WITH_SM3,
    }
}

fn algorithm_of(oid: Oid) -> Option<SignatureAlgorithm> {
    SignatureAlgorithm::ALL.into_iter().find(|algorithm| identifier(*algorithm) == oid)
}
