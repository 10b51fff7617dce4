//! Secrets: gone from memory after their drop, in no text that is printed, in no error.

use certwright_tests::{common, key_files};

mod folded;
#[cfg(feature = "cas")]
mod folded_calls;
#[cfg(target_os = "linux")]
mod memory;
mod printing;
#[cfg(target_os = "linux")]
mod scan;
