//! `certwright`: the operations of the engine, and what looks at their results, for a shell.
//!
//! What was asked for goes to standard output, what was wrong to standard error. Exit codes: 0 for
//! success, 1 for a refusal or failure, 2 for wrong usage.

#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::unreachable, clippy::unwrap_used)]

mod arithmetic;
mod call;
mod completions;
mod config;
mod failure;
mod hexadecimal;
mod input;
mod inspect;
mod lint;
mod ops;
mod options;
mod output;
mod place;
#[cfg(feature = "serve")]
mod serve;
mod store;
mod store_verb;
mod values;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use self::call::Caller;
use self::failure::Failure;
use self::input::read_sealing_key;
use self::options::{Options, Verb};
use self::output::Output;

fn main() -> ExitCode {
    let mut output = Output::new();
    let options = Options::read();
    let answer = arithmetic::read()
        .and_then(|()| run(options, &mut output))
        .and_then(|()| Ok(output.flush()?));
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough, as `head` has.
        Err(_) if output.is_closed() => ExitCode::SUCCESS,
        Err(failure) => {
            // What was printed before comes first.
            let _ = output.flush();
            failure.report()
        }
    }
}

fn run(options: Options, output: &mut Output) -> Result<(), Failure> {
    let Options { store: before, verb } = options;
    match verb {
        Verb::Call(call) => {
            let options = before.and(call.store)?;
            call::run(Caller::Applicant, &options, &call.action, call.parameters, output)
        }
        Verb::Operate(call) => {
            let options = before.and(call.store)?;
            call::run(Caller::Operator, &options, &call.action, call.parameters, output)
        }
        Verb::Audit { store, key_file, expect_head } => {
            let (place, key_file) = before.store_and_key(store, key_file, "audit")?;
            let key = key_file.as_deref().map(read_sealing_key).transpose()?;
            let head = expect_head.map(|head| head.0);
            store::audit(&place, key.as_ref(), head.as_ref(), output)
        }
        Verb::Backup { store, path } => store::backup(&before.only_store(store, "backup")?, &path),
        Verb::Completions { shell } => {
            before.none("completions")?;
            completions::complete(shell, output)
        }
        Verb::Init { store } => store::init(&before.only_store(store, "init")?),
        Verb::Inspect(inspect) => {
            before.none("inspect")?;
            inspect::run(&inspect, output)
        }
        Verb::Lint(lint) => {
            before.none("lint")?;
            lint::run(&lint, output)
        }
        Verb::Ops { action } => {
            before.none("ops")?;
            ops::run(action.as_deref(), output)
        }
        Verb::Rules => {
            before.none("rules")?;
            config::show(output)
        }
        #[cfg(feature = "serve")]
        Verb::Serve(options) => {
            let store = before.and(options.store.clone())?;
            serve::run(&options, &store, output)
        }
        Verb::Store { verb } => {
            before.none("store")?;
            store::run(verb)
        }
        Verb::Verify(verify) => {
            before.none("verify")?;
            verify::run(&verify, output)
        }
    }
}
