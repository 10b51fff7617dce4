//! Key files both ways: what this crate writes OpenSSL reads, what OpenSSL writes this crate reads.

use std::sync::LazyLock;

use certwright::key::{KeyFamily, PublicKey, WeakKeys};
use certwright::{KeyAlgorithm, KeyPair};

use crate::common::{algorithms, folder, genpkey, is_built, judge, read, write};
use crate::key_files::{malformed, seeded, unsupported};
use crate::tool::{assert_same, generate, run};

/// One key of each algorithm in PEM, made by OpenSSL.
static GIVEN: LazyLock<Vec<(KeyAlgorithm, String)>> = LazyLock::new(|| {
    let folder = folder();
    let make = |algorithm| {
        generate(&folder, &genpkey(algorithm));
        (algorithm, read(&folder, "key.pem"))
    };
    algorithms().into_iter().map(make).collect()
});

#[test]
fn openssl_checks_every_key_that_is_written() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for algorithm in algorithms() {
        let key = seeded(algorithm, 1);
        let der = key.to_pkcs8_der().unwrap();
        write(&folder, "key.der", der.as_bytes());
        write(&folder, "key.pem", key.to_pkcs8_pem().unwrap().as_str());
        let answer = run(&folder, &["pkey", "-in", "key.pem", "-check", "-noout"]);
        assert!(answer.text().contains("Key is valid"), "{algorithm}: {}", answer.all());
        for (form, file) in [("DER", "key.der"), ("PEM", "key.pem")] {
            let output = ["-inform", form, "-pubout", "-outform", "DER"];
            let public = run(&folder, &[&["pkey", "-in", file][..], &output].concat());
            assert_eq!(public.stdout, key.public_key().to_der(), "{algorithm} {form}");
        }
        // OpenSSL writes the same bytes.
        let rewrite = ["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER"];
        assert!(run(&folder, &rewrite).stdout == der.as_bytes(), "{algorithm}");
    }
}

#[test]
fn keys_of_genpkey_are_read_as_pem_and_as_der() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for (algorithm, pem) in GIVEN.iter() {
        write(&folder, "key.pem", pem);
        let key = KeyPair::from_pem(pem).unwrap();
        assert_same(&folder, &key);
        assert_eq!(key.public_key().algorithm(), *algorithm);
        let rewrite = ["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER"];
        let der = run(&folder, &rewrite).stdout;
        assert_same(&folder, &KeyPair::from_pkcs8_der(&der).unwrap());
        assert!(key.to_pkcs8_der().unwrap().as_bytes() == der, "{algorithm}: the same bytes");
    }
}

#[test]
fn keys_of_ecparam_are_read_behind_their_parameters() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for (algorithm, curve) in curves() {
        run(&folder, &["ecparam", "-genkey", "-name", curve, "-out", "key.pem"]);
        let text = read(&folder, "key.pem");
        assert!(text.contains("PARAMETERS-----"), "{text}");
        let key = KeyPair::from_pem(&text).unwrap();
        assert_same(&folder, &key);
        assert_eq!(key.public_key().algorithm(), algorithm);
    }
}

#[test]
fn keys_of_openssl_ec_are_read_in_each_of_its_forms() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    let curves = GIVEN.iter().filter(|(algorithm, _)| algorithm.family() != KeyFamily::Rsa);
    for (algorithm, pem) in curves {
        write(&folder, "key.pem", pem);
        let input = ["ec", "-in", "key.pem"];
        let explicit = run(&folder, &[&input[..], &["-param_enc", "explicit"]].concat()).text();
        let explicit = explicit.replace("SM2 PRIVATE", "EC PRIVATE");
        let (what, given, _) = unsupported(KeyPair::from_pem(&explicit));
        assert_eq!((what, given.as_str()), ("curve parameters", "a curve that is not named"));
        for options in [&[][..], &["-conv_form", "compressed"], &["-no_public"]] {
            let pem = run(&folder, &[&input[..], options].concat()).text();
            assert!(pem.contains("EC PRIVATE KEY") || *algorithm == KeyAlgorithm::Sm2, "{pem}");
            let key = KeyPair::from_pem(&pem)
                .unwrap_or_else(|error| panic!("{algorithm} {options:?}: {error}\n{pem}"));
            assert_same(&folder, &key);
            let der = run(&folder, &[&input[..], options, &["-outform", "DER"]].concat()).stdout;
            assert_same(&folder, &KeyPair::from_sec1_der(&der).unwrap());
        }
    }
}

