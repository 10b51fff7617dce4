//! Private keys that are taken out of the store, handed out or to work for somebody: the audit log tells first.

use super::audit::AuditAction;
use super::writer::LedgerWriter;
use crate::error::Error;
use crate::key::KeyPair;

impl LedgerWriter {
    /// A private key that is handed out, under its name, those of the engine's own among them
    /// (`request/7` for that of request 7, `issuer/` and an identifier for that of a CA). The audit log
    /// has an entry before the key is answered ([`AuditAction::KeyExported`]); without it, there is no
    /// answer.
    ///
    /// # Errors
    /// As [`Ledger::key`](super::Ledger::key) and [`LedgerWriter::put_key`].
    pub fn export_key(&self, name: &str) -> Result<Option<KeyPair>, Error> {
        let Some(key) = self.ledger.key(name)? else { return Ok(None) };
        self.write(Vec::new(), AuditAction::KeyExported, format!("private key {name}"))?;
        Ok(Some(key))
    }

    /// A private key that works for somebody and is not handed out, under its name as
    /// [`LedgerWriter::export_key`] takes it. The audit log has an entry before
    /// ([`AuditAction::KeyUsed`]), with what it is for; without it, there is no answer.
    ///
    /// # Errors
    /// As [`Ledger::key`](super::Ledger::key) and [`LedgerWriter::put_key`].
    pub fn use_key(&self, name: &str, purpose: &str) -> Result<Option<KeyPair>, Error> {
        let Some(key) = self.ledger.key(name)? else { return Ok(None) };
        let detail = format!("private key {name}: {purpose}");
        self.write(Vec::new(), AuditAction::KeyUsed, detail)?;
        Ok(Some(key))
    }
}
