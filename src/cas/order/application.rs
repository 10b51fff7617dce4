//! What an applicant asks for, checked, and the order that comes of it.

use super::super::config::{Product, ProductKind, WildcardBase};
use super::super::csr::operations::read_csr;
use super::super::described::family;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::leaf::issue::server_profile;
use super::super::parameters::groups::Applicant;
use super::super::parameters::names::names;
use super::super::parameters::subject::{self, SubjectFields};
use super::super::parameters::tags::{TagParameter, check_tags};
use super::super::session::{Named, Run, Session};
use super::challenge::{self, ValidateType, base};
use super::document::{OrderDocument, next_order, order_key_name, order_row};
use super::issuers::{check_key, generated_for};
use super::package::{product, use_package_row};
use super::state::OrderState;
use crate::error::quoted;
use crate::key::KeyFamily;
use crate::{AltName, CertificateRequest, Error, KeyPair, Name, Policy};

structures! {
    /// Orders one certificate for up to five domains, for a CSR or for a key that is generated here.
    /// It uses one of the product's quota. The answer is the order's number.
    ///
    /// # Errors
    /// As [`CreateCertificateWithCsrRequest`](super::CreateCertificateWithCsrRequest).
    CreateCertificateForPackageRequest {
        /// Who orders, and how control is shown.
        applicant as ..: Applicant,
        /// The applicant's company. It is kept with the order, and not in the certificate, which
        /// asserts the domains only.
        company_name: Option<String>,
        /// The domains, at most 5, separated by commas: all wildcards if the product is for
        /// wildcards, else none. Without it, the CSR's common name.
        domain: Option<String>,
        /// The CSR in PEM: RSA of 2048 bits or more, or ECC; its common name is one of the domains.
        /// Without it, one is generated.
        csr: Option<String>,
        /// Tags, at most 20.
        tags: Vec<TagParameter>,
    }
}

/// What the operations that order are answered.
pub(super) const ORDER_ID: Named = Some(("OrderId", "The order's number."));

impl Run for CreateCertificateForPackageRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        apply(at, self, at.config.order_domains, None)
    }
}

/// Makes the order of an application: it, its key and the quota that it uses, or nothing. Its number. What
/// the operations that order take is part of what the one for packages takes. `most` is how many domains
/// it may name, `renews` the order that it renews.
pub(super) fn apply(
    at: &Session<'_>,
    application: &CreateCertificateForPackageRequest,
    most: usize,
    renews: Option<i64>,
) -> Result<i64, CasError> {
    let CreateCertificateForPackageRequest { applicant, company_name, csr, tags, .. } = application;
    let product = product(at.config, applicant.product_code.as_deref())?;
    check_applicant(at, application)?;
    let validate_type = ValidateType::read(&applicant.validate_type)?;
    let csr = csr.as_deref().map(|csr| read_order_csr(at, csr)).transpose()?;
    let domains = application_domains(application.domain.as_deref(), most, csr.as_ref())?;
    // Where the domains are from.
    let parameter = if application.domain.is_some() { "Domain" } else { "Csr" };
    for domain in &domains {
        check_kind(parameter, product, domain)?;
        validate_type.check(parameter, domain)?;
    }
    let subject = subject_of(parameter, &domains)?;
    check_tags(at.config, tags)?;
    let quota = use_package_row(at, &product.code)?;
    let (order_id, number) = next_order(at.rows)?;
    let mut rows = vec![quota, number];
    let has_key = csr.is_none();
    let csr = match csr {
        Some(csr) => {
            // What its certificate will not have is known now.
            let policy = Policy::new(server_profile())
                .with_subject(subject)
                .with_alt_names(alt_names(&certified(at, &domains))?);
            at.tell(policy.review(&csr).items().iter().cloned());
            csr
        }
        None => {
            let key = at.key_once(|| generated(at))?;
            rows.push(at.ledger.key_row(&order_key_name(order_id), key)?);
            let builder = CertificateRequest::builder(subject).alt_names(alt_names(&domains)?);
            builder.sign(key).map_err(creation_failed)?
        }
    };
    let document = OrderDocument {
        order_id,
        applicant: Applicant { product_code: Some(product.code.clone()), ..applicant.clone() },
        company_name: company_name.clone(),
        lifetime: i64::try_from(product.lifetime.as_seconds()).unwrap_or(i64::MAX),
        state: OrderState::DomainVerify.to_string(),
        domains: domains.join(","),
        token: challenge::token(at.randomness)?,
        algorithm: family(csr.public_key().algorithm()).to_owned(),
        csr: csr.to_pem(),
        has_key,
        created: at.now.unix(),
        deadline: at.now.plus(at.config.challenge_lifetime)?.unix(),
        verified: None,
        certificate: None,
        renews,
        tags: tags.clone(),
    };
    rows.push(order_row(at.rows, &document)?);
    let detail = format!("order {order_id} of {} for {}", product.code, document.domains);
    at.write(rows, &cut_detail(detail))?;
    Ok(order_id)
}

