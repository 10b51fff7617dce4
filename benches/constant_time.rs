//! Whether the time of a signature tells something of the key or the message: the method of dudect
//! (Reparaz, Balasch and Verbauwhede, 2017). Two classes of inputs are timed in an order drawn at
//! random, the slowest samples are cut off at several percentiles, and Welch's t tells the means
//! apart: |t| above 4.5 says that they differ, above 10 that they surely do.
//!
//! `cargo bench --bench constant_time -- [SECONDS [FILTER]]`; without seconds it measures one second
//! each, which finds gross differences only. On a machine that does other things, the samples of both
//! classes suffer alike, and t grows more slowly.

use std::hint::black_box;
use std::time::{Duration, Instant};

use certwright::key::{Arithmetic, KeyFamily, Nonces, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{KeyAlgorithm, KeyPair, Signer};
use rand_core::TryRng;

/// Beyond this the means differ (dudect's threshold).
const DIFFERENT: f64 = 4.5;

/// The samples that are kept, in parts of a thousand from the fastest.
const CUTS: [usize; 5] = [1_000, 950, 900, 750, 500];

/// A pair of inputs: of class 0 or 1, drawn with this generator.
type Prepare<'a> = Box<dyn FnMut(bool, &mut SeededRng) -> Input<'a> + 'a>;

/// A key and a message.
type Input<'a> = (&'a KeyPair, [u8; 64]);

fn main() {
    if let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") {
        let named = name.to_str().and_then(certwright::key::Arithmetic::named);
        named.expect("fastest, portable, rustcrypto or vectors").choose();
    }
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    // `cargo test --benches` runs this too, and wants no figures.
    let testing = std::env::args().all(|argument| argument != "--bench");
    let seconds: f64 = match arguments.first() {
        Some(text) => text.parse().expect("seconds"),
        None => 1.0,
    };
    let duration =
        if testing { Duration::from_millis(20) } else { Duration::from_secs_f64(seconds) };
    let filter = arguments.get(1).map_or("", String::as_str);

    println!("{:<44} {:>8} {:>8}  t at 100, 95, 90, 75, 50 %", "case", "fixed", "random");
    let chosen = Arithmetic::chosen();
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcdsaP256, KeyAlgorithm::Sm2] {
        if !is_built(algorithm.family()) {
            continue;
        }
        cases(&format!("{algorithm}"), algorithm, filter, duration);
        // Keys on curves by the other arithmetic, too.
        if algorithm.family() != KeyFamily::Rsa && chosen != Arithmetic::RustCrypto {
            Arithmetic::RustCrypto.choose();
            cases(&format!("{algorithm} rustcrypto"), algorithm, filter, duration);
            chosen.choose();
        }
    }
}

/// The cases of one algorithm by the arithmetic that is chosen.
fn cases(name: &str, algorithm: KeyAlgorithm, filter: &str, duration: Duration) {
    for nonces in [Nonces::Deterministic, Nonces::Hedged] {
        // RSA has no nonces; it is blinded in both.
        if algorithm.family() == KeyFamily::Rsa && nonces == Nonces::Deterministic {
            continue;
        }
        let name = format!("{name} {nonces:?}");
        let key = key(algorithm, 1).with_nonces(nonces);
        let messages = format!("{name}: fixed or random message");
        measure(&messages, filter, duration, messages_of(&key));

        let others: Vec<KeyPair> =
            (2..34).map(|seed| self::key(algorithm, seed).with_nonces(nonces)).collect();
        // The fixed key as often in memory as there are others, so that the caches know both
        // classes alike.
        let file = key.to_pkcs8_der().expect("a file");
        let read = || KeyPair::from_pkcs8_der(file.as_bytes()).expect("the key");
        let copies: Vec<KeyPair> = others.iter().map(|_| read().with_nonces(nonces)).collect();
        let keys = format!("{name}: fixed or random key");
        measure(&keys, filter, duration, either(&copies, &others));

        if algorithm.family() != KeyFamily::Rsa {
            let small: Vec<KeyPair> =
                (1..33).map(|scalar| short_scalar(algorithm, scalar).with_nonces(nonces)).collect();
            let zeros = format!("{name}: 240 leading zero bits or none");
            measure(&zeros, filter, duration, either(&small, &others));
        }
    }
}

