//! Whoever shows a chain picks the lists that the verifier sees: in what order, of which scope, under
//! which spelling of the issuer's name. What one list of the issuer revokes no choice of others permits.

use certwright::crl::RevocationList;
use certwright::verify::UnknownRevocation;
use certwright::{Certificate, Chain, ChainVerifier, Profile};
use proptest::prelude::*;

use crate::common;
use crate::craft::{self, Draft, KEY_USAGE, Ladder, SERIAL, SUBJECT, now, tlv};
use crate::signed_lists::{
    DELTA, EVERY, List, NUMBER, REASON, World, flag, good, is_revoked, point, printable, worlds,
};

/// Every list that names the leaf for good: of every scope, spelling, base and age.
fn namings() -> Vec<List> {
    let naming = || List { names: Some(Some(1)), ..good() };
    let spellings: [Vec<u8>; 4] = [
        craft::name(&[("2.5.4.10", 0x0c, b"Example Org"), ("2.5.4.3", 0x0c, b"CA")]),
        craft::name(&[("2.5.4.10", 0x14, b" EXAMPLE  org"), ("2.5.4.3", 0x1e, b"\0C\0a")]),
        craft::name(&[("2.5.4.3", 0x0c, b"Another")]),
        craft::name(&[]),
    ];
    let scopes: [Vec<Vec<u8>>; 8] = [
        vec![point("http://a.example/1.crl")],
        vec![point("http://elsewhere.example/9.crl")],
        vec![point("http://a.example/1.crl"), flag(0x81)],
        vec![flag(0x81)],
        vec![flag(0x82)],
        vec![flag(0x85)],
        vec![vec![0x83, 2, 6, 0x40]],
        vec![flag(0x84)],
    ];
    let mut all = vec![naming()];
    all.extend(spellings.map(|issuer| List { issuer, ..naming() }));
    all.extend(scopes.map(|scope| List { scope: Some(scope), ..naming() }));
    all.extend([None, Some(2), Some(10)].map(|reason| List { names: Some(reason), ..naming() }));
    // Another base, no base at hand; a full list cannot remove.
    all.push(List { base: Some(4), number: 9, ..naming() });
    all.push(List { base: Some(100), number: 101, ..naming() });
    all.push(List { names: Some(Some(8)), ..good() });
    // Expired, without an end, and from after the time that is asked of.
    all.push(List { from: "260401000000Z", to: Some("260408000000Z"), ..naming() });
    all.push(List { from: "260520000000Z", to: None, ..naming() });
    all.push(List { from: "250101000000Z", to: None, ..naming() });
    all.push(List { from: "260701000000Z", to: Some("260708000000Z"), ..naming() });
    all
}

/// Lists that permit, or try to.
fn lures() -> Vec<List> {
    let delta = List { names: Some(Some(8)), base: Some(1), number: 100, ..good() };
    vec![
        good(),
        List { number: 100, from: "260531000000Z", ..good() },
        List { scope: Some(vec![point("http://a.example/1.crl"), flag(0x81)]), ..good() },
        List { scope: Some(vec![flag(0x81)]), number: 60, ..good() },
        delta.clone(),
        List { scope: Some(vec![point("http://a.example/1.crl")]), ..delta.clone() },
        List { base: Some(5), number: 5, ..delta },
        List { names: Some(Some(8)), base: Some(99), number: 127, from: "260531000000Z", ..good() },
        List { from: "260101000000Z", to: Some("260108000000Z"), ..good() },
    ]
}

