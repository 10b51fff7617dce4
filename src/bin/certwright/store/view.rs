//! A view of a file of a store: whoever opens a store writes to its file, and this keeps what is
//! written in memory.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use certwright::store::Medium;

/// Octets of a page that is written to.
const PAGE: u64 = 4096;

/// A file that is read, with what is written on top of it. The file is locked against writers while
/// this exists, as a store locks it.
#[derive(Debug)]
pub struct View(Mutex<Layers>);

#[derive(Debug)]
struct Layers {
    file: File,
    /// Octets of the file that are still to be seen.
    below: u64,
    length: u64,
    /// Pages that were written to, by their number.
    pages: BTreeMap<u64, Vec<u8>>,
}

impl View {
    /// Views a file; none where another process has it open.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        let file = File::open(path)?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        let length = file.metadata()?.len();
        let layers = Layers { file, below: length, length, pages: BTreeMap::new() };
        Ok(Some(Self(Mutex::new(layers))))
    }

    /// The layers. A panic elsewhere leaves them whole.
    fn layers(&self) -> MutexGuard<'_, Layers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Medium for View {
    fn len(&self) -> io::Result<u64> {
        Ok(self.layers().length)
    }

    fn read(&self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        let mut layers = self.layers();
        if offset.saturating_add(octets.len() as u64) > layers.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        layers.read_below(offset, octets)?;
        let pages = offset / PAGE..=(offset + octets.len() as u64) / PAGE;
        for (number, page) in layers.pages.range(pages) {
            overlap(octets, offset, page, number * PAGE, |octet, written| *octet = *written);
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut layers = self.layers();
        layers.below = layers.below.min(length);
        layers.length = length;
        // What is beyond the end is zero when the end moves up again.
        layers.pages.split_off(&length.div_ceil(PAGE));
        let last = length / PAGE;
        if let Some(page) = layers.pages.get_mut(&last) {
            page.iter_mut().skip((length % PAGE) as usize).for_each(|octet| *octet = 0);
        }
        Ok(())
    }

    fn write(&self, offset: u64, octets: &[u8]) -> io::Result<()> {
        let mut layers = self.layers();
        let end = offset.saturating_add(octets.len() as u64);
        layers.length = layers.length.max(end);
        for number in offset / PAGE..end.div_ceil(PAGE) {
            let page = match layers.pages.remove(&number) {
                Some(page) => page,
                None => {
                    let mut page = vec![0; PAGE as usize];
                    layers.read_below(number * PAGE, &mut page)?;
                    page
                }
            };
            let page = layers.pages.entry(number).or_insert(page);
            overlap(page, number * PAGE, octets, offset, |octet, new| *octet = *new);
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Layers {
    /// What the file has there, and zeros beyond its end.
    fn read_below(&mut self, offset: u64, octets: &mut [u8]) -> io::Result<()> {
        octets.fill(0);
        let there = self.below.saturating_sub(offset).min(octets.len() as u64) as usize;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(octets.get_mut(..there).unwrap_or_default())
    }
}

/// Goes through the octets that both parts of the medium have.
fn overlap(
    to: &mut [u8],
    to_offset: u64,
    from: &[u8],
    from_offset: u64,
    each: impl Fn(&mut u8, &u8),
) {
    let (skip_to, skip_from) =
        (from_offset.saturating_sub(to_offset), to_offset.saturating_sub(from_offset));
    let from = from.iter().skip(skip_from as usize);
    to.iter_mut().skip(skip_to as usize).zip(from).for_each(|(to, from)| each(to, from));
}
