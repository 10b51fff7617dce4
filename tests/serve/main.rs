//! `certwright serve`, as its clients meet it: every test starts a process, and talks HTTP to it.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use certwright_tests::common;

mod asked;
mod served;

#[cfg(all(feature = "ecc", feature = "rsa"))]
mod clients;
mod deltas;
mod ending;
mod hostile;
mod limits;
mod lives;
mod load;
#[cfg(all(feature = "postgres", unix))]
mod nodes;
mod refusals;
mod signed;
#[cfg(feature = "rsa")]
mod slow_work;
mod starting;
mod terraform;
mod tls;
