//! The table of imports, and what a source file does against it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::source::{mentions, tokens};

/// Each module, its layer, and the modules it may import.
#[rustfmt::skip]
pub const MODULES: &[(&str, u8, &[&str])] = &[
    // A crate of its own, which uses what everybody may use.
    ("bin", 7, &[]),

    ("authority", 6, &["algorithm", "certificate", "chain", "crl", "distribution", "error", "hexadecimal", "issuer", "key", "ledger", "limits", "lint",
        "name", "openssl_ca", "policy", "profile", "request", "revocation_list", "serial", "store", "validity"]),
    // A client of what everybody may use: CLIENTS.
    ("cas", 6, &[]),
    ("conversions", 6, &["certificate", "chain", "error", "key", "name", "request", "revocation_list", "validity"]),
    ("testing", 6, &["error", "store"]),

    ("crl", 5, &["algorithm", "distribution", "error", "issuer", "ledger", "limits", "lint", "profile",
        "revocation_list", "usage", "validity", "wire"]),

    ("openssl_ca", 5, &["algorithm", "certificate", "error", "hexadecimal", "issuer", "ledger", "limits", "name",
        "oid", "serial", "validity", "wire"]),

    ("issuer", 5, &["algorithm", "certificate", "chain", "distribution", "error", "hexadecimal", "key",
        "limits", "lint", "name", "oid", "policy", "profile", "serial", "usage", "validity", "wire"]),

    ("ledger", 4, &["algorithm", "certificate", "chain", "error", "hexadecimal", "key", "limits", "name", "request",
        "serial", "store", "validity"]),
    ("lint", 4, &["error", "hexadecimal", "limits", "oid", "usage", "validity", "wire"]),
    ("policy", 4, &["algorithm", "error", "key", "name", "oid", "profile", "request", "usage",
        "validity"]),
    ("store", 4, &["error", "key", "limits"]),

    ("certificate", 3, &["algorithm", "error", "key", "name", "oid", "profile", "serial", "usage",
        "validity", "wire"]),
    ("chain", 3, &["algorithm", "certificate", "error", "key", "limits", "name", "oid", "revocation_list",
        "usage", "validity", "wire"]),
    ("request", 3, &["algorithm", "error", "key", "limits", "name", "oid", "profile", "usage",
        "wire"]),
    ("revocation_list", 3, &["algorithm", "error", "key", "limits", "name", "oid", "serial", "validity",
        "wire"]),

    ("key", 2, &["algorithm", "arithmetic", "curves", "error", "hashes", "lanes", "limits", "oid", "profile", "wire"]),

    ("carry", 1, &[]),
    ("curves", 1, &["carry", "vectors"]),
    ("hashes", 1, &["arithmetic", "vectors"]),
    ("lanes", 1, &["arithmetic", "scalar", "vectors"]),
    ("scalar", 1, &["carry"]),
    ("vectors", 1, &[]),
    ("wire", 1, &["algorithm", "error", "hexadecimal", "limits", "name", "oid", "profile", "serial", "usage",
        "validity"]),

    ("algorithm", 0, &["error", "limits", "oid"]),
    ("arithmetic", 0, &[]),
    ("distribution", 0, &["error", "hexadecimal", "limits", "serial"]),
    ("error", 0, &[]),
    ("hexadecimal", 0, &[]),
    ("limits", 0, &[]),
    ("name", 0, &["error", "hexadecimal", "limits", "oid"]),
    ("oid", 0, &["error"]),
    ("profile", 0, &["algorithm", "error", "name", "oid", "usage", "validity"]),
    ("serial", 0, &["error", "hexadecimal", "limits"]),
    ("usage", 0, &["oid"]),
    ("validity", 0, &["error"]),
];

