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
    for claim in claims {
        #[cfg(feature = "rsa")]
        if rsa(claim).is_some() {
            let is_right = of_rsa.next().unwrap_or(false);
            answers.push(if is_right { Ok(()) } else { Err(PublicKey::no_signature()) });
            continue;
        }
        let Claim { key, algorithm, message, signature, is_often } = *claim;
        answers.push(if is_often {
            key.verify_often(algorithm, message, signature)
        } else {
            key.verify(algorithm, message, signature)
        });
    }
    answers
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
