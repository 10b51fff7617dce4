//! The engine behind the service: which calls run when, on threads that may block.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use certwright::cas::{Answered, Cas, CasError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::credentials::Credential;
use super::limits::{CALLS, QUICK_CALLS, WAITING_TIME};
use super::refusal::Refusal;
use super::wire::Call;

/// The engine, with room for so many calls.
pub struct Engine {
    cas: Cas,
    calls: Arc<Semaphore>,
    quick: Arc<Semaphore>,
    /// As many as there are processors: those that generate keys compute all the time, and leave each other and
    /// the quick ones their part.
    slow: Arc<Semaphore>,
    panics: AtomicUsize,
}

/// What came of a call.
pub enum Outcome {
    Answered(Answered<String>),
    Refused(Box<CasError>),
}

/// Threads for what blocks: one for each call that runs, and some for lists.
pub fn threads() -> usize {
    QUICK_CALLS + 2 * processors() + 2
}

fn processors() -> usize {
    available_parallelism().map_or(2, usize::from)
}

impl Engine {
    pub fn new(cas: Cas) -> Self {
        let room = |calls| Arc::new(Semaphore::new(calls));
        Self {
            cas,
            calls: room(CALLS),
            quick: room(QUICK_CALLS),
            slow: room(processors()),
            panics: AtomicUsize::new(0),
        }
    }

    pub fn cas(&self) -> &Cas {
        &self.cas
    }

    /// Calls that run or wait.
    pub fn calls(&self) -> usize {
        CALLS.saturating_sub(self.calls.available_permits())
    }

    /// How often something panicked.
    pub fn panics(&self) -> usize {
        self.panics.load(Ordering::Relaxed)
    }

    /// Counts a panic, and is what is answered.
    pub fn panicked(&self) -> Refusal {
        self.panics.fetch_add(1, Ordering::Relaxed);
        Refusal::new(
            500,
            "InternalError",
            "The request processing has failed due to some unknown error.",
        )
    }

    /// Calls an operation for a caller. Once it was begun it is done, even if nobody waits for the answer.
    pub async fn call(&self, caller: &Credential, call: Call) -> Result<Outcome, Refusal> {
        let room = if call.is_slow { &self.slow } else { &self.quick };
        let cas = self.cas.clone().with_actor(&caller.actor);
        self.run(room, move || {
            let Call { name, parameters, of_operators, .. } = call;
            let answered = match of_operators {
                true => cas.operator().call_with_outcome(&name, &parameters),
                false => cas.call_with_outcome(&name, &parameters),
            };
            match answered {
                Ok(answered) => Outcome::Answered(answered),
                Err(error) => Outcome::Refused(Box::new(error)),
            }
        })
        .await
    }

    /// Runs quick work that is no operation.
    pub async fn quickly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run(&self.quick, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        room: &Arc<Semaphore>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = |_| Refusal::busy("too many calls at once; try again later");
        let call = Arc::clone(&self.calls).try_acquire_owned().map_err(busy)?;
        let turn = timeout(WAITING_TIME, Arc::clone(room).acquire_owned()).await;
        let late = || Refusal::busy("no turn came for this call in time; try again later");
        let turn = turn.ok().and_then(Result::ok).ok_or_else(late)?;
        let permits: [OwnedSemaphorePermit; 2] = [call, turn];
        let done = spawn_blocking(move || {
            let done = work();
            drop(permits);
            done
        });
        done.await.map_err(|_| self.panicked())
    }
}
