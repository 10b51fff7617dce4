//! How long a leaf is valid: the rules of CreateServerCertificateWithCsr, case by case
//! and against an oracle that was written from the page.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use certwright::cas::{Cas, Config, ValidityRule};
use certwright::time::{Clock, Lifetime, Time};
use certwright::{Certificate, Error, MemoryStore};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::*;

const DAY: i64 = 86_400;

/// A service with an intermediate that ends far away, and a CSR.
struct World {
    cas: Cas,
    parent: String,
    csr: String,
}

impl World {
    fn new(rule: ValidityRule) -> Self {
        let mut config = Config::default();
        config.validity = rule;
        let cas = service(config);
        let root = call(&cas, "CreateRootCACertificate", authority("Root", 200, "ECC_256"));
        let more = json!({ "ParentIdentifier": root["Identifier"] });
        let ca = with(authority("CA", 100, "ECC_256"), more);
        let parent = text(&call(&cas, "CreateSubCACertificate", ca), "Identifier").to_owned();
        let csr = csr(&cas, "ECC", 256, "db.example");
        Self { cas, parent, csr }
    }

    fn parameters(&self, validity: &Value) -> Value {
        let leaf = json!({ "Csr": self.csr, "ParentIdentifier": self.parent, "Immediately": 1 });
        with(leaf, validity.clone())
    }

    /// notBefore and notAfter of what is issued.
    #[track_caller]
    fn issued(&self, validity: Value) -> (i64, i64) {
        let answer = call(&self.cas, "CreateServerCertificateWithCsr", self.parameters(&validity));
        let certificate = Certificate::from_pem(text(&answer, "X509Certificate")).unwrap();
        let validity = certificate.validity();
        (validity.not_before().unix(), validity.not_after().unix())
    }

    #[track_caller]
    fn refused(&self, validity: Value, code: &str, words: &[&str]) {
        // The world is shared with tests that issue meanwhile, so its state is not compared.
        let parameters = self.parameters(&validity);
        let error = self.cas.call_json("CreateServerCertificateWithCsr", parameters).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        for word in words {
            assert!(error.message().contains(word), "{word:?} is missing in: {error}");
        }
    }
}

fn strict() -> MutexGuard<'static, World> {
    static WORLD: LazyLock<Mutex<World>> =
        LazyLock::new(|| Mutex::new(World::new(ValidityRule::Strict)));
    alone(&WORLD)
}

fn lenient() -> MutexGuard<'static, World> {
    static WORLD: LazyLock<Mutex<World>> =
        LazyLock::new(|| Mutex::new(World::new(ValidityRule::Lenient)));
    alone(&WORLD)
}

