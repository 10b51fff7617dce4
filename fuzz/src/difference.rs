//! Certificates, read by x509-parser too.

use certwright::Certificate;
use certwright::name::GeneralName;
use x509_parser::error::X509Error;
use x509_parser::nom;
use x509_parser::prelude::{FromDer, GeneralName as Theirs, X509Certificate, X509Name};

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

fn is_same(ours: &GeneralName, theirs: &Theirs<'_>) -> bool {
    match (ours, theirs) {
        (GeneralName::Dns(ours), Theirs::DNSName(theirs))
        | (GeneralName::Email(ours), Theirs::RFC822Name(theirs))
        | (GeneralName::Uri(ours), Theirs::URI(theirs)) => ours == theirs,
        (GeneralName::Ip(ours), Theirs::IPAddress(theirs)) => ours == theirs,
        (GeneralName::Directory(_), theirs) => {
            matches!(theirs, Theirs::DirectoryName(_) | Theirs::Invalid(..))
        }
        (GeneralName::OtherName { .. }, theirs) => {
            matches!(theirs, Theirs::OtherName(..) | Theirs::Invalid(..))
        }
        (GeneralName::RegisteredId(_), theirs) => {
            matches!(theirs, Theirs::RegisteredID(_) | Theirs::Invalid(..))
        }
        // Kept as it is: not of its type's form for us.
        (GeneralName::Other { tag, .. }, theirs) => match theirs {
            Theirs::OtherName(..) => *tag == 0,
            Theirs::RFC822Name(_) => *tag == 1,
            Theirs::DNSName(_) => *tag == 2,
            Theirs::X400Address(_) => *tag == 3,
            Theirs::DirectoryName(_) => *tag == 4,
            Theirs::EDIPartyName(_) => *tag == 5,
            Theirs::URI(_) => *tag == 6,
            Theirs::RegisteredID(_) => *tag == 8,
            // A content that neither reads.
            Theirs::Invalid(..) => true,
            _ => false,
        },
        _ => false,
    }
}
