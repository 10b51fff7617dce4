//! A hostile world for authorities: signers and stores that fail or lie, generators that repeat.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use certwright::error::{SignerError, StoreError, StoreErrorKind};
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::store::{ReadWork, WriteWork};
use certwright::{Error, KeyPair, MemoryStore, Signer, Store};
use rand_core::{TryCryptoRng, TryRng};

/// A device that keeps what it was asked to sign, and answers as it is told.
pub struct Device {
    pub key: Arc<KeyPair>,
    pub mood: Mutex<Mood>,
    pub asked: Mutex<Vec<Vec<u8>>>,
}

/// What a device answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    Error,
    /// Bytes that are no signature.
    Garbage,
    Honest,
    /// A good signature over something else.
    OtherMessage,
}

impl Device {
    pub fn new(key: Arc<KeyPair>) -> Arc<Self> {
        let (mood, asked) = (Mutex::new(Mood::Honest), Mutex::new(Vec::new()));
        Arc::new(Self { key, mood, asked })
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap().clone()
    }
}

impl Signer for Device {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.asked.lock().unwrap().push(message.to_vec());
        match *self.mood.lock().unwrap() {
            Mood::Error => Err(SignerError::new("the device is on fire").into()),
            Mood::Garbage => Ok(b"no signature".to_vec()),
            Mood::Honest => self.key.sign(message),
            Mood::OtherMessage => self.key.sign(&[message, b"!"].concat()),
        }
    }
}

/// A store in which one write, counted from 1, goes wrong.
pub struct FrailStore {
    pub inner: Arc<MemoryStore>,
    pub fault: Mutex<Option<(usize, Fault)>>,
    writes: AtomicUsize,
}

/// What goes wrong in a write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing is written, and the store says that it failed.
    Lost,
    /// A conflict with another writer: the closure is run, undone, and run again.
    Retried,
    /// Everything is written, but the store cannot know that.
    Unknown,
}

impl FrailStore {
    pub fn new() -> Arc<Self> {
        let (inner, fault) = (Arc::default(), Mutex::default());
        Arc::new(Self { inner, fault, writes: AtomicUsize::new(0) })
    }

    /// The write with this number, counted from the next as 1, goes wrong.
    pub fn break_write(&self, number: usize, fault: Fault) {
        let at = self.writes.load(Ordering::SeqCst) + number;
        *self.fault.lock().unwrap() = Some((at, fault));
    }
}

impl Store for FrailStore {
    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let fault = self.fault.lock().unwrap().filter(|(at, _)| *at == number);
        let failed = || StoreError::backend("the disk is full", "error 28");
        match fault.map(|(_, fault)| fault) {
            None => self.inner.write(work),
            Some(Fault::Lost) => Err(failed()),
            Some(Fault::Retried) => {
                let undone = self.inner.write(&mut |transaction| {
                    work(transaction)?;
                    Err(StoreError::new(StoreErrorKind::Conflict, "another writer was faster"))
                });
                assert!(undone.is_err());
                self.inner.write(work)
            }
            Some(Fault::Unknown) => self.inner.write(work).and(Err(failed())),
        }
    }
}

/// Random numbers that go round in a circle of this many draws.
pub struct Circle {
    pub length: u8,
    pub drawn: Arc<AtomicUsize>,
}

impl TryRng for Circle {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
        bytes.fill((drawn % usize::from(self.length)) as u8);
        Ok(())
    }
}

impl TryCryptoRng for Circle {}

/// A generator that has no random numbers.
pub struct Dry;

#[derive(Debug)]
pub struct NoEntropy;

impl std::fmt::Display for NoEntropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no entropy")
    }
}

impl std::error::Error for NoEntropy {}

impl TryRng for Dry {
    type Error = NoEntropy;

    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}

impl TryCryptoRng for Dry {}
