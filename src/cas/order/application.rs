//! What an applicant asks for, checked, and the order that comes of it.

use std::cell::OnceCell;

use super::super::Cas;
use super::super::config::{Product, ProductKind};
use super::super::csr::read_csr;
use super::super::error::{CasError, ErrorKind};
use super::super::names::names;
use super::super::subject::{self, FieldNames, Fields};
use super::super::types::{TagParameter, check_tags, copied};
use super::challenge::{self, ValidateType, base};
use super::document::{OrderDocument, order_key_name, order_write};
use super::state::OrderState;
use crate::algorithm::{KeyAlgorithm, KeyFamily};
use crate::error::{cut, quoted};
use crate::key::{KeyPair, system};
use crate::ledger::AuditAction;
use crate::name::{AltName, Name};
use crate::request::CertificateRequest;

/// An application, as it was given.
pub(super) struct Application<'a> {
    pub(super) product_code: Option<&'a str>,
    pub(super) domain: Option<&'a str>,
    /// How many domains it may name.
    pub(super) most_domains: usize,
    pub(super) csr: Option<&'a str>,
    pub(super) username: &'a str,
    pub(super) phone: &'a str,
    pub(super) email: &'a str,
    pub(super) company_name: Option<&'a str>,
    pub(super) validate_type: &'a str,
    pub(super) tags: &'a [TagParameter],
    /// The order that it renews.
    pub(super) renews: Option<i64>,
}

impl Cas {
    /// Makes the order of an application: it, its key and the quota that it uses, or nothing. The key
    /// is generated once, however often the operation begins anew.
    pub(super) fn apply(
        &self,
        application: &Application<'_>,
        key: &OnceCell<KeyPair>,
    ) -> Result<i64, CasError> {
        let now = self.now()?;
        let product = self.product(application.product_code)?;
        self.check_applicant(application)?;
        let validate_type = ValidateType::read(application.validate_type)?;
        let csr = application.csr.map(read_order_csr).transpose()?;
        let domains = application_domains(application, csr.as_ref())?;
        // Where the domains are from.
        let parameter = if application.domain.is_some() { "Domain" } else { "Csr" };
        for domain in &domains {
            check_kind(parameter, product, domain)?;
            validate_type.check(parameter, domain)?;
        }
        let subject = subject_of(parameter, &domains)?;
        check_tags(&self.config, application.tags)?;
        let quota = self.use_package_write(&product.code)?;
        let (order_id, number) = self.next_order()?;
        let mut writes = vec![quota, number];
        let csr = match csr {
            Some(csr) => csr,
            None => {
                self.check_keys_can_be_kept()?;
                let key = self.order_key(key)?;
                writes.extend(self.ledger.key_writes(&order_key_name(order_id), key)?);
                let builder = CertificateRequest::builder(subject).alt_names(alt_names(&domains)?);
                builder.sign(key).map_err(creation_failed)?
            }
        };
        let document = OrderDocument {
            order_id,
            product_code: product.code.clone(),
            lifetime: i64::try_from(product.lifetime.as_seconds()).unwrap_or(i64::MAX),
            state: OrderState::DomainVerify.to_string(),
            domains: domains.join(","),
            validate_type: application.validate_type.to_owned(),
            token: challenge::token()?,
            algorithm: csr.public_key().algorithm().family().to_string(),
            csr: csr.to_pem(),
            has_key: application.csr.is_none(),
            username: application.username.to_owned(),
            phone: application.phone.to_owned(),
            email: application.email.to_owned(),
            company_name: application.company_name.map(str::to_owned),
            created: now.unix(),
            deadline: now.plus(self.config.challenge_lifetime)?.unix(),
            verified: None,
            certificate: None,
            renews: application.renews,
            tags: copied(application.tags),
        };
        writes.push(order_write(&document)?);
        let detail = format!("order {order_id} of {} for {}", product.code, document.domains);
        self.write(writes, AuditAction::Recorded, cut_detail(detail))?;
        Ok(order_id)
    }

    /// The applicant is named, and can be reached (S: required; I: their bounds).
    fn check_applicant(&self, application: &Application<'_>) -> Result<(), CasError> {
        let most = self.config.applicant_characters;
        let texts = [
            ("Username", Some(application.username)),
            ("Phone", Some(application.phone)),
            ("CompanyName", application.company_name),
        ];
        for (parameter, text) in texts {
            let Some(text) = text else { continue };
            if text.trim().is_empty() {
                let message = format!("{parameter}: missing");
                return Err(CasError::new(ErrorKind::MissingParameter, message));
            }
            let count = text.chars().count();
            if count > most {
                let message = format!("{parameter}: given {count} characters, at most {most}");
                return Err(CasError::new(ErrorKind::DataTooLong, message));
            }
            if text.chars().any(char::is_control) {
                let given = quoted(text);
                return Err(CasError::invalid(parameter, given, "no control characters"));
            }
        }
        let email = application.email;
        AltName::email(email).map(drop).map_err(|error| {
            CasError::invalid("Email", quoted(email), format!("an address ({error})"))
        })
    }

