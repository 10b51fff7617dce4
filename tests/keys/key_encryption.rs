//! Encrypted private keys: what is written, what is read, and what is refused before any work.

use std::time::{Duration, Instant};

use certwright::key::{KeyFamily, WeakEncryption};
use certwright::{Error, KeyAlgorithm, KeyPair};
use pkcs5::EncryptionScheme;
use pkcs5::pbes2::{EncryptionScheme as Cipher, Parameters, Pbkdf2Params};

use crate::common::{families, is_built, key, step};
use crate::key_files::{
    NULL, OCTET_STRING, SEQUENCE, content, curve, hex, integer, malformed, pkcs8, sec1,
    unsupported, value, whole,
};

const PASSPHRASE: &str = "passphrase";

#[test]
fn what_is_written_is_pbes2_with_600_000_rounds_of_sha256_and_aes_256() {
    // Keys of every family are encrypted alike, and without optimisation it takes a while.
    for algorithm in families().into_iter().step_by(step(3)) {
        let key = key(algorithm);
        let [one, other] = [(); 2].map(|()| key.to_pkcs8_der_encrypted(PASSPHRASE).unwrap());
        let (salt, iv, ciphertext) = split_written(&one);
        assert_eq!(kdf_pbkdf2(&salt, 600_000, None, iv.clone(), &ciphertext), one);
        let (other_salt, other_iv, other_ciphertext) = split_written(&other);
        assert_eq!((salt.len(), iv.len()), (16, 16));
        assert_ne!(salt, other_salt, "a new salt for each file");
        assert_ne!(iv, other_iv, "a new initial vector for each file");
        assert_ne!(ciphertext, other_ciphertext);
        let plain = key.to_pkcs8_der().unwrap();
        let scalar = &plain.as_bytes()[40..56];
        assert!(!one.windows(16).any(|window| window == scalar), "{algorithm}: in the clear");
    }
}

#[test]
fn a_passphrase_has_1_to_1024_bytes() {
    for algorithm in families().into_iter().take(1) {
        let key = key(algorithm);
        let longest = "é".repeat(512);
        let der = key.to_pkcs8_der_encrypted(&longest).unwrap();
        let read = KeyPair::from_pkcs8_der_encrypted(&der, &longest).unwrap();
        assert_eq!(read.public_key(), key.public_key());
        let (place, problem) = malformed(key.to_pkcs8_der_encrypted(""));
        assert_eq!(
            (place.as_str(), problem.as_str()),
            ("passphrase", "empty; allowed 1 to 1024 bytes")
        );
        let too_long = "x".repeat(1025);
        for answer in [
            malformed(key.to_pkcs8_pem_encrypted(&too_long)),
            malformed(KeyPair::from_pkcs8_der_encrypted(&der, &too_long)),
        ] {
            assert_eq!(answer, ("passphrase".to_owned(), "1025 bytes; at most 1024".to_owned()));
        }
    }
}

#[test]
fn a_wrong_passphrase_is_called_that_whatever_it_decrypts_to() {
    for algorithm in families() {
        let key = key(algorithm);
        // One round, so that thousands of tries are fast: of 256 decryptions one has right padding.
        let der = encrypt_quickly(key.to_pkcs8_der().unwrap().as_bytes());
        let read = KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE).unwrap();
        assert_eq!(read.public_key(), key.public_key());
        for number in 0..1000 {
            let wrong = format!("passphrase{number}");
            assert_wrong(KeyPair::from_pkcs8_der_encrypted(&der, &wrong));
        }
    }
}

#[test]
fn a_bad_key_behind_the_right_passphrase_is_not_called_a_wrong_passphrase() {
    if !is_built(KeyFamily::Ecc) {
        return;
    }
    let p256 = KeyAlgorithm::EcdsaP256;
    let zero = pkcs8(&curve(p256), &sec1(&[0; 32], None, None));
    let expected = "the scalar is not in [1, n-1]";
    assert_eq!(malformed(KeyPair::from_pkcs8_der(&zero)).1, expected);
    let der = encrypt_quickly(&zero);
    assert_eq!(malformed(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE)).1, expected);
}