/// One key; a fixed message or one drawn again.
fn messages_of(key: &KeyPair) -> Prepare<'_> {
    Box::new(move |fixed, rng| {
        let drawn = message(rng);
        (key, if fixed { [0x5a; 64] } else { drawn })
    })
}

/// One message drawn again; one key of these or of those.
fn either<'a>(these: &'a [KeyPair], those: &'a [KeyPair]) -> Prepare<'a> {
    Box::new(move |fixed, rng| {
        let (this, that) = (one_of(these, rng), one_of(those, rng));
        (if fixed { this } else { that }, message(rng))
    })
}

fn measure(name: &str, filter: &str, duration: Duration, mut prepare: Prepare<'_>) {
    if !name.contains(filter) {
        return;
    }
    let mut rng = SeededRng::new(0);
    let mut samples: Vec<(bool, f64)> = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < duration {
        // Prepared in heaps, so that the same work stands before every sample.
        let heap: Vec<(bool, Input<'_>)> = (0..64)
            .map(|_| {
                let fixed = number(&mut rng).is_multiple_of(2);
                (fixed, prepare(fixed, &mut rng))
            })
            .collect();
        for (fixed, (key, message)) in heap {
            let start = Instant::now();
            black_box(key.sign(black_box(&message))).expect("a signature");
            samples.push((fixed, start.elapsed().as_nanos() as f64));
        }
    }
    // The first ones warm the caches.
    samples.drain(..samples.len() / 50);
    let counts = [true, false].map(|class| samples.iter().filter(|s| s.0 == class).count());
    let mut times: Vec<f64> = samples.iter().map(|sample| sample.1).collect();
    times.sort_by(f64::total_cmp);
    let figures = CUTS.map(|cut| {
        let limit = times[(times.len() * cut / 1_000).saturating_sub(1)];
        welch(&samples, limit)
    });
    let worst = figures.iter().fold(0.0_f64, |worst, t| worst.max(t.abs()));
    let listed: Vec<String> = figures.iter().map(|t| format!("{t:+.2}")).collect();
    let verdict = if worst > DIFFERENT { "  DIFFERENT" } else { "" };
    println!("{name:<44} {:>8} {:>8}  {}{verdict}", counts[0], counts[1], listed.join(" "));
}

/// Welch's t of the two classes, of the samples up to a limit.
fn welch(samples: &[(bool, f64)], limit: f64) -> f64 {
    let [(fixed, fixed_error), (random, random_error)] = [true, false].map(|class| {
        let of_class = || samples.iter().filter(|s| s.0 == class && s.1 <= limit).map(|s| s.1);
        let count = of_class().count() as f64;
        let mean = of_class().sum::<f64>() / count;
        let variance = of_class().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (fixed - random) / (fixed_error + random_error).sqrt()
}

fn key(algorithm: KeyAlgorithm, seed: u64) -> KeyPair {
    KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut SeededRng::new(seed)).expect("a key")
}

/// A key whose scalar has 16 bits, read from SEC 1.
fn short_scalar(algorithm: KeyAlgorithm, scalar: u16) -> KeyPair {
    let curve: &[u8] = match algorithm {
        KeyAlgorithm::Sm2 => &[6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d],
        _ => &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    };
    let mut bytes = [0; 32];
    bytes[30..].copy_from_slice(&(0x8000 | scalar).to_be_bytes());
    let der = [&[0x30, 49, 2, 1, 1, 4, 32][..], &bytes, &[0xa0, 10], curve].concat();
    KeyPair::from_sec1_der(&der).expect("a key")
}

fn message(rng: &mut SeededRng) -> [u8; 64] {
    let mut bytes = [0; 64];
    let Ok(()) = rng.try_fill_bytes(&mut bytes);
    bytes
}

fn one_of<'a>(keys: &'a [KeyPair], rng: &mut SeededRng) -> &'a KeyPair {
    &keys[number(rng) as usize % keys.len()]
}

fn number(rng: &mut SeededRng) -> u32 {
    let Ok(number) = rng.try_next_u32();
    number
}

const fn is_built(family: KeyFamily) -> bool {
    matches!(
        (family, cfg!(feature = "ecc"), cfg!(feature = "rsa"), cfg!(feature = "sm2")),
        (KeyFamily::Ecc, true, ..) | (KeyFamily::Rsa, _, true, _) | (KeyFamily::Sm2, .., true)
    )
}
