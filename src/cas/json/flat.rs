//! The flat form of parameters that RPC clients send: `Tags.1.Key=k` is `Tags: [{Key: k}]`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::limits::{FLAT_LEVELS, FLAT_PARAMETERS, LIST_ITEMS};
use super::schema::{Problems, shown};

/// Parameters that every call of the service has; they say nothing here. (I: the authentication of
/// callers is the embedder's.)
const COMMON: [&str; 11] = [
    "AccessKeyId",
    "Lang",
    "RegionId",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "SourceIp",
    "Timestamp",
];

/// What flat names come to: branches and leaves.
enum Tree {
    Branch(BTreeMap<String, Tree>),
    Leaf(Value),
}

/// The nested form of parameters, whichever form they were given in, without those that are common
/// to all calls.
pub(crate) fn nested(given: Map<String, Value>, problems: &mut Problems) -> Map<String, Value> {
    if given.len() > FLAT_PARAMETERS {
        let count = given.len();
        problems.wrong.push(format!("given {count} parameters, at most {FLAT_PARAMETERS}"));
        return Map::new();
    }
    let mut root = BTreeMap::new();
    for (name, value) in given {
        if COMMON.contains(&name.as_str()) {
            continue;
        }
        let levels: Vec<&str> = name.split('.').collect();
        let good = levels.len() <= FLAT_LEVELS && levels.iter().all(|level| !level.is_empty());
        if !good || !plant(&mut root, &levels, value) {
            let name = shown(&Value::String(name));
            let allowed = format!("a name of at most {FLAT_LEVELS} levels, given once");
            problems.wrong.push(format!("parameter {name}: allowed {allowed}"));
        }
    }
    root.into_iter().map(|(name, tree)| (name.clone(), grown(tree, &name, problems))).collect()
}

/// Puts a leaf at its place, unless something is there.
fn plant(branch: &mut BTreeMap<String, Tree>, levels: &[&str], value: Value) -> bool {
    let Some((first, rest)) = levels.split_first() else { return false };
    if rest.is_empty() {
        let free = !branch.contains_key(*first);
        if free {
            branch.insert((*first).to_owned(), Tree::Leaf(value));
        }
        return free;
    }
    let below = branch.entry((*first).to_owned()).or_insert_with(|| Tree::Branch(BTreeMap::new()));
    match below {
        Tree::Branch(below) => plant(below, rest, value),
        Tree::Leaf(_) => false,
    }
}

/// A branch whose names are 1, 2, 3 … is a list.
fn grown(tree: Tree, place: &str, problems: &mut Problems) -> Value {
    let branch = match tree {
        Tree::Leaf(value) => return value,
        Tree::Branch(branch) => branch,
    };
    let is_list = branch.keys().all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    let grown = branch.into_iter().map(|(name, tree)| {
        let value = grown(tree, &format!("{place}.{name}"), problems);
        (name, value)
    });
    if !is_list {
        return Value::Object(grown.collect());
    }
    let count = grown.len();
    let mut items: BTreeMap<usize, Value> = BTreeMap::new();
    for (name, value) in grown {
        // 1, not 01.
        let number = name.parse().ok().filter(|number: &usize| number.to_string() == name);
        items.extend(number.map(|number| (number, value)));
    }
    let in_order = count <= LIST_ITEMS && items.keys().copied().eq(1..=count);
    if !in_order {
        let allowed = format!("numbered from 1 on without a gap, at most {LIST_ITEMS}");
        problems.wrong.push(format!("{}: allowed {allowed}", shown(&Value::from(place))));
    }
    Value::Array(items.into_values().collect())
}
