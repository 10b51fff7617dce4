//! The parameters of PBES2 (RFC 8018 appendix A.4): how a key is derived from a passphrase, and what
//! it encrypts with.

use crate::error::Error;
use crate::limits::{PBKDF2_ITERATIONS, SCRYPT_BYTES};
use crate::oid::{self, Oid};
use crate::wire::tlv::{
    INTEGER, NULL, OCTET_STRING, SEQUENCE, Values, encode, encode_oid, encode_unsigned,
};

const WHAT: &str = "encrypted private key";
const PLACE: &str = "encryptionAlgorithm";

/// How a private key is encrypted.
pub(super) struct Scheme<'a> {
    pub(super) derivation: Derivation<'a>,
    pub(super) cipher: Cipher,
}

/// How the key of the cipher is derived from the passphrase.
pub(super) enum Derivation<'a> {
    Pbkdf2 {
        salt: &'a [u8],
        rounds: u32,
        hash: Hash,
    },
    /// `n` is a power of two, and 128·n·r·p at most `SCRYPT_BYTES`.
    Scrypt {
        salt: &'a [u8],
        n: u64,
        r: u32,
        p: u32,
    },
}

/// The hash function of the HMAC in PBKDF2.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sm3,
}

/// The cipher with its initial vector or nonce.
pub(super) enum Cipher {
    Aes128Cbc([u8; 16]),
    Aes192Cbc([u8; 16]),
    Aes256Cbc([u8; 16]),
    Aes128Gcm([u8; 12]),
    Aes256Gcm([u8; 12]),
    Sm4Cbc([u8; 16]),
    /// Read and never written: the block is of 64 bits.
    TripleDesCbc([u8; 8]),
}

impl Cipher {
    /// Bytes of its key.
    pub(super) fn key_length(&self) -> usize {
        match self {
            Self::Aes128Cbc(_) | Self::Aes128Gcm(_) | Self::Sm4Cbc(_) => 16,
            Self::Aes192Cbc(_) | Self::TripleDesCbc(_) => 24,
            Self::Aes256Cbc(_) | Self::Aes256Gcm(_) => 32,
        }
    }
}

impl<'a> Scheme<'a> {
    /// Reads a whole AlgorithmIdentifier. The file says how much work to do and comes from outside:
    /// nothing above the limits is taken.
    pub(super) fn read(algorithm: &'a [u8]) -> Result<Self, Error> {
        let mut outer = Values::inside(WHAT, PLACE, SEQUENCE, algorithm)?;
        let scheme = outer.oid(PLACE)?;
        if scheme != oid::PBES2 {
            return Err(unsupported(scheme.named()));
        }
        let mut parameters = outer.enter(SEQUENCE, PLACE)?;
        outer.finish(PLACE)?;
        let mut derivation = parameters.enter(SEQUENCE, "keyDerivationFunc")?;
        let mut cipher = parameters.enter(SEQUENCE, "encryptionScheme")?;
        parameters.finish(PLACE)?;
        let cipher = read_cipher(&mut cipher)?;
        let (derivation, length) = read_derivation(&mut derivation)?;
        // The length may be given, and then is the cipher's.
        if length.is_some_and(|length| length != cipher.key_length() as u64) {
            let given = length.unwrap_or(0);
            let length = cipher.key_length();
            let problem = format!("{given} bytes; the cipher's key has {length}");
            return Err(Error::malformed(WHAT, "keyLength", problem));
        }
        Ok(Self { derivation, cipher })
    }
}

/// The AlgorithmIdentifier of what is written: PBKDF2 with HMAC-SHA256, and AES-256 in CBC mode.
pub(super) fn encode_written(salt: &[u8], rounds: u32, iv: &[u8; 16]) -> Vec<u8> {
    let hash = encode(SEQUENCE, &[&encode_oid(HMAC_SHA256), &[NULL, 0]]);
    let salt = encode(OCTET_STRING, &[salt]);
    let rounds = encode_unsigned(&rounds.to_be_bytes());
    let parameters = encode(SEQUENCE, &[&salt, &rounds, &hash]);
    let derivation = encode(SEQUENCE, &[&encode_oid(PBKDF2), &parameters]);
    let iv = encode(OCTET_STRING, &[iv]);
    let cipher = encode(SEQUENCE, &[&encode_oid(AES256_CBC), &iv]);
    let parameters = encode(SEQUENCE, &[&derivation, &cipher]);
    encode(SEQUENCE, &[&encode_oid(oid::PBES2), &parameters])
}

