//! The rows of an embedder.

use super::write::Write;

/// A row of an embedder: what must be there before, and what becomes of it. A list of rows takes
/// effect whole or not at all, together with what it is given with, such as a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row(Vec<Write>);

impl Row {
    pub(crate) fn of(writes: Vec<Write>) -> Self {
        Self(writes)
    }
}

impl From<Write> for Row {
    fn from(write: Write) -> Self {
        Self(vec![write])
    }
}

/// What rows write.
pub(crate) fn writes_of(rows: impl IntoIterator<Item = Row>) -> Vec<Write> {
    rows.into_iter().flat_map(|Row(writes)| writes).collect()
}
