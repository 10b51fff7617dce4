//! After a key was made, used, written, read, sealed and dropped, none of its bytes are in memory.
//!
//! A child process does the work. It gets from its parent what to look for, masked, so that nothing
//! but the library ever has it there in clear. After each stage the stack is overwritten, as later
//! calls would: what the compiler spills there nobody can wipe from safe Rust. What counts is memory
//! that was freed and stays mapped.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::process::Command;

use certwright::key::{Arithmetic, KeyFamily, KeyGeneration, Nonces, SealingKey, SecretBytes};
use certwright::ledger::Ledger;
use certwright::testing::SeededRng;
use certwright::time::Time;
use certwright::{CertificateRequest, KeyAlgorithm, KeyPair, MemoryStore, Signer};
use zeroize::Zeroizing;

use crate::common::is_built;
use crate::key_files::{hex, seeded};
use crate::on_curves::{forms, nonce};
use crate::scan::{MASK, Needle, scan, windows};

const PASSPHRASE: &str = "correct horse battery staple and more";
const SEED: u64 = 7;
const NONCE_SEED: u64 = 8;

/// A stage of a key's life, by its name.
type Stage = (&'static str, fn(&Inputs));

const STAGES: &[Stage] = &[
    ("generated", |inputs| drop(inputs.key())),
    ("signed", |inputs| {
        for key in signers(inputs.algorithm, inputs.arithmetic) {
            key.sign(b"message").unwrap();
        }
    }),
    ("signed with others", |inputs| {
        for key in signers(inputs.algorithm, inputs.arithmetic) {
            // The first message's nonce is the one that is looked for.
            for signature in key.sign_many(&[&b"message"[..]; 5]) {
                signature.unwrap();
            }
        }
    }),
    ("generated with others", |inputs| {
        let generation = KeyGeneration::new(inputs.algorithm).arithmetic(inputs.arithmetic);
        let count = if inputs.algorithm.family() == KeyFamily::Rsa { 1 } else { 5 };
        drop(generation.generate_many_with(count, &mut SeededRng::new(SEED)).unwrap());
    }),
    ("written", |inputs| drop(inputs.key().to_pkcs8_der().unwrap())),
    ("written as PEM", |inputs| drop(inputs.key().to_pkcs8_pem().unwrap())),
    ("read", |inputs| {
        let pem = inputs.key().to_pkcs8_pem().unwrap();
        drop(KeyPair::from_pem(pem.as_str()).unwrap().with_arithmetic(inputs.arithmetic));
    }),
    ("encrypted and decrypted", |inputs| {
        let passphrase = inputs.passphrase();
        let pem = inputs.key().to_pkcs8_pem_encrypted(&passphrase).unwrap();
        let read = KeyPair::from_pem_encrypted(&pem, &passphrase).unwrap();
        drop(read.with_arithmetic(inputs.arithmetic));
    }),
    ("sealed and unsealed", |inputs| {
        let bytes: Zeroizing<[u8; 32]> =
            Zeroizing::new(unmask(&inputs.sealing_key).as_slice().try_into().unwrap());
        seal(inputs, &SealingKey::from_bytes(*bytes));
    }),
    ("sealed under a passphrase", |inputs| {
        seal(inputs, &SealingKey::from_passphrase(&inputs.passphrase()).unwrap());
    }),
    #[cfg(feature = "cas")]
    ("kept and answered by an operation", operate),
    ("sent with a challenge password", |inputs| {
        let request = CertificateRequest::builder("CN=a".parse().unwrap());
        let request = request.challenge_password(&inputs.passphrase()).unwrap();
        assert!(!format!("{request:?}").contains("horse"));
    }),
];

/// A key goes in as JSON, and comes out again.
#[cfg(feature = "cas")]
fn operate(inputs: &Inputs) {
    use certwright::cas::{Cas, Config};
    use certwright::time::FixedClock;
    use zeroize::Zeroize as _;

    let bytes = unmask(&inputs.sealing_key);
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().unwrap());
    let clock = FixedClock("2026-06-01T00:00:00Z".parse().unwrap());
    let mut config = Config::default();
    config.arithmetic = inputs.arithmetic;
    let cas = Cas::new(MemoryStore::default(), clock, config);
    cas.ledger().unlock(&SealingKey::from_bytes(*bytes)).unwrap();
    let key = inputs.key();
    let request = CertificateRequest::builder("CN=a.example".parse().unwrap()).sign(&key).unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    drop(key);
    let mut parameters = Zeroizing::new(String::with_capacity(16_384));
    for (name, text) in
        [("{\"Csr\":\"", request.to_pem().as_str()), ("\",\"Key\":\"", pem.as_str())]
    {
        parameters.push_str(name);
        text.lines().for_each(|line| parameters.extend([line, "\\n"]));
    }
    parameters.push_str("\"}");
    cas.call("UploadCsr", &parameters).unwrap();
    let mut answer = cas.call("GetCsrDetail", "{\"CsrId\":1}").unwrap();
    assert!(answer.contains("PRIVATE KEY"));
    answer.zeroize();
    // A refusal leaves nothing behind, either.
    let cut = parameters.len() - 2;
    parameters.truncate(cut);
    cas.call("UploadCsr", &parameters).unwrap_err();
    parameters.push_str("\",\"Unknown\":1}");
    cas.call("UploadCsr", &parameters).unwrap_err();
}

