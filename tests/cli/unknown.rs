//! What the engine reads and cannot use: shown by `inspect`, left out or refused by name by `verify`.

use crate::common::{self, families, genpkey, hierarchy, judge, openssl};
use crate::shop::Shop;
use certwright::KeyAlgorithm;
use certwright::key::KeyFamily;

const ED25519: &[&str] = &["-algorithm", "ED25519"];
const ED448: &[&str] = &["-algorithm", "ED448"];
const SECP256K1: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"];
const BRAINPOOL: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"];
const RSA_1032: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1032"];
const PSS: &[&str] = &["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"];

#[test]
fn keys_and_signatures_that_are_not_known_are_shown_and_refused_where_they_are_used() {
    if !judge("openssl") {
        return;
    }
    let shop = Shop::new();
    let run = |arguments: &[&str]| openssl(shop.folder.path(), arguments).expect_success();
    for (arguments, words) in [
        (ED25519, "Ed25519 (1.3.101.112)"),
        (ED448, "Ed448 (1.3.101.113)"),
        (SECP256K1, "EC on secp256k1"),
        (BRAINPOOL, "EC on brainpoolP256r1"),
        (RSA_1032, "RSA of 1032 bits"),
        (PSS, "RSASSA-PSS (1.2.840.113549.1.1.10)"),
    ] {
        run(&[&["genpkey"], arguments, &["-out", "odd.key"]].concat());
        run(&["pkey", "-in", "odd.key", "-pubout", "-out", "odd.pub"]);
        let subject = ["-key", "odd.key", "-subj", "/CN=a.example"];
        run(&[&["req", "-new", "-out", "odd.csr"], &subject[..]].concat());
        run(&[&["req", "-x509", "-days", "9", "-out", "odd.pem"], &subject[..]].concat());
        for file in ["odd.pub", "odd.csr", "odd.pem"] {
            if words.starts_with("RSA of") && !common::is_built(KeyFamily::Rsa) {
                continue;
            }
            let shown = shop.run(&["inspect", file]).expect(0).stdout;
            assert!(shown.contains(&format!("key            {words}")), "{file}: {shown}");
            assert!(shown.contains("cannot be used here: unsupported"), "{file}: {shown}");
        }
        let shown = shop.run(&["inspect", "odd.csr"]).expect(0).stdout;
        assert!(shown.contains("signature      not verified: unsupported"), "{shown}");
        let verify = ["verify", "--purpose", "any", "--trust", "odd.pem", "odd.pem"];
        let ran = shop.run(&verify).says(1, "breaks the rule on algorithms");
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    }
}

#[test]
fn certificates_of_old_are_shown_for_what_they_are() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families().into_iter().filter(|it| *it != KeyAlgorithm::Sm2) {
        let shop = Shop::new();
        let run = |arguments: &[&str]| openssl(shop.folder.path(), arguments).expect_success();
        run(&[&["genpkey"], &genpkey(algorithm)[..], &["-out", "a.key"]].concat());
        let make = |more: &[&str], words: &[&str]| {
            let new = ["req", "-x509", "-key", "a.key", "-subj", "/CN=Old Root", "-out", "a.pem"];
            run(&[&new[..], more].concat());
            let shown = shop.run(&["inspect", "a.pem"]).expect(0).stdout;
            for word in words {
                assert!(shown.contains(word), "{word}: {shown}");
            }
            // Whoever trusts it says so.
            shop.run(&["verify", "--purpose", "any", "--trust", "a.pem", "a.pem"]).expect(0);
        };
        make(
            &["-sha1"],
            &["signature      not verified: unsupported", "SHA1"].map(|word| {
                if word == "SHA1" && algorithm.family() == KeyFamily::Rsa {
                    "sha1With"
                } else {
                    word
                }
            }),
        );
        make(&["-set_serial", "0"], &["serial         00 (zero;"]);
        make(&["-set_serial", "-5"], &["serial         -05 (negative;"]);
        make(
            &["-set_serial", "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"],
            &["1f20 (longer than"],
        );
    }
}

#[test]
fn a_trust_file_is_used_but_for_what_cannot_be_read_and_that_is_named() {
    for algorithm in families() {
        let shop = Shop::new();
        let (root, ca) = hierarchy(algorithm);
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        shop.write("trust.pem", [garbage, &root.certificate().to_pem()].concat());
        shop.write("ca.pem", [&ca.certificate().to_pem(), garbage].concat());
        shop.write("first.pem", [garbage, &ca.certificate().to_pem()].concat());
        shop.write("none.pem", garbage);
        let verify = |trust, chain| {
            let arguments = ["verify", "--purpose", "any", "--trust", trust, chain];
            shop.run(&arguments)
        };
        let ran = verify("trust.pem", "ca.pem").expect(0);
        for words in
            ["trust.pem: left out: PEM block 1: malformed", "ca.pem: left out: PEM block 2"]
        {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
        // The first of a chain is what is asked about.
        verify("trust.pem", "first.pem").says(1, "PEM block 1");
        verify("none.pem", "ca.pem").says(1, "PEM block 1");
        let ran = shop.run(&["inspect", "trust.pem"]).says(1, "1 PEM blocks could not be read");
        assert!(ran.stdout.contains("Test Root"), "{}", ran.stdout);
        assert!(ran.stderr.contains("PEM block 1"), "{}", ran.stderr);
    }
}

/// The file that Debian's package ca-certificates makes, where it is installed.
#[test]
fn debians_trust_anchors_are_all_shown_and_trusted_beside_ours() {
    let Ok(debian) = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt") else {
        println!("skipped: the package ca-certificates is not installed");
        return;
    };
    let count = debian.matches("-----BEGIN CERTIFICATE-----").count();
    let shop = Shop::new();
    let (root, ca) = hierarchy(families()[0]);
    shop.write("trust.pem", [&debian, root.certificate().to_pem().as_str()].concat());
    shop.write("ca.pem", ca.certificate().to_pem());
    let ran = shop.run(&["inspect", "trust.pem"]).expect(0);
    assert_eq!(ran.stdout.lines().filter(|line| *line == "Certificate").count(), count + 1);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    let verify = ["verify", "--purpose", "any", "--trust", "trust.pem", "ca.pem"];
    let ran = shop.run(&verify).expect(0);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
}
