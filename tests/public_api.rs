//! No type of another crate is in a public signature, the traits of rand_core apart. The compiler says
//! what is public: `cargo test --test public_api -- --ignored`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value};

/// Crates whose items may be named.
const ALLOWED: [&str; 4] = ["alloc", "core", "rand_core", "std"];

#[test]
#[ignore = "reads a form of the documentation that is not stable"]
fn no_foreign_type_is_in_a_public_signature() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let status = Command::new("cargo")
        .current_dir(root)
        .env("RUSTDOC", root.join(".ci/rustdoc"))
        .args(["rustdoc", "--quiet", "--package", "certwright", "--lib", "--target-dir", "target"])
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .status()
        .unwrap();
    assert!(status.success());
    let json = std::fs::read(root.join("target/doc/certwright.json")).unwrap();
    let api: Value = serde_json::from_slice(&json).unwrap();
    let items = api["index"].as_object().unwrap();
    assert!(items.len() > 1_000, "only {} items: the form of the output has changed", items.len());

    let mut foreign = BTreeSet::new();
    let mut signatures = 0;
    for item in items.values().filter(|item| item["crate_id"] == 0) {
        let (kind, inner) = item["inner"].as_object().unwrap().iter().next().unwrap();
        // What a trait of another crate asks for is its matter; what is inside an implementation is
        // an item of its own.
        let named = match kind.as_str() {
            "impl" | "use" | "module" => continue,
            _ if !is_public(item) => continue,
            _ => inner,
        };
        if implements_foreign(item, items, &api) {
            continue;
        }
        signatures += 1;
        let mut visit = |id: &Value| {
            let Some(crate_name) = crate_of(id, &api) else { return };
            if !ALLOWED.contains(&crate_name.as_str()) {
                foreign.insert(format!("{}: {crate_name}", item["name"].as_str().unwrap_or("?")));
            }
        };
        paths(named, &mut visit);
    }
    assert!(signatures > 500, "only {signatures} signatures: the form of the output has changed");
    assert!(foreign.is_empty(), "{}", foreign.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Items of implementations of traits have the default visibility, and so have variants.
fn is_public(item: &Value) -> bool {
    item["visibility"] == "public" || item["visibility"] == "default"
}

/// Whether an item belongs to the implementation of another crate's trait.
fn implements_foreign(item: &Value, items: &Map<String, Value>, api: &Value) -> bool {
    items.values().any(|other| {
        let implementation = &other["inner"]["impl"];
        let within = implementation["items"].as_array();
        within.is_some_and(|within| within.contains(&item["id"]))
            && crate_of(&implementation["trait"]["id"], api).is_some()
    })
}

/// The name of another crate that an item is of.
fn crate_of(id: &Value, api: &Value) -> Option<String> {
    let path = &api["paths"][id.to_string()];
    let number = path["crate_id"].as_u64().filter(|number| *number != 0)?;
    let named = api["external_crates"][number.to_string()]["name"].as_str();
    named.map(str::to_owned)
}

/// Every path that is named in a signature: types and traits have an `id` and a `path`.
fn paths(value: &Value, visit: &mut dyn FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| paths(item, visit)),
        Value::Object(fields) => {
            if fields.contains_key("path") && fields.contains_key("id") {
                visit(&fields["id"]);
            }
            // The list of a type's implementations is no part of its signature.
            fields
                .iter()
                .filter(|(name, _)| *name != "impls" && *name != "implementations")
                .for_each(|(_, field)| paths(field, visit));
        }
        _ => {}
    }
}
