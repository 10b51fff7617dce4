//! Many signatures checked together, under keys of any kind.

#[cfg(any(feature = "ecc", feature = "sm2"))]
use super::own::{OwnPublic, Signed};
use super::public::{PublicKey, Verifier};
use crate::algorithm::SignatureAlgorithm;
use crate::error::Error;
#[cfg(any(feature = "ecc", feature = "sm2"))]
use crate::wire::signature::read_pair;

impl PublicKey {
    /// Verifies many signatures, each over the message before it; one answer each, in order. As
    /// [`PublicKey::verify`], and several times as fast where the processor has vectors.
    ///
    /// # Errors
    /// Each answer has those of [`PublicKey::verify`].
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::{KeyAlgorithm, KeyPair, Signer};
    /// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// let messages: [&[u8]; 3] = [b"one", b"two", b"three"];
    /// let signatures: Result<Vec<_>, _> = key.sign_many(&messages).into_iter().collect();
    /// let signatures = signatures?;
    /// let signed: Vec<(&[u8], &[u8])> =
    ///     messages.iter().copied().zip(signatures.iter().map(Vec::as_slice)).collect();
    /// let answers = key.public_key().verify_many(key.algorithm(), &signed);
    /// assert!(answers.iter().all(Result::is_ok));
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn verify_many(
        &self,
        algorithm: SignatureAlgorithm,
        signed: &[(&[u8], &[u8])],
    ) -> Vec<Result<(), Error>> {
        let claim = |&(message, signature): &_| Claim {
            key: self,
            algorithm,
            message,
            signature,
            is_often: true,
        };
        verify_many(&signed.iter().map(claim).collect::<Vec<_>>())
    }
}

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
    let on_curves = on_curves(claims);
    #[cfg_attr(not(any(feature = "ecc", feature = "sm2")), allow(unused_variables))]
    for (at, claim) in claims.iter().enumerate() {
        #[cfg(feature = "rsa")]
        if rsa(claim).is_some() {
            let is_right = of_rsa.next().unwrap_or(false);
            answers.push(if is_right { Ok(()) } else { Err(PublicKey::no_signature()) });
            continue;
        }
        #[cfg(any(feature = "ecc", feature = "sm2"))]
        let is_right = on_curves.get(at).copied().unwrap_or(false);
        #[cfg(not(any(feature = "ecc", feature = "sm2")))]
        let is_right = false;
        answers.push(if is_right { Ok(()) } else { Err(PublicKey::no_signature()) });
    }
    answers
}

/// Whether each signature of a key on a curve is right; not so where key and algorithm are of different
/// families.
#[cfg(any(feature = "ecc", feature = "sm2"))]
fn on_curves(claims: &[Claim<'_>]) -> Vec<bool> {
    let digests = digests_of(claims);
    let mut answers = vec![false; claims.len()];
    let mut together = Vec::new();
    for ((claim, digest), answer) in claims.iter().zip(&digests).zip(&mut answers) {
        let Some(digest) = digest else { continue };
        #[cfg(test)]
        super::tally::count(1);
        match OnCurve::new(claim, digest, answer) {
            Ok(one) => together.push(one),
            Err(answer) => *answer = claim.key.is_right(digest, claim.signature, claim.is_often),
        }
    }
    while let Some(first) = together.first() {
        let (key, is_often) = (first.claim.key, first.claim.is_often);
        // A key that signed much is verified by its own table, which the others have none of.
        let is_alike = |other: &OnCurve<'_>| {
            let other = other.claim;
            let is_same = is_often && std::ptr::eq(other.key, key);
            let is_of_curve = other.key.algorithm() == key.algorithm()
                && other.key.arithmetic() == key.arithmetic();
            other.is_often == is_often && if is_often { is_same } else { is_of_curve }
        };
        let (alike, others): (Vec<_>, Vec<_>) = together.into_iter().partition(is_alike);
        for group in chunks(alike) {
            OnCurve::verify(group, is_often);
        }
        together = others;
    }
    answers
}

/// Groups of as many signatures as are worked on at once: what that takes of memory does not grow with how
/// many there are, and an inversion for each group is nothing beside it.
#[cfg(any(feature = "ecc", feature = "sm2"))]
fn chunks<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        let group: Vec<_> = all.by_ref().take(256).collect();
        (!group.is_empty()).then_some(group)
    })
}

/// A signature that this crate's own arithmetic verifies together with others.
#[cfg(any(feature = "ecc", feature = "sm2"))]
struct OnCurve<'a> {
    claim: &'a Claim<'a>,
    own: &'a OwnPublic,
    digest: &'a [u8],
    r: Vec<u8>,
    s: Vec<u8>,
    answer: &'a mut bool,
}

#[cfg(any(feature = "ecc", feature = "sm2"))]
impl<'a> OnCurve<'a> {
    /// The place of the answer, where another arithmetic works on the key, or this is the DER of no
    /// signature.
    fn new(
        claim: &'a Claim<'a>,
        digest: &'a [u8],
        answer: &'a mut bool,
    ) -> Result<Self, &'a mut bool> {
        let read = || {
            let (own, width) = claim.key.own()?;
            let (r, s) = read_pair(claim.signature, width).ok()?;
            Some((own, r, s))
        };
        match read() {
            Some((own, r, s)) => Ok(Self { claim, own, digest, r, s, answer }),
            None => Err(answer),
        }
    }

    fn signed(&self) -> Signed<'_> {
        let Self { digest, r, s, .. } = self;
        Signed { digest, r, s }
    }

    /// Answers for a group, of one key where it signed much, else of one curve.
    fn verify(group: Vec<Self>, is_often: bool) {
        let right = match group.first() {
            Some(first) if is_often => {
                let all: Vec<_> = group.iter().map(Self::signed).collect();
                first.own.verify_many(&all, true)
            }
            _ => {
                let all: Vec<_> = group.iter().map(|one| (one.own, one.signed())).collect();
                OwnPublic::verify_each(&all)
            }
        };
        for (one, is_right) in group.into_iter().zip(right) {
            *one.answer = is_right;
        }
    }
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
