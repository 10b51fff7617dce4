//! A hundred wrong inputs and what is said of each: `messages.txt`, to be read as prose. A message says
//! what is wrong, where, what was given, what is allowed, and what to do; one cause has one message.
//!
//! `MESSAGES=write cargo test --test defects messages` writes the file again; read what changed.

mod chains;
mod keys;
mod names;
mod requests;
mod service;
mod texts;

use std::fmt::{Display, Write};

use certwright::key::KeyFamily;

use crate::common::is_built;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/defects/messages/messages.txt");

/// What was given, and what is said of it.
struct Row {
    given: String,
    said: String,
}

/// A row for a call that must fail; what was taken says nothing.
fn row<T, E: Display>(given: &str, answer: Result<T, E>) -> Row {
    let said = answer.err().map_or(String::new(), |error| error.to_string());
    Row { given: given.to_owned(), said }
}

#[test]
fn a_hundred_wrong_inputs_are_told_as_the_table_says() {
    if ![KeyFamily::Ecc, KeyFamily::Rsa, KeyFamily::Sm2].into_iter().all(is_built) {
        return;
    }
    let mut table = String::new();
    let (mut rows, mut wrong) = (0, Vec::new());
    for (title, section) in [
        ("Texts", texts::rows()),
        ("Keys", keys::rows()),
        ("Names, times and numbers", names::rows()),
        ("Requests before a policy", requests::rows()),
        ("Chains", chains::rows()),
        ("The service", service::rows()),
    ] {
        writeln!(table, "# {title}\n").unwrap();
        for Row { given, said } in section {
            if said.is_empty() || said.contains("  ") {
                wrong.push(format!("{given}: {said}"));
            }
            writeln!(table, "{given}\n    {}\n", said.replace('\n', "\n    ")).unwrap();
            rows += 1;
        }
    }
    assert!(wrong.is_empty(), "taken, or with blanks for words: {wrong:#?}");
    assert!(rows >= 100, "{rows} rows");
    if std::env::var("MESSAGES").as_deref() == Ok("write") {
        std::fs::write(FILE, &table).unwrap();
    }
    let expected = std::fs::read_to_string(FILE).unwrap();
    for (line, (found, expected)) in table.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of messages.txt", line + 1);
    }
    assert_eq!(table.len(), expected.len(), "messages.txt has more or fewer rows");
}
