//! Renewing: a new order like an earlier one.

use std::cell::OnceCell;

use super::super::Cas;
use super::super::config::RenewalRule;
use super::super::error::{CasError, ErrorKind};
use super::super::structures::structures;
use super::application::Application;
use super::document::OrderDocument;
use super::state::OrderAction;
use crate::validity::Time;

structures! {
    /// What RenewCertificateOrderForPackageRequest takes (section 5).
    RenewCertificateOrderForPackageRequestRequest {
        /// The order's number.
        order_id: i64,
        /// The CSR in PEM; its common name is one of the order's domains. Without it, one is
        /// generated.
        csr: Option<String>,
    }

    /// What RenewCertificateOrderForPackageRequest answers (section 5).
    RenewCertificateOrderForPackageRequestResponse {
        /// The new order's number.
        order_id: i64,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Orders the certificate of an order once more, under a new number and with a new challenge
    /// (section 5). It uses one of the product's quota, as every order does.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the certificate is issued, or where
    /// [`Config::renewal`](super::super::Config::renewal) has it wait; as
    /// [`Cas::create_certificate_with_csr_request`].
    pub fn renew_certificate_order_for_package_request(
        &self,
        request: &RenewCertificateOrderForPackageRequestRequest,
    ) -> Result<RenewCertificateOrderForPackageRequestResponse, CasError> {
        let key = OnceCell::new();
        self.operate(|request_id| {
            let now = self.now()?;
            let order = self.order(request.order_id, now)?;
            let document = order.after(OrderAction::Renew)?.document;
            self.check_renewal(&document, now)?;
            let application = Application {
                product_code: Some(&document.product_code),
                domain: Some(&document.domains),
                // It was allowed before.
                most_domains: usize::MAX,
                csr: request.csr.as_deref(),
                username: &document.username,
                phone: &document.phone,
                email: &document.email,
                company_name: document.company_name.as_deref(),
                validate_type: &document.validate_type,
                tags: &document.tags,
                renews: Some(document.order_id),
            };
            let order_id = self.apply(&application, &key)?;
            Ok(RenewCertificateOrderForPackageRequestResponse { order_id, request_id })
        })
    }

    fn check_renewal(&self, order: &OrderDocument, now: Time) -> Result<(), CasError> {
        let Some(record) = self.order_certificate(order)? else { return Ok(()) };
        let Some(certificate) = record.certificate() else { return Ok(()) };
        let end = certificate.validity().not_after();
        let from = end.minus(self.config.expiring)?;
        if self.config.renewal == RenewalRule::Always || now >= from {
            return Ok(());
        }
        let order_id = order.order_id;
        let message = format!("OrderId: order {order_id} can be renewed from {from} on");
        Err(CasError::new(ErrorKind::OrderState, message))
    }
}
