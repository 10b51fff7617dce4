//! Encryption of private keys under a passphrase: PBES2 (RFC 8018 section 6.2).

use pkcs5::EncryptionScheme;
use pkcs5::pbes2::{Kdf, Parameters};
use zeroize::Zeroizing;

use super::random::random_bytes;
use crate::error::Error;
use crate::limits::{PASSPHRASE_BYTES, PBKDF2_ITERATIONS, SCRYPT_BYTES};
use crate::oid::PBES2;
use crate::wire::tlv::{SEQUENCE, Values, decode_whole, encode_whole};

const WHAT: &str = "encrypted private key";

/// Rounds of PBKDF2-HMAC-SHA256 that are written (OWASP Password Storage Cheat Sheet, 2023).
const WRITTEN_ITERATIONS: u32 = 600_000;

/// The whole AlgorithmIdentifier and the ciphertext.
pub(super) fn encrypt(plain: &[u8], passphrase: &str) -> Result<(Vec<u8>, Vec<u8>), Error> {
    check_passphrase(passphrase)?;
    if passphrase.is_empty() {
        return Err(Error::malformed(WHAT, "passphrase", "empty"));
    }
    let (salt, iv): ([u8; 16], [u8; 16]) = (random_bytes()?, random_bytes()?);
    let failed = |error: pkcs5::Error| Error::malformed(WHAT, "encryption", error.to_string());
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(WRITTEN_ITERATIONS, &salt, iv)
        .map_err(failed)?;
    let ciphertext = parameters.encrypt(passphrase, plain).map_err(failed)?;
    let algorithm = encode_whole(WHAT, &EncryptionScheme::from(parameters))?;
    Ok((algorithm, ciphertext))
}

pub(super) fn decrypt(
    algorithm: &[u8],
    ciphertext: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_passphrase(passphrase)?;
    let scheme: EncryptionScheme = decode_whole(WHAT, "encryptionAlgorithm", algorithm)
        .map_err(|_| unsupported(describe(algorithm).unwrap_or("unreadable".to_owned())))?;
    let parameters =
        scheme.pbes2().ok_or_else(|| unsupported(format!("scheme {}", scheme.oid())))?;
    check_work(&parameters.kdf)?;
    match parameters.decrypt(passphrase, ciphertext) {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(pkcs5::Error::UnsupportedAlgorithm { oid }) => {
            Err(unsupported(format!("algorithm {oid}")))
        }
        Err(pkcs5::Error::AlgorithmParametersInvalid { oid }) => {
            Err(unsupported(format!("parameters of algorithm {oid}")))
        }
        Err(_) => Err(wrong_passphrase()),
    }
}

pub(super) fn wrong_passphrase() -> Error {
    Error::malformed(WHAT, "", "the passphrase is wrong, or the key is damaged")
}

/// The identifiers in an AlgorithmIdentifier that the library does not read, in their order.
fn describe(algorithm: &[u8]) -> Result<String, Error> {
    let place = "encryptionAlgorithm";
    let mut outer = Values::inside(WHAT, place, SEQUENCE, algorithm)?;
    let scheme = outer.oid(place)?;
    let mut described = format!("scheme {scheme}");
    if scheme == PBES2 {
        let mut parameters = outer.enter(SEQUENCE, place)?;
        let mut derivation = parameters.enter(SEQUENCE, place)?;
        let mut cipher = parameters.enter(SEQUENCE, place)?;
        described += &format!(" with {} and {}", derivation.oid(place)?, cipher.oid(place)?);
    }
    Ok(described)
}

/// The file says how much work to do, and it comes from outside.
fn check_work(kdf: &Kdf) -> Result<(), Error> {
    let refused = match kdf {
        // RFC 8018 appendix A.2: one round or more.
        Kdf::Pbkdf2(parameters) => (!(1..=PBKDF2_ITERATIONS).contains(&parameters.iteration_count))
            .then(|| format!("PBKDF2 with {} rounds", parameters.iteration_count)),
        Kdf::Scrypt(parameters) => {
            let (n, r, p) =
                (parameters.cost_parameter, parameters.block_size, parameters.parallelization);
            let work = [128, r.into(), p.into()]
                .into_iter()
                .try_fold(n, |product: u64, factor: u64| product.checked_mul(factor));
            // RFC 7914 section 2: N is a power of two above 1. The library takes it for granted.
            let good = n > 1
                && n.is_power_of_two()
                && r > 0
                && p > 0
                && work.is_some_and(|work| work <= SCRYPT_BYTES);
            (!good).then(|| format!("scrypt with N = {n}, r = {r}, p = {p}"))
        }
        _ => None,
    };
    refused.map_or(Ok(()), |given| Err(unsupported(given)))
}

fn check_passphrase(passphrase: &str) -> Result<(), Error> {
    if passphrase.len() > PASSPHRASE_BYTES {
        let problem = format!("{} bytes; at most {PASSPHRASE_BYTES}", passphrase.len());
        return Err(Error::malformed(WHAT, "passphrase", problem));
    }
    Ok(())
}

fn unsupported(given: String) -> Error {
    Error::unsupported(
        "key encryption",
        given,
        format!(
            "PBES2 with AES-CBC or AES-GCM under PBKDF2 (SHA-2, at most {PBKDF2_ITERATIONS} rounds) \
             or scrypt (128·N·r·p at most 256 MiB)"
        ),
    )
}
