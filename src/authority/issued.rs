//! What was issued.

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::ledger::Identifier;
use crate::limits::LEFT_OUT_BYTES;
use crate::policy::ReviewItem;

/// A certificate that was issued, and what became of each item of its request.
#[derive(Clone, Debug)]
pub struct Issued {
    pub(super) chain: Chain,
    pub(super) identifier: Identifier,
    pub(super) outcome: Vec<ReviewItem>,
}

impl Issued {
    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        self.chain.leaf()
    }

    /// The certificate with those above it.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The certificate with those above it, alone.
    pub fn into_chain(self) -> Chain {
        self.chain
    }

    /// What the certificate is called by in the ledger.
    pub fn identifier(&self) -> &Identifier {
        &self.identifier
    }

    /// What became of each item of the request, and whether the validity was cut.
    pub fn outcome(&self) -> &[ReviewItem] {
        &self.outcome
    }

    /// What the request asked for and the certificate does not have as it was asked for. The audit log
    /// has it too.
    pub fn left_out(&self) -> impl Iterator<Item = &ReviewItem> {
        self.outcome.iter().filter(|item| item.is_left_out())
    }

    /// The certificate and those above it as PEM, the certificate first.
    pub fn to_pem(&self) -> String {
        self.chain.to_pem()
    }
}

/// What of a request was left out, for the audit log; nothing where all was granted. Where it is much, the
/// first of it and how many items more there are.
pub(super) fn left_out(outcome: &[ReviewItem]) -> String {
    let mut detail = String::new();
    let items = outcome.iter().filter(|item| item.is_left_out());
    let mut more = items.clone().count();
    for item in items {
        let shown = format!("{}{item}", if detail.is_empty() { "left out: " } else { "; " });
        if detail.len() + shown.len() > LEFT_OUT_BYTES {
            break;
        }
        detail.push_str(&shown);
        more -= 1;
    }
    match (more, detail.is_empty()) {
        (0, _) => detail,
        (_, true) => format!("left out: {more} items"),
        (_, false) => format!("{detail}; and {more} more"),
    }
}
