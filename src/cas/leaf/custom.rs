//! Certificates whose content the caller says.

use super::super::ca::parent::{Parent, check_csr_key, check_period};
use super::super::config::SerialForm;
use super::super::csr::operations::read_csr;
use super::super::error::{CasError, ErrorKind};
use super::super::parameters::subject::of_csr;
use super::super::parameters::validity::written_validity;
use super::super::session::{Run, Session};
use super::super::shelf::records::END_ENTITY;
use super::custom_content::{extensions, serial, subject};
use super::custom_structures::{CreateCustomCertificate, IssuedCustomCertificate};
use super::issue::{Leaf, check_enable_crl, check_immediately, issue, leaf_parent};
use super::names::require_host;
use crate::error::quoted;
use crate::issuance::Issuance;
use crate::ledger::Ledger;
use crate::profile::ExtendedKeyUsage;
use crate::{Profile, SerialNumber};

impl Run for CreateCustomCertificate {
    type Answer = IssuedCustomCertificate;

    fn run(&self, at: &Session<'_>) -> Result<IssuedCustomCertificate, CasError> {
        check_immediately(&self.options)?;
        let csr = read_csr(at, &self.csr)?;
        let parent = leaf_parent(at, &self.parent_identifier)?;
        check_csr_key(at, &csr, None, &parent)?;
        let validity = written_validity(&self.validity, at.now)?;
        let passthrough = self.api_passthrough.as_ref();
        let given = passthrough.and_then(|given| given.extensions.as_ref());
        let (profile, alt_names) = extensions(given)?;
        let given = passthrough.and_then(|given| given.subject.as_ref());
        let subject = match given {
            Some(given) => subject(given)?,
            None => of_csr(csr.subject())?,
        };
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
        check_period(at, "Validity", &validity, &parent)?;
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
            custom_identifier: self
                .custom_identifier
                .as_deref()
                .map(|own| ("customIdentifier", own)),
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

/// Whether a certificate is for TLS servers, or for anything.
fn is_for_servers(profile: &Profile) -> bool {
    let usages = [ExtendedKeyUsage::ANY, ExtendedKeyUsage::SERVER_AUTH];
    profile.extended_key_usage().iter().any(|usage| usages.contains(usage))
}
