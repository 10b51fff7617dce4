//! What happened so far, in the text format of Prometheus (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counts. Names and codes are the engine's own, so that there are only so many.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, &'static str), Requests>>,
    pub connections: AtomicUsize,
}

#[derive(Clone, Copy, Default)]
struct Requests {
    count: u64,
    time: Duration,
    /// Of each bound, how many took no longer.
    within: [u64; BOUNDS.len()],
}

/// Bounds of a histogram, in milliseconds.
const BOUNDS: [u64; 8] = [5, 10, 25, 100, 250, 1_000, 5_000, 30_000];

/// What is asked of others when it is written.
pub struct Gauges {
    pub calls: usize,
    pub nonces: usize,
    pub panics: usize,
    pub lists: usize,
}

impl Metrics {
    /// Counts a request: its operation, empty where there is none of this name, and its code, empty where it
    /// was answered.
    pub fn count(&self, action: &'static str, code: &'static str, time: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let found = requests.entry((action, code)).or_default();
        found.count += 1;
        found.time += time;
        for (within, bound) in found.within.iter_mut().zip(BOUNDS) {
            *within += u64::from(time <= Duration::from_millis(bound));
        }
    }

    pub fn write(&self, gauges: &Gauges) -> String {
        let mut text = String::new();
        let mut put = |name: &str, kind: &str, help: &str, lines: &[(String, String)]| {
            // Writing to a text does not fail.
            let _ =
                writeln!(text, "# HELP certwright_{name} {help}\n# TYPE certwright_{name} {kind}");
            for (labels, value) in lines {
                let _ = writeln!(text, "certwright_{name}{labels} {value}");
            }
        };
        let one = |value: usize| [(String::new(), value.to_string())];
        let connections = self.connections.load(Ordering::Relaxed);
        put("connections", "gauge", "Open connections.", &one(connections));
        put("calls", "gauge", "Calls that run or wait.", &one(gauges.calls));
        put("nonces", "gauge", "Nonces that are remembered.", &one(gauges.nonces));
        put("lists", "gauge", "Revocation lists that are published.", &one(gauges.lists));
        put(
            "panics_total",
            "counter",
            "Requests that failed in a way nobody thought of.",
            &one(gauges.panics),
        );
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let counts: Vec<_> = requests
            .iter()
            .map(|((action, code), found)| {
                (format!("{{action=\"{action}\",code=\"{code}\"}}"), found.count.to_string())
            })
            .collect();
        put("requests_total", "counter", "Requests by operation and code of the error.", &counts);
        let mut all = Requests::default();
        for found in requests.values() {
            all.count += found.count;
            all.time += found.time;
            all.within.iter_mut().zip(found.within).for_each(|(all, one)| *all += one);
        }
        drop(requests);
        let bounds = BOUNDS.map(|bound| Duration::from_millis(bound).as_secs_f64().to_string());
        let bounds = bounds.iter().map(String::as_str).chain(["+Inf"]);
        let mut lines: Vec<_> = bounds
            .zip(all.within.into_iter().chain([all.count]))
            .map(|(bound, count)| (format!("_bucket{{le=\"{bound}\"}}"), count.to_string()))
            .collect();
        lines.push(("_sum".to_owned(), all.time.as_secs_f64().to_string()));
        lines.push(("_count".to_owned(), all.count.to_string()));
        put("request_seconds", "histogram", "How long requests took.", &lines);
        text
    }
}
