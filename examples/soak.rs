//! Issues P-256 certificates for ever on a durable store, and says which: to be killed at any moment
//! and checked afterwards.
//!
//! `soak -- --store FILE [--threads N] [--batch N] [--seconds S]` prints `issued <serial>` once a
//! certificate is durable; `soak -- --store FILE --check` prints every stored serial number the same
//! way, then `audit ok <entries>`.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use certwright::ledger::{Ledger, RecordState};
use certwright::{
    AltName, Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, Policy, Profile,
    RedbStore,
};

const USAGE: &str = "\
Usage: soak --store FILE [--threads N] [--batch N] [--seconds S]
       soak --store FILE --check";

/// Records that are read at a time.
const PAGE: usize = 1_000;

struct Options {
    store: PathBuf,
    threads: usize,
    batch: usize,
    seconds: Option<u64>,
    check: bool,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("soak: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = if options.check { check(&options) } else { issue(&options) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn issue(options: &Options) -> Result<(), Box<dyn Error>> {
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
    let root = Issuer::self_signed("CN=Soak Root".parse()?, Profile::root(), key()?)?;
    let ca = root.delegate("CN=Soak CA".parse()?, Profile::intermediate(0), key()?)?;
    let policy = Policy::new(Profile::tls_server()).allow_dns(".soak.example")?;
    let authority =
        Authority::on(ca, policy, Ledger::new(RedbStore::open_or_create(&options.store)?));
    let request = CertificateRequest::builder("CN=www.soak.example".parse()?)
        .alt_name(AltName::dns("www.soak.example")?)
        .sign(&key()?)?;
    let requests = vec![request; options.batch];
    let end = options.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));

    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads)
            .map(|_| scope.spawn(|| work(&authority, &requests, end)))
            .collect();
        for worker in workers {
            worker.join().map_err(|_| "a thread panicked")??;
        }
        Ok(())
    })
}

fn work(
    authority: &Authority,
    requests: &[CertificateRequest],
    end: Option<Instant>,
) -> Result<(), certwright::Error> {
    while end.is_none_or(|end| Instant::now() < end) {
        for issued in authority.issue_many(requests) {
            say(issued?.certificate().serial());
        }
    }
    Ok(())
}

fn check(options: &Options) -> Result<(), Box<dyn Error>> {
    let ledger = Ledger::new(RedbStore::open(&options.store)?);
    let mut last = None;
    loop {
        let after = last.as_ref().map(|(issuer, serial)| (issuer, serial));
        let page = ledger.certificates(after, PAGE)?;
        let Some(end) = page.last() else { break };
        last = Some((end.issuer, end.serial));
        let issued = page.iter().filter(|r| matches!(r.state, RecordState::Issued { .. }));
        issued.for_each(|record| say(&record.serial));
    }
    println!("audit ok {}", ledger.verify_audit()?);
    Ok(())
}

/// One line, whole and at once: standard output is flushed at its end.
fn say(serial: &certwright::SerialNumber) {
    let mut out = std::io::stdout().lock();
    // Whoever reads may be gone; the certificates are durable all the same.
    let _ = writeln!(out, "issued {serial}");
    let _ = out.flush();
}

fn options() -> Result<Options, Box<dyn Error>> {
    use lexopt::prelude::*;
    let (mut store, mut threads, mut batch, mut seconds, mut check) = (None, 1, 1, None, false);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("store") => store = Some(parser.value()?.into()),
            Long("threads") => threads = parser.value()?.parse()?,
            Long("batch") => batch = parser.value()?.parse()?,
            Long("seconds") => seconds = Some(parser.value()?.parse()?),
            Long("check") => check = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if threads == 0 || batch == 0 {
        return Err("--threads and --batch are 1 or more".into());
    }
    let store = store.ok_or("--store FILE is missing")?;
    Ok(Options { store, threads, batch, seconds, check })
}
