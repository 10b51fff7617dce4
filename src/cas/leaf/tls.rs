//! Server and client certificates: one way for both, with a CSR and without.

use super::super::ca::parent::{
    self, Parent, check_csr_key, check_family, check_period, generated,
};
use super::super::config::SubjectFromCsr;
use super::super::csr::operations::read_csr;
use super::super::error::CasError;
use super::super::parameters::groups::IssuedLeaf;
use super::super::parameters::names::in_ascii;
use super::super::parameters::subject::{self, SubjectFields};
use super::super::parameters::validity::{deciding, overruled, validity};
use super::super::session::{Run, Session};
use super::super::shelf::records::{CLIENT, SERVER};
use super::issue::{Leaf, check_enable_crl, check_immediately, issue, leaf_parent, server_profile};
use super::names;
use super::tls_structures::*;
use crate::error::quoted;
use crate::issuance::Issuance;
use crate::name::AttributeType;
use crate::{CertificateRequest, Profile};

/// What a certificate is for, and what its names come from.
enum Purpose<'a> {
    Client { san_type: Option<i64>, san_value: Option<&'a str>, alias_name: Option<&'a str> },
    Server { domain: Option<&'a str> },
}

impl Run for CreateServerCertificateWithCsr {
    type Answer = IssuedLeaf;

    fn client_token(&self) -> Option<&str> {
        self.leaf.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let Self { csr, common_name, algorithm, leaf, domain } = self;
        let purpose = Purpose::Server { domain: domain.as_deref() };
        leaf.issue(at, Some(csr), common_name.as_deref(), algorithm.as_deref(), purpose)
    }
}

impl Run for CreateServerCertificate {
    type Answer = IssuedLeaf;

    fn client_token(&self) -> Option<&str> {
        self.leaf.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let Self { common_name, algorithm, leaf, domain } = self;
        let purpose = Purpose::Server { domain: domain.as_deref() };
        leaf.issue(at, None, Some(common_name), Some(algorithm), purpose)
    }
}

impl Run for CreateClientCertificate {
    type Answer = IssuedLeaf;

    fn client_token(&self) -> Option<&str> {
        self.leaf.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let Self { common_name, algorithm, leaf, san_type, san_value, alias_name } = self;
        let (san_value, alias_name) = (san_value.as_deref(), alias_name.as_deref());
        let purpose = Purpose::Client { san_type: *san_type, san_value, alias_name };
        leaf.issue(at, None, common_name.as_deref(), algorithm.as_deref(), purpose)
    }
}

impl Run for CreateClientCertificateWithCsr {
    type Answer = IssuedLeaf;

    fn client_token(&self) -> Option<&str> {
        self.leaf.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<IssuedLeaf, CasError> {
        let Self { csr, common_name, algorithm, leaf, san_type, san_value, alias_name } = self;
        let (san_value, alias_name) = (san_value.as_deref(), alias_name.as_deref());
        let purpose = Purpose::Client { san_type: *san_type, san_value, alias_name };
        leaf.issue(at, Some(csr), common_name.as_deref(), algorithm.as_deref(), purpose)
    }
}

impl TlsLeaf {
    /// Issues it for a CSR or, without one, for a key that is generated.
    fn issue(
        &self,
        at: &Session<'_>,
        csr: Option<&str>,
        common_name: Option<&str>,
        algorithm: Option<&str>,
        purpose: Purpose<'_>,
    ) -> Result<IssuedLeaf, CasError> {
        check_immediately(&self.options)?;
        let csr = csr.map(|csr| read_csr(at, csr)).transpose()?;
        let parent = leaf_parent(at, &self.parent_identifier)?;
        let algorithm = match (&csr, algorithm) {
            (Some(csr), algorithm) => {
                check_csr_key(at, csr, algorithm, &parent)?;
                csr.public_key().algorithm()
            }
            (None, Some(text)) => {
                let algorithm = parent::algorithm(at, "Algorithm", text)?;
                check_family(at, "Algorithm", algorithm, &parent)?;
                algorithm
            }
            (None, None) => at.config.generated.of(parent.issuer.public_key().algorithm()),
        };
        let validity = validity(at.config.validity, self.validity, at.now)?;
        check_period(at, deciding(self.validity), &validity, &parent)?;
        for (parameter, given, by) in overruled(self.validity) {
            at.tell_overruled(parameter, &given.to_string(), by);
        }
        let own = csr.as_ref().map(|csr| subject::asked(csr.subject(), AttributeType::COMMON_NAME));
        let own = own.transpose()?.flatten();
        if let (Some(own), Some(given)) = (&own, common_name)
            && own != given
        {
            at.tell_overruled("CommonName", &quoted(given), "the common name of the CSR");
        }
        let common_name = own.as_deref().or(common_name).map(in_ascii);
        let common_name = common_name.as_deref();
        let is_client = matches!(purpose, Purpose::Client { .. });
        let fields = self.fields(at, csr.as_ref(), &parent, is_client)?;
        let subject = fields.name(common_name, &subject::LEAF)?;
        let (kind, profile, alt_names, alias_name) = match purpose {
            Purpose::Client { san_type, san_value, alias_name } => {
                let names = names::client(san_type, san_value)?;
                (CLIENT, Profile::tls_client(), names, alias_name)
            }
            Purpose::Server { domain } => {
                (SERVER, server_profile(), names::server(at.config, domain, common_name)?, None)
            }
        };
        check_enable_crl(at, &self.options, &parent)?;
        let (issuance, key) = match &csr {
            Some(csr) => (Issuance::for_request(csr), None),
            None => {
                let key = at.key_once(|| generated(at, algorithm))?;
                (Issuance::for_key(key.public_key().clone()), Some(&**key))
            }
        };
        let issuance = issuance.subject(subject).alt_names(alt_names).validity(validity);
        let custom_identifier = self.custom_identifier.as_deref();
        let leaf = Leaf {
            parent: &parent,
            issuance,
            key,
            kind,
            profile,
            alias_name,
            custom_identifier: custom_identifier.map(|own| ("CustomIdentifier", own)),
            options: &self.options,
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
        is_client: bool,
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
        if is_client {
            defaults.country = Some(at.config.client_country.clone());
        }
        Ok(fields.or(defaults))
    }
}
