//! No secret is printed: not by `Debug` of what holds one, not by an error that a bad key file gives.

use std::fmt::Debug;

use certwright::key::{PublicKey, SealingKey, WeakKeys};
use certwright::ledger::Ledger;
use certwright::{Authority, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy, Profile};

use crate::common::{families, is_built};
use crate::key_files::{content, curve, hex, integer, pkcs8, sec1, seeded, value, whole};

const PASSPHRASE: &str = "correct horse battery staple";

/// The secret bytes of a key: what is behind the first 24 bytes of its PKCS #8, in all of which
/// there is nothing but the algorithm, and before its last 80, where the public point is.
fn secrets(key: &KeyPair) -> Vec<Vec<u8>> {
    let der = key.to_pkcs8_der().unwrap();
    let numbers = if key.public_key().algorithm() == KeyAlgorithm::Rsa2048 {
        // PrivateKeyInfo, its OCTET STRING, RSAPrivateKey: version, n, e, and then the secrets.
        let mut rest = content(content(&content(der.as_bytes())[18..]));
        let mut numbers = Vec::new();
        while !rest.is_empty() {
            numbers.push(content(whole(rest)).to_vec());
            rest = &rest[whole(rest).len()..];
        }
        numbers.split_off(3)
    } else {
        vec![der.as_bytes()[36..68].to_vec()]
    };
    assert!(numbers.iter().all(|number| number.len() >= 32), "secrets and nothing else");
    numbers
}

/// What a text must not hold: eight bytes of a secret in a row, as hexadecimal digits in either
/// order, as decimal numbers in a list, or as they are.
struct Forbidden(Vec<String>);

impl Forbidden {
    fn new(secrets: &[Vec<u8>]) -> Self {
        let forms = secrets.iter().flat_map(|secret| secret.windows(8)).flat_map(|window| {
            let digits: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
            let reversed: String = window.iter().rev().map(|o| format!("{o:02x}")).collect();
            let list: Vec<String> = window.iter().map(ToString::to_string).collect();
            [digits, reversed, list.join(","), String::from_utf8_lossy(window).to_lowercase()]
        });
        Self(forms.collect())
    }

    #[track_caller]
    fn check(&self, text: &str, of: &str) {
        let squeezed: String = text.to_lowercase().split([' ', '\n', ':', '_']).collect();
        let shown = self.0.iter().any(|form| squeezed.contains(form));
        assert!(!shown, "{of} shows a secret: {text}");
    }
}

#[test]
fn the_test_would_notice() {
    let secret: Vec<u8> = (100..132).collect();
    let forbidden = Forbidden::new(std::slice::from_ref(&secret));
    forbidden.check("nothing of it", "this");
    for text in [
        format!("{secret:?}"),
        format!("{secret:#?}"),
        format!("{secret:02x?}").replace(", ", ""),
        "efghijkl".to_owned(),
    ] {
        let noticed = std::panic::catch_unwind(|| forbidden.check(&text, "this"));
        assert!(noticed.is_err(), "{text}");
    }
}

#[test]
fn debug_of_what_holds_a_secret_shows_none() {
    for algorithm in families() {
        let key = || seeded(algorithm, 7);
        let der = key().to_pkcs8_der().unwrap();
        let mut secrets = secrets(&key());
        secrets.push(PASSPHRASE.as_bytes().to_vec());
        secrets.push(vec![0x5c; 32]);
        let pem = key().to_pkcs8_pem().unwrap();
        let lines = pem.as_str().lines().filter(|line| !line.starts_with('-'));
        secrets.extend(lines.map(|line| line.as_bytes().to_vec()));

        let issuer =
            || Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key()).unwrap();
        let policy = || Policy::new(Profile::tls_server());
        let authority = Authority::new(issuer(), policy(), MemoryStore::default());
        let ledger = Ledger::new(MemoryStore::default());
        let by_bytes = SealingKey::from_bytes([0x5c; 32]);
        let by_passphrase = SealingKey::from_passphrase(PASSPHRASE).unwrap();
        ledger.unlock(&by_bytes).unwrap();
        let writer = ledger.writer("test", "2026-06-01T00:00:00Z".parse().unwrap());
        writer.keep_key("key", &key()).unwrap();
        let kept = ledger.key("key").unwrap();
        let (pair, own) = (key(), issuer());
        let printed: [(&str, &dyn Debug); 9] = [
            ("KeyPair", &pair),
            ("kept KeyPair", &kept),
            ("PublicKey", pair.public_key()),
            ("SecretBytes", &der),
            ("SecretText", &pem),
            ("SealingKey of bytes", &by_bytes),
            ("SealingKey of a passphrase", &by_passphrase),
            ("Issuer", &own),
            ("Authority", &authority),
        ];
        let forbidden = Forbidden::new(&secrets);
        for (name, value) in printed {
            forbidden.check(&format!("{value:?} {value:#?}"), name);
        }
    }
}

