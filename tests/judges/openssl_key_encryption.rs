//! Encrypted key files both ways: OpenSSL decrypts what this crate writes, and this crate what OpenSSL
//! writes.

use certwright::{KeyAlgorithm, KeyPair};

use crate::common::{algorithms, families, folder, genpkey, is_built, judge, openssl, read, write};
use crate::key_files::{malformed, seeded, unsupported};
use crate::tool::{assert_same, generate, run};

const PASSPHRASE: &str = "a long passphrase";
const PASS: &str = "pass:a long passphrase";
const WRONG: &str = "the passphrase is wrong, or the key is damaged";

#[test]
fn openssl_decrypts_what_is_encrypted_and_with_the_passphrase_only() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for algorithm in algorithms() {
        let key = seeded(algorithm, 1);
        write(&folder, "key.pem", key.to_pkcs8_pem_encrypted(PASSPHRASE).unwrap());
        let output = ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-passin"];
        let public = run(&folder, &[&output[..], &[PASS]].concat());
        assert_eq!(public.stdout, key.public_key().to_der(), "{algorithm}");
    }
    if algorithms().is_empty() {
        return;
    }
    let wrong = ["pkey", "-in", "key.pem", "-noout", "-passin", "pass:another"];
    let wrong = openssl(folder.path(), &wrong);
    assert!(!wrong.success && wrong.stderr.contains("bad decrypt"), "{}", wrong.all());
    let parsed = run(&folder, &["asn1parse", "-in", "key.pem"]).text();
    for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"] {
        assert!(parsed.contains(part), "{part} in\n{parsed}");
    }
}

#[test]
fn what_openssl_encrypts_is_decrypted_with_the_passphrase_only() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for algorithm in families() {
        generate(&folder, &genpkey(algorithm));
        for options in [
            &[][..],
            &["-v2", "aes-128-cbc"],
            &["-v2", "aes-192-cbc"],
            &["-v2", "aes-256-cbc"],
            &["-scrypt"],
            &["-scrypt", "-scrypt_N", "1024", "-scrypt_r", "16", "-scrypt_p", "2"],
            &["-v2", "des3"],
            &["-v2", "sm4-cbc"],
            &["-v2prf", "hmacWithSHA1"],
            &["-v2prf", "hmacWithSHA224"],
            &["-v2prf", "hmacWithSHA384"],
            &["-v2prf", "hmacWithSHA512"],
            &["-iter", "100000"],
        ] {
            let command = ["pkcs8", "-topk8", "-in", "key.pem", "-passout", PASS];
            let pem = run(&folder, &[&command[..], options].concat()).text();
            let key = KeyPair::from_pem_encrypted(&pem, PASSPHRASE)
                .unwrap_or_else(|error| panic!("{algorithm} {options:?}: {error}"));
            assert_same(&folder, &key);
            let wrong = malformed(KeyPair::from_pem_encrypted(&pem, "another"));
            assert_eq!(wrong.1, WRONG, "{algorithm} {options:?}");
        }
        let generated = [&["genpkey", "-aes256", "-pass", PASS][..], &genpkey(algorithm)].concat();
        let pem = run(&folder, &generated).text();
        let key = KeyPair::from_pem_encrypted(&pem, PASSPHRASE).unwrap();
        assert_eq!(key.public_key().algorithm(), algorithm);
    }
}

#[test]
fn weak_and_old_encryption_is_unsupported_by_name() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for algorithm in families().into_iter().take(1) {
        generate(&folder, &genpkey(algorithm));
        for (options, named) in [
            (["-v1", "PBE-SHA1-3DES"], "pbeWithSHAAnd3-KeyTripleDES-CBC"),
            (["-v2", "camellia-256-cbc"], "1.2.392.200011.61.1.1.1.4"),
            (["-v2", "aria-256-cbc"], "1.2.410.200046.1.1.12"),
            (["-v2prf", "hmacWithSHA512-256"], "HMAC-SHA512-256"),
        ] {
            let command = ["pkcs8", "-topk8", "-in", "key.pem", "-passout", PASS];
            let pem = run(&folder, &[&command[..], &options].concat()).text();
            let (what, given, _) = unsupported(KeyPair::from_pem_encrypted(&pem, PASSPHRASE));
            assert_eq!(what, "key encryption");
            assert!(given.contains(named), "{options:?}: {given}");
        }
    }
}

#[test]
fn legacy_encryption_is_refused_with_what_to_do_and_that_helps() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for (algorithm, command) in [
        (KeyAlgorithm::Rsa2048, vec!["rsa", "-traditional"]),
        (KeyAlgorithm::EcdsaP256, vec!["ec"]),
    ] {
        if !is_built(algorithm.family()) {
            continue;
        }
        generate(&folder, &genpkey(algorithm));
        let options = ["-in", "key.pem", "-aes128", "-passout", PASS, "-out", "legacy.pem"];
        run(&folder, &[&command[..], &options].concat());
        let legacy = read(&folder, "legacy.pem");
        assert!(legacy.contains("Proc-Type: 4,ENCRYPTED"), "{legacy}");
        let (_, problem) = malformed(KeyPair::from_pem(&legacy));
        assert!(
            problem.contains("`openssl pkcs8 -topk8 -in OLD -out NEW` converts it"),
            "{problem}"
        );
        let convert = ["pkcs8", "-topk8", "-in", "legacy.pem", "-passin", PASS, "-passout", PASS];
        let pem = run(&folder, &convert).text();
        assert_same(&folder, &KeyPair::from_pem_encrypted(&pem, PASSPHRASE).unwrap());
    }
}
