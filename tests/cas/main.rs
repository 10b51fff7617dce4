//! The operations of the cloud service: each rule, default and error code once.
#![cfg(all(feature = "cas", feature = "ecc", feature = "rsa", feature = "sm2"))]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[cfg(feature = "redb")]
#[path = "../common/disk.rs"]
mod disk;
mod leaf_world;
#[path = "../openssl/mod.rs"]
mod openssl;
mod shop;
mod world;

mod authorities;
mod clients;
mod csrs;
mod custom;
mod forgotten;
mod hostile_calls;
mod judged;
mod leaves;
mod lists;
mod operators;
mod order_issue;
mod order_power_cut;
mod order_quota;
mod order_states;
mod order_walk;
mod orders;
mod races;
mod seed_examples;
mod servers;
mod validity;
mod wire;
