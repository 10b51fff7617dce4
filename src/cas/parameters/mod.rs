//! Parameters that several operations share: groups of fields, and how each kind is read.

pub(super) mod base64;
pub(super) mod groups;
pub(super) mod list;
pub(super) mod names;
pub(super) mod subject;
pub(super) mod tags;
pub(super) mod text;
pub(super) mod usages;
pub(super) mod validity;