/// Each crate we depend on, and the modules that may name it, or folders of one. `WORDS` stands for
/// layer 0.
pub const FOREIGN: &[(&str, &[&str])] = &[
    ("aes", &["key"]),
    ("aes_gcm", &["key"]),
    ("argon2", &["key"]),
    ("axum", &[SERVE]),
    ("base64ct", &["cas", "wire", SERVE]),
    ("cbc", &["key"]),
    ("chacha20", &["key", "testing"]),
    ("chacha20poly1305", &["key"]),
    ("clap", &["bin"]),
    ("clap_complete", &["bin"]),
    ("crypto_bigint", &["key", ORACLE, SCALAR]),
    ("crypto_primes", &["key", ORACLE, SCALAR]),
    ("der", &["conversions", "key", "wire", WORDS]),
    ("des", &["key"]),
    ("ecdsa", &["key"]),
    ("getrandom", &["key"]),
    ("hmac", &[SERVE]),
    ("hyper", &[SERVE]),
    ("hyper_util", &[SERVE]),
    ("idna", &["name"]),
    ("jiff", &["validity"]),
    ("md5", &["cas", "key"]),
    ("p256", &["key"]),
    ("p384", &["key"]),
    ("p521", &["key"]),
    ("pem_rfc7468", &["wire"]),
    ("pbkdf2", &["key"]),
    ("percent_encoding", &[SERVE]),
    ("pki_types", &["conversions"]),
    ("rand_core", &["authority", "cas", "key", "ledger", "serial", "testing"]),
    ("redb", &["store"]),
    ("rfc6979", &["key"]),
    ("rsa", &["key", ORACLE, SCALAR]),
    ("rustls", &[SERVE, POSTGRES]),
    ("rustls_graviola", &[SERVE, POSTGRES]),
    ("scrypt", &["key"]),
    ("serde", &["bin", "cas"]),
    ("serde_json", &["bin", "cas"]),
    ("sha1", &["key", SERVE]),
    ("sha2", &["cas", HASHES, "key", SERVE]),
    ("sm2", &["key"]),
    ("sm3", &[HASHES, "key", SERVE]),
    ("sm4", &["key"]),
    ("subtle", &["key"]),
    ("tokio", &[SERVE, POSTGRES]),
    ("tokio_postgres", &[POSTGRES]),
    ("tokio_rustls", &[SERVE, POSTGRES]),
    ("toml", &["bin"]),
    ("tower", &[SERVE]),
    ("tracing", &[SERVE]),
    ("tracing_subscriber", &[SERVE]),
    ("unicode_normalization", &["name"]),
    ("x509_cert", &["conversions"]),
    (
        "zeroize",
        &[
            "bin", "cas", "curves", "key", "lanes", "ledger", "request", "scalar", "vectors",
            "wire", POSTGRES,
        ],
    ),
];

const WORDS: &str = "layer 0";

/// The store that machines share.
const POSTGRES: &str = "store/postgres";

/// The command's service.
const SERVE: &str = "bin/certwright/serve";

/// Modules that import what the root of the crate exports, and nothing else. That they use no private method
/// either is what tests/cas_outside compiles.
const CLIENTS: &[&str] = &["cas"];

/// The tests of the arithmetic, which compare it with other crates'.
const ORACLE: &str = "lanes/tests";

/// What `hashes` is held against.
const HASHES: &str = "hashes/tests";
const SCALAR: &str = "scalar/tests";

/// The one module that may be `unsafe`: arithmetic that knows nothing of certificates.
const UNSAFE_MODULE: &str = "vectors";

/// Imports of a file above, and why.
const BOTH_WAYS: &[(&str, &str)] = &[
    // Rust has no generic statics: each curve says where the tables of its generator are.
    ("curves/curve", "curves/tables"),
];

pub const LINES_OF_A_FILE: usize = 400;

