//! The linter: each rule is broken once by bytes that are good otherwise, what the engine makes
//! breaks none, and no input is too hostile.

use certwright_tests::{common, craft};

mod build;
mod clean;
mod corpus;
mod hostile;
mod kept;
mod lists;
mod names;
mod parts;
mod profiles;
mod refused;
