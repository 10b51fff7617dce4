//! Every rule is broken once, alone, through the public API; the refusal says which rule, on what
//! item, what was given and what is allowed.

mod cases;

use std::collections::BTreeSet;

use certwright::error::Rule;
use certwright::issuance::Issuance;
use certwright::policy::RootLeaves;
use certwright::time::{FixedClock, Lifetime};
use certwright::{Authority, MemoryStore};

use crate::common;
use crate::craft::{Ladder, internal, now};
use cases::{CASES, Case};

#[test]
fn a_request_that_breaks_no_rule_is_issued() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let request = ladder.request(&["db.internal"]);
        ladder.authority(internal()).issue(&request).unwrap();
        let policy = internal().with_root_leaves(RootLeaves::Allow);
        let root = Authority::new(ladder.root, policy, MemoryStore::default());
        root.with_clock(FixedClock(now())).issue(&request).unwrap();
    }
}

#[test]
fn every_rule_alone_refuses_and_says_what_was_given_and_what_is_allowed() {
    let mut provoked = BTreeSet::new();
    for algorithm in common::families() {
        for Case { rule, provoke, item, given, allowed } in CASES {
            let Some(error) = provoke(algorithm) else { continue };
            let [reason] = error.reasons() else { panic!("{rule:?} alone, not {error}") };
            assert_eq!((reason.rule, reason.item), (*rule, *item), "{error}");
            assert_eq!(reason.given, given.replace("KEY", &algorithm.to_string()));
            assert!(reason.allowed.contains(allowed), "{error}");
            assert!(error.to_string().contains(&reason.to_string()), "{error}");
            provoked.insert(*rule);
        }
    }
    let families = common::families();
    let expected = CASES.iter().map(|case| case.rule).filter(|rule| match rule {
        Rule::KeyFamily => families.len() > 1,
        Rule::KeyWeak => cfg!(feature = "rsa"),
        _ => !families.is_empty(),
    });
    assert_eq!(provoked, expected.collect());
}

/// A new rule needs a case above.
#[test]
fn no_rule_is_without_a_case() {
    let source = include_str!("../../src/error/denied.rs");
    let (_, after) = source.split_once("pub enum Rule {").unwrap();
    let (body, _) = after.split_once('}').unwrap();
    let variants = body.lines().filter_map(|line| line.trim().strip_suffix(','));
    let variants: BTreeSet<String> = variants.map(str::to_owned).collect();
    let mut cases: BTreeSet<String> = CASES.iter().map(|case| format!("{:?}", case.rule)).collect();
    assert_eq!(cases.len(), CASES.len(), "a rule has two cases");
    let revocation = concat!(
        include_str!("../revocation/revocation.rs"),
        include_str!("../revocation/revocation_lists.rs"),
        include_str!("../revocation/clocks.rs"),
        include_str!("../revocation/restored.rs")
    );
    let lists = [Rule::CrlBase, Rule::CrlDate, Rule::CrlNumber, Rule::CrlShard];
    for rule in lists.into_iter().chain([Rule::IssuerRevoked]) {
        assert!(revocation.contains(&format!("Rule::{rule:?}")), "{rule:?}");
        cases.insert(format!("{rule:?}"));
    }
    assert!(include_str!("openssl_folders.rs").contains("Rule::ForeignRecord"));
    cases.insert(format!("{:?}", Rule::ForeignRecord));
    assert_eq!(variants, cases);
}

#[test]
fn instants_after_the_year_9999_are_refused() {
    for algorithm in common::families() {
        let policy = internal().with_max_lifetime(Lifetime::seconds(u64::MAX));
        let ladder = Ladder::new(algorithm);
        let authority = ladder.authority(policy);
        let issuance = Issuance::from(ladder.request(&["db.internal"]));
        let error = authority.issue(issuance.lifetime(Lifetime::seconds(u64::MAX))).unwrap_err();
        let [reason] = error.reasons() else { panic!("{error}") };
        assert_eq!(
            (reason.rule, reason.allowed.as_str()),
            (Rule::Validity, "the years 1950 to 9999")
        );
    }
}