fn read_derivation<'a>(values: &mut Values<'a>) -> Result<(Derivation<'a>, Option<u64>), Error> {
    let kind = values.oid("keyDerivationFunc")?;
    match kind {
        PBKDF2 => read_pbkdf2(values.enter(SEQUENCE, "PBKDF2")?),
        SCRYPT => read_scrypt(values.enter(SEQUENCE, "scrypt")?),
        _ => Err(unsupported(kind.named())),
    }
}

fn read_pbkdf2(mut values: Values<'_>) -> Result<(Derivation<'_>, Option<u64>), Error> {
    let salt = values.content(OCTET_STRING, "salt")?;
    let rounds = number(&mut values, "iterationCount")?;
    let length = optional_number(&mut values, "keyLength")?;
    // HMAC-SHA1 is the default of the syntax (RFC 8018 appendix A.2).
    let hash = if values.is_empty() { Hash::Sha1 } else { read_hash(&mut values)? };
    values.finish("after prf")?;
    // One round or more (RFC 8018 appendix A.2).
    match u32::try_from(rounds) {
        Ok(rounds @ 1..=PBKDF2_ITERATIONS) => {
            Ok((Derivation::Pbkdf2 { salt, rounds, hash }, length))
        }
        _ => Err(unsupported(format!("PBKDF2 with {} rounds", shown(rounds)))),
    }
}

fn read_hash(values: &mut Values<'_>) -> Result<Hash, Error> {
    let mut identifier = values.enter(SEQUENCE, "prf")?;
    let kind = identifier.oid("prf")?;
    // NULL, or nothing as GmSSL writes it.
    if !identifier.is_empty() {
        identifier.content(NULL, "prf")?;
    }
    identifier.finish("prf")?;
    let known = HASHES.iter().find(|(known, _)| *known == kind).map(|(_, hash)| *hash);
    known.ok_or_else(|| unsupported(format!("PBKDF2 with {}", kind.named())))
}

fn read_scrypt(mut values: Values<'_>) -> Result<(Derivation<'_>, Option<u64>), Error> {
    let salt = values.content(OCTET_STRING, "salt")?;
    let n = number(&mut values, "costParameter")?;
    let r = number(&mut values, "blockSize")?;
    let p = number(&mut values, "parallelizationParameter")?;
    let length = optional_number(&mut values, "keyLength")?;
    values.finish("after keyLength")?;
    let work = [r, p].into_iter().try_fold(n, |work, factor| work.checked_mul(factor));
    let work = work.and_then(|work| work.checked_mul(128));
    // RFC 7914 section 2: N is a power of two above 1.
    let good =
        n > 1 && n.is_power_of_two() && work.is_some_and(|work| (1..=SCRYPT_BYTES).contains(&work));
    match (u32::try_from(r), u32::try_from(p)) {
        (Ok(r), Ok(p)) if good => Ok((Derivation::Scrypt { salt, n, r, p }, length)),
        _ => {
            let (n, r, p) = (shown(n), shown(r), shown(p));
            Err(unsupported(format!("scrypt with N = {n}, r = {r}, p = {p}")))
        }
    }
}

fn read_cipher(values: &mut Values<'_>) -> Result<Cipher, Error> {
    let kind = values.oid("encryptionScheme")?;
    let cipher = match kind {
        AES128_CBC => Cipher::Aes128Cbc(vector(values)?),
        AES192_CBC => Cipher::Aes192Cbc(vector(values)?),
        AES256_CBC => Cipher::Aes256Cbc(vector(values)?),
        AES128_GCM => Cipher::Aes128Gcm(nonce(values)?),
        AES256_GCM => Cipher::Aes256Gcm(nonce(values)?),
        SM4_CBC => Cipher::Sm4Cbc(vector(values)?),
        TRIPLE_DES_CBC => Cipher::TripleDesCbc(vector(values)?),
        _ => return Err(unsupported(kind.named())),
    };
    values.finish("encryptionScheme")?;
    Ok(cipher)
}

