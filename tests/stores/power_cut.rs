//! The loss of power at any write. One scripted life is recorded as the writes and syncs it made; the
//! disk is then rebuilt as it was at every moment, and what was answered until then must be there.
#![cfg(all(feature = "ecc", feature = "redb"))]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::common::{key, step};
use crate::disk::{self, Bytes, Disk, Operation};
use certwright::crl::{CrlRequest, RevocationReason};
use certwright::issuance::Issuance;
use certwright::key::SealingKey;
use certwright::ledger::{Identifier, IssuerDigest, Ledger, RecordState};
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::testing::SeededRng;
use certwright::time::{Lifetime, Time};
use certwright::*;

/// What the authority answered, and when.
#[derive(Debug)]
enum Answer {
    Crl(u64),
    Forgotten(u64),
    Issued(SerialNumber),
    /// Under this token and tag.
    IssuedUnder(String, SerialNumber),
    KeptIssuer(Identifier),
    /// A request of this number, and whether with its key.
    KeptRequest(u64, bool),
    Revoked(SerialNumber),
}

struct Life {
    issuer: Issuer,
    /// The disk before it.
    before: Bytes,
    key: Arc<KeyPair>,
    log: Vec<Operation>,
    answers: Vec<(usize, Answer)>,
}

/// Creates a CA and keeps it with its key, issues 50 certificates, some in batches, some under a
/// token, keeps requests, with their key and without, forgets one, revokes 10, and makes 3 CRLs.
fn life(before: Bytes) -> Life {
    let disk = Disk::of(before.clone());
    let store = RedbStore::open_or_create_on(disk.clone()).unwrap();
    let key = Arc::new(key(KeyAlgorithm::EcdsaP256));
    let issuer =
        Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), Arc::clone(&key)).unwrap();
    let authority = authority(issuer.clone(), store);
    let request = request_of(&key);
    let mut answers = Vec::new();
    let ledger = authority.ledger();
    ledger.unlock(&sealing()).unwrap();
    let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
    let kept = writer.put_issuer(&issuer.chain(), Some(&key)).unwrap();
    answers.push((disk.moment(), Answer::KeptIssuer(kept)));
    let mut serials = Vec::new();
    for round in 0..10 {
        if round % 3 == 0 {
            let with_key = round % 2 == 0;
            let number = writer.put_request("db", &request, with_key.then_some(&*key)).unwrap();
            answers.push((disk.moment(), Answer::KeptRequest(number, with_key)));
        }
        if round == 7 {
            // A cut before the answer may have it or not.
            answers.retain(|(_, answer)| !matches!(answer, Answer::KeptRequest(1, _)));
            writer.delete_request(1).unwrap();
            answers.push((disk.moment(), Answer::Forgotten(1)));
        }
        let token = format!("order {round}");
        let under = authority.issue(named(&request, &token)).unwrap();
        let mut issued = vec![under];
        let serial = *issued[0].certificate().serial();
        answers.push((disk.moment(), Answer::IssuedUnder(token, serial)));
        let batch = authority.issue_many(&vec![request.clone(); 4]);
        issued.extend(batch.into_iter().map(Result::unwrap));
        let batched =
            issued[1..].iter().map(|issued| Answer::Issued(*issued.certificate().serial()));
        answers.extend(batched.map(|answer| (disk.moment(), answer)));
        serials.extend(issued.iter().map(|issued| *issued.certificate().serial()));
        let revoked = serials[round * 3];
        authority.revoke(&revoked, RevocationReason::Superseded).unwrap();
        answers.push((disk.moment(), Answer::Revoked(revoked)));
        if round % 4 == 1 {
            let crl = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
            answers.push((disk.moment(), Answer::Crl(crl.number())));
        }
    }
    assert_eq!(serials.len(), 50);
    let log = disk.log.lock().unwrap().clone();
    Life { issuer, key, before, log, answers }
}

fn sealing() -> SealingKey {
    SealingKey::from_bytes([7; 32])
}

/// A token, and a tag with the same text.
fn named<'a>(request: &'a CertificateRequest, token: &str) -> Issuance<'a> {
    let issuance = Issuance::for_request(request).token(token);
    issuance.and_then(|issuance| issuance.tag("token", token)).unwrap()
}

