//! Encrypted key files both ways: OpenSSL decrypts what this crate writes, and this crate what OpenSSL
//! writes.

use certwright::key::WeakEncryption;
use certwright::{Error, KeyAlgorithm, KeyPair};

use crate::common::{families, folder, genpkey, is_built, judge, openssl, read, write};
use crate::key_files::{seeded, unsupported};
use crate::tool::{assert_same, generate, run};

const PASSPHRASE: &str = "a long passphrase";
const PASS: &str = "pass:a long passphrase";

#[test]
fn openssl_decrypts_what_is_encrypted_and_with_the_passphrase_only() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    for algorithm in families() {
        let key = seeded(algorithm, 1);
        write(&folder, "key.pem", key.to_pkcs8_pem_encrypted(PASSPHRASE).unwrap());
        let output = ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-passin"];
        let public = run(&folder, &[&output[..], &[PASS]].concat());
        assert_eq!(public.stdout, key.public_key().to_der(), "{algorithm}");
    }
    if families().is_empty() {
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
            assert_wrong(KeyPair::from_pem_encrypted(&pem, "another"));
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
            (["-v2", "camellia-256-cbc"], "Camellia-256-CBC"),
            (["-v2", "aria-256-cbc"], "ARIA-256-CBC"),
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
fn weak_encryption_is_refused_with_what_helps_and_read_behind_its_switch() {
    if !judge("openssl") {
        return;
    }
    let folder = folder();
    let headers = "RFC 1421 headers (Proc-Type, DEK-Info), which protects little";
    let pbes1 = "PBES1 with SHA-1 and 3DES (RFC 7292), which protects little";
    let pkcs8 = |scheme| ["pkcs8", "-topk8", "-v1", scheme].to_vec();
    let mut cases = Vec::new();
    for cipher in ["-aes128", "-aes192", "-aes256", "-des3", "-sm4-cbc"] {
        cases.push((KeyAlgorithm::Rsa2048, vec!["rsa", "-traditional", cipher], headers));
        cases.push((KeyAlgorithm::EcdsaP256, vec!["ec", cipher], headers));
    }
    for scheme in ["PBE-SHA1-3DES", "PBE-SHA1-2DES"] {
        cases.push((KeyAlgorithm::EcdsaP256, pkcs8(scheme), pbes1));
        cases.push((KeyAlgorithm::Sm2, pkcs8(scheme), pbes1));
    }
    for (algorithm, command, named) in cases {
        if !is_built(algorithm.family()) {
            continue;
        }
        generate(&folder, &genpkey(algorithm));
        for passphrase in ["a long passphrase", "pässwörd 密码 🔑"] {
            let pass = format!("pass:{passphrase}");
            let options = ["-in", "key.pem", "-passout", &pass, "-out", "weak.pem"];
            run(&folder, &[&command[..], &options].concat());
            let weak = read(&folder, "weak.pem");
            assert_eq!(weak.contains("Proc-Type: 4,ENCRYPTED"), named == headers, "{weak}");
            assert!(KeyPair::is_pem_encrypted(&weak).unwrap());
            let (what, given, allowed) =
                unsupported(KeyPair::from_pem_encrypted(&weak, passphrase));
            assert_eq!((what, given.as_str()), ("key encryption", named), "{command:?}");
            let allow = |passphrase: &str| {
                let allowed = WeakEncryption::DangerouslyRead;
                KeyPair::from_pem_encrypted_with(&weak, passphrase, allowed)
            };
            assert_same(&folder, &allow(passphrase).unwrap_or_else(|e| panic!("{command:?}: {e}")));
            for number in 0..4 {
                assert_wrong(allow(&format!("another {number}")));
            }
            // The command that the message gives.
            let said = allowed.split('`').nth(1).unwrap();
            let said = said.replace("OLD", "weak.pem").replace("NEW", "new.pem");
            let words: Vec<&str> = said.split(' ').skip(1).collect();
            run(&folder, &[&words[..], &["-passin", &pass, "-passout", &pass]].concat());
            let converted = read(&folder, "new.pem");
            assert_same(&folder, &KeyPair::from_pem_encrypted(&converted, passphrase).unwrap());
        }
    }
}

fn assert_wrong(answer: Result<KeyPair, Error>) {
    let error = answer.expect_err("a wrong passphrase opened a key");
    assert!(matches!(error, Error::WrongPassphrase { .. }), "{error}");
}
