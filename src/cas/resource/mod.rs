//! What has tags and belongs to a resource group: CAs, leaves, orders and certificates of users.

pub(super) mod find;
pub(super) mod group;
pub(super) mod tag;
pub(super) mod tag_list;
pub(super) mod update;
