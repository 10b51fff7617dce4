//! Moving orders on: challenges that are met, certificates that are issued.

use super::super::ca::parent::{Parent, check_csr_key, check_period};
use super::super::config::OrderOutliving;
use super::super::csr::operations::read_csr;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::leaf::issue::{Leaf, issue, leaf_parent, server_profile};
use super::super::parameters::groups::LeafOptions;
use super::super::parameters::tags::given;
use super::super::parameters::validity::days;
use super::super::session::{Run, Session};
use super::super::shelf::records::SERVER;
use super::application::{alt_names, certified, subject_of};
use super::challenge;
use super::document::{Order, order as find, package_issued_row};
use super::issuers::issuer_for;
use super::state::{OrderAction, OrderState};
use crate::SerialNumber;
use crate::issuance::Issuance;
use crate::ledger::{Identifier, Ledger};
use crate::time::{Lifetime, Validity};

structures! {
    /// Says that the challenge of an order is met, having seen it. Only this engine has it. Whoever may
    /// call it may have a certificate for any domain.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the order is in domain_verify.
    AttestOrder {
        /// The order's number.
        order_id: i64,
    }

    /// How far an order is that was attested.
    OrderProgress {
        /// The state of the order: process, or certificate where it could be issued at once.
        kind as "Type": String,
        /// Why the certificate is not issued yet.
        problem: Option<String>,
    }
}

impl Run for AttestOrder {
    type Answer = OrderProgress;

    fn run(&self, at: &Session<'_>) -> Result<OrderProgress, CasError> {
        verified(at, find(at, self.order_id)?, OrderAction::Attest)?;
        // Attested once, however often what follows is tried again.
        let (state, problem) = match at.retried(|at| progress(at, self.order_id)) {
            Ok((order, problem)) => (order.state, problem),
            // It is attested all the same.
            Err(error) => (OrderState::Process, Some(error.message().to_owned())),
        };
        Ok(OrderProgress { kind: state.type_name().to_owned(), problem })
    }
}

/// Moves an order on as far as it goes now: its challenge is looked up, and where that is met,
/// the certificate is issued.
pub(super) fn progress(
    at: &Session<'_>,
    order_id: i64,
) -> Result<(Order, Option<String>), CasError> {
    let mut order = find(at, order_id)?;
    if order.is_overdue() {
        let mut kept = order.kept;
        kept.document.state = OrderState::VerifyFail.to_string();
        let when = if kept.document.verified.is_some() { "too long ago" } else { "not in time" };
        let detail = format!("order {order_id}: its challenge was met {when}");
        at.write([kept.replace()?], &detail)?;
        order = find(at, order_id)?;
    }
    if order.state == OrderState::DomainVerify {
        let Some(probe) = at.probe else { return Ok((order, None)) };
        if let Err(problem) = challenge::check(probe, order.document()) {
            return Ok((order, Some(problem)));
        }
        order = verified(at, order, OrderAction::ChallengeMet)?;
    }
    if order.state != OrderState::Process {
        return Ok((order, None));
    }
    if at.config.order_issuers.is_empty() {
        return Ok((order, None));
    }
    let problem = match issue_order(at, order) {
        Ok(()) => None,
        Err(error) if error.conflict => return Err(error),
        // The order stays in process (I), and is issued when the issuer can, or once another is
        // configured.
        Err(error) => Some(error.message().to_owned()),
    };
    let order = find(at, order_id)?;
    let problem = problem.filter(|_| order.state == OrderState::Process);
    Ok((order, problem))
}

/// Records that the challenge of an order is met.
fn verified(at: &Session<'_>, order: Order, action: OrderAction) -> Result<Order, CasError> {
    let mut kept = order.after(action)?;
    let order_id = kept.document.order_id;
    kept.document.verified = Some(at.now.unix());
    let how = if action == OrderAction::Attest { "attested" } else { "met" };
    let detail = format!("order {order_id}: its challenge is {how}");
    at.write([kept.replace()?], &detail)?;
    find(at, order_id)
}

/// Issues the certificate of an order: it, the order's state and the count of the product, or
/// nothing.
fn issue_order(at: &Session<'_>, order: Order) -> Result<(), CasError> {
    let csr = read_csr(at, &order.document().csr)?;
    let issuer = issuer_for(at, csr.public_key().algorithm().family())?;
    let parent = leaf_parent(at, &issuer.map(|issuer| issuer.to_string()).unwrap_or_default())?;
    let mut kept = order.after(OrderAction::Issue)?;
    check_csr_key(at, &csr, None, &parent)?;
    let domains: Vec<String> = kept.document.domains.split(',').map(str::to_owned).collect();
    let validity = order_validity(at, kept.document.lifetime, &parent)?;
    // The order names its certificate, so the number is drawn before.
    let serial = SerialNumber::generate(&mut at.randomness.clone())?;
    let digest = Ledger::issuer_digest(parent.issuer.public_key());
    kept.document.certificate = Some(Identifier::of(&digest, &serial).to_string());
    // With a pointer to the CRL, where the issuer has CRLs.
    let tags = given(&kept.document.tags);
    let options = LeafOptions { enable_crl: Some(1), tags, ..Default::default() };
    let count = package_issued_row(at.rows, kept.document.product_code())?;
    check_period(at, "validity", &validity, &parent)?;
    let issuance = Issuance::for_request(&csr)
        .subject(subject_of("Domain", &domains)?)
        .alt_names(alt_names(&certified(at, &domains))?)
        .validity(validity)
        .serial(serial);
    let leaf = Leaf {
        parent: &parent,
        issuance,
        key: None,
        kind: SERVER,
        profile: server_profile(),
        alias_name: None,
        custom_identifier: None,
        options: &options,
        rows: vec![kept.replace()?, count],
    };
    issue(at, leaf).map(drop)
}

/// From now on, for the lifetime of the product; not longer than the issuer may issue, where
/// that is the rule.
fn order_validity(at: &Session<'_>, lifetime: i64, parent: &Parent) -> Result<Validity, CasError> {
    let now = at.now;
    let lifetime = Lifetime::seconds(u64::try_from(lifetime).unwrap_or_default());
    let mut end = now.plus(lifetime)?;
    if at.config.order_outliving == OrderOutliving::Cut {
        end = end.min(parent.issuer.certificate().validity().not_after());
        if let Some(most) = parent.kept.document.record.cert_max_time {
            end = end.min(now.plus(days(most))?);
        }
    }
    Ok(Validity::new(now, end)?)
}
