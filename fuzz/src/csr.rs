//! Certification requests.

use certwright::CertificateRequest;
use certwright::request::UnverifiedRequest;

use crate::INPUT_BYTES;
use crate::keys::{requester, sign_again};

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    read(input);
    if let Some(der) = sign_again(input, requester(input)) {
        read(&der);
    }
}

/// Reads a request, uses all of it, and reads it again from its PEM.
fn read(der: &[u8]) {
    let Ok(unverified) = UnverifiedRequest::from_der(der) else {
        assert!(CertificateRequest::from_der(der).is_err());
        return;
    };
    assert_eq!(unverified.as_der(), der);
    let _ = format!("{unverified:?} {}", unverified.signature_identifier());
    let known = unverified.public_key_info().key().is_ok();
    let verified = unverified.verify();
    assert_eq!(verified.is_ok(), CertificateRequest::from_der(der).is_ok());
    assert!(known || verified.is_err());
    let Ok(request) = verified else { return };
    assert_eq!(request.as_der(), der);
    let again = CertificateRequest::from_pem(&request.to_pem()).unwrap();
    assert_eq!(again.as_der(), der);
    assert_eq!(again.subject(), request.subject());
    let _ = format!("{request:?} {}", request.subject());
    for name in request.requested_alt_names() {
        let _ = format!("{name} {name:?}");
        // What passes its check is written the same again.
        if let Ok(checked) = name.check() {
            let _ = format!("{checked}");
        }
    }
    let _ = (request.requests_authority(), request.requested_key_usage());
    assert!(request.requested_extensions().len() <= 64 && request.attributes().count() <= 64);
    let _ = request.public_key().weaknesses();
}
