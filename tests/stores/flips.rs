//! Single bits of a store's file, flipped: each is found, or stands outside every record.
#![cfg(all(feature = "redb", feature = "ecc"))]

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use certwright::crl::RevocationReason;
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
use certwright::store::Medium;
use certwright::{KeyAlgorithm, RedbStore, Store};

use crate::revoked::Scene;
use crate::shelf::{Records, alice, records};

#[test]
fn a_flipped_bit_is_found_or_outside_every_record() {
    flip(20, 5, 100);
}

/// What issue after issue asks for; `.ci/run` runs it in release.
#[test]
#[ignore = "minutes without optimisation"]
fn two_thousand_flipped_bits_are_found_or_outside_every_record() {
    flip(200, 50, 2_000);
}

fn flip(certificates: usize, revocations: usize, flips: usize) {
    let (file, whole, head) = store(certificates, revocations);
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut drawn = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..flips {
        // splitmix64
        drawn = drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bit = drawn;
        bit = (bit ^ bit >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bit = (bit ^ bit >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bit = ((bit ^ bit >> 31) % (8 * file.len() as u64)) as usize;
        let mut flipped = file.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let flipped = Bytes(Arc::new(Mutex::new(flipped)));
        let found = catch_unwind(AssertUnwindSafe(|| judge(&flipped, &whole, &head)));
        let found = found.unwrap_or_else(|_| panic!("bit {bit} of {}: a panic", file.len()));
        *counted.entry(found).or_default() += 1;
    }
    println!("{flips} bits of {} bytes: {counted:?}", file.len());
    assert!(counted.keys().any(|how| *how != OUTSIDE), "{counted:?}");
}

const OUTSIDE: &str = "outside every record";

/// Who finds it. What nobody finds has changed nothing: every record is there as it was, in order and
/// by its key, and the head of the log as well.
fn judge(file: &Bytes, whole: &Records, head: &[u8; 32]) -> &'static str {
    let Ok(store) = RedbStore::open_on(file.clone()) else { return "refused at opening" };
    if store.check().is_err() {
        return "found by the checksums of the engine";
    }
    let store = Arc::new(store);
    let ledger = Ledger::new(Arc::clone(&store));
    if ledger.unlock(&sealing_key()).is_err() {
        return "found when the seal was opened";
    }
    if ledger.verify_since(head).is_err() {
        return "found by the log";
    }
    assert!(records(&*store) == *whole, "a record was altered and nobody noticed");
    store
        .read(&mut |transaction| {
            for (key, value) in whole {
                assert!(transaction.get(key)?.as_ref() == Some(value), "a record is not found");
            }
            Ok(())
        })
        .unwrap();
    OUTSIDE
}

fn sealing_key() -> SealingKey {
    SealingKey::from_bytes([1; 32])
}

/// The bytes of the file of a store that was closed, its records, and the head of its log.
fn store(certificates: usize, revocations: usize) -> (Vec<u8>, Records, [u8; 32]) {
    let file = Bytes::default();
    let store = Arc::new(RedbStore::create_on(file.clone()).unwrap());
    let scene = Scene::on(KeyAlgorithm::EcdsaP256, 1, Arc::clone(&store));
    let ledger = scene.ca.ledger().clone();
    ledger.unlock(&sealing_key()).unwrap();
    alice(&ledger).put_issuer(&scene.ladder.ca.chain(), Some(&scene.ladder.ca_key())).unwrap();
    let request = scene.ladder.request(&["db.internal"]);
    let requests = vec![request; certificates];
    let issued: Vec<_> = scene.ca.issue_many(&requests).into_iter().map(Result::unwrap).collect();
    for issued in &issued[..revocations] {
        scene.ca.revoke(issued.certificate().serial(), RevocationReason::KeyCompromise).unwrap();
    }
    scene.full();
    scene.clock.set("2026-06-02T00:00:00Z");
    scene.full();
    let head = ledger.verify().unwrap().head.digest;
    let whole = records(&*store);
    drop((scene, ledger));
    drop(Arc::into_inner(store).expect("nobody has it"));
    let bytes = file.0.lock().unwrap().clone();
    (bytes, whole, head)
}

#[derive(Clone, Debug, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Medium for Bytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.0.lock().unwrap();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start.checked_add(bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(all.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        // A header that was altered must not ask for the whole memory.
        if length > 1 << 30 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.0.lock().unwrap();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start.checked_add(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        all.get_mut(start..end).ok_or(io::ErrorKind::StorageFull)?.copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
