//! What stands for keys of this crate's own arithmetic in a build without it: there are none.

use zeroize::Zeroizing;

use crate::algorithm::KeyAlgorithm;
use crate::arithmetic::Arithmetic;

#[derive(Clone)]
pub(super) enum OwnPublic {}

pub(super) enum OwnSecret {}

/// Big-endian.
pub(super) struct Signature {
    pub(super) r: Vec<u8>,
    pub(super) s: Vec<u8>,
}

/// A signature of a digest, big-endian.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) digest: &'a [u8],
    pub(super) r: &'a [u8],
    pub(super) s: &'a [u8],
}

impl OwnPublic {
    pub(super) fn from_point(_: Arithmetic, _: KeyAlgorithm, _: &[u8]) -> Option<Self> {
        None
    }

    pub(super) fn to_point(&self) -> Vec<u8> {
        match *self {}
    }

    pub(super) fn verify(&self, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        match *self {}
    }

    pub(super) fn verify_often(&self, _: &[u8], _: &[u8], _: &[u8]) -> bool {
        match *self {}
    }

    pub(super) fn verify_many(&self, _: &[Signed<'_>], _: bool) -> Vec<bool> {
        match *self {}
    }

    pub(super) fn verify_each(signed: &[(&Self, Signed<'_>)]) -> Vec<bool> {
        let verify = |(key, signed): &(&Self, Signed<'_>)| {
            let Signed { digest, r, s } = *signed;
            key.verify(digest, r, s)
        };
        signed.iter().map(verify).collect()
    }
}

impl OwnSecret {
    pub(super) fn from_scalar(_: Arithmetic, _: KeyAlgorithm, _: &[u8]) -> Option<Self> {
        None
    }

    pub(super) fn from_scalars(
        _: Arithmetic,
        _: KeyAlgorithm,
        scalars: &[&[u8]],
    ) -> Vec<Option<Self>> {
        scalars.iter().map(|_| None).collect()
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        match *self {}
    }

    pub(super) fn public(&self) -> OwnPublic {
        match *self {}
    }

    pub(super) fn sign_many(
        &self,
        _: &[&[u8]],
        _: &[Zeroizing<Vec<u8>>],
    ) -> Vec<Option<Signature>> {
        match *self {}
    }

    pub(super) fn hedged_nonce(&self, _: &[u8], _: &[u8]) -> Zeroizing<Vec<u8>> {
        match *self {}
    }
}
