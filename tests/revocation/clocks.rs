//! Clocks that run ahead or behind: what was revoked stays on the lists until it has ended.

use certwright::crl::{CrlRequest, IssuedCrl, RevocationReason, RevocationRequest};
use certwright::error::Rule;
use certwright::time::{Lifetime, Time};
use certwright::{Authority, Error, SerialNumber};

use crate::common;
use crate::craft::{now, time};
use crate::revoked::{Scene, for_each_family, read};

const STOLEN: RevocationReason = RevocationReason::KeyCompromise;

#[test]
fn a_list_made_with_a_clock_ahead_does_not_empty_the_next() {
    for_each_family(|scene| {
        let serials = ["2026-06-20T00:00:00Z", "2026-08-01T00:00:00Z"].map(|end| {
            let serial = scene.issue_until(end);
            scene.ca.revoke(&serial, STOLEN).unwrap();
            serial
        });
        scene.clock.set("2031-01-01T00:00:00Z");
        assert_date_refused(week(&scene.ca), "far ahead of the ledger");
        // Somebody is sure of it, and is wrong.
        let wrong = scene.ca.issue_crl(&request().force_date()).unwrap();
        assert!(lists(&wrong, &serials));
        scene.clock.set("2026-06-02T00:00:00Z");
        assert_date_refused(week(&scene.ca), "before the last CRL");
        let right = scene.ca.issue_crl(&request().force_date()).unwrap();
        assert_eq!((right.number(), read(&right).this_update()), (2, time("2026-06-02T00:00:00Z")));
        assert!(lists(&right, &serials), "the wrong list emptied the next");
        // From here on dates are those of the right clock again.
        scene.clock.set("2026-06-03T00:00:00Z");
        assert!(lists(&week(&scene.ca).unwrap(), &serials));
    });
}

#[test]
fn what_is_issued_and_revoked_by_a_clock_ahead_does_not_vouch_for_it() {
    let scene = Scene::new(common::families()[0], 1);
    let serial = *scene.issue().leaf().serial();
    let until = time("2026-09-09T00:00:00Z");
    assert_eq!(until, now().plus(Lifetime::days(100)).unwrap());
    scene.clock.set("2030-01-01T00:00:00Z");
    scene.ca.revoke(&serial, STOLEN).unwrap();
    scene.claim();
    assert_date_refused(week(&scene.ca), "far ahead of the ledger");
    // A hundred days are believed, and not a second more.
    scene.clock.set_to(until.plus(Lifetime::seconds(1)).unwrap());
    assert_date_refused(week(&scene.ca), &until.to_string());
    scene.clock.set_to(until);
    let list = week(&scene.ca).unwrap();
    assert_eq!(list.number(), 1, "what is refused takes no number");
    // The entry is no later than the list, though the clock said so when it was revoked.
    assert_eq!(read(&list).find(&serial).unwrap().0, until);
    // A list is expected until the nextUpdate of the last, and a hundred days after it.
    let due = until.plus(Lifetime::days(107)).unwrap();
    scene.clock.set_to(due.plus(Lifetime::seconds(1)).unwrap());
    assert_date_refused(week(&scene.ca), &due.to_string());
    scene.clock.set_to(due);
    week(&scene.ca).unwrap();
}

#[test]
fn a_list_is_not_dated_before_any_other_of_its_issuer() {
    let scene = Scene::new(common::families()[0], 2);
    let shard = |shard| CrlRequest::full(Lifetime::days(7)).for_shard(shard);
    let first = scene.ca.issue_crl(&shard(1)).unwrap();
    scene.clock.set("2026-05-31T23:59:59Z");
    let delta = CrlRequest::delta(first.number(), Lifetime::days(1)).for_shard(1);
    for request in [shard(0), shard(1), delta] {
        assert_date_refused(scene.ca.issue_crl(&request), "before the last CRL");
    }
    scene.clock.set("2026-06-02T00:00:00Z");
    scene.ca.issue_crl(&delta).unwrap();
    scene.clock.set("2026-06-01T23:59:59Z");
    assert_date_refused(scene.ca.issue_crl(&shard(0)), "before the last CRL");
    // The same second is no earlier one, and another issuer has lists of its own.
    scene.root.issue_crl(&request()).unwrap();
    scene.clock.set("2026-06-02T00:00:00Z");
    assert_eq!(scene.ca.issue_crl(&shard(0)).unwrap().number(), 3);
}

