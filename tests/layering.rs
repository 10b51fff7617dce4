//! The table of imports: a module imports from the modules listed in `layering/modules.rs` and from
//! no others. A module is a file or folder below `src`; `ARCHITECTURE.md` says what each one is for.

#[path = "layering/modules.rs"]
mod modules;
#[path = "layering/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use modules::{
    FOREIGN, LINES_OF_A_FILE, MODULES, imports_of_files, row, top_module_of, violations,
};

#[test]
fn every_import_is_one_the_table_allows() {
    let broken: Vec<String> =
        sources().iter().flat_map(|(file, text)| violations(file, text)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_module_is_in_the_table_and_described_and_every_row_is_a_module() {
    let modules: BTreeSet<String> = sources().iter().map(|(file, _)| top_module_of(file)).collect();
    let table: BTreeSet<String> =
        MODULES.iter().map(|row| row.0).chain(["lib"]).map(str::to_owned).collect();
    assert_eq!(modules, table);
    let described = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for (module, ..) in MODULES {
        let names = [format!("`{module}`"), format!("`{module}/`")];
        assert!(names.iter().any(|name| described.contains(name)), "ARCHITECTURE.md: no {module}");
    }
}

#[test]
fn the_table_goes_down_and_has_no_circle() {
    for (module, layer, imports) in MODULES {
        for import in *imports {
            let (_, below, _) =
                row(import).unwrap_or_else(|| panic!("{module}: no module {import}"));
            assert!(below <= layer, "{module} in layer {layer} may import {import} in {below}");
        }
    }
    let graph = MODULES.iter().map(|(module, _, imports)| (*module, imports.to_vec())).collect();
    assert_eq!(circle(&graph), None);
}

/// Files of one module import each other one way only. The root of a module (`mod.rs`) declares its files and
/// has what they share, so that it is above and below them: it does not count.
#[test]
fn no_files_of_a_module_import_each_other_in_a_circle() {
    let sources = sources();
    let mut graph = imports_of_files(&sources);
    let edges = graph.values().map(Vec::len).sum::<usize>();
    assert!(edges > 300, "only {edges} imports: the form of the sources has changed");
    let mut found = Vec::new();
    while let Some(way) = circle(&graph) {
        let [.., last, first] = way[..] else { unreachable!() };
        let from = way.iter().position(|file| *file == first).unwrap();
        found.push(way[from..].join(" -> "));
        graph.get_mut(last).unwrap().retain(|import| *import != first);
    }
    assert!(found.is_empty(), "take what both need into a file of its own:\n{}", found.join("\n"));
}

#[test]
fn a_circle_of_files_is_found_whichever_way_it_is_written() {
    let source = |file: &str, text: &str| (format!("key/{file}.rs"), text.to_owned());
    let pair = source("pair", "use super::generation::KeyGeneration;");
    for text in [
        "use super::pair::KeyPair;",
        "fn f() -> crate::key::pair::KeyPair { loop {} }",
        "use super::pair;",
    ] {
        let sources =
            [pair.clone(), source("generation", text), source("mod", "mod pair; mod generation;")];
        let expected = vec!["key/generation", "key/pair", "key/generation"];
        assert_eq!(circle(&imports_of_files(&sources)), Some(expected), "{text}");
    }
    // What goes by the root of the module, to itself or down.
    for text in ["use super::KeyPair;", "mod tests { use super::*; }", "use crate::wire::pem;"] {
        let sources = [
            pair.clone(),
            source("generation", text),
            source("mod", "pub use self::pair::KeyPair;"),
        ];
        assert_eq!(circle(&imports_of_files(&sources)), None, "{text}");
    }
}

#[test]
fn every_dependency_is_in_the_table_and_every_row_is_a_dependency() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table: BTreeSet<String> = FOREIGN.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(dependencies(&manifest), table);
    // Whichever way it is written.
    let manifest = "[dependencies]\na = \"1\"\n[dependencies.b-c]\nversion = \"1\"\n\
        [dev-dependencies]\nd = \"1\"\n[target.'cfg(unix)'.dependencies]\ne = { optional = true }\n";
    assert_eq!(dependencies(manifest), ["a", "b_c", "e"].map(str::to_owned).into());
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let lines = |text: &str| text.lines().count();
    let long: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| lines(text) > LINES_OF_A_FILE)
        .map(|(file, text)| format!("src/{file}: {} lines", lines(text)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_deliberate_violation_is_reported_with_its_place() {
    let text = "//! Words.\n\nuse crate::error::Error;\nuse crate::wire::pem;\n";
    let expected = "src/name/alt.rs:4: name may not import wire (crate::wire::pem)";
    assert_eq!(violations("name/alt.rs", text), [expected]);
}

#[test]
fn every_way_to_write_a_forbidden_import_is_reported() {
    for (file, text) in [
        ("name/alt.rs", "use crate::wire::pem;"),
        ("name/alt.rs", "use crate::{error::Error, wire::{self}};"),
        ("name/alt.rs", "use crate::{error::{Denied, Error}, oid::Oid, wire::{pem as text}};"),
        ("name/alt.rs", "pub(crate) use crate::wire::*;"),
        ("name/alt.rs", "fn f() { crate::wire::pem::encode(); }"),
        ("name/alt.rs", "fn f() -> Vec<crate::key::KeyPair> { Vec::new() }"),
        ("name/alt.rs", "macro_rules! m { () => { $crate::wire::pem::encode() } }"),
        ("name/alt.rs", "use super::super::wire::pem;"),
        ("name/alt.rs", "fn f() { super::super::wire::pem::encode(); }"),
        ("name/alt.rs", "mod inner { mod deeper { use super::super::super::super::wire; } }"),
        ("name/mod.rs", "use super::wire;"),
        ("name/mod.rs", "mod inner {} use super::{error::Error, wire};"),
        ("serial.rs", "use super::wire::pem;"),
        ("serial.rs", "#[cfg(test)] mod tests { use super::*; use crate::wire::pem; }"),
        // Nothing is imported through the root's re-exports, or the root as a whole.
        ("key/pair.rs", "use crate::Issuer;"),
        ("key/pair.rs", "use crate as root;"),
        ("serial.rs", "use super::*;"),
        // Up, sideways, and a module that is not in the table.
        ("store/mod.rs", "use crate::ledger::Ledger;"),
        ("issuer/mod.rs", "use crate::authority::Clock;"),
        ("cellar.rs", "use crate::error::Error;"),
        ("error.rs", "#[path = \"wire/tlv.rs\"] mod tlv;"),
        ("error.rs", "include!(\"wire/tlv.rs\");"),
        // Foreign crates, and unsafe.
        ("certificate.rs", "use der::Decode;"),
        ("certificate.rs", "use {sha2::Sha256, std::fmt};"),
        ("certificate.rs", "use sha2;"),
        ("certificate.rs", "extern crate sha2;"),
        ("certificate.rs", "#[derive(der::Sequence)] struct S;"),
        ("certificate.rs", "fn f() { return ::rsa::rand_core::go(); }"),
        ("wire/tlv.rs", "fn f(at: jiff::Timestamp) {}"),
        ("lib.rs", "use sha2::Digest;"),
        ("key/pair.rs", "fn f() { unsafe { g() } }"),
        // The environment is the command's matter.
        ("lanes/engine.rs", "fn f() { std::env::var(\"X\"); }"),
        ("cas/mod.rs", "use std::{env, fmt};"),
        // A client of the public API.
        ("cas/order/list.rs", "use crate::wire::pem;"),
        ("cas/order/list.rs", "use crate::validity::Time;"),
        ("cas/order/list.rs", "use super::super::super::validity::Time;"),
        ("cas/order/list.rs", "use crate as root;"),
        // What a folder of tests may name, the module may not.
        ("lanes/field.rs", "use crypto_bigint::BoxedUint;"),
    ] {
        assert_eq!(violations(file, text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn what_is_no_import_or_an_allowed_one_is_not_reported() {
    for (file, text) in [
        ("name/alt.rs", "use crate::{error::{Denied, Error}, limits, oid::Oid};"),
        ("name/alt.rs", "use super::dns::DnsName; fn f() { super::text::write(); }"),
        ("name/mod.rs", "pub use self::alt::AltName; pub(crate) use self::alt::wire;"),
        ("serial.rs", "mod tests { use super::*; } fn f() { let wire = 1; }"),
        ("serial.rs", "mod a { mod b { use super::super::SerialNumber; } }"),
        ("name/alt.rs", "// use crate::wire;\n/* crate::wire::x /* der::y */ crate::wire::z */"),
        ("name/alt.rs", "/// [`KeyPair`](crate::key::KeyPair)\nstruct S;"),
        ("name/alt.rs", r##"const S: &str = "crate::wire::x \" crate::wire::y";"##),
        ("name/alt.rs", r###"const S: &[u8] = br#"crate::wire::x " unsafe"#;"###),
        ("name/alt.rs", "fn f<'a>(c: &'a str) -> char { if c == \"'\" { '\"' } else { '\\'' } }"),
        ("key/ecdsa.rs", "use ::p256::ecdsa::SigningKey; use sha2::{Digest, Sha256};"),
        ("wire/tlv.rs", "use der::{Decode, asn1::OctetString}; fn f(error: der::Error) {}"),
        ("oid.rs", "use der::asn1::ObjectIdentifier;"),
        (
            "cas/order/list.rs",
            "use crate::time::Time; use crate::{KeyPair, Name}; use super::page;",
        ),
        ("vectors/field.rs", "fn f() { unsafe { g() } }"),
        ("lanes/tests/field.rs", "use crypto_bigint::BoxedUint;"),
        ("bin/certwright/call.rs", "fn f() { std::env::var(\"X\"); }"),
    ] {
        assert_eq!(violations(file, text), [""; 0], "{file}: {text}");
    }
}

#[test]
fn a_circle_is_found() {
    let graph = BTreeMap::from([("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["b"])]);
    assert_eq!(circle(&graph), Some(vec!["a", "b", "c", "b"]));
    let graph = BTreeMap::from([("a", vec!["b", "c"]), ("b", vec!["c"]), ("c", vec![])]);
    assert_eq!(circle(&graph), None);
}

/// A way through the graph that comes back to where it was.
fn circle<'g>(graph: &BTreeMap<&'g str, Vec<&'g str>>) -> Option<Vec<&'g str>> {
    fn walk<'g>(
        graph: &BTreeMap<&'g str, Vec<&'g str>>,
        way: &mut Vec<&'g str>,
        at: &'g str,
    ) -> bool {
        let again = way.contains(&at);
        way.push(at);
        if again || graph[at].iter().any(|next| walk(graph, way, next)) {
            return true;
        }
        way.pop();
        false
    }
    let mut way = Vec::new();
    graph.keys().any(|start| walk(graph, &mut way, start)).then_some(way)
}

/// The names, as Rust writes them, of what a manifest depends on outside of tests.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut section = "";
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            names.extend(section.strip_prefix("dependencies.").map(|name| name.replace('-', "_")));
        } else if section == "dependencies" || section.ends_with(".dependencies") {
            names.extend(line.split_once(" = ").map(|(name, _)| name.replace('-', "_")));
        }
    }
    names
}

/// Every source file: its path below `src`, and its text.
fn sources() -> Vec<(String, String)> {
    fn collect(below: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                collect(below, &entry, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let name = entry.strip_prefix(below).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    collect(&root().join("src"), &root().join("src"), &mut found);
    assert!(!found.is_empty());
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
