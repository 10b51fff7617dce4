//! `certwright serve`: the operations over HTTP, for the service's own clients.
//!
//! A request is received whole ([`http`], within [`limits`]), its signature checked ([`authentic`] with
//! [`acs3`] or [`rpc1`]), read as a call ([`wire`]), allowed or not ([`allowed`]), done by the [`engine`] on a
//! thread that may block, and answered ([`answers`]).

mod acs3;
mod allowed;
mod answers;
mod authentic;
mod credentials;
mod encoding;
mod engine;
mod files;
mod http;
mod limits;
mod listener;
mod log;
mod metrics;
mod nonces;
mod publish;
mod refusal;
mod request;
mod rpc1;
mod shared;
mod shutdown;
mod tls;
mod wire;

#[cfg(test)]
mod vectors_tests;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use certwright::cas::{Cas, Config};
use certwright::key::SealingKey;
use certwright::time::{SystemClock, Time};
use clap::error::ErrorKind;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use self::authentic::Callers;
use self::credentials::Credentials;
use self::engine::Engine;
use self::http::Service;
use self::limits::{LISTS_TIME, REQUESTS};
use self::listener::Connections;
use self::nonces::Nonces;
use self::publish::Publisher;
use self::shutdown::Signals;
use super::config::config;
use super::failure::Failure;
use super::input::read_sealing_key;
use super::options::{Serve, StoreOptions, usage};
use super::output::Output;
use super::place::Place;
use super::store;

/// All that can be wrong before a store is opened.
struct Checked {
    config: Config,
    key: SealingKey,
    credentials: Option<Credentials>,
    tls: Option<TlsAcceptor>,
}

/// Serves until a signal comes, and what was begun is answered.
pub fn run(options: &Serve, store: &StoreOptions, output: &mut Output) -> Result<(), Failure> {
    let place = store.store()?;
    let checked = check(options, store)?;
    log::begin();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(engine::threads())
        .enable_all()
        .build()
        .map_err(|error| Failure::Reason(format!("the service cannot start: {error}")))?;
    // Dropping it waits for what is still being done.
    runtime.block_on(serve(options, &place, store.wait, checked, output))
}

fn check(options: &Serve, store: &StoreOptions) -> Result<Checked, Failure> {
    let conflict = |message: &str| Err(usage(ErrorKind::ArgumentConflict, message));
    if store.now.is_some() || store.actor.is_some() {
        return conflict("--now and --actor cannot be used with `serve`: callers act, now");
    }
    if options.credentials.is_none() {
        if !options.insecure_any_caller {
            let message = "--credentials <FILE> is missing; without it nobody could call";
            return Err(usage(ErrorKind::MissingRequiredArgument, message));
        }
        if !options.listen.ip().is_loopback() {
            return conflict("--insecure-any-caller is for a loopback address alone");
        }
    }
    let (mut config, credentials) = (config(store)?, options.credentials.as_deref());
    let public = options.public_url.as_deref().map(checked_url).transpose()?;
    if let Some(public) = public
        && config.crl_base_url.is_none()
    {
        config.crl_base_url = Some(format!("{public}/crl"));
    }
    let seen_from_elsewhere = options.publish.unwrap_or(options.listen);
    if config.crl_base_url.is_none() && seen_from_elsewhere.ip().is_unspecified() {
        let message = format!(
            "--public-url <URL> is missing: certificates would point to {seen_from_elsewhere}"
        );
        return Err(usage(ErrorKind::MissingRequiredArgument, message));
    }
    let key = store.key_file.as_deref().ok_or_else(|| {
        let message = "--key-file <FILE> is missing: private keys are kept sealed";
        usage(ErrorKind::MissingRequiredArgument, message)
    })?;
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(chain), Some(key)) => Some(tls::acceptor(chain, key)?),
        _ => None,
    };
    let credentials = credentials.map(Credentials::read).transpose()?;
    Ok(Checked { config, key: read_sealing_key(key)?, credentials, tls })
}

