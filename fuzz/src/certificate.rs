//! Certificates.

use certwright::{Certificate, SerialNumber};

use crate::INPUT_BYTES;
use crate::keys::CA;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    let Ok(certificate) = Certificate::from_der(input) else { return };
    assert_eq!(certificate.as_der(), input);
    let again = Certificate::from_pem(&certificate.to_pem()).unwrap();
    assert_eq!(again, certificate);
    let serial = certificate.serial();
    assert_eq!(serial.is_conforming(), (1..=20).contains(&serial.as_bytes().len()));
    assert_eq!(
        serial.is_conforming(),
        serial.to_string().parse::<SerialNumber>().is_ok_and(|it| it == *serial)
    );
    // What is kept without being known is shown, and is no key and no algorithm.
    let _ = format!("{} {}", certificate.public_key_info(), certificate.signature_identifier());
    assert_eq!(certificate.public_key().is_ok(), certificate.public_key_info().key().is_ok());
    let known = certificate.signature_algorithm().is_ok();
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
    let verified = certificate.verify_signature(certwright::Signer::public_key(&*CA));
    assert!(known || verified.is_err());
}
