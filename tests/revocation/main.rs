//! Revocation: what is revoked, the forms of CRLs, and what they do to chains.

use certwright_tests::{common, craft, revoked, world};

mod revocation;
mod revocation_chains;
mod revocation_foreign;
mod revocation_lists;
mod revocation_times;
