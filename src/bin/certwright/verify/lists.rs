//! The revocation lists of `certwright verify`, and the files they came from.

use std::path::PathBuf;

use certwright::Error;
use certwright::crl::RevocationList;
use certwright::verify::{UnusedList, Verified};

use super::super::failure::Failure;
use super::super::input::read_lists;

/// Lists in the order they were given.
pub struct Lists {
    pub all: Vec<RevocationList>,
    /// The file of each list.
    files: Vec<PathBuf>,
}

impl Lists {
    pub fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut lists = Self { all: Vec::new(), files: Vec::new() };
        for path in paths {
            let read = read_lists(path)?;
            lists.files.extend(read.iter().map(|_| path.clone()));
            lists.all.extend(read);
        }
        Ok(lists)
    }

    /// Refuses where a file has no list that told something of a link: whoever gave it believes that
    /// it was asked.
    pub fn refuse_unserved(&self, verified: &Verified) -> Result<(), Failure> {
        let unused = verified.unused_lists();
        let used = |file: &PathBuf| {
            let of_file = self.files.iter().enumerate().filter(|(_, other)| *other == file);
            of_file.into_iter().any(|(at, _)| unused.iter().all(|list| list.position != at))
        };
        let Some(file) = self.files.iter().find(|file| !used(file)) else { return Ok(()) };
        let reasons: Vec<String> =
            unused.iter().filter(|list| self.file(list) == Some(file)).map(say).collect();
        Err(Failure::Reason(format!(
            "--crl {}: it tells nothing of any link: {}; leave it out, or give the lists of the \
             issuers in the chain",
            file.display(),
            reasons.join("; ")
        )))
    }

    /// The lists that told nothing, each with its file and the reason.
    pub fn unused<'a>(&'a self, verified: &'a Verified) -> impl Iterator<Item = String> + 'a {
        verified.unused_lists().iter().map(|list| match self.file(list) {
            Some(file) => format!("{}, {}", file.display(), say(list)),
            None => say(list),
        })
    }

    fn file(&self, list: &UnusedList) -> Option<&PathBuf> {
        self.files.get(list.position)
    }
}

fn say(list: &UnusedList) -> String {
    format!("{}: {}", list.list, list.reason)
}
