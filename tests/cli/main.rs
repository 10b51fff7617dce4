//! The command `certwright`, run as people and programs run it: every test starts processes and
//! looks at their exit codes and what they print.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use certwright_tests::common;

mod shop;

mod calls;
mod folded;
mod help;
mod inspected;
mod left_out;

mod kills;
mod linted;
mod lives;
mod options;
#[cfg(all(feature = "ecc", feature = "postgres", unix))]
mod postgres;
mod stores;
mod typed_names;
mod unknown;
mod verified;
