//! `certwright completions`: scripts for shells.

use std::io::Write as _;

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS};
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::failure::Failure;
use super::options::{Options, actions, names};
use super::output::Output;

/// Writes a script that completes the command line.
pub fn complete(shell: Shell, output: &mut Output) -> Result<(), Failure> {
    // An unknown operation is the service's to refuse, but the shell knows the known ones.
    let known = |verb: clap::Command, operations| {
        verb.mut_arg("action", |action| action.value_parser(actions(operations)))
    };
    let mut command = Options::command()
        .mut_subcommand("call", |verb| known(verb, &[OPERATIONS]))
        .mut_subcommand("operate", |verb| known(verb, &[OPERATOR_OPERATIONS]));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "certwright", &mut script);
    output.write_all(&script)?;
    if shell == Shell::Fish {
        // Which clap_complete gives no arguments but options.
        for (verb, lists) in [
            ("call", &[OPERATIONS][..]),
            ("operate", &[OPERATOR_OPERATIONS]),
            ("ops", &[OPERATIONS, OPERATOR_OPERATIONS]),
        ] {
            let names = names(lists).collect::<Vec<_>>().join(" ");
            let verb = format!("__fish_seen_subcommand_from {verb}");
            writeln!(output, "complete -c certwright -n \"{verb}\" -a \"{names}\"")?;
        }
    }
    Ok(())
}
