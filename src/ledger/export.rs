//! The audit log as JSON lines.

use std::io::Write;

use serde_json::json;

use super::{AuditEntry, Ledger};
use crate::error::{Error, StoreError};
use crate::hexadecimal::hexadecimal;

/// Entries that are read at a time.
const PAGE: usize = 1_024;

impl Ledger {
    /// Writes the audit log, one JSON object a line, with the fields of [`AuditEntry`]: times as RFC
    /// 3339 has them, digests and numbers in hexadecimal, null where there is none. Answers how many
    /// entries there are. The log is not verified: [`Ledger::verify`] does that.
    ///
    /// # Errors
    /// [`Error::Store`] when the store or the writer fails or an entry cannot be read.
    pub fn export_audit(&self, writer: &mut dyn Write) -> Result<u64, Error> {
        let mut count: u64 = 0;
        // No entry follows the last number there can be.
        while let Some(next) = count.checked_add(1) {
            let entries = self.audit(next, PAGE)?;
            for entry in &entries {
                writeln!(writer, "{}", line(entry))
                    .map_err(|error| StoreError::backend("the export cannot be written", error))?;
            }
            match entries.last() {
                Some(last) => count = last.number,
                None => break,
            }
        }
        Ok(count)
    }
}

fn line(entry: &AuditEntry) -> serde_json::Value {
    let AuditEntry {
        number,
        at,
        recorded_at,
        action,
        issuer,
        serial,
        actor,
        process,
        detail,
        removed,
        written,
        previous,
    } = entry;
    let digests = |digests: &[[u8; 32]]| -> Vec<String> {
        digests.iter().map(|digest| hexadecimal(digest)).collect()
    };
    json!({
        "number": number,
        "at": at.to_string(),
        "recorded_at": recorded_at.map(|time| time.to_string()),
        "action": action.to_string(),
        "issuer": hexadecimal(issuer),
        "serial": serial.map(|serial| serial.to_string()),
        "actor": actor,
        "process": process,
        "detail": detail,
        "removed": digests(removed),
        "written": digests(written),
        "previous": hexadecimal(previous),
    })
}