fn vector<const LENGTH: usize>(values: &mut Values<'_>) -> Result<[u8; LENGTH], Error> {
    let given = values.content(OCTET_STRING, "initial vector")?;
    given.try_into().map_err(|_| {
        let problem = format!("{} bytes; the cipher's has {LENGTH}", given.len());
        Error::malformed(WHAT, "initial vector", problem)
    })
}

/// The nonce of GCM, whose tag has 16 bytes here (RFC 5084 section 3.2); alone, as the crate pkcs5
/// writes it, too.
fn nonce(values: &mut Values<'_>) -> Result<[u8; 12], Error> {
    if values.peek() == Some(OCTET_STRING) {
        return vector(values);
    }
    let mut parameters = values.enter(SEQUENCE, "GCM")?;
    let nonce = vector(&mut parameters)?;
    // 12 where it is not given.
    let tag = optional_number(&mut parameters, "ICV length")?.unwrap_or(12);
    parameters.finish("GCM")?;
    if tag != 16 {
        return Err(unsupported(format!("AES-GCM with a tag of {} bytes", shown(tag))));
    }
    Ok(nonce)
}

/// A number; one above 64 bits is as good as the greatest.
pub(super) fn number(values: &mut Values<'_>, place: &str) -> Result<u64, Error> {
    let bytes = values.unsigned(place)?;
    if bytes.len() > size_of::<u64>() {
        return Ok(u64::MAX);
    }
    Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn optional_number(values: &mut Values<'_>, place: &str) -> Result<Option<u64>, Error> {
    if values.peek() == Some(INTEGER) { number(values, place).map(Some) } else { Ok(None) }
}

fn shown(number: u64) -> String {
    if number == u64::MAX { "2^64 or so".to_owned() } else { number.to_string() }
}

pub(super) fn unsupported(given: String) -> Error {
    Error::unsupported(
        "key encryption",
        given,
        format!(
            "PBES2 with AES-CBC, AES-GCM, SM4-CBC or 3DES-CBC under PBKDF2 (HMAC with SHA-1, SHA-2 or \
             SM3, at most {PBKDF2_ITERATIONS} rounds) or scrypt (128·N·r·p at most 256 MiB); \
             `openssl pkcs8 -in OLD -topk8 -v2 aes-256-cbc -out NEW` converts a key"
        ),
    )
}

const PBKDF2: Oid = Oid::known("1.2.840.113549.1.5.12");
const SCRYPT: Oid = Oid::known("1.3.6.1.4.1.11591.4.11");
const AES128_CBC: Oid = Oid::known("2.16.840.1.101.3.4.1.2");
const AES128_GCM: Oid = Oid::known("2.16.840.1.101.3.4.1.6");
const AES192_CBC: Oid = Oid::known("2.16.840.1.101.3.4.1.22");
const AES256_CBC: Oid = Oid::known("2.16.840.1.101.3.4.1.42");
const AES256_GCM: Oid = Oid::known("2.16.840.1.101.3.4.1.46");
const SM4_CBC: Oid = Oid::known("1.2.156.10197.1.104.2");
const TRIPLE_DES_CBC: Oid = Oid::known("1.2.840.113549.3.7");
const HMAC_SHA256: Oid = Oid::known("1.2.840.113549.2.9");

const HASHES: [(Oid, Hash); 7] = [
    (Oid::known("1.2.840.113549.2.7"), Hash::Sha1),
    (Oid::known("1.2.840.113549.2.8"), Hash::Sha224),
    (HMAC_SHA256, Hash::Sha256),
    (Oid::known("1.2.840.113549.2.10"), Hash::Sha384),
    (Oid::known("1.2.840.113549.2.11"), Hash::Sha512),
    // GM/T 0006 has one for HMAC-SM3, which OpenSSL writes; GmSSL writes its own.
    (Oid::known("1.2.156.10197.1.401.3.1"), Hash::Sm3),
    (Oid::known("1.2.156.10197.1.401.2"), Hash::Sm3),
];
