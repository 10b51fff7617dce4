//! Where the deltas to a complete CRL are: it says so itself, and OpenSSL finds the delta by that.

use certwright::crl::{CrlDistribution, CrlRequest, RevocationReason};
use certwright::key::KeyFamily;
use certwright::ledger::Ledger;
use certwright::time::Lifetime;
use certwright::{Authority, Error, MemoryStore};

use crate::common;
use crate::craft::internal;
use crate::revoked::{for_each_family, read, verify};

const DELTA: &str = "http://crl.example/{key}-delta.crl";

#[test]
fn a_complete_list_says_where_its_delta_is_and_openssl_uses_that() {
    for_each_family(|scene| {
        let distribution = |with_deltas: bool| {
            let plain = CrlDistribution::new("http://crl.example").unwrap();
            if with_deltas { plain.with_deltas(DELTA).unwrap() } else { plain }
        };
        let ledger = Ledger::new(MemoryStore::default());
        let authority = |with_deltas| {
            let ca = scene.ladder.ca.clone().with_crl_distribution(distribution(with_deltas));
            Authority::on(ca, internal(), ledger.clone()).with_clock(scene.clock.clone())
        };
        let ca = authority(true);
        let chain = ca.issue(&scene.ladder.request(&["db.internal"])).unwrap().into_chain();
        let full = CrlRequest::full(Lifetime::days(7));
        let silent = authority(false).issue_crl(&full).unwrap();
        let revoke =
            || ca.revoke(chain.leaf().serial(), RevocationReason::CertificateHold).unwrap();
        let delta = |base| ca.issue_crl(&CrlRequest::delta(base, Lifetime::days(1))).unwrap();
        let pointing = ca.issue_crl(&full).unwrap();
        revoke();
        let to_pointing = delta(pointing.number());

        let url = ca.issuer().delta_url(0).unwrap();
        assert!(url.ends_with("-delta.crl") && !url.contains('{'), "{url}");
        assert_eq!(read(&pointing).freshest_urls(), std::slice::from_ref(&url));
        assert!(read(&to_pointing).freshest_urls().is_empty(), "RFC 5280 section 5.2.6");
        assert!(read(&silent).freshest_urls().is_empty());
        assert_eq!(authority(false).issuer().delta_url(0), None);
        let points = "2.5.29.46".parse().unwrap();
        assert!(chain.leaf().extensions().iter().all(|extension| extension.oid != points));

        if !common::judge("openssl") || scene.ladder.algorithm.family() == KeyFamily::Sm2 {
            return; // OpenSSL 3.0 verifies no SM2 chain.
        }
        assert!(scene.text(&pointing).contains("X509v3 Freshest CRL:"));
        let options = ["-extended_crl", "-use_deltas"];
        let found = verify(&chain, &[&pointing, &to_pointing], &options);
        assert!(found.contains("certificate revoked"), "{found}");
        // By the pointer alone: the same delta is not looked for without one.
        let found = verify(&chain, &[&silent, &to_pointing], &options);
        assert!(found.contains("leaf.pem: OK"), "{found}");
    });
}

#[test]
fn a_place_for_deltas_is_checked_as_that_of_lists() {
    let one = || CrlDistribution::new("http://a.example").unwrap();
    for bad in ["", "ftp://a.example", "http://a/#f", "http://a/{serial}", "http://ä"] {
        assert!(matches!(one().with_deltas(bad), Err(Error::Malformed(_))), "{bad}");
    }
    // Whichever is said first: several lists need several deltas.
    let deltas = "http://a.example/{key}-{shard}-delta.crl";
    assert!(one().with_shards(4).unwrap().with_deltas(DELTA).is_err());
    assert!(one().with_deltas(DELTA).unwrap().with_shards(4).is_err());
    assert!(one().with_shards(4).unwrap().with_deltas(deltas).is_ok());
    assert!(one().with_deltas(deltas).unwrap().with_shards(4).is_ok());
}
