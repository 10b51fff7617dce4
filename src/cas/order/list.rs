//! Listing orders.

use super::super::Cas;
use super::super::error::CasError;
use super::super::page::page;
use super::super::structures::structures;
use super::challenge::base;
use super::document::OrderDocument;
use super::state::OrderState;
use crate::error::quoted;
use crate::validity::{Time, Validity};

structures! {
    /// What ListUserCertificateOrder takes (section 5).
    ListUserCertificateOrderRequest {
        /// Only orders with this text in a domain or their InstanceId.
        keyword: Option<String>,
        /// Only orders of this status: PAYED, CHECKING, CHECKED_FAIL, ISSUED, WILLEXPIRED, EXPIRED,
        /// NOTACTIVATED or REVOKED.
        status: Option<String>,
        /// CPACK: orders of packages. This engine has no others.
        order_type: Option<String>,
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Items of a page; 50.
        show_size: Option<i64>,
    }

    /// What ListUserCertificateOrder answers (section 5).
    ListUserCertificateOrderResponse {
        /// The orders, the latest first.
        certificate_order_list: Vec<ListedOrder>,
        /// The page.
        current_page: i64,
        /// Items of a page.
        show_size: i64,
        /// How many there are.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// An order in a list (section 5).
    ListedOrder {
        /// The family of its key: RSA, ECC or SM2.
        algorithm: String,
        /// When it was made, in milliseconds of UNIX time.
        buy_date: i64,
        /// When its certificate ends, in milliseconds of UNIX time.
        cert_end_time: Option<i64>,
        /// When its certificate begins, in milliseconds of UNIX time.
        cert_start_time: Option<i64>,
        /// DV.
        cert_type: String,
        /// Its domains, separated by commas.
        domain: String,
        /// How many of them are no wildcards.
        domain_count: i64,
        /// ONE, MULTIPLE, WILDCARD or M_WILDCARD.
        domain_type: String,
        /// What it is called by: `cas-` and its number.
        instance_id: String,
        /// Its number.
        order_id: i64,
        /// The product.
        product_code: String,
        /// cpack.
        source_type: String,
        /// PAYED: cancelled; CHECKING: in domain_verify or process; CHECKED_FAIL; ISSUED, WILLEXPIRED
        /// or EXPIRED: its certificate; REVOKED.
        status: String,
        /// How many of its domains are wildcards.
        wild_domain_count: i64,
    }
}

impl Cas {
    /// Lists orders, the latest first (section 5).
    ///
    /// # Errors
    /// `InvalidParameter` for an unknown status or type, and a page out of bounds.
    pub fn list_user_certificate_order(
        &self,
        request: &ListUserCertificateOrderRequest,
    ) -> Result<ListUserCertificateOrderResponse, CasError> {
        let ListUserCertificateOrderRequest { keyword, status, order_type, .. } = request;
        self.operate(|request_id| {
            for (parameter, given, allowed) in
                [("Status", status, &STATUSES[..]), ("OrderType", order_type, &[ORDER_TYPE])]
            {
                if let Some(given) = given
                    && !allowed.contains(&given.as_str())
                {
                    let given = quoted(given);
                    return Err(CasError::invalid(parameter, given, allowed.join(", ")));
                }
            }
            let now = self.now()?;
            let mut wanted = Vec::new();
            for order in self.orders()? {
                let named = |word: &String| {
                    order.domains.contains(&word.to_ascii_lowercase())
                        || instance_id(&order).contains(word.as_str())
                };
                if !keyword.as_ref().is_none_or(named) {
                    continue;
                }
                let listed = self.listed_order(&order, now)?;
                if status.as_ref().is_none_or(|status| listed.status == *status) {
                    wanted.push(listed);
                }
            }
            let (current, size) = (request.current_page, request.show_size);
            let (certificate_order_list, page) =
                page(wanted, current, size, self.config.page_sizes.0, &self.config)?;
            Ok(ListUserCertificateOrderResponse {
                certificate_order_list,
                current_page: page.current,
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    fn listed_order(&self, order: &OrderDocument, now: Time) -> Result<ListedOrder, CasError> {
        let state = self.state_of(order, now)?;
        let record = self.order_certificate(order)?;
        let certificate = record.as_ref().and_then(|record| record.certificate());
        let validity = certificate.map(|certificate| *certificate.validity());
        let milliseconds = |time: Time| time.unix().saturating_mul(1_000);
        let domains: Vec<&str> = order.domains.split(',').collect();
        let wild = domains.iter().filter(|domain| base(domain).len() < domain.len()).count();
        let domain_type = match (domains.len(), wild) {
            (1, 0) => "ONE",
            (_, 0) => "MULTIPLE",
            (1, _) => "WILDCARD",
            _ => "M_WILDCARD",
        };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(ListedOrder {
            algorithm: order.algorithm.clone(),
            buy_date: order.created.saturating_mul(1_000),
            cert_end_time: validity.map(|validity| milliseconds(validity.not_after())),
            cert_start_time: validity.map(|validity| milliseconds(validity.not_before())),
            cert_type: "DV".to_owned(),
            domain: order.domains.clone(),
            domain_count: count(domains.len() - wild),
            domain_type: domain_type.to_owned(),
            instance_id: instance_id(order),
            order_id: order.order_id,
            product_code: order.product_code.clone(),
            source_type: "cpack".to_owned(),
            status: self.status(state, validity, now)?.to_owned(),
            wild_domain_count: count(wild),
        })
    }

    fn status(
        &self,
        state: OrderState,
        validity: Option<Validity>,
        now: Time,
    ) -> Result<&'static str, CasError> {
        Ok(match (state, validity) {
            (OrderState::Cancelled, _) => "PAYED",
            (OrderState::DomainVerify | OrderState::Process, _) => "CHECKING",
            (OrderState::VerifyFail, _) => "CHECKED_FAIL",
            (OrderState::Revoked, _) => "REVOKED",
            (OrderState::Certificate, Some(validity)) => {
                let end = validity.not_after();
                if now > end {
                    "EXPIRED"
                } else if now >= end.minus(self.config.expiring)? {
                    "WILLEXPIRED"
                } else {
                    "ISSUED"
                }
            }
            (OrderState::Certificate, None) => "ISSUED",
        })
    }
}

fn instance_id(order: &OrderDocument) -> String {
    format!("cas-{}", order.order_id)
}

/// F. An order of this engine is never NOTACTIVATED.
const STATUSES: [&str; 8] = [
    "PAYED",
    "CHECKING",
    "CHECKED_FAIL",
    "ISSUED",
    "WILLEXPIRED",
    "EXPIRED",
    "NOTACTIVATED",
    "REVOKED",
];

/// F.
const ORDER_TYPE: &str = "CPACK";