#[test]
fn pbkdf2_with_no_rounds_or_too_many_is_refused_before_it_begins() {
    let began = Instant::now();
    let allowed = "PBES2 with AES-CBC, AES-GCM, SM4-CBC or 3DES-CBC under PBKDF2 (HMAC with SHA-1, \
                   SHA-2 or SM3, at most 2000000 rounds) or scrypt (128·N·r·p at most 256 MiB); \
                   `openssl pkcs8 -in OLD -topk8 -v2 aes-256-cbc -out NEW` converts a key";
    for rounds in [2_000_001, 100_000_000, u32::MAX.into()] {
        let der = kdf_pbkdf2(&[1; 16], rounds, None, vec![2; 16], &[3; 64]);
        let (what, given, say) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE));
        assert_eq!((what, given), ("key encryption", format!("PBKDF2 with {rounds} rounds")));
        assert_eq!(say, allowed);
    }
    let der = kdf_pbkdf2(&[1; 16], 0, None, vec![2; 16], &[3; 64]);
    let (_, given, _) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE));
    assert_eq!(given, "PBKDF2 with 0 rounds");
    for rounds in [1 << 32, u64::MAX] {
        let der = kdf_pbkdf2(&[1; 16], rounds, None, vec![2; 16], &[3; 64]);
        let (_, given, _) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE));
        assert!(given.starts_with("PBKDF2 with "), "{given}");
    }
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[test]
fn the_rounds_are_read_from_the_file() {
    for algorithm in families().into_iter().take(1) {
        let key = key(algorithm);
        let (salt, iv, ciphertext) =
            split_written(&key.to_pkcs8_der_encrypted(PASSPHRASE).unwrap());
        let with = |rounds, length| {
            let der = kdf_pbkdf2(&salt, rounds, length, iv.clone(), &ciphertext);
            KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE)
        };
        assert_eq!(with(600_000, None).unwrap().public_key(), key.public_key());
        assert_eq!(with(600_000, Some(32)).unwrap().public_key(), key.public_key());
        assert_wrong(with(599_999, None));
        // A key length that is not the cipher's.
        let answer = malformed(with(600_000, Some(16)));
        let expected = ("keyLength".to_owned(), "16 bytes; the cipher's key has 32".to_owned());
        assert_eq!(answer, expected);
    }
}

#[test]
fn scrypt_is_read_within_256_mib_and_refused_beyond_before_it_begins() {
    let good = scrypt(0x4000, 8, 1);
    if is_built(KeyFamily::Ecc) {
        let key = KeyPair::from_pkcs8_der_encrypted(&good, PASSPHRASE).unwrap();
        assert_eq!(key.public_key().algorithm(), KeyAlgorithm::EcdsaP256);
    }
    assert_wrong(KeyPair::from_pkcs8_der_encrypted(&good, "passphrasE"));
    // Exactly 256 MiB in another shape: the work is done and gives another key.
    assert_wrong(KeyPair::from_pkcs8_der_encrypted(&scrypt(1 << 18, 8, 1), PASSPHRASE));
    let began = Instant::now();
    for (n, r, p) in [
        (1 << 19, 8, 1),
        (1 << 18, 9, 1),
        (1 << 63, 8, 1),
        (1 << 50, 1 << 15, 1),
        (2, u64::from(u16::MAX) * 17, 1),
        (0x4000, 8, 17),
        (0x4000, 8, 0xffff),
    ] {
        let der = scrypt(n, r, p);
        let (what, given, _) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE));
        assert_eq!(what, "key encryption");
        assert_eq!(given, format!("scrypt with N = {n}, r = {r}, p = {p}"));
    }
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[test]
fn scrypt_with_parameters_outside_rfc_7914_is_refused() {
    for (n, r, p) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (0x4001, 8, 1), (16, 0, 1), (16, 8, 0)] {
        let der = scrypt(n, r, p);
        let (_, given, _) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE));
        assert_eq!(given, format!("scrypt with N = {n}, r = {r}, p = {p}"));
    }
}

#[test]
fn schemes_older_than_pbes2_are_unsupported_by_name() {
    // pbeWithMD5AndDES-CBC and pbeWithSHAAnd40BitRC2-CBC, salt and 2048 rounds.
    let parameters = value(SEQUENCE, &[&value(OCTET_STRING, &[&[1; 8]]), &integer(&[8, 0])]);
    for identifier in ["060a2a864886f70d010c0106", "06092a864886f70d010503"] {
        let algorithm = value(SEQUENCE, &[&hex(identifier), &parameters]);
        let der = value(SEQUENCE, &[&algorithm, &value(OCTET_STRING, &[&[0; 64]])]);
        let (what, given, allowed) = unsupported(KeyPair::from_pkcs8_der_encrypted(&der, "x"));
        assert_eq!(what, "key encryption");
        let known = [
            "pbeWithMD5AndDES-CBC (1.2.840.113549.1.5.3)",
            "pbeWithSHAAnd40BitRC2-CBC (1.2.840.113549.1.12.1.6)",
        ];
        assert!(known.contains(&given.as_str()), "{given}");
        assert!(allowed.starts_with("PBES2 with AES-CBC"), "{allowed}");
    }
}

