//! The log: a line of JSON for each request, on standard error.
//!
//! What stands there is the service's own (codes, names of operations, actors of the credentials file, times,
//! identifiers of requests), and what of a CSR was left out. No parameter does, and nothing else that came
//! over the wire: a secret may stand anywhere in it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A request that was answered.
pub struct Line<'l> {
    pub peer: Option<SocketAddr>,
    pub request_id: &'l str,
    /// Of the engine's operations; empty where the request named another.
    pub action: &'static str,
    /// Who acted; empty where nobody is known.
    pub actor: &'l str,
    pub status: u16,
    /// Of the error, or empty.
    pub code: &'static str,
    pub time: Duration,
    pub left_out: &'l [String],
}

/// Items of a line, and characters of one, at most: a name has some 250.
const ITEMS: usize = 20;
const CHARACTERS: usize = 300;

/// Begins to log.
pub fn begin() {
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_target(false);
    // Where the process has one already, that stays.
    let _ = log.with_max_level(tracing::Level::INFO).with_writer(io::stderr).try_init();
}

impl Line<'_> {
    pub fn write(&self) {
        let short = |item: &String| item.chars().take(CHARACTERS).collect::<String>();
        let left_out: Vec<String> = self.left_out.iter().take(ITEMS).map(short).collect();
        tracing::info!(
            peer = self.peer.map(tracing::field::display),
            request_id = self.request_id,
            action = self.action,
            actor = self.actor,
            status = self.status,
            code = self.code,
            milliseconds = u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX),
            left_out_count = self.left_out.len(),
            left_out = (!left_out.is_empty()).then(|| tracing::field::debug(left_out)),
            "request"
        );
    }
}

/// Something that went on beside requests. What it says is the engine's own.
pub fn notice(text: &str) {
    tracing::info!("{text}");
}

/// Something that went wrong beside requests.
pub fn warning(text: &str) {
    tracing::warn!("{text}");
}
