//! What durability costs: P-256 certificates issued on a file, against the same on memory. Every
//! figure is the median of rounds in which all take turns, so that a slow second slows them all.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use certwright::ledger::Ledger;
use certwright::{
    AltName, Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy,
    Profile, RedbStore, Store as _,
};

/// Odd, for the median.
const ROUNDS: usize = 15;

/// Ways to issue: what the table calls it, and how many certificates a round issues so.
const WAYS: [(&str, Way, usize); 5] = [
    ("issue", Way::Threads(1), 100),
    ("issue, 4 threads", Way::Threads(4), 100),
    ("issue, 16 threads", Way::Threads(16), 160),
    ("issue_many, 64", Way::Batch(64), 256),
    ("issue_many, 1,000", Way::Batch(1_000), 1_000),
];

#[derive(Clone, Copy)]
enum Way {
    /// As many in one call.
    Batch(usize),
    /// One by one, on so many threads.
    Threads(usize),
}

fn main() {
    if let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") {
        let named = name.to_str().and_then(certwright::key::Arithmetic::named);
        named.expect("fastest, portable, rustcrypto or vectors").choose();
    }
    // `cargo test --benches` asks for no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    print_syncs(folder.path());
    let request = request();
    let issuer = issuer();
    let memory = authority(&issuer, Ledger::new(MemoryStore::default()));
    let file = folder.path().join("ca.redb");
    let durable = authority(&issuer, Ledger::new(RedbStore::create(&file).unwrap()));
    let mut times: [[Vec<Duration>; 2]; WAYS.len()] = Default::default();
    for _ in 0..ROUNDS {
        for ((_, way, count), times) in WAYS.iter().zip(&mut times) {
            for (authority, times) in [&memory, &durable].into_iter().zip(times) {
                times.push(time(|| issue(authority, &request, *way, *count)));
            }
        }
    }
    println!("\nP-256 certificates a second; medians of {ROUNDS} rounds");
    println!("{:<20}{:>10}{:>10}{:>14}", "", "memory", "file", "file/memory");
    for ((name, _, count), times) in WAYS.into_iter().zip(times) {
        let [memory, durable] = times.map(|times| count as f64 / median(times).as_secs_f64());
        println!("{name:<20}{memory:>10.0}{durable:>10.0}{:>14.2}", durable / memory);
    }
    let issued = ROUNDS * WAYS.iter().map(|(_, _, count)| count).sum::<usize>();
    let length = std::fs::metadata(&file).unwrap().len();
    println!("\n{issued} certificates in a file of {} KiB", length >> 10);
}

/// What the disk under all this costs: 4 KiB written and synced by itself, and a commit of one small
/// record.
fn print_syncs(folder: &Path) {
    let mut file = File::create(folder.join("sync")).unwrap();
    let store = RedbStore::create(folder.join("sync.redb")).unwrap();
    let [mut syncs, mut commits] = [const { Vec::new() }; 2];
    for number in 0..201_u32 {
        syncs.push(time(|| {
            file.seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&[0x5a; 4096]).unwrap();
            file.sync_data().unwrap();
        }));
        let key = number.to_be_bytes();
        commits.push(time(|| store.write(&mut |t| t.put(&key, b"value")).unwrap()));
    }
    println!("In {}:", folder.display());
    println!("{:>9} µs  4 KiB written over and synced", median(syncs).as_micros());
    println!("{:>9} µs  one tiny commit", median(commits).as_micros());
}

fn issue(authority: &Authority, request: &CertificateRequest, way: Way, count: usize) {
    match way {
        Way::Batch(size) => {
            let batch = vec![request.clone(); size];
            for _ in 0..count / size {
                for answer in authority.issue_many(&batch) {
                    answer.unwrap();
                }
            }
        }
        Way::Threads(threads) => thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..count / threads {
                        authority.issue(request).unwrap();
                    }
                });
            }
        }),
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn authority(issuer: &Issuer, ledger: Ledger) -> Authority {
    let policy = Policy::new(Profile::tls_server()).allow_dns(".internal").unwrap();
    Authority::on(issuer.clone(), policy, ledger)
}

fn issuer() -> Issuer {
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let root = "CN=Bench Root".parse().unwrap();
    let root = Issuer::self_signed(root, Profile::root(), key()).unwrap();
    root.delegate("CN=Bench CA".parse().unwrap(), Profile::intermediate(0), key()).unwrap()
}

fn request() -> CertificateRequest {
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    CertificateRequest::builder("CN=db.internal".parse().unwrap())
        .alt_name(AltName::dns("db.internal").unwrap())
        .sign(&key)
        .unwrap()
}