fn authority(issuer: Issuer, store: RedbStore) -> Authority {
    let policy = Policy::new(Profile::tls_client()).with_root_leaves(RootLeaves::Allow);
    let policy = policy.allow_subject_attribute(AttributeType::COMMON_NAME);
    // The same numbers in every life: after a cut the generator begins again, and must not bring a
    // serial number again.
    Authority::new(issuer, policy, store).with_rng(SeededRng::new(11))
}

fn request_of(key: &KeyPair) -> CertificateRequest {
    CertificateRequest::builder("CN=client".parse().unwrap()).sign(key).unwrap()
}

fn after_cut(life: &Life, moment: usize, keep: impl Fn(usize) -> bool, torn: bool) -> Bytes {
    disk::after_cut(&life.before, &life.log[..moment], keep, torn)
}

/// Opens what a cut left, and holds it against the answers until then.
fn check(life: &Life, moment: usize, bytes: Bytes, how: &str) {
    let fail = |problem: String| panic!("cut at operation {moment}, {how}: {problem}");
    let store = match RedbStore::open_or_create_on(Disk::of(bytes)) {
        Ok(store) => Arc::new(store),
        Err(error) => return fail(format!("the store does not open: {error}")),
    };
    let ledger = Ledger::new(Arc::clone(&store));
    if let Err(error) = ledger.verify_audit() {
        fail(format!("the audit log: {error}"));
    }
    if let Err(error) = ledger.unlock(&sealing()) {
        fail(format!("the sealed keys: {error}"));
    }
    // No half of what was not answered either: each name of a key is that of a record.
    let requests: BTreeMap<u64, bool> =
        ledger.requests(0, 100).unwrap().iter().map(|kept| (kept.number, kept.has_key)).collect();
    let with_key = requests.values().filter(|has_key| **has_key).count()
        + ledger.issuers(None, 100).unwrap().len();
    if ledger.key_names(None, 100).unwrap().len() != with_key {
        fail("there are keys without their records, or records without their keys".to_owned());
    }
    let digest = Ledger::issuer_digest(life.issuer.certificate().public_key().unwrap());
    let stored = ledger.certificates(None, 1_000).unwrap();
    let issued: BTreeSet<SerialNumber> = stored
        .iter()
        .filter(|record| matches!(record.state, RecordState::Issued { .. }))
        .map(|record| record.serial)
        .collect();
    let state = ledger.crl_state(&digest, 0).unwrap();
    for (_, answer) in life.answers.iter().take_while(|(answered, _)| *answered <= moment) {
        let kept = match answer {
            Answer::Issued(serial) => issued.contains(serial),
            Answer::Revoked(serial) => ledger.revocation(&digest, serial).unwrap().is_some(),
            Answer::Crl(number) => state.number >= *number,
            Answer::Forgotten(number) => !requests.contains_key(number),
            Answer::IssuedUnder(token, serial) => {
                issued.contains(serial) && tagged(&ledger, &Identifier::of(&digest, serial), token)
            }
            Answer::KeptIssuer(identifier) => {
                let kept = ledger.issuer(identifier).unwrap();
                kept.is_some_and(|kept| kept.has_key)
                    && same(life, ledger.issuer_key(identifier).unwrap())
            }
            Answer::KeptRequest(number, with_key) => {
                let key = ledger.request_key(*number).unwrap();
                requests.get(number) == Some(with_key)
                    && key.is_some() == *with_key
                    && key.is_none_or(|key| same(life, Some(key)))
            }
        };
        if !kept {
            fail(format!("{answer:?} was answered and is lost"));
        }
    }
}

fn same(life: &Life, key: Option<KeyPair>) -> bool {
    key.is_some_and(|key| key.public_key() == life.key.public_key())
}

/// Whether a certificate is found by its identifier with this tag.
fn tagged(ledger: &Ledger, identifier: &Identifier, token: &str) -> bool {
    let found = ledger.by_identifier(identifier).unwrap();
    found.is_some_and(|record| match record.state {
        RecordState::Issued { tags, .. } => tags.iter().any(|tag| tag.value == token),
        _ => false,
    })
}

#[test]
fn nothing_answered_is_lost_wherever_the_power_goes() {
    let life = life(Bytes::default());
    assert!(life.log.len() > 300, "{} operations", life.log.len());
    for moment in (0..=life.log.len()).step_by(step(3)) {
        cut(&life, moment);
    }
}

