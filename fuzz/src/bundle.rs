//! Files of many certificates, and public keys of any kind.

use certwright::key::{PublicKey, PublicKeyInfo};
use certwright::verify::Bundle;
use certwright::{Certificate, ChainVerifier};

use crate::INPUT_BYTES;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    if let Ok(info) = PublicKeyInfo::from_der(input) {
        assert_eq!(info.as_der(), input);
        assert_eq!(info.key().is_ok(), PublicKey::from_der(input).is_ok());
        let _ = format!("{info} {info:?}");
    } else {
        assert!(PublicKey::from_der(input).is_err());
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(bundle) = Bundle::from_pem(text) else { return };
    for skipped in bundle.skipped() {
        assert!(skipped.after <= skipped.position && !skipped.to_string().is_empty());
    }
    let count = bundle.certificates().len();
    match Certificate::many_from_pem(text) {
        // All or none, where the bundle is what can be read.
        Ok(all) => assert_eq!(all, bundle.certificates()),
        Err(_) => assert!(!bundle.skipped().is_empty() || count == 0),
    }
    if let Some(first) = bundle.certificates().first() {
        let now = first.validity().not_before();
        let chain = certwright::Chain::new(first.clone(), Vec::new()).unwrap();
        let _ = ChainVerifier::new(bundle, now).verify(&chain);
    }
}
