//! Help for tests of code that embeds this crate.

mod seeded_rng;
mod store_conformance;

pub use self::seeded_rng::SeededRng;
pub use self::store_conformance::check_store;