/// Every byte of a good file is changed, the file is cut at every length, and the numbers are put
/// into wrong places: whatever the answer, it does not tell the key.
#[test]
fn errors_of_a_key_import_show_no_byte_of_the_key() {
    for algorithm in families() {
        let key = seeded(algorithm, 7);
        let secrets = secrets(&key);
        let der = key.to_pkcs8_der().unwrap();
        let der = der.as_bytes();
        let pem = key.to_pkcs8_pem().unwrap();
        // Numbers that belong to no key cost a while to refuse where they are RSA's.
        let step = if algorithm == KeyAlgorithm::Rsa2048 { 31 } else { 1 };
        let mut files: Vec<Vec<u8>> = (0..der.len()).map(|length| der[..length].to_vec()).collect();
        for position in (0..der.len()).step_by(step) {
            for change in [0x01, 0x80, 0xff] {
                let mut file = der.to_vec();
                file[position] ^= change;
                files.push(file);
            }
        }
        files.push([der, der].concat());
        let mut errors = Vec::new();
        for file in &files {
            errors.extend(KeyPair::from_pkcs8_der(file).err());
            errors.extend(KeyPair::from_sec1_der(file).err());
            errors.extend(KeyPair::from_pkcs1_der(file).err());
            errors.extend(KeyPair::from_pkcs8_der_encrypted(file, PASSPHRASE).err());
            errors.extend(PublicKey::from_der(file).err());
        }
        for line in 0..pem.as_str().lines().count() {
            let mut lines: Vec<&str> = pem.as_str().lines().collect();
            let doubled = [lines[line], lines[line]].concat();
            lines[line] = &doubled;
            errors.extend(KeyPair::from_pem(&lines.join("\n")).err());
            lines.remove(line);
            errors.extend(KeyPair::from_pem(&lines.join("\n")).err());
            errors.extend(KeyPair::from_pem_encrypted(&lines.join("\n"), PASSPHRASE).err());
        }
        assert!(errors.len() > files.len(), "they are refused");
        let mut secrets = secrets;
        secrets.push(PASSPHRASE.as_bytes().to_vec());
        let body = pem.as_str().lines().filter(|line| !line.starts_with('-'));
        secrets.extend(body.map(|line| line.as_bytes().to_vec()));
        let texts: std::collections::BTreeSet<String> =
            errors.iter().map(|error| format!("{error} {error:?} {}", causes(error))).collect();
        let forbidden = Forbidden::new(&secrets);
        texts.iter().for_each(|text| forbidden.check(text, "an error"));
    }
}

#[test]
fn a_scalar_that_is_out_of_range_is_not_shown() {
    let scalar = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552");
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Sm2] {
        if !is_built(algorithm.family()) {
            continue;
        }
        let long = [&scalar[..], &scalar].concat();
        for scalar in [&scalar, &long] {
            let inner = sec1(scalar, Some(algorithm), None);
            let outer = pkcs8(&curve(algorithm), &sec1(scalar, None, None));
            let wrong = pkcs8(&curve(algorithm), &value(0x30, &[&integer(&[1]), &integer(scalar)]));
            for answer in [
                KeyPair::from_sec1_der(&inner),
                KeyPair::from_pkcs8_der(&outer),
                KeyPair::from_pkcs8_der(&wrong),
                KeyPair::from_pkcs8_der_with(&outer, WeakKeys::DangerouslyAllowRsa1024),
            ] {
                if let Err(error) = answer {
                    let text = format!("{error} {error:?} {}", causes(&error));
                    Forbidden::new(&[scalar.to_vec()]).check(&text, "an error");
                }
            }
        }
    }
}

fn causes(error: &Error) -> String {
    let first = std::error::Error::source(error);
    let all = std::iter::successors(first, |cause| cause.source());
    all.map(|cause| format!("{cause} {cause:?}")).collect()
}
