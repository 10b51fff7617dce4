//! Renewing: a new order like an earlier one.

use super::super::config::RenewalRule;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::tags::{TagParameter, given};
use super::super::session::{Named, Run, Session};
use super::application::{CreateCertificateForPackageRequest as Application, ORDER_ID, apply};
use super::document::{OrderDocument, order, order_certificate};
use super::state::OrderAction;

structures! {
    /// Orders the certificate of an order once more, under a new number and with a new challenge. It
    /// uses one of the product's quota, as every order does. The answer is the new order's number.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the certificate is issued, or where
    /// [`Config::renewal`](super::super::Config::renewal) has it wait; as
    /// [`CreateCertificateWithCsrRequest`](super::CreateCertificateWithCsrRequest).
    RenewCertificateOrderForPackageRequest {
        /// The order's number.
        order_id: i64,
        /// The CSR in PEM; its common name is one of the order's domains. Without it, one is
        /// generated.
        csr: Option<String>,
        /// Tags, at most 20; those of the order where none are given.
        tags: Vec<TagParameter>,
    }
}

impl Run for RenewCertificateOrderForPackageRequest {
    type Answer = i64;

    const ANSWER: Named = ORDER_ID;

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let document = order(at, self.order_id)?.after(OrderAction::Renew)?.document;
        check_renewal(at, &document)?;
        let OrderDocument { order_id, applicant, company_name, domains, tags, .. } = document;
        let (domain, csr) = (Some(domains), self.csr.clone());
        let tags = if self.tags.is_empty() { given(&tags) } else { self.tags.clone() };
        let application = Application { applicant, company_name, domain, csr, tags };
        // So many domains were allowed before.
        apply(at, &application, usize::MAX, Some(order_id))
    }
}

fn check_renewal(at: &Session<'_>, order: &OrderDocument) -> Result<(), CasError> {
    let Some(record) = order_certificate(at.ledger, order)? else { return Ok(()) };
    let Some(certificate) = record.certificate() else { return Ok(()) };
    let from = certificate.validity().not_after().minus(at.config.expiring)?;
    if at.config.renewal == RenewalRule::Always || at.now >= from {
        return Ok(());
    }
    let order_id = order.order_id;
    let message = format!("OrderId: order {order_id} can be renewed from {from} on");
    Err(CasError::new(ErrorKind::OrderState, message))
}
