//! Certificates whose content the caller says.

use super::super::ca::parent::Parent;
use super::super::config::SerialForm;
use super::super::csr::operations::read_csr;
use super::super::error::{CasError, ErrorKind};
use super::super::session::{Run, Session};
use super::super::shelf::records::END_ENTITY;
use super::custom_content::{extensions, serial, subject};
use super::custom_structures::{CreateCustomCertificate, IssuedCustomCertificate};
use super::issue::{
    Leaf, check_csr_key, check_enable_crl, check_immediately, check_period, issue, leaf_parent,
};
use super::names::require_host;
use crate::error::quoted;
use crate::issuance::Issuance;
use crate::ledger::Ledger;
use crate::profile::ExtendedKeyUsage;
use crate::time::{Lifetime, Time, Validity};
use crate::{Profile, SerialNumber};

impl Run for CreateCustomCertificate {
    type Answer = IssuedCustomCertificate;

    fn run(&self, at: &Session<'_>) -> Result<IssuedCustomCertificate, CasError> {
        check_immediately(&self.options)?;
        let csr = read_csr(at, &self.csr)?;
        let parent = leaf_parent(at, &self.parent_identifier)?;
        check_csr_key(at, &csr, None, &parent)?;
        let validity = custom_validity(&self.validity, at.now)?;
        let passthrough = self.api_passthrough.as_ref();
        let given = passthrough.and_then(|given| given.extensions.as_ref());
        let (profile, alt_names) = extensions(given)?;
        let given = passthrough.and_then(|given| given.subject.as_ref());
        let subject = subject(given, csr.subject())?;
        if subject.is_empty() && alt_names.is_empty() {
            let message = "ApiPassthrough.Subject: missing, and the CSR has none; \
                           nor is there an alternative name";
            return Err(CasError::new(ErrorKind::MissingParameter, message));
        }
        if is_for_servers(&profile) {
            let parameter = "ApiPassthrough.Extensions.SubjectAlternativeNames";
            require_host(parameter, &alt_names, subject.common_name().as_deref())?;
        }
        let serial = passthrough.and_then(|given| given.serial_number.as_deref());
        let serial = serial.map(|text| serial_of(text, at.config.serial_form)).transpose()?;
        if let Some(serial) = &serial {
            check_serial(at, serial, &parent)?;
        }
        check_enable_crl(at, &self.options, &parent)?;
        check_period(at, &validity, &parent)?;
        let mut issuance = Issuance::for_request(&csr).subject(subject).alt_names(alt_names);
        if let Some(serial) = serial {
            issuance = issuance.serial(serial);
        }
        let leaf = Leaf {
            parent: &parent,
            issuance: issuance.validity(validity),
            key: None,
            kind: END_ENTITY,
            profile,
            alias_name: None,
            options: &self.options,
            rows: Vec::new(),
        };
        let issued = issue(at, leaf)?;
        Ok(IssuedCustomCertificate { certificate: issued.x509_certificate.clone(), issued })
    }
}

/// A serial number is new to its issuer.
fn check_serial(at: &Session<'_>, serial: &SerialNumber, parent: &Parent) -> Result<(), CasError> {
    let digest = Ledger::issuer_digest(parent.issuer.public_key());
    if at.ledger.certificate(&digest, serial)?.is_none() {
        return Ok(());
    }
    let message = format!("{SERIAL}: {serial} (hexadecimal) was given by the issuer before");
    Err(CasError::new(ErrorKind::ParameterRepeat, message))
}

const SERIAL: &str = "ApiPassthrough.SerialNumber";

fn serial_of(text: &str, form: SerialForm) -> Result<SerialNumber, CasError> {
    serial(text, form).ok_or_else(|| {
        let allowed = format!("{form}, positive, at most 20 bytes");
        CasError::invalid(SERIAL, quoted(text), allowed)
    })
}

/// The validity that `Validity` says.
fn custom_validity(text: &str, now: Time) -> Result<Validity, CasError> {
    let refuse = || {
        let allowed = "Ny, Nm or Nd, yyyy-MM-ddTHH:mm:ssZ, or two such times joined by '/', \
                       the end after the beginning and before the year 10000";
        CasError::invalid("Validity", quoted(text), allowed)
    };
    let (from, until) = match text.split_once('/') {
        Some((from, until)) => (instant(from), instant(until)),
        None => (Some(now), instant(text).or_else(|| later(text, now))),
    };
    let (from, until) = from.zip(until).filter(|(from, until)| from < until).ok_or_else(refuse)?;
    Ok(Validity::new(from, until)?)
}

/// `yyyy-MM-ddTHH:mm:ssZ`, exactly.
fn instant(text: &str) -> Option<Time> {
    let time: Time = text.parse().ok()?;
    (time.to_string() == text).then_some(time)
}

/// `Ny`, `Nm` or `Nd` from now, N without a sign and not zero.
fn later(text: &str, now: Time) -> Option<Time> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let count: u32 = number.parse().ok().filter(|count| digits && *count > 0)?;
    match unit {
        "y" => now.plus_months(count.checked_mul(12)?).ok(),
        "m" => now.plus_months(count).ok(),
        "d" => now.plus(Lifetime::days(count)).ok(),
        _ => None,
    }
}

/// Whether a certificate is for TLS servers, or for anything.
fn is_for_servers(profile: &Profile) -> bool {
    let usages = [ExtendedKeyUsage::ANY, ExtendedKeyUsage::SERVER_AUTH];
    profile.extended_key_usage().iter().any(|usage| usages.contains(usage))
}