/// What Java, GmSSL, PKI.js and old tools write: any salt, every hash function of PBKDF2, every cipher;
/// against keys that other programs encrypted.
#[test]
fn keys_of_other_tools_are_read() {
    let files = [
        // OpenSSL: a salt of 48 bytes and HMAC-SHA512.
        ("enc3_salt48", KeyAlgorithm::EcdsaP256),
        // The default of the syntax, HMAC-SHA1, which is not written.
        ("enc_aes_sha1prf", KeyAlgorithm::EcdsaP256),
        // OpenSSL 3.0's `req -x509 -newkey`.
        ("enc_des3", KeyAlgorithm::EcdsaP256),
        // GmSSL 3: SM4, HMAC-SM3 under an identifier of its own and without NULL.
        ("gmssl3_enc", KeyAlgorithm::Sm2),
    ];
    for (file, algorithm) in files {
        if !is_built(algorithm.family()) {
            continue;
        }
        let path = format!("{}/data/keys/{file}.key", env!("CARGO_MANIFEST_DIR"));
        let pem = std::fs::read_to_string(path).unwrap();
        let key = KeyPair::from_pem_encrypted(&pem, "secret12").unwrap();
        assert_eq!(key.public_key().algorithm(), algorithm, "{file}");
        assert_wrong(KeyPair::from_pem_encrypted(&pem, "secret13"));
    }
}

/// Another implementation encrypts with every cipher that both know.
#[test]
fn what_the_crate_pkcs5_encrypts_is_read() {
    let Some(algorithm) = families().first().copied() else { return };
    let key = key(algorithm);
    let plain = key.to_pkcs8_der().unwrap();
    for length in [0, 1, 8, 16, 32] {
        let (iv, nonce) = ([2; 16], [2; 12]);
        for encryption in [
            Cipher::Aes128Cbc { iv },
            Cipher::Aes192Cbc { iv },
            Cipher::Aes256Cbc { iv },
            Cipher::Aes128Gcm { nonce },
            Cipher::Aes256Gcm { nonce },
        ] {
            let kdf = Pbkdf2Params::hmac_sha256(3, &[7; 32][..length]).unwrap().into();
            let parameters = Parameters { kdf, encryption };
            let ciphertext = parameters.encrypt(PASSPHRASE, plain.as_bytes()).unwrap();
            let scheme = der::Encode::to_der(&EncryptionScheme::from(parameters)).unwrap();
            let der = value(SEQUENCE, &[&scheme, &value(OCTET_STRING, &[&ciphertext])]);
            let read = KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE).unwrap();
            assert_eq!(read.public_key(), key.public_key());
        }
    }
}

/// A text under RFC 1421 headers.
fn under_headers(headers: &str) -> String {
    format!("-----BEGIN EC PRIVATE KEY-----\n{headers}\n\nAAAA\n-----END EC PRIVATE KEY-----\n")
}

#[test]
fn rfc_1421_encryption_is_refused_with_what_to_do() {
    let text = under_headers(
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,1636397559833337BC1643459875ED7E",
    );
    assert!(KeyPair::is_pem_encrypted(&text).unwrap());
    let (place, problem) = malformed(KeyPair::from_pem(&text));
    assert_eq!(place, "PEM block 1, EC PRIVATE KEY");
    assert!(problem.starts_with("a key encrypted as RFC 1421 has it"), "{problem}");
    assert!(problem.contains("`openssl pkcs8 -topk8 -in OLD -out NEW`"), "{problem}");
    let (what, given, allowed) = unsupported(KeyPair::from_pem_encrypted(&text, PASSPHRASE));
    assert_eq!(what, "key encryption");
    assert_eq!(given, "RFC 1421 headers (Proc-Type, DEK-Info), which protects little");
    assert_eq!(
        allowed,
        "PBES2; `openssl pkcs8 -topk8 -in OLD -out NEW` converts a key, and \
         WeakEncryption::DangerouslyRead reads it"
    );
}

