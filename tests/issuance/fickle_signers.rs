//! A signer that changes what it says of itself: what was asked once counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::crl::{CrlRequest, RevocationList};
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::time::Lifetime;
use certwright::{
    Authority, Certificate, CertificateRequest, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore,
    Profile, Signer,
};

use crate::common::{families, is_built, key};
use crate::devices::{Batch, builder, name, policy, prepare, request};

/// Answers honestly for so many questions, and from then on shows and uses another key.
struct Fickle {
    own: Arc<KeyPair>,
    other: Arc<KeyPair>,
    honest: usize,
    /// Whether it signs with the other key from the first message on.
    signs_with_other: bool,
    asked: Arc<AtomicUsize>,
}

impl Fickle {
    fn shown(&self) -> &KeyPair {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        if asked < self.honest { &self.own } else { &self.other }
    }
}

impl Signer for Fickle {
    fn public_key(&self) -> &PublicKey {
        self.shown().public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.shown().algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        if self.signs_with_other { self.other.sign(message) } else { self.own.sign(message) }
    }
}

/// The pairs of keys that a signer may go to and fro between: another key, another digest.
fn pairs() -> Vec<(Arc<KeyPair>, Arc<KeyPair>)> {
    let mut pairs = Vec::new();
    for algorithm in families() {
        pairs.push((Arc::new(key(algorithm)), Arc::new(key(algorithm))));
    }
    for (algorithm, digest) in [
        (KeyAlgorithm::EcdsaP256, SignatureAlgorithm::EcdsaSha384),
        (KeyAlgorithm::Rsa2048, SignatureAlgorithm::RsaSha512),
    ] {
        if is_built(algorithm.family()) {
            let own = key(algorithm);
            let der = own.to_pkcs8_der().unwrap();
            let other = KeyPair::from_pkcs8_der(der.as_bytes()).unwrap();
            let other = other.with_signature_algorithm(digest).unwrap();
            pairs.push((Arc::new(own), Arc::new(other)));
        }
    }
    pairs
}

/// More questions than anything here asks.
const QUESTIONS: usize = 12;

#[test]
fn what_a_fickle_signer_signs_verifies_under_the_certified_key_or_is_not_released() {
    for (own, other) in pairs() {
        let root = Issuer::self_signed(name("Root"), Profile::root(), Arc::clone(&own)).unwrap();
        let certificate = root.certificate().clone();
        for honest in 0..QUESTIONS {
            let signer = || Fickle {
                own: Arc::clone(&own),
                other: Arc::clone(&other),
                honest,
                signs_with_other: true,
                asked: Arc::default(),
            };
            good_root(Issuer::self_signed(name("Root"), Profile::root(), signer()));
            good_request(builder().sign(&signer()));
            let Ok(issuer) = Issuer::load(vec![certificate.clone()], signer()) else { continue };
            let below = issuer.delegate(
                name("CA"),
                Profile::intermediate(0),
                key(own.public_key().algorithm()),
            );
            good(below.map(|below| below.certificate().clone()), &certificate);

            let Ok(issuer) = Issuer::load(vec![certificate.clone()], signer()) else { continue };
            let (mut prepared, _) = prepare_below(&issuer, 3);
            good(issuer.sign(prepared.pop().unwrap()), &certificate);
            for signed in issuer.sign_many(prepared) {
                good(signed, &certificate);
            }
            let Ok(issuer) = Issuer::load(vec![certificate.clone()], signer()) else { continue };
            let authority = Authority::new(issuer, policy(), MemoryStore::default());
            if let Ok(list) = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))) {
                let list = RevocationList::from_der(&list.to_der()).unwrap();
                list.verify_signature(certificate.public_key().unwrap()).unwrap();
            }
        }
    }
}

