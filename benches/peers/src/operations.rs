//! The operations: what is measured, and that every contender does it right.

use std::hint::black_box;

use certwright::key::KeyFamily;
use certwright::{AltName, CertificateRequest, KeyAlgorithm, KeyPair, Profile};

use crate::measure::{Contender, Effort, Timing, means, medians};
use crate::peers::{Ca, DOMAIN, Key, Ours, Peer, pair, peers, rsa_key};

/// The algorithms, in the order of the table.
pub const ALGORITHMS: [(&str, KeyAlgorithm); 7] = [
    ("rsa2048", KeyAlgorithm::Rsa2048),
    ("rsa3072", KeyAlgorithm::Rsa3072),
    ("rsa4096", KeyAlgorithm::Rsa4096),
    ("p256", KeyAlgorithm::EcdsaP256),
    ("p384", KeyAlgorithm::EcdsaP384),
    ("p521", KeyAlgorithm::EcdsaP521),
    ("sm2", KeyAlgorithm::Sm2),
];

/// What is done with a key of the algorithm.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    SignOne,
    SignBatch,
    Verify,
    Keygen,
    Issue,
    IssueBatch,
}

impl Kind {
    /// In the order of the table.
    pub const ALL: [Self; 6] =
        [Self::SignOne, Self::SignBatch, Self::Verify, Self::Keygen, Self::Issue, Self::IssueBatch];

    /// The name of the operation.
    pub fn operation(self, algorithm: &str) -> String {
        match self {
            Self::SignOne => format!("{algorithm}-sign-one"),
            Self::SignBatch => format!("{algorithm}-sign-batch"),
            Self::Verify => format!("{algorithm}-verify"),
            Self::Keygen => format!("{algorithm}-keygen"),
            Self::Issue => format!("issue-{algorithm}"),
            Self::IssueBatch => format!("issue-batch-{algorithm}"),
        }
    }
}

/// Checks and times an operation; the first of the answers is ours.
pub fn measure(kind: Kind, algorithm: KeyAlgorithm, effort: Effort) -> Vec<Timing> {
    match kind {
        Kind::SignOne | Kind::SignBatch | Kind::Verify => keys(kind, algorithm, effort),
        Kind::Keygen => keygen(algorithm, effort),
        Kind::Issue | Kind::IssueBatch => issue(kind, algorithm, effort),
    }
}

/// Signs or verifies with the same key everywhere.
fn keys(kind: Kind, algorithm: KeyAlgorithm, effort: Effort) -> Vec<Timing> {
    let pkcs8 = new_key(algorithm);
    let messages: Vec<Vec<u8>> = (0..BATCH).map(|number| vec![number as u8; MESSAGE]).collect();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let message = messages[0];
    let keys = everybody(|peer| peer.key(algorithm, &pkcs8));
    let signatures = cross_check(&keys, message);
    let signature = &signatures[0];
    let messages = &messages;
    let contenders = keys.iter().map(|(name, key)| {
        let work: Box<dyn FnMut() + '_> = match kind {
            Kind::SignBatch => Box::new(move || key.sign_batch(black_box(messages))),
            Kind::SignOne => Box::new(move || drop(black_box(key.sign(black_box(message))))),
            _ => Box::new(move || assert!(key.verify(black_box(message), black_box(signature)))),
        };
        Contender { name, work }
    });
    medians(
        &mut contenders.collect::<Vec<_>>(),
        if kind == Kind::SignBatch { BATCH } else { 1 },
        effort,
    )
}

