//! Challenges: what shows that the applicant controls a domain.

use super::super::described::hexadecimal;
use super::super::error::CasError;
use super::super::limits::{DNS_NAME_CHARACTERS, PROBE_BYTES, PROBE_RECORDS};
use super::super::probe::DomainProbe;
use super::document::OrderDocument;
use crate::Error;
use crate::error::quoted;
use crate::key::Randomness;

/// The host of the TXT record, below the domain (F).
pub(super) const RECORD_DOMAIN: &str = "_dnsauth";
/// The type of the record (F).
pub(super) const RECORD_TYPE: &str = "TXT";
/// The path of the file (F).
pub(super) const FILE_PATH: &str = "/.well-known/pki-validation/fileauth.txt";

/// How the control of a domain is shown (S).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ValidateType {
    Dns,
    File,
}

impl ValidateType {
    pub(super) fn read(text: &str) -> Result<Self, CasError> {
        match text {
            "DNS" => Ok(Self::Dns),
            "FILE" => Ok(Self::File),
            _ => Err(CasError::invalid("ValidateType", quoted(text), "DNS or FILE")),
        }
    }

    /// Whether a challenge for a domain has a place to stand.
    pub(super) fn check(self, parameter: &str, domain: &str) -> Result<(), CasError> {
        let longest = DNS_NAME_CHARACTERS - RECORD_DOMAIN.len() - 1;
        if self == Self::Dns && base(domain).len() > longest {
            let allowed =
                format!("at most {longest} characters, to which {RECORD_DOMAIN} is added");
            return Err(CasError::invalid(parameter, quoted(domain), allowed));
        }
        if !self.shows(domain) {
            let allowed = "no wildcard with the ValidateType FILE, which shows the control of one \
                           host; DNS does for wildcards";
            return Err(CasError::invalid(parameter, quoted(domain), allowed));
        }
        Ok(())
    }

    /// Whether this way shows the control of a domain: a file on a web server does for that host only,
    /// not for all below it (CA/Browser BR 3.2.2.4.18).
    fn shows(self, domain: &str) -> bool {
        self == Self::Dns || base(domain).len() == domain.len()
    }
}

/// What nobody guesses: 256 bits, in hexadecimal.
pub(super) fn token(random: &Randomness) -> Result<String, Error> {
    Ok(hexadecimal(&random.bytes::<32>()?))
}

/// The domain whose control covers a domain: of a wildcard, the one below it.
pub(super) fn base(domain: &str) -> &str {
    domain.strip_prefix("*.").unwrap_or(domain)
}

/// Whether every challenge of an order is met; otherwise what is amiss.
pub(super) fn check(probe: &dyn DomainProbe, order: &OrderDocument) -> Result<(), String> {
    let kind =
        ValidateType::read(&order.applicant.validate_type).map_err(|error| error.to_string())?;
    for domain in order.domains.split(',') {
        // Also of an order that is older than this rule.
        if !kind.shows(domain) {
            return Err(format!("{domain}: a file does not show the control of a wildcard"));
        }
        let domain = base(domain);
        match kind {
            ValidateType::Dns => check_record(probe, domain, &order.token)?,
            ValidateType::File => check_file(probe, domain, &order.token)?,
        }
    }
    Ok(())
}

/// One TXT record is the token, to the letter.
fn check_record(probe: &dyn DomainProbe, domain: &str, token: &str) -> Result<(), String> {
    let name = format!("{RECORD_DOMAIN}.{domain}");
    let found = probe.txt_records(&name).map_err(|error| format!("{name}: {error}"))?;
    if found.len() > PROBE_RECORDS {
        return Err(format!("{name}: {} records, at most {PROBE_RECORDS}", found.len()));
    }
    match found.iter().any(|value| value == token) {
        true => Ok(()),
        false => Err(format!("{name}: none of {} {RECORD_TYPE} records is it", found.len())),
    }
}

/// The file is the token, to the letter, but for the end of its line.
fn check_file(probe: &dyn DomainProbe, domain: &str, token: &str) -> Result<(), String> {
    let place = format!("http://{domain}{FILE_PATH}");
    let found = probe.http_get(domain, FILE_PATH, PROBE_BYTES);
    let found = found.map_err(|error| format!("{place}: {error}"))?;
    let Some(content) = found else { return Err(format!("{place}: there is none")) };
    if content.len() > PROBE_BYTES {
        return Err(format!("{place}: more than {PROBE_BYTES} bytes"));
    }
    let line = content.strip_suffix(b"\n").unwrap_or(&content);
    let line =
        if line.len() < content.len() { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
    if line == token.as_bytes() { Ok(()) } else { Err(format!("{place}: another content")) }
}
