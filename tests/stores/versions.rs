//! A record of another version is refused by name, whichever its kind: what a later version wrote is never
//! guessed at.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::collections::BTreeSet;
use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::StoreErrorKind;
use certwright::issuance::Issuance;
use certwright::key::SealingKey;
use certwright::ledger::Ledger;
use certwright::time::{FixedClock, Lifetime};
use certwright::{AltName, Authority, Error, MemoryStore};

use crate::craft::{Ladder, internal, now, time};
use crate::shelf::{algorithm, alice, assert_kind, key, put, records};

/// The table of records at the head of the ledger.
const LEDGER: &str = include_str!("../../src/ledger/mod.rs");

type Read<'a> = Box<dyn Fn() -> Result<(), Error> + 'a>;

fn read<'a, T>(read: impl Fn() -> Result<T, Error> + 'a) -> Read<'a> {
    Box::new(move || read().map(|_| ()))
}

#[test]
fn a_record_of_another_version_is_refused_by_name_whichever_its_kind() {
    let ladder = Ladder::new(algorithm());
    let store = Arc::new(MemoryStore::default());
    let ledger = Ledger::new(Arc::clone(&store));
    let sealing = || SealingKey::from_bytes([1; 32]);
    ledger.unlock(&sealing()).unwrap();
    let ca = Authority::on(ladder.ca.clone(), internal(), ledger.clone());
    let ca = ca.with_clock(FixedClock(now()));
    let digest = Ledger::issuer_digest(ladder.ca.public_key());

    // One record at least of every kind.
    let rows = ledger.rows("shop").unwrap();
    let made = [rows.insert("order", "paid").unwrap(), rows.counter("orders").unwrap()];
    alice(&ledger).write_rows(made, "").unwrap();
    let request = ladder.request(&["db.internal"]);
    let ask = || Issuance::for_request(&request).token("order-1").unwrap();
    let issued = ca.issue(ask()).unwrap();
    let (leaf, identifier) = (issued.certificate(), issued.identifier());
    ca.revoke(leaf.serial(), RevocationReason::KeyCompromise).unwrap();
    ca.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
    let kept = alice(&ledger).keep_request("", &request, None).unwrap();
    let issuer = alice(&ledger).keep_issuer(&ladder.ca.chain(), None).unwrap();
    alice(&ledger).keep_key("a key", &key(5)).unwrap();
    let prepared = *ca.prepare(&ladder.request(&["web.internal"])).unwrap().serial();
    ca.prepare_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();

    let name = AltName::dns("db.internal").unwrap();
    let ends = (now(), time("2099-01-01T00:00:00Z"));
    let state = || ledger.crl_state(&digest, 0);
    let readers: Vec<(&str, Read<'_>)> = vec![
        ("alt-name/", read(|| ledger.certificates_for(&name, None, 9))),
        ("audit/", read(|| ledger.audit(1, 9))),
        // Nothing is written behind a head that cannot be read.
        ("audit-head", read(|| alice(&ledger).write_rows([rows.counter("other")?], ""))),
        ("certificate/", read(|| ledger.certificate(&digest, leaf.serial()))),
        ("counter/", read(|| rows.counted("orders"))),
        ("crl-full/", read(state)),
        ("crl-number/", read(state)),
        ("expiry/", read(|| ledger.certificates_ending(ends.0, ends.1, None, 9))),
        ("identifier/", read(|| ledger.certificate_called(identifier))),
        ("issuer/", read(|| ledger.issuer(&issuer))),
        ("key/", read(|| ledger.key("a key"))),
        ("newest-time", read(state)),
        ("request/", read(|| ledger.request(kept))),
        ("request-number", read(|| alice(&ledger).keep_request("", &request, None))),
        ("revocation-count/", read(state)),
        ("revocation/", read(|| ledger.revocation(&digest, leaf.serial()))),
        ("row/", read(|| rows.get("order"))),
        ("seal", read(|| Ledger::new(Arc::clone(&store)).unlock(&sealing()))),
        ("subject/", read(|| ledger.certificates_of(leaf.subject(), None, 9))),
        ("token/", read(|| ca.issue(ask()))),
        ("waiting/\u{1}", read(|| ledger.waiting(None, 9))),
        ("waiting/\u{1}", read(|| ca.cancel(&prepared))),
        ("waiting/\u{2}", read(|| ledger.waiting(None, 9))),
    ];
    let before = records(&*store);
    for (prefix, read) in &readers {
        for version in [0, 9] {
            let found: Vec<_> =
                before.iter().filter(|(key, _)| key.starts_with(prefix.as_bytes())).collect();
            assert!(!found.is_empty(), "{prefix}");
            for (key, value) in &found {
                put(&*store, key, &[&[version], &value[1..]].concat());
            }
            let message = assert_kind(read(), StoreErrorKind::Corrupt);
            assert!(message.contains(&format!("version {version}")), "{prefix}: {message}");
            let later = message.contains("a later version of certwright");
            assert_eq!(later, version == 9, "{prefix}: {message}");
            found.iter().for_each(|(key, value)| put(&*store, key, value));
        }
        assert!(records(&*store) == before, "{prefix}: something was written");
    }

    // Every kind there is was read.
    let kinds = LEDGER.lines().filter_map(|line| line.strip_prefix("//! | `")?.split('`').next());
    let kinds: BTreeSet<&str> = kinds.collect();
    assert!(kinds.len() > 15, "the form of the table has changed: {kinds:?}");
    let read = readers.iter().map(|(prefix, _)| prefix.trim_end_matches(['\u{1}', '\u{2}']));
    assert_eq!(read.collect::<BTreeSet<_>>(), kinds);
}
