//! The seal of a store, once its key is known, and what is authenticated with it.

use super::bytes::{corrupt, time};
use crate::error::{Error, StoreError};
use crate::key::{Seal, SealingKey};
use crate::validity::Time;

/// Where the record of the seal stands.
pub(super) const SEAL: &[u8] = b"seal";

/// What the proofs of checkpoints are made for; no private key is sealed for such a place.
const CHECKPOINT: &[u8] = b"audit-head";

/// Bytes of a proof: nonce (24) and tag (16).
pub(super) const PROOF_BYTES: usize = 40;

/// A seal that is open.
pub(super) struct Unlocked {
    pub(super) seal: Seal,
    /// The record of the seal, also while it is not written yet.
    pub(super) header: Vec<u8>,
    /// What it was made from, where it was not read from the store: another ledger may be the first
    /// to write its own.
    pub(super) unwritten: Option<SealingKey>,
}

/// A state of the log that a holder of the sealing key wrote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Checkpoint {
    /// The number of the last entry.
    pub(super) number: u64,
    /// Its digest.
    pub(super) digest: [u8; 32],
    /// When, by the system's clock; 1970 where there is none.
    pub(super) at: i64,
    /// The authentication of all three.
    pub(super) proof: [u8; PROOF_BYTES],
}

impl Unlocked {
    /// Vouches for a state of the log.
    pub(super) fn checkpoint(
        &self,
        number: u64,
        digest: [u8; 32],
        at: Option<Time>,
    ) -> Result<Checkpoint, StoreError> {
        let at = at.map_or(0, |at| i64::from_be_bytes(time(at)));
        // Nothing at all, sealed for the state: a tag over it under the sealing key.
        let proof = self.seal.seal(&place(number, &digest, at), &[]);
        let proof = proof.map_err(|error| match error {
            Error::Store(error) => error,
            error => StoreError::backend("the log cannot be authenticated", error),
        })?;
        let wrong = || corrupt("the proof of a checkpoint", "wrong length");
        let proof = proof.try_into().map_err(|_| wrong())?;
        Ok(Checkpoint { number, digest, at, proof })
    }

    /// Whether a holder of the sealing key wrote the checkpoint.
    pub(super) fn vouches_for(&self, checkpoint: &Checkpoint) -> bool {
        let Checkpoint { number, digest, at, proof } = checkpoint;
        matches!(self.seal.unseal(&place(*number, digest, *at), proof), Ok(nothing) if nothing.is_empty())
    }
}

fn place(number: u64, digest: &[u8; 32], at: i64) -> Vec<u8> {
    [CHECKPOINT, &number.to_be_bytes(), digest, &at.to_be_bytes()].concat()
}
