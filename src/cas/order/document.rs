//! What is kept of orders and packages.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::groups::Applicant;
use super::super::parameters::tags::AnsweredTag;
use super::super::session::Session;
use super::super::shelf::records::{
    Kept, counted, document, documents, encode, numbered, record, text,
};
use super::state::{OrderAction, OrderState};
use crate::Error;
use crate::crl::RevocationReason;
use crate::error::{StoreError, StoreErrorKind};
use crate::ledger::{CertificateRecord, Identifier, Ledger, Row, Rows};

structures! {
    /// What is kept of an order.
    OrderDocument {
        /// Its number.
        order_id: i64,
        /// Who ordered what, and how control is shown.
        applicant as ..: Applicant,
        /// The applicant's company.
        company_name: Option<String>,
        /// How long its certificate is to be valid, in seconds.
        lifetime: i64,
        /// The name of its [`OrderState`].
        state: String,
        /// The domains, in lower case, separated by commas.
        domains: String,
        /// What the challenge asks for.
        token: String,
        /// The CSR in PEM.
        csr: String,
        /// The algorithm of its key.
        algorithm: String,
        /// Whether its key was generated here and is kept.
        has_key: bool,
        /// When it was created, in UNIX seconds.
        created: i64,
        /// When the challenge must have been met, in UNIX seconds.
        deadline: i64,
        /// When the challenge was met, in UNIX seconds.
        verified: Option<i64>,
        /// The identifier of its certificate.
        certificate: Option<String>,
        /// The order that it renews.
        renews: Option<i64>,
        /// Its tags.
        tags: Vec<AnsweredTag>,
    }

    /// The packages of a product that were bought.
    Package {
        /// The product.
        product_code: String,
        /// How many orders were bought.
        total_count: i64,
        /// How many were used: each order that was created counts until it is deleted.
        used_count: i64,
    }
}

const ORDER: &str = "order/";
const ORDER_NUMBER: &str = "order-number";
const PACKAGE: &str = "package/";
const PACKAGE_ISSUED: &str = "package-issued/";

/// An order, and the state that it is in now.
pub(super) struct Order {
    pub(super) kept: Kept<OrderDocument>,
    pub(super) state: OrderState,
}

impl Order {
    pub(super) fn document(&self) -> &OrderDocument {
        &self.kept.document
    }

    /// The order after an action, where that leaves one; refused where the state forbids it.
    pub(super) fn after(mut self, action: OrderAction) -> Result<Kept<OrderDocument>, CasError> {
        if let Some(state) = self.state.after(action, self.document().order_id)? {
            self.kept.document.state = state.to_string();
        }
        Ok(self.kept)
    }

    /// Whether the state has changed by the passing of time, and that is not written yet.
    pub(super) fn is_overdue(&self) -> bool {
        self.state == OrderState::VerifyFail && self.document().state != self.state.to_string()
    }
}

impl OrderDocument {
    /// The product that was ordered.
    pub(super) fn product_code(&self) -> &str {
        self.applicant.product_code.as_deref().unwrap_or_default()
    }
}

/// An order by its number.
pub(super) fn order(at: &Session<'_>, order_id: i64) -> Result<Order, CasError> {
    let kept = match u64::try_from(order_id) {
        Ok(number) => document::<OrderDocument>(at.rows, numbered(ORDER, number))?,
        Err(_) => None,
    };
    let message = || format!("OrderId: there is no order {order_id}");
    let kept = kept.ok_or_else(|| CasError::new(ErrorKind::NotFoundOrder, message()))?;
    let state = state_of(at, &kept.document)?;
    Ok(Order { kept, state })
}

/// What an order is called by: `cas-` and its number.
pub(in super::super) fn instance_id(order: &OrderDocument) -> String {
    format!("cas-{}", order.order_id)
}

/// The order that an InstanceId names.
pub(in super::super) fn order_of_instance(
    at: &Session<'_>,
    text: &str,
) -> Result<Option<Kept<OrderDocument>>, CasError> {
    let number = text.strip_prefix("cas-").and_then(|number| number.parse::<u64>().ok());
    let Some(number) = number.filter(|number| format!("cas-{number}") == text) else {
        return Ok(None);
    };
    document(at.rows, numbered(ORDER, number))
}

/// Every order, the latest first.
pub(in super::super) fn orders(rows: &Rows) -> Result<Vec<OrderDocument>, CasError> {
    let mut orders = documents(rows, ORDER)?;
    orders.reverse();
    Ok(orders)
}

/// The state that is kept of an order.
pub(super) fn kept_state(order: &OrderDocument) -> Result<OrderState, CasError> {
    OrderState::named(&order.state).ok_or_else(|| damaged(order, "its state"))
}

