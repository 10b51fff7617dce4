//! Revocation: what is revoked, the forms of CRLs, and what they do to chains.

use certwright_tests::{common, craft, hooked, revoked, world};

mod clocks;
mod exchanged;
mod freshest;
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
mod taken_over;
