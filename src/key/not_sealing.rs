//! What stands for the cipher that seals in a build without the feature `sealed-keys`: there is none.

use zeroize::Zeroizing;

use crate::error::Error;

pub(super) const SALT_BYTES: usize = 16;
pub(super) const NONCE_BYTES: usize = 24;

pub(super) enum Cipher {}

impl Cipher {
    pub(super) fn new(_: &[u8; 32]) -> Result<Self, Error> {
        Err(not_built())
    }

    pub(super) fn encrypt(&self, _: [u8; NONCE_BYTES], _: &[u8], _: &[u8]) -> Option<Vec<u8>> {
        match *self {}
    }

    pub(super) fn decrypt(
        &self,
        _: [u8; NONCE_BYTES],
        _: &[u8],
        _: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        match *self {}
    }
}

pub(super) fn derive(
    _: &str,
    _: [u32; 3],
    _: &[u8; SALT_BYTES],
) -> Result<Zeroizing<[u8; 32]>, Error> {
    Err(not_built())
}

fn not_built() -> Error {
    Error::unsupported(
        "sealing of private keys",
        "a build without it",
        "the feature \"sealed-keys\" adds it",
    )
}
