//! `certwright call`: an operation, on a store, once.

use std::io::Write as _;
use std::path::Path;

use certwright::cas::{
    Answered, Cas, CasError, Config, OPERATIONS, OPERATOR_OPERATIONS, Operation,
};
use certwright::time::{FixedClock, SystemClock};
use certwright::{Error, MemoryStore};

use super::config::config;
use super::failure::Failure;
use super::input::{JSON_BYTES, read_sealing_key, read_text};
use super::options::StoreOptions;
use super::output::{Output, notice, plain, pretty};
use super::store;

/// Who calls: `call` is for the operations of the service, `operate` for those of its operator.
#[derive(Clone, Copy)]
pub enum Caller {
    Applicant,
    Operator,
}

impl Caller {
    fn operations(self) -> &'static [Operation] {
        match self {
            Self::Applicant => OPERATIONS,
            Self::Operator => OPERATOR_OPERATIONS,
        }
    }

    fn call(self, cas: &Cas, action: &str, parameters: &str) -> Result<Answered<String>, CasError> {
        match self {
            Self::Applicant => cas.call_with_outcome(action, parameters),
            Self::Operator => cas.operator().call_with_outcome(action, parameters),
        }
    }
}

pub fn run(
    caller: Caller,
    options: &StoreOptions,
    action: &str,
    parameters: String,
    output: &mut Output,
) -> Result<(), Failure> {
    let place = options.store()?;
    // All that can be wrong without a store is, before one is opened.
    let parameters = read_parameters(parameters).map_err(Failure::of_call)?;
    match Operation::find(caller.operations(), action, &parameters) {
        Some(operation) => operation.check(&parameters)?,
        None => {
            let nowhere = Cas::new(MemoryStore::default(), SystemClock, Config::default());
            return Ok(answer(caller.call(&nowhere, action, &parameters)?, output)?);
        }
    }
    let config = config(options).map_err(Failure::of_call)?;
    let key = options.key_file.as_deref().map(read_sealing_key).transpose();
    let key = key.map_err(Failure::of_call)?;

    let store = store::open(&place, key.as_ref(), options.wait);
    let store = store.map_err(Failure::of_call)?.store();
    let cas = match options.now {
        Some(now) => Cas::new(store, FixedClock(now), config),
        None => Cas::new(store, SystemClock, config),
    };
    let cas = cas.with_actor(&options.actor.clone().unwrap_or_else(user));
    if let Some(key) = &key {
        cas.ledger().unlock(key).map_err(Failure::of_call)?;
    }
    Ok(answer(caller.call(&cas, action, &parameters)?, output)?)
}

/// The parameters that are given as a text, as `@` and a file, or as `-` for standard input. They stay
/// text: what is given twice would be lost in a value.
fn read_parameters(given: String) -> Result<String, Error> {
    let text = match given.strip_prefix('@') {
        Some(path) => read_text(Path::new(path), JSON_BYTES)?,
        None if given == "-" => read_text(Path::new("-"), JSON_BYTES)?,
        None => given.into(),
    };
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The answer is the service's; what of the request was left out is said beside it.
fn answer(answered: Answered<String>, output: &mut Output) -> std::io::Result<()> {
    writeln!(output, "{}", pretty(&answered.answer))?;
    output.flush()?;
    for item in answered.left_out() {
        notice(&format!("left out: {}", plain(&item.to_string())));
    }
    Ok(())
}

/// Who runs this, as far as the environment knows.
fn user() -> String {
    let names =
        ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "cli".to_owned())
}
