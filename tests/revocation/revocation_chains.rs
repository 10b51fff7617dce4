//! Path validation with revocation lists: what each list does to a chain.

use certwright::crl::{CrlRequest, IssuedCrl, RevocationList, RevocationReason};
use certwright::error::ChainRule;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::Lifetime;
use certwright::verify::UnknownRevocation;
use certwright::{Certificate, Chain, ChainVerifier, Error, MemoryStore, Profile};

use crate::common;
use crate::craft::{self, Draft, KEY_USAGE, time};
use crate::revoked::{Scene, for_each_family, read};

const HOLD: RevocationReason = RevocationReason::CertificateHold;
const COMPROMISE: RevocationReason = RevocationReason::KeyCompromise;

/// An hour after everything happened.
const LATER: &str = "2026-06-01T01:00:00Z";

#[test]
fn a_revoked_leaf_is_refused_and_a_good_one_passes() {
    for_each_family(|scene| {
        let (bad, good) = (scene.issue(), scene.issue());
        scene.ca.revoke(bad.leaf().serial(), COMPROMISE).unwrap();
        let lists = [read(&scene.full()), root_list(scene)];
        passes(scene, &good, &lists);
        refused(scene, &bad, &lists, 0, "revoked at 2026-06-01T00:00:00Z, reason 1");
        // Without lists nothing is asked.
        verifier(scene, LATER).verify(&bad).unwrap();
        // Whatever is allowed of the unknown, this one is known.
        let verifier = verifier(scene, LATER);
        let allow = verifier.with_revocation_lists(lists, UnknownRevocation::Allow);
        assert_eq!(rule(allow.verify(&bad)).0, (0, ChainRule::Revocation));
    });
}

#[test]
fn a_hold_counts_as_revoked_until_it_is_released() {
    for_each_family(|scene| {
        let chain = scene.issue();
        scene.ca.revoke(chain.leaf().serial(), HOLD).unwrap();
        let held = [read(&scene.full()), root_list(scene)];
        refused(scene, &chain, &held, 0, "reason 6");
        scene.ca.release(chain.leaf().serial()).unwrap();
        passes(scene, &chain, &[read(&scene.full()), root_list(scene)]);
    });
}

#[test]
fn a_revoked_intermediate_breaks_the_chains_below_it() {
    for_each_family(|scene| {
        let key = common::key(scene.ladder.algorithm);
        let lower = scene
            .root
            .delegate("CN=Lower".parse().unwrap(), Profile::intermediate(0), key)
            .unwrap();
        let serial = *lower.certificate().serial();
        let authority =
            certwright::Authority::on(lower, craft::internal(), scene.root.ledger().clone())
                .with_clock(scene.clock.clone());
        let chain = authority.issue(&scene.ladder.request(&["db.internal"])).unwrap().into_chain();
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        passes(scene, &chain, &[read(&list), root_list(scene)]);
        scene.root.revoke(&serial, RevocationReason::CaCompromise).unwrap();
        let lists = [read(&list), root_list(scene)];
        refused(scene, &chain, &lists, 1, "revoked at 2026-06-01T00:00:00Z, reason 2");
    });
}

#[test]
fn what_no_list_tells_is_refused_or_allowed_as_the_caller_says() {
    for_each_family(|scene| {
        let chain = scene.issue();
        let (own, above) = (read(&scene.full()), root_list(scene));
        passes(scene, &chain, &[own.clone(), above.clone()]);
        unknown(scene, &chain, &[], 0, LATER);
        unknown(scene, &chain, std::slice::from_ref(&above), 0, LATER);
        unknown(scene, &chain, std::slice::from_ref(&own), 1, LATER);
        // Whose issuer has no list at all, current or not, passes; the others do not.
        let unlisted = |lists: &[RevocationList], at| {
            let verifier = verifier(scene, at);
            let unknown = UnknownRevocation::AllowUnlisted;
            verifier.with_revocation_lists(lists.to_vec(), unknown).verify(&chain)
        };
        unlisted(&[], LATER).unwrap();
        unlisted(std::slice::from_ref(&own), LATER).unwrap();
        unlisted(std::slice::from_ref(&above), LATER).unwrap();
        let stale = rule(unlisted(std::slice::from_ref(&own), "2026-06-08T00:00:01Z"));
        assert_eq!(stale.0, (0, ChainRule::Revocation), "{}", stale.1);
        scene.ca.revoke(chain.leaf().serial(), COMPROMISE).unwrap();
        let revoked = rule(unlisted(&[read(&scene.full())], LATER));
        assert_eq!(revoked.0, (0, ChainRule::Revocation), "{}", revoked.1);
    });
}

