//! How much it takes: `cargo test --release --features serve --test serve load:: -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use crate::asked::{Asked, authority};
use crate::served::Served;

const CLIENTS: usize = 64;

/// Seconds for each algorithm; a minute where the environment asks for it.
fn time() -> Duration {
    let seconds = std::env::var("LOAD_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(10))
}

#[test]
#[ignore = "it measures"]
fn sixty_four_clients_issue() {
    let algorithms = [
        (cfg!(feature = "rsa"), "RSA_2048"),
        (cfg!(feature = "ecc"), "ECC_256"),
        (cfg!(feature = "sm2"), "SM2_256"),
    ];
    for (_, algorithm) in algorithms.into_iter().filter(|(is_here, _)| *is_here) {
        let served = Served::start();
        let root = Asked::new("CreateRootCACertificate", &authority("Root", algorithm));
        let root = root.answered(&served);
        let mut parameters = authority("CA", algorithm);
        parameters.push(("ParentIdentifier", root["Identifier"].as_str().unwrap()));
        let ca = Asked::new("CreateSubCACertificate", &parameters).answered(&served);
        let (family, size) = algorithm.split_once('_').unwrap();
        let csr = [
            ("Algorithm", family),
            ("KeySize", size),
            ("CommonName", "db.example"),
            ("CountryCode", "CN"),
            ("Province", "Zhejiang"),
            ("Locality", "Hangzhou"),
        ];
        let csr = Asked::new("CreateCsr", &csr).older().answered(&served);
        let issue = [
            ("Csr", csr["Csr"].as_str().unwrap()),
            ("Domain", "db.example"),
            ("ParentIdentifier", ca["Identifier"].as_str().unwrap()),
            ("Days", "30"),
        ];
        let (before, since) = (resident(&served), Instant::now());
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let client = || {
                let mut times = Vec::new();
                while since.elapsed() < time() {
                    let begun = Instant::now();
                    Asked::new("CreateServerCertificateWithCsr", &issue).answered(&served);
                    times.push(begun.elapsed());
                }
                times
            };
            let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        });
        let all = since.elapsed();
        times.sort();
        let part = |percent: usize| times[(times.len() - 1) * percent / 100];
        println!(
            "{algorithm}: {} issued in {all:.1?}, {:.0} a second, p50 {:.1?}, p99 {:.1?}; memory {before} \
             KiB before, {} after",
            times.len(),
            times.len() as f64 / all.as_secs_f64(),
            part(50),
            part(99),
            resident(&served),
        );
        assert!(times.len() > CLIENTS);
    }
}

/// KiB of memory that the process has, on Linux.
fn resident(served: &Served) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.pid()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
