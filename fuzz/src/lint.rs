//! The linter.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use certwright::Certificate;
use certwright::crl::RevocationList;
use certwright::lint::{LintProfile, Linter};

use crate::INPUT_BYTES;

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    for linter in LINTERS.iter() {
        let report = linter.lint(input);
        assert_eq!(linter.lint(input), report);
        assert!(report.findings().len() <= 1000);
        for finding in report.findings() {
            assert!(RULES.contains(finding.rule), "{}", finding.rule);
        }
        // What is read is known for what it is.
        if Certificate::from_der(input).is_ok() {
            assert_eq!(report.what(), "certificate");
        }
        if RevocationList::from_der(input).is_ok() {
            assert_eq!(report.what(), "certificate revocation list");
        }
        let _ = report.to_string();
    }
}

static LINTERS: LazyLock<[Linter; 2]> = LazyLock::new(|| {
    let all = Linter::new().add_profile(LintProfile::GmT0015);
    [Linter::new(), all.add_profile(LintProfile::TlsBaseline)]
});

static RULES: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| Linter::rules().map(|rule| rule.id).collect());
