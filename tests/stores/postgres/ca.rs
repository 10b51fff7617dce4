//! Authorities of one CA on several nodes.

use certwright::error::StoreErrorKind;
use certwright::ledger::Ledger;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::*;

/// A CA whose nodes share its key.
pub fn issuer() -> Issuer {
    issuer_of(KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap())
}

/// The same with a key that is there.
pub fn issuer_of(key: KeyPair) -> Issuer {
    Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap()
}

/// One of its nodes.
pub fn node(issuer: &Issuer, store: impl Store + 'static) -> Authority {
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    let policy = policy.allow_subject_attribute(AttributeType::COMMON_NAME);
    Authority::new(issuer.clone(), policy, store)
}

pub fn request() -> CertificateRequest {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}

/// Everything that was answered is there, and the whole store is as its log says.
#[track_caller]
pub fn check(store: impl Store + 'static, issuer: &Issuer, issued: &[SerialNumber]) -> Ledger {
    let ledger = Ledger::new(store);
    ledger.verify().unwrap();
    let digest = Ledger::issuer_digest(issuer.certificate().public_key().unwrap());
    for serial in issued {
        let record = ledger.certificate(&digest, serial).unwrap();
        let certificate = record.as_ref().and_then(|record| record.certificate());
        assert!(certificate.is_some(), "{serial} was answered and is lost");
    }
    let mut serials: Vec<_> = issued.iter().map(|serial| serial.to_string()).collect();
    serials.sort();
    serials.dedup();
    assert_eq!(serials.len(), issued.len(), "a serial number came twice");
    ledger
}

/// What the store said.
#[track_caller]
pub fn kind(error: &Error) -> StoreErrorKind {
    match error {
        Error::Store(error) => error.kind(),
        other => panic!("{other}"),
    }
}