#[test]
fn rfc_1421_headers_that_say_no_cipher_are_refused_by_name() {
    let iv = "1636397559833337BC1643459875ED7E";
    let read = |headers: &str| {
        let allowed = WeakEncryption::DangerouslyRead;
        KeyPair::from_pem_encrypted_with(&under_headers(headers), PASSPHRASE, allowed)
    };
    let kind = "Proc-Type: 4,ENCRYPTED";
    let no_key = "a DEK-Info header without a cipher and an initial vector";
    for (headers, part) in [
        (kind.to_owned(), no_key),
        (format!("{kind}\nDEK-Info: AES-128-CBC"), no_key),
        (format!("{kind}\nDEK-Info: AES-128-CBC,163639"), no_key),
        (format!("{kind}\nDEK-Info: AES-128-CBC,{}", iv.replace('B', "X")), no_key),
        (format!("{kind}\nDEK-Info: AES-128-CBC,{iv}\nDEK-Info: AES-128-CBC,{iv}"), "twice"),
        (format!("Proc-Type: 4,MIC-ONLY\nDEK-Info: AES-128-CBC,{iv}"), "other than 4,ENCRYPTED"),
        (format!("DEK-Info: AES-128-CBC,{iv}"), "other than 4,ENCRYPTED"),
    ] {
        let (place, problem) = malformed(read(&headers));
        assert_eq!(place, "PEM block 1, EC PRIVATE KEY");
        assert!(problem.contains(part), "{headers}: {problem}");
    }
    for (cipher, shown) in [("DES-CBC", "DES-CBC"), ("MIIEvQIBADAN", "another cipher")] {
        let (_, given, _) = unsupported(read(&format!("{kind}\nDEK-Info: {cipher},{iv}")));
        assert_eq!(given, format!("RFC 1421 headers with {shown}"));
    }
    // A vector of another cipher's length opens nothing.
    assert_wrong(read(&format!("{kind}\nDEK-Info: AES-128-CBC,1636397559833337")));
    assert_wrong(read(&format!("{kind}\nDEK-Info: DES-EDE3-CBC,{iv}")));
}

#[test]
fn weak_schemes_of_pkcs_12_are_refused_beyond_their_limits() {
    let scheme = |rounds: u64| {
        let parameters =
            value(SEQUENCE, &[&value(OCTET_STRING, &[&[7; 8]]), &integer(&rounds.to_be_bytes())]);
        let oid = hex("060a2a864886f70d010c0103");
        let scheme = value(SEQUENCE, &[&oid, &parameters]);
        value(SEQUENCE, &[&scheme, &value(OCTET_STRING, &[&[3; 64]])])
    };
    let read = |rounds| {
        let allowed = WeakEncryption::DangerouslyRead;
        KeyPair::from_pkcs8_der_encrypted_with(&scheme(rounds), PASSPHRASE, allowed)
    };
    assert_wrong(read(1));
    for rounds in [0, 2_000_001, u64::MAX] {
        let (_, given, _) = unsupported(read(rounds));
        assert_eq!(given, format!("PBES1 with {rounds} rounds"));
    }
}

#[test]
fn an_encrypted_key_asks_for_its_passphrase_and_a_plain_one_for_none() {
    for algorithm in families().into_iter().take(1) {
        let key = key(algorithm);
        let encrypted = key.to_pkcs8_pem_encrypted(PASSPHRASE).unwrap();
        let (what, given, allowed) = unsupported(KeyPair::from_pem(&encrypted));
        assert_eq!(
            (what, given.as_str()),
            ("private key", "an encrypted key without a passphrase")
        );
        assert!(allowed.contains("KeyPair::from_pem_encrypted"), "{allowed}");
        let plain = key.to_pkcs8_pem().unwrap();
        let (_, given, _) = unsupported(KeyPair::from_pem_encrypted(plain.as_str(), PASSPHRASE));
        assert_eq!(given, "a key that is not encrypted");
    }
}

#[test]
fn damage_anywhere_in_an_encrypted_key_is_an_error_or_harmless() {
    if !is_built(KeyFamily::Ecc) {
        return;
    }
    let good = key(KeyAlgorithm::EcdsaP256);
    let der = encrypt_quickly(good.to_pkcs8_der().unwrap().as_bytes());
    for length in 0..der.len() {
        assert!(KeyPair::from_pkcs8_der_encrypted(&der[..length], PASSPHRASE).is_err());
    }
    for position in 0..der.len() {
        for flip in [0x01, 0x80] {
            let mut der = der.clone();
            der[position] ^= flip;
            match KeyPair::from_pkcs8_der_encrypted(&der, PASSPHRASE) {
                Err(
                    Error::Malformed(_) | Error::Unsupported { .. } | Error::WrongPassphrase { .. },
                ) => {}
                // A flip in the initial vector is one in the first block, where the version is.
                Ok(read) => assert_eq!(read.public_key(), good.public_key()),
                Err(other) => panic!("byte {position} flipped by {flip}: {other}"),
            }
        }
    }
}

