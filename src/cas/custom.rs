//! Section 4: certificates whose content the caller says.

use super::Cas;
use super::csr::read_csr;
use super::custom_content::{Extensions, extensions, serial, subject};
use super::custom_structures::{CreateCustomCertificateRequest, CreateCustomCertificateResponse};
use super::error::{CasError, ErrorKind};
use super::issue::{IssuedLeaf, Leaf, immediately};
use super::parent::Parent;
use super::records::END_ENTITY;
use super::server::require_host;
use crate::error::quoted;
use crate::ledger::Ledger;
use crate::serial::SerialNumber;
use crate::usage::ExtendedKeyUsage;
use crate::validity::{Lifetime, Time, Validity};

impl Cas {
    /// Issues a certificate for a CSR with the subject, names, usages and serial number that the
    /// caller says (section 4).
    ///
    /// # Errors
    /// `MissingParameter` when there is neither a key usage nor an extended one, or no name at all;
    /// `InvalidParameter` for values out of bounds, another family than the issuer's, a root as
    /// issuer and an end after the issuer's; `CertificateFormatException` for a CSR that does not
    /// parse or whose signature is wrong; `NotFound` for the issuer, `InvalidStatus.UpdateProtection`
    /// when it is revoked, `CertificateExpired` when it is over; `ParamRepeat` for a CustomIdentifier
    /// or a serial number that is taken.
    pub fn create_custom_certificate(
        &self,
        request: &CreateCustomCertificateRequest,
    ) -> Result<CreateCustomCertificateResponse, CasError> {
        self.operate(|request_id| {
            let now = self.now()?;
            let shown = immediately(request.immediately)?;
            let csr = read_csr(&request.csr)?;
            let parent = self.leaf_parent(&request.parent_identifier, now)?;
            self.check_csr_key(&csr, None, &parent)?;
            let validity = custom_validity(&request.validity, now)?;
            let passthrough = request.api_passthrough.as_ref();
            let given = passthrough.and_then(|given| given.extensions.as_ref());
            let Extensions { profile, alt_names } = extensions(given)?;
            let given = passthrough.and_then(|given| given.subject.as_ref());
            let subject = subject(given, csr.subject())?;
            if subject.is_empty() && alt_names.is_empty() {
                let message = "ApiPassthrough.Subject: missing, and the CSR has none; \
                               nor is there an alternative name";
                return Err(CasError::new(ErrorKind::MissingParameter, message));
            }
            if profile.lists(ExtendedKeyUsage::SERVER_AUTH) {
                let parameter = "ApiPassthrough.Extensions.SubjectAlternativeNames";
                require_host(parameter, &alt_names, subject.common_name().as_deref())?;
            }
            let serial = passthrough.and_then(|given| given.serial_number.as_deref());
            let serial = serial.map(|text| serial_of(text, self.config.serial_form)).transpose()?;
            if let Some(serial) = &serial {
                self.check_serial(serial, &parent)?;
            }
            let leaf = Leaf {
                parent: &parent,
                request: &csr,
                key: None,
                kind: END_ENTITY,
                profile,
                subject,
                alt_names,
                validity,
                enable_crl: self.check_enable_crl(request.enable_crl, &parent)?,
                serial,
                custom_identifier: request.custom_identifier.as_deref(),
                alias_name: None,
                tags: &request.tags,
                writes: Vec::new(),
            };
            let issued = self.issue_leaf(leaf, now)?;
            let (certificate, certificate_chain) = shown(&issued);
            let IssuedLeaf { certificate: leaf, identifier, chain: _, outcome } = issued;
            Ok(CreateCustomCertificateResponse {
                x509_certificate: certificate.clone(),
                certificate,
                certificate_chain,
                identifier: identifier.to_string(),
                serial_number: leaf.serial().to_string(),
                request_id,
                outcome,
            })
        })
    }

    /// A serial number is new to its issuer.
    fn check_serial(&self, serial: &SerialNumber, parent: &Parent) -> Result<(), CasError> {
        let digest = Ledger::issuer_digest(parent.issuer.public_key());
        if self.ledger.certificate(&digest, serial)?.is_none() {
            return Ok(());
        }
        let message = format!("{SERIAL}: {serial} (hexadecimal) was given by the issuer before");
        Err(CasError::new(ErrorKind::ParameterRepeat, message))
    }
}

const SERIAL: &str = "ApiPassthrough.SerialNumber";

fn serial_of(text: &str, form: super::config::SerialForm) -> Result<SerialNumber, CasError> {
    serial(text, form).ok_or_else(|| {
        let allowed = format!("{form}, positive, at most 20 octets");
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
    let digits = number.bytes().all(|octet| octet.is_ascii_digit());
    let count: u32 = number.parse().ok().filter(|count| digits && *count > 0)?;
    match unit {
        "y" => now.plus_months(count.checked_mul(12)?).ok(),
        "m" => now.plus_months(count).ok(),
        "d" => now.plus(Lifetime::days(count)).ok(),
        _ => None,
    }
}
