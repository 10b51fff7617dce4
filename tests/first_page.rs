//! The first page of the documentation: what the root of the crate re-exports, and that no type has two
//! paths.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What most programs name, and no more.
const FIRST_PAGE: [&str; 18] = [
    "AltName",
    "Authority",
    "Certificate",
    "CertificateRequest",
    "Chain",
    "ChainVerifier",
    "Error",
    "Issuer",
    "KeyAlgorithm",
    "KeyPair",
    "MemoryStore",
    "Name",
    "Policy",
    "Profile",
    "RedbStore",
    "SerialNumber",
    "Signer",
    "Store",
];

const MODULES: [&str; 16] = [
    "cas",
    "crl",
    "error",
    "issuance",
    "key",
    "ledger",
    "lint",
    "name",
    "openssl_ca",
    "policy",
    "profile",
    "request",
    "store",
    "testing",
    "time",
    "verify",
];

#[test]
fn the_root_has_these_names_and_no_others() {
    let root = shown(&read("lib.rs"));
    let (top, _) = depths(&root);
    let names: BTreeSet<String> = exported(&top).into_iter().collect();
    assert_eq!(names, FIRST_PAGE.map(str::to_owned).into());
    let modules: BTreeSet<String> = top
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.split([';', ' ']).next())
        .map(str::to_owned)
        .collect();
    assert_eq!(modules, MODULES.map(str::to_owned).into());
}

/// An enum with a default names it in its documentation, and says what sets it.
#[test]
fn every_choice_says_which_is_its_default() {
    let mut choices = 0;
    for file in files(&source("")) {
        let text = fs::read_to_string(&file).unwrap();
        for (before, after) in text.match_indices("\npub enum ").map(|(at, _)| text.split_at(at)) {
            let head: Vec<&str> = before
                .lines()
                .rev()
                .take_while(|line| line.starts_with("///") || line.starts_with("#["))
                .collect();
            let name = after["\npub enum ".len()..].split([' ', '<']).next().unwrap();
            let body = &after[..after.find("\n}").unwrap()];
            let Some((_, default)) = body.split_once("#[default]") else { continue };
            let variant = default.trim_start().split([',', ' ', '(', '\n']).next().unwrap();
            let documentation: Vec<&str> = head
                .iter()
                .rev()
                .filter_map(|line| line.strip_prefix("///").map(str::trim))
                .collect();
            let documentation = documentation.join(" ");
            let named = format!("Default: [`{name}::{variant}`]");
            assert!(documentation.contains(&named), "{}: {named} is missing", file.display());
            choices += 1;
        }
    }
    assert!(choices > 10, "{choices}");
}

#[test]
fn no_name_has_two_public_paths() {
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let root = shown(&read("lib.rs"));
    let (top, inline) = depths(&root);
    for name in exported(&top) {
        paths.entry(name).or_default().insert("the root".to_owned());
    }
    for (module, text) in &inline {
        for name in exported(text) {
            paths.entry(name).or_default().insert(module.clone());
        }
    }
    for module in MODULES.iter().filter(|module| !inline.contains_key(**module)) {
        let text = module_text(module);
        let (top, _) = depths(&text);
        for name in exported(&top).into_iter().chain(declared(&top)) {
            paths.entry(name).or_default().insert((*module).to_owned());
        }
    }
    assert!(paths.len() > 120, "only {} names: the form of the sources has changed", paths.len());
    let twice: Vec<_> = paths.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn what_the_test_reads_is_read() {
    let text = "pub use self::a::{B, c::D as E};\npub(crate) use self::a::F;\npub use x::G;\n\
        #[doc(hidden)]\npub use self::h::I;\npub mod time {\n    pub use crate::J;\n}\npub struct K;\n\
        pub fn l() {}\npub mod m;\n";
    let text = shown(text);
    let (top, inline) = depths(&text);
    assert_eq!(exported(&top), ["B", "E", "G"]);
    assert_eq!(declared(&top), ["K", "l"]);
    assert_eq!(exported(&inline["time"]), ["J"]);
}

/// A source without what is hidden from the documentation.
fn shown(text: &str) -> String {
    let mut kept = String::new();
    let mut hidden = false;
    for line in text.lines() {
        hidden |= line.trim() == "#[doc(hidden)]";
        if !hidden {
            kept.push_str(line);
            kept.push('\n');
        }
        hidden &= !line.ends_with(';');
    }
    kept
}

/// The items of a source that stand outside of everything, and the text of its inline modules.
fn depths(text: &str) -> (String, BTreeMap<String, String>) {
    let (mut top, mut inline) = (String::new(), BTreeMap::new());
    let mut module: Option<(String, String)> = None;
    for line in text.lines() {
        match &mut module {
            Some((name, body)) if line == "}" => {
                inline.insert(std::mem::take(name), std::mem::take(body));
                module = None;
            }
            Some((_, body)) => {
                body.push_str(line.trim_start());
                body.push('\n');
            }
            None => match line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(" {")) {
                Some(name) => {
                    module = Some((name.to_owned(), String::new()));
                    top.push_str(&format!("pub mod {name};\n"));
                }
                None => {
                    top.push_str(line);
                    top.push('\n');
                }
            },
        }
    }
    (top, inline)
}

/// The names of every `pub use` at the beginning of a line.
fn exported(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len() + 1;
        Some((start, line))
    }) {
        let (start, line) = part;
        if !line.starts_with("pub use ") {
            continue;
        }
        let statement: String =
            text[start + "pub use ".len()..].chars().take_while(|c| *c != ';').collect();
        names.extend(statement.split([',', '{', '}']).filter_map(|leaf| {
            let name = leaf.trim().rsplit("::").next()?.rsplit(" as ").next()?.trim();
            (!name.is_empty()).then(|| name.to_owned())
        }));
    }
    names
}

/// The names of the public items that are declared at the beginning of a line.
fn declared(text: &str) -> Vec<String> {
    let kinds = ["const ", "enum ", "fn ", "struct ", "trait ", "type "];
    let after = |line: &str| {
        let rest = line.strip_prefix("pub ")?;
        let rest = kinds.iter().find_map(|kind| rest.strip_prefix(kind))?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        Some(rest[..end].to_owned())
    };
    text.lines().filter_map(after).collect()
}

fn module_text(module: &str) -> String {
    let file = source(&format!("{module}.rs"));
    if file.exists() {
        shown(&fs::read_to_string(file).unwrap())
    } else {
        shown(&read(&format!("{module}/mod.rs")))
    }
}

fn read(file: &str) -> String {
    fs::read_to_string(source(file)).unwrap()
}

/// Every file of Rust below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("src").join(file)
}
