//! Showing how far an order is.

use super::super::Cas;
use super::super::error::CasError;
use super::super::schema::Secret;
use super::super::structures::structures;
use super::challenge::{FILE_PATH, RECORD_DOMAIN, RECORD_TYPE, ValidateType, base};
use super::document::{damaged, order_key_name};
use super::progress::Progress;
use super::state::OrderState;
use crate::certificate::Certificate;

structures! {
    /// What DescribeCertificateState takes (section 5).
    DescribeCertificateStateRequest {
        /// The order's number.
        order_id: i64,
    }

    /// What DescribeCertificateState answers (section 5).
    DescribeCertificateStateResponse {
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
        /// The certificate in PEM, once it is issued.
        certificate: Option<String>,
        /// The certificates above, the issuer's first. Only this engine answers it.
        certificate_chain: Option<String>,
        /// The private key in PEM, once the certificate is issued, where it was generated here.
        private_key: Option<Secret>,
        /// Why the order does not go on. Only this engine answers it.
        problem: Option<String>,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Shows how far an order is (section 5), and moves it on where it can be (I): the probe looks
    /// its challenge up, and the configured CA issues the certificate of a challenge that was met.
    /// An issuer that refuses, or fails, leaves the order in process, and the answer says why.
    ///
    /// # Errors
    /// `NotFoundOrder`; `Error` when the store fails or the private key cannot be opened.
    pub fn describe_certificate_state(
        &self,
        request: &DescribeCertificateStateRequest,
    ) -> Result<DescribeCertificateStateResponse, CasError> {
        self.operate(|request_id| {
            let Progress { order, problem } = self.progress(request.order_id)?;
            let kind = order.state.type_name().to_owned();
            let mut answer = DescribeCertificateStateResponse {
                kind,
                problem,
                request_id,
                ..Default::default()
            };
            match order.state {
                OrderState::DomainVerify => {
                    let token = Some(order.document().token.clone());
                    match ValidateType::read(&order.document().validate_type)? {
                        ValidateType::Dns => {
                            answer.record_domain = Some(RECORD_DOMAIN.to_owned());
                            answer.record_type = Some(RECORD_TYPE.to_owned());
                            answer.record_value = token;
                        }
                        ValidateType::File => {
                            let domains = order.document().domains.split(',').map(base);
                            answer.domain = Some(domains.collect::<Vec<_>>().join(","));
                            answer.uri = Some(FILE_PATH.to_owned());
                            answer.content = token;
                        }
                    }
                }
                OrderState::Certificate => {
                    let document = order.document();
                    let record = self.order_certificate(document)?;
                    let certificate = record.as_ref().and_then(|record| record.certificate());
                    let certificate =
                        certificate.ok_or_else(|| damaged(document, "its certificate"))?;
                    answer.certificate = Some(certificate.to_pem());
                    answer.certificate_chain = self.chain_above(document.certificate.as_deref())?;
                    if document.has_key {
                        let key = self.exported_key(&order_key_name(document.order_id))?;
                        let key = key.ok_or_else(|| damaged(document, "its private key"))?;
                        answer.private_key = Some(Secret::new(key.to_pkcs8_pem()?.as_str()));
                    }
                }
                _ => {}
            }
            Ok(answer)
        })
    }

    /// The certificates above that of an order, where its issuer is kept.
    fn chain_above(&self, identifier: Option<&str>) -> Result<Option<String>, CasError> {
        let Some(identifier) = identifier else { return Ok(None) };
        let Some(leaf) = self.leaf_document(identifier)? else { return Ok(None) };
        let issuer = self.ledger.issuer(&leaf.document.parent_identifier.parse()?)?;
        Ok(issuer.map(|issuer| issuer.chain.certificates().map(Certificate::to_pem).collect()))
    }
}
