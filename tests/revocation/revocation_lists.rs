//! The forms of CRLs: times, pruning, deltas and shards. OpenSSL is the judge.

use std::collections::BTreeSet;
use std::sync::Arc;

use certwright::crl::{CrlDistribution, CrlRequest, IssuedCrl, RevocationList, RevocationReason};
use certwright::key::KeyFamily;
use certwright::ledger::Ledger;
use certwright::time::Lifetime;
use certwright::{Authority, Error, MemoryStore, SerialNumber};

use crate::common;
use crate::craft::{self, internal, time};
use crate::revoked::{self, Scene, entries, for_each_family, hex, read, serials, sorted, verify};

const HOLD: RevocationReason = RevocationReason::CertificateHold;
const SUPERSEDED: RevocationReason = RevocationReason::Superseded;

#[test]
fn times_are_right_on_both_sides_of_2050() {
    if !common::judge("openssl") {
        return;
    }
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 1);
        // The ladder ends in 2036; a root of its own lives long enough.
        let root = certwright::Issuer::self_signed_at(
            "CN=Long".parse().unwrap(),
            certwright::Profile::root(),
            scene.ladder.root_key(),
            craft::serial(9),
            craft::period("2040-01-01T00:00:00Z", "2060-01-01T00:00:00Z"),
        );
        let policy = internal().with_root_leaves(certwright::policy::RootLeaves::Allow);
        let authority = Authority::new(root.unwrap(), policy, MemoryStore::default());
        let authority = authority.with_clock(scene.clock.clone());
        let mut revoked = Vec::new();
        for (at, hours, openssl, tags) in [
            (
                "2049-12-30T00:00:00Z",
                24,
                ["Dec 30 00:00:00 2049", "Dec 31 00:00:00 2049"],
                [0x17, 0x17],
            ),
            (
                "2049-12-31T23:59:59Z",
                1,
                ["Dec 31 23:59:59 2049", "Jan  1 00:59:59 2050"],
                [0x17, 0x18],
            ),
            (
                "2050-01-01T00:00:00Z",
                1,
                ["Jan  1 00:00:00 2050", "Jan  1 01:00:00 2050"],
                [0x18, 0x18],
            ),
        ] {
            scene.clock.set(at);
            let chain =
                authority.issue(&scene.ladder.request(&["db.internal"])).unwrap().into_chain();
            authority.revoke(chain.leaf().serial(), SUPERSEDED).unwrap();
            revoked.push((*chain.leaf().serial(), openssl[0], time(at)));
            let list = authority.issue_crl(&CrlRequest::full(Lifetime::hours(hours))).unwrap();
            let text = revoked::text_of(&list, authority.issuer());
            assert!(text.contains(&format!("Last Update: {} GMT", openssl[0])), "{text}");
            assert!(text.contains(&format!("Next Update: {} GMT", openssl[1])), "{text}");
            for (serial, printed, at) in &revoked {
                let (_, rest) = entries(&text).into_iter().find(|e| e.0 == hex(serial)).unwrap();
                assert!(rest.contains(&format!("Revocation Date: {printed} GMT")), "{rest}");
                assert_eq!(read(&list).find(serial).unwrap().0, *at);
            }
            // UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 section 5.1.2.4).
            let fields = craft::children(&craft::children(&list.to_der())[0]);
            assert_eq!([fields[3][0], fields[4][0]], tags, "{at}");
        }
    }
}

/// What is written is read, also where it is longer than anything else that is read.
#[test]
fn a_list_of_more_than_a_mebibyte_is_read_as_it_was_written() {
    let Some(algorithm) = common::families().into_iter().next() else { return };
    let scene = Scene::new(algorithm, 1);
    let request = scene.ladder.request(&["db.internal"]);
    let serials: BTreeSet<SerialNumber> = (0..20_000)
        .map(|_| {
            let serial = *scene.ca.prepare(&request).unwrap().serial();
            scene.ca.revoke(&serial, SUPERSEDED).unwrap();
            serial
        })
        .collect();
    let list = scene.full();
    assert!(list.to_der().len() > 1024 * 1024);
    for read in [read(&list), RevocationList::from_pem(&list.to_pem()).unwrap()] {
        assert_eq!(read.as_der(), list.to_der());
        assert!(read.serials().eq(&serials));
        read.verify_signature(scene.ca.issuer().certificate().public_key().unwrap()).unwrap();
    }
    assert!(certwright::lint::lint(&list.to_der()).findings().is_empty());
    let reports = certwright::lint::Linter::new().lint_pem(&list.to_pem()).unwrap();
    assert!(reports.iter().all(|report| report.findings().is_empty()));
}

