//! Certificates.

use certwright::Certificate;

use crate::INPUT_OCTETS;
use crate::keys::CA;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_OCTETS {
        return;
    }
    let Ok(certificate) = Certificate::from_der(input) else { return };
    assert_eq!(certificate.as_der(), input);
    let again = Certificate::from_pem(&certificate.to_pem()).unwrap();
    assert_eq!(again, certificate);
    assert!((1..=20).contains(&certificate.serial().as_bytes().len()));
    assert!(certificate.validity().not_before() <= certificate.validity().not_after());
    assert!(certificate.alt_names().len() <= 1000 && certificate.extensions().len() <= 64);
    assert!(certificate.subject().attributes().count() <= 64);
    let _ = format!("{certificate:?} {} {}", certificate.subject(), certificate.issuer());
    for name in certificate.alt_names() {
        let checked = name.check();
        let _ = format!("{name}");
        if let (Some(constraints), Ok(checked)) = (certificate.name_constraints(), checked) {
            constraints.refuse(&checked);
        }
    }
    if let Some(constraints) = certificate.name_constraints() {
        constraints.refuse_subject(certificate.subject());
    }
    let _ = (certificate.crl_urls(), certificate.is_self_issued(), certificate.key_usage());
    let _ = certificate.verify_signature(certwright::Signer::public_key(&*CA));
}
