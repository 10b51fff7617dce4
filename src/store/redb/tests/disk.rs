//! A folder in memory, and what is in it after the loss of power at any moment: of names as of
//! bytes and lengths, what was not synced may be there or not.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::{Arc, Mutex};

use crate::store::Medium;
use crate::store::redb::place::Folder;

/// What was done, in order. A file is known by its number, as an inode is.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Name(OsString, usize),
    Remove(OsString),
    SyncFolder,
    SetLength(usize, u64),
    Write(usize, u64, Vec<u8>),
    SyncFile(usize),
}

impl Operation {
    pub(super) fn is_of_names(&self) -> bool {
        matches!(self, Self::Name(..) | Self::Remove(_) | Self::SyncFolder)
    }
}

#[derive(Clone, Debug, Default)]
struct State {
    files: Vec<Vec<u8>>,
    names: BTreeMap<OsString, usize>,
}

impl State {
    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Name(name, file) => {
                self.names.insert(name.clone(), *file);
            }
            Operation::Remove(name) => {
                self.names.remove(name);
            }
            Operation::SetLength(file, length) => self.files[*file].resize(*length as usize, 0),
            Operation::Write(file, offset, written) => {
                let (file, offset) = (&mut self.files[*file], *offset as usize);
                file.resize(file.len().max(offset + written.len()), 0);
                file[offset..][..written.len()].copy_from_slice(written);
            }
            Operation::SyncFolder | Operation::SyncFile(_) => {}
        }
    }
}

/// A folder that remembers what was done to it and its files.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    state: Arc<Mutex<State>>,
    pub(super) log: Arc<Mutex<Vec<Operation>>>,
}

impl Disk {
    fn act(&self, operation: Operation) {
        self.state.lock().unwrap().apply(&operation);
        self.log.lock().unwrap().push(operation);
    }

    /// The bytes of the file of this name.
    pub(super) fn content(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state.lock().unwrap();
        state.names.get(OsStr::new(name)).map(|file| state.files[*file].clone())
    }

    pub(super) fn names(&self) -> Vec<OsString> {
        self.state.lock().unwrap().names.keys().cloned().collect()
    }

    /// What a cut after these operations leaves of an empty folder: what was synced, and of the rest
    /// what `keep` says (and of a torn write at the end, the first half).
    pub(super) fn after_cut(
        log: &[Operation],
        keep: impl Fn(usize, &Operation) -> bool,
        torn: bool,
    ) -> Self {
        let last = |wanted: &dyn Fn(&Operation) -> bool| log.iter().rposition(wanted);
        let folder = last(&|operation| matches!(operation, Operation::SyncFolder));
        let mut state = State::default();
        for (index, operation) in log.iter().enumerate() {
            let synced = match operation {
                Operation::SetLength(file, _) | Operation::Write(file, ..) => {
                    last(&|operation| matches!(operation, Operation::SyncFile(of) if of == file))
                }
                _ => folder,
            };
            if let Operation::Name(_, file) = operation {
                state.files.resize(state.files.len().max(file + 1), Vec::new());
            }
            if synced.is_some_and(|synced| index < synced) || keep(index, operation) {
                match operation {
                    Operation::Write(file, offset, written) if torn && index + 1 == log.len() => {
                        let half = written[..written.len() / 2].to_vec();
                        state.apply(&Operation::Write(*file, *offset, half));
                    }
                    operation => state.apply(operation),
                }
            }
        }
        Self { state: Arc::new(Mutex::new(state)), ..Self::default() }
    }
}

impl Folder for Disk {
    type File = DiskFile;

    fn create_new(&self, name: &OsStr) -> io::Result<DiskFile> {
        let mut state = self.state.lock().unwrap();
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.files.push(Vec::new());
        let number = state.files.len() - 1;
        drop(state);
        self.act(Operation::Name(name.to_owned(), number));
        Ok(DiskFile { disk: self.clone(), number })
    }

    fn link(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let state = self.state.lock().unwrap();
        if state.names.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        drop(state);
        self.act(Operation::Name(to.to_owned(), file));
        Ok(())
    }

    fn remove(&self, name: &OsStr) -> io::Result<()> {
        self.act(Operation::Remove(name.to_owned()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.act(Operation::SyncFolder);
        Ok(())
    }
}

#[derive(Debug)]
pub(super) struct DiskFile {
    disk: Disk,
    number: usize,
}

impl Medium for DiskFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state.lock().unwrap().files[self.number].len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let state = self.disk.state.lock().unwrap();
        let from = state.files[self.number].get(offset as usize..);
        let part = from.and_then(|from| from.get(..bytes.len()));
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.disk.act(Operation::SetLength(self.number, length));
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.act(Operation::Write(self.number, offset, bytes.to_vec()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.act(Operation::SyncFile(self.number));
        Ok(())
    }
}

/// Bytes of their own, as a medium.
#[derive(Debug)]
pub(super) struct Bytes(pub(super) Mutex<Vec<u8>>);

impl Medium for Bytes {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let all = self.0.lock().unwrap();
        let part = all.get(offset as usize..).and_then(|from| from.get(..bytes.len()));
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.lock().unwrap().resize(length as usize, 0);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap()[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
