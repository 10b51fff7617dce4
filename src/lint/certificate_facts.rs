//! What rules between the parts of a certificate need.

use super::key::Kind;
use super::reader::Value;
use super::usage::Basic;
use crate::oid::Oid;
use crate::usage::KeyUsage;
use crate::validity::Time;

/// What a certificate says, as far as it can be read, for rules between its parts.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) version: u8,
    pub(super) serial: &'a [u8],
    pub(super) algorithm: Option<Oid>,
    pub(super) not_before: Option<Time>,
    pub(super) not_after: Option<Time>,
    pub(super) common_names: Vec<&'a [u8]>,
    pub(super) key: Kind,
    pub(super) basic: Option<Basic>,
    pub(super) usage: Option<KeyUsage>,
    pub(super) usage_critical: bool,
    pub(super) extended: Option<Vec<Oid>>,
    /// None without the extension.
    pub(super) alt_names: Option<Vec<Value<'a>>>,
    pub(super) alt_names_critical: bool,
    pub(super) authority_identifier: bool,
    pub(super) self_issued: bool,
    pub(super) subject_identifier: bool,
    pub(super) subject_empty: bool,
    pub(super) constrains_names: bool,
}

impl Facts<'_> {
    pub(super) fn is_authority(&self) -> bool {
        self.basic.is_some_and(|basic| basic.ca)
    }
}
