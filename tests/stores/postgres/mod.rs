//! The store that machines share: its contract, what it refuses, and what it answers when connections, servers and
//! processes go.

mod contract;
mod copies;
mod refusals;
mod tls;

#[cfg(feature = "ecc")]
mod ca;
#[cfg(feature = "ecc")]
mod crashes;
#[cfg(feature = "ecc")]
mod cuts;
#[cfg(feature = "ecc")]
mod nodes;
