//! Each rule of path validation is broken once, alone, in a chain that holds otherwise; OpenSSL is
//! asked the same.

use certwright::error::ChainRule;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::Validity;
use certwright::{Certificate, Chain, Issuer, Profile};

use crate::craft::{
    self, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, Draft, ISSUER, KEY_USAGE, Ladder, SUBJECT,
    internal, period, serial, time,
};
use crate::question::{Question, above, chain, for_each_family, issue, swapped};

#[test]
fn a_chain_that_keeps_every_rule_is_accepted_with_and_without_its_root() {
    for_each_family(|ladder, leaf| {
        for purpose in [None, Some(ExtendedKeyUsage::SERVER_AUTH)] {
            for name in [None, Some("db.internal"), Some("10.0.0.7")] {
                let mut question = chain(ladder, leaf);
                question.purpose = purpose;
                question.name = name.map(|name| name.parse().unwrap());
                question.accepted();
                question.chain.push(ladder.root.certificate().clone());
                question.accepted();
            }
        }
        // Any certificate may be an anchor, also one below the root.
        let middle = vec![leaf.clone(), ladder.ca.certificate().clone()];
        Question::new(middle).accepted();
    });
}

#[test]
fn the_validity_of_every_link_counts_and_its_ends_are_inside() {
    for_each_family(|ladder, leaf| {
        let valid = leaf.validity();
        chain(ladder, leaf).at(valid.not_before()).accepted();
        // OpenSSL ends a second early.
        chain(ladder, leaf).at(valid.not_after()).accepted_by_us();
        let early = time("2026-05-31T23:59:59Z");
        chain(ladder, leaf).at(early).refused(
            0,
            ChainRule::Validity,
            "not at 2026-05-31T23:59:59Z",
        );
        let late = time("2026-08-30T00:00:01Z");
        chain(ladder, leaf).at(late).refused(
            0,
            ChainRule::Validity,
            "2026-08-30T00:00:00Z, not at",
        );

        let short = period("2026-01-02T00:00:00Z", "2026-06-30T00:00:00Z");
        let at = time("2026-07-01T00:00:00Z");
        let root = again(ladder, short);
        let ends_first = vec![leaf.clone(), ladder.ca.certificate().clone(), root];
        Question::new(ends_first).at(at).refused(2, ChainRule::Validity, "2026-06-30");
        let name = || "CN=CA".parse().unwrap();
        let (profile, key) = (Profile::intermediate(0), ladder.ca_key());
        let ca = ladder.root.delegate_at(name(), profile, key, serial(3), short).unwrap();
        above(leaf, &ca, ladder).at(at).refused(1, ChainRule::Validity, "2026-06-30");
    });
}

#[test]
fn an_issuer_without_the_ca_bit_is_refused() {
    for_each_family(|ladder, leaf| {
        let ca = Draft::of(ladder.ca.certificate());
        let forms =
            [ca.clone().without(BASIC_CONSTRAINTS), ca.set(BASIC_CONSTRAINTS, true, &[0x30, 0])];
        for form in forms {
            let ca = form.sign(&ladder.root_key());
            swapped(leaf, ca, ladder).refused(1, ChainRule::BasicConstraints, "not a CA");
        }
        // A leaf that issues: what every stack got wrong once (CVE-2002-0862 and after).
        let below = Draft::of(leaf)
            .field(ISSUER, Draft::of(leaf).fields[SUBJECT].clone())
            .without(AUTHORITY_KEY_IDENTIFIER)
            .sign(&ladder.leaf_key());
        let mut question = chain(ladder, leaf);
        question.chain.insert(0, below);
        question.refused(1, ChainRule::BasicConstraints, "not a CA");
    });
}

#[test]
fn an_issuer_without_key_cert_sign_is_refused() {
    for_each_family(|ladder, leaf| {
        let ca = Draft::of(ladder.ca.certificate());
        let signing_only =
            ca.clone().set(KEY_USAGE, true, &[3, 2, 7, 0x80]).sign(&ladder.root_key());
        swapped(leaf, signing_only, ladder).refused(1, ChainRule::KeyUsage, "keyCertSign");
        // No key usage at all limits nothing (RFC 5280 section 4.2.1.3).
        let unlimited = ca.without(KEY_USAGE).sign(&ladder.root_key());
        swapped(leaf, unlimited, ladder).accepted();
    });
}