/// What a source file, named by its path below `src`, does against the tables.
pub fn violations(file: &str, text: &str) -> Vec<String> {
    let module = top_module_of(file);
    let mut found = Vec::new();
    let imports = match (row(&module), module.as_str()) {
        (Some(row), _) => row.2,
        // The root declares the modules and re-exports from them.
        (None, "lib") => &[],
        (None, _) => {
            found.push(format!("src/{file}: {module} is not in the table"));
            &[]
        }
    };
    for mention in mentions(&module_of(file), text) {
        let path = mention.path.join("::");
        let place = format!("src/{file}:{}", mention.line);
        let first = mention.path.first().map_or("", String::as_str);
        let target = mention.path.get(1).map_or("the root", String::as_str);
        if first == "std" && target == "env" && module != "bin" && !file.contains("/tests/") {
            // Whoever starts a process would decide over whoever embeds the library.
            found.push(format!("{place}: {module} may not read the environment ({path})"));
        } else if first == "crate" && module != "lib" {
            let exported = CLIENTS.contains(&module.as_str()) && is_exported(target);
            if row(&module).is_some() && target != module && !imports.contains(&target) && !exported
            {
                found.push(format!("{place}: {module} may not import {target} ({path})"));
            }
        } else if let Some((_, modules)) = FOREIGN.iter().find(|row| row.0 == first)
            && !modules.iter().any(|row| module == *row || file.starts_with(&format!("{row}/")))
            && !(modules.contains(&WORDS) && row(&module).is_some_and(|row| row.1 == 0))
        {
            found.push(format!("{place}: {module} may not name the crate {first} ({path})"));
        }
    }
    let tokens = tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        let text = |at: usize| tokens.get(at).map_or("", |token| &token.text);
        let forbidden = match token.text.as_str() {
            "unsafe" => module != UNSAFE_MODULE,
            // Ways to take in the text of another module.
            "path" => text(at.saturating_sub(1)) == "[" && text(at + 1) == "=",
            "include" => text(at + 1) == "!",
            _ => false,
        };
        if forbidden {
            found.push(format!("src/{file}:{}: {} may not stand here", token.line, token.text));
        }
    }
    found
}

/// Which files each file imports of its own module, the roots of modules apart. Files are named by their path
/// below `src`, without the ending.
pub fn imports_of_files(sources: &[(String, String)]) -> BTreeMap<&str, Vec<&str>> {
    let name = |file: &'_ str| -> Option<usize> {
        let bare = file.strip_suffix(".rs")?;
        let is_root = bare.ends_with("/mod") || bare.ends_with("/main") || !bare.contains('/');
        (!is_root && !bare.contains("tests")).then_some(bare.len())
    };
    let files: BTreeMap<Vec<String>, &str> = sources
        .iter()
        .filter_map(|(file, _)| Some((module_of(file), file.get(..name(file)?)?)))
        .collect();
    let mut graph: BTreeMap<&str, Vec<&str>> =
        files.values().map(|file| (*file, Vec::new())).collect();
    for (file, text) in sources {
        let module = module_of(file);
        let Some(from) = files.get(&module) else { continue };
        // Tests below a file are not part of it.
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        for mention in mentions(&module, text) {
            let Some(path) = mention.path.split_first().filter(|(first, _)| *first == "crate")
            else {
                continue;
            };
            // The longest beginning of the path that is a file.
            let target = (1..=path.1.len()).rev().find_map(|length| files.get(&path.1[..length]));
            let Some(to) =
                target.filter(|to| *to != from && top_module_of(to) == top_module_of(from))
            else {
                continue;
            };
            let imports = graph.get_mut(from).unwrap();
            if !imports.contains(to) && !BOTH_WAYS.contains(&(from, to)) {
                imports.push(to);
            }
        }
    }
    graph
}

/// Whether the root of the crate exports a name: a public module, or what is re-exported.
fn is_exported(name: &str) -> bool {
    static EXPORTED: LazyLock<Vec<String>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("src/lib.rs");
        let root = fs::read_to_string(root).unwrap();
        let names = |line: &str| {
            let module =
                line.strip_prefix("pub mod ").map(|rest| rest.trim_end_matches([' ', '{', ';']));
            let item = line.strip_prefix("pub use ").map(|rest| rest.trim_end_matches(['}', ';']));
            let items = item.map(|path| path.rsplit(['{', ':']).next().unwrap());
            module.or(items).unwrap_or_default().split(", ").map(str::to_owned).collect::<Vec<_>>()
        };
        root.lines().flat_map(names).collect()
    });
    EXPORTED.iter().any(|exported| exported == name)
}

pub fn row(module: &str) -> Option<&'static (&'static str, u8, &'static [&'static str])> {
    MODULES.iter().find(|row| row.0 == module)
}

/// The module of a path below `src`: its first component.
pub fn top_module_of(file: &str) -> String {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

/// The module path of a path below `src`: `key/pair.rs` is `[key, pair]`, `lib.rs` is `[]`.
fn module_of(file: &str) -> Vec<String> {
    let mut module: Vec<String> =
        file.strip_suffix(".rs").unwrap().split('/').map(str::to_owned).collect();
    if matches!(module.last().unwrap().as_str(), "lib" | "mod") {
        module.pop();
    }
    module
}