fn assert_wrong(answer: Result<KeyPair, Error>) {
    let error = answer.expect_err("a wrong passphrase opened a key");
    assert!(matches!(error, Error::WrongPassphrase { .. }), "{error}");
    let expected = "the passphrase of the encrypted private key is wrong, or the key is damaged";
    assert_eq!(error.to_string(), expected);
}

/// A key under one round of PBKDF2.
fn encrypt_quickly(plain: &[u8]) -> Vec<u8> {
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[1; 16], [2; 16]).unwrap();
    let ciphertext = parameters.encrypt(PASSPHRASE, plain).unwrap();
    let algorithm = der::Encode::to_der(&EncryptionScheme::from(parameters)).unwrap();
    value(SEQUENCE, &[&algorithm, &value(OCTET_STRING, &[&ciphertext])])
}

/// EncryptedPrivateKeyInfo of PBKDF2-HMAC-SHA256 and AES-256-CBC.
fn kdf_pbkdf2(
    salt: &[u8],
    rounds: u64,
    length: Option<u8>,
    iv: Vec<u8>,
    ciphertext: &[u8],
) -> Vec<u8> {
    let pseudo_random_function = value(SEQUENCE, &[&hex("06082a864886f70d0209"), NULL]);
    let length = length.map(|length| integer(&[length])).unwrap_or_default();
    let rounds = integer(&rounds.to_be_bytes());
    let salt = value(OCTET_STRING, &[salt]);
    let parameters = value(SEQUENCE, &[&salt, &rounds, &length, &pseudo_random_function]);
    let kdf = value(SEQUENCE, &[&hex("06092a864886f70d01050c"), &parameters]);
    encrypted(&kdf, &iv, ciphertext)
}

/// A P-256 key that `openssl pkcs8 -topk8 -scrypt -passout pass:passphrase` wrote with N = 16384,
/// r = 8 and p = 1, with other parameters in their place.
fn scrypt(n: u64, r: u64, p: u64) -> Vec<u8> {
    let parameters = [
        value(OCTET_STRING, &[&hex("a063eded6b384342")]),
        integer(&n.to_be_bytes()),
        integer(&r.to_be_bytes()),
        integer(&p.to_be_bytes()),
    ];
    let parameters = value(SEQUENCE, &[&parameters.concat()]);
    let kdf = value(SEQUENCE, &[&hex("06092b06010401da47040b"), &parameters]);
    let ciphertext = "5ae375adae40bdae84a11fabaa33c86b6bd35c6f80780393e060bcb4480f57ade8cc31f9\
        d50bd53a720884086b60db842c57acb84cc04dc56388a76830c45d2b3e3675d57a512995df0ba825d90e3e8a\
        d000b0a7d6c9819c4373438e4569789069cb9e15773174da5b1c88bd10cdc2c737108903abc0f9d93a947018\
        93e5a353f1673374e61a56cd9790269c13eca2d8";
    encrypted(&kdf, &hex("aa17608ed4a88dea5ac58de8f8d8cee2"), &hex(ciphertext))
}

/// EncryptedPrivateKeyInfo of PBES2 with AES-256-CBC.
fn encrypted(kdf: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    let iv = value(OCTET_STRING, &[iv]);
    let cipher = value(SEQUENCE, &[&hex("060960864801650304012a"), &iv]);
    let parameters = value(SEQUENCE, &[kdf, &cipher]);
    let scheme = value(SEQUENCE, &[&hex("06092a864886f70d01050d"), &parameters]);
    value(SEQUENCE, &[&scheme, &value(OCTET_STRING, &[ciphertext])])
}

/// Salt, initial vector and ciphertext of a key that this crate encrypted.
fn split_written(der: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let after = |der: &[u8]| whole(der).len();
    let outer = content(der);
    let ciphertext = content(&outer[after(outer)..]);
    // Inside the scheme: its identifier, then the parameters: the derivation, then the cipher.
    let scheme = content(outer);
    let parameters = content(&scheme[after(scheme)..]);
    let derivation = content(parameters);
    let salt = content(content(&derivation[after(derivation)..]));
    let cipher = content(&parameters[after(parameters)..]);
    let iv = content(&cipher[after(cipher)..]);
    (salt.to_vec(), iv.to_vec(), ciphertext.to_vec())
}
