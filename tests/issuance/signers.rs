//! A signer from outside, such as an HSM, does whatever a key pair does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::error::Rule;
use certwright::{
    AltName, Authority, Chain, ChainVerifier, Error, Issuer, KeyPair, MemoryStore, Profile, Signer,
};

use crate::common::{families, key};
use crate::devices::{Batch, Device, issuer, name, policy, prepare, request};

#[test]
fn a_boxed_device_signs_requests_roots_intermediates_and_leaves() {
    for algorithm in families() {
        let (root_device, root_calls) = Device::boxed(algorithm);
        let (ca_device, ca_calls) = Device::boxed(algorithm);
        let (server_device, server_calls) = Device::boxed(algorithm);
        let count = |calls: &AtomicUsize| calls.load(Ordering::SeqCst);

        let root = Issuer::self_signed(name("Root"), Profile::root(), root_device).unwrap();
        assert_eq!(count(&root_calls), 1);
        let ca = root.delegate(name("CA"), Profile::intermediate(0), ca_device).unwrap();
        assert_eq!((count(&root_calls), count(&ca_calls)), (2, 0));
        let request = request(&server_device);
        assert_eq!(count(&server_calls), 1);
        assert_eq!(request.public_key(), server_device.public_key());

        let authority = Authority::new(ca, policy(), MemoryStore::default());
        let chain = authority.issue(&request).unwrap().into_chain();
        assert_eq!((count(&root_calls), count(&ca_calls), count(&server_calls)), (2, 1, 1));
        verify(&chain, &root);
    }
}

#[test]
fn a_device_is_loaded_with_the_certificate_of_its_key_only() {
    for algorithm in families() {
        let der = key(algorithm).to_pkcs8_der().unwrap();
        let again = || KeyPair::from_pkcs8_der(der.as_bytes()).unwrap();
        let root = Issuer::self_signed(name("Root"), Profile::root(), again()).unwrap();
        let certificates = vec![root.certificate().clone()];

        let calls = Arc::new(AtomicUsize::new(0));
        let device: Arc<dyn Signer> = Arc::new(Device { key: again(), calls });
        let loaded = Issuer::load(certificates.clone(), Arc::clone(&device)).unwrap();
        let below = loaded.delegate(name("CA"), Profile::intermediate(0), key(algorithm)).unwrap();
        below.certificate().verify_signature(device.public_key()).unwrap();

        let (other, calls) = Device::boxed(algorithm);
        let error = Issuer::load(certificates, other).unwrap_err();
        assert!(matches!(error, Error::NotAnIssuer(_)), "{error}");
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::IssuerKeyMismatch]);
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn sign_many_asks_once_for_each_message_and_one_failure_is_one() {
    for algorithm in families() {
        let (device, calls) = Device::boxed(algorithm);
        let messages: [&[u8]; 4] = [b"one", b"refuse this", b"", b"three"];
        let answers = device.sign_many(&messages);
        assert_eq!(calls.load(Ordering::SeqCst), 4);
        assert_eq!(answers.len(), 4);
        for (message, answer) in messages.iter().zip(&answers) {
            match answer {
                Ok(signature) => device
                    .public_key()
                    .verify(device.algorithm(), message, signature)
                    .expect("a signature of its own message"),
                Err(error) => {
                    assert_eq!(*message, b"refuse this");
                    assert_eq!(error.to_string(), "the signer failed: slot 3 is locked");
                    let source = std::error::Error::source(error).unwrap();
                    assert_eq!(source.to_string(), "CKR_PIN_LOCKED");
                }
            }
        }
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
        assert!(device.sign_many(&[]).is_empty());
    }
}

#[test]
fn an_issuer_signs_a_batch_with_one_call_of_sign_many() {
    let Some(algorithm) = families().into_iter().next() else { return };
    let (signer, batches) = Batch::new(key(algorithm), |answers| answers);
    let issuer = issuer(signer);
    let (prepared, expected) = prepare(&issuer, 5);
    let certificates = issuer.sign_many(prepared);
    assert_eq!(batches.load(Ordering::SeqCst), 1);
    let made: Vec<Vec<u8>> = certificates
        .into_iter()
        .map(|certificate| certificate.unwrap().to_be_signed().to_vec())
        .collect();
    assert_eq!(made, expected, "one certificate for each, in order");
    assert!(issuer.sign_many(Vec::new()).is_empty());
}

#[test]
fn pointers_to_a_signer_pass_its_sign_many_on() {
    let Some(algorithm) = families().into_iter().next() else { return };
    let (signer, batches) = Batch::new(key(algorithm), |answers| answers);
    let messages: [&[u8]; 2] = [b"one", b"two"];
    let by_reference: &dyn Signer = &&signer;
    assert_eq!(by_reference.sign_many(&messages).len(), 2);
    let boxed: Box<dyn Signer> = Box::new(signer);
    assert_eq!(boxed.sign_many(&messages).len(), 2);
    let shared: Arc<dyn Signer> = Arc::new(boxed);
    assert_eq!(shared.sign_many(&messages).len(), 2);
    assert_eq!(batches.load(Ordering::SeqCst), 3);
}

fn verify(chain: &Chain, root: &Issuer) {
    let now = chain.leaf().validity().not_before();
    let verifier = ChainVerifier::new([root.certificate().clone()], now);
    verifier.with_name(AltName::dns("a.example").unwrap()).verify(chain).unwrap();
}
