//! Stores and what is in them: the contract, the audit log, kept keys and
//! requests, look-ups, tokens, threads, kills, failing disks and power cuts.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/craft.rs"]
mod craft;
#[cfg(feature = "redb")]
#[path = "../common/disk.rs"]
mod disk;
#[path = "../common/revoked.rs"]
mod revoked;
#[path = "../common/world.rs"]
mod world;

mod audit;
mod audit_export;
mod authority_faults;
mod backup;
mod damage;
mod filing;
mod flips;
mod kept;
mod kill;
mod lookups;
mod opening;
mod power_cut;
mod processes;
mod shelf;
mod store_failures;
mod store_scale;
mod store_threads;
mod stores;
mod vault;
mod verified;
