//! Moving orders on: challenges that are met, certificates that are issued.

use super::super::config::{OrderOutliving, WildcardBase};
use super::super::csr::read_csr;
use super::super::error::CasError;
use super::super::issue::Leaf;
use super::super::parent::{Parent, days};
use super::super::server::server_profile;
use super::super::structures::structures;
use super::super::types::copied;
use super::super::{Cas, Operator};
use super::application::{alt_names, subject_of};
use super::challenge::{self, base};
use super::document::{Order, package_issued_write};
use super::state::{OrderAction, OrderState};
use crate::key::system;
use crate::ledger::{AuditAction, Identifier, Ledger};
use crate::serial::SerialNumber;
use crate::validity::{Lifetime, Time, Validity};

structures! {
    /// What AttestOrder takes. Only this engine has it.
    AttestOrderRequest {
        /// The order's number.
        order_id: i64,
    }

    /// What AttestOrder answers.
    AttestOrderResponse {
        /// The state of the order: process, or certificate where it could be issued at once.
        kind as "Type": String,
        /// Why the certificate is not issued yet.
        problem: Option<String>,
        /// The request's identifier.
        request_id: String,
    }
}

/// An order that was moved on, and what keeps it from going further.
pub(super) struct Progress {
    pub(super) order: Order,
    pub(super) problem: Option<String>,
}

impl Operator<'_> {
    /// Says that the challenge of an order is met, having seen it. Only this engine has it. Whoever may
    /// call it may have a certificate for any domain.
    ///
    /// # Errors
    /// `NotFoundOrder`; `OrderStateError` unless the order is in domain_verify.
    pub fn attest_order(&self, order_id: i64) -> Result<AttestOrderResponse, CasError> {
        self.cas.attest_order_operation(&AttestOrderRequest { order_id })
    }
}

impl Cas {
    pub(in super::super) fn attest_order_operation(
        &self,
        request: &AttestOrderRequest,
    ) -> Result<AttestOrderResponse, CasError> {
        let order_id = request.order_id;
        // Attested once, however often what follows begins anew.
        let attested = self.operate(|request_id| {
            let now = self.now()?;
            self.verified(self.order(order_id, now)?, OrderAction::Attest, now)?;
            Ok(request_id)
        })?;
        let (state, problem) = match self.operate(|_| self.progress(order_id)) {
            Ok(progress) => (progress.order.state, progress.problem),
            // It is attested all the same.
            Err(error) => (OrderState::Process, Some(error.message().to_owned())),
        };
        Ok(AttestOrderResponse {
            kind: state.type_name().to_owned(),
            problem,
            request_id: attested,
        })
    }

    /// Moves an order on as far as it goes now: its challenge is looked up, and where that is met,
    /// the certificate is issued.
    pub(super) fn progress(&self, order_id: i64) -> Result<Progress, CasError> {
        let now = self.now()?;
        let mut order = self.order(order_id, now)?;
        if order.is_overdue() {
            let mut kept = order.kept;
            kept.document.state = OrderState::VerifyFail.to_string();
            let when =
                if kept.document.verified.is_some() { "too long ago" } else { "not in time" };
            let detail = format!("order {order_id}: its challenge was met {when}");
            self.write(vec![kept.replace()?], AuditAction::Recorded, detail)?;
            order = self.order(order_id, now)?;
        }
        if order.state == OrderState::DomainVerify {
            let Some(probe) = &self.probe else { return Ok(Progress { order, problem: None }) };
            if let Err(problem) = challenge::check(probe.as_ref(), order.document()) {
                return Ok(Progress { order, problem: Some(problem) });
            }
            order = self.verified(order, OrderAction::ChallengeMet, now)?;
        }
        if order.state != OrderState::Process {
            return Ok(Progress { order, problem: None });
        }
        let Some(issuer) = self.config.order_issuer else {
            return Ok(Progress { order, problem: None });
        };
        let problem = match self.issue_order(order, &issuer, now) {
            Ok(()) => None,
            Err(error) if error.conflict => return Err(error),
            // The order stays in process (I), and is issued when the issuer can, or once another is
            // configured.
            Err(error) => Some(error.message().to_owned()),
        };
        let order = self.order(order_id, now)?;
        let problem = problem.filter(|_| order.state == OrderState::Process);
        Ok(Progress { order, problem })
    }

    /// Records that the challenge of an order is met.
    fn verified(&self, order: Order, action: OrderAction, now: Time) -> Result<Order, CasError> {
        let mut kept = order.after(action)?;
        let order_id = kept.document.order_id;
        kept.document.verified = Some(now.unix());
        let how = if action == OrderAction::Attest { "attested" } else { "met" };
        let detail = format!("order {order_id}: its challenge is {how}");
        self.write(vec![kept.replace()?], AuditAction::Recorded, detail)?;
        self.order(order_id, now)
    }

    /// Issues the certificate of an order: it, the order's state and the count of the product, or
    /// nothing.
    fn issue_order(&self, order: Order, issuer: &Identifier, now: Time) -> Result<(), CasError> {
        let parent = self.leaf_parent(&issuer.to_string(), now)?;
        let mut kept = order.after(OrderAction::Issue)?;
        let csr = read_csr(&kept.document.csr)?;
        self.check_csr_key(&csr, None, &parent)?;
        let domains: Vec<String> = kept.document.domains.split(',').map(str::to_owned).collect();
        let validity = self.order_validity(kept.document.lifetime, &parent, now)?;
        // The order names its certificate, so the number is drawn before.
        let serial = SerialNumber::generate(&mut system())?;
        let digest = Ledger::issuer_digest(parent.issuer.public_key());
        kept.document.certificate = Some(Identifier::of(&digest, &serial).to_string());
        let tags = copied(&kept.document.tags);
        let count = package_issued_write(&kept.document.product_code);
        let leaf = Leaf {
            parent: &parent,
            request: &csr,
            key: None,
            kind: "SERVER",
            profile: server_profile(),
            subject: subject_of("Domain", &domains)?,
            alt_names: alt_names(&self.certified(&domains))?,
            validity,
            // Where the issuer has CRLs.
            enable_crl: true,
            serial: Some(serial),
            custom_identifier: None,
            alias_name: None,
            tags: &tags,
            writes: vec![kept.replace()?, count],
        };
        self.issue_leaf(leaf, now)?;
        Ok(())
    }

    /// From now on, for the lifetime of the product; not longer than the issuer may issue, where
    /// that is the rule.
    fn order_validity(
        &self,
        lifetime: i64,
        parent: &Parent,
        now: Time,
    ) -> Result<Validity, CasError> {
        let lifetime = Lifetime::seconds(u64::try_from(lifetime).unwrap_or_default());
        let mut end = now.plus(lifetime)?;
        if self.config.order_outliving == OrderOutliving::Cut {
            end = end.min(parent.issuer.certificate().validity().not_after());
            if let Some(most) = parent.kept.document.cert_max_time {
                end = end.min(now.plus(days(most))?);
            }
        }
        Ok(Validity::new(now, end)?)
    }

    /// The domains that a certificate is for.
    fn certified(&self, domains: &[String]) -> Vec<String> {
        let mut certified = domains.to_vec();
        if self.config.wildcard_base == WildcardBase::Also {
            for domain in domains {
                let base = base(domain);
                if !certified.iter().any(|known| known == base) {
                    certified.push(base.to_owned());
                }
            }
        }
        certified
    }
}
