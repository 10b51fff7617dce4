//! Secrets: gone from memory after their drop, in no text that is printed, in no error.

#[path = "../common/mod.rs"]
mod common;
#[path = "../key_files/mod.rs"]
mod key_files;

#[cfg(target_os = "linux")]
mod memory;
mod printing;
#[cfg(target_os = "linux")]
mod scan;
