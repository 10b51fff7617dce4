//! What waits for a signature is exchanged in the store, the exchanged bytes are signed where the key
//! is, and the signature comes back: nothing but what was claimed is completed.

use std::sync::Arc;

use certwright::error::StoreErrorKind;
use certwright::ledger::RecordState;
use certwright::time::{Clock as _, Lifetime};
use certwright::{
    Authority, Certificate, Error, MemoryStore, SerialNumber, Signer as _, Store as _,
};

use crate::craft::{self, Draft, internal};
use crate::revoked::{Scene, for_each_family};

/// An authority whose store is at hand, and a number that waits.
struct Waiting {
    ca: Authority,
    store: Arc<MemoryStore>,
    serial: SerialNumber,
}

impl Waiting {
    fn new(scene: &Scene) -> Self {
        let store = Arc::new(MemoryStore::default());
        let ca = Authority::new(scene.ladder.ca.clone(), internal(), Arc::clone(&store));
        let ca = ca.with_clock(scene.clock.clone());
        let serial = *ca.prepare(&scene.ladder.request(&["db.internal"])).unwrap().serial();
        Self { ca, store, serial }
    }

    fn claimed(&self, serial: &SerialNumber) -> Vec<u8> {
        let digest = certwright::ledger::Ledger::issuer_digest(
            self.ca.issuer().certificate().public_key().unwrap(),
        );
        let record = self.ca.ledger().certificate(&digest, serial).unwrap().unwrap();
        let RecordState::Claimed { to_be_signed } = record.state else { panic!("{serial}") };
        to_be_signed
    }

    /// Puts other bytes in the place of what was claimed.
    fn exchange(&self, new: &[u8]) {
        let old = self.claimed(&self.serial);
        let mut found = Vec::new();
        self.store
            .read(&mut |transaction| {
                transaction.scan(b"certificate/", b"", &mut |key, value| {
                    if value.ends_with(&old) {
                        found.push((key.to_vec(), value.to_vec()));
                    }
                    std::ops::ControlFlow::Continue(())
                })
            })
            .unwrap();
        let [(key, value)] = &found[..] else { panic!("{} records", found.len()) };
        let value = [&value[..value.len() - old.len()], new].concat();
        self.store.write(&mut |transaction| transaction.put(key, &value)).unwrap();
        assert_eq!(self.claimed(&self.serial), new);
    }

    /// Completes it with a signature over what waits now.
    fn complete(&self, scene: &Scene) -> Result<Certificate, Error> {
        let signature = scene.ladder.ca_key().sign(&self.claimed(&self.serial)).unwrap();
        self.ca.complete(&self.serial, &signature).map(|issued| issued.certificate().clone())
    }
}

#[test]
fn exchanged_bytes_are_not_completed() {
    for_each_family(|scene| {
        let honest = scene.issue().leaf().clone();
        let sequence = |parts: &[&[u8]]| craft::tlv(craft::SEQUENCE, parts);
        let certificate = |authority: bool, path_len: &[u8]| {
            let authority: &[u8] = if authority { &[1, 1, 0xff] } else { &[] };
            sequence(&[authority, path_len])
        };
        let usage = craft::tlv(0x03, &[&[1, 0x06]]);
        let name = craft::name(&[("2.5.4.3", 0x0c, b"Evil")]);
        let time = |text: &[u8]| craft::tlv(0x17, &[text]);
        let validity = |from: &[u8], to: &[u8]| sequence(&[&time(from), &time(to)]);
        let authority = |draft: Draft, path_len: &[u8]| {
            draft.set(craft::BASIC_CONSTRAINTS, true, &certificate(true, path_len)).set(
                craft::KEY_USAGE,
                true,
                &usage,
            )
        };
        type Change<'c> = Box<dyn Fn(Draft) -> Draft + 'c>;
        let changes: [(&str, Change<'_>); 8] = [
            ("a CA", Box::new(|draft| authority(draft, &[]))),
            ("a CA of path length 0", Box::new(|draft| authority(draft, &[2, 1, 0]))),
            ("key usage of a CA", Box::new(|draft| draft.set(craft::KEY_USAGE, true, &usage))),
            (
                "another name",
                Box::new(|draft| {
                    let names = craft::alt_names(&[(0x82, b"db.evil")]);
                    draft.set(craft::SUBJECT_ALT_NAME, false, &names)
                }),
            ),
            ("another subject", Box::new(|draft| draft.field(craft::SUBJECT, name.clone()))),
            ("another issuer", Box::new(|draft| draft.field(craft::ISSUER, name.clone()))),
            (
                "a time that is over",
                Box::new(|draft| {
                    draft.field(craft::VALIDITY, validity(b"260101000000Z", b"260102000000Z"))
                }),
            ),
            (
                "another key identifier",
                Box::new(|draft| {
                    let value = sequence(&[&craft::tlv(0x80, &[&[7; 20]])]);
                    draft.set(craft::AUTHORITY_KEY_IDENTIFIER, false, &value)
                }),
            ),
        ];
        for (case, change) in changes {
            let waiting = Waiting::new(scene);
            let serial = craft::tlv(0x02, &[waiting.serial.as_bytes()]);
            let draft = Draft::of(&honest).field(craft::SERIAL, serial);
            let exchanged = change(draft).sign(&*scene.ladder.ca_key());
            waiting.exchange(exchanged.to_be_signed());
            assert_refused(scene, &waiting, case);
        }
        // The claim of another number, which is honest.
        let waiting = Waiting::new(scene);
        let other = *waiting.ca.prepare(&scene.ladder.request(&["db.internal"])).unwrap().serial();
        waiting.exchange(&waiting.claimed(&other));
        assert_refused(scene, &waiting, "another claim");
    });
}

#[test]
fn what_was_claimed_is_completed() {
    for_each_family(|scene| {
        let waiting = Waiting::new(scene);
        // Others come between, also in the log.
        for _ in 0..3 {
            waiting.ca.prepare(&scene.ladder.request(&["db.internal"])).unwrap();
        }
        let certificate = waiting.complete(scene).unwrap();
        assert_eq!(certificate.serial(), &waiting.serial);
        assert_eq!(waiting.ca.find(&waiting.serial).unwrap(), Some(certificate));
    });
}

/// A signature that is carried across an air gap takes days.
#[test]
fn what_was_claimed_ten_days_ago_is_completed() {
    for_each_family(|scene| {
        let waiting = Waiting::new(scene);
        let claimed = scene.clock.now().unwrap();
        scene.clock.set_to(claimed.plus(Lifetime::days(10)).unwrap());
        let certificate = waiting.complete(scene).unwrap();
        assert!(certificate.validity().not_before() <= claimed);
        scene.clock.set_to(claimed);
    });
}

#[track_caller]
fn assert_refused(scene: &Scene, waiting: &Waiting, case: &str) {
    let error = waiting.complete(scene).expect_err(case);
    match &error {
        Error::Denied(_) => {}
        Error::Store(store) if store.kind() == StoreErrorKind::Corrupt => {}
        other => panic!("{case}: {other}"),
    }
    assert_eq!(waiting.ca.find(&waiting.serial).unwrap(), None, "{case}");
}