#[test]
fn a_list_that_is_not_current_does_not_count() {
    for_each_family(|scene| {
        let chain = scene.issue();
        let above = root_list(scene);
        let list = read(&scene.full());
        let lists = [list, above];
        // nextUpdate is the 8th of June.
        for at in ["2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z"] {
            let verifier = verifier(scene, at);
            let with = verifier.with_revocation_lists(lists.clone(), UnknownRevocation::Refuse);
            with.verify(&chain).unwrap_or_else(|error| panic!("{at}: {error}"));
        }
        unknown(scene, &chain, &lists, 0, "2026-06-08T00:00:01Z");
        scene.clock.set("2026-06-03T00:00:00Z");
        let future = [read(&scene.full()), lists[1].clone()];
        unknown(scene, &chain, &future, 0, "2026-06-02T23:59:59Z");
        // The newest of those that are current counts.
        scene.ca.revoke(chain.leaf().serial(), COMPROMISE).unwrap();
        let newest = [read(&scene.full()), lists[0].clone(), lists[1].clone()];
        let verifier = verifier(scene, "2026-06-03T00:00:00Z");
        let with = verifier.with_revocation_lists(newest, UnknownRevocation::Refuse);
        assert_eq!(rule(with.verify(&chain)).0, (0, ChainRule::Revocation));
    });
}

#[test]
fn a_list_of_another_issuer_or_another_key_does_not_count() {
    for_each_family(|scene| {
        let chain = scene.issue();
        let above = root_list(scene);
        let good = scene.full();
        // Another CA of the same name.
        let key = craft::key(scene.ladder.algorithm, 7);
        let twin = craft::Ladder::below(&scene.ladder.root, Profile::intermediate(0), key);
        let twin = certwright::Authority::new(twin, craft::internal(), MemoryStore::default())
            .with_clock(scene.clock.clone());
        let twin = twin.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        assert_eq!(read(&twin).issuer(), read(&good).issuer());
        unknown(scene, &chain, &[read(&twin), above.clone()], 0, LATER);
        // A signature with one bit changed.
        let mut bytes = good.to_der();
        *bytes.last_mut().unwrap() ^= 1;
        let broken = RevocationList::from_der(&bytes).unwrap();
        let error = broken.verify_signature(scene.ca.issuer().certificate().public_key().unwrap());
        assert!(matches!(error, Err(Error::InvalidSignature { .. })));
        unknown(scene, &chain, &[broken, above.clone()], 0, LATER);
        passes(scene, &chain, &[read(&good), above]);
    });
}

#[test]
fn a_list_of_an_issuer_without_crl_sign_does_not_count() {
    for_each_family(|scene| {
        let chain = scene.issue();
        let lists = [read(&scene.full()), root_list(scene)];
        // The same intermediate, by its certificate without cRLSign.
        let draft = Draft::of(scene.ladder.ca.certificate()).set(KEY_USAGE, true, &[3, 2, 2, 4]);
        let bare = draft.sign(&*scene.ladder.root_key());
        let root = scene.ladder.root.certificate().clone();
        let other = Chain::new(chain.leaf().clone(), vec![bare, root]).unwrap();
        verifier(scene, LATER).verify(&other).unwrap();
        unknown(scene, &other, &lists, 0, LATER);
        passes(scene, &chain, &lists);
    });
}

