//! Keys that take long do not hold up what is quick.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::asked::{Asked, authority};
use crate::served::Served;

#[test]
fn generating_rsa_keys_blocks_no_other_caller() {
    let served = Served::start();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|_| {
                let asked = Asked::new("CreateRootCACertificate", &authority("Slow", "RSA_3072"));
                let served = &served;
                scope.spawn(move || asked.answered(served))
            })
            .collect();
        let watcher = scope.spawn(|| {
            let mut longest = Duration::ZERO;
            let mut count = 0;
            while !ended.load(Ordering::Relaxed) {
                let since = Instant::now();
                Asked::new("ListCsr", &[]).older().answered(&served);
                longest = longest.max(since.elapsed());
                count += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            (longest, count)
        });
        let since = Instant::now();
        makers.into_iter().for_each(|maker| drop(maker.join().unwrap()));
        let all = since.elapsed();
        ended.store(true, Ordering::Relaxed);
        let (longest, count) = watcher.join().unwrap();
        // Eight keys one behind the other take much longer than the longest quick call.
        assert!(longest < Duration::from_secs(2).max(all / 3), "{longest:?} of {all:?}");
        assert!(count > 5, "{count} calls in {all:?}");
    });
}
