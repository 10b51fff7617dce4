//! The operations of the cloud service: each rule, default and error code once.
#![cfg(all(feature = "cas", feature = "ecc", feature = "rsa", feature = "sm2"))]

#[path = "../common/mod.rs"]
mod common;
#[cfg(feature = "redb")]
#[path = "../common/disk.rs"]
mod disk;
mod shop;
mod world;

mod authorities;
mod csrs;
mod hostile_calls;
mod order_issue;
mod order_power_cut;
mod order_quota;
mod order_states;
mod order_walk;
mod orders;
mod seed_examples;
mod validity;
mod wire;
