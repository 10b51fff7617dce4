//! Trust anchors are a name and a key (RFC 5280 section 6.1.1 d); below them, what this crate does not
//! understand is not believed.

use certwright::error::ChainRule;
use certwright::verify::Bundle;
use certwright::{Certificate, Chain, ChainVerifier, Error};

use crate::common;
use crate::craft::{self, Draft, KEY, Ladder, SERIAL, internal, now, tlv};
use crate::question::Question;

const SHA1_WITH_RSA: &str = "1.2.840.113549.1.1.5";
const MD5_WITH_RSA: &str = "1.2.840.113549.1.1.4";
const ED25519: &str = "1.3.101.112";
const NOBODYS: &str = "1.3.6.1.4.1.99999.1";

/// A certificate whose signature says that it is of another algorithm.
fn signed_with(certificate: &Certificate, algorithm: &str) -> Certificate {
    let identifier = craft::sequence(&[craft::oid(algorithm)]);
    let parts = craft::children(certificate.as_der());
    let fields = Draft::of(certificate).field(2, identifier.clone());
    let fields = [fields.fields, vec![extensions_of(certificate)]].concat();
    let whole = craft::sequence(&[craft::sequence(&fields), identifier, parts[2].clone()]);
    Certificate::from_der(&whole).unwrap()
}

fn extensions_of(certificate: &Certificate) -> Vec<u8> {
    craft::children(certificate.to_be_signed()).last().unwrap().clone()
}

/// The same name and key in a certificate of version 1, which has no extensions.
fn version_1(certificate: &Certificate) -> Certificate {
    let parts = craft::children(certificate.as_der());
    let fields = Draft::of(certificate).fields[1..].to_vec();
    let whole = [craft::sequence(&fields), parts[1].clone(), parts[2].clone()];
    Certificate::from_der(&craft::sequence(&whole)).unwrap()
}

fn leaf(ladder: &Ladder) -> Certificate {
    let grant = internal().review(&ladder.request(&["db.internal"])).approve().unwrap();
    ladder.ca.sign(ladder.ca.prepare(&grant, craft::serial(7), now()).unwrap()).unwrap()
}

fn verify(anchors: &[Certificate], chain: &[Certificate]) -> Result<Vec<Certificate>, Error> {
    let chain = Chain::new(chain[0].clone(), chain[1..].to_vec()).unwrap();
    let verified = ChainVerifier::new(anchors.to_vec(), now()).verify(&chain)?;
    Ok(verified.path().to_vec())
}

#[test]
fn of_an_anchor_the_name_and_the_key_count() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (root, ca) = (ladder.root.certificate(), ladder.ca.certificate());
        let serial = |content: &[u8]| {
            let draft = Draft::of(root).field(SERIAL, tlv(2, &[content]));
            draft.sign(&ladder.ca_key())
        };
        let mut anchors: Vec<Certificate> =
            [SHA1_WITH_RSA, MD5_WITH_RSA, ED25519, NOBODYS].map(|it| signed_with(root, it)).into();
        anchors.extend([serial(&[0]), serial(&[0xff]), serial(&[1; 40]), version_1(root)]);
        for anchor in anchors {
            let shown = format!("{algorithm}: {anchor:?}");
            for chain in
                [vec![leaf(&ladder), ca.clone()], vec![leaf(&ladder), ca.clone(), anchor.clone()]]
            {
                let path = verify(std::slice::from_ref(&anchor), &chain).expect(&shown);
                assert_eq!((path.len(), path.last()), (3, Some(&anchor)), "{shown}");
            }
            // Whoever is not trusted is no anchor.
            let chain = [leaf(&ladder), ca.clone(), anchor];
            let error = verify(&[], &chain).unwrap_err();
            assert!(matches!(&error, Error::Chain(it) if it.rule == ChainRule::Trust), "{error}");
        }
    }
}

#[test]
fn a_certificate_of_version_1_is_no_ca_below_an_anchor() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let ca = ladder.ca.certificate();
        let fields = Draft::of(ca).fields[1..].to_vec();
        let ca = craft::signed(&craft::sequence(&fields), &*ladder.root_key());
        let ca = Certificate::from_der(&ca).unwrap();
        assert_eq!(ca.version(), 1);
        let chain = vec![leaf(&ladder), ca, ladder.root.certificate().clone()];
        Question::new(chain).refused_by_us(1, ChainRule::BasicConstraints, "not a CA");
    }
}