#[test]
fn an_expired_entry_is_on_one_more_list_and_then_gone() {
    for_each_family(|scene| {
        let short = scene.issue_until("2026-06-10T00:00:00Z");
        let long = scene.issue_until("2026-08-01T00:00:00Z");
        let claimed = scene.claim();
        for serial in [&short, &long, &claimed] {
            scene.ca.revoke(serial, SUPERSEDED).unwrap();
        }
        assert_eq!(listed(&scene.full(), &[short, long, claimed]), [true; 3]);
        scene.clock.set("2026-06-10T00:00:01Z");
        let once = scene.full();
        assert_eq!(listed(&once, &[short, long, claimed]), [true; 3], "one more");
        scene.clock.set("2026-06-11T00:00:00Z");
        let next = scene.full();
        assert_eq!(listed(&next, &[short, long, claimed]), [false, true, true], "then gone");
        scene.clock.set("2030-01-01T00:00:00Z");
        scene.ca.issue_crl(&CrlRequest::full(Lifetime::days(7)).force_date()).unwrap();
        scene.clock.set("2030-01-02T00:00:00Z");
        // Nobody knows when what was claimed ends.
        assert_eq!(listed(&scene.full(), &[short, long, claimed]), [false, false, true]);
    });
}

#[test]
fn an_expired_entry_of_a_shard_is_on_one_more_list_of_that_shard() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 2);
        let short = until_shard(&scene, 1);
        scene.ca.revoke(&short, SUPERSEDED).unwrap();
        let shard = |shard| CrlRequest::full(Lifetime::days(7)).for_shard(shard);
        assert_eq!(listed(&scene.ca.issue_crl(&shard(1)).unwrap(), &[short]), [true]);
        scene.clock.set("2026-06-10T00:00:01Z");
        scene.ca.issue_crl(&shard(0)).unwrap();
        scene.clock.set("2026-06-10T00:00:02Z");
        let once = scene.ca.issue_crl(&shard(1)).unwrap();
        assert_eq!(listed(&once, &[short]), [true], "{algorithm}: no list after its end had it");
        scene.clock.set("2026-06-10T00:00:03Z");
        assert_eq!(listed(&scene.ca.issue_crl(&shard(1)).unwrap(), &[short]), [false]);
    }
}

#[test]
fn a_list_that_was_never_signed_does_not_count_as_the_last() {
    for_each_family(|scene| {
        let short = scene.issue_until("2026-06-10T00:00:00Z");
        scene.ca.revoke(&short, SUPERSEDED).unwrap();
        scene.full();
        scene.clock.set("2026-06-10T00:00:01Z");
        // The same issuer with its key elsewhere: it can sign no list.
        let issuer = certwright::Issuer::without_key(
            scene.ca.issuer().chain(),
            scene.ca.issuer().signature_algorithm(),
        );
        let absent = Authority::on(issuer.unwrap(), internal(), scene.ca.ledger().clone());
        let absent = absent.with_clock(scene.clock.clone());
        let error = absent.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap_err();
        assert!(matches!(error, Error::Signer(_)), "{error}");
        let waiting = absent.prepare_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        assert_eq!(waiting.number, 2);
        scene.clock.set("2026-06-10T00:00:02Z");
        let list = scene.full();
        assert_eq!(list.number(), 3, "a number is not given twice");
        assert_eq!(listed(&list, &[short]), [true], "no list after its end had it");
    });
}

#[test]
fn a_delta_has_what_changed_since_its_base_and_says_so_critically() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let [old, held, kept, new, fresh] = [(); 5].map(|()| *scene.issue().leaf().serial());
        scene.ca.revoke(&old, SUPERSEDED).unwrap();
        scene.ca.revoke(&held, HOLD).unwrap();
        scene.ca.revoke(&kept, HOLD).unwrap();
        let base = scene.full();
        scene.ca.release(&held).unwrap();
        scene.ca.revoke(&new, RevocationReason::KeyCompromise).unwrap();
        let delta = scene.delta(&base);
        let text = scene.text(&delta);
        assert!(text.contains("X509v3 Delta CRL Indicator: critical"), "{text}");
        let printed = text.split_once("Delta CRL Indicator: critical").unwrap().1;
        assert_eq!(printed.split_whitespace().next(), Some(base.number().to_string().as_str()));
        assert_eq!(serials(&text), sorted(&[held, new]));
        for (serial, reason) in [(held, "Remove From CRL"), (new, "Key Compromise")] {
            let (_, rest) = entries(&text).into_iter().find(|e| e.0 == hex(&serial)).unwrap();
            assert!(rest.contains(reason), "{rest}");
        }
        let delta = read(&delta);
        assert_eq!((delta.number(), delta.delta_base()), (Some(2), Some(1)));
        assert_eq!(delta.distribution_urls(), read(&base).distribution_urls(), "the same scope");

        // A second delta to the same base has the earlier changes too.
        scene.ca.revoke(&fresh, SUPERSEDED).unwrap();
        let second = read(&scene.delta(&base));
        assert_eq!(second.len(), 3);
        assert_eq!(second.find(&held).unwrap().1, Some(8));
        let full = scene.full();
        assert_eq!(listed(&full, &[old, held, kept, new, fresh]), [true, false, true, true, true]);
        assert!(read(&scene.delta(&full)).is_empty(), "nothing changed since");
    });
}

