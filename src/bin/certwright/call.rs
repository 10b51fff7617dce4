//! `certwright call`: an operation, on a store, once.

use std::io::Write as _;
use std::path::Path;

use certwright::cas::{Cas, Config, OPERATIONS};
use certwright::{Error, FixedClock, MemoryStore, SystemClock};
use serde_json::Value;

use super::config::config;
use super::failure::Failure;
use super::input::{JSON_OCTETS, read_sealing_key, read_text};
use super::options::StoreOptions;
use super::output::Output;
use super::store;

pub fn run(
    options: &StoreOptions,
    action: &str,
    parameters: String,
    output: &mut Output,
) -> Result<(), Failure> {
    let place = options.store()?;
    // All that can be wrong without a store is, before one is opened.
    let parameters = read_parameters(parameters).map_err(Failure::of_call)?;
    if OPERATIONS.iter().all(|operation| operation.name != action) {
        let nowhere = Cas::new(MemoryStore::default(), SystemClock, Config::default());
        return Ok(answer(nowhere.call(action, &parameters.to_string())?, output)?);
    }
    let config = config(options).map_err(Failure::of_call)?;
    let key = options.key_file.as_deref().map(read_sealing_key).transpose();
    let key = key.map_err(Failure::of_call)?;

    let store = store::open(&place, key.as_ref(), options.wait).map_err(Failure::of_call)?;
    let cas = match options.now {
        Some(now) => Cas::new(store, FixedClock(now), config),
        None => Cas::new(store, SystemClock, config),
    };
    let cas = cas.with_actor(&options.actor.clone().unwrap_or_else(user));
    if let Some(key) = &key {
        cas.ledger().unlock(key).map_err(Failure::of_call)?;
    }
    Ok(answer(cas.call(action, &parameters.to_string())?, output)?)
}

/// The parameters that are given as a text, as `@` and a file, or as `-` for standard input.
fn read_parameters(given: String) -> Result<Value, Error> {
    let text = match given.strip_prefix('@') {
        Some(path) => read_text(Path::new(path), JSON_OCTETS)?,
        None if given == "-" => read_text(Path::new("-"), JSON_OCTETS)?,
        None => given.into(),
    };
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| Error::malformed("parameters", "", format!("not JSON: {error}")))
}

fn answer(answer: String, output: &mut Output) -> std::io::Result<()> {
    writeln!(output, "{}", pretty(&answer))?;
    output.flush()
}

/// JSON with a line for each value.
pub fn pretty(json: &str) -> String {
    serde_json::from_str::<Value>(json).map_or(json.to_owned(), |json| format!("{json:#}"))
}

/// Who runs this, as far as the environment knows.
fn user() -> String {
    let names =
        ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "cli".to_owned())
}
