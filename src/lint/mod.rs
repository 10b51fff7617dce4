//! The linter: what a certificate or revocation list breaks of RFC 5280 and, where asked for, of
//! further profiles. It reads bytes that the strict readers refuse, and goes on after a part that
//! cannot be read.

mod algorithm;
mod baseline;
mod certificate;
mod certificate_facts;
mod constraints;
mod crl;
mod crl_entry;
mod crl_facts;
mod extensions;
mod finding;
mod general_name;
mod gmt;
mod identifiers;
mod key;
mod name;
mod pointers;
mod private_tls;
mod reader;
mod time;
mod usage;

use std::fmt;

use self::finding::{Notes, rules};
use self::reader::{Reader, Value};
use crate::error::{Denied, Error, Reason, Rule};
use crate::limits::CRL_TEXT_BYTES;
use crate::wire::pem;
use crate::wire::tlv::{BIT_STRING, INTEGER, SEQUENCE, context, split};

pub use self::finding::{Finding, LintRule, Severity};

/// Lints a certificate or revocation list in DER, signed or still to be signed, of any issuer: by
/// the rules that hold for all (RFC 5280 and what it builds on). Signatures are not verified.
///
/// Any bytes get an answer; the work is bounded by their number.
///
/// ```
/// use certwright::lint::lint;
/// # #[cfg(feature = "ecc")] {
/// use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key)?;
/// assert!(lint(root.certificate().as_der()).findings().is_empty());
/// # }
/// let report = lint(b"no certificate");
/// assert!(report.has_errors());
/// # Ok::<(), certwright::Error>(())
/// ```
pub fn lint(der: &[u8]) -> Report {
    Linter::new().lint(der)
}

/// Lints with the profiles that are asked for.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::lint::{LintProfile, Linter};
/// use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key)?;
/// let linter = Linter::new().add_profile(LintProfile::GmT0015);
/// let report = linter.lint(root.certificate().as_der());
/// assert_eq!(report.findings()[0].rule, "gmt0015-5.2.3-signature-algorithm");
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Linter {
    profiles: Vec<LintProfile>,
}

/// Rules that do not hold for every certificate. Default: none of them. Set by [`Linter::add_profile`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum LintProfile {
    /// GM/T 0015: certificates of SM2 keys, signed with SM2 and SM3, apart for signatures and
    /// encryption.
    GmT0015,
    /// What Apple's systems, Chrome and Java refuse of the TLS certificates of a private CA that their
    /// user or administrator trusts: for TLS servers and the CAs above them.
    PrivateTls,
    /// The CA/Browser Forum's Baseline Requirements for TLS servers of the public web, those that
    /// bytes show. Not for private CAs, whose names are internal.
    TlsBaseline,
}

impl Linter {
    /// A linter with the rules that hold for all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the rules of a profile.
    #[must_use]
    pub fn add_profile(mut self, profile: LintProfile) -> Self {
        self.profiles.push(profile);
        self
    }

    /// Lints a certificate or revocation list in DER, as [`lint()`] does.
    pub fn lint(&self, der: &[u8]) -> Report {
        let mut notes = Notes { findings: Vec::new(), profiles: self.profiles.clone() };
        let what = check(der, &mut notes);
        Report { what, findings: notes.findings }
    }

    /// Lints every certificate and revocation list of a PEM text, in order; blocks with other labels
    /// are passed over.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a text that is not PEM, or without such a block.
    pub fn lint_pem(&self, text: &str) -> Result<Vec<Report>, Error> {
        let blocks = pem::blocks_within(CRL_TEXT_BYTES, "input", &LABELS, text)?;
        let reports: Vec<Report> = blocks.iter().map(|block| self.lint(&block.der)).collect();
        if reports.is_empty() {
            return Err(pem::no_block_within(CRL_TEXT_BYTES, "input", &LABELS, text));
        }
        Ok(reports)
    }

