//! An authority at work: it claims, signs, records and answers, alone and in company.

use std::collections::BTreeSet;
use std::sync::Arc;

use certwright::error::{Rule, StoreErrorKind};
use certwright::issuance::{Issuance, Prepared};
use certwright::policy::{Period, Review};
use certwright::profile::ExtendedKeyUsage;
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    Authority, CertificateRequest, Chain, ChainVerifier, Error, Issuer, MemoryStore, Policy,
    Profile, SerialNumber, Signer,
};

use crate::common;
use crate::craft::{self, Ladder, internal, now, period, time};

#[test]
fn an_issued_chain_verifies_and_its_leaf_is_found_by_serial_number() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let chain = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
        verify(&ladder, &chain, "db.internal");
        assert_eq!(
            chain.above(),
            [ladder.ca.certificate(), ladder.root.certificate()].map(Clone::clone)
        );
        assert_eq!(authority.find(chain.leaf().serial()).unwrap().as_ref(), Some(chain.leaf()));
        assert_eq!(authority.find(&craft::serial(1)).unwrap(), None);
    }
}

#[test]
fn an_extension_is_made_critical_but_for_key_identifiers() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        // Extended key usage, alternative name, subject and authority key identifier.
        let identifiers = ["2.5.29.37", "2.5.29.17", "2.5.29.14", "2.5.29.35"];
        let criticals = |profile: Profile| {
            let policy = Policy::new(profile).allow_dns(".internal").unwrap();
            let chain = ladder
                .authority(policy)
                .issue(&ladder.request(&["db.internal"]))
                .unwrap()
                .into_chain();
            verify(&ladder, &chain, "db.internal");
            identifiers.map(|oid| {
                let mut extensions = chain.leaf().extensions().iter();
                extensions.find(|extension| extension.oid.to_string() == oid).unwrap().critical
            })
        };
        assert_eq!(criticals(Profile::tls_server()), [false; 4]);
        let profile = identifiers.iter().fold(Profile::tls_server(), |profile, oid| {
            profile.make_critical(oid.parse().unwrap())
        });
        assert_eq!(criticals(profile), [true, true, false, false]);
    }
}

#[test]
fn one_refusal_among_many_requests_fails_no_other() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let names = ["a.internal", "b.example", "c.internal"];
        let requests = names.map(|name| ladder.request(&[name]));
        let answers = authority.issue_many(&requests);
        let [Ok(first), Err(refused), Ok(last)] = answers.as_slice() else { panic!("{answers:?}") };
        verify(&ladder, first.chain(), "a.internal");
        verify(&ladder, last.chain(), "c.internal");
        assert!(refused.reasons().iter().any(|reason| reason.rule == Rule::NameNotAllowed));
        assert!(authority.issue_many(&requests[..0]).is_empty());
    }
}

#[test]
fn a_period_that_is_asked_for_is_given_within_the_bounds_of_the_policy() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal().with_max_lifetime(Lifetime::days(200)));
        let issue = |period| {
            let issuance = Issuance::from(ladder.request(&["db.internal"])).period(period);
            authority.issue(issuance).map(|issued| *issued.certificate().validity())
        };
        let usual = period("2026-06-01T00:00:00Z", "2026-08-30T00:00:00Z");
        assert_eq!(issue(Period::Default).unwrap(), usual);
        let exactly = period("2026-07-01T00:00:00Z", "2026-12-01T12:00:00Z");
        assert_eq!(issue(Period::Exactly(exactly)).unwrap(), exactly);
        let short = issue(Period::Lifetime(Lifetime::hours(1))).unwrap();
        assert_eq!(short, period("2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z"));
        for wrong in [Lifetime::days(201), Lifetime::ZERO] {
            let error = issue(Period::Lifetime(wrong)).unwrap_err();
            assert_eq!(error.reasons()[0].rule, Rule::Lifetime, "{error}");
        }
    }
}

#[test]
fn a_period_of_its_own_begins_no_earlier_than_the_policy_backdates() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let issue = |backdate, from| {
            let asked = period(from, "2026-06-20T00:00:00Z");
            let authority = ladder.authority(internal().with_backdate(backdate));
            let issuance = Issuance::from(ladder.request(&["db.internal"])).validity(asked);
            authority.issue(issuance).map(|i| assert_eq!(*i.certificate().validity(), asked))
        };
        issue(Lifetime::ZERO, "2026-06-01T00:00:00Z").unwrap();
        issue(Lifetime::hours(1), "2026-05-31T23:00:00Z").unwrap();
        for (backdate, from, earliest) in [
            (Lifetime::ZERO, "2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z"),
            (Lifetime::hours(1), "2026-05-31T22:59:59Z", "2026-05-31T23:00:00Z"),
        ] {
            let error = issue(backdate, from).unwrap_err();
            let [reason] = error.reasons() else { panic!("{error}") };
            assert_eq!((reason.rule, reason.item), (Rule::Validity, "validity"));
            assert_eq!(reason.given, format!("from {from}"));
            assert!(reason.allowed.contains(earliest), "{error}");
        }
    }
}

