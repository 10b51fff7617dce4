//! Leaves: issued, found, listed, revoked, deleted.

pub(super) mod all;
pub(super) mod by_serial;
pub(super) mod custom;
mod custom_content;
pub(super) mod custom_structures;
pub(super) mod found;
pub(super) mod found_structures;
pub(super) mod issue;
pub(super) mod list;
pub(super) mod list_structures;
mod names;
mod tls;
pub(super) mod tls_structures;
pub(super) mod warehouse;
