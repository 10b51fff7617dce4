//! A disk that fails at any moment: a clear error, and nothing that was answered is lost.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::StoreErrorKind;
use certwright::ledger::Ledger;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::store::Medium;
use certwright::time::Lifetime;
use certwright::*;

use crate::common;

/// What the n-th operation that changes the disk answers.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The disk is full: nothing is written.
    Full,
    /// A write error after half of the bytes.
    Half,
}

impl Fault {
    fn error(self) -> io::Error {
        io::Error::from_raw_os_error(if self == Self::Full { 28 } else { 5 })
    }
}

/// A disk in memory on which the operations from the n-th on fail, for a while or for good.
#[derive(Clone, Debug)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    operations: Arc<AtomicUsize>,
    fault: Option<(Fault, std::ops::Range<usize>)>,
}

impl Disk {
    fn new(fault: Option<(Fault, std::ops::Range<usize>)>) -> Self {
        Self { bytes: Arc::default(), operations: Arc::default(), fault }
    }

    fn fails(&self) -> Option<Fault> {
        let number = self.operations.fetch_add(1, Ordering::SeqCst);
        self.fault.as_ref().filter(|(_, range)| range.contains(&number)).map(|(fault, _)| *fault)
    }

    /// The same content on a disk that works.
    fn repaired(&self) -> Self {
        let bytes = self.bytes.lock().unwrap().clone();
        Self { bytes: Arc::new(Mutex::new(bytes)), ..Self::new(None) }
    }

    fn put(&self, offset: u64, written: &[u8]) {
        let mut all = self.bytes.lock().unwrap();
        let (from, to) = (offset as usize, offset as usize + written.len());
        if all.len() < to {
            all.resize(to, 0);
        }
        all[from..to].copy_from_slice(written);
    }
}

impl Medium for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.bytes.lock().unwrap();
        let part = all.get(offset as usize..offset as usize + bytes.len());
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.fails().map_or(Ok(()), |fault| Err(fault.error()))?;
        self.bytes.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        match self.fails() {
            None => self.put(offset, bytes),
            Some(Fault::Full) => return Err(Fault::Full.error()),
            Some(Fault::Half) => {
                self.put(offset, &bytes[..bytes.len() / 2]);
                return Err(Fault::Half.error());
            }
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.fails().map_or(Ok(()), |fault| Err(fault.error()))
    }
}

/// What was answered in a life, and the errors.
#[derive(Default)]
struct Answers {
    issued: Vec<SerialNumber>,
    revoked: Vec<SerialNumber>,
    crl: u64,
    errors: Vec<Error>,
}

#[test]
fn wherever_the_disk_fails_the_error_is_clear_and_nothing_answered_is_lost() {
    let issuer = issuer();
    let whole = Disk::new(None);
    let answers = live(&issuer, &whole);
    assert!(answers.errors.is_empty());
    let operations = whole.operations.load(Ordering::SeqCst);
    assert!(operations > 100, "{operations} operations");
    let mut failed = 0;
    for fault in [Fault::Full, Fault::Half] {
        // The first operations one by one: the store is made in them.
        for from in (0..operations).filter(|from| *from < 40 || from % (3 * common::step(2)) == 0) {
            for end in [from + 1, usize::MAX] {
                let disk = Disk::new(Some((fault, from..end)));
                let answers = live(&issuer, &disk);
                let how = format!("{fault:?} at {from}, until {end}");
                for error in &answers.errors {
                    assert!(matches!(error, Error::Store(_)), "{how}: {error}");
                    let plain = error.to_string();
                    assert!(plain.len() > 20 && !plain.contains("panic"), "{how}: {plain}");
                }
                failed += usize::from(!answers.errors.is_empty());
                check(&issuer, &answers, disk.repaired(), &how);
            }
        }
    }
    assert!(
        failed * common::step(2) > operations,
        "{failed} lives of {operations} operations saw an error"
    );
}

#[test]
fn the_first_error_names_what_the_disk_said() {
    let issuer = issuer();
    let whole = Disk::new(None);
    drop(RedbStore::open_or_create_on(whole.clone()).unwrap());
    let made = whole.operations.load(Ordering::SeqCst);
    for (fault, words) in [(Fault::Full, "No space left on device"), (Fault::Half, "os error 5")] {
        let disk = Disk::new(Some((fault, made + 5..usize::MAX)));
        let answers = live(&issuer, &disk);
        let first = answers.errors.first().unwrap();
        let mut told = first.to_string();
        let mut source = std::error::Error::source(first);
        while let Some(cause) = source {
            told = format!("{told}: {cause}");
            source = cause.source();
        }
        assert!(told.contains(words), "{fault:?}: {told}");
    }
}

