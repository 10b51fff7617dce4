//! Recording roots.

use crate::error::Error;
use crate::issuer::Issuer;
use crate::ledger::{Identifier, Ledger, LedgerWriter, Row};

impl LedgerWriter {
    /// Records the certificate of a root, which issued itself, as one that the ledger knows: it is
    /// found, and can be revoked. Rows of the caller are recorded in the same transaction; with
    /// [`LedgerWriter::issuer_row`] the root is kept as well, with its private key.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use std::sync::Arc;
    /// use certwright::ledger::Ledger;
    /// use certwright::time::Time;
    /// use certwright::*;
    /// let ledger = Ledger::new(MemoryStore::default());
    /// let key = Arc::new(KeyPair::generate(KeyAlgorithm::EcdsaP256)?);
    /// let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), Arc::clone(&key))?;
    /// let writer = ledger.writer("alice", Time::from_unix(1_800_000_000)?);
    /// let (identifier, row) = writer.issuer_row(&root.chain(), Some(&key), &[])?;
    /// assert_eq!(writer.put_root(&root, [row])?, identifier);
    /// assert!(ledger.by_identifier(&identifier)?.is_some());
    /// assert!(ledger.issuer_key(&identifier)?.is_some());
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when the issuer is no root; [`Error::Store`] when its serial number is
    /// recorded already, a row is not what it was, or the store fails.
    pub fn put_root(
        &self,
        root: &Issuer,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Identifier, Error> {
        let certificate = root.certificate();
        if !certificate.is_self_issued() || root.chain().certificates().count() != 1 {
            let problem = format!("{} was issued by another", certificate.subject());
            return Err(Error::malformed("root", "", problem));
        }
        self.record_self_signed(certificate, rows)?;
        let digest = Ledger::issuer_digest(root.public_key());
        Ok(Identifier::of(&digest, certificate.serial()))
    }
}
