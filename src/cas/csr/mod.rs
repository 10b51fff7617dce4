//! Certificate signing requests.

pub(super) mod operations;
pub(super) mod structures;
