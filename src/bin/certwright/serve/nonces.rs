//! Nonces that were used, so that a request that somebody recorded is not done twice.
//!
//! A nonce is remembered as long as the time of its request is accepted: up to 30 minutes. Memory is
//! bounded; when it is full, requests are refused. After a restart nothing is remembered, so what is dated
//! before the start is refused: whatever the process before this one accepted was dated before it, but for
//! clients whose clocks are ahead. What such a client sent can be sent again after a restart, until its time
//! is 15 minutes ago.
//!
//! Where several processes share a store on PostgreSQL, they share the nonces, too, which outlive them: what one took
//! no other does, and no start forgets.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use super::limits::{CLOCK_SKEW, NONCES};
use super::log;
use super::refusal::Refusal;
use super::shared::Shared;

/// The nonces of the last minutes, each by the minute in which it can be forgotten.
pub struct Nonces {
    /// UNIX seconds: what is dated before is refused.
    since: i64,
    most: usize,
    used: Mutex<Used>,
    /// Where others take them, too.
    shared: Option<Arc<dyn Shared>>,
    /// How many are shared, as of the last minute.
    shared_count: AtomicUsize,
}

/// A nonce that may be new: [`Fresh::take`] asks the other processes, which takes a while.
#[must_use]
pub struct Fresh {
    shared: Option<(Arc<dyn Shared>, [u8; 16], i64)>,
}

#[derive(Default)]
struct Used {
    by_minute: BTreeMap<i64, HashSet<[u8; 16]>>,
    count: usize,
}

impl Nonces {
    pub fn new(since: i64) -> Self {
        Self {
            since,
            most: NONCES,
            used: Mutex::default(),
            shared: None,
            shared_count: AtomicUsize::new(0),
        }
    }

    /// Those that processes share. Nothing is too old for them that is not for all.
    pub fn shared(shared: Arc<dyn Shared>) -> Self {
        Self { shared: Some(shared), ..Self::new(i64::MIN) }
    }

    /// How many are remembered.
    pub fn count(&self) -> usize {
        match &self.shared {
            Some(_) => self.shared_count.load(Ordering::Relaxed),
            None => self.used().count,
        }
    }

    /// Forgets what is shared and no longer accepted, with as much again for clocks that differ. Others are
    /// forgotten when the next comes.
    pub fn forget(&self, now: i64) {
        let Some(shared) = &self.shared else { return };
        match shared.forget_nonces(now.saturating_sub(CLOCK_SKEW)) {
            Ok(left) => {
                let left = usize::try_from(left).unwrap_or(usize::MAX);
                self.shared_count.store(left, Ordering::Relaxed);
            }
            Err(error) => log::warning(&format!("old nonces cannot be forgotten: {error}")),
        }
    }

    /// Takes a nonce of a caller whose signature is right. `at` is the time of the request, in UNIX
    /// seconds.
    pub fn take(
        &self,
        access_key_id: &str,
        nonce: &str,
        at: i64,
        now: i64,
    ) -> Result<Fresh, Refusal> {
        let expired = |message: String| Err(Refusal::new(400, "InvalidTimeStamp.Expired", message));
        if now.abs_diff(at) > CLOCK_SKEW.unsigned_abs() {
            return expired(format!(
                "Specified time stamp or date value is expired: it is {} seconds {} the service's \
                 clock, at most {CLOCK_SKEW} are allowed",
                now.abs_diff(at),
                if at < now { "behind" } else { "ahead of" },
            ));
        }
        if at < self.since {
            return expired(format!(
                "Specified time stamp or date value is expired: it is before the service started, \
                 {} seconds ago; sign the request anew, or set the client's clock",
                now.saturating_sub(self.since)
            ));
        }
        let digest = Sha256::new().chain_update(access_key_id).chain_update([0]);
        let digest = digest.chain_update(nonce).finalize();
        let Some(key) = digest.first_chunk::<16>() else { return expired(String::new()) };
        if let Some(shared) = &self.shared {
            if self.count() >= self.most {
                return Err(too_many());
            }
            let expires = at.saturating_add(CLOCK_SKEW);
            return Ok(Fresh { shared: Some((Arc::clone(shared), *key, expires)) });
        }
        let mut used = self.used();
        let old: Vec<i64> = used.by_minute.range(..now.div_euclid(60)).map(|(at, _)| *at).collect();
        for minute in old {
            let forgotten = used.by_minute.remove(&minute).map_or(0, |minute| minute.len());
            used.count = used.count.saturating_sub(forgotten);
        }
        if used.by_minute.values().any(|minute| minute.contains(key)) {
            return Err(used_already());
        }
        if used.count >= self.most {
            return Err(too_many());
        }
        // The whole minute in which the request is accepted for the last time is over.
        let minute = at.saturating_add(CLOCK_SKEW).div_euclid(60);
        used.by_minute.entry(minute).or_default().insert(*key);
        used.count += 1;
        Ok(Fresh { shared: None })
    }

