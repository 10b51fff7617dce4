//! The answers as a Markdown table and as JSON.

use std::fs;

use serde_json::{Value, json};

use crate::measure::{Effort, Timing};
use crate::operations::Kind;
use crate::peers::{openssl_version, peers};

/// The answers to one operation, ours first.
pub struct Row {
    pub operation: String,
    pub kind: Kind,
    pub timings: Vec<Timing>,
}

impl Row {
    /// What it takes us.
    pub fn ours(&self) -> &Timing {
        &self.timings[0]
    }

    /// The fastest of the peers.
    pub fn best_peer(&self) -> Option<&Timing> {
        self.timings[1..].iter().min_by(|a, b| a.typical.total_cmp(&b.typical))
    }

    /// How many times as fast as the best peer we are.
    pub fn ratio(&self) -> Option<f64> {
        Some(self.best_peer()?.typical / self.ours().typical)
    }
}

/// Prints what was measured on what, and the head of the table.
pub fn print_head(effort: Effort, core: Option<usize>) {
    if effort.quick {
        println!("**--quick: figures of a moment, which only show that everything runs.**\n");
    }
    println!("{}\n", versions());
    let core = core.map_or("a thread that is not pinned".to_owned(), |core| format!("core {core}"));
    println!(
        "Processor time on {core} of {}. Medians of rounds in turns (fastest–slowest round), {} s an \
         operation; of keygen the mean of {} keys or more. The ratio is the best peer's time by \
         ours: above 1 we are faster.\n",
        processor(),
        effort.time.as_secs_f64(),
        effort.keys(),
    );
    let names: Vec<&str> = peers().iter().map(|peer| peer.name()).collect();
    println!("| operation | certwright | {} | ratio | to |", names.join(" | "));
    println!("|---|{}---|---|", "---|".repeat(names.len() + 1));
}

/// Prints a row of it.
pub fn print_row(row: &Row) {
    let cell = |name: &str| {
        let timing = row.timings.iter().find(|timing| timing.name == name);
        timing.map_or("–".to_owned(), |timing| with_range(timing.typical, timing.range))
    };
    let peers: Vec<String> = peers().iter().map(|peer| cell(peer.name())).collect();
    let ratio = row.ratio().map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
    let best = row.best_peer().map_or("–", |peer| peer.name);
    let (operation, ours) = (&row.operation, cell(row.ours().name));
    println!("| {operation} | {ours} | {} | {ratio} | {best} |", peers.join(" | "));
}

/// A list of operations, in microseconds.
pub fn to_json(rows: &[Row]) -> String {
    let rounded = |value: f64, places: f64| (value * places).round() / places;
    let entry = |row: &Row| {
        let peers = row.timings[1..]
            .iter()
            .map(|timing| (timing.name.to_owned(), json!(rounded(timing.typical, 1e3))))
            .collect();
        json!({
            "op": row.operation,
            "ours_us": rounded(row.ours().typical, 1e3),
            "peers": Value::Object(peers),
            "ratio_to_best_peer": row.ratio().map(|ratio| rounded(ratio, 1e4)),
        })
    };
    let lines: Vec<String> = rows.iter().map(|row| entry(row).to_string()).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// A time in the unit that fits it.
pub fn time(microseconds: f64) -> String {
    let (unit, name) = unit(microseconds);
    format!("{} {name}", digits(microseconds / unit))
}

fn with_range(typical: f64, range: [f64; 2]) -> String {
    let (unit, name) = unit(typical);
    let [typical, least, most] = [typical, range[0], range[1]].map(|value| digits(value / unit));
    format!("{typical} {name} ({least}–{most})")
}

fn unit(microseconds: f64) -> (f64, &'static str) {
    if microseconds < 10_000.0 { (1.0, "µs") } else { (1_000.0, "ms") }
}

/// Three digits or all before the point.
fn digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// What is compared, as it was locked and compiled.
fn versions() -> String {
    let of = |names: &[&str]| {
        let each: Vec<String> =
            names.iter().map(|name| format!("{name} {}", locked(name))).collect();
        each.join(", ")
    };
    format!(
        "{}; {} ({}); {} (crate {}); {}; {}; rustcrypto: {}",
        of(&["certwright"]),
        of(&["aws-lc-rs"]),
        of(&["aws-lc-sys"]),
        openssl_version(),
        of(&["openssl"]),
        of(&["rcgen"]),
        of(&["ring"]),
        of(&["rsa", "p256", "p384", "p521", "sm2"]),
    )
}

/// The version in this crate's lock file.
fn locked(name: &str) -> &'static str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = include_str!("../Cargo.lock").split(&entry).nth(1);
    version.and_then(|rest| rest.split('"').next()).unwrap_or("?")
}

/// As Linux names it; elsewhere the architecture.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    name.unwrap_or(std::env::consts::ARCH).to_owned()
}
