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
}

impl OwnSecret {
    pub(super) fn from_scalar(_: Arithmetic, _: KeyAlgorithm, _: &[u8]) -> Option<Self> {
        None
    }

    pub(super) fn to_scalar(&self) -> Zeroizing<Vec<u8>> {
        match *self {}
    }

    pub(super) fn public(&self) -> OwnPublic {
        match *self {}
    }

    pub(super) fn sign(&self, _: &[u8], _: &[u8]) -> Option<Signature> {
        match *self {}
    }

    pub(super) fn sign_hedged(&self, _: &[u8], _: &[u8]) -> Option<Signature> {
        match *self {}
    }
}
