//! Looks through the memory of this process for bytes that it does not have in clear.

use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt;

/// What masked bytes are combined with.
pub const MASK: u8 = 0xa5;

/// Bytes that are looked for at once.
pub const WINDOW: usize = 16;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 20;

/// A part of a secret, masked.
pub struct Needle {
    pub name: String,
    pub masked: [u8; WINDOW],
}

/// The name of a needle for every place in writable memory where it stands in clear.
pub fn scan(needles: &[Needle]) -> Vec<String> {
    let mut candidates = vec![Vec::new(); 1 << 16];
    for (number, needle) in needles.iter().enumerate() {
        candidates[start(&needle.masked)].push(number);
    }
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0; BUFFER];
    let own = buffer.as_ptr() as u64..buffer.as_ptr() as u64 + BUFFER as u64;
    let mut hits = Vec::new();
    for (from, to) in mappings() {
        let mut at = from;
        while at < to {
            let length = BUFFER.min((to - at) as usize);
            // What cannot be read, such as a page of the kernel's, holds nothing of ours.
            let Ok(read) = memory.read_at(&mut buffer[..length], at) else { break };
            for (offset, window) in buffer[..read].windows(WINDOW).enumerate() {
                if own.contains(&(at + offset as u64)) {
                    continue;
                }
                let pair = usize::from(window[0] ^ MASK) << 8 | usize::from(window[1] ^ MASK);
                for number in &candidates[pair] {
                    let needle = &needles[*number];
                    if window
                        .iter()
                        .zip(&needle.masked)
                        .all(|(clear, masked)| clear ^ MASK == *masked)
                    {
                        hits.push(needle.name.clone());
                    }
                }
            }
            if read < WINDOW || at + read as u64 == to {
                break;
            }
            // Windows across the border of two reads.
            at += (read - WINDOW + 1) as u64;
        }
    }
    buffer.fill(0);
    hits
}

/// A secret in windows, by its name.
pub fn windows(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    bytes.chunks_exact(WINDOW).map(|window| (name.to_owned(), window.to_vec())).collect()
}

fn start(masked: &[u8; WINDOW]) -> usize {
    usize::from(masked[0]) << 8 | usize::from(masked[1])
}

/// The writable mappings of this process: from, to.
fn mappings() -> Vec<(u64, u64)> {
    let maps = read_to_string("/proc/self/maps").unwrap();
    let lines = maps.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (from, to) = words.next()?.split_once('-')?;
        let writable = words.next()?.starts_with("rw");
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        writable.then(|| (number(from), number(to)))
    });
    lines.collect()
}
