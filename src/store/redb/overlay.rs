//! What is written on top of a medium that stays as it is.

use std::collections::BTreeMap;
use std::io;

use crate::store::Medium;

/// Bytes of a page that is written to.
const PAGE: u64 = 4096;

/// Writes that are kept in memory, and the order they came in.
#[derive(Debug)]
pub(super) struct Overlay {
    /// Bytes of the medium that are still to be seen.
    below: u64,
    length: u64,
    /// Pages that were written to, by their number.
    pages: BTreeMap<u64, Vec<u8>>,
    operations: Vec<Operation>,
}

#[derive(Debug)]
enum Operation {
    SetLength(u64),
    Sync,
    Write(u64, Vec<u8>),
}

impl Overlay {
    /// Over a medium of this length.
    pub(super) fn over(length: u64) -> Self {
        Self { below: length, length, pages: BTreeMap::new(), operations: Vec::new() }
    }

    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn read(
        &self,
        below: &impl Medium,
        offset: u64,
        bytes: &mut [u8],
    ) -> io::Result<()> {
        if offset.saturating_add(bytes.len() as u64) > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read_below(below, offset, bytes)?;
        let pages = offset / PAGE..=(offset + bytes.len() as u64) / PAGE;
        for (number, page) in self.pages.range(pages) {
            overlap(bytes, offset, page, number * PAGE);
        }
        Ok(())
    }

    pub(super) fn set_len(&mut self, length: u64) {
        self.below = self.below.min(length);
        self.length = length;
        // What is beyond the end is zero when the end moves up again.
        self.pages.split_off(&length.div_ceil(PAGE));
        if let Some(page) = self.pages.get_mut(&(length / PAGE)) {
            page.iter_mut().skip((length % PAGE) as usize).for_each(|byte| *byte = 0);
        }
        self.operations.push(Operation::SetLength(length));
    }

    pub(super) fn sync(&mut self) {
        self.operations.push(Operation::Sync);
    }

    pub(super) fn write(
        &mut self,
        below: &impl Medium,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<()> {
        let end = offset.saturating_add(bytes.len() as u64);
        self.length = self.length.max(end);
        for number in offset / PAGE..end.div_ceil(PAGE) {
            let page = match self.pages.remove(&number) {
                Some(page) => page,
                None => {
                    let mut page = vec![0; PAGE as usize];
                    self.read_below(below, number * PAGE, &mut page)?;
                    page
                }
            };
            overlap(self.pages.entry(number).or_insert(page), number * PAGE, bytes, offset);
        }
        self.operations.push(Operation::Write(offset, bytes.to_vec()));
        Ok(())
    }

    /// Does to the medium what was done here, in the same order.
    pub(super) fn replay(self, medium: &impl Medium) -> io::Result<()> {
        self.operations.into_iter().try_for_each(|operation| match operation {
            Operation::SetLength(length) => set_len(medium, length),
            Operation::Sync => medium.sync(),
            Operation::Write(offset, bytes) => medium.write(offset, &bytes),
        })
    }

    /// What the medium has there, and zeros beyond its end.
    fn read_below(&self, below: &impl Medium, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        bytes.fill(0);
        let there = self.below.saturating_sub(offset).min(bytes.len() as u64) as usize;
        match bytes.get_mut(..there) {
            Some(there) if !there.is_empty() => below.read(offset, there),
            _ => Ok(()),
        }
    }
}

/// Sets the length, durably: a power cut that kept a write beyond the old end but not the new
/// length would leave one that no store has.
pub(super) fn set_len(medium: &impl Medium, length: u64) -> io::Result<()> {
    medium.set_len(length)?;
    medium.sync()
}

/// Copies the bytes that both stretches of the medium have.
fn overlap(to: &mut [u8], to_offset: u64, from: &[u8], from_offset: u64) {
    let skip_to = from_offset.saturating_sub(to_offset) as usize;
    let skip_from = to_offset.saturating_sub(from_offset) as usize;
    let (to, from) = (to.iter_mut().skip(skip_to), from.iter().skip(skip_from));
    to.zip(from).for_each(|(to, from)| *to = *from);
}
