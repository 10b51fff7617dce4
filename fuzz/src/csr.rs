//! Certification requests.

use certwright::CertificateRequest;

use crate::INPUT_OCTETS;
use crate::keys::{requester, sign_again};

pub fn check(input: &[u8]) {
    if input.len() > INPUT_OCTETS {
        return;
    }
    read(input);
    if let Some(der) = sign_again(input, requester(input)) {
        read(&der);
    }
}

/// Reads a request, uses all of it, and reads it again from its PEM.
fn read(der: &[u8]) {
    let Ok(request) = CertificateRequest::from_der(der) else { return };
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
