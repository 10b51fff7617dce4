//! Listing orders.

use super::super::described::milliseconds;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::list::{List, Listed, PageAsked, count, one_of};
use super::super::parameters::tags::{given, resource_group};
use super::super::session::{Run, Session};
use super::challenge::base;
use super::document::{
    OrderDocument, instance_id, kept_state, order_certificate, orders, state_of,
};
use super::state::OrderState;
use crate::time::Validity;

structures! {
    /// Lists orders, the latest first.
    ///
    /// # Errors
    /// `InvalidParameter` for an unknown status or type, and a page out of bounds.
    ListUserCertificateOrder {
        /// Only orders with this text in a domain or their InstanceId.
        keyword: Option<String>,
        /// Only orders of this status: PAYED, CHECKING, CHECKED_FAIL, ISSUED, WILLEXPIRED, EXPIRED,
        /// NOTACTIVATED or REVOKED.
        status: Option<String>,
        /// CPACK: orders of packages. This engine has no others.
        order_type: Option<String>,
        /// Only orders of this resource group: the value of their tag `acs:rm:rgId`.
        resource_group_id: Option<String>,
        /// The page.
        page as ..: PageAsked,
    }

    /// An order in a list.
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

impl Listed for ListedOrder {
    const LIST: &'static str = "CertificateOrderList";
    const OF_CERTIFICATES: bool = false;
}

impl Run for ListUserCertificateOrder {
    type Answer = List<ListedOrder>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedOrder>, CasError> {
        let Self { keyword, status, order_type, resource_group_id, page } = self;
        one_of("Status", status, &STATUSES)?;
        one_of("OrderType", order_type, &[ORDER_TYPE])?;
        let mut wanted = Vec::new();
        for order in orders(at.rows)? {
            let named = |word: &String| {
                order.domains.contains(&word.to_ascii_lowercase())
                    || instance_id(&order).contains(word.as_str())
            };
            let in_group = match resource_group_id {
                Some(group) => resource_group(None, &given(&order.tags))?.as_ref() == Some(group),
                None => true,
            };
            if in_group
                && keyword.as_ref().is_none_or(named)
                && has_status(at, &order, status.as_deref())?
            {
                wanted.push(order);
            }
        }
        List::page(&wanted, *page, at.config, |order| listed(at, order).map(Some))
    }
}

/// Whether an order is of a status. Certificates are read only where they decide.
fn has_status(
    at: &Session<'_>,
    order: &OrderDocument,
    wanted: Option<&str>,
) -> Result<bool, CasError> {
    let Some(wanted) = wanted else { return Ok(true) };
    let of_certificate = !["PAYED", "CHECKING", "CHECKED_FAIL"].contains(&wanted);
    let issued = matches!(kept_state(order)?, OrderState::Certificate | OrderState::Revoked);
    if issued != of_certificate {
        return Ok(false);
    }
    Ok(status(at, state_of(at, order)?, validity(at, order)?)? == wanted)
}

/// The validity of an order's certificate.
fn validity(at: &Session<'_>, order: &OrderDocument) -> Result<Option<Validity>, CasError> {
    let record = order_certificate(at.ledger, order)?;
    let certificate = record.as_ref().and_then(|record| record.certificate());
    Ok(certificate.map(|certificate| *certificate.validity()))
}

fn listed(at: &Session<'_>, order: &OrderDocument) -> Result<ListedOrder, CasError> {
    let (state, validity) = (state_of(at, order)?, validity(at, order)?);
    let domains: Vec<&str> = order.domains.split(',').collect();
    let wild = domains.iter().filter(|domain| base(domain).len() < domain.len()).count();
    let domain_type = match (domains.len(), wild) {
        (1, 0) => "ONE",
        (_, 0) => "MULTIPLE",
        (1, _) => "WILDCARD",
        _ => "M_WILDCARD",
    };
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
        product_code: order.product_code().to_owned(),
        source_type: "cpack".to_owned(),
        status: status(at, state, validity)?.to_owned(),
        wild_domain_count: count(wild),
    })
}

fn status(
    at: &Session<'_>,
    state: OrderState,
    validity: Option<Validity>,
) -> Result<&'static str, CasError> {
    Ok(match (state, validity) {
        (OrderState::Cancelled, _) => "PAYED",
        (OrderState::DomainVerify | OrderState::Process, _) => "CHECKING",
        (OrderState::VerifyFail, _) => "CHECKED_FAIL",
        (OrderState::Revoked, _) => "REVOKED",
        (OrderState::Certificate, Some(validity)) => {
            let end = validity.not_after();
            if at.now > end {
                "EXPIRED"
            } else if at.now >= end.minus(at.config.expiring)? {
                "WILLEXPIRED"
            } else {
                "ISSUED"
            }
        }
        (OrderState::Certificate, None) => "ISSUED",
    })
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
