//! `certwright lint`: what certificates and revocation lists break, a line of JSON for each finding.

use std::io::Write as _;

use certwright::lint::{Finding, LintProfile, Linter, Report};
use serde_json::json;

use super::failure::Failure;
use super::input::{self, LIST_BYTES, file_error};
use super::options::Lint;
use super::output::{Output, given_path};
use super::values::RuleProfile;

pub fn run(options: &Lint, output: &mut Output) -> Result<(), Failure> {
    let path = &options.file;
    let bytes = input::read(path, LIST_BYTES)?;
    let linter = options.profile.iter().fold(Linter::new(), |linter, profile| match profile {
        RuleProfile::GmT0015 => linter.add_profile(LintProfile::GmT0015),
        RuleProfile::PrivateTls => linter.add_profile(LintProfile::PrivateTls),
        RuleProfile::Tls => linter.add_profile(LintProfile::TlsBaseline),
    });
    let reports = match input::text(&bytes) {
        Some(text) if text.contains("-----BEGIN ") => {
            linter.lint_pem(&text).map_err(|error| file_error(path, error.to_string()))?
        }
        _ => vec![linter.lint(&bytes)],
    };
    for (index, report) in reports.iter().enumerate() {
        for finding in report.findings() {
            writeln!(output, "{}", line(index + 1, report, finding))?;
        }
    }
    match reports.iter().filter(|report| report.has_errors()).count() {
        0 => Ok(()),
        bad => {
            let all = reports.len();
            let reason = format!("{}: errors in {bad} of {all} linted", given_path(path));
            Err(Failure::Reason(reason))
        }
    }
}

/// A finding as one line; `number` counts what was linted from 1.
fn line(number: usize, report: &Report, finding: &Finding) -> serde_json::Value {
    json!({
        "input": number,
        "what": report.what(),
        "severity": finding.severity.to_string(),
        "rule": finding.rule,
        "place": finding.place,
        "given": finding.given,
        "hint": finding.hint,
        "citation": finding.citation,
    })
}