#[test]
fn a_signature_made_elsewhere_is_attached_and_a_wrong_one_gives_the_prepared_back() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let certificates: Vec<_> = ladder.ca.chain().certificates().cloned().collect();
        let signature_algorithm = ladder.ca_key().algorithm();
        let cold = Issuer::without_key(certificates, signature_algorithm).unwrap();
        let grant = internal().review(&ladder.request(&["db.internal"])).approve().unwrap();
        let prepared = cold.prepare(&grant, craft::serial(7), now()).unwrap();
        assert_eq!(prepared.signature_algorithm(), signature_algorithm);
        let bytes = prepared.to_be_signed().to_vec();

        let wrong = ladder.leaf_key().sign(&bytes).unwrap();
        let unattached = cold.attach(prepared, &wrong).unwrap_err();
        assert!(matches!(unattached.error(), Error::Signer(_)), "{unattached}");
        let prepared: Prepared = unattached.into_prepared();
        assert_eq!(prepared.to_be_signed(), bytes);

        let right = ladder.ca_key().sign(&bytes).unwrap();
        let leaf = cold.attach(prepared, &right).unwrap();
        assert_eq!((leaf.to_be_signed(), leaf.signature()), (bytes.as_slice(), right.as_slice()));
        verify(
            &ladder,
            &Chain::new(leaf, ladder.ca.chain().certificates().cloned().collect()).unwrap(),
            "db.internal",
        );
        // Without a key it cannot sign, and says what to do.
        let prepared = cold.prepare(&grant, craft::serial(8), now()).unwrap();
        let error = cold.sign(prepared).unwrap_err();
        assert!(
            error.to_string().contains("attach a signature that was made elsewhere"),
            "{error}"
        );
    }
}

#[test]
fn what_was_prepared_is_completed_by_another_authority_over_the_same_store() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let store = Arc::new(MemoryStore::default());
        let before = over(&ladder, &store);
        let prepared = before.prepare(&ladder.request(&["db.internal"])).unwrap();
        let (serial, bytes) = (*prepared.serial(), prepared.to_be_signed().to_vec());
        drop((before, prepared)); // the process ends; only the store stays

        let after = over(&ladder, &store);
        assert_eq!(after.find(&serial).unwrap(), None, "claimed is not issued");
        let error = after.complete(&serial, &ladder.leaf_key().sign(&bytes).unwrap()).unwrap_err();
        assert!(matches!(error, Error::Signer(_)), "{error}");
        let signature = ladder.ca_key().sign(&bytes).unwrap();
        let chain = after.complete(&serial, &signature).unwrap().into_chain();
        assert_eq!(chain.leaf().to_be_signed(), bytes);
        verify(&ladder, &chain, "db.internal");
        assert_eq!(after.find(&serial).unwrap().as_ref(), Some(chain.leaf()));

        for serial in [serial, craft::serial(1)] {
            let error = after.complete(&serial, &signature).unwrap_err();
            assert_eq!(kind(&error), Some(StoreErrorKind::NotFound), "{error}");
        }
    }
}

#[test]
fn authorities_of_two_keys_share_a_store_and_see_only_their_own() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let store = Arc::new(MemoryStore::default());
        let ours = over(&ladder, &store);
        let chain = ours.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
        let mut other = Ladder::new(algorithm);
        other.ca = Ladder::below(
            &other.root,
            certwright::Profile::intermediate(0),
            craft::key(algorithm, 4),
        );
        assert_eq!(over(&other, &store).find(chain.leaf().serial()).unwrap(), None);
        assert!(ours.find(chain.leaf().serial()).unwrap().is_some());
    }
}

#[test]
fn an_authority_is_shared_between_threads_and_no_serial_number_comes_twice() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Authority>();
    shared::<Issuer>();
    shared::<Review>();
    shared::<Prepared>();
    shared::<CertificateRequest>();
    shared::<Error>();
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(internal());
        let request = ladder.request(&["db.internal"]);
        let work = || -> Vec<SerialNumber> {
            (0..50).map(|_| *authority.issue(&request).unwrap().certificate().serial()).collect()
        };
        let serials: Vec<SerialNumber> = std::thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(work));
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(serials.iter().collect::<BTreeSet<_>>().len(), 200);
        for serial in &serials {
            assert_eq!(authority.find(serial).unwrap().unwrap().serial(), serial);
        }
    }
}

fn over(ladder: &Ladder, store: &Arc<MemoryStore>) -> Authority {
    Authority::new(ladder.ca.clone(), internal(), store.clone()).with_clock(FixedClock(now()))
}

#[track_caller]
fn verify(ladder: &Ladder, chain: &Chain, name: &str) {
    ChainVerifier::new([ladder.root.certificate().clone()], time("2026-06-02T00:00:00Z"))
        .with_purpose(ExtendedKeyUsage::SERVER_AUTH)
        .with_name(name.parse().unwrap())
        .verify(chain)
        .unwrap();
}

fn kind(error: &Error) -> Option<StoreErrorKind> {
    match error {
        Error::Store(error) => Some(error.kind()),
        _ => None,
    }
}
