//! What is asked of every library: certwright and its peers.

mod aws_lc;
mod openssl;
mod ours;
mod purecrypto;
mod rcgen;
mod ring;
mod rustcrypto;

use std::hint::black_box;

use certwright::KeyAlgorithm;

pub use self::openssl::{rsa_key, version as openssl_version};
pub use self::ours::{Ours, pair};

/// A library. What it cannot do is none.
pub trait Peer {
    /// What the table calls it.
    fn name(&self) -> &'static str;

    /// A key from its PKCS #8, ready to sign and to verify.
    fn key(&self, _: KeyAlgorithm, _pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        None
    }

    /// What generates keys.
    fn generator(&self, _: KeyAlgorithm) -> Option<Generator> {
        None
    }

    /// What issues certificates.
    fn issuer(&self, _: &Ca) -> Option<Box<dyn Issuer>> {
        None
    }
}

/// Generates a key.
pub struct Generator(pub Box<dyn Fn() -> Box<dyn Generated>>);

/// A key pair that was generated.
pub trait Generated {
    /// Its PKCS #8, for the check that it is one.
    fn pkcs8(&self) -> Vec<u8>;
}

impl<F: Fn() -> Vec<u8>> Generated for F {
    fn pkcs8(&self) -> Vec<u8> {
        self()
    }
}

/// A key pair that signs with the hash of its algorithm; signatures of curves are DER.
pub trait Key {
    /// Signs a message.
    fn sign(&self, message: &[u8]) -> Vec<u8>;

    /// Whether this is a signature of the message.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;

    /// Signs each message and verifies the answer.
    fn sign_batch(&self, messages: &[&[u8]]) {
        for message in messages {
            let signature = black_box(self.sign(message));
            assert!(self.verify(message, &signature));
        }
    }
}

/// A CA certificate with its key, and those above it.
pub struct Ca {
    pub algorithm: KeyAlgorithm,
    /// The DER of its certificate and of the root's.
    pub chain: [Vec<u8>; 2],
    /// Its key.
    pub pkcs8: Vec<u8>,
}

/// Issues certificates for TLS servers below [`DOMAIN`], valid for [`DAYS`] days: keyUsage (critical),
/// extKeyUsage, subjectAltName and both key identifiers.
pub trait Issuer {
    /// From the DER of a request to the DER of a certificate, which is kept: the request is parsed and
    /// verified, its name reviewed, the certificate encoded and signed, and its signature verified.
    fn issue(&mut self, request: &[u8]) -> Vec<u8>;

    /// The same for many.
    fn issue_batch(&mut self, requests: &[Vec<u8>]) {
        for request in requests {
            black_box(self.issue(request));
        }
    }

    /// Whether a certificate is signed by the CA.
    fn verify(&self, certificate: &[u8]) -> bool;
}

/// What the requested names end with, or they are refused.
pub const DOMAIN: &str = ".internal";

/// How long certificates are valid.
pub const DAYS: u32 = 90;

/// The identifier that SM2 signatures bind here: OpenSSL's where its caller cannot give one.
pub const SM2_ID: &str = "";

/// All of them, in the order of the columns.
pub fn peers() -> [&'static dyn Peer; 6] {
    [
        &aws_lc::AwsLc,
        &openssl::Openssl,
        &purecrypto::PureCrypto,
        &rcgen::Rcgen,
        &ring::Ring,
        &rustcrypto::RustCrypto,
    ]
}

/// Certificates by their serial numbers: the memory of peers that have none.
#[derive(Default)]
pub struct Records(std::collections::BTreeMap<Vec<u8>, Vec<u8>>);

impl Records {
    /// Keeps a certificate.
    pub fn keep(&mut self, serial: Vec<u8>, certificate: &[u8]) {
        assert!(
            self.0.insert(serial, certificate.to_vec()).is_none(),
            "a serial number came twice"
        );
    }
}