#[test]
fn a_delta_to_no_full_list_is_refused() {
    for_each_family(|scene| {
        let base = scene.full();
        let delta = scene.delta(&base);
        for wrong in [0, delta.number(), 99, u64::MAX] {
            let request = CrlRequest::delta(wrong, Lifetime::days(1));
            let answer = scene.ca.issue_crl(&request);
            let error = answer.expect_err(&format!("a delta to {wrong}"));
            assert_eq!(
                error.reasons().first().map(|r| r.rule),
                Some(certwright::error::Rule::CrlBase),
                "{error}"
            );
        }
    });
}

#[test]
fn shards_part_the_whole_and_each_is_where_its_leaves_point() {
    if !common::judge("openssl") {
        return;
    }
    for algorithm in common::families() {
        let scene = Scene::new(algorithm, 4);
        let distribution = scene.ca.issuer().crl_distribution().unwrap().clone();
        let chains: Vec<_> = (0..24).map(|_| scene.issue()).collect();
        let serials_of: Vec<SerialNumber> = chains.iter().map(|c| *c.leaf().serial()).collect();
        for serial in &serials_of[..20] {
            scene.ca.revoke(serial, SUPERSEDED).unwrap();
        }
        let lists: Vec<IssuedCrl> = (0..4)
            .map(|shard| CrlRequest::full(Lifetime::days(7)).for_shard(shard))
            .map(|request| scene.ca.issue_crl(&request).unwrap())
            .collect();
        let mut all = Vec::new();
        for (shard, list) in lists.iter().enumerate() {
            let text = scene.text(list);
            let url = scene.ca.issuer().crl_url(shard as u16).unwrap();
            assert!(text.contains(&format!("URI:{url}\n")), "{url}: {text}");
            assert!(text.contains("X509v3 Issuing Distribution Point: critical"), "{text}");
            let wanted = serials_of[..20].iter().copied();
            let wanted = wanted.filter(|s| usize::from(distribution.shard_of(s)) == shard);
            assert_eq!(serials(&text), sorted(&wanted.collect::<Vec<_>>()));
            all.extend(serials(&text));
        }
        assert_eq!(all.len(), 20, "every one is in one shard");
        let urls: Vec<_> =
            lists.iter().flat_map(|l| read(l).distribution_urls().to_vec()).collect();
        assert_eq!(urls.len(), 4);
        if algorithm.family() == KeyFamily::Sm2 {
            continue; // OpenSSL 3.0 verifies no SM2 chain.
        }
        for (number, chain) in chains.iter().enumerate().skip(16) {
            let shard = usize::from(distribution.shard_of(chain.leaf().serial()));
            let answer = verify(chain, &[&lists[shard]], &["-extended_crl"]);
            let wanted = if number < 20 { "certificate revoked" } else { "leaf.pem: OK" };
            assert!(answer.contains(wanted), "{answer}");
            let answer = verify(chain, &[&lists[(shard + 1) % 4]], &["-extended_crl"]);
            assert!(answer.contains("different CRL scope"), "another shard's list: {answer}");
        }
    }
}

#[test]
fn where_there_is_no_distribution_neither_leaf_nor_list_names_one() {
    if !common::judge("openssl") {
        return;
    }
    for_each_family(|scene| {
        let store = Arc::new(MemoryStore::default());
        let plain = Authority::on(scene.ladder.ca.clone(), internal(), Ledger::new(store));
        let plain = plain.with_clock(scene.clock.clone());
        let chain = plain.issue(&scene.ladder.request(&["db.internal"])).unwrap().into_chain();
        let points = "2.5.29.31".parse().unwrap();
        assert!(chain.leaf().extensions().iter().all(|extension| extension.oid != points));
        let list = plain.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert!(!scene.text(&list).contains("Distribution Point"));
    });
    for bad in
        ["", "ftp://a.example", "http://", "http:///x", "http://a/?q", "http://a/#f", "http://ä"]
    {
        let error = CrlDistribution::new(bad).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{bad}: {error}");
    }
    for bad in [0, 257] {
        let distribution = CrlDistribution::new("http://a.example").unwrap();
        assert!(matches!(distribution.with_shards(bad), Err(Error::Malformed(_))), "{bad}");
    }
}

/// Which of these are on a list.
fn listed<const N: usize>(list: &IssuedCrl, serials: &[SerialNumber; N]) -> [bool; N] {
    let list = read(list);
    serials.map(|serial| list.find(&serial).is_some())
}

/// A certificate of this shard that ends on the tenth of June.
fn until_shard(scene: &Scene, shard: u16) -> SerialNumber {
    let distribution = scene.ca.issuer().crl_distribution().unwrap();
    let mut serials = std::iter::repeat_with(|| scene.issue_until("2026-06-10T00:00:00Z"));
    serials.find(|serial| distribution.shard_of(serial) == shard).unwrap()
}
