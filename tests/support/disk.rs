//! A disk in memory, and what is on it after the loss of power at any moment.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use certwright::store::Medium;

/// What reached the medium, in order.
#[derive(Clone, Debug)]
pub enum Operation {
    SetLength(u64),
    Sync,
    Write(u64, Vec<u8>),
}

/// Bytes of which most are zero: a long file that takes little memory.
#[derive(Clone, Debug, Default)]
pub struct Bytes {
    length: u64,
    /// The blocks that are not zero, by their number.
    blocks: BTreeMap<u64, [u8; BLOCK]>,
}

const BLOCK: usize = 4096;

impl Bytes {
    /// Each part of a stretch: its block, its beginning there, and where it is in the stretch.
    fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, Range<usize>)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let place = offset + at as u64;
            let (block, start) = (place / BLOCK as u64, (place % BLOCK as u64) as usize);
            let part = at..length.min(at + BLOCK - start);
            at = part.end;
            (!part.is_empty()).then_some((block, start, part))
        })
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        if offset + bytes.len() as u64 > self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (block, start, part) in Self::parts(offset, bytes.len()) {
            match self.blocks.get(&block) {
                Some(block) => bytes[part.clone()].copy_from_slice(&block[start..][..part.len()]),
                None => bytes[part].fill(0),
            }
        }
        Ok(())
    }

    fn set_length(&mut self, length: u64) {
        let past = self.blocks.split_off(&(length / BLOCK as u64));
        if let Some(mut cut) = past.get(&(length / BLOCK as u64)).copied() {
            cut[(length % BLOCK as u64) as usize..].fill(0);
            self.blocks.insert(length / BLOCK as u64, cut);
        }
        self.length = length;
    }

    fn write(&mut self, offset: u64, written: &[u8]) {
        self.length = self.length.max(offset + written.len() as u64);
        for (block, start, part) in Self::parts(offset, written.len()) {
            let written = &written[part];
            // The comparison with a slice is one of memory.
            if self.blocks.contains_key(&block) || *written != [0; BLOCK][..written.len()] {
                let block = self.blocks.entry(block).or_insert([0; BLOCK]);
                block[start..][..written.len()].copy_from_slice(written);
            }
        }
    }
}

/// A disk in memory that remembers what was done to it.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub bytes: Arc<Mutex<Bytes>>,
    pub log: Arc<Mutex<Vec<Operation>>>,
    /// How many bytes were read.
    pub read: Arc<AtomicU64>,
}

impl Disk {
    pub fn of(bytes: Bytes) -> Self {
        Self { bytes: Arc::new(Mutex::new(bytes)), ..Self::default() }
    }

    /// How much was done so far.
    pub fn moment(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

impl Medium for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().length)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        self.bytes.lock().unwrap().read(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.bytes.lock().unwrap().set_length(length);
        self.log.lock().unwrap().push(Operation::SetLength(length));
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.bytes.lock().unwrap().write(offset, bytes);
        self.log.lock().unwrap().push(Operation::Write(offset, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.log.lock().unwrap().push(Operation::Sync);
        Ok(())
    }
}

fn apply(bytes: &mut Bytes, operation: &Operation) {
    match operation {
        Operation::Sync => {}
        Operation::SetLength(length) => bytes.set_length(*length),
        Operation::Write(offset, written) => bytes.write(*offset, written),
    }
}

/// The disk after a cut: everything before the last sync, and of what came after it, what `keep`
/// says (and of a torn write, the first half). A length is lost as a write is; a write beyond the end
/// makes the file longer.
pub fn after_cut(
    before: &Bytes,
    log: &[Operation],
    keep: impl Fn(usize) -> bool,
    torn: bool,
) -> Bytes {
    let synced = log.iter().rposition(|operation| matches!(operation, Operation::Sync));
    let mut bytes = before.clone();
    for (index, operation) in log.iter().enumerate() {
        let durable = synced.is_some_and(|synced| index < synced);
        if durable || keep(index) {
            match operation {
                Operation::Write(offset, written) if torn && index + 1 == log.len() => {
                    let half = written[..written.len() / 2].to_vec();
                    apply(&mut bytes, &Operation::Write(*offset, half));
                }
                operation => apply(&mut bytes, operation),
            }
        }
    }
    bytes
}

/// Everything that a cut after these operations may leave, and how it came to be.
pub fn each_cut(before: &Bytes, log: &[Operation], mut check: impl FnMut(Bytes, &str)) {
    let after = |keep: &dyn Fn(usize) -> bool, torn| after_cut(before, log, keep, torn);
    check(after(&|_| true, false), "all written");
    check(after(&|_| false, false), "nothing since the last sync");
    let torn = matches!(log.last(), Some(Operation::Write(..)));
    if torn {
        check(after(&|_| true, true), "the last write torn");
        let some = |index| chance(log.len() as u64, index);
        check(after(&some, false), "some of what was done since the last sync");
    }
    let is_length = |index: usize| matches!(log[index], Operation::SetLength(_));
    let synced = log.iter().rposition(|operation| matches!(operation, Operation::Sync));
    if (synced.unwrap_or(0)..log.len()).any(is_length) {
        check(after(&|index| !is_length(index), false), "all writes, and no length");
        check(after(&|index| !is_length(index), torn), "the last write torn, and no length");
        check(after(&is_length, false), "lengths, and no writes");
    }
}

/// A generator for the choices of a disk, so that a failure comes again.
fn chance(seed: u64, index: usize) -> bool {
    let mixed = (seed ^ index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 63 == 1
}
