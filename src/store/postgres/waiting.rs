//! Waiting for the database, for a bounded time, on whichever thread: also one of an async runtime, where
//! `Runtime::block_on` would panic.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// What a future comes to, or nothing when it takes longer.
pub(super) fn wait<F: Future>(future: F, at_most: Duration) -> Option<F::Output> {
    let waker = Waker::from(Arc::new(Sleeper(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    let begun = Instant::now();
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        let left = at_most.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, poll_fn, ready};

    #[test]
    fn what_is_ready_comes_and_what_is_not_is_waited_for_only_so_long() {
        assert_eq!(wait(ready(1), Duration::ZERO), Some(1));
        let begun = Instant::now();
        assert_eq!(wait(pending::<()>(), Duration::from_millis(30)), None);
        assert!(begun.elapsed() >= Duration::from_millis(30));
        let mut polls = 0;
        let woken = poll_fn(|context| {
            polls += 1;
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            if polls > 2 { Poll::Ready(polls) } else { Poll::Pending }
        });
        assert_eq!(wait(woken, Duration::from_secs(60)), Some(3));
    }
}
