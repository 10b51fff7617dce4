//! The rules: the service's, but for what options and a file of rules say.

use std::fmt;
use std::path::Path;

use certwright::Error;
use certwright::cas::{Config, SubjectFromCsr, ValidityRule};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::input::{JSON_BYTES, file_error, read_text};
use super::options::StoreOptions;
use super::output::given;

/// The rules of a call. An option counts more than the file.
pub fn config(options: &StoreOptions) -> Result<Config, Error> {
    let mut config = Config::default();
    if let Some(path) = &options.config {
        read_rules(path, &mut config)?;
    }
    if options.crl_base_url.is_some() {
        config.crl_base_url.clone_from(&options.crl_base_url);
    }
    if options.order_issuer.is_some() {
        config.order_issuer = options.order_issuer;
    }
    if options.lenient_validity {
        config.validity = ValidityRule::Lenient;
    }
    Ok(config)
}

fn read_rules(path: &Path, config: &mut Config) -> Result<(), Error> {
    let text = read_text(path, JSON_BYTES)?;
    let Rules(rules) = serde_json::from_str(&text).map_err(|error| match error.is_data() {
        true => file_error(path, error.to_string()),
        false => file_error(path, format!("not JSON: {error}")),
    })?;
    for (at, (name, value)) in rules.iter().enumerate() {
        if rules.iter().take(at).any(|(other, _)| other == name) {
            let name = Value::from(name.as_str());
            return Err(file_error(path, format!("the rule {name} is given twice")));
        }
        set(config, name, value).map_err(|allowed| {
            // As JSON a text is escaped.
            let (name, value) =
                (given(&Value::from(name.as_str()).to_string()), given(&value.to_string()));
            file_error(path, format!("{name}: given {value}, allowed {allowed}"))
        })?;
    }
    Ok(())
}

/// The rules of a file, also those that are there twice, which a map would lose.
struct Rules(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Rules;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Rules, A::Error> {
                let mut rules = Vec::new();
                while let Some(rule) = given.next_entry()? {
                    rules.push(rule);
                }
                Ok(Rules(rules))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// Sets one rule, or says what it may be.
fn set(config: &mut Config, name: &str, value: &Value) -> Result<(), String> {
    let text = || value.as_str().map(str::to_owned).ok_or("a string");
    let choice = |one: &str, other: &str| match value.as_str() {
        Some(chosen) if chosen == one => Ok(true),
        Some(chosen) if chosen == other => Ok(false),
        _ => Err(format!("{one:?} or {other:?}")),
    };
    match name {
        "authority_country" => config.authority_country = text()?,
        "client_country" => config.client_country = text()?,
        "crl_base_url" => config.crl_base_url = Some(text()?),
        "crl_day" => config.crl_day = value.as_i64().ok_or("a number of days")?,
        "default_product" => config.default_product = text()?,
        "order_issuer" => {
            let identifier = text()?.parse().map_err(|_| "the identifier of a CA")?;
            config.order_issuer = Some(identifier);
        }
        "organization" => config.organization = text()?,
        "organization_unit" => config.organization_unit = text()?,
        "subject_from_csr" => {
            let copy = choice("copy", "ignore")?;
            config.subject_from_csr =
                if copy { SubjectFromCsr::Copy } else { SubjectFromCsr::Ignore };
        }
        "validity" => {
            let lenient = choice("lenient", "strict")?;
            config.validity = if lenient { ValidityRule::Lenient } else { ValidityRule::Strict };
        }
        _ => return Err("the rules that `certwright call --help` lists".to_owned()),
    }
    Ok(())
}
