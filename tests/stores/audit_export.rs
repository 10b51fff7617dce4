//! The audit log as JSON lines, against the log itself.
#![cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::error::StoreErrorKind;
use certwright::ledger::{AuditEntry, Ledger};
use certwright::time::{Lifetime, Time};
use certwright::{Error, MemoryStore};
use serde_json::Value;

use crate::craft::now;
use crate::revoked::Scene;
use crate::shelf::{algorithm, alice, assert_kind, key, put, records};

const HOSTILE: [&str; 6] = [
    "quote \" and \\ backslash",
    "line\nfeed\r\nreturn\u{2028}separator\u{85}",
    "control \0\u{1}\u{1b}[31m\u{7f}",
    "\"},{\"number\":1",
    "\u{202e}right to left \u{1f600}",
    "",
];

#[test]
fn each_line_says_what_the_entry_says() {
    let scene = Scene::new(algorithm(), 1);
    let ledger = scene.ca.ledger();
    for actor in HOSTILE {
        let authority = scene.ca.clone().with_actor(actor);
        let chain = authority.issue(&scene.ladder.request(&["db.internal"])).unwrap().into_chain();
        authority.revoke(chain.leaf().serial(), RevocationReason::CertificateHold).unwrap();
        authority.release(chain.leaf().serial()).unwrap();
        authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        let writer = ledger.writer(actor, now());
        writer.keep_key(&format!("hostile {actor}"), &key(0)).unwrap();
        writer.forget_key(&format!("hostile {actor}")).unwrap();
    }
    ledger.writer(&"\u{e9}".repeat(5_000), now()).keep_key("long", &key(0)).unwrap();
    let (text, count) = export(ledger);
    let entries = ledger.audit(1, 1_000).unwrap();
    assert_eq!((count, entries.len()), (49, 49));
    assert!(text.ends_with('\n'));
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    assert_eq!(lines.len(), entries.len());
    for (line, entry) in lines.iter().zip(&entries) {
        assert!(line.chars().all(|character| character >= ' '), "{line:?}");
        assert_line(line, entry);
    }
    let actors: BTreeSet<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
    assert!(HOSTILE.iter().all(|actor| actors.contains(actor)));
    // A text is cut at a character.
    assert_eq!(entries[48].actor, "\u{e9}".repeat(512));
}

#[test]
fn every_entry_is_exported_once_however_many_there_are() {
    let request = request();
    for many in [0, 1, 1_023, 1_024, 1_025, 2_050] {
        let ledger = Ledger::new(MemoryStore::default());
        for _ in 0..many {
            alice(&ledger).keep_request("", &request, None).unwrap();
        }
        let (text, count) = export(&ledger);
        assert_eq!(count, many);
        let numbers = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_u64().unwrap());
        assert!(numbers.eq(1..=many));
    }
}

#[test]
fn a_writer_that_fails_and_a_damaged_entry_are_errors() {
    struct Full(usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let store = Arc::new(MemoryStore::default());
    let ledger = Ledger::new(store.clone());
    for _ in 0..3 {
        alice(&ledger).keep_request("", &request(), None).unwrap();
    }
    let whole = export(&ledger).0;
    for room in [0, 10, whole.len() - 1] {
        let answer = ledger.export_audit(&mut Full(room));
        let Err(Error::Store(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(error.message(), "the export cannot be written");
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(ledger.export_audit(&mut Full(whole.len())).unwrap(), 3);

    // An entry of the last number there can be ends the export.
    let first = records(&*store)[&place(1)].clone();
    put(&*store, &place(u64::MAX), &first);
    assert_eq!(export(&ledger).0.lines().count(), 4);
    assert_kind(ledger.verify_audit(), StoreErrorKind::Corrupt);
    put(&*store, &place(2), &first[..20]);
    assert_kind(ledger.export_audit(&mut Vec::new()), StoreErrorKind::Corrupt);
}

#[test]
fn no_entry_follows_the_last_number_there_can_be() {
    let store = Arc::new(MemoryStore::default());
    let ledger = Ledger::new(store.clone());
    put(&*store, b"audit-head", &[&[2][..], &[0xff; 8], &[0; 32]].concat());
    let answer = alice(&ledger).keep_request("", &request(), None);
    assert_kind(answer, StoreErrorKind::Corrupt);
    assert_eq!(records(&*store).len(), 1);
}

fn export(ledger: &Ledger) -> (String, u64) {
    let mut bytes = Vec::new();
    let count = ledger.export_audit(&mut bytes).unwrap();
    (String::from_utf8(bytes).unwrap(), count)
}

#[track_caller]
fn assert_line(line: &str, entry: &AuditEntry) {
    let parsed: Value = serde_json::from_str(line).unwrap();
    let fields: BTreeSet<&str> = parsed.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = [
        "action",
        "actor",
        "at",
        "detail",
        "issuer",
        "number",
        "previous",
        "process",
        "recorded_at",
        "removed",
        "serial",
        "written",
    ];
    assert_eq!(fields, wanted.into());
    assert_eq!(text_of(&parsed["process"]), entry.process);
    assert_eq!(text_of(&parsed["recorded_at"]).parse::<Time>().ok(), entry.recorded_at);
    let digests = |field: &str| -> Vec<Vec<u8>> {
        parsed[field].as_array().unwrap().iter().map(|digest| hex(&text_of(digest))).collect()
    };
    assert_eq!(digests("removed"), entry.removed);
    assert_eq!(digests("written"), entry.written);
    let text = |field: &str| parsed[field].as_str().unwrap().to_owned();
    assert_eq!(parsed["number"].as_u64(), Some(entry.number));
    assert_eq!(text("at").parse::<Time>().unwrap(), entry.at);
    assert_eq!(text("action"), entry.action.to_string());
    assert_eq!((text("actor"), text("detail")), (entry.actor.clone(), entry.detail.clone()));
    assert_eq!(hex(&text("issuer")), entry.issuer);
    assert_eq!(hex(&text("previous")), entry.previous);
    match entry.serial {
        Some(serial) => assert_eq!(hex(&text("serial")), serial.as_bytes()),
        None => assert!(parsed["serial"].is_null()),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn place(number: u64) -> Vec<u8> {
    [b"audit/", &number.to_be_bytes()[..]].concat()
}

fn request() -> certwright::CertificateRequest {
    crate::craft::Ladder::new(algorithm()).request(&["db.internal"])
}
