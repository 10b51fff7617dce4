//! An issuer that is revoked, or below one that is, claims and records nothing more, whenever that
//! happens; it goes on listing what it revoked.

use std::sync::Arc;
use std::thread;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::Rule;
use certwright::ledger::{AuditAction, Ledger, RecordState};
use certwright::time::Lifetime;
use certwright::{Authority, Error, Issuer, MemoryStore, Profile, SerialNumber, Signer as _};

use crate::common;
use crate::craft::{self, internal};
use crate::hooked::{Before, Hooked};
use crate::revoked::{Scene, for_each_family, read};

const BROKEN: RevocationReason = RevocationReason::CaCompromise;

/// What an authority can do that gives trust.
const WAYS: [&str; 4] = ["issue", "issue_many", "delegate", "complete"];

/// The authority of a CA below the intermediate, on a ledger of its own over the same store.
fn lower(scene: &Scene, ledger: Ledger) -> Authority {
    let key = craft::key(scene.ladder.algorithm, 8);
    let middle = scene.root.delegate("CN=M".parse().unwrap(), Profile::intermediate(2), key);
    let middle = Authority::on(middle.unwrap(), internal(), ledger.clone());
    let middle = middle.with_clock(scene.clock.clone());
    let lower =
        middle.delegate("CN=L".parse().unwrap(), Profile::intermediate(1), lower_key(scene));
    Authority::on(lower.unwrap(), internal(), ledger).with_clock(scene.clock.clone())
}

fn lower_key(scene: &Scene) -> Arc<certwright::KeyPair> {
    craft::key(scene.ladder.algorithm, 9)
}

/// Does it; `signed` happens before a signature that was made elsewhere is handed in.
fn give(scene: &Scene, ca: &Authority, way: &str, signed: impl FnOnce()) -> Result<(), Error> {
    let request = scene.ladder.request(&["db.internal"]);
    match way {
        "issue" => ca.issue(&request).map(drop),
        "issue_many" => {
            let answers = ca.issue_many(&[request.clone(), request]);
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count() % 2, 0);
            answers.into_iter().try_for_each(|answer| answer.map(drop))
        }
        "delegate" => {
            let key = craft::key(scene.ladder.algorithm, 7);
            ca.delegate("CN=N".parse().unwrap(), Profile::intermediate(0), key).map(drop)
        }
        _ => {
            let prepared = ca.prepare(&request)?;
            let signature = lower_key(scene).sign(prepared.to_be_signed()).unwrap();
            signed();
            ca.complete(prepared.serial(), &signature).map(drop)
        }
    }
}

#[test]
fn a_revocation_between_any_two_transactions_stops_it() {
    let mut hooked = 0;
    for way in WAYS {
        for before in [Before::Read, Before::Write] {
            for number in 1..=6 {
                for of_ancestor in [false, true] {
                    let store = Arc::new(MemoryStore::default());
                    let hook = Hooked::new(Arc::clone(&store));
                    let scene = Scene::on(common::families()[0], 1, Arc::clone(&store));
                    let ca = lower(&scene, Ledger::new(Arc::clone(&hook)));
                    let chain = ca.issuer().chain();
                    let certificates: Vec<_> = chain.certificates().cloned().collect();
                    // The issuer's own certificate, or that of the CA above it.
                    let at = usize::from(of_ancestor);
                    let (revoked, by) = (certificates[at].clone(), certificates[at + 1].clone());
                    let above = without_key(by, &certificates[at + 2..], &scene);
                    let above = Authority::on(above, internal(), Ledger::new(Arc::clone(&store)));
                    let above = above.with_clock(scene.clock.clone());
                    hook.hook(before, number, move || {
                        above.revoke(revoked.serial(), BROKEN).unwrap();
                    });
                    let answer = give(&scene, &ca, way, || {});
                    if hook.unhook() {
                        answer.unwrap();
                        continue;
                    }
                    hooked += 1;
                    let case = format!("{way}, {before:?} {number}, ancestor {of_ancestor}");
                    nothing_after_the_revocation(&ca, &case);
                    if let Err(error) = answer {
                        let rules: Vec<Rule> =
                            error.reasons().iter().map(|reason| reason.rule).collect();
                        assert_eq!(rules, [Rule::IssuerRevoked], "{case}: {error}");
                    } else {
                        // It came after everything was recorded: only a read can have.
                        assert_eq!(before, Before::Read, "{case}");
                    }
                    // The next is refused at once.
                    let error = give(&scene, &ca, way, || {}).unwrap_err();
                    assert_eq!(error.reasons()[0].rule, Rule::IssuerRevoked, "{case}: {error}");
                }
            }
        }
    }
    assert!(hooked > 40, "{hooked}");
}

