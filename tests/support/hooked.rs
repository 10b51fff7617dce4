//! A store that does something else before one of its transactions: what another thread, or another
//! process, could do at that very moment.

use std::sync::{Arc, Mutex};

use certwright::Store;
use certwright::error::StoreError;
use certwright::store::{ReadWork, WriteWork};

/// Which transactions are counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Before {
    Read,
    Write,
}

type Work = Box<dyn FnOnce() + Send>;

/// A store before whose transaction of a kind, counted from one, something happens once.
pub struct Hooked<S> {
    inner: Arc<S>,
    hook: Mutex<Option<(Before, usize, Work)>>,
}

impl<S: Store> Hooked<S> {
    pub fn new(inner: Arc<S>) -> Arc<Self> {
        Arc::new(Self { inner, hook: Mutex::default() })
    }

    /// Does the work before the transaction of this number from now on.
    pub fn hook(&self, before: Before, number: usize, work: impl FnOnce() + Send + 'static) {
        *self.hook.lock().unwrap() = Some((before, number, Box::new(work)));
    }

    /// Whether the work was never done; it is not done any more.
    pub fn unhook(&self) -> bool {
        self.hook.lock().unwrap().take().is_some()
    }

    fn count(&self, now: Before) {
        let mut hook = self.hook.lock().unwrap();
        match hook.take() {
            Some((before, 1, work)) if before == now => {
                drop(hook);
                work();
            }
            Some((before, number, work)) if before == now => {
                *hook = Some((before, number - 1, work));
            }
            other => *hook = other,
        }
    }
}

impl<S: Store> Store for Hooked<S> {
    fn is_durable(&self) -> bool {
        self.inner.is_durable()
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.count(Before::Read);
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.count(Before::Write);
        self.inner.write(work)
    }
}
