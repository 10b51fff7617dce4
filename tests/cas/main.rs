//! The operations of the cloud service: each rule, default and error code once.
#![cfg(all(feature = "cas", feature = "ecc", feature = "rsa", feature = "sm2"))]

#[cfg(feature = "redb")]
use certwright_tests::disk;
use certwright_tests::{common, craft, openssl};

mod leaf_world;
mod shop;
mod world;

mod authorities;
mod clients;
mod contract;
mod csrs;
mod custom;
mod drawn;
mod encryption;
mod external;
mod forgotten;
mod hostile_calls;
mod judged;
mod kept;
mod leaves;
mod lists;
mod operators;
mod order_issue;
mod order_power_cut;
mod order_quota;
mod order_states;
mod order_walk;
mod orders;
mod outcome;
mod parity;
mod probes;
mod races;
mod records;
mod rules;
mod seed_examples;
mod servers;
mod tags;
mod validity;
mod warehouses;
mod wire;
mod work;
