//! Showing how far an order is.

use super::super::described::number_of;
use super::super::error::CasError;
use super::super::json::schema::Secret;
use super::super::json::structures::structures;
use super::super::session::{Run, Session};
use super::super::shelf::records::leaf_document;
use super::challenge::{FILE_PATH, RECORD_DOMAIN, RECORD_TYPE, ValidateType, base};
use super::document::{damaged, order_certificate, order_key_name};
use super::progress::progress;
use super::state::OrderState;

structures! {
    /// Shows how far an order is, and moves it on where it can be (I): the probe looks its challenge
    /// up, and the configured CA issues the certificate of a challenge that was met. An issuer that
    /// refuses, or fails, leaves the order in process, and the answer says why.
    ///
    /// # Errors
    /// `NotFoundOrder`; `Error` when the store fails or the private key cannot be opened.
    DescribeCertificateState {
        /// The order's number.
        order_id: i64,
    }

    /// How far an order is.
    DescribedOrder {
        /// The state: domain_verify, process, certificate or verify_fail; payed for an order that
        /// was cancelled, unknow for one whose certificate was revoked.
        kind as "Type": String,
        /// Of a FILE challenge, the domain whose web server has the file; several are separated by
        /// commas.
        domain: Option<String>,
        /// Of a FILE challenge, the path of the file.
        uri: Option<String>,
        /// Of a FILE challenge, the content of the file.
        content: Option<String>,
        /// Of a DNS challenge, the host of the record, below the domain of the order; below each,
        /// where it has several.
        record_domain: Option<String>,
        /// Of a DNS challenge, the type of the record: TXT.
        record_type: Option<String>,
        /// Of a DNS challenge, the value of the record.
        record_value: Option<String>,
        /// How the control of the domain is shown, while it is to be: DNS or FILE.
        validate_type: Option<String>,
        /// A number for the certificate, of its identifier, once it is issued.
        cert_id: Option<i64>,
        /// The certificate in PEM, once it is issued.
        certificate: Option<String>,
        /// The certificates above, the issuer's first. Only this engine answers it.
        certificate_chain: Option<String>,
        /// The private key in PEM, once the certificate is issued, where it was generated here.
        private_key: Option<Secret>,
        /// Why the order does not go on. Only this engine answers it.
        problem: Option<String>,
    }
}

impl Run for DescribeCertificateState {
    type Answer = DescribedOrder;

    fn run(&self, at: &Session<'_>) -> Result<DescribedOrder, CasError> {
        let (order, problem) = progress(at, self.order_id)?;
        let (kind, document) = (order.state.type_name().to_owned(), order.document());
        let mut answer = DescribedOrder { kind, problem, ..Default::default() };
        match order.state {
            OrderState::DomainVerify => {
                let token = Some(document.token.clone());
                answer.validate_type = Some(document.applicant.validate_type.clone());
                match ValidateType::read(&document.applicant.validate_type)? {
                    ValidateType::Dns => {
                        answer.record_domain = Some(RECORD_DOMAIN.to_owned());
                        answer.record_type = Some(RECORD_TYPE.to_owned());
                        answer.record_value = token;
                    }
                    ValidateType::File => {
                        let domains = document.domains.split(',').map(base);
                        answer.domain = Some(domains.collect::<Vec<_>>().join(","));
                        answer.uri = Some(FILE_PATH.to_owned());
                        answer.content = token;
                    }
                }
            }
            OrderState::Certificate => {
                let record = order_certificate(at.ledger, document)?;
                let certificate = record.as_ref().and_then(|record| record.certificate());
                let certificate =
                    certificate.ok_or_else(|| damaged(document, "its certificate"))?;
                answer.certificate = Some(certificate.to_pem());
                let identifier = document.certificate.as_deref().map(str::parse).transpose()?;
                answer.cert_id = identifier.as_ref().map(number_of);
                answer.certificate_chain = chain_above(at, document.certificate.as_deref())?;
                if document.has_key {
                    let key = at.exported_key(&order_key_name(document.order_id))?;
                    let key = key.ok_or_else(|| damaged(document, "its private key"))?;
                    answer.private_key = Some(Secret::new(key.to_pkcs8_pem()?.as_str()));
                }
            }
            _ => {}
        }
        Ok(answer)
    }
}

/// The certificates above that of an order, where its issuer is kept.
fn chain_above(at: &Session<'_>, identifier: Option<&str>) -> Result<Option<String>, CasError> {
    let Some(identifier) = identifier else { return Ok(None) };
    let Some(leaf) = leaf_document(at.rows, identifier)? else { return Ok(None) };
    let issuer = at.ledger.issuer(&leaf.document.parent_identifier.parse()?)?;
    Ok(issuer.map(|issuer| issuer.chain.to_pem()))
}
