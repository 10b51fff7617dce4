//! Cancelling and deleting orders, and revoking what was issued for them.

use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::session::{Run, Session};
use super::document::{damaged, order, order_certificate, order_key_name, order_of_instance};
use super::package::return_package_row;
use super::state::OrderAction;
use crate::crl::RevocationReason;
use crate::error::quoted;

structures! {
    /// Cancels an order whose certificate is not issued yet; its quota stays used until it is deleted.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless it is in domain_verify or process.
    CancelOrderRequest {
        /// The order's number.
        order_id: i64,
    }

    /// Deletes an order that failed or was cancelled, and its private key; its quota is given back.
    ///
    /// # Errors
    /// `NotFoundOrder`; `DeleteFail` unless it is in verify_fail or was cancelled.
    DeleteCertificateRequest {
        /// The order's number.
        order_id: i64,
    }

    /// Revokes the certificate of an order, as CancelCertificateForPackageRequest does. Certificates of users are not
    /// revoked, and leaves by CreateRevokeClientCertificate.
    ///
    /// # Errors
    /// `NotFound` for an instance that is no order; `InvalidParameter` for a CertificateId; `OrderStateError`
    /// unless the certificate is issued and not revoked.
    RevokeCertificate {
        /// The order's InstanceId: `cas-` and its number.
        instance_id: String,
        /// A certificate of the instance. Those of orders have no number, so none may be given.
        certificate_id: Option<i64>,
    }

    /// Revokes the certificate of an order. Its quota stays used.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the certificate is issued and not revoked.
    CancelCertificateForPackageRequest {
        /// The order's number.
        order_id: i64,
    }
}

impl Run for CancelOrderRequest {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let kept = order(at, self.order_id)?.after(OrderAction::Cancel)?;
        let detail = format!("order {} cancelled", self.order_id);
        at.write([kept.replace()?], &detail)
    }
}

impl Run for DeleteCertificateRequest {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let order_id = self.order_id;
        let kept = order(at, order_id)?.after(OrderAction::Delete)?;
        let mut rows = vec![return_package_row(at, kept.document.product_code())?];
        if kept.document.has_key {
            rows.push(at.ledger.delete_key_row(&order_key_name(order_id))?);
        }
        rows.push(kept.delete());
        at.write(rows, &format!("order {order_id}"))
    }
}

impl Run for RevokeCertificate {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let Self { instance_id, certificate_id } = self;
        let order = order_of_instance(at, instance_id)?;
        let unknown =
            || CasError::not_found("InstanceId", format!("order {}", quoted(instance_id)));
        let order_id = order.ok_or_else(unknown)?.document.order_id;
        if let Some(given) = certificate_id {
            let allowed = "none: the certificate of an order has no number";
            return Err(CasError::invalid("CertificateId", given, allowed));
        }
        CancelCertificateForPackageRequest { order_id }.run(at)
    }
}

impl Run for CancelCertificateForPackageRequest {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let order = order(at, self.order_id)?;
        let certificate = order_certificate(at.ledger, order.document())?;
        let kept = order.after(OrderAction::Revoke)?;
        let certificate = certificate.ok_or_else(|| damaged(&kept.document, "its certificate"))?;
        // Revoking needs neither the issuer's key nor that it is in force.
        let rows = [kept.replace()?];
        at.writer().revoke(&certificate.issuer, &certificate.serial, REASON, rows)?;
        Ok(())
    }
}

/// Why: the service gives none (I: the applicant no longer uses the certificate).
const REASON: RevocationReason = RevocationReason::CessationOfOperation;
