//! What needs no credential: lists, certificates of CAs, health, and, from this machine, metrics.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use certwright::cas::CasError;
use certwright::ledger::Identifier;

use super::http::{Peer, Service};
use super::metrics::Gauges;
use super::publish::Publisher;

/// Only that, for an address of its own.
pub fn router(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/crl/{file}", get(list))
        .route("/ca/{file}", get(certificate))
        .route("/.well-known/certwright/health", get(async || text(200, "alive\n")))
        .route("/.well-known/certwright/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(service))
}

async fn list(State(service): State<Arc<Service>>, Path(file): Path<String>) -> Response {
    // RFC 2585 section 4.
    let kind = "application/pkix-crl";
    match file.ends_with("-delta.crl") {
        true => file_of(&service, &file, "-delta.crl", kind, Publisher::delta).await,
        false => file_of(&service, &file, ".crl", kind, Publisher::list).await,
    }
}

async fn certificate(State(service): State<Arc<Service>>, Path(file): Path<String>) -> Response {
    file_of(&service, &file, ".cer", "application/pkix-cert", Publisher::certificate).await
}

async fn file_of(
    service: &Service,
    file: &str,
    ending: &str,
    kind: &'static str,
    find: fn(&Publisher, &Identifier) -> Result<Option<Bytes>, CasError>,
) -> Response {
    let ca = file.strip_suffix(ending).and_then(|ca| ca.parse::<Identifier>().ok());
    let Some(ca) = ca else { return text(404, "there is no such file\n") };
    let publisher = Arc::clone(&service.publisher);
    match service.engine.quickly(move || find(&publisher, &ca)).await {
        Ok(Ok(Some(der))) => {
            let mut response = Response::new(Body::from(der));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
        Ok(Ok(None)) => text(404, "there is no such file\n"),
        Ok(Err(error)) => {
            super::log::warning(&format!("{ca}{ending} cannot be answered: {error}"));
            text(503, "it cannot be answered now\n")
        }
        Err(refusal) => text(refusal.status, "it cannot be answered now\n"),
    }
}

/// Whether the store answers, and the service does not end.
async fn ready(State(service): State<Arc<Service>>) -> Response {
    let cas = service.engine.cas().clone();
    let store = service.engine.quickly(move || cas.ledger().audit(1, 1).is_ok()).await;
    match service.is_ready() && store == Ok(true) {
        true => text(200, "ready\n"),
        false => text(503, "not ready\n"),
    }
}

async fn metrics(State(service): State<Arc<Service>>, request: Request<Body>) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_canonical());
    if !peer.is_some_and(|peer| peer.is_loopback()) {
        return text(403, "metrics are for this machine\n");
    }
    let engine = &service.engine;
    let gauges = Gauges {
        calls: engine.calls(),
        nonces: service.callers.nonces(),
        panics: engine.panics(),
        lists: service.publisher.count(),
    };
    text(200, &service.metrics.write(&gauges))
}

fn text(status: u16, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
