//! Certificates, read by x509-parser too.

use certwright::Certificate;
use certwright::name::UncheckedName;
use x509_parser::error::X509Error;
use x509_parser::nom;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

use crate::INPUT_BYTES;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    let Ok(ours) = Certificate::from_der(input) else { return };
    let theirs = match X509Certificate::from_der(input) {
        Ok((rest, theirs)) => {
            assert!(rest.is_empty());
            theirs
        }
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
            assert!(is_listed(&error, input), "we accept and x509-parser says {error:?}");
            return;
        }
        Err(error) => panic!("we accept and x509-parser says {error:?}"),
    };
    // It takes negative numbers for positive ones.
    if ours.serial().is_conforming() {
        assert_eq!(ours.serial().as_bytes(), theirs.serial.to_bytes_be());
    }
    assert_eq!(
        ours.signature_identifier().oid().to_string(),
        theirs.signature_algorithm.algorithm.to_id_string()
    );
    assert_eq!(
        ours.public_key_info().algorithm().to_string(),
        theirs.public_key().algorithm.algorithm.to_id_string()
    );
    let period = theirs.validity();
    assert_eq!(ours.validity().not_before().unix(), period.not_before.timestamp());
    assert_eq!(ours.validity().not_after().unix(), period.not_after.timestamp());
    for (ours, theirs) in [(ours.subject(), theirs.subject()), (ours.issuer(), theirs.issuer())] {
        assert_eq!(kinds(ours), their_kinds(theirs));
    }
    assert_eq!(ours.extensions().len(), theirs.extensions().len());
    for (ours, theirs) in ours.extensions().iter().zip(theirs.extensions()) {
        assert_eq!(ours.oid.to_string(), theirs.oid.to_id_string());
        assert_eq!((ours.critical, ours.value.as_slice()), (theirs.critical, theirs.value));
    }
    if let Ok(Some(names)) = theirs.subject_alternative_name() {
        let theirs = &names.value.general_names;
        assert_eq!(ours.alt_names().len(), theirs.len());
        for (ours, theirs) in ours.alt_names().iter().zip(theirs) {
            assert!(is_same(ours, theirs), "{ours:?} {theirs:?}");
        }
    }
    if let Ok(Some(basic)) = theirs.basic_constraints() {
        assert_eq!(ours.is_authority(), basic.value.ca);
    }
    if let Ok(Some(usage)) = theirs.key_usage() {
        use certwright::profile::KeyUsage;
        let ours = ours.key_usage().unwrap();
        assert_eq!(ours.contains(KeyUsage::KEY_CERT_SIGN), usage.value.key_cert_sign());
        assert_eq!(ours.contains(KeyUsage::DIGITAL_SIGNATURE), usage.value.digital_signature());
        assert_eq!(ours.contains(KeyUsage::CRL_SIGN), usage.value.crl_sign());
    }
}

/// Why x509-parser may refuse what we accept.
fn is_listed(_error: &X509Error, _input: &[u8]) -> bool {
    false
}

fn kinds(name: &certwright::Name) -> Vec<String> {
    name.attributes().map(|attribute| attribute.kind().oid().to_string()).collect()
}

fn their_kinds(name: &X509Name<'_>) -> Vec<String> {
    name.iter_attributes().map(|attribute| attribute.attr_type().to_id_string()).collect()
}

fn is_same(ours: &UncheckedName, theirs: &GeneralName<'_>) -> bool {
    match (ours, theirs) {
        (UncheckedName::Dns(ours), GeneralName::DNSName(theirs))
        | (UncheckedName::Email(ours), GeneralName::RFC822Name(theirs))
        | (UncheckedName::Uri(ours), GeneralName::URI(theirs)) => ours == theirs,
        (UncheckedName::Ip(ours), GeneralName::IPAddress(theirs)) => ours == theirs,
        (UncheckedName::Other { tag, .. }, theirs) => match theirs {
            GeneralName::OtherName(..) => *tag == 0,
            GeneralName::X400Address(_) => *tag == 3,
            GeneralName::DirectoryName(_) => *tag == 4,
            GeneralName::EDIPartyName(_) => *tag == 5,
            GeneralName::RegisteredID(_) => *tag == 8,
            // What it could not read inside, we do not read.
            GeneralName::Invalid(..) => true,
            _ => false,
        },
        _ => false,
    }
}
