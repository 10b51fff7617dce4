//! What stands for the encryption of private keys in a build without the feature `encrypted-keys`.

use zeroize::Zeroizing;

use super::randomness::Randomness;
use super::weak_encryption::WeakEncryption;
use crate::error::Error;
use crate::wire::headers::Encrypted;

pub(super) fn encrypt(_: &[u8], _: &str, _: &Randomness) -> Result<(Vec<u8>, Vec<u8>), Error> {
    Err(not_built())
}

pub(super) fn decrypt(
    _: &[u8],
    _: &[u8],
    _: &str,
    _: WeakEncryption,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    Err(not_built())
}

pub(super) fn decrypt_under_headers(
    _: &Encrypted,
    _: &str,
    _: WeakEncryption,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    Err(not_built())
}

fn not_built() -> Error {
    Error::unsupported(
        "encryption of private keys",
        "a build without it",
        "the feature \"encrypted-keys\" adds it",
    )
}
