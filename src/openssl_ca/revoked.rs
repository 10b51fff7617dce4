//! The third field of `index.txt`: `TIME`, `TIME,REASON`, `TIME,holdInstruction,INSTRUCTION`,
//! `TIME,keyTime,TIME` or `TIME,CAkeyTime,TIME`, as OpenSSL's `apps/ca.c` reads and writes it.

use std::fmt;

use super::problems::{Problem, shown};
use crate::ledger::RevocationReason;
use crate::validity::Time;
use crate::wire::time::{generalized_time_text, parse_time_text, time_text};

/// What a time has to look like.
const TIMES: &str = "YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ";

/// keyCompromise, with the time since when.
const KEY_TIME: &str = "keyTime";

/// cACompromise, with the time since when.
const CA_KEY_TIME: &str = "CAkeyTime";

/// certificateHold, with an instruction that RFC 5280 no longer knows.
const HOLD_INSTRUCTION: &str = "holdInstruction";

/// The reasons that OpenSSL knows by name, by their numbers (RFC 5280 section 5.3.1).
const NAMES: [(u8, &str); 7] = [
    (0, "unspecified"),
    (1, "keyCompromise"),
    (2, "CACompromise"),
    (3, "affiliationChanged"),
    (4, "superseded"),
    (5, "cessationOfOperation"),
    (6, "certificateHold"),
];

/// A revocation as a line of `index.txt` says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Revoked {
    pub(super) at: Time,
    pub(super) reason: RevocationReason,
    pub(super) invalid_since: Option<Time>,
}

impl Revoked {
    /// Reads the field. OpenSSL does not distinguish upper and lower case in reasons.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let mut parts = text.splitn(3, ',');
        let at = time(parts.next().unwrap_or_default(), "revocation time")?;
        let (reason, argument) = (parts.next(), parts.next());
        let is = |name: &str| reason.is_some_and(|reason| reason.eq_ignore_ascii_case(name));
        let compromise = |reason| {
            let since = argument.ok_or_else(|| Problem::new("no time of the compromise", TIMES))?;
            let invalid_since = Some(time(since, "time of the compromise")?);
            Ok(Self { at, reason, invalid_since })
        };
        if is(KEY_TIME) {
            return compromise(RevocationReason::KeyCompromise);
        }
        if is(CA_KEY_TIME) {
            return compromise(RevocationReason::CaCompromise);
        }
        if is(HOLD_INSTRUCTION) && argument.is_some_and(|instruction| !instruction.is_empty()) {
            return Ok(Self { at, reason: RevocationReason::CertificateHold, invalid_since: None });
        }
        if let Some(argument) = argument {
            let given = format!("{} after a reason that takes no argument", shown(argument));
            return Err(Problem::new(given, "nothing"));
        }
        let Some(reason) = reason else {
            return Ok(Self { at, reason: RevocationReason::Unspecified, invalid_since: None });
        };
        // Those that OpenSSL has no name for are read by ours.
        let known = (0..=10).filter_map(RevocationReason::from_code).find(|known| {
            NAMES.iter().any(|(code, name)| *code == known.code() && is(name))
                || is(&known.to_string())
        });
        let reason = known.ok_or_else(|| {
            let mut allowed = NAMES.map(|(_, name)| name).join(", ");
            allowed.push_str(", holdInstruction, keyTime and CAkeyTime with their argument");
            Problem::new(format!("reason {}", shown(reason)), allowed)
        })?;
        Ok(Self { at, reason, invalid_since: None })
    }

    /// Whether the field can say all of it: OpenSSL has no word for two reasons, and a time since
    /// when only for compromises.
    pub(super) fn is_sayable(&self) -> bool {
        let Self { at: _, reason, invalid_since } = self;
        let named = NAMES.iter().any(|(code, _)| *code == reason.code());
        named && (invalid_since.is_none() || compromise(*reason).is_some())
    }
}

impl fmt::Display for Revoked {
    /// The field as OpenSSL writes it; what it has no word for is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, reason, invalid_since } = self;
        f.write_str(&time_text(*at))?;
        if let (Some(word), Some(since)) = (compromise(*reason), invalid_since) {
            return write!(f, ",{word},{}", generalized_time_text(*since));
        }
        match NAMES.iter().find(|(code, _)| *code == reason.code() && *code != 0) {
            Some((_, name)) => write!(f, ",{name}"),
            None => Ok(()),
        }
    }
}

/// The word for a compromise since a time.
fn compromise(reason: RevocationReason) -> Option<&'static str> {
    match reason {
        RevocationReason::CaCompromise => Some(CA_KEY_TIME),
        RevocationReason::KeyCompromise => Some(KEY_TIME),
        _ => None,
    }
}

pub(super) fn time(text: &str, what: &str) -> Result<Time, Problem> {
    parse_time_text(text.as_bytes())
        .map_err(|_| Problem::new(format!("{what} {}", shown(text)), TIMES))
}
