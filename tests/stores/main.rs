//! Stores and what is in them: the contract, the audit log, threads, kills, failing disks and power cuts.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[path = "../common/revoked.rs"]
mod revoked;
#[path = "../common/world.rs"]
mod world;

mod audit;
mod authority_faults;
mod backup;
mod kill;
mod power_cut;
mod store_failures;
mod store_scale;
mod store_threads;
mod stores;
