//! Certificates of users, kept with their keys: others', uploaded, and leaves of this engine that were put beside
//! them. They are read and never trusted: nothing is issued, verified or revoked by one.

pub(super) mod copy;
pub(super) mod describe;
pub(super) mod encrypt;
pub(super) mod list;
pub(super) mod record;
pub(super) mod sign;
pub(super) mod structures;
pub(super) mod upload;
pub(super) mod warehouse;
pub(super) mod warehouse_structures;
pub(super) mod work_structures;
pub(super) mod worker;
