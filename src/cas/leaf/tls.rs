//! Server and client certificates: one way for both, with a CSR and without.

use super::super::ca::parent::{self, Parent, check_family, generated};
use super::super::config::SubjectFromCsr;
use super::super::csr::operations::read_csr;
use super::super::error::CasError;
use super::super::parameters::groups::{IssuedLeaf, LeafOptions};
use super::super::parameters::subject::{self, SubjectFields};
use super::super::parameters::validity::{LeafValidity, validity};
use super::super::session::{Run, Session};
use super::super::shelf::records::{CLIENT, SERVER};
use super::issue::{
    Leaf, LeafKey, check_csr_key, check_enable_crl, check_immediately, check_period, issue,
    leaf_parent, server_profile,
};
use super::names;
use super::tls_structures::*;
use crate::name::AttributeType;
use crate::{CertificateRequest, Profile};

/// What a request asks for.
struct Asked<'a> {
    /// The CSR; without one, a key is generated.
    csr: Option<&'a str>,
    common_name: Option<&'a str>,
    subject: &'a SubjectFields,
    algorithm: Option<&'a str>,
    parent_identifier: &'a str,
    validity: LeafValidity,
    options: &'a LeafOptions,
    alias_name: Option<&'a str>,
    purpose: Purpose<'a>,
}

/// What a certificate is for, and what its names come from.
enum Purpose<'a> {
    Client { san_type: Option<i64>, san_value: Option<&'a str> },
    Server { domain: Option<&'a str> },
}

impl Run for CreateServerCertificateWithCsr {
    type Answer = IssuedLeaf;

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let asked = Asked {
            csr: Some(&self.csr),
            common_name: self.common_name.as_deref(),
            subject: &self.subject,
            algorithm: self.algorithm.as_deref(),
            parent_identifier: &self.parent_identifier,
            validity: self.validity,
            options: &self.options,
            alias_name: None,
            purpose: Purpose::Server { domain: self.domain.as_deref() },
        };
        asked.issue(at)
    }
}

impl Run for CreateServerCertificate {
    type Answer = IssuedLeaf;

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let asked = Asked {
            csr: None,
            common_name: Some(&self.common_name),
            subject: &self.subject,
            algorithm: Some(&self.algorithm),
            parent_identifier: &self.parent_identifier,
            validity: self.validity,
            options: &self.options,
            alias_name: None,
            purpose: Purpose::Server { domain: self.domain.as_deref() },
        };
        asked.issue(at)
    }
}

impl Run for CreateClientCertificate {
    type Answer = IssuedLeaf;

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let (san_type, san_value) = (self.san_type, self.san_value.as_deref());
        let asked = Asked {
            csr: None,
            common_name: self.common_name.as_deref(),
            subject: &self.subject,
            algorithm: self.algorithm.as_deref(),
            parent_identifier: &self.parent_identifier,
            validity: self.validity,
            options: &self.options,
            alias_name: self.alias_name.as_deref(),
            purpose: Purpose::Client { san_type, san_value },
        };
        asked.issue(at)
    }
}

impl Run for CreateClientCertificateWithCsr {
    type Answer = IssuedLeaf;

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let (san_type, san_value) = (self.san_type, self.san_value.as_deref());
        let asked = Asked {
            csr: Some(&self.csr),
            common_name: self.common_name.as_deref(),
            subject: &self.subject,
            algorithm: self.algorithm.as_deref(),
            parent_identifier: &self.parent_identifier,
            validity: self.validity,
            options: &self.options,
            alias_name: self.alias_name.as_deref(),
            purpose: Purpose::Client { san_type, san_value },
        };
        asked.issue(at)
    }
}

impl Asked<'_> {
    fn issue(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        check_immediately(self.options)?;
        let csr = self.csr.map(read_csr).transpose()?;
        let parent = leaf_parent(at, self.parent_identifier)?;
        let issuer = parent.issuer.public_key().algorithm();
        let algorithm = match (&csr, self.algorithm) {
            (Some(csr), algorithm) => {
                check_csr_key(at, csr, algorithm, &parent)?;
                csr.public_key().algorithm()
            }
            (None, Some(text)) => {
                let algorithm = parent::algorithm(at, "Algorithm", text)?;
                check_family(at, "Algorithm", algorithm, &parent)?;
                algorithm
            }
            (None, None) => at.config.generated.of(issuer),
        };
        let validity = validity(at.config.validity, self.validity, at.now)?;
        check_period(at, &validity, &parent)?;
        let common_name = match &csr {
            Some(csr) => subject::asked(csr.subject(), AttributeType::COMMON_NAME)?,
            None => None,
        };
        let common_name = common_name.as_deref().or(self.common_name);
        let fields = self.fields(at, csr.as_ref(), &parent)?;
        let subject = fields.name(common_name, &subject::LEAF)?;
        let (kind, profile, alt_names) = match self.purpose {
            Purpose::Client { san_type, san_value } => {
                (CLIENT, Profile::tls_client(), names::client(san_type, san_value)?)
            }
            Purpose::Server { domain } => {
                (SERVER, server_profile(), names::server(at.config, domain, common_name)?)
            }
        };
        check_enable_crl(at, self.options, &parent)?;
        let key = match &csr {
            Some(csr) => LeafKey::Csr(csr),
            None => LeafKey::Kept(at.key_once(|| generated(at, algorithm))?),
        };
        let leaf = Leaf {
            parent: &parent,
            key,
            kind,
            profile,
            subject,
            alt_names,
            validity,
            serial: None,
            alias_name: self.alias_name,
            options: self.options,
            rows: Vec::new(),
        };
        issue(at, leaf)
    }

    /// The fields of the subject: those of the request, else those of the CSR where that is the rule,
    /// else the defaults: organization and department of the service, and the issuer's place; the
    /// country of a client is the service's.
    fn fields(
        &self,
        at: &Session<'_>,
        csr: Option<&CertificateRequest>,
        parent: &Parent,
    ) -> Result<SubjectFields, CasError> {
        let mut fields = self.subject.clone();
        if let Some(csr) = csr
            && at.config.subject_from_csr == SubjectFromCsr::Copy
        {
            fields = fields.or(SubjectFields::asked(csr.subject())?);
        }
        let mut defaults = SubjectFields::place_of(parent.issuer.certificate().subject());
        defaults.organization = Some(at.config.organization.clone());
        defaults.organization_unit = Some(at.config.organization_unit.clone());
        if let Purpose::Client { .. } = self.purpose {
            defaults.country = Some(at.config.client_country.clone());
        }
        Ok(fields.or(defaults))
    }
}