#[test]
fn a_signer_is_asked_for_its_key_and_algorithm_once() {
    for (own, other) in pairs() {
        let asked = Arc::new(AtomicUsize::new(0));
        // One question for each: whatever it says later, its honest signatures are released.
        let signer = || {
            asked.store(0, Ordering::SeqCst);
            let (own, other) = (Arc::clone(&own), Arc::clone(&other));
            let asked = Arc::clone(&asked);
            Fickle { own, other, honest: 2, signs_with_other: false, asked }
        };
        let count = || asked.load(Ordering::SeqCst);
        builder().sign(&signer()).unwrap();
        assert_eq!(count(), 2);
        let root = Issuer::self_signed(name("Root"), Profile::root(), signer()).unwrap();
        let below = root.delegate(name("CA"), Profile::intermediate(0), Arc::clone(&own)).unwrap();
        below.certificate().verify_signature(own.public_key()).unwrap();
        let (prepared, _) = prepare_below(&root, 2);
        for signed in root.sign_many(prepared) {
            signed.unwrap().verify_signature(own.public_key()).unwrap();
        }
        assert_eq!(count(), 2);

        let root = Issuer::self_signed(name("Root"), Profile::root(), Arc::clone(&own)).unwrap();
        let ca = root.delegate(name("CA"), Profile::intermediate(0), signer()).unwrap();
        assert_eq!(count(), 2);
        let authority = Authority::new(ca, policy(), MemoryStore::default());
        authority.issue(&request(&key(own.public_key().algorithm()))).unwrap();
        authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert_eq!(count(), 2);
    }
}

#[test]
fn a_batch_answered_with_other_signatures_releases_those_that_are_right() {
    let Some(algorithm) = families().into_iter().next() else { return };
    // The first two swapped, the third right, one more than was asked for.
    let (signer, _) = Batch::new(key(algorithm), |mut answers| {
        answers.swap(0, 1);
        answers.push(Ok(vec![0; 8]));
        answers
    });
    let issuer = crate::devices::issuer(signer);
    let (prepared, expected) = prepare(&issuer, 3);
    let answers = issuer.sign_many(prepared);
    let released: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(released, [false, false, true]);
    let last = answers.into_iter().next_back().unwrap().unwrap();
    assert_eq!(last.to_be_signed(), expected[2]);
}

#[test]
fn a_signer_of_another_familys_algorithm_is_no_issuer() {
    let families = families();
    let [one, other, ..] = families.as_slice() else { return };
    let other = key(*other).algorithm();
    let own = key(*one);
    let der = own.to_pkcs8_der().unwrap();
    let root = Issuer::self_signed(name("Root"), Profile::root(), own).unwrap();
    let (mut signer, _) = Batch::new(KeyPair::from_pkcs8_der(der.as_bytes()).unwrap(), |it| it);
    signer.algorithm = other;
    let error = Issuer::load(vec![root.certificate().clone()], signer).unwrap_err();
    let reason = error.reasons().first().unwrap();
    assert_eq!(
        (reason.item, reason.given.as_str()),
        ("signer's algorithm", other.to_string().as_str())
    );
}

/// Prepared certificates of an issuer that may be a root.
fn prepare_below(
    issuer: &Issuer,
    count: u8,
) -> (Vec<certwright::issuance::Prepared>, Vec<Vec<u8>>) {
    let policy = policy().with_root_leaves(certwright::policy::RootLeaves::Allow);
    let algorithm = issuer.certificate().public_key().unwrap().algorithm();
    let grant = policy.review(&request(&key(algorithm))).approve().unwrap();
    let now = issuer.certificate().validity().not_before();
    let prepared: Vec<_> = (1..=count)
        .map(|number| {
            let serial = certwright::SerialNumber::from_bytes(&[number]).unwrap();
            issuer.prepare(&grant, serial, now).unwrap()
        })
        .collect();
    let bytes = prepared.iter().map(|prepared| prepared.to_be_signed().to_vec()).collect();
    (prepared, bytes)
}

#[track_caller]
fn good(signed: Result<Certificate, Error>, issuer: &Certificate) {
    if let Ok(certificate) = signed {
        let again = Certificate::from_der(certificate.as_der()).unwrap();
        again.verify_signature(issuer.public_key().unwrap()).unwrap();
    }
}

#[track_caller]
fn good_root(root: Result<Issuer, Error>) {
    if let Ok(root) = root {
        good(Ok(root.certificate().clone()), root.certificate());
    }
}

#[track_caller]
fn good_request(request: Result<CertificateRequest, Error>) {
    if let Ok(request) = request {
        CertificateRequest::from_der(request.as_der()).unwrap();
    }
}
