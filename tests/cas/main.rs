//! The operations of the cloud service: one file a section of the reference, each test named for the
//! rule it shows.
#![cfg(all(feature = "cas", feature = "ecc"))]

#[path = "../common/mod.rs"]
mod common;
#[path = "../openssl/mod.rs"]
mod openssl;
mod world;

mod clients;
mod custom;
mod judged;
mod leaves;
mod lists;
mod servers;
