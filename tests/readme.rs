//! The front page is true of the code. Its example runs as a documentation test.

use std::collections::BTreeMap;

use certwright::KeyAlgorithm;

const README: &str = include_str!("../README.md");
const MANIFEST: &str = include_str!("../Cargo.toml");

#[test]
fn the_table_of_algorithms_lists_every_strong_one_with_its_default_signature() {
    let rows = rows("## Algorithms");
    assert_eq!(rows.len(), KeyAlgorithm::STRONG.len());
    for algorithm in KeyAlgorithm::STRONG {
        let name = format!("`{algorithm}`");
        let row = rows.get(name.as_str()).unwrap_or_else(|| panic!("no row {name}"));
        let signature = format!("`{}`", algorithm.default_signature());
        assert!(row[1].starts_with(&signature), "{name}: {} instead of {signature}", row[1]);
    }
}

#[test]
fn the_table_of_features_is_that_of_the_manifest() {
    let features = section(MANIFEST, "[features]", "\n[");
    let (mut declared, mut default) = (Vec::new(), "");
    for line in features.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once(" = ") {
            Some(("default", list)) => default = list,
            Some((name, _)) => declared.push(format!("`{name}`")),
            None => {}
        }
    }
    let rows = rows("## Features");
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), declared);
    for (name, row) in rows {
        let by_default = default.contains(&name.replace('`', "\""));
        assert_eq!(row[0], if by_default { "yes" } else { "no" }, "{name}");
    }
}

#[test]
fn the_oldest_compiler_is_that_of_the_manifest() {
    let version = section(MANIFEST, "rust-version = \"", "\"");
    assert!(!version.is_empty() && README.contains(&format!("Rust {version} or later")));
}

/// The first table below a heading: each row's other cells by its first.
fn rows(heading: &str) -> BTreeMap<&'static str, Vec<&'static str>> {
    section(README, heading, "\n## ")
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0], cells[1..].to_vec())
        })
        .collect()
}

/// What stands between a text and the next occurrence of another.
fn section(text: &'static str, from: &str, to: &str) -> &'static str {
    let (_, after) = text.split_once(from).unwrap_or_else(|| panic!("no {from}"));
    after.split_once(to).map_or(after, |(inside, _)| inside)
}
