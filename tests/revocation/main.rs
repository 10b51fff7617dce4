//! Revocation: what is revoked, the forms of CRLs, and what they do to chains.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[path = "../common/hooked.rs"]
mod hooked;
#[path = "../common/revoked.rs"]
mod revoked;
#[path = "../common/world.rs"]
mod world;

mod clocks;
mod exchanged;
mod restored;
mod revocation;
mod revocation_attacks;
mod revocation_chains;
mod revocation_foreign;
mod revocation_lists;
mod revocation_scopes;
mod revocation_times;
mod revoked_issuers;
mod signed_lists;
mod snapshots;
