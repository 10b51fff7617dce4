//! The states of orders, and every move between them.

use std::fmt;

use super::super::error::{CasError, ErrorKind};

/// The state of an order.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OrderState {
    /// It was cancelled before a certificate was issued.
    Cancelled,
    /// Its certificate was issued.
    Certificate,
    /// Its challenge is to be met.
    DomainVerify,
    /// Its challenge was met; the certificate is to be issued.
    Process,
    /// Its certificate was revoked.
    Revoked,
    /// Its challenge was not met in time, or too long ago.
    VerifyFail,
}

/// What moves an order.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OrderAction {
    /// An operator says that the challenge is met: [`AttestOrder`](super::AttestOrder).
    Attest,
    /// CancelOrderRequest.
    Cancel,
    /// The probe found what the challenge asks for.
    ChallengeMet,
    /// The time for the challenge is over.
    ChallengeOver,
    /// DeleteCertificateRequest.
    Delete,
    /// The configured CA issues the certificate.
    Issue,
    /// RenewCertificateOrderForPackageRequest.
    Renew,
    /// CancelCertificateForPackageRequest, or the certificate was revoked by other means.
    Revoke,
    /// The challenge was met too long ago to be relied on
    /// ([`Config::validation_reuse`](super::super::Config::validation_reuse)).
    ValidationOver,
}

/// What an action makes of an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OrderMove {
    /// The state before.
    pub from: OrderState,
    /// What is done.
    pub action: OrderAction,
    /// The state after; none when the order is gone.
    pub to: Option<OrderState>,
}

/// Every move there is. What is not here is refused with `OrderStateError`, deleting with
/// `DeleteFail`. (F: from where orders are cancelled, deleted and revoked; S: the sequence
/// domain_verify, process, certificate or verify_fail.)
pub const ORDER_MOVES: [OrderMove; 11] = [
    step(OrderState::DomainVerify, OrderAction::Attest, Some(OrderState::Process)),
    step(OrderState::DomainVerify, OrderAction::ChallengeMet, Some(OrderState::Process)),
    step(OrderState::DomainVerify, OrderAction::ChallengeOver, Some(OrderState::VerifyFail)),
    step(OrderState::DomainVerify, OrderAction::Cancel, Some(OrderState::Cancelled)),
    step(OrderState::Process, OrderAction::Cancel, Some(OrderState::Cancelled)),
    step(OrderState::Process, OrderAction::Issue, Some(OrderState::Certificate)),
    step(OrderState::Process, OrderAction::ValidationOver, Some(OrderState::VerifyFail)),
    step(OrderState::Certificate, OrderAction::Renew, Some(OrderState::Certificate)),
    step(OrderState::Certificate, OrderAction::Revoke, Some(OrderState::Revoked)),
    step(OrderState::Cancelled, OrderAction::Delete, None),
    step(OrderState::VerifyFail, OrderAction::Delete, None),
];

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Cancelled,
        Self::Certificate,
        Self::DomainVerify,
        Self::Process,
        Self::Revoked,
        Self::VerifyFail,
    ];

    /// The `Type` that DescribeCertificateState answers. (I: what was cancelled is paid for and not
    /// applied for; for what was revoked the service has no type.)
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Cancelled => "payed",
            Self::Certificate => "certificate",
            Self::DomainVerify => "domain_verify",
            Self::Process => "process",
            Self::Revoked => "unknow",
            Self::VerifyFail => "verify_fail",
        }
    }

    /// The state that is kept under a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.to_string() == name)
    }

    /// Where an action leads from here.
    pub(super) fn after(
        self,
        action: OrderAction,
        order_id: i64,
    ) -> Result<Option<Self>, CasError> {
        let found = ORDER_MOVES.iter().find(|step| step.from == self && step.action == action);
        if let Some(step) = found {
            return Ok(step.to);
        }
        let allowed: Vec<String> = ORDER_MOVES
            .iter()
            .filter(|step| step.action == action)
            .map(|step| step.from.to_string())
            .collect();
        let kind = match action {
            OrderAction::Delete => ErrorKind::DeleteFail,
            _ => ErrorKind::OrderState,
        };
        let allowed = allowed.join(" or ");
        let message = format!("OrderId: order {order_id} is in state {self}, allowed {allowed}");
        Err(CasError::new(kind, message))
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "cancelled",
            Self::Certificate => "certificate",
            Self::DomainVerify => "domain_verify",
            Self::Process => "process",
            Self::Revoked => "revoked",
            Self::VerifyFail => "verify_fail",
        })
    }
}

const fn step(from: OrderState, action: OrderAction, to: Option<OrderState>) -> OrderMove {
    OrderMove { from, action, to }
}
