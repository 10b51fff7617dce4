//! Group commit: changes of threads that meet share one transaction, which costs one sync.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::audit::Log;
use super::change::{Change, Stamp};
use crate::error::{StoreError, StoreErrorKind};
use crate::store::Store;

/// Changes in one transaction: enough that the sync no longer counts, few enough that it stays
/// small.
const CHANGES: usize = 4_096;

/// The queue of changes that wait for a transaction.
#[derive(Default)]
pub(super) struct Group {
    state: Mutex<State>,
    /// Told when a transaction ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<Job>>,
    /// Whether a thread is carrying changes out.
    busy: bool,
}

/// The changes of one call.
struct Job {
    stamp: Stamp,
    changes: Vec<Change>,
    answers: Mutex<Option<Answers>>,
}

type Answers = Vec<Result<(), StoreError>>;

impl Group {
    /// Carries changes out, with those of other threads that wait.
    pub(super) fn commit(&self, store: &dyn Store, stamp: &Stamp, changes: Vec<Change>) -> Answers {
        if changes.is_empty() {
            return Vec::new();
        }
        let job = Arc::new(Job { stamp: stamp.clone(), changes, answers: Mutex::default() });
        let mut state = lock(&self.state);
        state.waiting.push_back(Arc::clone(&job));
        loop {
            if let Some(answers) = lock(&job.answers).take() {
                return answers;
            }
            if state.busy {
                state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            // Nobody is at it: this thread leads, for all that wait.
            state.busy = true;
            let jobs = take(&mut state.waiting);
            drop(state);
            let turn = Turn { group: self, jobs };
            carry_out(store, &turn.jobs);
            drop(turn);
            state = lock(&self.state);
        }
    }
}

/// The lead. However it ends, even in a panic of the store, every job is answered and the others go
/// on.
struct Turn<'g> {
    group: &'g Group,
    jobs: Vec<Arc<Job>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        for job in &self.jobs {
            lock(&job.answers)
                .get_or_insert_with(|| fail_all(job, "the transaction was abandoned"));
        }
        lock(&self.group.state).busy = false;
        self.group.ended.notify_all();
    }
}

/// The same failure for every change of a job.
fn fail_all(job: &Job, message: &str) -> Answers {
    let failed = || Err(StoreError::new(StoreErrorKind::Backend, message));
    job.changes.iter().map(|_| failed()).collect()
}

/// The first jobs, up to the bound on changes; always one.
fn take(waiting: &mut VecDeque<Arc<Job>>) -> Vec<Arc<Job>> {
    let mut jobs = Vec::new();
    let mut changes = 0;
    while let Some(job) = waiting.front() {
        changes += job.changes.len();
        if !jobs.is_empty() && changes > CHANGES {
            break;
        }
        jobs.extend(waiting.pop_front());
    }
    jobs
}

/// Carries jobs out in one transaction, and answers them.
fn carry_out(store: &dyn Store, jobs: &[Arc<Job>]) {
    let mut answers: Vec<Answers> = Vec::new();
    let written = store.write(&mut |transaction| {
        // The store may run this again after a conflict.
        answers.clear();
        let mut log = Log::open(transaction)?;
        for job in jobs {
            let mut of_job = Vec::with_capacity(job.changes.len());
            for change in &job.changes {
                of_job.push(change.apply(&job.stamp, transaction, &mut log)?);
            }
            answers.push(of_job);
        }
        log.close(transaction)
    });
    if let Err(error) = written {
        let (kind, message) = (error.kind(), error.message().to_owned());
        let failed = || Err(StoreError::new(kind, message.clone()));
        answers = jobs.iter().map(|job| job.changes.iter().map(|_| failed()).collect()).collect();
        // The first keeps the cause.
        if let Some(first) = answers.first_mut().and_then(|answers| answers.first_mut()) {
            *first = Err(error);
        }
    }
    let mut answers = answers.into_iter();
    for job in jobs {
        let unanswered = || fail_all(job, "the store ran no transaction");
        *lock(&job.answers) = Some(answers.next().unwrap_or_else(unanswered));
    }
}

/// What is behind these locks is whole between two statements, so a panic elsewhere does not spoil
/// it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
