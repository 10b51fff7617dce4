//! Ways up to a trust anchor out of certificates in any order, and the bounds of the search for them.

use certwright::error::{ChainError, ChainRule};
use certwright::profile::ExtendedKeyUsage;
use certwright::{Certificate, Chain, ChainVerifier, Error, KeyAlgorithm};

use crate::common;
use crate::craft::{
    self, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, Draft, ISSUER, KEY, Ladder, SERIAL, SUBJECT,
    SUBJECT_KEY_IDENTIFIER, VALIDITY, internal, now,
};
use crate::question::issue;

/// CAs that certify each other. Each has a name, and a key of its own number.
struct Mesh {
    algorithm: KeyAlgorithm,
    authority: Draft,
    leaf: Draft,
}

impl Mesh {
    fn run(test: impl Fn(&Self)) {
        // One family is enough: no rule here depends on the keys.
        let Some(algorithm) = common::families().into_iter().next() else { return };
        let ladder = Ladder::new(algorithm);
        let bare = |certificate: &Certificate| {
            let draft = Draft::of(certificate).without(SUBJECT_KEY_IDENTIFIER);
            draft.without(AUTHORITY_KEY_IDENTIFIER)
        };
        let leaf = issue(&ladder, ladder.ca.clone(), internal());
        let authority = bare(ladder.ca.certificate());
        let authority = authority.set(BASIC_CONSTRAINTS, true, &[0x30, 3, 1, 1, 0xff]);
        test(&Self { algorithm, authority, leaf: bare(&leaf) });
    }

    /// A certificate of the CA with the second name and key, by the first.
    fn edge(&self, from: (&str, usize), to: (&str, usize), serial: u8) -> Certificate {
        self.edge_with(from, to, serial, |draft| draft)
    }

    fn edge_with(
        &self,
        (issuer, by): (&str, usize),
        (subject, of): (&str, usize),
        serial: u8,
        change: impl FnOnce(Draft) -> Draft,
    ) -> Certificate {
        let draft =
            self.authority.clone().field(ISSUER, name(issuer)).field(SUBJECT, name(subject));
        let draft = draft
            .field(KEY, craft::key(self.algorithm, of).public_key().to_der())
            .field(SERIAL, craft::tlv(2, &[&[serial]]));
        change(draft).sign(&*craft::key(self.algorithm, by))
    }

    fn leaf(&self, (issuer, by): (&str, usize)) -> Certificate {
        self.leaf.clone().field(ISSUER, name(issuer)).sign(&*craft::key(self.algorithm, by))
    }
}

fn name(text: &str) -> Vec<u8> {
    craft::name(&[("2.5.4.3", 0x0c, text.as_bytes())])
}

fn verify(
    anchor: &Certificate,
    leaf: &Certificate,
    above: &[&Certificate],
) -> Result<Vec<String>, ChainError> {
    let above: Vec<Certificate> = above.iter().map(|it| (*it).clone()).collect();
    let verifier = ChainVerifier::new([anchor.clone()], now());
    path(&verifier.with_intermediates(above), leaf)
}