/// The applicant is named, and can be reached (S: required; I: their bounds).
fn check_applicant(
    at: &Session<'_>,
    application: &CreateCertificateForPackageRequest,
) -> Result<(), CasError> {
    let most = at.config.applicant_characters;
    let Applicant { username, phone, email, .. } = &application.applicant;
    let texts = [
        ("Username", Some(username.as_str())),
        ("Phone", Some(phone.as_str())),
        ("CompanyName", application.company_name.as_deref()),
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
    AltName::email(email)
        .map(drop)
        .map_err(|error| CasError::invalid("Email", quoted(email), format!("an address ({error})")))
}

fn generated(at: &Session<'_>) -> Result<KeyPair, CasError> {
    at.generate_key(generated_for(at)?, at.config.weak_keys).map_err(creation_failed)
}

/// The subject of an order's certificate: the first domain. A domain-validated certificate asserts
/// nothing else (I).
pub(super) fn subject_of(parameter: &'static str, domains: &[String]) -> Result<Name, CasError> {
    let mut names = subject::LEAF;
    let [.., common_name] = &mut names;
    *common_name = parameter;
    SubjectFields::default().name(domains.first().map(String::as_str), &names)
}

/// The domains that a certificate is for.
pub(super) fn certified(at: &Session<'_>, domains: &[String]) -> Vec<String> {
    let mut certified = domains.to_vec();
    if at.config.wildcard_base == WildcardBase::Also {
        for domain in domains {
            let base = base(domain);
            if !certified.iter().any(|known| known == base) {
                certified.push(base.to_owned());
            }
        }
    }
    certified
}

pub(super) fn alt_names(domains: &[String]) -> Result<Vec<AltName>, CasError> {
    domains.iter().map(|domain| Ok(AltName::dns(domain)?)).collect()
}

/// A CSR of an order: RSA of 2048 bits or more, or ECC (S).
fn read_order_csr(at: &Session<'_>, text: &str) -> Result<CertificateRequest, CasError> {
    let csr = read_csr(at, text)?;
    let key = csr.public_key().algorithm();
    let long = key.family() == KeyFamily::Rsa && key.bits() >= LEAST_RSA_BITS;
    if long || key.family() == KeyFamily::Ecc {
        check_key(at, key)?;
        return Ok(csr);
    }
    let allowed = format!("RSA of {LEAST_RSA_BITS} bits or more, or ECC");
    Err(CasError::invalid("Csr", format!("a key {}", at.config.name_of(key)), allowed))
}

/// The domains: those that are given, else the CSR's common name. That is among them (I) where both
/// are there.
fn application_domains(
    given: Option<&str>,
    most: usize,
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
    let given = given.map(|text| dns("Domain", text)).transpose()?;
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
            Err(CasError::invalid("Csr", given, format!("one of {}", quoted(&domains.join(",")))))
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

fn creation_failed(error: Error) -> CasError {
    CasError::of(error, ErrorKind::CreateCertificateRequestFailed)
}

/// S CreateCertificateWithCsrRequest.
const LEAST_RSA_BITS: u32 = 2_048;
