//! certwright beside its peers: the same work in one process, on one core, in turns.

mod chart;
mod measure;
mod operations;
mod options;
mod peers;
mod table;

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use operations::{ALGORITHMS, Kind, measure};
use options::{HELP, Options, options};
use table::{Row, print_head, print_row, to_json};

fn main() -> ExitCode {
    match options().and_then(|options| options.map_or_else(help, |options| run(&options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("certwright-peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> Result<(), Box<dyn Error>> {
    print!("{HELP}");
    Ok(())
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let chosen: Vec<_> = Kind::ALL
        .into_iter()
        .flat_map(|kind| {
            ALGORITHMS.map(|(name, algorithm)| (kind.operation(name), kind, algorithm))
        })
        .filter(|(operation, ..)| operation.contains(&options.only))
        .collect();
    if chosen.is_empty() {
        return Err(format!("no operation has {:?} in its name; see --help", options.only).into());
    }
    print_head(options.effort, pin());
    let mut rows = Vec::new();
    for (operation, kind, algorithm) in chosen {
        let row = Row { operation, kind, timings: measure(kind, algorithm, options.effort) };
        print_row(&row);
        rows.push(row);
    }
    if let Some(file) = &options.json {
        fs::write(file, to_json(&rows))?;
    }
    if let Some(file) = &options.chart {
        chart::draw(file, &rows)?;
    }
    Ok(())
}

/// Keeps this thread, the only one, on the last core it may run on: the first has more interrupts.
fn pin() -> Option<usize> {
    let core = core_affinity::get_core_ids()?.pop()?;
    core_affinity::set_for_current(core).then_some(core.id)
}