/// A service while no other test uses it, which would change what a refusal must leave as it was.
fn alone(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn days_count_from_now_in_seconds_of_a_day() {
    assert_eq!(strict().issued(json!({ "Days": 365 })), (NOW, NOW + 365 * DAY));
    assert_eq!(strict().issued(json!({ "Days": "1" })), (NOW, NOW + DAY));
}

#[test]
fn both_times_are_not_before_and_not_after() {
    let (from, to) = (NOW + 10, NOW + 1_000);
    assert_eq!(strict().issued(json!({ "BeforeTime": from, "AfterTime": to })), (from, to));
}

#[test]
fn days_go_before_both_times() {
    let all = json!({ "Days": 2, "BeforeTime": NOW + 10, "AfterTime": NOW + 1_000 });
    assert_eq!(strict().issued(all), (NOW, NOW + 2 * DAY));
}

#[test]
fn one_of_the_three_is_needed() {
    strict().refused(json!({}), "MissingParameter", &["Days", "BeforeTime", "AfterTime"]);
}

#[test]
fn one_time_without_the_other_is_refused_also_beside_days() {
    for days in [json!({}), json!({ "Days": 1 })] {
        let before = with(days.clone(), json!({ "BeforeTime": NOW }));
        strict().refused(before, "MissingParameter", &["AfterTime"]);
        let after = with(days, json!({ "AfterTime": NOW + 10 }));
        strict().refused(after, "MissingParameter", &["BeforeTime"]);
    }
}

#[test]
fn an_end_that_is_not_after_the_beginning_is_refused() {
    for end in [NOW, NOW - 1] {
        let period = json!({ "BeforeTime": NOW, "AfterTime": end });
        strict().refused(period, "InvalidParameter", &["AfterTime", &end.to_string()]);
    }
}

#[test]
fn days_are_one_or_more() {
    for days in [0, -1, i64::MIN, i64::MAX, 4_000_000] {
        strict().refused(json!({ "Days": days }), "InvalidParameter", &["Days", &days.to_string()]);
    }
}

#[test]
fn instants_are_of_the_years_1950_to_9999() {
    for (from, to, name) in [
        (-631_152_001, NOW, "BeforeTime"),
        (NOW, 253_402_300_800, "AfterTime"),
        (i64::MIN, i64::MAX, "BeforeTime"),
    ] {
        let period = json!({ "BeforeTime": from, "AfterTime": to });
        strict().refused(period, "InvalidParameter", &[name, "1950"]);
    }
}

#[test]
fn a_leaf_that_outlives_its_issuer_is_refused_with_both_ends() {
    let end = Time::from_unix(NOW).unwrap().plus_months(1_200).unwrap();
    let last = json!({ "BeforeTime": NOW, "AfterTime": end.unix() });
    assert_eq!(strict().issued(last), (NOW, end.unix()));
    let late = Time::from_unix(end.unix() + 1).unwrap();
    let past = json!({ "BeforeTime": NOW, "AfterTime": late.unix() });
    strict().refused(past, "InvalidParameter", &[&end.to_string(), &late.to_string()]);
}

#[test]
fn years_and_months_alone_are_refused_under_the_strict_rule() {
    for given in [json!({ "Years": 1 }), json!({ "Months": 1 }), json!({ "Years": 1, "Months": 1 })]
    {
        strict().refused(given, "MissingParameter", &["Days"]);
    }
}

#[test]
fn the_lenient_rule_counts_calendar_months_and_cuts_to_the_last_day() {
    // From 15 January 2027: one year and one month.
    let (from, to) = lenient().issued(json!({ "Years": 1, "Months": 1 }));
    assert_eq!(from, NOW);
    assert_eq!(Time::from_unix(to).unwrap().to_string(), "2028-02-15T08:00:00Z");
    lenient().refused(json!({}), "MissingParameter", &["Days"]);
    lenient().refused(json!({ "Years": 0 }), "InvalidParameter", &["Years"]);
    lenient().refused(json!({ "Months": -1 }), "InvalidParameter", &["Months", "-1"]);
    lenient().refused(json!({ "Years": i64::MAX }), "InvalidParameter", &["Years"]);
}

#[test]
fn days_and_times_go_before_years_and_months_under_both_rules() {
    for world in [strict(), lenient()] {
        let all = json!({ "Days": 3, "Years": 2, "Months": 7 });
        assert_eq!(world.issued(all), (NOW, NOW + 3 * DAY));
        let period = json!({ "BeforeTime": NOW, "AfterTime": NOW + 5, "Years": 2 });
        assert_eq!(world.issued(period), (NOW, NOW + 5));
    }
}

/// What the documentation says, and nothing of how it is done: notBefore and notAfter, or none.
fn page(rule: ValidityRule, asked: &Asked, end_of_issuer: i64) -> Option<(i64, i64)> {
    let Asked { days, before, after, years, months } = *asked;
    // "The BeforeTime and AfterTime parameters must be both empty or both specified."
    if before.is_some() != after.is_some() {
        return None;
    }
    if years.is_some_and(|years| years < 0) || months.is_some_and(|months| months < 0) {
        return None;
    }
    let in_range = |seconds: i128| (-631_152_000..=253_402_300_799).contains(&seconds);
    let period = before.zip(after);
    if let Some((before, after)) = period
        && (after <= before || !in_range(before.into()) || !in_range(after.into()))
    {
        return None;
    }
    let (from, to) = match (days, period) {
        // "the validity period … is determined by the value of the Days parameter"
        (Some(days), _) if days <= 0 => return None,
        (Some(days), _) => (i128::from(NOW), i128::from(NOW) + i128::from(days) * 86_400),
        (None, Some((before, after))) => (before.into(), after.into()),
        (None, None) if rule == ValidityRule::Strict => return None,
        (None, None) => {
            let count = years.unwrap_or(0).checked_mul(12)?.checked_add(months.unwrap_or(0))?;
            if count == 0 {
                return None;
            }
            (i128::from(NOW), i128::from(later(count)?))
        }
    };
    let inside = in_range(to) && to <= i128::from(end_of_issuer) && from >= i128::from(NOW);
    inside.then_some((from as i64, to as i64))
}

/// So many months after 2027-01-15T08:00:00Z. The fifteenth is in every month.
fn later(months: i64) -> Option<i64> {
    let (year, month) = (2027 + months / 12, months % 12 + 1);
    if year > 9999 {
        return None;
    }
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut days = 0;
    for year in 1970..year {
        days += if leap(year) { 366 } else { 365 };
    }
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    days += lengths.iter().take(month as usize - 1).sum::<i64>() + 14;
    Some(days * DAY + 8 * 3_600)
}

#[derive(Clone, Debug)]
struct Asked {
    days: Option<i64>,
    before: Option<i64>,
    after: Option<i64>,
    years: Option<i64>,
    months: Option<i64>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let days = prop_oneof![3 => 1..40_000i64, 1 => -3..3i64, 1 => any::<i64>()];
    let time =
        || prop_oneof![4 => NOW..NOW + 5_000_000_000, 1 => NOW - 10..NOW + 10, 1 => any::<i64>()];
    let count = || prop_oneof![3 => 0..130i64, 1 => -2..2i64, 1 => any::<i64>()];
    (
        proptest::option::of(days),
        proptest::option::of(time()),
        proptest::option::of(time()),
        proptest::option::of(count()),
        proptest::option::of(count()),
    )
        .prop_map(|(days, before, after, years, months)| Asked {
            days,
            before,
            after,
            years,
            months,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_period_is_what_the_page_says(asked in asked(), is_lenient: bool, in_text: bool) {
        let (world, rule) = match is_lenient {
            true => (lenient(), ValidityRule::Lenient),
            false => (strict(), ValidityRule::Strict),
        };
        let end = Time::from_unix(NOW).unwrap().plus_months(1_200).unwrap().unix();
        let mut given = json!({});
        for (name, value) in [
            ("Days", asked.days),
            ("BeforeTime", asked.before),
            ("AfterTime", asked.after),
            ("Years", asked.years),
            ("Months", asked.months),
        ] {
            if let Some(value) = value {
                given[name] = if in_text { json!(value.to_string()) } else { json!(value) };
            }
        }
        let answer =
            world.cas.call_json("CreateServerCertificateWithCsr", world.parameters(&given));
        let issued = answer.map(|answer| {
            let certificate = Certificate::from_pem(text(&answer, "X509Certificate")).unwrap();
            let validity = *certificate.validity();
            (validity.not_before().unix(), validity.not_after().unix())
        });
        match (page(rule, &asked, end), issued) {
            (Some(expected), Ok(issued)) => prop_assert_eq!(expected, issued),
            (None, Err(error)) => {
                prop_assert!(["MissingParameter", "InvalidParameter"].contains(&error.code()), "{}", error);
            }
            (expected, issued) => prop_assert!(false, "{:?} against {:?}", expected, issued),
        }
    }
}

/// A clock that is a second later each time it is asked.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Result<Time, Error> {
        Time::from_unix(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// The clock goes on between the check and the issue, also where nothing may be backdated.
#[test]
fn what_begins_now_is_issued_whatever_is_backdated() {
    for backdate in [Lifetime::ZERO, Lifetime::hours(48)] {
        let mut config = Config::default();
        config.backdate = backdate;
        let cas = Cas::new(MemoryStore::default(), Ticking(AtomicI64::new(NOW)), config);
        let (_, parent) = hierarchy(&cas, "ECC_256");
        let csr = csr(&cas, "ECC", 256, "db.example");
        let leaf = json!({ "Csr": csr, "ParentIdentifier": parent, "Days": 1 });
        call(&cas, "CreateServerCertificateWithCsr", leaf.clone());
        // Long before now it is refused still.
        let early = json!({ "BeforeTime": NOW - 3 * DAY, "AfterTime": NOW + DAY });
        let mut leaf = with(leaf, early);
        leaf.as_object_mut().unwrap().remove("Days");
        let words = &["BeforeTime and AfterTime: "];
        refused(&cas, "CreateServerCertificateWithCsr", leaf, "InvalidParameter", words);
    }
}
