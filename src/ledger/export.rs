//! The audit log as JSON lines.

use std::io::Write;

use super::{AuditEntry, Ledger};
use crate::error::{Error, StoreError};
use crate::hexadecimal::hexadecimal;

/// Entries that are read at a time.
const PAGE: usize = 1_024;

impl Ledger {
    /// Writes the audit log, one JSON object (RFC 8259) a line, with the fields of [`AuditEntry`]: times as RFC
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

fn line(entry: &AuditEntry) -> String {
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
    let digests = |digests: &[[u8; 32]]| -> String {
        let digests: Vec<String> =
            digests.iter().map(|digest| quoted(&hexadecimal(digest))).collect();
        format!("[{}]", digests.join(","))
    };
    let or_null = |text: Option<String>| text.map_or("null".to_owned(), |text| quoted(&text));
    let fields = [
        ("number", number.to_string()),
        ("at", quoted(&at.to_string())),
        ("recorded_at", or_null(recorded_at.map(|time| time.to_string()))),
        ("action", quoted(&action.to_string())),
        ("issuer", quoted(&hexadecimal(issuer))),
        ("serial", or_null(serial.map(|serial| serial.to_string()))),
        ("actor", quoted(actor)),
        ("process", quoted(process)),
        ("detail", quoted(detail)),
        ("removed", digests(removed)),
        ("written", digests(written)),
        ("previous", quoted(&hexadecimal(previous))),
    ];
    let fields = fields.map(|(name, value)| format!("{}:{value}", quoted(name)));
    format!("{{{}}}", fields.join(","))
}

/// A JSON string (RFC 8259 section 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0'..='\x1f' => quoted += &format!("\\u{:04x}", u32::from(character)),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