#[test]
fn more_intermediates_than_the_path_length_are_refused() {
    for_each_family(|ladder, _| {
        let lower =
            Ladder::below(&ladder.root, Profile::intermediate(0), craft::key(ladder.algorithm, 3));
        let ca = Draft::of(ladder.ca.certificate());
        let lower = Draft::of(lower.certificate())
            .field(SUBJECT, craft::name(&[("2.5.4.3", 0x0c, b"Lower")]))
            .field(ISSUER, ca.fields[SUBJECT].clone())
            .without(AUTHORITY_KEY_IDENTIFIER)
            .sign(&ladder.ca_key());
        let issuer = Issuer::load(vec![lower.clone()], craft::key(ladder.algorithm, 3)).unwrap();
        let leaf = issue(ladder, issuer, internal());
        let roomy = Ladder::below(&ladder.root, Profile::intermediate(1), ladder.ca_key());
        let chain = |ca: &Issuer| {
            let (ca, root) = (ca.certificate().clone(), ladder.root.certificate().clone());
            Question::new(vec![leaf.clone(), lower.clone(), ca, root])
        };
        chain(&roomy).accepted();
        chain(&ladder.ca).refused(2, ChainRule::PathLength, "pathLenConstraint is 0");
    });
}

#[test]
fn a_critical_extension_that_is_unknown_is_refused_wherever_it_stands() {
    for_each_family(|ladder, leaf| {
        let (unknown, value) = ("1.2.3.4", [5, 0]);
        let harmless = Draft::of(leaf).set(unknown, false, &value).sign(&ladder.ca_key());
        chain(ladder, &harmless).accepted();
        let critical = Draft::of(leaf).set(unknown, true, &value).sign(&ladder.ca_key());
        chain(ladder, &critical).refused(0, ChainRule::CriticalExtension, "1.2.3.4");
        let ca = Draft::of(ladder.ca.certificate()).set(unknown, true, &value);
        let ca = ca.sign(&ladder.root_key());
        swapped(leaf, ca, ladder).refused(1, ChainRule::CriticalExtension, "1.2.3.4");
    });
}

#[test]
fn each_link_must_name_the_next_by_name_and_key_identifier() {
    for_each_family(|ladder, leaf| {
        let other = Draft::of(leaf).field(ISSUER, craft::name(&[("2.5.4.3", 0x0c, b"Other")]));
        let other = other.sign(&ladder.ca_key());
        chain(ladder, &other).refused(
            0,
            ChainRule::Names,
            "CN=Other, the next certificate is CN=CA",
        );
        let identifier = |bytes: &[u8]| craft::sequence(&[craft::tlv(0x80, &[bytes])]);
        let wrong = Draft::of(leaf).set(AUTHORITY_KEY_IDENTIFIER, false, &identifier(b"wrong"));
        let wrong = wrong.sign(&ladder.ca_key());
        chain(ladder, &wrong).refused(0, ChainRule::KeyIdentifier, "key identifier");
        let without = Draft::of(leaf).without(AUTHORITY_KEY_IDENTIFIER).sign(&ladder.ca_key());
        chain(ladder, &without).accepted();
    });
}

#[test]
fn a_signature_with_one_bit_changed_is_refused() {
    for_each_family(|ladder, leaf| {
        let leaf_flipped = flip_last_bit(leaf);
        chain(ladder, &leaf_flipped).refused(0, ChainRule::Signature, "the key of CN=CA");
        let ca = flip_last_bit(ladder.ca.certificate());
        let mut question = swapped(leaf, ca, ladder);
        // Nothing leads to the root any more, unless the chain brings it.
        question.refused(1, ChainRule::Trust, "CN=Root");
        question.chain.push(ladder.root.certificate().clone());
        question.refused(1, ChainRule::Signature, "the key of CN=Root");
        // A good signature by a key that is not the issuer's.
        let stranger = Draft::of(leaf).sign(&ladder.leaf_key());
        chain(ladder, &stranger).refused(0, ChainRule::Signature, "the key of CN=CA");
    });
}