/// Everybody's signature is one for everybody, and not one of another message.
fn cross_check(keys: &[(&'static str, Box<dyn Key>)], message: &[u8]) -> Vec<Vec<u8>> {
    let signatures: Vec<Vec<u8>> = keys.iter().map(|(_, key)| key.sign(message)).collect();
    let other = [message, b"."].concat();
    for (verifier, key) in keys {
        for ((signer, _), signature) in keys.iter().zip(&signatures) {
            let case = format!("{verifier} on a signature of {signer}");
            assert!(key.verify(message, signature), "{case} refuses it");
            assert!(!key.verify(&other, signature), "{case} takes it for another message");
        }
    }
    signatures
}

/// Generates keys; whoever made one, we and OpenSSL can use it.
fn keygen(algorithm: KeyAlgorithm, effort: Effort) -> Vec<Timing> {
    let generators = everybody(|peer| peer.generator(algorithm));
    for (_, generator) in &generators {
        let pkcs8 = generator.0().pkcs8();
        let keys = everybody(|peer| {
            let judge = ["certwright", "openssl"].contains(&peer.name());
            judge.then(|| peer.key(algorithm, &pkcs8)).flatten()
        });
        assert_eq!(keys.len(), 2);
        cross_check(&keys, b"message");
    }
    let contenders = generators.iter().map(|(name, generator)| Contender {
        name,
        work: Box::new(move || drop(black_box(generator.0()))),
    });
    means(&mut contenders.collect::<Vec<_>>(), effort)
}

/// Issues for the same requests under the same CA.
fn issue(kind: Kind, algorithm: KeyAlgorithm, effort: Effort) -> Vec<Timing> {
    let ca = new_ca(algorithm);
    let requests = new_requests(algorithm, if kind == Kind::IssueBatch { BATCH } else { 1 });
    let request = requests[0].as_slice();
    let mut issuers = everybody(|peer| peer.issuer(&ca));
    let certificates: Vec<Vec<u8>> =
        issuers.iter_mut().map(|(_, issuer)| issuer.issue(request)).collect();
    for ((signer, _), certificate) in issuers.iter().zip(&certificates) {
        for (verifier, issuer) in &issuers {
            assert!(issuer.verify(certificate), "{verifier} refuses a certificate of {signer}");
        }
        assert_eq!(content(certificate), content(&certificates[0]), "{signer} certifies otherwise");
    }
    let requests = requests.as_slice();
    let contenders = issuers.iter_mut().map(|(name, issuer)| {
        let work: Box<dyn FnMut() + '_> = match kind {
            Kind::IssueBatch => Box::new(move || issuer.issue_batch(black_box(requests))),
            _ => Box::new(move || drop(black_box(issuer.issue(black_box(request))))),
        };
        Contender { name, work }
    });
    medians(&mut contenders.collect::<Vec<_>>(), requests.len() as u32, effort)
}

/// What every issuer must write alike: names, key, usages, last day, and which extensions are there.
fn content(certificate: &[u8]) -> String {
    let certificate = certwright::Certificate::from_der(certificate).unwrap();
    let mut extensions: Vec<String> = certificate
        .extensions()
        .iter()
        .map(|extension| format!("{} {}", extension.oid, extension.critical))
        .collect();
    extensions.sort();
    // The day; who signed a second later ends a second later.
    let until = certificate.validity().not_after().to_string();
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {} {extensions:?}",
        certificate.subject(),
        certificate.issuer(),
        certificate.public_key(),
        certificate.alt_names(),
        certificate.key_usage(),
        certificate.extended_key_usage(),
        &until[..10],
    )
}

/// Ours and those peers that can.
fn everybody<T>(can: impl Fn(&dyn Peer) -> Option<T>) -> Vec<(&'static str, T)> {
    let ours: &'static dyn Peer = &Ours;
    let all = [ours].into_iter().chain(peers());
    all.filter_map(|peer| Some((peer.name(), can(peer)?))).collect()
}

fn new_ca(algorithm: KeyAlgorithm) -> Ca {
    let (root, pkcs8) = (new_key(algorithm), new_key(algorithm));
    let name = "CN=Root".parse().unwrap();
    let root = certwright::Issuer::self_signed(name, Profile::root(), pair(&root)).unwrap();
    let name = "CN=CA,O=Example".parse().unwrap();
    let ca = root.delegate(name, Profile::intermediate(0), pair(&pkcs8)).unwrap();
    let chain = [&ca, &root].map(|issuer| issuer.certificate().as_der().to_vec());
    Ca { algorithm, chain, pkcs8 }
}

/// Each for a name of its own and, as far as keys are cheap, for a key of its own.
fn new_requests(algorithm: KeyAlgorithm, count: u32) -> Vec<Vec<u8>> {
    let keys = if is_rsa(algorithm) { count.min(RSA_KEYS) } else { count };
    let keys: Vec<KeyPair> = (0..keys).map(|_| pair(&new_key(algorithm))).collect();
    let request = |(number, key): (u32, &KeyPair)| {
        let name = format!("host{number}{DOMAIN}");
        CertificateRequest::builder(format!("CN={name}").parse().unwrap())
            .alt_name(AltName::dns(&name).unwrap())
            .sign(key)
            .unwrap()
            .as_der()
            .to_vec()
    };
    (0..count).zip(keys.iter().cycle()).map(request).collect()
}

/// The PKCS #8 of a new key: OpenSSL's for RSA, where it is quick.
fn new_key(algorithm: KeyAlgorithm) -> Vec<u8> {
    if is_rsa(algorithm) {
        return rsa_key(algorithm.bits());
    }
    KeyPair::generate(algorithm).unwrap().to_pkcs8_der().unwrap().as_bytes().to_vec()
}

fn is_rsa(algorithm: KeyAlgorithm) -> bool {
    algorithm.family() == KeyFamily::Rsa
}

/// Messages and requests of a batch.
const BATCH: u32 = 64;
/// Bytes of a message: the to-be-signed bytes of a certificate with some extensions.
const MESSAGE: usize = 900;
/// Keys of the requests of a batch, where a key takes long to find.
const RSA_KEYS: u32 = 8;
