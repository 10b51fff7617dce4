//! `certwright ops`: the operations and their parameters, from the library's own tables.

use std::io::Write as _;

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS, Operation, ParameterHelp};

use super::failure::Failure;
use super::output::{Output, wrapped};

pub fn run(action: Option<&str>, output: &mut Output) -> Result<(), Failure> {
    let found = all().find(|operation| Some(operation.name) == action);
    match found {
        Some(operation) => show(operation, output)?,
        None => list(output)?,
    }
    Ok(())
}

fn list(output: &mut Output) -> std::io::Result<()> {
    let width = all().map(|operation| operation.name.len()).max().unwrap_or(0);
    for operation in all() {
        let Operation { name, description, .. } = operation;
        let description = first_sentence(description);
        writeln!(output, "{name:<width$}  {:<10}  {description}", version(operation))?;
    }
    Ok(())
}

fn show(operation: &Operation, output: &mut Output) -> std::io::Result<()> {
    let description = operation.description.trim();
    writeln!(output, "{} ({})\n\n{}", operation.name, version(operation), wrapped(description, 0))?;
    for (heading, parts) in
        [("Parameters", operation.parameters()), ("Answer", operation.answers())]
    {
        writeln!(output, "\n{heading}")?;
        if parts.is_empty() {
            writeln!(output, "  none")?;
        }
        show_parts(&parts, heading == "Parameters", 1, output)?;
    }
    Ok(())
}

fn show_parts(
    parts: &[ParameterHelp],
    given: bool,
    level: usize,
    output: &mut Output,
) -> std::io::Result<()> {
    let indent = 4 * level - 2;
    for ParameterHelp { name, kind, required, description, parts } in parts {
        // What an answer has is not asked of anybody.
        let required = if given && *required { ", required" } else { "" };
        writeln!(output, "{:indent$}{name} ({kind}{required})", "")?;
        if !description.is_empty() {
            writeln!(output, "{}", wrapped(description, indent + 4))?;
        }
        show_parts(parts, given, level + 1, output)?;
    }
    Ok(())
}

fn version(operation: &Operation) -> &'static str {
    operation.version.unwrap_or("operate")
}

/// Those of `certwright call`, then those of `certwright operate`.
fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(OPERATOR_OPERATIONS)
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}