#[test]
fn threads_that_issue_while_their_issuer_is_revoked() {
    for_each_family(|scene| {
        let ca = lower(scene, scene.ca.ledger().clone());
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let request = scene.ladder.request(&["db.internal"]);
                    for _ in 0..1_000 {
                        if let Err(error) = ca.issue(&request) {
                            assert_eq!(error.reasons()[0].rule, Rule::IssuerRevoked, "{error}");
                            return;
                        }
                    }
                    panic!("it issued on and on");
                });
            }
            thread::sleep(std::time::Duration::from_millis(30));
            scene.root.revoke(&middle(&ca), BROKEN).unwrap();
        });
        nothing_after_the_revocation(&ca, "threads");
    });
}

#[test]
fn a_revoked_issuer_goes_on_listing_and_revoking() {
    for_each_family(|scene| {
        let ca = lower(scene, scene.ca.ledger().clone());
        let request = scene.ladder.request(&["db.internal"]);
        let [one, two] = [(); 2].map(|()| *ca.issue(&request).unwrap().certificate().serial());
        ca.revoke(&one, BROKEN).unwrap();
        scene.root.revoke(&middle(&ca), BROKEN).unwrap();
        let error = ca.issue(&request).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::IssuerRevoked, "{error}");
        ca.revoke(&two, BROKEN).unwrap();
        let week = CrlRequest::full(Lifetime::days(7));
        let list = ca.issue_crl(&week).unwrap();
        assert!([one, two].iter().all(|serial| read(&list).find(serial).is_some()));
        let delta = CrlRequest::delta(list.number(), Lifetime::days(1));
        assert!(read(&ca.issue_crl(&delta).unwrap()).is_empty());
    });
}

/// The serial number of the CA above.
fn middle(ca: &Authority) -> SerialNumber {
    *ca.issuer().chain().above()[0].serial()
}

fn without_key(
    own: certwright::Certificate,
    above: &[certwright::Certificate],
    scene: &Scene,
) -> Issuer {
    let certificates = std::iter::once(own).chain(above.iter().cloned());
    Issuer::without_key(certificates, scene.ladder.root.signature_algorithm()).unwrap()
}

/// After the entry of the revocation nothing of this issuer was claimed or issued; and what was not
/// issued before is not there.
fn nothing_after_the_revocation(ca: &Authority, case: &str) {
    let digest = Ledger::issuer_digest(ca.issuer().certificate().public_key().unwrap());
    let entries = ca.ledger().audit(1, usize::MAX).unwrap();
    let revoked = |entry: &certwright::ledger::AuditEntry| {
        entry.action == AuditAction::Revoked && entry.issuer != digest
    };
    let at = entries.iter().position(revoked).expect("it was revoked");
    for entry in &entries[at..] {
        let gives = matches!(entry.action, AuditAction::Claimed | AuditAction::Issued);
        assert!(!gives || entry.issuer != digest, "{case}: {entry:?}");
    }
    let issued = entries[..at]
        .iter()
        .filter(|entry| entry.action == AuditAction::Issued && entry.issuer == digest)
        .count();
    let records = ca.ledger().certificates(None, usize::MAX).unwrap();
    let there = records
        .iter()
        .filter(|record| record.issuer == digest)
        .filter(|record| matches!(record.state, RecordState::Issued { .. }))
        .count();
    assert_eq!(there, issued, "{case}");
}
