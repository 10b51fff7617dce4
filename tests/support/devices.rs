//! Signers from outside, and what they sign.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::error::SignerError;
use certwright::issuance::Prepared;
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::policy::Grant;
use certwright::request::RequestBuilder;
use certwright::{
    AltName, CertificateRequest, Error, Issuer, KeyAlgorithm, KeyPair, Name, Policy, Profile,
    SerialNumber, Signer,
};

use crate::common::key;

/// An HSM: it shows its public key and signs. It counts what it is asked.
pub struct Device {
    pub key: KeyPair,
    pub calls: Arc<AtomicUsize>,
}

impl Device {
    pub fn boxed(algorithm: KeyAlgorithm) -> (Box<dyn Signer>, Arc<AtomicUsize>) {
        let calls = Arc::new(AtomicUsize::new(0));
        (Box::new(Self { key: key(algorithm), calls: Arc::clone(&calls) }), calls)
    }
}

impl Signer for Device {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if message == b"refuse this" {
            return Err(SignerError::with_source("slot 3 is locked", "CKR_PIN_LOCKED").into());
        }
        self.key.sign(message)
    }
}

/// What a signer answers to messages.
pub type Answers = Vec<Result<Vec<u8>, Error>>;

/// A device that signs batches, and may answer them wrongly.
pub struct Batch {
    key: KeyPair,
    /// What it says it signs with.
    pub algorithm: SignatureAlgorithm,
    change: fn(Answers) -> Answers,
    batches: Arc<AtomicUsize>,
}

impl Batch {
    pub fn new(key: KeyPair, change: fn(Answers) -> Answers) -> (Self, Arc<AtomicUsize>) {
        let batches = Arc::new(AtomicUsize::new(0));
        let algorithm = key.algorithm();
        (Self { key, algorithm, change, batches: Arc::clone(&batches) }, batches)
    }
}

impl Signer for Batch {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let answers = (self.change)(vec![self.key.sign(message)]);
        answers.into_iter().next().unwrap_or_else(|| Err(SignerError::new("no answer").into()))
    }

    fn sign_many(&self, messages: &[&[u8]]) -> Answers {
        self.batches.fetch_add(1, Ordering::SeqCst);
        (self.change)(self.key.sign_many(messages))
    }
}

pub fn name(common_name: &str) -> Name {
    format!("CN={common_name}").parse().unwrap()
}

pub fn builder() -> RequestBuilder {
    CertificateRequest::builder(name("a.example")).alt_name(AltName::dns("a.example").unwrap())
}

pub fn request(signer: &dyn Signer) -> CertificateRequest {
    builder().sign(signer).unwrap()
}

pub fn policy() -> Policy {
    Policy::new(Profile::tls_server()).allow_dns("a.example").unwrap()
}

/// An intermediate of this signer.
pub fn issuer(signer: impl Signer + 'static) -> Issuer {
    let algorithm = signer.public_key().algorithm();
    let root = Issuer::self_signed(name("Root"), Profile::root(), key(algorithm)).unwrap();
    root.delegate(name("CA"), Profile::intermediate(0), signer).unwrap()
}

/// Certificates that are ready to be signed, and their bytes.
pub fn prepare(issuer: &Issuer, count: u8) -> (Vec<Prepared>, Vec<Vec<u8>>) {
    let algorithm = issuer.certificate().public_key().unwrap().algorithm();
    let grant: Grant = policy().review(&request(&key(algorithm))).approve().unwrap();
    let now = issuer.certificate().validity().not_before();
    let prepared: Vec<Prepared> = (1..=count)
        .map(|number| {
            let serial = SerialNumber::from_bytes(&[number]).unwrap();
            issuer.prepare(&grant, serial, now).unwrap()
        })
        .collect();
    let bytes = prepared.iter().map(|prepared| prepared.to_be_signed().to_vec()).collect();
    (prepared, bytes)
}
