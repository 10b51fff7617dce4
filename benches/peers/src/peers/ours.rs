//! certwright, by its public face.

use std::hint::black_box;
use std::sync::LazyLock;

use certwright::key::{Arithmetic, KeyFamily, KeyGeneration, PublicKey, Sm2Id};
use certwright::request::UnverifiedRequest;
use certwright::time::Lifetime;
use certwright::{
    Authority, Certificate, CertificateRequest, KeyAlgorithm, KeyPair, MemoryStore, Policy,
    Profile, Signer as _,
};

use super::{Ca, DAYS, DOMAIN, Generated, Generator, Issuer, Key, Peer, SM2_ID};

/// This library.
pub struct Ours;

impl Peer for Ours {
    fn name(&self) -> &'static str {
        "certwright"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        let pair = pair(pkcs8);
        assert_eq!(pair.public_key().algorithm(), algorithm);
        Some(Box::new(pair))
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        Some(Generator(Box::new(move || {
            let generation = KeyGeneration::new(algorithm).arithmetic(arithmetic());
            Box::new(generation.generate().unwrap())
        })))
    }

    fn issuer(&self, ca: &Ca) -> Option<Box<dyn Issuer>> {
        let chain: Vec<_> =
            ca.chain.iter().map(|der| Certificate::from_der(der).unwrap()).collect();
        let issuer = certwright::Issuer::load(chain, pair(&ca.pkcs8)).unwrap();
        let profile = Profile::tls_server().with_lifetime(Lifetime::days(DAYS));
        let policy = Policy::new(profile).allow_dns(DOMAIN).unwrap();
        let key = pair(&ca.pkcs8).public_key().clone();
        Some(Box::new((Authority::new(issuer, policy, MemoryStore::default()), key)))
    }
}

impl Key for KeyPair {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        certwright::Signer::sign(self, message).unwrap()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public_key().verify(self.algorithm(), message, signature).is_ok()
    }

    fn sign_batch(&self, messages: &[&[u8]]) {
        sign_and_verify(self, messages);
    }
}

/// Signs many messages and verifies every answer. Batches of RSA signatures are verified before
/// `sign_many` answers.
fn sign_and_verify(key: &KeyPair, messages: &[&[u8]]) {
    let signatures = black_box(key.sign_many(messages));
    let is_verified = key.public_key().algorithm().family() == KeyFamily::Rsa;
    let signatures: Vec<_> = signatures.into_iter().map(Result::unwrap).collect();
    if !is_verified {
        let signatures = signatures.iter().map(Vec::as_slice);
        let signed: Vec<_> = messages.iter().copied().zip(signatures).collect();
        for answer in key.public_key().verify_many(key.algorithm(), &signed) {
            answer.unwrap();
        }
    }
}

impl Generated for KeyPair {
    fn pkcs8(&self) -> Vec<u8> {
        self.to_pkcs8_der().unwrap().as_bytes().to_vec()
    }
}

impl Issuer for (Authority, PublicKey) {
    fn issue(&mut self, request: &[u8]) -> Vec<u8> {
        self.0.issue(&read(request)).unwrap().certificate().as_der().to_vec()
    }

    fn issue_batch(&mut self, requests: &[Vec<u8>]) {
        let requests: Vec<&[u8]> = requests.iter().map(Vec::as_slice).collect();
        let ids = [Sm2Id::new(SM2_ID).unwrap()];
        let read = CertificateRequest::from_der_many_with_sm2_ids(&requests, &ids);
        let requests: Vec<_> = read.into_iter().collect::<Result<_, _>>().unwrap();
        for issued in self.0.issue_many(&requests) {
            black_box(issued.unwrap());
        }
    }

    fn verify(&self, certificate: &[u8]) -> bool {
        let certificate = Certificate::from_der(certificate).unwrap();
        certificate.verify_signature(&self.1).is_ok()
    }
}

/// The arithmetic that the environment names; the fastest where it is silent.
fn arithmetic() -> Arithmetic {
    static NAMED: LazyLock<Arithmetic> = LazyLock::new(|| {
        let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") else {
            return Arithmetic::default();
        };
        let named = name.to_str().and_then(Arithmetic::named);
        named.expect("CERTWRIGHT_ARITHMETIC: fastest, portable, rustcrypto or vectors")
    });
    *NAMED
}

/// A key pair from its PKCS #8.
pub fn pair(pkcs8: &[u8]) -> KeyPair {
    let id = Sm2Id::new(SM2_ID).unwrap();
    KeyPair::from_pkcs8_der(pkcs8).unwrap().with_arithmetic(arithmetic()).with_sm2_id(id)
}

fn read(request: &[u8]) -> CertificateRequest {
    let read = UnverifiedRequest::from_der(request).unwrap().with_arithmetic(arithmetic());
    read.verify_with_sm2_ids(&[Sm2Id::new(SM2_ID).unwrap()]).unwrap()
}