/// The state that an order is in now: its challenge may be over, or have been met too long ago, or
/// its certificate may have been revoked by another operation.
pub(super) fn state_of(at: &Session<'_>, order: &OrderDocument) -> Result<OrderState, CasError> {
    let (kept, now) = (kept_state(order)?, at.now.unix());
    match kept {
        OrderState::DomainVerify if now >= order.deadline => {
            let over = kept.after(OrderAction::ChallengeOver, order.order_id)?;
            Ok(over.unwrap_or(kept))
        }
        OrderState::Process => {
            let reuse = i64::try_from(at.config.validation_reuse.as_seconds());
            let reuse = reuse.unwrap_or(i64::MAX);
            let over = order.verified.is_none_or(|met| now >= met.saturating_add(reuse));
            let after = kept.after(OrderAction::ValidationOver, order.order_id)?;
            Ok(after.filter(|_| over).unwrap_or(kept))
        }
        OrderState::Certificate => match order_certificate(at.ledger, order)? {
            Some(certificate) => {
                let (issuer, serial) = (&certificate.issuer, &certificate.serial);
                let revocation = at.ledger.revocation(issuer, serial)?;
                // What is on hold may come back.
                let revoked = revocation
                    .is_some_and(|found| found.reason != RevocationReason::CertificateHold);
                Ok(if revoked { OrderState::Revoked } else { kept })
            }
            None => Err(damaged(order, "its certificate")),
        },
        _ => Ok(kept),
    }
}

/// The record of an order's certificate.
pub(super) fn order_certificate(
    ledger: &Ledger,
    order: &OrderDocument,
) -> Result<Option<CertificateRecord>, CasError> {
    let Some(text) = &order.certificate else { return Ok(None) };
    let identifier: Identifier = text.parse()?;
    Ok(ledger.by_identifier(&identifier)?)
}

/// The number of a new order, and what makes it taken. A number never comes again, not even that of an
/// order that was deleted.
pub(super) fn next_order(rows: &Rows) -> Result<(i64, Row), CasError> {
    let lost = |problem: &str| {
        let message = format!("the last number of an order: {problem}");
        CasError::new(ErrorKind::Other, message)
    };
    let last = rows.get(ORDER_NUMBER)?;
    let number = last.as_ref().map(text).transpose()?;
    let number = number.map_or(Some(0), |text| text.parse().ok());
    let number: u64 = number.ok_or_else(|| lost("damaged"))?;
    // A number that was lost, or set back, must not be given once more.
    if !rows.list(ORDER, Some(&numbered(ORDER, number)), 1)?.is_empty() {
        if rows.get(ORDER_NUMBER)? != last {
            // It was taken between the two looks, each of which is of its own moment.
            let message = "another order came first";
            let conflict = StoreError::new(StoreErrorKind::Conflict, message);
            return Err(Error::from(conflict).into());
        }
        return Err(lost("it is missing, or below that of an order"));
    }
    let number = number.checked_add(1).and_then(|number| i64::try_from(number).ok());
    let failed = || {
        let message = "OrderId: no number is left";
        CasError::new(ErrorKind::CreateCertificateRequestFailed, message)
    };
    let number = number.ok_or_else(failed)?;
    let taken = match last {
        Some(last) => last.replace(record(number.to_string()))?,
        None => rows.insert(ORDER_NUMBER, record(number.to_string()))?,
    };
    Ok((number, taken))
}

/// The packages of a product.
pub(super) fn package(rows: &Rows, code: &str) -> Result<Option<Kept<Package>>, CasError> {
    document(rows, format!("{PACKAGE}{code}"))
}

/// How many certificates were issued for a product.
pub(super) fn package_issued(rows: &Rows, code: &str) -> Result<i64, CasError> {
    counted(rows, &format!("{PACKAGE_ISSUED}{code}"))
}

/// What records a new order.
pub(super) fn order_row(rows: &Rows, order: &OrderDocument) -> Result<Row, CasError> {
    let number = u64::try_from(order.order_id).map_err(|_| damaged(order, "its number"))?;
    Ok(rows.insert(numbered(ORDER, number), encode(order))?)
}

/// What records the first package of a product.
pub(super) fn package_rows(rows: &Rows, package: &Package) -> Result<Vec<Row>, Error> {
    let code = &package.product_code;
    Ok(vec![
        rows.insert(format!("{PACKAGE}{code}"), encode(package))?,
        rows.counter(format!("{PACKAGE_ISSUED}{code}"))?,
    ])
}

/// What counts a certificate of a product.
pub(super) fn package_issued_row(rows: &Rows, code: &str) -> Result<Row, Error> {
    rows.count(format!("{PACKAGE_ISSUED}{code}"))
}

/// The name that the key of an order is kept under.
pub(super) fn order_key_name(order_id: i64) -> String {
    format!("order/{order_id}")
}

pub(super) fn damaged(order: &OrderDocument, what: &str) -> CasError {
    CasError::new(ErrorKind::Other, format!("the record of order {}: {what}", order.order_id))
}
