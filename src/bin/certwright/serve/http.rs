//! What is at which address, and what becomes of a request.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, header};
use axum::response::Response;
use axum::routing::any;
use hyper::body::Body as _;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::answers::{self, Problem};
use super::authentic::Callers;
use super::engine::{Engine, Outcome};
use super::limits::{BODY_BYTES, BODY_TIME, ENDING_TIME, REQUESTS};
use super::log::Line;
use super::metrics::Metrics;
use super::nonces::Fresh;
use super::publish::Publisher;
use super::refusal::Refusal;
use super::request::Received;
use super::wire::{Call, wants_xml};

/// The service, as all its connections share it.
pub struct Service {
    pub engine: Engine,
    pub callers: Callers,
    pub publisher: Arc<Publisher>,
    pub metrics: Metrics,
    /// A permit for each request that is worked on, whether or not its client waits.
    pub working: Arc<Semaphore>,
    /// Whether it ends when what was begun is answered.
    pub is_ending: AtomicBool,
}

/// Where a connection comes from.
#[derive(Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The operations.
pub fn router(service: &Arc<Service>) -> Router {
    Router::new().route("/", any(operation)).with_state(Arc::clone(service))
}

/// An operation. Where the client goes away the work goes on, and is counted and logged; a panic ends nothing but
/// itself.
async fn operation(State(service): State<Arc<Service>>, request: Request<Body>) -> Response {
    let asked = Arc::new(Asked {
        started: Instant::now(),
        peer: request.extensions().get::<Peer>().map(|peer| peer.0),
        host: host(request.headers()),
    });
    let (working, its) = (Arc::clone(&service), Arc::clone(&asked));
    let permit = Arc::clone(&service.working).acquire_owned().await;
    let task = async move {
        let response = answer(&working, &its, work(&working, request).await);
        drop(permit);
        response
    };
    match tokio::spawn(task).await {
        Ok(response) => response,
        Err(_) => answer(&service, &asked, Done::refused(service.engine.panicked())),
    }
}

/// What is known of a request before it is read.
struct Asked {
    started: Instant,
    peer: Option<SocketAddr>,
    host: String,
}

/// The answer of a request, counted and logged.
fn answer(service: &Service, asked: &Asked, done: Done) -> Response {
    let Asked { started, peer, host } = asked;
    let request_id = match &done.answer {
        Ok(Outcome::Answered(answered)) => answered.request_id.clone(),
        Ok(Outcome::Refused(error)) => error.request_id().to_owned(),
        Err(_) => service.engine.cas().request_id().unwrap_or_default(),
    };
    let mut left_out = Vec::new();
    let problem = |status, code, message: &str| {
        let request_id = &request_id;
        answers::problem(&Problem { status, code, message, request_id, host }, done.is_xml)
    };
    let (status, code, response) = match done.answer {
        Ok(Outcome::Answered(answered)) => {
            left_out = answered.left_out().map(answers::shown).collect();
            (200, "", answers::answer(answered, done.is_xml))
        }
        Ok(Outcome::Refused(error)) => {
            let (status, code) = (error.http_status(), error.code());
            (status, code, problem(status, code, error.message()))
        }
        Err(Refusal { status, code, message }) => (status, code, problem(status, code, &message)),
    };
    let time = started.elapsed();
    service.metrics.count(done.action, code, time);
    let line = Line {
        peer: *peer,
        request_id: &request_id,
        action: done.action,
        actor: &done.actor,
        status,
        code,
        time,
        left_out: &left_out,
    };
    line.write();
    response
}

/// What became of a request.
struct Done {
    answer: Result<Outcome, Refusal>,
    is_xml: bool,
    action: &'static str,
    actor: String,
}

impl Done {
    fn refused(refusal: Refusal) -> Self {
        Self { answer: Err(refusal), is_xml: false, action: "", actor: String::new() }
    }
}

async fn work(service: &Service, request: Request<Body>) -> Done {
    let (parts, body) = request.into_parts();
    let body = match whole(&parts.headers, body).await {
        Ok(body) => body,
        Err(refusal) => return Done::refused(refusal),
    };
    let query = parts.uri.query().unwrap_or_default();
    let received = match Received::new(parts.method.as_str(), query, parts.headers, body) {
        Ok(received) => received,
        Err(refusal) => return Done::refused(refusal),
    };
    let mut done = Done::refused(Refusal::busy("it was not begun"));
    done.is_xml = wants_xml(&received);
    done.answer = called(service, received, &mut done.action, &mut done.actor).await;
    done
}

/// Who calls, what, whether they may, and what it answers.
async fn called(
    service: &Service,
    received: Received,
    action: &mut &'static str,
    actor: &mut String,
) -> Result<Outcome, Refusal> {
    let (caller, nonce) = service.callers.authenticate(&received)?;
    if let Some(nonce) = nonce.filter(Fresh::is_shared) {
        service.engine.quickly(|| nonce.take()).await??;
    }
    actor.clone_from(&caller.actor);
    let call = Call::read(&received)?;
    drop(received);
    if let Some(known) = call.known {
        *action = known;
        caller.allowed.check(known, call.of_operators)?;
    }
    service.engine.call(&caller, call).await
}

/// The body, within its limits.
async fn whole(headers: &HeaderMap, body: Body) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let length = length.and_then(|length| length.parse::<u64>().ok()).unwrap_or_default();
    if usize::try_from(length).map_or(true, |length| length > BODY_BYTES) {
        return Err(too_long());
    }
    timeout(BODY_TIME, read(body)).await.unwrap_or_else(|_| {
        let seconds = BODY_TIME.as_secs();
        let message = format!("the body: it did not come within {seconds} seconds");
        Err(Refusal::new(408, "RequestTimeout", message))
    })
}

async fn read(body: Body) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut body = pin!(body);
    let mut read = Zeroizing::new(Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let broken = |_| Refusal::new(400, "IncompleteBody", "the body: it ended before its end");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if data.len() > BODY_BYTES - read.len() {
            return Err(too_long());
        }
        read.extend_from_slice(&data);
    }
    Ok(read)
}

fn too_long() -> Refusal {
    Refusal::new(413, "RequestBodyTooLarge", format!("the body: more than {BODY_BYTES} bytes"))
}

/// The host that a request names, where it looks like one: it stands in errors.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    match host.len() <= 262 && host.chars().all(good) {
        true => host.to_owned(),
        false => String::new(),
    }
}

impl Service {
    /// Waits until nothing is worked on, or the time for it is over.
    pub async fn ended(&self) {
        let all = u32::try_from(REQUESTS).unwrap_or(u32::MAX);
        let _ = timeout(ENDING_TIME, self.working.acquire_many(all)).await;
    }

    /// Whether new work is taken.
    pub fn is_ready(&self) -> bool {
        !self.is_ending.load(Ordering::Relaxed)
    }
}
