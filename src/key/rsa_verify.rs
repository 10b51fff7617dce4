//! RSA signatures checked: several at once where the lanes work and the key fits them.

use ::rsa::traits::SignatureScheme as _;

use super::rsa_numbers::{PUBLIC_EXPONENT, Public, padded, scheme};
use crate::algorithm::SignatureAlgorithm;
use crate::arithmetic::Arithmetic;
use crate::lanes::{Signed, bit_length, check, checks_alone};

/// What a signature claims.
pub(super) struct Claim<'a> {
    pub(super) key: &'a Public,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) message: &'a [u8],
    pub(super) signature: &'a [u8],
}

/// A claim that fits the lanes: where it stands, and its numbers.
struct Fitting<'a> {
    place: usize,
    modulus: &'a [u8],
    padded: Vec<u8>,
    signature: &'a [u8],
}

/// For each whether the key made the signature (RFC 8017 section 8.2.2).
pub(super) fn verify_many(claims: &[Claim<'_>]) -> Vec<bool> {
    let mut answers: Vec<Option<bool>> = vec![None; claims.len()];
    let kinds = [Arithmetic::Fastest, Arithmetic::Portable, Arithmetic::Vectors];
    let sizes = [1024, 2048, 3072, 4096];
    for (arithmetic, bits) in kinds.into_iter().flat_map(|kind| sizes.map(|bits| (kind, bits))) {
        let fitting: Vec<Fitting<'_>> = claims
            .iter()
            .enumerate()
            .filter(|(_, claim)| claim.key.arithmetic == arithmetic)
            .filter_map(|(place, claim)| claim.fitting(place, bits))
            .collect();
        let signed: Vec<Signed<'_>> = fitting
            .iter()
            .map(|Fitting { modulus, padded, signature, .. }| Signed { modulus, signature, padded })
            .collect();
        if signed.is_empty() {
            continue;
        }
        let checked = check(arithmetic, bits, &signed).unwrap_or_default();
        for (fitting, is_right) in fitting.iter().zip(checked) {
            if let Some(answer) = answers.get_mut(fitting.place) {
                *answer = Some(is_right);
            }
        }
    }
    let answers = answers.into_iter().zip(claims);
    answers.map(|(answer, claim)| answer.unwrap_or_else(|| claim.verify_alone())).collect()
}

impl Public {
    pub(super) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let claim = Claim { key: self, algorithm, message, signature };
        verify_many(&[claim]).contains(&true)
    }
}

impl<'a> Claim<'a> {
    fn fitting(&self, place: usize, bits: u32) -> Option<Fitting<'a>> {
        let length = bits as usize / 8;
        let fits = bit_length(&self.key.modulus) == bits
            && self.signature.len() == length
            && self.key.exponent == PUBLIC_EXPONENT;
        fits.then(|| Fitting {
            place,
            modulus: &self.key.modulus,
            padded: padded(self.algorithm, self.message, length),
            signature: self.signature,
        })
    }

    fn verify_alone(&self) -> bool {
        let Self { key, algorithm, message, signature } = self;
        if signature.len() != key.modulus.len() {
            return false;
        }
        let padded = &padded(*algorithm, message, signature.len());
        let signed = Signed { modulus: &key.modulus, signature, padded };
        let own = checks_alone(key.arithmetic).then(|| key.own()).flatten();
        match own {
            Some(own) => own.is_right(&signed),
            None => self.verify_elsewhere(),
        }
    }

    /// By the rsa crate.
    fn verify_elsewhere(&self) -> bool {
        let (scheme, digest) = scheme(self.algorithm, self.message);
        self.signature.len() == self.key.modulus.len()
            && self.key.key().is_some_and(|key| scheme.verify(key, &digest, self.signature).is_ok())
    }
}
