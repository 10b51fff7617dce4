//! A message in the blocks of a hash function, padded.

/// A message, and what is hashed before it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Message<'m> {
    /// What goes before: for SM2 the digest of the signer's identity.
    pub(crate) prefix: &'m [u8],
    /// The message.
    pub(crate) message: &'m [u8],
}

impl Message<'_> {
    fn length(&self) -> usize {
        self.prefix.len().saturating_add(self.message.len())
    }

    /// How many blocks of so many bytes there are with the padding: a bit, zeros, and the length in as
    /// many bytes as two words have (FIPS 180-4 section 5.1, GB/T 32905 section 5.2).
    pub(super) fn blocks(&self, block_bytes: usize) -> usize {
        self.length().saturating_add(1 + block_bytes / 8).div_ceil(block_bytes)
    }

    /// Writes a block, which is below that number.
    pub(super) fn write_block(&self, at: usize, block: &mut [u8]) {
        let start = at.saturating_mul(block.len());
        let within = start
            .checked_sub(self.prefix.len())
            .and_then(|start| self.message.get(start..start.saturating_add(block.len())));
        if let Some(bytes) = within {
            block.copy_from_slice(bytes);
            return;
        }
        block.fill(0);
        copy(self.prefix, start, block);
        // Either it begins before the block or within.
        let (skipped, room) = match self.prefix.len().checked_sub(start) {
            Some(of_prefix) => (0, block.get_mut(of_prefix..).unwrap_or_default()),
            None => (start.saturating_sub(self.prefix.len()), &mut block[..]),
        };
        copy(self.message, skipped, room);
        if let Some(end) = self.length().checked_sub(start).and_then(|end| block.get_mut(end)) {
            *end = 0x80;
        }
        if at + 1 == self.blocks(block.len())
            && let Some(bits) = block.last_chunk_mut()
        {
            *bits = (self.length() as u64).wrapping_mul(8).to_be_bytes();
        }
    }
}

/// Copies what there is from a position on, as much as there is room for.
fn copy(from: &[u8], start: usize, to: &mut [u8]) {
    let from = from.get(start..).unwrap_or_default();
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
