//! Group commit: changes of threads that meet share one transaction, which costs one sync.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::audit::{AuditAction, Stamp};
use super::change::Change;
use super::log::{Effects, Log, Note};
use super::refusal::Refusals;
use super::vault::Vault;
use crate::error::{StoreError, StoreErrorKind};
use crate::store::{Changes, Overlay, Store, WriteTransaction, write_changes};

/// Changes in one transaction: enough that the sync no longer counts, few enough that it stays
/// small.
const CHANGES: usize = 4_096;

/// The queue of changes that wait for a transaction.
#[derive(Default)]
pub(super) struct Group {
    state: Mutex<State>,
    /// Told when a transaction ended.
    ended: Condvar,
    pub(super) refusals: Refusals,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Arc<Job>>,
    /// Whether a thread is carrying changes out.
    busy: bool,
    /// How many threads wait for it to end.
    threads: usize,
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
    pub(super) fn commit(
        &self,
        store: &dyn Store,
        vault: &Vault,
        stamp: &Stamp,
        changes: Vec<Change>,
    ) -> Answers {
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
                state.threads += 1;
                state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.threads -= 1;
                continue;
            }
            // Nobody is at it: this thread leads, for all that wait.
            state.busy = true;
            let jobs = take(&mut state.waiting);
            drop(state);
            let turn = Turn { group: self, jobs };
            carry_out(store, vault, &self.refusals, &turn.jobs);
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
        let mut state = lock(&self.group.state);
        state.busy = false;
        // To tell nobody would cost a system call as well.
        if state.threads > 0 {
            self.group.ended.notify_all();
        }
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

/// Carries jobs out in one transaction, and answers them. A job that meets a damaged record is
/// answered so and writes nothing; the others go on.
fn carry_out(store: &dyn Store, vault: &Vault, refusals: &Refusals, jobs: &[Arc<Job>]) {
    // Before the transaction: whoever seals all keys again holds this and waits for the store.
    let unlocked = vault.unlocked();
    let untold = refusals.take_untold();
    let mut told = 0;
    let mut answers: Vec<Option<Answers>> = jobs.iter().map(|_| None).collect();
    let mut spoiled: Vec<Option<StoreError>> = jobs.iter().map(|_| None).collect();
    let written = loop {
        let mut spoiler = None;
        let written = store.write(&mut |transaction| {
            // The store may run this again after a conflict.
            spoiler = None;
            let mut log = Log::open(transaction, unlocked.as_deref())?;
            for (place, job) in jobs.iter().enumerate() {
                let (Some(answer), Some(None)) = (answers.get_mut(place), spoiled.get(place))
                else {
                    continue;
                };
                match job.carry_out(transaction, &log, refusals) {
                    Ok((of_job, changes, after)) => {
                        // What the engine cannot write ends the transaction, and costs this job its
                        // place in the next.
                        spoiler = Some(place);
                        write_changes(transaction, changes)?;
                        spoiler = None;
                        log = after;
                        *answer = Some(of_job);
                    }
                    Err(error) if error.kind() == StoreErrorKind::Corrupt => {
                        *answer = Some(job.all_fail(error));
                    }
                    Err(error) => return Err(error),
                }
            }
            told = tell_untold(transaction, &mut log, jobs, untold)?;
            log.close(transaction, unlocked.as_deref())
        });
        match (written, spoiler) {
            (Err(error), Some(place)) if error.kind() == StoreErrorKind::Corrupt => {
                if let Some(spoiled) = spoiled.get_mut(place) {
                    *spoiled = Some(error);
                }
            }
            (written, _) => break written,
        }
    };
    refusals.put_back(if written.is_ok() { untold.saturating_sub(told) } else { untold });
    let mut failure = written.err();
    let message = failure.as_ref().map(|error| (error.kind(), error.message().to_owned()));
    for ((job, answer), spoiled) in jobs.iter().zip(answers).zip(spoiled) {
        let answer = match (spoiled, &message, answer) {
            (Some(error), ..) => job.all_fail(error),
            (None, Some((kind, message)), _) => {
                // The first keeps the cause.
                let error = failure.take();
                job.all_fail(error.unwrap_or_else(|| StoreError::new(*kind, message.clone())))
            }
            (None, None, Some(answer)) => answer,
            (None, None, None) => fail_all(job, "the store ran no transaction"),
        };
        *lock(&job.answers) = Some(answer);
    }
}

impl Job {
    /// Carries the job out above a transaction: its answers, what is to be written, and the log after
    /// it. Nothing is written yet.
    fn carry_out(
        &self,
        transaction: &dyn WriteTransaction,
        log: &Log,
        refusals: &Refusals,
    ) -> Result<(Answers, Changes, Log), StoreError> {
        let mut log = log.clone();
        let mut above = Overlay::new(transaction);
        let mut answers = Vec::with_capacity(self.changes.len());
        for change in &self.changes {
            let admit = || refusals.admit();
            answers.push(change.carry_out(&self.stamp, &mut above, &mut log, &admit)?);
        }
        Ok((answers, above.into_changes(), log))
    }

    /// One failure for every change of the job; the first keeps its cause.
    fn all_fail(&self, error: StoreError) -> Answers {
        let (kind, message) = (error.kind(), error.message().to_owned());
        let others = self.changes.iter().skip(1);
        let others = others.map(|_| Err(StoreError::new(kind, message.clone())));
        std::iter::once(Err(error)).chain(others).collect()
    }
}

/// Tells the log how many refusals were only counted, in the transaction of others, and how many it
/// was told of.
fn tell_untold(
    transaction: &mut dyn WriteTransaction,
    log: &mut Log,
    jobs: &[Arc<Job>],
    untold: u64,
) -> Result<u64, StoreError> {
    let Some(job) = jobs.last().filter(|_| untold > 0) else { return Ok(0) };
    let stamp = Stamp { actor: Arc::from("ledger"), issuer: [0; 32], ..job.stamp.clone() };
    let detail = format!("{untold} more refusals before this, which have no entries of their own");
    let note = Note { action: AuditAction::Refused, serial: None, detail };
    log.append(transaction, &stamp, note, Effects::default())?;
    Ok(untold)
}

/// What is behind these locks is whole between two statements, so a panic elsewhere does not spoil
/// it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
