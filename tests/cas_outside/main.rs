//! `cas` is an ordinary client of the crate: its folder is compiled here as part of another crate, where
//! `crate::…` is what certwright exports and private items and methods are out of reach. What it uses
//! beyond the public API does not compile.

pub use certwright::*;

#[path = "../../src/cas/mod.rs"]
pub mod cas;

use cas::{Cas, Config, ListCsr};
use time::SystemClock;

#[test]
fn the_service_runs_outside_of_the_crate() {
    // The service of this crate, not that of certwright.
    let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
    assert_eq!(cas.run(&ListCsr::default()).unwrap().total_count, 0);
    assert!(std::any::type_name::<Cas>().starts_with("cas_outside::cas::"));
    cas.ledger().verify().unwrap();
}
