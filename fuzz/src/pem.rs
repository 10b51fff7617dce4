//! PEM texts.

use certwright::crl::RevocationList;
use certwright::key::PublicKey;
use certwright::{Certificate, CertificateRequest, Chain, KeyPair};

use crate::INPUT_BYTES;

pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if text.len() > INPUT_BYTES {
        return;
    }
    if let Ok(all) = Certificate::many_from_pem(text) {
        let written: String = all.iter().map(Certificate::to_pem).collect();
        assert_eq!(Certificate::many_from_pem(&written).unwrap(), all);
        assert_eq!(Chain::from_pem(text).is_ok(), all.len() <= 10);
        assert!(all.len() <= 128);
    }
    if let Ok(request) = CertificateRequest::from_pem(text) {
        assert!(CertificateRequest::from_pem(&request.to_pem()).is_ok());
    }
    let _ = (RevocationList::from_pem(text).is_ok(), PublicKey::from_pem(text).is_ok());
    if let Ok(key) = KeyPair::from_pem(text) {
        let written = key.to_pkcs8_pem().unwrap();
        assert!(KeyPair::from_pem(written.as_str()).is_ok());
    }
}