#[test]
fn what_one_list_of_the_issuer_names_is_refused_whatever_stands_beside_it() {
    for world in worlds() {
        let lures: Vec<RevocationList> = lures().iter().map(|list| world.own(list)).collect();
        for naming in namings() {
            let naming = world.own(&naming);
            world.revoked(std::slice::from_ref(&naming));
            world.revoked(&[lures.clone(), vec![naming.clone()]].concat());
            world.revoked(&[vec![naming], lures.clone()].concat());
        }
        world.accepted(&lures);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Adding a list never turns "revoked" into "accepted": not in any order, not beside any others.
    #[test]
    fn adding_a_list_never_turns_revoked_into_accepted(
        naming in 0..namings().len(),
        picked in prop::collection::vec((0..lures().len() + namings().len(), any::<bool>()), 0..6),
        place in any::<prop::sample::Index>(),
    ) {
        let world = World::new(common::families()[0]);
        let all = [lures(), namings()].concat();
        let stranger = craft::key(world.ladder.algorithm, 7);
        let mut lists: Vec<RevocationList> = picked
            .iter()
            .map(|(at, own)| match own {
                true => world.own(&all[*at]),
                false => world.make(&all[*at], &stranger),
            })
            .collect();
        lists.insert(place.index(lists.len() + 1), world.own(&namings()[naming]));
        for unknown in EVERY {
            let error = world.verify(&lists, unknown).unwrap_err();
            prop_assert!(is_revoked(&error), "{}", error);
        }
    }
}

#[test]
fn a_hold_is_undone_by_what_the_issuer_said_later_and_by_nothing_else() {
    for world in worlds() {
        let held = List { names: Some(Some(6)), ..good() };
        let release = List { names: Some(Some(8)), base: Some(5), number: 6, ..good() };
        let (own, full) = (|list: &List| world.own(list), world.own(&held));
        world.revoked(std::slice::from_ref(&full));
        world.accepted(&[full.clone(), own(&release)]);
        for other in [
            // Of a later base, not later, older, of another scope, expired, or a full list.
            List { base: Some(6), number: 7, ..release.clone() },
            List { number: 5, ..release.clone() },
            List { base: Some(2), number: 4, ..release.clone() },
            List { from: "260524000000Z", ..release.clone() },
            List { scope: Some(vec![flag(0x81)]), ..release.clone() },
            List { from: "260525000000Z", to: Some("260531000000Z"), ..release.clone() },
            List { number: 6, from: "260531000000Z", ..good() },
        ] {
            world.revoked(&[full.clone(), own(&other)]);
        }
        // Held again since.
        let again = List { number: 7, from: "260531000000Z", ..held.clone() };
        world.revoked(&[full.clone(), own(&release), own(&again)]);
        // What is held by an expired list is held until a newer one has it no more.
        let old = List { from: "260401000000Z", to: Some("260408000000Z"), ..held };
        world.revoked(&[own(&old)]);
        world.accepted(&[own(&old), own(&good())]);
        world.revoked(&[own(&old), own(&List { from: "260301000000Z", ..good() })]);
    }
}

#[test]
fn an_issuer_that_may_not_sign_lists_revokes_and_permits_nothing() {
    for world in worlds() {
        let bare = Draft::of(&world.ca).set(KEY_USAGE, true, &[3, 2, 2, 4]);
        let ca = bare.sign(&world.ladder.root_key());
        let world = World { ca, ..world };
        world.untold(&[world.own(&good())], "lacks cRLSign");
        world.revoked(&[world.own(&good()), world.own(&namings()[0])]);
    }
}

#[test]
fn another_key_of_the_issuers_name_revokes_and_permits_nothing() {
    for world in worlds() {
        let stranger = craft::key(world.ladder.algorithm, 7);
        let renewed = Ladder::below(&world.ladder.root, Profile::intermediate(0), stranger.clone());
        let renewed = Draft::of(renewed.certificate()).field(SUBJECT, printable());
        let renewed = renewed.sign(&world.ladder.root_key());
        let root = world.ladder.root.certificate().clone();
        let chain = Chain::new(world.leaf.clone(), vec![world.ca.clone()]).unwrap();
        let verify = |anchors: &[Certificate], lists: Vec<RevocationList>| {
            ChainVerifier::new(anchors.to_vec(), now())
                .with_revocation_lists(lists, UnknownRevocation::Refuse)
                .verify(&chain)
        };
        let (by_root, ours) = (world.by_root(), world.own(&good()));
        let (other_good, other_naming) =
            (world.make(&good(), &stranger), world.make(&namings()[0], &stranger));
        let both = [root.clone(), renewed];
        verify(&both, vec![by_root.clone(), ours.clone(), other_good.clone()]).unwrap();
        assert!(verify(&both, vec![by_root.clone(), other_good]).is_err());
        let lists = vec![by_root, ours, other_naming];
        assert!(is_revoked(&verify(&both, lists.clone()).unwrap_err()));
        // Where nobody vouches for that key its list is a stranger's.
        verify(&[root], lists).unwrap();
    }
}

#[test]
fn of_two_entries_of_one_certificate_the_one_for_good_counts() {
    for world in worlds() {
        let list = world.own(&namings()[0]);
        let mut parts = craft::children(&craft::children(list.as_der())[0]);
        let entry = craft::children(&parts[5])[0].clone();
        let removal = {
            let fields = craft::children(&entry);
            let reason = craft::extension(REASON, false, &[10, 1, 8]);
            craft::sequence(&[fields[0].clone(), fields[1].clone(), craft::sequence(&[reason])])
        };
        let delta = craft::extension(DELTA, true, &[2, 1, 1]);
        let number = craft::extension(NUMBER, false, &[2, 1, 9]);
        parts[6] = tlv(0xa0, &[&craft::sequence(&[number, delta])]);
        for entries in [[entry.clone(), removal.clone()], [removal, entry]] {
            parts[5] = craft::sequence(&entries);
            let der = craft::signed(&craft::sequence(&parts), &world.ladder.ca_key());
            let delta = RevocationList::from_der(&der).unwrap();
            world.revoked(&[world.own(&good()), delta]);
        }
    }
}

/// A CA that is trusted itself stays trusted without lists; with its issuer's that names it, it is not.
#[test]
fn a_trust_anchor_that_another_one_revoked_is_refused() {
    for world in worlds() {
        let (root, ca) = (world.ladder.root.certificate().clone(), world.ca.clone());
        let naming = {
            let serial = Draft::of(&world.ca).fields[SERIAL].clone();
            let leaf = Draft::of(&world.leaf).field(SERIAL, serial).sign(&world.ladder.ca_key());
            let twin = World { leaf, ladder: Ladder::new(world.ladder.algorithm), ca: ca.clone() };
            let issuer = craft::name(&[("2.5.4.3", 0x0c, b"Root")]);
            let list = List { issuer, names: Some(Some(2)), ..good() };
            twin.make(&list, &world.ladder.root_key())
        };
        let verify = |anchors: &[&Certificate], lists: Vec<RevocationList>| {
            let chain = Chain::new(world.leaf.clone(), vec![ca.clone()]).unwrap();
            ChainVerifier::new(anchors.iter().copied().cloned(), now())
                .with_revocation_lists(lists, UnknownRevocation::Refuse)
                .verify(&chain)
        };
        let ours = || world.own(&good());
        let both = [&root, &ca];
        let verified = verify(&both, vec![ours(), world.by_root()]).unwrap();
        assert!(verified.unused_lists().is_empty(), "{:?}", verified.unused_lists());
        let error = verify(&both, vec![ours(), naming.clone()]).unwrap_err();
        assert!(is_revoked(&error), "{error}");
        // Nobody vouches for the root's list where the root is not trusted.
        let verified = verify(&[&ca], vec![ours(), naming]).unwrap();
        assert_eq!(verified.unused_lists().len(), 1);
    }
}