#[test]
fn below_an_anchor_nothing_counts_that_is_not_understood() {
    let bytes = |content: &[u8]| tlv(3, &[&[0], content]);
    let key = |identifier: &[Vec<u8>], content: &[u8]| {
        craft::sequence(&[craft::sequence(identifier), bytes(content)])
    };
    let rsa = |bits: usize, exponent: &[u8]| {
        let mut modulus = vec![0xff; bits.div_ceil(8)];
        modulus[0] = 0xff >> ((8 - bits % 8) % 8);
        let modulus = [vec![0; usize::from(modulus[0] >= 0x80)], modulus].concat();
        let numbers = craft::sequence(&[tlv(2, &[&modulus]), tlv(2, &[exponent])]);
        key(&[craft::oid("1.2.840.113549.1.1.1"), vec![5, 0]], &numbers)
    };
    let point = [&[4][..], &[7; 64]].concat();
    let on = |curve: &str| key(&[craft::oid("1.2.840.10045.2.1"), craft::oid(curve)], &point);
    let keys: [(Vec<u8>, &str); 8] = [
        (key(&[craft::oid(ED25519)], &[7; 32]), "Ed25519"),
        (key(&[craft::oid("1.2.840.10040.4.1"), craft::sequence(&[])], &[2, 1, 5]), "DSA"),
        (key(&[craft::oid(NOBODYS)], &[]), NOBODYS),
        (on("1.3.132.0.10"), "secp256k1"),
        (key(&[craft::oid("1.2.840.10045.2.1"), craft::sequence(&[])], &point), "not named"),
        (on("1.2.840.10045.3.1.7"), ""),
        (rsa(1536, &[1, 0, 1]), ""),
        (rsa(2048, &[1]), ""),
    ];
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (root, ca, good) = (ladder.root.certificate(), ladder.ca.certificate(), leaf(&ladder));
        verify(std::slice::from_ref(root), &[good.clone(), ca.clone()]).unwrap();
        let refused = |chain: [&Certificate; 2], link, rule, words| {
            let chain = vec![chain[0].clone(), chain[1].clone(), root.clone()];
            Question::new(chain).refused_by_us(link, rule, words);
        };
        for (spki, words) in &keys {
            let draft = Draft::of(&good).field(KEY, spki.clone());
            let odd = draft.sign(&ladder.ca_key());
            assert!(odd.public_key().is_err(), "{words}");
            assert_eq!(odd.public_key_info().as_der(), spki);
            refused([&odd, ca], 0, ChainRule::Algorithm, words);
            let odd = Draft::of(ca).field(KEY, spki.clone()).sign(&ladder.root_key());
            // What it issued cannot be verified.
            refused([&good, &odd], 0, ChainRule::Algorithm, words);
        }
        for (oid, name) in
            [(SHA1_WITH_RSA, "sha1WithRSAEncryption"), (ED25519, "Ed25519"), (NOBODYS, NOBODYS)]
        {
            assert_eq!(signed_with(&good, oid).signature_identifier().oid().to_string(), oid);
            refused([&signed_with(&good, oid), ca], 0, ChainRule::Algorithm, name);
            refused([&good, &signed_with(ca, oid)], 1, ChainRule::Algorithm, name);
        }
        // The algorithm inside is not the one beside the signature.
        let parts = craft::children(good.as_der());
        let other = craft::sequence(&[craft::oid(ED25519)]);
        let both = craft::sequence(&[parts[0].clone(), other, parts[2].clone()]);
        let odd = Certificate::from_der(&both).unwrap();
        refused([&odd, ca], 0, ChainRule::Algorithm, "not the same");
        let zero = Draft::of(&good).field(SERIAL, vec![2, 1, 0]).sign(&ladder.ca_key());
        refused([&zero, ca], 0, ChainRule::SerialNumber, "20 bytes");
    }
}

#[test]
fn a_certificate_that_no_path_needs_does_not_matter() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (root, ca) = (ladder.root.certificate(), ladder.ca.certificate());
        let chain = [leaf(&ladder), ca.clone(), signed_with(root, SHA1_WITH_RSA)];
        let path = verify(std::slice::from_ref(root), &chain).unwrap();
        assert_eq!((path.len(), path.last()), (3, Some(root)));
    }
}

#[test]
fn a_file_of_trust_anchors_is_used_but_for_what_cannot_be_read() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (root, ca) = (ladder.root.certificate(), ladder.ca.certificate());
        let block = |label: &str, base64: &str| {
            format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
        };
        let text = [
            block("CERTIFICATE", "AAAA"),
            signed_with(root, ED25519).to_pem(),
            block("CERTIFICATE", "AA=A"),
            block("TRUSTED CERTIFICATE", "MAA="),
            block("X509 CRL", "MAA="),
            root.to_pem(),
        ];
        let bundle = Bundle::from_pem(&text.concat()).unwrap();
        let skipped: Vec<(usize, usize)> =
            bundle.skipped().iter().map(|it| (it.position, it.after)).collect();
        assert_eq!(skipped, [(0, 0), (2, 1), (3, 1)]);
        let said: Vec<String> = bundle.skipped().iter().map(ToString::to_string).collect();
        assert!(said[0].starts_with("PEM block 1: malformed certificate"), "{}", said[0]);
        assert!(said[2].contains("openssl x509"), "{}", said[2]);
        assert_eq!(bundle.certificates().len(), 2);
        let anchors: Vec<Certificate> = bundle.into_iter().collect();
        let path = verify(&anchors, &[leaf(&ladder), ca.clone()]).unwrap();
        assert!(
            path.last()
                .is_some_and(|last| last.public_key().unwrap() == root.public_key().unwrap())
        );
        assert!(Bundle::from_pem(&text[4]).is_err(), "no certificate at all");
        assert!(Bundle::from_pem("Dear diary").is_err());
    }
}

/// The file that Debian's package ca-certificates makes, where it is installed.
#[test]
fn debians_trust_anchors_are_all_read_and_do_not_get_in_the_way_of_ours() {
    let Ok(debian) = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt") else {
        println!("skipped: the package ca-certificates is not installed");
        return;
    };
    let count = debian.matches("-----BEGIN CERTIFICATE-----").count();
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let (root, ca) = (ladder.root.certificate(), ladder.ca.certificate());
        let bundle = Bundle::from_pem(&[debian.as_str(), &root.to_pem()].concat()).unwrap();
        assert_eq!(bundle.skipped().len(), 0, "{:?}", bundle.skipped());
        assert_eq!(bundle.certificates().len(), count + 1);
        let anchors: Vec<Certificate> = bundle.into_iter().collect();
        let path = verify(&anchors, &[leaf(&ladder), ca.clone()]).unwrap();
        assert_eq!(path.last(), Some(root));
    }
}