#[test]
fn after_an_error_the_store_refuses_writes_until_it_is_opened_again() {
    let issuer = issuer();
    let request = request();
    let whole = Disk::new(None);
    drop(
        authority(issuer.clone(), RedbStore::open_or_create_on(whole.clone()).unwrap())
            .issue(&request)
            .unwrap()
            .into_chain(),
    );
    let one = whole.operations.load(Ordering::SeqCst);
    for (fault, at) in [(Fault::Full, one + 10), (Fault::Half, one + 10), (Fault::Half, one + 25)] {
        // One operation fails; the disk is well again at once.
        let disk = Disk::new(Some((fault, at..at + 1)));
        let first = authority(issuer.clone(), RedbStore::open_or_create_on(disk.clone()).unwrap());
        let mut issued = Vec::new();
        let error = loop {
            match first.issue(&request) {
                Ok(answer) => issued.push(*answer.certificate().serial()),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::Store(_)), "{error}");
        let operations = disk.operations.load(Ordering::SeqCst);
        for _ in 0..3 {
            let Error::Store(error) = first.issue(&request).unwrap_err() else {
                panic!("another error");
            };
            assert_eq!(error.kind(), StoreErrorKind::Backend, "{error}");
            let told = error.to_string();
            assert!(told.contains("until the file is opened again"), "{told}");
        }
        assert_eq!(disk.operations.load(Ordering::SeqCst), operations, "it wrote after an error");
        drop(first);

        // The same process, the same disk.
        let again = authority(issuer.clone(), RedbStore::open_or_create_on(disk).unwrap());
        for serial in &issued {
            assert!(again.find(serial).unwrap().is_some(), "{fault:?} at {at}: {serial} is lost");
        }
        again.ledger().verify_audit().unwrap();
        again.issue(&request).unwrap();
    }
}

fn issuer() -> Issuer {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap()
}

fn authority(issuer: Issuer, store: impl Store + 'static) -> Authority {
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    Authority::new(issuer, policy.allow_subject_attribute(AttributeType::COMMON_NAME), store)
}

fn request() -> CertificateRequest {
    let key = common::key(KeyAlgorithm::EcdsaP256);
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(&key).unwrap()
}

/// A short life: certificates one by one and in a batch, a revocation and a CRL a round. It goes on
/// after an error, as a server would.
fn live(issuer: &Issuer, disk: &Disk) -> Answers {
    let mut answers = Answers::default();
    let store = match RedbStore::open_or_create_on(disk.clone()) {
        Ok(store) => store,
        Err(error) => {
            answers.errors.push(error.into());
            return answers;
        }
    };
    let authority = authority(issuer.clone(), store);
    let request = request();
    for _ in 0..3 {
        let batch = vec![request.clone(); 3];
        for answer in [authority.issue(&request)].into_iter().chain(authority.issue_many(&batch)) {
            match answer {
                Ok(issued) => answers.issued.push(*issued.certificate().serial()),
                Err(error) => answers.errors.push(error),
            }
        }
        if let Some(serial) = answers.issued.last().copied() {
            match authority.revoke(&serial, RevocationReason::Superseded) {
                Ok(()) => answers.revoked.push(serial),
                Err(error) => answers.errors.push(error),
            }
        }
        match authority.issue_crl(&CrlRequest::full(Lifetime::days(1))) {
            Ok(list) => answers.crl = list.number(),
            Err(error) => answers.errors.push(error),
        }
    }
    answers
}

/// Opens what is on the disk, and holds it against the answers.
fn check(issuer: &Issuer, answers: &Answers, disk: Disk, how: &str) {
    let store = RedbStore::open_or_create_on(disk).unwrap_or_else(|error| panic!("{how}: {error}"));
    let authority = authority(issuer.clone(), store);
    let ledger = authority.ledger();
    ledger.verify_audit().unwrap_or_else(|error| panic!("{how}: {error}"));
    let digest = Ledger::issuer_digest(issuer.certificate().public_key().unwrap());
    for serial in &answers.issued {
        assert!(authority.find(serial).unwrap().is_some(), "{how}: {serial} is lost");
    }
    for serial in &answers.revoked {
        assert!(ledger.revocation(&digest, serial).unwrap().is_some(), "{how}: {serial}");
    }
    let next = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
    assert!(next.number() > answers.crl, "{how}: a CRL number came again");
}
