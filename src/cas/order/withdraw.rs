//! Cancelling and deleting orders, and revoking what was issued for them.

use super::super::Cas;
use super::super::error::CasError;
use super::super::structures::structures;
use super::document::{damaged, order_key_name};
use super::state::OrderAction;
use crate::ledger::{AuditAction, RevocationReason};

structures! {
    /// What CancelOrderRequest takes (section 5).
    CancelOrderRequestRequest {
        /// The order's number.
        order_id: i64,
    }

    /// What CancelOrderRequest answers (section 5).
    CancelOrderRequestResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What DeleteCertificateRequest takes (section 5).
    DeleteCertificateRequestRequest {
        /// The order's number.
        order_id: i64,
    }

    /// What DeleteCertificateRequest answers (section 5).
    DeleteCertificateRequestResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What CancelCertificateForPackageRequest takes (section 5).
    CancelCertificateForPackageRequestRequest {
        /// The order's number.
        order_id: i64,
    }

    /// What CancelCertificateForPackageRequest answers (section 5).
    CancelCertificateForPackageRequestResponse {
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Cancels an order whose certificate is not issued yet; its quota stays used until it is
    /// deleted (section 5).
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless it is in domain_verify or process.
    pub fn cancel_order_request(
        &self,
        request: &CancelOrderRequestRequest,
    ) -> Result<CancelOrderRequestResponse, CasError> {
        let order_id = request.order_id;
        self.operate(|request_id| {
            let kept = self.order(order_id, self.now()?)?.after(OrderAction::Cancel)?;
            let detail = format!("order {order_id} cancelled");
            self.write(vec![kept.replace()?], AuditAction::Recorded, detail)?;
            Ok(CancelOrderRequestResponse { request_id })
        })
    }

    /// Deletes an order that failed or was cancelled, and its private key; its quota is given back
    /// (section 5).
    ///
    /// # Errors
    /// `NotFoundOrder`; `DeleteFail` unless it is in verify_fail or was cancelled.
    pub fn delete_certificate_request(
        &self,
        request: &DeleteCertificateRequestRequest,
    ) -> Result<DeleteCertificateRequestResponse, CasError> {
        let order_id = request.order_id;
        self.operate(|request_id| {
            let kept = self.order(order_id, self.now()?)?.after(OrderAction::Delete)?;
            let mut writes = vec![self.return_package_write(&kept.document.product_code)?];
            if kept.document.has_key {
                writes.extend(self.ledger.forget_key_writes(&order_key_name(order_id))?);
            }
            writes.push(kept.delete());
            self.write(writes, AuditAction::Deleted, format!("order {order_id}"))?;
            Ok(DeleteCertificateRequestResponse { request_id })
        })
    }

    /// Revokes the certificate of an order (section 5). Its quota stays used.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the certificate is issued and not revoked.
    pub fn cancel_certificate_for_package_request(
        &self,
        request: &CancelCertificateForPackageRequestRequest,
    ) -> Result<CancelCertificateForPackageRequestResponse, CasError> {
        let order_id = request.order_id;
        self.operate(|request_id| {
            let now = self.now()?;
            let order = self.order(order_id, now)?;
            let certificate = self.order_certificate(order.document())?;
            let kept = order.after(OrderAction::Revoke)?;
            let certificate =
                certificate.ok_or_else(|| damaged(&kept.document, "its certificate"))?;
            // Revoking needs neither the issuer's key nor that it is in force.
            let writer = self.ledger.writer(&self.actor, now);
            let rows = [kept.replace()?.into()];
            writer.revoke(&certificate.issuer, &certificate.serial, REASON, rows)?;
            Ok(CancelCertificateForPackageRequestResponse { request_id })
        })
    }
}

/// Why: the service gives none (I: the applicant no longer uses the certificate).
const REASON: RevocationReason = RevocationReason::CessationOfOperation;
