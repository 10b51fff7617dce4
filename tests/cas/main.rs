//! The operations of the cloud service: each rule, default and error code once.
#![cfg(all(feature = "cas", feature = "ecc", feature = "rsa", feature = "sm2"))]

#[path = "../common/mod.rs"]
mod common;
mod leaf_world;
#[path = "../openssl/mod.rs"]
mod openssl;
mod world;

mod authorities;
mod clients;
mod csrs;
mod custom;
mod hostile_calls;
mod judged;
mod leaves;
mod lists;
mod races;
mod seed_examples;
mod servers;
mod validity;
mod wire;
