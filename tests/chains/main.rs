//! Chains: what a verifier believes, by which rule it refuses, and that OpenSSL agrees.

use certwright_tests::{common, craft, question};

mod chain_anchors;
mod chain_constraints;
mod chain_paths;
mod chain_unreadable;
mod chain_uses;
mod chain_verifier;
// Their certificates have keys of these families.
#[cfg(all(feature = "ecc", feature = "rsa"))]
mod limbo;
#[cfg(feature = "rsa")]
mod nist;
mod pkits;
