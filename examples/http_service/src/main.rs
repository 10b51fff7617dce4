//! A CA behind HTTP: a request in, a certificate out, and the CRL.
//!
//! ```text
//! cargo run -p http_service               asks itself for a certificate, and ends
//! cargo run -p http_service -- --listen   stays until Ctrl-C
//! ```
//!
//! Who may ask is the matter of a layer in front: mutual TLS, or a token that is checked before a handler runs.

mod check;
mod refusal;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use certwright::crl::CrlRequest;
use certwright::time::Lifetime;
use certwright::{
    Authority, CertificateRequest, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Policy,
    Profile,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use self::refusal::Refusal;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Order {
    /// PEM.
    csr: String,
}

#[derive(Serialize)]
struct Issued {
    serial: String,
    /// The certificate and those above it, without the root, as PEM.
    chain: String,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let listen = std::env::args().any(|argument| argument == "--listen");
    let app = Router::new()
        .route("/certificates", post(issue))
        .route("/ca.crl", get(crl))
        .with_state(authority()?);
    let listener = TcpListener::bind(if listen { "127.0.0.1:8080" } else { "127.0.0.1:0" }).await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");

    let (stop, stopped) = oneshot::channel::<()>();
    let stopping = async { drop(stopped.await) };
    let server =
        tokio::spawn(axum::serve(listener, app).with_graceful_shutdown(stopping).into_future());
    if listen {
        tokio::signal::ctrl_c().await?;
    } else {
        spawn_blocking(move || check::check(address)).await??;
    }
    // No new connections; what was begun is answered, and the store is closed after that.
    drop(stop);
    server.await??;
    Ok(())
}

/// The CA. Its keys end with the process; a service keeps them in an HSM, or sealed in a `RedbStore`.
fn authority() -> Result<Authority, Error> {
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
    let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
    let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), key()?)?;
    let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?;
    Ok(Authority::new(ca, policy, MemoryStore::default()))
}

async fn issue(State(ca): State<Authority>, Json(order): Json<Order>) -> Result<Response, Refusal> {
    let issued = blocking(move || ca.issue(CertificateRequest::from_pem(&order.csr)?)).await?;
    let serial = issued.certificate().serial().to_string();
    let below = issued.chain().certificates().filter(|certificate| !certificate.is_self_issued());
    let answer = Issued { serial, chain: below.map(|certificate| certificate.to_pem()).collect() };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// A CRL made for each reader is for a demonstration: a service serves the file that a publisher made.
async fn crl(State(ca): State<Authority>) -> Result<impl IntoResponse, Refusal> {
    let list = blocking(move || ca.issue_crl(&CrlRequest::full(Lifetime::hours(24)))).await?;
    Ok(([(header::CONTENT_TYPE, "application/pkix-crl")], list.to_der()))
}

/// Runs what blocks on a thread for that. A signature takes the processor for up to milliseconds and a
/// commit waits for the disk: on a thread of the runtime, either holds up every other connection. Calls
/// that meet in the store share a commit, so that many threads lose nothing.
async fn blocking<T, F>(work: F) -> Result<T, Refusal>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Error> + Send + 'static,
{
    match spawn_blocking(work).await {
        Ok(answer) => Ok(answer?),
        Err(_) => {
            Err(Refusal(StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "it panicked" })))
        }
    }
}
