//! Stores and what is in them: the contract, the audit log, kept keys and
//! requests, look-ups, tokens, threads, kills, failing disks and power cuts.

#[cfg(feature = "redb")]
use certwright_tests::disk;
use certwright_tests::{common, craft, revoked, world};

mod audit;
mod audit_export;
mod authority_faults;
mod backup;
mod batch_cost;
mod damage;
mod filing;
mod flips;
mod inspected;
mod kept;
mod kill;
mod lookups;
mod opening;
#[cfg(all(feature = "postgres", unix))]
mod postgres;
mod power_cut;
mod processes;
mod rows;
mod shelf;
mod store_failures;
mod store_scale;
mod store_threads;
mod stores;
mod vault;
mod verified;
mod versions;
mod waiting;