/// The clock of each step is right, behind, or far ahead; whatever is made by it, every full list that
/// is answered has each revoked certificate whose end has not come.
#[test]
fn whatever_the_clock_says_what_is_revoked_and_in_force_is_on_every_full_list() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut lists, mut refused, mut gone) = (0, 0, 0);
    for round in 0..12 {
        let scene = Scene::new(common::families()[0], 1);
        let mut real = now();
        let mut error = 0;
        let mut revoked: Vec<(SerialNumber, Time)> = Vec::new();
        for step in 0..60 {
            real = real.plus(Lifetime::hours(random.below(96) as u32)).unwrap();
            if random.below(3) == 0 {
                error = match random.below(4) {
                    0 => -(random.below(20 * 365) as i64),
                    1 => 18 + random.below(9 * 365) as i64,
                    _ => 0,
                };
            }
            let clock = Time::from_unix(real.unix() + error * 86_400).unwrap();
            scene.clock.set_to(clock);
            match random.below(4) {
                // A certificate that ends 1 to 60 days from now, by the right clock.
                0 | 1 => {
                    scene.clock.set_to(real);
                    let end = real.plus(Lifetime::days(1 + random.below(60) as u32)).unwrap();
                    let serial = scene.issue_until(&end.to_string());
                    scene.clock.set_to(clock);
                    scene.ca.revoke(&serial, STOLEN).unwrap();
                    revoked.push((serial, end));
                }
                2 => {
                    let serial = scene.claim_or_none();
                    refused += usize::from(serial.is_none());
                }
                _ => {
                    let list = match week(&scene.ca) {
                        Ok(list) => list,
                        Err(refusal) => {
                            assert!(!refusal.reasons().is_empty(), "{refusal}");
                            refused += 1;
                            if error != 0 {
                                continue;
                            }
                            scene.ca.issue_crl(&request().force_date()).unwrap()
                        }
                    };
                    lists += 1;
                    let list = read(&list);
                    for (serial, end) in &revoked {
                        let there = list.find(serial).is_some();
                        assert!(
                            there || *end < real,
                            "round {round}, step {step}: {serial} ends {end}, now {real}, by the \
                             clock {clock}"
                        );
                        gone += usize::from(!there);
                    }
                }
            }
        }
    }
    // It was put to the test.
    assert!(lists > 50 && refused > 20 && gone > 100, "{lists} {refused} {gone}");
}

#[test]
fn a_revocation_is_not_later_than_its_list() {
    for_each_family(|scene| {
        let serial = *scene.issue().leaf().serial();
        scene.clock.set("2030-01-01T00:00:00Z");
        let told = RevocationRequest::new(STOLEN).invalid_since(time("2029-12-31T00:00:00Z"));
        scene.ca.revoke(&serial, told).unwrap();
        scene.clock.set("2026-06-02T00:00:00Z");
        let list = read(&week(&scene.ca).unwrap());
        assert_eq!(list.find(&serial).unwrap().0, list.this_update());
        assert_eq!(list.invalid_since(&serial), Some(list.this_update()));
    });
}

fn request() -> CrlRequest {
    CrlRequest::full(Lifetime::days(7))
}

fn week(authority: &Authority) -> Result<IssuedCrl, Error> {
    authority.issue_crl(&request())
}

#[track_caller]
fn assert_date_refused(answer: Result<IssuedCrl, Error>, words: &str) {
    let error = answer.expect_err("it was to be refused");
    let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
    assert_eq!(rules, [Rule::CrlDate], "{error}");
    assert!(error.to_string().contains(words), "{words:?} is missing in: {error}");
    assert!(error.to_string().contains("force_date"), "{error}");
}

fn lists(list: &IssuedCrl, serials: &[SerialNumber]) -> bool {
    let list = read(list);
    serials.iter().all(|serial| list.find(serial).is_some())
}

/// xorshift64*, repeatable.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}
