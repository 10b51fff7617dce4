//! The rules: the service's, but for what options and a file of rules say.

use std::io::Write as _;
use std::path::Path;

use certwright::Error;
use certwright::cas::{Config, ParameterHelp, ValidityRule};
use serde_json::{Map, Value};

use super::arithmetic;
use super::failure::Failure;
use super::input::{JSON_BYTES, file_error, read_text};
use super::options::StoreOptions;
use super::output::{Output, given, wrapped};

/// The rules of a call. An option counts more than the file, and so does the environment.
pub fn config(options: &StoreOptions) -> Result<Config, Error> {
    let mut config = match &options.config {
        Some(path) => read_rules(path)?,
        None => Config::default(),
    };
    if options.crl_base_url.is_some() {
        config.crl_base_url.clone_from(&options.crl_base_url);
    }
    if !options.order_issuer.is_empty() {
        config.order_issuers.clone_from(&options.order_issuer);
    }
    if options.lenient_validity {
        config.validity = ValidityRule::Lenient;
    }
    if let Some(arithmetic) = arithmetic::asked() {
        config.arithmetic = arithmetic;
    }
    Ok(config)
}

/// TOML where the file is called so, else JSON.
fn read_rules(path: &Path) -> Result<Config, Error> {
    let text = read_text(path, JSON_BYTES)?;
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let json = match is_toml {
        true => &*toml(&text).map_err(|problem| file_error(path, problem))?.into_boxed_str(),
        false => &**text,
    };
    Config::from_json(json).map_err(|error| file_error(path, error.message()))
}

/// The JSON of a TOML text, or what is wrong with it and where.
fn toml(text: &str) -> Result<String, String> {
    let read: Result<Value, toml::de::Error> = toml::from_str(text);
    read.map(|read| read.to_string()).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        given(&format!("not TOML: {} at line {line}", error.message()))
    })
}

/// Prints every rule with its default and what it means, as a file for `--config`.
pub fn show(output: &mut Output) -> Result<(), Failure> {
    let defaults: Map<String, Value> =
        serde_json::from_str(&Config::default().to_json()).unwrap_or_default();
    let head = "Every rule of the operations, with its default: `certwright rules` prints this file, and \
                `certwright --config FILE call …` reads it, in TOML or as a JSON object. What a file does not \
                name is as it is here. Marks: S is a page of the service's documentation, F a fact from its \
                published models and help pages, I inferred.";
    comment(head, output)?;
    for ParameterHelp { name, kind, description, .. } in Config::rules() {
        writeln!(output)?;
        comment(&description.replace('`', ""), output)?;
        let kind =
            kind.strip_prefix("list of ").map_or(kind.clone(), |of| format!("a list, each a {of}"));
        comment(&format!("Allowed: {kind}."), output)?;
        match defaults.get(&name) {
            None | Some(Value::Null) => writeln!(output, "# {name} = (none)")?,
            Some(Value::Array(items)) if items.first().is_some_and(|item| !item.is_string()) => {
                writeln!(output, "{name} = [")?;
                for item in items {
                    writeln!(output, "    {},", as_toml(item))?;
                }
                writeln!(output, "]")?;
            }
            Some(value) => writeln!(output, "{name} = {}", as_toml(value))?,
        }
    }
    Ok(())
}

fn comment(text: &str, output: &mut Output) -> std::io::Result<()> {
    wrapped(text, 2).lines().try_for_each(|line| writeln!(output, "# {}", line.trim_start()))
}

/// A value in TOML, on one line: structures apart, it is written as in JSON.
fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name} = {}", as_toml(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(as_toml).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
