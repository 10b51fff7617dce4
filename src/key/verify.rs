//! Many signatures checked together, under keys of any kind.

use super::public::{PublicKey, Verifier};
use crate::algorithm::SignatureAlgorithm;
use crate::error::Error;

/// What a signature claims: that the key made it over the message.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) key: &'a PublicKey,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) message: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// Many signatures of this key are verified: see [`PublicKey::verify_often`].
    pub(crate) is_often: bool,
}

/// As [`PublicKey::verify`] for each; those of RSA keys are checked at once.
pub(crate) fn verify_many(claims: &[Claim<'_>]) -> Vec<Result<(), Error>> {
    let mut answers: Vec<Result<(), Error>> = Vec::with_capacity(claims.len());
    #[cfg(feature = "rsa")]
    let mut of_rsa = {
        let claims: Vec<super::rsa_verify::Claim<'_>> = claims.iter().filter_map(rsa).collect();
        #[cfg(test)]
        super::tally::count(claims.len());
        super::rsa_verify::verify_many(&claims).into_iter()
    };
    #[cfg(any(feature = "ecc", feature = "sm2"))]
    let digests = digests_of(claims);
    #[cfg_attr(not(any(feature = "ecc", feature = "sm2")), allow(unused_variables))]
    for (at, claim) in claims.iter().enumerate() {
        #[cfg(feature = "rsa")]
        if rsa(claim).is_some() {
            let is_right = of_rsa.next().unwrap_or(false);
            answers.push(if is_right { Ok(()) } else { Err(PublicKey::no_signature()) });
            continue;
        }
        // None where key and algorithm are of different families.
        #[cfg(any(feature = "ecc", feature = "sm2"))]
        let is_right = digests.get(at).and_then(Option::as_ref).is_some_and(|digest| {
            #[cfg(test)]
            super::tally::count(1);
            claim.key.is_right(digest, claim.signature, claim.is_often)
        });
        #[cfg(not(any(feature = "ecc", feature = "sm2")))]
        let is_right = false;
        answers.push(if is_right { Ok(()) } else { Err(PublicKey::no_signature()) });
    }
    answers
}

/// The digests of what keys on curves are said to have signed: together where one hash function and
/// one arithmetic make them.
#[cfg(any(feature = "ecc", feature = "sm2"))]
fn digests_of(claims: &[Claim<'_>]) -> Vec<Option<Vec<u8>>> {
    let mut out = vec![None; claims.len()];
    let mut hashed: Vec<_> = claims
        .iter()
        .enumerate()
        .filter_map(|(at, claim)| {
            let (hash, message) = claim.key.hashed(claim.algorithm, claim.message)?;
            Some((at, claim.key.arithmetic(), hash, message))
        })
        .collect();
    while let Some((_, arithmetic, hash, _)) = hashed.first() {
        let (arithmetic, hash) = (*arithmetic, *hash);
        let (alike, others): (Vec<_>, Vec<_>) =
            hashed.into_iter().partition(|found| found.1 == arithmetic && found.2 == hash);
        let messages: Vec<_> = alike.iter().map(|found| found.3).collect();
        let digests = super::digests::digests(arithmetic, hash, &messages);
        for (found, digest) in alike.iter().zip(digests) {
            if let Some(place) = out.get_mut(found.0) {
                *place = Some(digest);
            }
        }
        hashed = others;
    }
    out
}

#[cfg(feature = "rsa")]
fn rsa<'a>(claim: &Claim<'a>) -> Option<super::rsa_verify::Claim<'a>> {
    let Claim { key, algorithm, message, signature, .. } = *claim;
    match key.verifier() {
        Verifier::Rsa(key) if algorithm.family() == crate::algorithm::KeyFamily::Rsa => {
            Some(super::rsa_verify::Claim { key, algorithm, message, signature })
        }
        _ => None,
    }
}
