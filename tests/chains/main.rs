//! Chains: what a verifier believes, by which rule it refuses, and that OpenSSL agrees.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[path = "../common/question.rs"]
mod question;

mod chain_constraints;
mod chain_unreadable;
mod chain_uses;
mod chain_verifier;
mod pkits;
