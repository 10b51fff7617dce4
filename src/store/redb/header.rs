//! The beginning of a store, held against what this crate writes before redb reads it.
//!
//! The layout is that of redb's file format 3 (`docs/design.md` of redb). Its checksums are redb's to
//! judge; here are the fields that no checksum covers and the length, which redb follows.

use crate::error::{StoreError, StoreErrorKind};
use crate::store::Medium;

/// With what a store begins.
pub(super) const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";

/// Bytes of a page, and of the shortest store: a page for this header and one of records.
pub(super) const PAGE: u64 = 4096;
const SHORTEST: u64 = 2 * PAGE;

/// The sizes that redb sets when it makes a file and never changes: bytes of a page, pages of a
/// region's header, pages of a region.
const SIZES: [u32; 3] = [PAGE as u32, 0, 1 << 20];

/// Flags of the tenth byte: which of the two commits counts; whether the file was not closed;
/// whether the commit was made in two phases.
const SECOND_COUNTS: u8 = 1;
const NOT_CLOSED: u8 = 2;
const TWO_PHASES: u8 = 4;

/// Where the flags, the padding after them, the sizes and the counts of regions are, and where the
/// header ends, after two commits of 128 bytes.
const FLAGS: usize = 9;
const SIZES_AT: usize = 12;
const REGIONS_AT: usize = 24;
const HEADER: usize = 320;

/// Refuses what is no store, or was cut, padded or changed in its first bytes. Whether a file that
/// was not closed is cut is redb's to find, page by page.
pub(super) fn check(medium: &impl Medium, place: &str) -> Result<(), StoreError> {
    let unreadable = |error| StoreError::backend(format!("{place} cannot be read"), error);
    let length = medium.len().map_err(unreadable)?;
    let mut header = [0; HEADER];
    let there = header.len().min(usize::try_from(length).unwrap_or(HEADER));
    medium.read(0, header.get_mut(..there).unwrap_or_default()).map_err(unreadable)?;
    problem(&header, length).map_or(Ok(()), |problem| Err(damaged(place, &problem)))
}

/// That what is there is no store, or one that is damaged.
pub(super) fn damaged(place: &str, problem: &str) -> StoreError {
    let message = format!(
        "{place} is not a store, or a damaged one: {problem}; it was left as it is; restore a \
         backup"
    );
    StoreError::new(StoreErrorKind::Corrupt, message)
}

fn problem(header: &[u8; HEADER], length: u64) -> Option<String> {
    let number = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default())
    };
    if length == 0 {
        return Some("it is empty".to_owned());
    }
    if !header.starts_with(&MAGIC) {
        return Some("it does not begin with the header of a store".to_owned());
    }
    if length < SHORTEST {
        return Some(format!("it ends after {length} bytes, but a store has at least {SHORTEST}"));
    }
    let flags = header.get(FLAGS).copied().unwrap_or(u8::MAX);
    let padding = header.get(FLAGS + 1..SIZES_AT).unwrap_or_default();
    if flags > SECOND_COUNTS | NOT_CLOSED | TWO_PHASES || padding != [0; SIZES_AT - FLAGS - 1] {
        return Some("its header has flags that no store has".to_owned());
    }
    let sizes = [0, 4, 8].map(|at| number(SIZES_AT + at));
    if sizes != SIZES {
        return Some(format!("its header has the sizes {sizes:?}, but a store has {SIZES:?}"));
    }
    if !length.is_multiple_of(PAGE) {
        return Some(format!(
            "it ends after {length} bytes, within a page of {PAGE}: it was cut or padded"
        ));
    }
    if flags & NOT_CLOSED != 0 {
        return None;
    }
    // It was closed, so the counts are those of its length. The commit that counts need not be the
    // later one: the next is written beside it first, and a kill may come between.
    let [regions, rest] = [0, 4].map(|at| u64::from(number(REGIONS_AT + at)));
    let [page, header_pages, pages] = SIZES.map(u64::from);
    let trailing = if rest == 0 { 0 } else { header_pages + rest };
    // The counts are anybody's numbers.
    let told = regions.saturating_mul(header_pages + pages).saturating_add(1 + trailing);
    let told = told.saturating_mul(page);
    if told != length {
        return Some(format!(
            "it ends after {length} bytes, but its header says {told}: it was cut or padded"
        ));
    }
    None
}