fn path(verifier: &ChainVerifier, leaf: &Certificate) -> Result<Vec<String>, ChainError> {
    match verifier.verify(&Chain::new(leaf.clone(), Vec::new()).unwrap()) {
        Ok(verified) => {
            Ok(verified.path().iter().skip(1).map(|it| it.subject().to_string()).collect())
        }
        Err(Error::Chain(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

const ROOT: (&str, usize) = ("Root", 0);
const A: (&str, usize) = ("A", 1);
const B: (&str, usize) = ("B", 3);
const C: (&str, usize) = ("C", 4);

#[test]
fn certificates_stand_in_any_order_and_some_are_not_needed() {
    Mesh::run(|mesh| {
        let root = mesh.edge(ROOT, ROOT, 1);
        let (a, b, c) = (mesh.edge(ROOT, A, 2), mesh.edge(A, B, 3), mesh.edge(ROOT, C, 4));
        let leaf = mesh.leaf(B);
        let expected = ["CN=B", "CN=A", "CN=Root"];
        for above in [[&b, &a, &c], [&a, &b, &c], [&c, &a, &b], [&root, &a, &b], [&a, &root, &b]] {
            assert_eq!(verify(&root, &leaf, &above).unwrap(), expected);
            // In the chain itself, as in a pool beside it.
            let above = above.map(Clone::clone).to_vec();
            let chain = Chain::new(leaf.clone(), above).unwrap();
            let verified = ChainVerifier::new([root.clone()], now()).verify(&chain).unwrap();
            assert_eq!(verified.path().len(), 4);
        }
        let error = verify(&root, &leaf, &[&a, &c]).unwrap_err();
        assert_eq!((error.link, error.rule), (0, ChainRule::Trust), "{error}");
        // The way is followed as far as it goes.
        let error = verify(&root, &leaf, &[&c, &b]).unwrap_err();
        assert_eq!((error.link, error.rule), (1, ChainRule::Trust), "{error}");
        assert!(error.detail.contains("CN=A"), "{error}");
    });
}

/// RFC 4158 section 2.3, and every reason for which one of the two ways may not be taken.
#[test]
fn what_breaks_a_rule_does_not_hide_another_way() {
    Mesh::run(|mesh| {
        let root = mesh.edge(ROOT, ROOT, 1);
        let (a, c) = (mesh.edge(ROOT, A, 2), mesh.edge(ROOT, C, 3));
        let (a_of_c, c_of_a) = (mesh.edge(C, A, 4), mesh.edge(A, C, 5));
        let good = mesh.edge(C, B, 6);
        let leaf = mesh.leaf(B);
        let past = craft::sequence(&[
            craft::tlv(0x17, &[b"200101000000Z"]),
            craft::tlv(0x17, &[b"210101000000Z"]),
        ]);
        let client = craft::sequence(&[craft::oid("1.3.6.1.5.5.7.3.2")]);
        let other = craft::alt_names(&[(0x82, b"other.example")]);
        let permitted =
            craft::sequence(&[craft::tlv(0xa0, &[&craft::sequence(&[other[2..].to_vec()])])]);
        let bad: [(ChainRule, Certificate); 6] = [
            (ChainRule::Validity, mesh.edge_with(A, B, 7, |d| d.field(VALIDITY, past))),
            (
                ChainRule::ExtendedKeyUsage,
                mesh.edge_with(A, B, 7, |d| d.set("2.5.29.37", false, &client)),
            ),
            (
                ChainRule::BasicConstraints,
                mesh.edge_with(A, B, 7, |d| d.without(BASIC_CONSTRAINTS)),
            ),
            (
                ChainRule::KeyUsage,
                mesh.edge_with(A, B, 7, |d| d.set("2.5.29.15", true, &[3, 2, 7, 0x80])),
            ),
            (
                ChainRule::CriticalExtension,
                mesh.edge_with(A, B, 7, |d| d.set("1.2.3.4", true, &[5, 0])),
            ),
            (
                ChainRule::NameConstraints,
                mesh.edge_with(A, B, 7, |d| d.set("2.5.29.30", true, &permitted)),
            ),
        ];
        let verifier = ChainVerifier::new([root.clone()], now());
        let verifier = verifier.with_purpose(ExtendedKeyUsage::SERVER_AUTH);
        for (rule, bad) in bad {
            let pool = [&bad, &a, &a_of_c, &c_of_a, &good, &c].map(Clone::clone);
            let both = verifier.clone().with_intermediates(pool);
            assert_eq!(path(&both, &leaf).unwrap()[..2], ["CN=B", "CN=C"], "{rule}");
            // Alone it is what the failure is about.
            let pool = [&a_of_c, &c_of_a, &bad, &a].map(Clone::clone);
            let error = path(&verifier.clone().with_intermediates(pool), &leaf).unwrap_err();
            assert_eq!(error.rule, rule, "{error}");
        }
    });
}

#[test]
fn a_circle_ends() {
    Mesh::run(|mesh| {
        let root = mesh.edge(ROOT, ROOT, 1);
        let circle = [mesh.edge(A, B, 2), mesh.edge(B, C, 3), mesh.edge(C, A, 4)];
        let pool: Vec<&Certificate> = circle.iter().collect();
        let error = verify(&root, &mesh.leaf(B), &pool).unwrap_err();
        assert_eq!(error.rule, ChainRule::Trust, "{error}");
        let out = mesh.edge(ROOT, C, 5);
        let pool: Vec<&Certificate> = circle.iter().chain([&out]).collect();
        let expected = ["CN=B", "CN=A", "CN=C", "CN=Root"];
        assert_eq!(verify(&root, &mesh.leaf(B), &pool).unwrap(), expected);
    });
}

#[test]
fn the_caller_limits_the_intermediates_and_self_issued_ones_do_not_count() {
    Mesh::run(|mesh| {
        let root = mesh.edge(ROOT, ROOT, 1);
        let (a, b) = (mesh.edge(ROOT, A, 2), mesh.edge(A, B, 3));
        let again = mesh.edge(A, ("A", 3), 4);
        let ask = |most, leaf, pool: &[&Certificate]| {
            let pool: Vec<Certificate> = pool.iter().map(|it| (*it).clone()).collect();
            let verifier = ChainVerifier::new([root.clone()], now()).with_intermediates(pool);
            path(&verifier.with_max_intermediates(most), &mesh.leaf(leaf))
        };
        assert!(ask(0, ROOT, &[]).is_ok());
        assert!(ask(1, A, &[&a]).is_ok() && ask(2, B, &[&a, &b]).is_ok());
        assert!(ask(1, ("A", 3), &[&again, &a]).is_ok());
        for (most, leaf, pool) in [(0, A, vec![&a]), (1, B, vec![&b, &a]), (1, B, vec![&a, &b])] {
            let error = ask(most, leaf, &pool).unwrap_err();
            assert_eq!(error.rule, ChainRule::PathLength, "{error}");
            assert!(error.detail.contains(&format!("the caller allows {most}")), "{error}");
        }
    });
}

#[test]
fn a_search_that_takes_too_long_is_given_up_and_says_so() {
    Mesh::run(|mesh| {
        let root = mesh.edge(ROOT, ROOT, 1);
        let good =
            mesh.edge_with(ROOT, A, 127, |d| d.set(SUBJECT_KEY_IDENTIFIER, false, &[4, 1, 7]));
        // A hundred certificates of the issuer's name that did not sign.
        let others: Vec<Certificate> =
            (0..100).map(|number| mesh.edge(ROOT, ("A", 3), number)).collect();
        let pool: Vec<&Certificate> = others.iter().chain([&good]).collect();
        let leaf = mesh.leaf(A);
        let error = verify(&root, &leaf, &pool).unwrap_err();
        assert_eq!((error.link, error.rule), (0, ChainRule::Trust), "{error}");
        assert!(error.detail.contains("was given up"), "{error}");
        assert!(verify(&root, &leaf, &pool[1..]).is_ok(), "one less is none too many");
        // The one that the leaf names by its key is tried first.
        let identifier = craft::sequence(&[craft::tlv(0x80, &[&[7]])]);
        let draft = mesh.leaf.clone().field(ISSUER, name("A"));
        let named = draft.set(AUTHORITY_KEY_IDENTIFIER, false, &identifier);
        let named = named.sign(&*craft::key(mesh.algorithm, 1));
        assert_eq!(verify(&root, &named, &pool).unwrap(), ["CN=A", "CN=Root"]);
        // Ways that multiply: five of each of six names, none of which leads anywhere.
        let mut pool = Vec::new();
        let names = ["1", "2", "3", "4", "5", "6"];
        for pair in names.windows(2) {
            let (upper, lower) = (pair[1], pair[0]);
            pool.extend((1..=5).map(|serial| mesh.edge((upper, 1), (lower, 1), serial)));
        }
        let pool: Vec<&Certificate> = pool.iter().collect();
        let error = verify(&root, &mesh.leaf(("1", 1)), &pool).unwrap_err();
        assert_eq!(error.rule, ChainRule::Trust, "{error}");
        assert!(error.detail.contains("was given up"), "{error}");
    });
}

#[test]
fn an_issuer_without_a_name_is_none() {
    Mesh::run(|mesh| {
        let empty = |draft: Draft, field| draft.field(field, vec![0x30, 0]);
        let root = mesh.edge_with(ROOT, ROOT, 1, |d| empty(empty(d, SUBJECT), ISSUER));
        let leaf = empty(mesh.leaf.clone(), ISSUER).sign(&*craft::key(mesh.algorithm, 0));
        let error = verify(&root, &leaf, &[]).unwrap_err();
        assert_eq!((error.link, error.rule), (0, ChainRule::Names), "{error}");
        assert!(error.detail.contains("no name"), "{error}");
    });
}

#[cfg(feature = "rsa")]
#[test]
fn rsa_keys_of_1024_bits_count_only_where_the_caller_says_so() {
    use certwright::key::WeakKeys;
    use certwright::testing::SeededRng;
    use certwright::{Issuer, KeyPair, Profile};
    let allow = WeakKeys::DangerouslyAllowRsa1024;
    let short =
        KeyPair::generate_with(KeyAlgorithm::Rsa1024, allow, &mut SeededRng::new(7)).unwrap();
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), short).unwrap();
    let own = root.certificate();
    let chain = Chain::new(own.clone(), Vec::new()).unwrap();
    let verifier = ChainVerifier::new([own.clone()], own.validity().not_before());
    let Error::Chain(error) = verifier.verify(&chain).unwrap_err() else { panic!() };
    assert_eq!((error.link, error.rule), (0, ChainRule::Algorithm), "{error}");
    assert!(error.detail.contains("1024 bits"), "{error}");
    verifier.dangerously_allow_rsa_1024().verify(&chain).unwrap();
}
