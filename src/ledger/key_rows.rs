//! Private keys that are kept together with something else.

use super::Ledger;
use super::row::Row;
use super::vault::not_reserved;
use crate::error::Error;
use crate::key::KeyPair;

impl Ledger {
    /// A row that keeps a private key, sealed, under a name that must be free: for what is written in
    /// one transaction ([`Issuance::with_rows`](crate::issuance::Issuance::with_rows)). [`Ledger::key`] reads
    /// it.
    ///
    /// # Errors
    /// As [`LedgerWriter::put_key`](super::LedgerWriter::put_key).
    pub fn key_row(&self, name: &str, key: &KeyPair) -> Result<Row, Error> {
        not_reserved(name)?;
        Ok(Row::of(self.key_writes(name, key)?))
    }

    /// A row that removes the private key of a name, if there is one.
    ///
    /// # Errors
    /// As [`LedgerWriter::delete_key`](super::LedgerWriter::delete_key), but where there is none.
    pub fn delete_key_row(&self, name: &str) -> Result<Row, Error> {
        not_reserved(name)?;
        Ok(Row::of(self.delete_key_writes(name)?))
    }
}
