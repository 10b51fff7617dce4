//! OpenSSL: everything, by the safe face of the crate openssl.

use certwright::KeyAlgorithm;
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Req};

use super::{Ca, DAYS, DOMAIN, Generator, Issuer, Key, Peer, Records};

/// OpenSSL.
pub struct Openssl;

impl Peer for Openssl {
    fn name(&self) -> &'static str {
        "openssl"
    }

    fn key(&self, algorithm: KeyAlgorithm, pkcs8: &[u8]) -> Option<Box<dyn Key>> {
        let key = PKey::private_key_from_pkcs8(pkcs8).unwrap();
        Some(Box::new(Pair { key, digest: digest(algorithm) }))
    }

    fn generator(&self, algorithm: KeyAlgorithm) -> Option<Generator> {
        let Some(curve) = curve(algorithm) else {
            return Some(Generator(Box::new(move || {
                let key = Rsa::generate(algorithm.bits()).unwrap();
                Box::new(move || pkcs8(PKey::from_rsa(key.clone()).unwrap()))
            })));
        };
        let group = EcGroup::from_curve_name(curve).unwrap();
        Some(Generator(Box::new(move || {
            let key = EcKey::generate(&group).unwrap();
            Box::new(move || pkcs8(PKey::from_ec_key(key.clone()).unwrap()))
        })))
    }

    fn issuer(&self, ca: &Ca) -> Option<Box<dyn Issuer>> {
        Some(Box::new(Authority {
            algorithm: ca.algorithm,
            certificate: X509::from_der(&ca.chain[0]).unwrap(),
            key: PKey::private_key_from_pkcs8(&ca.pkcs8).unwrap(),
            records: Records::default(),
        }))
    }
}

/// The PKCS #8 of a new RSA key.
pub fn rsa_key(bits: u32) -> Vec<u8> {
    pkcs8(PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap())
}

/// What was compiled in.
pub fn version() -> &'static str {
    openssl::version::version()
}

fn pkcs8(key: PKey<Private>) -> Vec<u8> {
    key.private_key_to_pkcs8().unwrap()
}

fn curve(algorithm: KeyAlgorithm) -> Option<Nid> {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => Some(Nid::X9_62_PRIME256V1),
        KeyAlgorithm::EcdsaP384 => Some(Nid::SECP384R1),
        KeyAlgorithm::EcdsaP521 => Some(Nid::SECP521R1),
        KeyAlgorithm::Sm2 => Some(Nid::SM2),
        _ => None,
    }
}

fn digest(algorithm: KeyAlgorithm) -> MessageDigest {
    match algorithm {
        KeyAlgorithm::EcdsaP384 => MessageDigest::sha384(),
        KeyAlgorithm::EcdsaP521 => MessageDigest::sha512(),
        KeyAlgorithm::Sm2 => MessageDigest::sm3(),
        _ => MessageDigest::sha256(),
    }
}

struct Pair {
    key: PKey<Private>,
    digest: MessageDigest,
}

impl Key for Pair {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signer = Signer::new(self.digest, &self.key).unwrap();
        signer.sign_oneshot_to_vec(message).unwrap()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let mut verifier = Verifier::new(self.digest, &self.key).unwrap();
        verifier.verify_oneshot(signature, message).unwrap()
    }
}

struct Authority {
    algorithm: KeyAlgorithm,
    certificate: X509,
    key: PKey<Private>,
    records: Records,
}

impl Authority {
    /// Encodes what the request asks for, and signs it.
    fn sign(&self, request: &X509Req, serial: &BigNum) -> X509 {
        let key = request.public_key().unwrap();
        assert!(request.verify(&key).unwrap(), "the request's signature is wrong");
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(request.subject_name()).unwrap();
        builder.set_issuer_name(self.certificate.subject_name()).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(DAYS).unwrap()).unwrap();
        builder.set_pubkey(&key).unwrap();
        let mut usage = KeyUsage::new();
        usage.critical().digital_signature();
        if curve(self.algorithm).is_none() {
            usage.key_encipherment();
        }
        builder.append_extension(usage.build().unwrap()).unwrap();
        builder.append_extension(ExtendedKeyUsage::new().server_auth().build().unwrap()).unwrap();
        // The requests here have one extension, the alternative name.
        for extension in request.extensions().unwrap() {
            builder.append_extension(extension).unwrap();
        }
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let own = SubjectKeyIdentifier::new().build(&context).unwrap();
        let above = AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap();
        builder.append_extension(own).unwrap();
        builder.append_extension(above).unwrap();
        builder.sign(&self.key, digest(self.algorithm)).unwrap();
        builder.build()
    }
}

impl Issuer for Authority {
    fn issue(&mut self, request: &[u8]) -> Vec<u8> {
        let request = X509Req::from_der(request).unwrap();
        let mut serial = BigNum::new().unwrap();
        serial.rand(158, MsbOption::MAYBE_ZERO, false).unwrap();
        let certificate = self.sign(&request, &serial);
        for name in certificate.subject_alt_names().unwrap() {
            assert!(name.dnsname().unwrap().ends_with(DOMAIN), "a name of another domain");
        }
        assert!(certificate.verify(&self.key).unwrap(), "the signature is wrong");
        let der = certificate.to_der().unwrap();
        self.records.keep(serial.to_vec(), &der);
        der
    }

    fn verify(&self, certificate: &[u8]) -> bool {
        X509::from_der(certificate).unwrap().verify(&self.key).unwrap()
    }
}
