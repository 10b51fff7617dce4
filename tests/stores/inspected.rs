//! Who is asked for a signature can read what it would be of, and nothing takes that for signed.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use certwright::crl::{CrlRequest, RevocationList, RevocationReason};
use certwright::time::{FixedClock, Lifetime};
use certwright::verify::UnknownRevocation;
use certwright::{Authority, Certificate, Chain, ChainVerifier, Error, MemoryStore, Signer};

use crate::craft::{Ladder, internal, now};
use crate::shelf::algorithm;

fn authority(ladder: &Ladder) -> Authority {
    let store = MemoryStore::default();
    Authority::new(ladder.ca.clone(), internal(), store).with_clock(FixedClock(now()))
}

#[test]
fn a_certificate_reads_before_its_signature_as_after_it_and_verifies_nowhere() {
    let ladder = Ladder::new(algorithm());
    let authority = authority(&ladder);
    let prepared = authority.prepare(&ladder.request(&["db.internal"])).unwrap();
    let asked = Certificate::from_to_be_signed(prepared.to_be_signed()).unwrap();
    let waiting = authority.ledger().waiting(None, 9).unwrap();
    assert_eq!(waiting[0].what.to_string(), format!("certificate {}", prepared.serial()));

    assert!(asked.signature().is_empty());
    let own = ladder.ca.public_key();
    assert!(matches!(asked.verify_signature(own), Err(Error::InvalidSignature { .. })));
    let above: Vec<Certificate> = ladder.ca.chain().certificates().cloned().collect();
    let chain = Chain::new(asked.clone(), above).unwrap();
    let verifier = ChainVerifier::new([ladder.root.certificate().clone()], now());
    verifier.verify(&chain).unwrap_err();

    let signature = ladder.ca_key().sign(prepared.to_be_signed()).unwrap();
    let issued = authority.complete(prepared.serial(), &signature).unwrap();
    let signed = issued.certificate();
    verifier.verify(issued.chain()).unwrap();
    assert_eq!(asked.to_be_signed(), signed.to_be_signed());
    assert_eq!(asked.serial(), signed.serial());
    assert_eq!(asked.alt_names(), signed.alt_names());
    assert_eq!(asked.signature_algorithm().unwrap(), signed.signature_algorithm().unwrap());
}

#[test]
fn a_list_reads_before_its_signature_as_after_it_and_permits_nothing() {
    let ladder = Ladder::new(algorithm());
    let authority = authority(&ladder);
    let issued = authority.issue(&ladder.request(&["db.internal"])).unwrap();
    let good = authority.issue(&ladder.request(&["web.internal"])).unwrap();
    let serial = issued.certificate().serial();
    authority.revoke(serial, RevocationReason::KeyCompromise).unwrap();
    let prepared = authority.prepare_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    let waiting = authority.ledger().waiting(None, 9).unwrap();
    assert_eq!(waiting[0].what.to_string(), "CRL 1");

    let asked = RevocationList::from_to_be_signed(&prepared.to_be_signed).unwrap();
    assert_eq!((asked.number(), asked.len()), (Some(1), 1));
    assert!(asked.find(serial).is_some());
    let own = ladder.ca.public_key();
    assert!(matches!(asked.verify_signature(own), Err(Error::InvalidSignature { .. })));

    let root = Authority::new(ladder.root.clone(), internal(), MemoryStore::default());
    let root = root.with_clock(FixedClock(now()));
    let above = root.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    let above = RevocationList::from_der(&above.to_der()).unwrap();
    let verify = |list: RevocationList| {
        let anchors = [ladder.root.certificate().clone()];
        ChainVerifier::new(anchors, now())
            .with_revocation_lists([list, above.clone()], UnknownRevocation::Refuse)
            .verify(good.chain())
    };
    verify(asked.clone()).unwrap_err();
    let signature = ladder.ca_key().sign(&prepared.to_be_signed).unwrap();
    let list = authority.complete_crl(prepared.number, &signature).unwrap();
    let list = RevocationList::from_der(&list.to_der()).unwrap();
    assert_eq!(list.this_update(), asked.this_update());
    verify(list).unwrap();
}

#[test]
fn what_is_cut_or_of_another_kind_is_refused() {
    let ladder = Ladder::new(algorithm());
    let authority = authority(&ladder);
    let certificate = authority.prepare(&ladder.request(&["db.internal"])).unwrap();
    let certificate = certificate.to_be_signed();
    let list = authority.prepare_crl(&CrlRequest::full(Lifetime::days(7))).unwrap().to_be_signed;
    for end in 0..certificate.len() {
        Certificate::from_to_be_signed(&certificate[..end]).unwrap_err();
    }
    for end in 0..list.len() {
        RevocationList::from_to_be_signed(&list[..end]).unwrap_err();
    }
    let error = Certificate::from_to_be_signed(&list).unwrap_err();
    assert!(error.to_string().contains("given a certificate revocation list"), "{error}");
    assert!(matches!(RevocationList::from_to_be_signed(certificate), Err(Error::Malformed(_))));
    // A whole certificate is not the part of it that is signed.
    let whole = ladder.root.certificate().as_der();
    assert!(matches!(Certificate::from_to_be_signed(whole), Err(Error::Malformed(_))));
}
