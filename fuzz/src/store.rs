//! Stores against a `BTreeMap`, and the ledger against a list of what was done.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use arbitrary::Arbitrary;
use certwright::Store;
use certwright::crl::RevocationReason;
use certwright::error::{StoreError, StoreErrorKind};
use certwright::ledger::Ledger;
use certwright::policy::OnDenial;
use certwright::store::ReadTransaction;
use certwright::time::FixedClock;
use certwright::{
    Authority, CertificateRequest, MemoryStore, Policy, Profile, RedbStore, SerialNumber,
};

use crate::issue::ISSUER;
use crate::keys::LEAF;
use crate::stores::{Bytes, records};

/// What is done: to a store, or to an authority on one.
#[derive(Arbitrary, Debug)]
pub struct Script {
    durable: bool,
    transactions: Vec<Transaction>,
    acts: Vec<Act>,
}

#[derive(Arbitrary, Debug)]
struct Transaction {
    steps: Vec<Step>,
    fails: bool,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Delete(Key),
    Get(Key),
    Put(Key, Vec<u8>),
    Scan { prefix: Key, from: Key, most: u8 },
}

/// Short keys of few bytes, so that they meet and are prefixes of each other.
#[derive(Arbitrary, Debug)]
struct Key(Vec<u8>);

#[derive(Arbitrary, Debug)]
enum Act {
    Crl,
    Issue,
    Release(u8),
    Revoke(u8, u8),
}

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

pub fn check(script: Script) {
    let store: Arc<dyn Store> = if script.durable {
        Arc::new(RedbStore::open_or_create_on(Bytes::default()).unwrap())
    } else {
        Arc::new(MemoryStore::default())
    };
    let mut model = Model::new();
    for transaction in script.transactions.iter().take(32) {
        run(store.as_ref(), &mut model, transaction);
        assert_eq!(records(store.as_ref()), model.clone().into_iter().collect::<Vec<_>>());
    }
    if !script.acts.is_empty() {
        keep_books(&script.acts);
    }
}

fn run(store: &dyn Store, model: &mut Model, transaction: &Transaction) {
    let mut after = model.clone();
    let written = store.write(&mut |writing| {
        after = model.clone();
        for step in transaction.steps.iter().take(64) {
            match step {
                Step::Delete(key) => {
                    writing.delete(&key.bytes())?;
                    after.remove(&key.bytes());
                }
                Step::Get(key) => {
                    assert_eq!(writing.get(&key.bytes())?, after.get(&key.bytes()).cloned());
                }
                Step::Put(key, value) => {
                    writing.put(&key.bytes(), value)?;
                    after.insert(key.bytes(), value.clone());
                }
                Step::Scan { prefix, from, most } => {
                    let (prefix, from) = (prefix.bytes(), from.bytes());
                    let most = usize::from(*most) + 1;
                    let found = scan(writing, &prefix, &from, most)?;
                    let wanted = after
                        .range(from.max(prefix.clone())..)
                        .take_while(|(key, _)| key.starts_with(&prefix))
                        .take(most);
                    let wanted: Vec<_> = wanted.map(|(k, v)| (k.clone(), v.clone())).collect();
                    assert_eq!(found, wanted);
                }
            }
        }
        match transaction.fails {
            true => Err(StoreError::new(StoreErrorKind::Conflict, "as the script says")),
            false => Ok(()),
        }
    });
    assert_eq!(written.is_err(), transaction.fails);
    if !transaction.fails {
        *model = after;
    }
}

type KeyAndValue = (Vec<u8>, Vec<u8>);

fn scan(
    reading: &dyn ReadTransaction,
    prefix: &[u8],
    from: &[u8],
    most: usize,
) -> Result<Vec<KeyAndValue>, StoreError> {
    let mut found = Vec::new();
    reading.scan(prefix, from, &mut |key, value| {
        found.push((key.to_vec(), value.to_vec()));
        if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found)
}

impl Key {
    fn bytes(&self) -> Vec<u8> {
        let folded = self.0.iter().take(4).map(|byte| [0, 1, b'a', 0xff][usize::from(byte & 3)]);
        // A key is not empty.
        std::iter::once(b'k').chain(folded).collect()
    }
}

/// Where a certificate is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Good,
    Held,
    Revoked,
}

fn keep_books(acts: &[Act]) {
    let now = "2026-06-01T00:00:00Z".parse().unwrap();
    let policy = Policy::new(Profile::tls_server())
        .allow_dns(".example.org")
        .unwrap()
        .with_on_denial(OnDenial::LeaveOut);
    let store = Arc::new(MemoryStore::default());
    let authority =
        Authority::new(ISSUER.clone(), policy, Arc::clone(&store)).with_clock(FixedClock(now));
    let digest = Ledger::issuer_digest(ISSUER.certificate().public_key().unwrap());
    let mut model: Vec<(SerialNumber, State)> = Vec::new();
    let mut crls = 0;
    for act in acts.iter().take(24) {
        let pick = |number: &u8| (!model.is_empty()).then(|| usize::from(*number) % model.len());
        match act {
            Act::Crl => {
                crls += 1;
                let crl = authority
                    .issue_crl(&certwright::crl::CrlRequest::full(
                        certwright::time::Lifetime::days(7),
                    ))
                    .unwrap();
                assert_eq!(crl.number(), crls);
                let list = certwright::crl::RevocationList::from_der(&crl.to_der()).unwrap();
                for (serial, state) in &model {
                    assert_eq!(list.find(serial).is_some(), *state != State::Good);
                }
            }
            Act::Issue => {
                let chain = authority.issue(&*REQUEST).unwrap().into_chain();
                model.push((*chain.leaf().serial(), State::Good));
            }
            Act::Release(number) => {
                let Some(at) = pick(number) else { continue };
                let (serial, state) = &mut model[at];
                assert_eq!(authority.release(serial).is_ok(), *state == State::Held);
                if *state == State::Held {
                    *state = State::Good;
                }
            }
            Act::Revoke(number, reason) => {
                let Some(at) = pick(number) else { continue };
                let (serial, state) = &mut model[at];
                let (reason, new) = REASONS[usize::from(*reason) % REASONS.len()];
                let before = *state;
                let revoked = authority.revoke(serial, reason);
                // A hold may become final; what is final stays.
                let wanted =
                    before == State::Good || (before == State::Held && new == State::Revoked);
                assert_eq!(revoked.is_ok(), wanted, "{revoked:?}");
                if wanted {
                    *state = new;
                }
            }
        }
    }
    let ledger = authority.ledger();
    let records = ledger.certificates(None, 1000).unwrap();
    assert_eq!(records.len(), model.len());
    for (serial, state) in &model {
        let found = ledger.revocation(&digest, serial).unwrap();
        assert_eq!(found.is_some(), *state != State::Good);
        assert!(ledger.certificate(&digest, serial).unwrap().is_some());
    }
    ledger.verify_audit().unwrap();
}

const REASONS: [(RevocationReason, State); 3] = [
    (RevocationReason::CertificateHold, State::Held),
    (RevocationReason::KeyCompromise, State::Revoked),
    (RevocationReason::Superseded, State::Revoked),
];

static REQUEST: LazyLock<CertificateRequest> = LazyLock::new(|| {
    CertificateRequest::builder("CN=a.example.org".parse().unwrap())
        .alt_name(certwright::AltName::dns("a.example.org").unwrap())
        .sign(&*LEAF)
        .unwrap()
});
