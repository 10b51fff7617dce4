//! What the operations keep beside the ledger's own records.

pub(super) mod records;
pub(super) mod token;