#[test]
fn a_chain_that_ends_in_no_anchor_is_refused() {
    for_each_family(|ladder, leaf| {
        let mut question = chain(ladder, leaf);
        question.anchors.clear();
        question.refused_by_us(1, ChainRule::Trust, "not among the 0 trust anchors");
        let impostor = Issuer::self_signed_at(
            "CN=Root".parse().unwrap(),
            Profile::root(),
            ladder.leaf_key(),
            serial(1),
            period("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"),
        );
        let impostor = impostor.unwrap();
        question.anchors = vec![impostor.certificate().clone()];
        question.refused(1, ChainRule::Trust, "its issuer, CN=Root, is not among the 1");
        // Beside the right one, an anchor of the same name does no harm.
        question.anchors.push(ladder.root.certificate().clone());
        question.accepted();
        question.chain.truncate(1);
        question.refused(0, ChainRule::Trust, "its issuer, CN=CA");
    });
}

/// A root is renewed with the same name and key; both certificates stand in the store for a while.
#[test]
fn a_renewed_root_is_found_beside_the_expired_one() {
    for_each_family(|ladder, leaf| {
        let expired = again(ladder, period("2020-01-01T00:00:00Z", "2026-05-01T00:00:00Z"));
        let mut question = chain(ladder, leaf);
        question.anchors = vec![expired.clone()];
        question.refused(2, ChainRule::Validity, "2026-05-01");
        question.anchors = vec![ladder.root.certificate().clone(), expired.clone()];
        question.accepted();
        question.anchors.reverse();
        question.accepted();
        // Also where the chain itself brings the old one.
        question.chain.push(expired);
        question.accepted();
    });
}

#[test]
fn a_chain_of_more_than_ten_certificates_is_refused() {
    for_each_family(|_, leaf| {
        Chain::new(leaf.clone(), vec![leaf.clone(); 9]).unwrap();
        let pem = leaf.to_pem();
        assert_eq!(Chain::from_pem(&pem.repeat(10)).unwrap().above().len(), 9);
        for error in [
            Chain::new(leaf.clone(), vec![leaf.clone(); 10]).unwrap_err(),
            Chain::from_pem(&pem.repeat(11)).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), "malformed chain: 11 certificates; at most 10");
        }
    });
}

#[test]
fn a_chain_is_written_as_it_is_read_and_shown_a_line_a_certificate() {
    for_each_family(|ladder, leaf| {
        let above: Vec<Certificate> = ladder.ca.chain().certificates().cloned().collect();
        let chain = Chain::new(leaf.clone(), above).unwrap();
        let pem: String = chain.certificates().map(Certificate::to_pem).collect();
        assert_eq!((chain.to_pem(), Chain::from_pem(&pem).unwrap()), (pem, chain.clone()));
        let shown = "0 CN=db.internal serial 09\n1 CN=CA serial 02\n2 CN=Root serial 01\n";
        assert_eq!(chain.to_string(), shown);
    });
}

/// A new rule needs a test here or beside it.
#[test]
fn no_rule_is_without_a_test() {
    let tests = [
        include_str!("chain_anchors.rs"),
        include_str!("chain_constraints.rs"),
        include_str!("chain_uses.rs"),
        include_str!("chain_verifier.rs"),
        include_str!("pkits/policies.rs"),
        include_str!("../revocation/revocation_chains.rs"),
    ];
    let tests = tests.concat();
    let source = include_str!("../../src/error/chain.rs");
    let (_, after) = source.split_once("pub enum ChainRule {").unwrap();
    let (body, _) = after.split_once('}').unwrap();
    let variants: Vec<&str> =
        body.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    assert!(variants.contains(&"BasicConstraints"), "the list is read: {variants:?}");
    for variant in variants {
        let broken = [format!("ChainRule::{variant},"), format!("ChainRule::{variant})")];
        assert!(broken.iter().any(|it| tests.contains(it)), "no test breaks {variant}");
    }
}

/// Another certificate of the root: same name, same key.
fn again(ladder: &Ladder, validity: Validity) -> Certificate {
    let (name, key) = ("CN=Root".parse().unwrap(), ladder.root_key());
    let root = Issuer::self_signed_at(name, Profile::root(), key, serial(1), validity).unwrap();
    root.certificate().clone()
}

fn flip_last_bit(certificate: &Certificate) -> Certificate {
    let mut der = certificate.as_der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    Certificate::from_der(&der).unwrap()
}