    /// A panic elsewhere leaves it whole.
    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fresh {
    /// Whether somebody has to be asked.
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Takes it, where it is new for all processes.
    pub fn take(self) -> Result<(), Refusal> {
        let Some((shared, key, expires)) = self.shared else { return Ok(()) };
        match shared.take_nonce(&key, expires) {
            Ok(true) => Ok(()),
            Ok(false) => Err(used_already()),
            Err(error) => {
                log::warning(&error.to_string());
                Err(Refusal::busy("the store cannot be reached now; try again later"))
            }
        }
    }
}

fn used_already() -> Refusal {
    Refusal::new(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
}

fn too_many() -> Refusal {
    Refusal::busy("Throttling: too many requests in 30 minutes; try again later")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_780_272_000;

    fn code(taken: Result<Fresh, Refusal>) -> &'static str {
        taken.map_or_else(|refusal| refusal.code, |_| "")
    }

    #[test]
    fn each_nonce_of_each_caller_is_taken_once_while_its_request_is_accepted() {
        let nonces = Nonces::new(NOW - 3_600);
        let take = |id, nonce, at, now| code(nonces.take(id, nonce, at, now));
        assert_eq!(take("a", "1", NOW, NOW), "");
        assert_eq!(take("a", "1", NOW, NOW), "SignatureNonceUsed");
        assert_eq!(take("a", "1", NOW - 5, NOW), "SignatureNonceUsed");
        assert_eq!(take("b", "1", NOW, NOW), "");
        // The two texts are not run together.
        assert_eq!(take("ab", "c", NOW, NOW), "");
        assert_eq!(take("a", "bc", NOW, NOW), "");
        // As long as it is accepted, it is remembered, also from the future.
        assert_eq!(take("a", "2", NOW + 900, NOW), "");
        for later in [1, 60, 899, 900, 1_799, 1_800] {
            assert_eq!(take("a", "2", NOW + 900, NOW + later), "SignatureNonceUsed", "{later}");
        }
        assert_eq!(take("a", "2", NOW + 900, NOW + 1_801), "InvalidTimeStamp.Expired");
        assert_eq!(take("a", "3", NOW + 2_000, NOW + 2_000), "");
        assert_eq!(nonces.count(), 1);
    }

    #[test]
    fn a_time_may_be_fifteen_minutes_off_and_not_before_the_start() {
        let nonces = Nonces::new(NOW - 100);
        let take = |nonce, at| code(nonces.take("a", nonce, at, NOW));
        assert_eq!(take("1", NOW + 900), "");
        assert_eq!(take("2", NOW + 901), "InvalidTimeStamp.Expired");
        assert_eq!(take("3", NOW - 100), "");
        assert_eq!(take("4", NOW - 101), "InvalidTimeStamp.Expired");
        let old = Nonces::new(0);
        assert_eq!(code(old.take("a", "1", NOW - 900, NOW)), "");
        assert_eq!(code(old.take("a", "2", NOW - 901, NOW)), "InvalidTimeStamp.Expired");
        assert_eq!(code(old.take("a", "3", i64::MIN, NOW)), "InvalidTimeStamp.Expired");
        assert_eq!(code(old.take("a", "3", i64::MAX, NOW)), "InvalidTimeStamp.Expired");
    }

    #[test]
    fn memory_is_bounded_and_nothing_is_forgotten_for_it() {
        let nonces = Nonces { most: 3, ..Nonces::new(0) };
        for nonce in ["1", "2", "3"] {
            assert_eq!(code(nonces.take("a", nonce, NOW, NOW)), "");
        }
        assert_eq!(code(nonces.take("a", "4", NOW, NOW)), "ServiceUnavailable");
        assert_eq!(code(nonces.take("a", "1", NOW, NOW)), "SignatureNonceUsed");
        let later = NOW + 961;
        assert_eq!(code(nonces.take("a", "4", later, later)), "");
        assert_eq!(nonces.count(), 1);
    }
}