#[test]
fn traditional_rsa_keys_are_read() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    let rsa = GIVEN.iter().filter(|(algorithm, _)| algorithm.family() == KeyFamily::Rsa);
    for (_, pem) in rsa {
        write(&folder, "key.pem", pem);
        let output = ["rsa", "-in", "key.pem", "-traditional"];
        let pem = run(&folder, &output).text();
        assert!(pem.starts_with("-----BEGIN RSA PRIVATE KEY-----"), "{pem}");
        assert_same(&folder, &KeyPair::from_pem(&pem).unwrap());
        let der = run(&folder, &[&output[..], &["-outform", "DER"]].concat()).stdout;
        assert_same(&folder, &KeyPair::from_pkcs1_der(&der).unwrap());
    }
}

#[test]
fn public_keys_of_openssl_are_read_in_each_form_of_a_point() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for (algorithm, pem) in GIVEN.iter() {
        write(&folder, "key.pem", pem);
        let output = ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"];
        let plain = run(&folder, &output).stdout;
        let key = PublicKey::from_der(&plain).unwrap();
        assert_eq!(key.algorithm(), *algorithm);
        assert_eq!(key.to_der(), plain, "{algorithm}: the same bytes");
        if algorithm.family() != KeyFamily::Rsa {
            let form = |form| {
                let output = ["ec", "-in", "key.pem", "-pubout", "-outform", "DER", "-conv_form"];
                run(&folder, &[&output[..], &[form]].concat()).stdout
            };
            let compressed = form("compressed");
            assert!(compressed.len() < plain.len());
            assert_eq!(PublicKey::from_der(&compressed).unwrap(), key);
            // RFC 5480 section 2.2 leaves the hybrid form out.
            let (_, problem) = malformed(PublicKey::from_der(&form("hybrid")));
            assert!(problem.starts_with("not a point on the curve"), "{problem}");
        }
    }
}

#[test]
fn keys_of_openssl_that_are_too_weak_or_unknown_are_refused_by_name() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    let key = |options: &[&str]| {
        generate(&folder, options);
        KeyPair::from_pem(&read(&folder, "key.pem"))
    };
    let rsa = |option: &str| key(&["-algorithm", "RSA", "-pkeyopt", option]);
    if is_built(KeyFamily::Rsa) {
        let exponent = malformed(rsa("rsa_keygen_pubexp:3")).1;
        assert_eq!(exponent, "the public exponent is not 65537");
        for bits in [1536, 2047, 2560] {
            let (_, given, allowed) = unsupported(rsa(&format!("rsa_keygen_bits:{bits}")));
            assert_eq!(given, format!("RSA of {bits} bits"));
            let sizes = "private keys of RSA with exactly 1024, 2048, 3072 or 4096 bits";
            assert_eq!(allowed, sizes);
        }
        let (_, given, _) = unsupported(rsa("rsa_keygen_primes:3"));
        assert_eq!(given, "more than two primes");
        let denied = rsa("rsa_keygen_bits:1024").unwrap_err();
        assert_eq!(denied.reasons()[0].rule, certwright::error::Rule::KeyWeak);
        let weak_keys = WeakKeys::DangerouslyAllowRsa1024;
        let read = KeyPair::from_pem_with(&read(&folder, "key.pem"), weak_keys).unwrap();
        assert_same(&folder, &read);
    }
    for (options, named) in [
        (&["-algorithm", "ED25519"][..], "Ed25519 (1.3.101.112)"),
        (&["-algorithm", "RSA-PSS"], "RSASSA-PSS (1.2.840.113549.1.1.10)"),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
            "secp256k1 (1.3.132.0.10)",
        ),
        (&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"], "P-224 (1.3.132.0.33)"),
    ] {
        assert_eq!(unsupported(key(options)).1, named, "{options:?}");
    }
}

/// The curves that are built in, with OpenSSL's names.
fn curves() -> impl Iterator<Item = (KeyAlgorithm, &'static str)> {
    let curves = [
        (KeyAlgorithm::EcdsaP256, "prime256v1"),
        (KeyAlgorithm::EcdsaP384, "secp384r1"),
        (KeyAlgorithm::EcdsaP521, "secp521r1"),
        (KeyAlgorithm::Sm2, "SM2"),
    ];
    curves.into_iter().filter(|(algorithm, _)| is_built(algorithm.family()))
}