    /// Every rule there is, those of all profiles included.
    ///
    /// ```
    /// use certwright::lint::Linter;
    /// assert!(Linter::rules().any(|rule| rule.id == "rfc5280-4.1.2.2-serial-positive"));
    /// ```
    pub fn rules() -> impl Iterator<Item = &'static LintRule> {
        let tables = [
            RULES,
            reader::RULES,
            certificate::RULES,
            algorithm::RULES,
            time::RULES,
            name::RULES,
            key::RULES,
            extensions::RULES,
            identifiers::RULES,
            usage::RULES,
            general_name::RULES,
            constraints::RULES,
            pointers::RULES,
            crl::RULES,
            crl_entry::RULES,
            baseline::RULES,
            private_tls::RULES,
            gmt::RULES,
        ];
        tables.into_iter().flatten().copied()
    }
}

/// What a lint found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    what: &'static str,
    findings: Vec<Finding>,
}

impl Report {
    /// What was linted: `certificate`, `certificate revocation list` or, for anything else, `input`.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// What is wrong with it, in the order of its fields; at most 1,000 findings.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether one of the findings is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl fmt::Display for Report {
    /// A line for each finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

/// Refuses bytes that are about to be signed where a rule that holds for all forbids them.
pub(crate) fn refuse(to_be_signed: &[u8]) -> Result<(), Error> {
    let Report { what, findings } = lint(to_be_signed);
    let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    let reasons: Vec<Reason> = errors
        .map(|Finding { rule, citation, place, given, hint, .. }| {
            let allowed = format!("what {rule} does: {hint} ({citation})");
            Reason::new(Rule::Lint, what, format!("{place}, {given}"), allowed)
        })
        .collect();
    if reasons.is_empty() { Ok(()) } else { Err(Error::Denied(Denied { reasons })) }
}

/// Lints, and says what it was.
fn check(der: &[u8], notes: &mut Notes) -> &'static str {
    let mut outer = Reader::new("outermost value", der);
    let Some(outermost) = outer.take(SEQUENCE, notes) else { return "input" };
    outer.finish(notes);
    if shape(outermost.content) != Shape::Signed {
        return check_fields(outermost, None, notes);
    }
    let mut parts = outermost.inside("outermost value");
    let to_be_signed = parts.take(SEQUENCE, notes);
    let algorithm = parts.take(SEQUENCE, notes);
    parts.whole_bytes(notes);
    parts.finish(notes);
    match to_be_signed {
        Some(fields) => check_fields(fields, algorithm.map(|value| value.whole), notes),
        None => "input",
    }
}

fn check_fields(fields: Value<'_>, algorithm: Option<&[u8]>, notes: &mut Notes) -> &'static str {
    match shape(fields.content) {
        Shape::Certificate => {
            certificate::check(fields, algorithm, notes);
            "certificate"
        }
        Shape::RevocationList => {
            crl::check(fields, algorithm, notes);
            "certificate revocation list"
        }
        Shape::Signed | Shape::Unknown => {
            notes.add(&UNKNOWN, "outermost value", "something else");
            "input"
        }
    }
}

/// What the first values inside a SEQUENCE tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Certificate,
    RevocationList,
    Signed,
    Unknown,
}

fn shape(content: &[u8]) -> Shape {
    let (mut tags, mut rest) = ([0; 4], content);
    for tag in &mut tags {
        let Ok(value) = split(rest) else { break };
        (*tag, rest) = (value.tag, value.rest);
    }
    match tags {
        [first, ..] if first == context(0) => Shape::Certificate,
        [INTEGER, _, _, 0x17 | 0x18] | [SEQUENCE, _, 0x17 | 0x18, _] => Shape::RevocationList,
        [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] => Shape::Certificate,
        [SEQUENCE, SEQUENCE, BIT_STRING, _] => Shape::Signed,
        _ => Shape::Unknown,
    }
}

/// The labels of RFC 7468 sections 5 and 7, and an older one.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "X509 CRL"];

rules! { None;
    UNKNOWN = Error "rfc5280-4.1-unknown-input", "RFC 5280 sections 4.1 and 5.1":
        "give a certificate or a certificate revocation list in DER";
}
