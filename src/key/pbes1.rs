//! Encryption that protects little, read and never written: PBES1 with SHA-1 and 3DES by the key
//! derivation of PKCS #12 (RFC 7292 appendices B and C), and RFC 1421 headers by OpenSSL's derivation from
//! MD5 (`EVP_BytesToKey` with one round).

use aes::{Aes128, Aes192, Aes256};
use des::TdesEde3;
use md5::{Digest, Md5};
use sha1::Sha1;
use sm4::Sm4;
use zeroize::Zeroizing;

use super::cbc::decrypt_cbc;
use super::pbes2::{number, unsupported};
use crate::error::Error;
use crate::limits::PBKDF2_ITERATIONS;
use crate::oid::Oid;
use crate::wire::headers::Encrypted;
use crate::wire::tlv::{OCTET_STRING, SEQUENCE, Values};

/// Bytes of a block and of an answer of SHA-1.
const BLOCK: usize = 64;
const HASH: usize = 20;

/// PBES1 with SHA-1 and 3DES.
pub(super) struct Pbes1<'a> {
    salt: &'a [u8],
    rounds: u32,
    /// The key has 16 bytes, of which the first eight count twice.
    two_keys: bool,
}

impl<'a> Pbes1<'a> {
    /// Reads a whole AlgorithmIdentifier; nothing where it is of another scheme.
    pub(super) fn read(algorithm: &'a [u8]) -> Result<Option<Self>, Error> {
        let place = "encryptionAlgorithm";
        let mut outer = Values::inside("encrypted private key", place, SEQUENCE, algorithm)?;
        let two_keys = match outer.oid(place)? {
            SHA1_3DES => false,
            SHA1_2DES => true,
            _ => return Ok(None),
        };
        let mut parameters = outer.enter(SEQUENCE, place)?;
        outer.finish(place)?;
        let salt = parameters.content(OCTET_STRING, "salt")?;
        let rounds = number(&mut parameters, "iterations")?;
        parameters.finish("after iterations")?;
        match u32::try_from(rounds) {
            Ok(rounds @ 1..=PBKDF2_ITERATIONS) => Ok(Some(Self { salt, rounds, two_keys })),
            _ => Err(unsupported(format!("PBES1 with {rounds} rounds"))),
        }
    }

    pub(super) fn decrypt(&self, ciphertext: &[u8], passphrase: &str) -> Option<Vec<u8>> {
        let mut key = Zeroizing::new([0; 24]);
        let mut iv = [0; 8];
        if self.two_keys {
            let (own, again) = key.split_at_mut(16);
            self.derive(1, passphrase, own);
            again.copy_from_slice(own.get(..8)?);
        } else {
            self.derive(1, passphrase, &mut *key);
        }
        self.derive(2, passphrase, &mut iv);
        decrypt_cbc::<TdesEde3>(&*key, &iv, ciphertext)
    }

    /// RFC 7292 appendix B.2: `purpose` is 1 for a key, 2 for an initial vector.
    fn derive(&self, purpose: u8, passphrase: &str, derived: &mut [u8]) {
        // A BMPString with its two zeros; what is beyond it as OpenSSL writes it, in UTF-16.
        let units = passphrase.encode_utf16().chain([0]).flat_map(u16::to_be_bytes);
        let mut text = Zeroizing::new(Vec::with_capacity(2 * passphrase.len() + 2));
        text.extend(units);
        let mut state = Zeroizing::new([repeated(self.salt).as_slice(), &repeated(&text)].concat());
        for part in derived.chunks_mut(HASH) {
            let mut hash = Zeroizing::new([0; HASH]);
            let first = Sha1::new().chain_update([purpose; BLOCK]).chain_update(&*state);
            first.finalize_into((&mut *hash).into());
            for _ in 1..self.rounds {
                Sha1::new_with_prefix(&*hash).finalize_into((&mut *hash).into());
            }
            for (to, from) in part.iter_mut().zip(hash.iter()) {
                *to = *from;
            }
            let again = repeated(&*hash);
            for block in state.chunks_mut(BLOCK) {
                // The block, the hash repeated and one, as numbers of 512 bits.
                let mut carry = 1;
                for (byte, added) in block.iter_mut().zip(again.iter()).rev() {
                    carry += u16::from(*byte) + u16::from(*added);
                    *byte = carry as u8;
                    carry >>= 8;
                }
            }
        }
    }
}

/// Some bytes again and again, up to a whole block; nothing of nothing.
fn repeated(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = bytes.len().div_ceil(BLOCK) * BLOCK;
    let mut repeated = Zeroizing::new(Vec::with_capacity(length));
    repeated.extend(bytes.iter().cycle().take(length));
    repeated
}

/// By a key and an initial vector.
type Decrypt = fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>;

/// Decrypts what stands below RFC 1421 headers.
pub(super) fn decrypt_rfc1421(
    encrypted: &Encrypted,
    passphrase: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let Encrypted { cipher, iv, ciphertext } = encrypted;
    let decrypt = |length: usize, by: Decrypt| {
        by(derive_md5(passphrase, iv, length).get(..length)?, iv, ciphertext)
    };
    Ok(match cipher.as_str() {
        "AES-128-CBC" => decrypt(16, decrypt_cbc::<Aes128>),
        "AES-192-CBC" => decrypt(24, decrypt_cbc::<Aes192>),
        "AES-256-CBC" => decrypt(32, decrypt_cbc::<Aes256>),
        "DES-EDE3-CBC" => decrypt(24, decrypt_cbc::<TdesEde3>),
        "SM4-CBC" => decrypt(16, decrypt_cbc::<Sm4>),
        other => {
            // It may be anything that stands in a damaged file.
            let known = ["DES-CBC", "RC2-CBC", "IDEA-CBC", "CAMELLIA-256-CBC"];
            let shown = known.into_iter().find(|known| *known == other).unwrap_or("another cipher");
            return Err(Error::unsupported(
                "key encryption",
                format!("RFC 1421 headers with {shown}"),
                "AES-128-CBC, AES-192-CBC, AES-256-CBC, DES-EDE3-CBC, SM4-CBC; `openssl pkcs8 -topk8 \
                 -provider legacy -provider default -in OLD -out NEW` converts a key",
            ));
        }
    })
}

/// Bytes of MD5 of the passphrase and the first eight bytes of the initial vector, each behind the hash
/// before; `length` of them and more.
fn derive_md5(passphrase: &str, iv: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let salt = iv.get(..8).unwrap_or(iv);
    let mut derived = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut hash = Zeroizing::new(Vec::with_capacity(16));
    while derived.len() < length {
        let mut md5 = Md5::new_with_prefix(&*hash);
        md5.update(passphrase.as_bytes());
        md5.update(salt);
        hash.clear();
        hash.extend_from_slice(&md5.finalize());
        derived.extend_from_slice(&hash);
    }
    derived
}

/// pbeWithSHAAnd3-KeyTripleDES-CBC and pbeWithSHAAnd2-KeyTripleDES-CBC.
const SHA1_3DES: Oid = Oid::known("1.2.840.113549.1.12.1.3");
const SHA1_2DES: Oid = Oid::known("1.2.840.113549.1.12.1.4");
