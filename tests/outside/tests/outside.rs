//! What an embedder gets: the store's contract, the lock between processes and what a kill leaves,
//! on the newest dependencies. The files are those that the crate tests itself with.

#[path = "../../stores/kill.rs"]
mod kill;
#[path = "../../stores/processes.rs"]
mod processes;

use certwright::testing::check_store;
use certwright::{MemoryStore, RedbStore};

#[test]
fn every_store_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    check_store(&RedbStore::create(folder.path().join("store")).unwrap()).unwrap();
    check_store(&MemoryStore::default()).unwrap();
}
