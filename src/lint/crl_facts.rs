//! What rules between the parts of a revocation list need.

/// What a list says of itself, for rules between its parts.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) is_delta: bool,
    pub(super) is_indirect: bool,
    pub(super) is_version_2: bool,
    pub(super) authority_identifier: bool,
    pub(super) number: Option<&'a [u8]>,
    pub(super) base: Option<&'a [u8]>,
    pub(super) freshest: bool,
}