/// A URL to which names of files are added.
fn checked_url(url: &str) -> Result<&str, Failure> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let good = |c: u8| c.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&c);
    match rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(good)) {
        true => Ok(url.trim_end_matches('/')),
        false => {
            let message = "--public-url: allowed a URL that begins with http:// or https://, without a \
                           query; certificates point below it";
            Err(usage(ErrorKind::ValueValidation, message))
        }
    }
}

async fn serve(
    options: &Serve,
    place: &Place,
    wait: Option<u32>,
    checked: Checked,
    output: &mut Output,
) -> Result<(), Failure> {
    let Checked { mut config, key, credentials, tls } = checked;
    let opened = store::open(place, Some(&key), wait)?;
    let shared = shared::shared(&opened);
    let (listener, address) = bound(options.listen).await?;
    let publishing = match options.publish {
        Some(publish) => Some(bound(publish).await?),
        None => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}");
    let public = publishing.as_ref().map(|(_, address)| format!("http://{address}"));
    if config.crl_base_url.is_none() {
        config.crl_base_url = Some(format!("{}/crl", public.as_ref().unwrap_or(&url)));
    }
    let cas = Cas::new(opened.store(), SystemClock, config);
    cas.ledger().unlock(&key)?;
    drop(key);
    let callers = match credentials {
        Some(credentials) => {
            let nonces = match &shared {
                Some(shared) => Nonces::shared(Arc::clone(shared)),
                None => Nonces::new(next_second().await?),
            };
            Callers::Known { credentials, nonces }
        }
        None => Callers::anybody(),
    };
    let service = Arc::new(Service {
        publisher: Publisher::new(&cas, shared),
        engine: Engine::new(cas),
        callers,
        metrics: metrics::Metrics::default(),
        working: Arc::new(Semaphore::new(REQUESTS)),
        is_ending: false.into(),
    });
    let mut signals = Signals::new()
        .map_err(|error| Failure::Reason(format!("signals cannot be waited for: {error}")))?;
    let (end, ending) = watch::channel(false);
    let connections = Connections::new(Arc::clone(&service), ending);
    writeln!(output, "listening on {url}")?;
    let everything = http::router(&service).merge(files::router(&service));
    tokio::spawn(connections.clone().accept(listener, tls, everything));
    if let (Some((listener, _)), Some(public)) = (publishing, public) {
        writeln!(output, "publishing on {public}")?;
        tokio::spawn(connections.clone().accept(listener, None, files::router(&service)));
    }
    output.flush()?;
    tokio::select! {
        () = signals.came() => {}
        () = refresh(&service) => {}
    }
    log::notice("ending: what was begun is answered");
    service.is_ending.store(true, Ordering::Relaxed);
    let _ = end.send(true);
    connections.ended().await;
    service.ended().await;
    Ok(())
}

async fn bound(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let wrong = |error| Failure::Reason(format!("{address} cannot be listened on: {error}"));
    let listener = TcpListener::bind(address).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    Ok((listener, address))
}

/// The UNIX second that begins next, once it has begun: times of requests are whole seconds, and what a
/// process before this one accepted is before it.
async fn next_second() -> Result<i64, Failure> {
    let begin = Time::now()?.unix();
    // A clock that is set back meanwhile is waited for no longer.
    for _ in 0..110 {
        if Time::now()?.unix() != begin {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Ok(Time::now()?.unix())
}

/// Makes lists anew before they end, and forgets old nonces, for as long as it runs.
async fn refresh(service: &Arc<Service>) {
    loop {
        let working = Arc::clone(service);
        let work = move || {
            working.publisher.refresh();
            if let Ok(now) = Time::now() {
                working.callers.forget(now.unix());
            }
        };
        // Where there is no room now, there is later.
        let _ = service.engine.quickly(work).await;
        sleep(LISTS_TIME).await;
    }
}
