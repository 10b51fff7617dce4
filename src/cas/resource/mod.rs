//! What has tags and belongs to a resource group: CAs, leaves and orders.

pub(super) mod find;
pub(super) mod group;
pub(super) mod tag;
pub(super) mod tag_list;
pub(super) mod update;
