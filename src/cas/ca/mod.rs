//! CAs: created, described, revoked, and those that issue.

pub(super) mod create;
pub(super) mod crl;
pub(super) mod describe;
pub(super) mod external;
pub(super) mod history;
pub(super) mod lists;
pub(super) mod parent;
pub(super) mod revoke;
