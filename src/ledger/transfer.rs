//! Copies of a store into one of another kind.

use std::ops::ControlFlow;

use super::bytes::{corrupt, is_any};
use super::verify::{Verification, verify};
use super::{KeyAndValue, Ledger};
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::store::{ReadTransaction, Store, WriteTransaction};

/// Records, and bytes of their values, that are compared at once.
const PAGE: usize = 256;
const PAGE_BYTES: usize = 1024 * 1024;

impl Ledger {
    /// Copies the store, as it is when this is called, into another that is empty: from a file to a database, or
    /// back. What is copied is verified first, as [`Ledger::verify`] does; then every record of the copy is
    /// compared, and the copy is verified, before its one transaction is committed. So there is a whole copy afterwards,
    /// or nothing.
    ///
    /// While it runs, reads and writes go on here, and what they write is not in the copy: who moves a store sees to
    /// it that nothing writes, and uses the old one no more. Two that go on are two CAs with the same numbers.
    ///
    /// ```
    /// use certwright::ledger::Ledger;
    /// use certwright::MemoryStore;
    /// let ledger = Ledger::new(MemoryStore::default());
    /// let rows = ledger.rows("settings")?;
    /// let writer = ledger.writer("alice", certwright::time::Time::now()?);
    /// writer.write_rows([rows.insert("name", "value")?], "a setting")?;
    ///
    /// let copy = MemoryStore::default();
    /// ledger.copy_to(&copy)?;
    /// assert_eq!(Ledger::new(copy).audit_head()?, ledger.audit_head()?);
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] with [`StoreErrorKind::Conflict`] when the other has records already, with
    /// [`StoreErrorKind::Corrupt`] when this is damaged or the copy is not the same, or as either store fails;
    /// [`Error::Random`] without random numbers.
    pub fn copy_to(&self, target: &dyn Store) -> Result<Verification, Error> {
        self.store.check()?;
        let (secret, unlocked) = (self.randomness.bytes()?, self.vault.unlocked());
        let mut found = None;
        self.store.read(&mut |source| {
            let verified = verify(source, &secret, unlocked.as_deref(), None)?;
            target.write(&mut |copy| {
                if is_any(copy, b"")? {
                    let message = "there are records in the store to copy to; it must be empty";
                    return Err(StoreError::new(StoreErrorKind::Conflict, message));
                }
                put_all(source, copy)?;
                compare(source, copy)?;
                match verify(copy, &secret, unlocked.as_deref(), None)? {
                    copied if copied == verified => Ok(()),
                    _ => Err(corrupt("the copy", "it verifies otherwise than what was copied")),
                }
            })?;
            found = Some(verified);
            Ok(())
        })?;
        found.ok_or_else(|| StoreError::ran_nothing().into())
    }
}

fn put_all(
    source: &dyn ReadTransaction,
    copy: &mut dyn WriteTransaction,
) -> Result<(), StoreError> {
    let mut put = Ok(());
    source.scan(b"", b"", &mut |key, value| {
        put = copy.put(key, value);
        if put.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    put
}

/// Every record of both is the same.
fn compare(source: &dyn ReadTransaction, copy: &dyn ReadTransaction) -> Result<(), StoreError> {
    let mut from = Vec::new();
    loop {
        let page = page(source, &from)?;
        if page != self::page(copy, &from)? {
            return Err(corrupt("the copy", "a record is not as it was copied"));
        }
        let Some((last, _)) = page.last() else { return Ok(()) };
        // The byte more makes it the next key.
        from = [last.as_slice(), &[0]].concat();
    }
}

fn page(transaction: &dyn ReadTransaction, from: &[u8]) -> Result<Vec<KeyAndValue>, StoreError> {
    let (mut page, mut bytes) = (Vec::new(), 0);
    transaction.scan(b"", from, &mut |key, value| {
        page.push((key.to_vec(), value.to_vec()));
        bytes += value.len();
        match page.len() < PAGE && bytes < PAGE_BYTES {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    Ok(page)
}