fn seal(inputs: &Inputs, key: &SealingKey) {
    let ledger = Ledger::new(MemoryStore::default()).with_arithmetic(inputs.arithmetic);
    ledger.unlock(key).unwrap();
    let at: Time = "2026-06-01T00:00:00Z".parse().unwrap();
    ledger.writer("test", at).put_key("key", &inputs.key()).unwrap();
    ledger.key("key").unwrap().unwrap().sign(b"message").unwrap();
}

/// What may stay, and why.
const LISTED: [(KeyAlgorithm, &str, &str); 3] = [
    (KeyAlgorithm::Rsa2048, "p", UNWIPED),
    (KeyAlgorithm::Rsa2048, "q", UNWIPED),
    (KeyAlgorithm::Rsa2048, "qinv", UNWIPED),
];

const UNWIPED: &str = "the integers of crypto-bigint do not wipe themselves when dropped; crypto-primes \
                       clones a factor to test that it is prime, and rsa computes with clones while \
                       it puts a key together and while it gives out 1/q modulo p";

#[test]
fn a_key_of_p_256_leaves_nothing() {
    run(KeyAlgorithm::EcdsaP256);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_p_384_leaves_nothing() {
    run(KeyAlgorithm::EcdsaP384);
}

#[test]
fn a_key_of_sm2_leaves_nothing() {
    run(KeyAlgorithm::Sm2);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_rsa_leaves_what_is_listed() {
    run(KeyAlgorithm::Rsa2048);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_rsa_leaves_what_is_listed_by_our_own_arithmetic() {
    run_with(KeyAlgorithm::Rsa2048, "scalar");
}

#[test]
fn a_key_of_p_256_leaves_nothing_by_our_own_arithmetic() {
    run_with(KeyAlgorithm::EcdsaP256, "portable");
}

/// Where the processor has them; elsewhere it is the test before.
#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_p_256_leaves_nothing_on_vectors() {
    run_with(KeyAlgorithm::EcdsaP256, "vectors");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_sm2_leaves_nothing_on_vectors() {
    run_with(KeyAlgorithm::Sm2, "vectors");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_p_384_leaves_nothing_by_our_own_arithmetic() {
    run_with(KeyAlgorithm::EcdsaP384, "portable");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is for a build with optimisation")]
fn a_key_of_sm2_leaves_nothing_by_our_own_arithmetic() {
    run_with(KeyAlgorithm::Sm2, "portable");
}

fn run(algorithm: KeyAlgorithm) {
    run_with(algorithm, "fastest");
}

fn run_with(algorithm: KeyAlgorithm, arithmetic: &str) {
    if !is_built(algorithm.family()) {
        return;
    }
    let needles = needles(algorithm, Arithmetic::named(arithmetic).unwrap());
    let needles: Vec<String> =
        needles.iter().map(|(name, part)| format!("{name}={}", mask(part))).collect();
    let answer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env("SCAN_ALGORITHM", algorithm.to_string())
        .env("SCAN_ARITHMETIC", arithmetic)
        .env("SCAN_NEEDLES", needles.join(";"))
        .env("SCAN_PASSPHRASE", mask(PASSPHRASE.as_bytes()))
        .env("SCAN_SEALING_KEY", mask(&sealing_key()))
        .output()
        .unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    assert!(answer.status.success(), "{text}{}", String::from_utf8_lossy(&answer.stderr));
    let mut stages = 0;
    for line in text.lines().filter_map(|line| line.split_once("FOUND ").map(|(_, rest)| rest)) {
        let (stage, found) = line.split_once(": ").unwrap();
        let mut found = found.split(',').filter(|name| !name.is_empty());
        stages += 1;
        if stage.starts_with("held") {
            let expected = if algorithm.family() == KeyFamily::Rsa { "d" } else { "scalar" };
            let found: Vec<&str> = found.collect();
            assert!(found.contains(&expected), "the scan finds what is there: {text}");
            if stage == "held key" && arithmetic == "scalar" {
                assert!(found.contains(&"dp in digits"), "and in digits: {text}");
            }
            continue;
        }
        // With debug assertions, and so little optimised, a key of SM2 is moved about before it is in its
        // place, and its scalar stays where it was. CI looks at the code of a release as well.
        let moved = cfg!(debug_assertions) && algorithm == KeyAlgorithm::Sm2;
        let listed = |name: &str| {
            LISTED.iter().any(|(of, known, _)| (*of, *known) == (algorithm, name))
                || (moved && name == "scalar")
        };
        let left = found.find(|name| !listed(name));
        assert_eq!(left, None, "{algorithm}, after the stage {stage}: {text}");
    }
    assert_eq!(stages, STAGES.len() + 3, "{text}");
}

/// The key with both kinds of nonces; whoever has one of these is who signs.
fn signers(algorithm: KeyAlgorithm, arithmetic: Arithmetic) -> [KeyPair; 2] {
    let key = || {
        let generation = KeyGeneration::new(algorithm).arithmetic(arithmetic);
        generation.generate_with(&mut SeededRng::new(SEED)).unwrap()
    };
    [key().with_nonces(Nonces::Deterministic), key().with_rng(SeededRng::new(NONCE_SEED))]
}

/// Every secret in windows, by its name.
fn needles(algorithm: KeyAlgorithm, arithmetic: Arithmetic) -> Vec<(String, Vec<u8>)> {
    let key = seeded(algorithm, SEED);
    let der = key.to_pkcs8_der().unwrap();
    let pem = key.to_pkcs8_pem().unwrap();
    let (mut found, mut numbers) = (Vec::new(), Vec::new());
    // The lines of the PEM text that tell nothing but secrets.
    let lines = match algorithm {
        #[cfg(feature = "rsa")]
        KeyAlgorithm::Rsa2048 => {
            use crate::key_files::{content, whole};
            let mut rest = content(crate::key_files::rsa::whole_private_key(der.as_bytes()));
            for name in ["version", "n", "e", "d", "p", "q", "dp", "dq", "qinv"] {
                let number = whole(rest);
                rest = &rest[number.len()..];
                if !["version", "n", "e"].contains(&name) {
                    let bytes = content(number);
                    numbers.push((name, bytes[usize::from(bytes[0] == 0)..].to_vec()));
                }
            }
            7..20
        }
        _ => {
            // After the header, the algorithm and the version of the ECPrivateKey.
            let (from, bytes) =
                if algorithm == KeyAlgorithm::EcdsaP384 { (35, 48) } else { (36, 32) };
            assert_eq!(der.as_bytes()[from - 2..from], [4, bytes as u8], "an OCTET STRING");
            let scalar = &der.as_bytes()[from..from + bytes];
            found.extend(forms("scalar", algorithm, scalar));
            // The nonces of the crates are theirs.
            if [Arithmetic::Portable, Arithmetic::Vectors].contains(&arithmetic) {
                for key in signers(algorithm, arithmetic) {
                    let nonce = nonce(&key, scalar, &key.sign(b"message").unwrap());
                    found.extend(forms("nonce", algorithm, &nonce));
                }
            }
            numbers.push(("scalar", scalar.to_vec()));
            0..1
        }
    };
    for (name, bytes) in numbers {
        found.extend(windows(name, &bytes));
        if algorithm == KeyAlgorithm::Rsa2048 {
            // As our own arithmetic has it.
            found.extend(windows(&format!("{name} in digits"), &in_digits(&bytes)));
        }
        // As most arithmetic has it: the least significant first.
        found.extend(windows(name, &bytes.into_iter().rev().collect::<Vec<u8>>()));
    }
    let body = pem.as_str().lines().filter(|line| !line.starts_with('-'));
    for line in body.skip(lines.start).take(lines.len()) {
        found.push(("pem".to_owned(), line.as_bytes()[48..64].to_vec()));
    }
    found.extend(windows("passphrase", PASSPHRASE.as_bytes()));
    found.extend(windows("sealing key", &sealing_key()));
    found
}

/// A number in digits of 61 bits, a word each, the least significant first: what src/scalar makes of the
/// numbers of a key of 2048 bits.
fn in_digits(bytes: &[u8]) -> Vec<u8> {
    let mut digits = Vec::new();
    let (mut value, mut held) = (0_u128, 0);
    for byte in bytes.iter().rev() {
        value |= u128::from(*byte) << held;
        held += 8;
        if held >= 61 {
            digits.extend((value as u64 & ((1 << 61) - 1)).to_le_bytes());
            value >>= 61;
            held -= 61;
        }
    }
    digits
}

fn sealing_key() -> [u8; 32] {
    std::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ 0x5c)
}

fn mask(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{:02x}", byte ^ MASK)).collect()
}

/// What the child works with.
struct Inputs {
    algorithm: KeyAlgorithm,
    arithmetic: Arithmetic,
    /// Masked.
    passphrase: Vec<u8>,
    /// Masked.
    sealing_key: Vec<u8>,
}

impl Inputs {
    fn key(&self) -> KeyPair {
        let mut rng = SeededRng::new(SEED);
        let generation = KeyGeneration::new(self.algorithm).arithmetic(self.arithmetic);
        generation.generate_with(&mut rng).unwrap()
    }

    fn passphrase(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.passphrase.len()));
        self.passphrase.iter().for_each(|byte| text.push(char::from(byte ^ MASK)));
        text
    }
}

fn unmask(masked: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(masked.iter().map(|byte| byte ^ MASK).collect())
}

#[test]
#[ignore = "the other tests run it in a process of its own"]
fn child() {
    let given = |name: &str| std::env::var(name).unwrap();
    let inputs = Inputs {
        algorithm: given("SCAN_ALGORITHM").parse().unwrap(),
        arithmetic: Arithmetic::named(&given("SCAN_ARITHMETIC")).unwrap(),
        passphrase: hex(&given("SCAN_PASSPHRASE")),
        sealing_key: hex(&given("SCAN_SEALING_KEY")),
    };
    let needles: Vec<Needle> = given("SCAN_NEEDLES")
        .split(';')
        .map(|needle| {
            let (name, masked) = needle.split_once('=').unwrap();
            Needle { name: name.to_owned(), masked: hex(masked).try_into().unwrap() }
        })
        .collect();
    report("before", &needles);
    for &(name, stage) in STAGES {
        stage(&inputs);
        overwrite_stack();
        report(name, &needles);
    }
    // What is held is found: the scan works, for the numbers and for the file.
    let key = inputs.key();
    overwrite_stack();
    report("held key", &needles);
    let file: SecretBytes = key.to_pkcs8_der().unwrap();
    drop(key);
    overwrite_stack();
    report("held file", &needles);
    drop(file);
}

#[inline(never)]
fn overwrite_stack() {
    // Filled with ones, in case that zeros are not written.
    let mut bytes = [0xff_u8; 1 << 19];
    black_box(&mut bytes);
}

/// Prints the names of what was found.
fn report(stage: &str, needles: &[Needle]) {
    let found: BTreeSet<String> = scan(needles).into_iter().collect();
    println!("FOUND {stage}: {}", found.into_iter().collect::<Vec<_>>().join(","));
}
