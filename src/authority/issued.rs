//! What was issued.

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::ledger::Identifier;
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

    /// The certificate and those above it as PEM, the certificate first.
    pub fn to_pem(&self) -> String {
        self.chain.to_pem()
    }
}
