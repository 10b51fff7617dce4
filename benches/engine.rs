//! What the engine costs for each algorithm: keys, signatures, requests, and a certificate from its
//! request to its record. The last table sets that certificate against the arithmetic it cannot do
//! without.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use certwright::key::{KeyFamily, WeakKeys};
use certwright::testing::SeededRng;
use certwright::{
    AltName, Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy,
    Profile, Signer,
};
use criterion::{Criterion, SamplingMode, criterion_group};

criterion_group!(benches, key_generation, sign, verify, request, issue, lint);

fn main() {
    if let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") {
        let named = name.to_str().and_then(certwright::key::Arithmetic::named);
        named.expect("fastest, portable, rustcrypto or vectors").choose();
    }
    benches();
    // `cargo bench -- FILTER` asked for something else, and `cargo test --benches` for no figures.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        print_multiples();
    }
    Criterion::default().configure_from_args().final_summary();
}

/// The same ten keys in every run: how long the search for primes takes depends on where it begins.
fn key_generation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key_generation");
    for algorithm in algorithms() {
        let slow = algorithm.family() == KeyFamily::Rsa;
        group
            .sample_size(10)
            .sampling_mode(if slow { SamplingMode::Flat } else { SamplingMode::Auto })
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_secs(1));
        let mut seed = 0;
        group.bench_function(algorithm.to_string(), |bencher| {
            bencher.iter(|| {
                seed = seed % 10 + 1;
                let mut rng = SeededRng::new(seed);
                KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut rng).unwrap()
            });
        });
    }
}

/// One signature with a hedged nonce, or a blinded RSA operation.
fn sign(criterion: &mut Criterion) {
    each(criterion, "sign", |world| {
        black_box(world.key.sign(black_box(MESSAGE)).unwrap());
    });
}

fn verify(criterion: &mut Criterion) {
    each(criterion, "verify", |world| {
        let (key, message) = (world.key.public_key(), black_box(MESSAGE));
        key.verify(world.key.algorithm(), message, &world.signature).unwrap();
    });
}

/// A request is read and its proof of possession verified.
fn request(criterion: &mut Criterion) {
    each(criterion, "request", World::read_request);
}

/// End to end: the request is read and verified, reviewed, prepared, claimed, signed; the signature
/// is verified, the certificate read again, compared and recorded.
fn issue(criterion: &mut Criterion) {
    each(criterion, "issue", World::issue);
}

/// A certificate is linted, as it is before it is signed.
fn lint(criterion: &mut Criterion) {
    each(criterion, "lint", |world| {
        black_box(certwright::lint::lint(black_box(&world.certificate)));
    });
}

fn each(criterion: &mut Criterion, name: &str, work: impl Fn(&World)) {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(2));
    for world in WORLDS.iter() {
        let algorithm = world.key.public_key().algorithm();
        group.bench_function(algorithm.to_string(), |bencher| bencher.iter(|| work(world)));
    }
}

/// Single operations, timed in turns, so that a slow second slows them all, and compared by their
/// medians, which a busy machine moves little. The end-to-end issue is set against its arithmetic:
/// verify (the request), sign (the certificate) and verify (the answer).
fn print_multiples() {
    println!("\nMedians of {ROUNDS} rounds; the last is issue / (verify + sign + verify)");
    println!("{:<10}{:>12}{:>12}{:>12}{:>12}{:>10}", "", "sign", "verify", "request", "issue", "");
    for world in WORLDS.iter() {
        let key = &world.key;
        let mut times: [Vec<Duration>; 4] = Default::default();
        for _ in 0..ROUNDS {
            times[0].push(time(|| drop(black_box(key.sign(MESSAGE).unwrap()))));
            times[1].push(time(|| {
                key.public_key().verify(key.algorithm(), MESSAGE, &world.signature).unwrap();
            }));
            times[2].push(time(|| world.read_request()));
            times[3].push(time(|| world.issue()));
        }
        let medians @ [sign, verify, _, issue] = times.map(median);
        let multiple = issue.as_secs_f64() / (verify + sign + verify).as_secs_f64();
        print!("{:<10}", key.public_key().algorithm().to_string());
        medians.iter().for_each(|median| print!("{:>9} µs", median.as_micros()));
        println!("{multiple:>10.3}");
    }
}

const ROUNDS: usize = 301;

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// As long as the to-be-signed bytes of a small certificate.
const MESSAGE: &[u8] = &[0x5a; 500];

/// One of each algorithm, made once: RSA keys take seconds.
static WORLDS: LazyLock<Vec<World>> =
    LazyLock::new(|| algorithms().into_iter().map(World::new).collect());

/// An authority and a request for it.
struct World {
    authority: Authority,
    /// The key that the request is for, a message's signature with it, and the request's DER.
    key: KeyPair,
    signature: Vec<u8>,
    request: Vec<u8>,
    /// The DER of a certificate of the authority.
    certificate: Vec<u8>,
}

impl World {
    fn new(algorithm: KeyAlgorithm) -> Self {
        let key = |seed| {
            let mut rng = SeededRng::new(seed);
            KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut rng).unwrap()
        };
        let root = "CN=Bench Root".parse().unwrap();
        let root = Issuer::self_signed(root, Profile::root(), key(1)).unwrap();
        let ca = "CN=Bench CA".parse().unwrap();
        let ca = root.delegate(ca, Profile::intermediate(0), key(2)).unwrap();
        let policy = Policy::new(Profile::tls_server()).allow_dns(".internal").unwrap();
        let key = key(3);
        let request = CertificateRequest::builder("CN=db.internal".parse().unwrap())
            .alt_name(AltName::dns("db.internal").unwrap())
            .sign(&key)
            .unwrap();
        let authority = Authority::new(ca, policy, MemoryStore::default());
        let certificate = authority.issue(&request).unwrap().certificate().as_der().to_vec();
        Self {
            authority,
            signature: key.sign(MESSAGE).unwrap(),
            request: request.as_der().to_vec(),
            certificate,
            key,
        }
    }

    fn read_request(&self) {
        black_box(CertificateRequest::from_der(black_box(&self.request)).unwrap());
    }

    fn issue(&self) {
        let request = CertificateRequest::from_der(&self.request).unwrap();
        black_box(self.authority.issue(&request).unwrap().into_chain());
    }
}

/// The strong algorithms that are built in.
fn algorithms() -> Vec<KeyAlgorithm> {
    KeyAlgorithm::STRONG
        .into_iter()
        .filter(|algorithm| {
            matches!(
                (
                    algorithm.family(),
                    cfg!(feature = "ecc"),
                    cfg!(feature = "rsa"),
                    cfg!(feature = "sm2")
                ),
                (KeyFamily::Ecc, true, ..)
                    | (KeyFamily::Rsa, _, true, _)
                    | (KeyFamily::Sm2, .., true)
            )
        })
        .collect()
}