    /// The key of an order whose CSR is generated here: of the family of the CA that will issue it.
    fn order_key<'k>(&self, kept: &'k OnceCell<KeyPair>) -> Result<&'k KeyPair, CasError> {
        if let Some(key) = kept.get() {
            return Ok(key);
        }
        let algorithm = self.order_algorithm()?;
        let key = KeyPair::generate_with(algorithm, self.config.weak_keys, &mut system());
        let key = key.map_err(creation_failed)?;
        Ok(kept.get_or_init(|| key))
    }

    fn order_algorithm(&self) -> Result<KeyAlgorithm, CasError> {
        let issuer = match &self.config.order_issuer {
            Some(identifier) => self.ledger.issuer(identifier)?,
            None => None,
        };
        Ok(match issuer {
            Some(issuer) => self.config.generated.of(issuer.chain.leaf().public_key()?.algorithm()),
            None => self.config.order_algorithm,
        })
    }
}

/// The subject of an order's certificate: the first domain. A domain-validated certificate asserts
/// nothing else (I).
pub(super) fn subject_of(parameter: &'static str, domains: &[String]) -> Result<Name, CasError> {
    let names = FieldNames { common_name: parameter, ..subject::LEAF };
    let common_name = domains.first().cloned();
    Fields { common_name, ..Fields::default() }.name(&names)
}

pub(super) fn alt_names(domains: &[String]) -> Result<Vec<AltName>, CasError> {
    domains.iter().map(|domain| Ok(AltName::dns(domain)?)).collect()
}

/// A CSR of an order: RSA of 2048 bits or more, or ECC (S).
fn read_order_csr(text: &str) -> Result<CertificateRequest, CasError> {
    let csr = read_csr(text)?;
    let key = csr.public_key().algorithm();
    match key.family() {
        KeyFamily::Ecc => Ok(csr),
        KeyFamily::Rsa if key.bits() >= LEAST_RSA_BITS => Ok(csr),
        KeyFamily::Rsa | KeyFamily::Sm2 => {
            let allowed = format!("RSA of {LEAST_RSA_BITS} bits or more, or ECC");
            Err(CasError::invalid("Csr", format!("a key {key}"), allowed))
        }
    }
}

/// The domains: those that are given, else the CSR's common name. That is among them (I) where both
/// are there.
fn application_domains(
    application: &Application<'_>,
    csr: Option<&CertificateRequest>,
) -> Result<Vec<String>, CasError> {
    let dns = |parameter, text| -> Result<Vec<String>, CasError> {
        let read = names(parameter, Some(text), AltName::dns)?;
        let text = |name| match name {
            AltName::Dns(name) => Some(name.as_str().to_owned()),
            _ => None,
        };
        Ok(read.into_iter().filter_map(text).collect())
    };
    let most = application.most_domains;
    let given = application.domain.map(|text| dns("Domain", text)).transpose()?;
    if let Some(domains) = &given
        && domains.len() > most
    {
        let allowed = if most == 1 { "exactly one".to_owned() } else { format!("at most {most}") };
        return Err(CasError::invalid("Domain", format!("{} domains", domains.len()), allowed));
    }
    let Some(csr) = csr else {
        let missing = || CasError::new(ErrorKind::MissingParameter, "Domain: missing");
        return given.ok_or_else(missing);
    };
    let Some(common_name) = csr.subject().common_name() else {
        return Err(CasError::invalid("Csr", "no common name", "a domain as common name"));
    };
    let named = dns("Csr", &common_name)?;
    let [named] = named.as_slice() else {
        let given = format!("the common name {}", quoted(&common_name));
        return Err(CasError::invalid("Csr", given, "one domain as common name"));
    };
    let Some(mut domains) = given else { return Ok(vec![named.clone()]) };
    match domains.iter().position(|domain| domain == named) {
        Some(position) => {
            // The common name of the certificate is that of the CSR.
            domains.swap(0, position);
            Ok(domains)
        }
        None => {
            let given = format!("the common name {}", quoted(named));
            Err(CasError::invalid("Csr", given, format!("one of {}", cut(&domains.join(",")))))
        }
    }
}

/// A wildcard if, and only if, the product is for wildcards (S).
fn check_kind(parameter: &str, product: &Product, domain: &str) -> Result<(), CasError> {
    let is_wildcard = base(domain).len() < domain.len();
    let allowed = match (product.kind, is_wildcard) {
        (ProductKind::Single, false) | (ProductKind::Wildcard, true) => return Ok(()),
        (ProductKind::Single, true) => "no wildcard",
        (ProductKind::Wildcard, false) => "a wildcard such as *.example.com",
    };
    let allowed = format!("{allowed}: the product is {}", product.code);
    Err(CasError::invalid(parameter, quoted(domain), allowed))
}

/// A text of the audit log.
fn cut_detail(detail: String) -> String {
    detail.chars().take(256).collect()
}

fn creation_failed(error: crate::error::Error) -> CasError {
    CasError::of(error, ErrorKind::CreateCertificateRequestFailed)
}

/// S CreateCertificateWithCsrRequest.
const LEAST_RSA_BITS: u32 = 2_048;