/// From 128 MiB on, redb is asked for commits after which it opens without reading everything.
#[test]
#[cfg_attr(debug_assertions, ignore = "with debug assertions, redb reads everything in any case")]
fn nothing_answered_is_lost_in_a_long_file_either_and_it_opens_without_being_read() {
    let disk = Disk::default();
    let store = RedbStore::open_or_create_on(disk.clone()).unwrap();
    store.write(&mut |transaction| transaction.put(b"ballast", &vec![0; 130 << 20])).unwrap();
    // The first commit of a long file.
    store.write(&mut |transaction| transaction.put(b"more", b"ballast")).unwrap();
    let (short, life) = (life(Bytes::default()), life(disk.bytes.lock().unwrap().clone()));
    let syncs = |life: &Life| life.log.iter().filter(|o| matches!(o, Operation::Sync)).count();
    assert!(syncs(&life) * 2 > syncs(&short) * 3, "these are commits like those of a short file");
    // Every kind of moment comes again and again.
    for moment in (0..=life.log.len()).step_by(23) {
        let killed = Disk::of(after_cut(&life, moment, |_| true, false));
        drop(RedbStore::open_or_create_on(killed.clone()).unwrap());
        let read = killed.read.load(Ordering::SeqCst);
        assert!(read < 4 << 20, "cut at operation {moment}: {read} bytes read to open it");
        cut(&life, moment);
    }
}

/// What a cut at this moment may leave.
fn cut(life: &Life, moment: usize) {
    disk::each_cut(&life.before, &life.log[..moment], |bytes, how| {
        check(life, moment, bytes, how);
    });
}

#[test]
fn a_second_cut_while_the_store_is_opened_again_loses_nothing_either() {
    let life = life(Bytes::default());
    let mut cuts = 0;
    for moment in (0..=life.log.len()).step_by(life.log.len() / (7 / step(2))) {
        disk::each_cut(&life.before, &life.log[..moment], |bytes, how| {
            let disk = Disk::of(bytes.clone());
            drop(RedbStore::open_or_create_on(disk.clone()).unwrap());
            let opening = disk.log.lock().unwrap().clone();
            assert!(opening.len() < 100, "{} operations to open and close", opening.len());
            for second in 0..=opening.len() {
                disk::each_cut(&bytes, &opening[..second], |bytes, again| {
                    cuts += 1;
                    check(&life, moment, bytes, &format!("{how}, and again at {second}, {again}"));
                });
            }
        });
    }
    println!("{cuts} second cuts");
}

#[test]
fn after_a_cut_the_life_goes_on_and_no_number_comes_again() {
    let life = life(Bytes::default());
    let request = request_of(&life.key);
    for moment in (0..=life.log.len()).step_by(life.log.len() / 20) {
        let bytes = after_cut(&life, moment, |_| false, false);
        let store = RedbStore::open_or_create_on(Disk::of(bytes)).unwrap();
        let authority = authority(life.issuer.clone(), store);
        let before = authority.ledger().certificates(None, 1_000).unwrap();
        let known: BTreeSet<SerialNumber> = before.iter().map(|record| record.serial).collect();
        let crl = authority.ledger().crl_state(&digest(&life), 0).unwrap().number;
        // A call that was answered is repeated, since the answer was lost with the power.
        for (_, answer) in life.answers.iter().take_while(|(answered, _)| *answered <= moment) {
            let Answer::IssuedUnder(token, serial) = answer else { continue };
            let again = authority.issue(named(&request, token)).unwrap();
            assert_eq!(again.certificate().serial(), serial);
        }
        let ledger = authority.ledger();
        let last = life.answers.iter().take_while(|(answered, _)| *answered <= moment);
        let last = last.filter_map(|(_, answer)| match answer {
            Answer::KeptRequest(number, _) | Answer::Forgotten(number) => Some(*number),
            _ => None,
        });
        let last = last.max().unwrap_or(0);
        let writer = ledger.writer("alice", Time::from_unix(1_800_000_000).unwrap());
        ledger.unlock(&sealing()).unwrap();
        assert!(writer.put_request("", &request, Some(&life.key)).unwrap() > last);
        // A generator that repeats itself runs into the numbers that are given, and is told so.
        let issued: Vec<_> = (0..60).filter_map(|_| authority.issue(&request).ok()).collect();
        assert!(!issued.is_empty(), "cut at operation {moment}");
        assert!(issued.iter().all(|issued| !known.contains(issued.certificate().serial())));
        let next = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert!(next.number() > crl);
        authority.ledger().verify_audit().unwrap();
    }
}

fn digest(life: &Life) -> IssuerDigest {
    Ledger::issuer_digest(life.issuer.certificate().public_key().unwrap())
}
