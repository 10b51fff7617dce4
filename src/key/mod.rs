//! Keys: generated, read, written, checked, and what they sign and verify.

#[cfg(feature = "encrypted-keys")]
mod cbc;
mod data;
mod data_encryption;
mod digest;
#[cfg(any(feature = "ecc", feature = "sm2"))]
mod digests;
#[cfg(feature = "ecc")]
mod ecdsa;
#[cfg(feature = "ecc")]
mod ecdsa_crate;
mod encoding;
#[cfg(feature = "encrypted-keys")]
mod encryption;
mod generation;
mod info;
#[cfg(not(feature = "encrypted-keys"))]
mod not_encryption;
#[cfg(all(not(feature = "fast-arithmetic"), any(feature = "ecc", feature = "sm2")))]
mod not_own;
#[cfg(not(feature = "sealed-keys"))]
mod not_sealing;
#[cfg(all(feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
mod own;
#[cfg(all(test, feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
mod own_tests;
pub(crate) mod pair;
mod pair_generate;
mod pair_sign;
#[cfg(feature = "encrypted-keys")]
mod pbes1;
#[cfg(feature = "encrypted-keys")]
mod pbes2;
mod public;
mod random;
mod randomness;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rsa")]
mod rsa_data;
#[cfg(feature = "rsa")]
mod rsa_encryption;
#[cfg(feature = "rsa")]
mod rsa_generate;
#[cfg(feature = "rsa")]
mod rsa_health;
#[cfg(feature = "rsa")]
mod rsa_numbers;
#[cfg(feature = "rsa")]
mod rsa_padding;
#[cfg(feature = "rsa")]
mod rsa_sign;
#[cfg(all(test, feature = "fast-arithmetic", feature = "rsa"))]
mod rsa_tests;
#[cfg(feature = "rsa")]
mod rsa_verify;
mod seal;
#[cfg(feature = "sealed-keys")]
mod sealing;
mod secret;
pub(crate) mod signer;
#[cfg(feature = "sm2")]
mod sm2;
#[cfg(feature = "sm2")]
mod sm2_crate;
#[cfg(feature = "sm2")]
mod sm2_encryption;
mod sm2_id;
#[cfg(test)]
pub(crate) mod tally;
mod verify;
mod weak_encryption;

#[cfg(not(feature = "encrypted-keys"))]
use self::not_encryption as encryption;
#[cfg(all(not(feature = "fast-arithmetic"), any(feature = "ecc", feature = "sm2")))]
use self::not_own as own;
#[cfg(not(feature = "sealed-keys"))]
use self::not_sealing as sealing;

pub use self::data::{Data, DataSignature};
pub use self::data_encryption::DataEncryption;
pub use self::generation::{KeyGeneration, Progress};
pub use self::info::PublicKeyInfo;
pub use self::pair::Nonces;
pub use self::public::PublicKey;
pub use self::randomness::{NoRandomness, Randomness};
pub use self::seal::SealingKey;
pub use self::secret::{SecretBytes, SecretText};
pub use self::sm2_id::Sm2Id;
pub use self::weak_encryption::WeakEncryption;
pub use crate::algorithm::{KeyFamily, RsaBits, SignatureAlgorithm, SignatureIdentifier, WeakKeys};
pub use crate::arithmetic::{Arithmetic, ArithmeticCounts};

pub(crate) use self::digest::{fingerprint, key_identifier};
pub(crate) use self::pair::KeyPair;
pub(crate) use self::seal::Seal;
pub(crate) use self::signer::{Pinned, Signer};
pub(crate) use self::verify::{Claim, verify_many};