#[test]
fn a_list_of_another_shard_does_not_count() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 2);
        let chain = scene.issue();
        let shard = scene.ca.issuer().crl_distribution().unwrap().shard_of(chain.leaf().serial());
        scene.ca.revoke(chain.leaf().serial(), COMPROMISE).unwrap();
        let list = |shard| {
            let request = CrlRequest::full(Lifetime::days(7)).for_shard(shard);
            read(&scene.ca.issue_crl(&request).unwrap())
        };
        let (own, other) = (list(shard), list(1 - shard));
        unknown(&scene, &chain, &[other.clone(), root_list(&scene)], 0, LATER);
        refused(&scene, &chain, &[other, own, root_list(&scene)], 0, "reason 1");
    }
}

#[test]
fn a_delta_revokes_and_releases_on_top_of_its_base_only() {
    for_each_family(|scene| {
        let (held, revoked) = (scene.issue(), scene.issue());
        scene.ca.revoke(held.leaf().serial(), HOLD).unwrap();
        let (base, above) = (scene.full(), root_list(scene));
        let with = |lists: &[&IssuedCrl]| -> Vec<RevocationList> {
            lists.iter().map(|l| read(l)).chain([above.clone()]).collect()
        };
        refused(scene, &held, &with(&[&base]), 0, "reason 6");
        passes(scene, &revoked, &with(&[&base]));
        scene.ca.release(held.leaf().serial()).unwrap();
        scene.ca.revoke(revoked.leaf().serial(), COMPROMISE).unwrap();
        let delta = scene.delta(&base);
        for lists in [[&base, &delta], [&delta, &base]] {
            passes(scene, &held, &with(&lists));
            refused(scene, &revoked, &with(&lists), 0, "reason 1");
        }
        // A delta alone tells nothing, even of what it lists.
        unknown(scene, &held, &with(&[&delta]), 0, LATER);
        // One that adds to a later full list than the one at hand does not fit it.
        let second = scene.full();
        scene.ca.revoke(held.leaf().serial(), COMPROMISE).unwrap();
        let later = scene.delta(&second);
        refused(scene, &held, &with(&[&base, &later]), 0, "reason 6");
        refused(scene, &held, &with(&[&second, &later]), 0, "reason 1");
        // An old delta does not undo a newer full list.
        let third = scene.full();
        refused(scene, &held, &with(&[&delta, &third]), 0, "reason 1");
    });
}

fn root_list(scene: &Scene) -> RevocationList {
    read(&scene.root.issue_crl(&CrlRequest::full(Lifetime::days(30))).unwrap())
}

fn verifier(scene: &Scene, at: &str) -> ChainVerifier {
    let anchor: Certificate = scene.ladder.root.certificate().clone();
    ChainVerifier::new([anchor], time(at)).with_purpose(ExtendedKeyUsage::SERVER_AUTH)
}

#[track_caller]
fn passes(scene: &Scene, chain: &Chain, lists: &[RevocationList]) {
    let verifier = verifier(scene, LATER);
    let with = verifier.with_revocation_lists(lists.to_vec(), UnknownRevocation::Refuse);
    with.verify(chain).unwrap();
}

#[track_caller]
fn refused(scene: &Scene, chain: &Chain, lists: &[RevocationList], link: usize, words: &str) {
    let verifier = verifier(scene, LATER);
    let with = verifier.with_revocation_lists(lists.to_vec(), UnknownRevocation::Refuse);
    let (found, detail) = rule(with.verify(chain));
    assert_eq!(found, (link, ChainRule::Revocation), "{detail}");
    assert!(detail.contains(words), "{detail}");
}

/// No list tells of the certificate at `link`.
#[track_caller]
fn unknown(scene: &Scene, chain: &Chain, lists: &[RevocationList], link: usize, at: &str) {
    let with = |unknown| verifier(scene, at).with_revocation_lists(lists.to_vec(), unknown);
    let (found, detail) = rule(with(UnknownRevocation::Refuse).verify(chain));
    assert_eq!(found, (link, ChainRule::Revocation), "{detail}");
    assert!(detail.contains("is a current one of"), "{detail}");
    with(UnknownRevocation::Allow).verify(chain).unwrap();
}

#[track_caller]
fn rule<T: std::fmt::Debug>(answer: Result<T, Error>) -> ((usize, ChainRule), String) {
    match answer.unwrap_err() {
        Error::Chain(error) => ((error.link, error.rule), error.detail),
        other => panic!("{other}"),
    }
}
