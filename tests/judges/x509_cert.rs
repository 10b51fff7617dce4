//! The crates x509-cert and pem-rfc7468: what we write, they read as we do.

use certwright::crl::{CrlRequest, RevocationList, RevocationReason};
use certwright::profile::KeyUsage;
use certwright::time::Lifetime;
use certwright::{Certificate, CertificateRequest};
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix;
use x509_cert::request::CertReq;

use crate::common;
use crate::craft::{Ladder, internal};

#[test]
fn certificates_read_alike_and_come_back() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let issued = authority.issue(&ladder.request(&["db.internal", "b.a.internal"])).unwrap();
        for ours in issued.chain().certificates() {
            let theirs = x509_cert::Certificate::try_from(ours).unwrap();
            let content = theirs.tbs_certificate();
            assert_eq!(content.serial_number().as_bytes(), ours.serial().as_bytes());
            assert_eq!(content.subject().to_string(), ours.subject().to_string());
            let (_, usage) = content.get_extension::<pkix::KeyUsage>().unwrap().unwrap();
            let own = ours.key_usage().unwrap();
            assert_eq!(usage.digital_signature(), own.contains(KeyUsage::DIGITAL_SIGNATURE));
            assert_eq!(usage.key_cert_sign(), own.contains(KeyUsage::KEY_CERT_SIGN));
            assert_eq!(usage.crl_sign(), own.contains(KeyUsage::CRL_SIGN));
            let identifier = content.get_extension::<pkix::AuthorityKeyIdentifier>().unwrap();
            let identifier = identifier.and_then(|(_, read)| read.key_identifier);
            let identifier = identifier.map(|bytes| bytes.as_bytes().to_vec());
            assert_eq!(identifier.as_deref(), ours.authority_key_identifier());
            let names = content.get_extension::<pkix::SubjectAltName>().unwrap();
            let names = names.map_or(0, |(_, names)| names.0.len());
            assert_eq!(names, ours.alt_names().len());
            assert_eq!(Certificate::try_from(&theirs).unwrap().as_der(), ours.as_der());
            let pem = ours.to_pem();
            let (label, der) = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap();
            assert_eq!((label, der.as_slice()), ("CERTIFICATE", ours.as_der()));
        }
    }
}

#[test]
fn requests_and_lists_read_alike_and_come_back() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let request = ladder.request(&["db.internal"]);
        let theirs = CertReq::try_from(&request).unwrap();
        assert_eq!(theirs.info.subject.to_string(), request.subject().to_string());
        assert_eq!(CertificateRequest::try_from(&theirs).unwrap().as_der(), request.as_der());

        let serial = *authority.issue(&request).unwrap().certificate().serial();
        authority.revoke(&serial, RevocationReason::KeyCompromise).unwrap();
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        let ours = RevocationList::from_pem(&list.to_pem()).unwrap();
        let theirs = CertificateList::try_from(&ours).unwrap();
        let entries = theirs.tbs_cert_list.revoked_certificates.as_ref().unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].serial_number.as_bytes(), serial.as_bytes());
        assert_eq!(RevocationList::try_from(&theirs).unwrap().as_der(), ours.as_der());
    }
}

/// A structure of theirs can say what no proof of possession covers.
#[test]
fn a_changed_request_does_not_come_in() {
    let Some(algorithm) = common::families().first().copied() else { return };
    let request = Ladder::new(algorithm).request(&["db.internal"]);
    let mut theirs = CertReq::try_from(&request).unwrap();
    theirs.info.subject = Default::default();
    CertificateRequest::try_from(&theirs).unwrap_err();
}
