//! Damaged and hostile input, and defects that were seen in other engines.

use certwright_tests::{common, craft, key_files};

mod asked_twice;
mod brought_requests;
mod hostile_input;
mod hostile_limits;
#[cfg(all(feature = "cas", feature = "ecc", feature = "idna", feature = "rsa", feature = "sm2"))]
mod messages;
mod other_kinds;
mod peer_defects;
mod peer_defects_issuers;
mod peer_defects_keys;
mod peer_defects_reading;
mod peer_defects_requests;
mod pem_forms;
mod sm2_requesters;
