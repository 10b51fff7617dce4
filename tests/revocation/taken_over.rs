//! A CA that was taken over keeps the URL of its lists, with or without their scope.

use certwright::crl::{CrlDistribution, CrlRequest, RevocationList, RevocationReason};
use certwright::ledger::Ledger;
use certwright::time::{FixedClock, Lifetime};
use certwright::verify::UnknownRevocation;
use certwright::{Authority, Certificate, ChainVerifier, Error, MemoryStore, SerialNumber};

use crate::craft::{Ladder, internal, now, time};
use crate::revoked::for_each_family;

const OLD: &str = "http://pki.example/old/ca.crl";

fn over(ladder: &Ladder, distribution: CrlDistribution) -> Authority {
    let issuer = ladder.ca.clone().with_crl_distribution(distribution);
    let ledger = Ledger::new(MemoryStore::default());
    Authority::on(issuer, internal(), ledger).with_clock(FixedClock(now()))
}

fn has_scope(list: &RevocationList) -> bool {
    // id-ce-issuingDistributionPoint, 2.5.29.28.
    list.as_der().windows(5).any(|bytes| bytes == [0x06, 0x03, 0x55, 0x1d, 0x1c])
}

/// Revokes one of two certificates of an authority and holds both against its list.
fn judged(ladder: &Ladder, authority: &Authority, shard: u16) -> (Certificate, RevocationList) {
    let belongs = |serial: &SerialNumber| {
        authority.issuer().crl_distribution().unwrap().shard_of(serial) == shard
    };
    let issue = || {
        let issue = || authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
        std::iter::repeat_with(issue).find(|chain| belongs(chain.leaf().serial())).unwrap()
    };
    let (bad, good) = (issue(), issue());
    authority.revoke(bad.leaf().serial(), RevocationReason::KeyCompromise).unwrap();
    let request = CrlRequest::full(Lifetime::days(7)).for_shard(shard);
    let list = RevocationList::from_pem(&authority.issue_crl(&request).unwrap().to_pem()).unwrap();
    let root = Authority::on(ladder.root.clone(), internal(), Ledger::new(MemoryStore::default()));
    let root = root.with_clock(FixedClock(now()));
    let above = root.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    let lists = [list.clone(), RevocationList::from_pem(&above.to_pem()).unwrap()];
    let anchors = [ladder.root.certificate().clone()];
    let verifier = ChainVerifier::new(anchors, time("2026-06-02T00:00:00Z"));
    let verifier = verifier.with_revocation_lists(lists, UnknownRevocation::Refuse);
    verifier.verify(&good).unwrap();
    let error = verifier.verify(&bad).unwrap_err();
    assert!(error.to_string().contains("revoked"), "{error}");
    (good.leaf().clone(), list)
}

#[test]
fn certificates_point_to_the_old_url_and_lists_are_of_all_or_of_that_url() {
    for_each_family(|scene| {
        let ladder = &scene.ladder;
        let scoped = CrlDistribution::at(OLD).unwrap();
        let (leaf, list) = judged(ladder, &over(ladder, scoped.clone()), 0);
        assert_eq!(leaf.crl_urls(), [OLD]);
        assert!(has_scope(&list));
        let plain = scoped.without_issuing_distribution_point().unwrap();
        let (leaf, list) = judged(ladder, &over(ladder, plain), 0);
        assert_eq!(leaf.crl_urls(), [OLD]);
        assert!(!has_scope(&list));
    });
}

#[test]
fn a_template_says_where_key_and_shard_go() {
    for_each_family(|scene| {
        let ladder = &scene.ladder;
        let template = "https://pki.example/{key}/crl?part={shard}";
        let distribution = CrlDistribution::at(template).unwrap().with_shards(4).unwrap();
        let authority = over(ladder, distribution);
        let (leaf, list) = judged(ladder, &authority, 3);
        let key: String = ladder
            .ca
            .certificate()
            .subject_key_identifier()
            .unwrap()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let [url] = &leaf.crl_urls()[..] else { panic!() };
        assert_eq!(url.to_lowercase(), format!("https://pki.example/{key}/crl?part=3"));
        assert_eq!(authority.issuer().crl_url(3).as_ref(), Some(url));
        assert!(has_scope(&list));
    });
}

#[test]
fn what_would_pass_a_part_off_as_the_whole_is_refused() {
    let long = format!("http://a.example/{}", "x".repeat(2_048));
    for bad in [
        "",
        "ftp://a.example/x",
        "http://",
        "http:///x",
        "http://a/#f",
        "http://a/{other}",
        "http://a/{shard",
        "http://ä/x",
        "{key}",
        &long,
    ] {
        let error = CrlDistribution::at(bad).unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{bad}: {error}");
    }
    assert!(CrlDistribution::new("http://a.example/{key}").is_err(), "a base is no template");
    let one = || CrlDistribution::at(OLD).unwrap();
    assert!(one().with_shards(1).is_ok());
    let several = || CrlDistribution::at("http://a.example/{shard}.crl").unwrap();
    for refused in [
        one().with_shards(2),
        several().with_shards(0),
        several().with_shards(257),
        several().with_shards(2).unwrap().without_issuing_distribution_point(),
        several().without_issuing_distribution_point().unwrap().with_shards(2),
    ] {
        assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
    }
    assert!(several().without_issuing_distribution_point().unwrap().with_shards(1).is_ok());
}
