//! Secrets: gone from memory after their drop, in no text that is printed, in no error.

use certwright_tests::{common, key_files};

mod folded;
#[cfg(feature = "cas")]
mod folded_calls;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod on_curves;
mod printing;
#[cfg(target_os = "linux")]
mod scan;
