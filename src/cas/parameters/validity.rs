//! How long a leaf is valid, by the [rules](crate::cas::rules#validity-of-a-leaf).

use super::super::config::ValidityRule;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use crate::error::quoted;
use crate::time::{Lifetime, Time, Validity};

structures! {
    /// How long a leaf is asked to be valid.
    #[derive(Clone, Copy)]
    LeafValidity {
        /// Years of validity, where `ValidityRule::Lenient` takes them.
        years: Option<i64>,
        /// Months of validity, where `ValidityRule::Lenient` takes them.
        months: Option<i64>,
        /// Days of validity from now on. At least one of Days, BeforeTime and AfterTime is needed;
        /// Days goes before the others.
        days: Option<i64>,
        /// notBefore in UNIX seconds; only with AfterTime.
        before_time: Option<i64>,
        /// notAfter in UNIX seconds; only with BeforeTime. Not after the issuer's.
        after_time: Option<i64>,
    }
}

/// The validity that was asked for. Days go before BeforeTime and AfterTime, these before Years and
/// Months.
pub(crate) fn validity(
    rule: ValidityRule,
    asked: LeafValidity,
    now: Time,
) -> Result<Validity, CasError> {
    let LeafValidity { days, before_time, after_time, years, months } = asked;
    let missing = |message: &str| Err(CasError::new(ErrorKind::MissingParameter, message));
    // S: both or neither, also beside Days.
    match (before_time, after_time) {
        (Some(_), None) => return missing("AfterTime: missing beside BeforeTime"),
        (None, Some(_)) => return missing("BeforeTime: missing beside AfterTime"),
        _ => {}
    }
    for (name, value) in [("Years", years), ("Months", months)] {
        if let Some(value) = value
            && value < 0
        {
            return Err(CasError::invalid(name, value, "0 or more"));
        }
    }
    match (days, before_time.zip(after_time)) {
        (Some(days), period) => {
            // What is overruled must still be in order.
            if let Some((before, after)) = period {
                between(before, after)?;
            }
            let seconds = days.checked_mul(86_400).filter(|seconds| *seconds > 0);
            let end = seconds.and_then(|seconds| now.unix().checked_add(seconds));
            let end = end.and_then(|end| Time::from_unix(end).ok());
            let end = end.ok_or_else(|| {
                CasError::invalid("Days", days, "1 or more, and an end before the year 10000")
            })?;
            Ok(Validity::new(now, end)?)
        }
        (None, Some((before, after))) => between(before, after),
        (None, None) => {
            let count = years.unwrap_or_default().saturating_mul(12);
            let count = count.saturating_add(months.unwrap_or_default());
            if rule == ValidityRule::Strict || (years.is_none() && months.is_none()) {
                return missing("Days: missing, and so are BeforeTime and AfterTime");
            }
            let given = format!("{count} months");
            let end = u32::try_from(count).ok().filter(|count| *count > 0);
            let end = end.and_then(|count| now.plus_months(count).ok());
            let end = end.ok_or_else(|| {
                CasError::invalid("Years and Months", given, "an end after now, before 10000")
            })?;
            Ok(Validity::new(now, end)?)
        }
    }
}

/// The parameter that says how long a leaf is valid.
pub(crate) fn deciding(asked: LeafValidity) -> &'static str {
    match (asked.days, asked.before_time) {
        (Some(_), _) => "Days",
        (None, Some(_)) => "BeforeTime and AfterTime",
        (None, None) => "Years and Months",
    }
}

/// The parameters that another one overrules, with what they were given and by which.
pub(crate) fn overruled(
    asked: LeafValidity,
) -> impl Iterator<Item = (&'static str, i64, &'static str)> {
    let LeafValidity { days, before_time, after_time, years, months } = asked;
    let by = if days.is_some() { "Days" } else { "BeforeTime and AfterTime" };
    let period = [("BeforeTime", before_time), ("AfterTime", after_time)];
    let period = period.into_iter().filter(move |_| days.is_some());
    let calendar = [("Years", years), ("Months", months)];
    let calendar = calendar.into_iter().filter(move |_| days.or(before_time).is_some());
    period.chain(calendar).filter_map(move |(name, given)| Some((name, given?, by)))
}

fn between(before: i64, after: i64) -> Result<Validity, CasError> {
    let time = |name, seconds| {
        let allowed = "UNIX seconds of the years 1950 to 9999";
        Time::from_unix(seconds).map_err(|_| CasError::invalid(name, seconds, allowed))
    };
    let (from, to) = (time("BeforeTime", before)?, time("AfterTime", after)?);
    if after <= before {
        let allowed = format!("more than BeforeTime, {before}");
        return Err(CasError::invalid("AfterTime", after, allowed));
    }
    Ok(Validity::new(from, to)?)
}

/// So many calendar years from now.
pub(crate) fn years(years: i64, now: Time) -> Result<Time, CasError> {
    let months = u32::try_from(years.saturating_mul(12)).ok().filter(|months| *months > 0);
    let end = months.and_then(|months| now.plus_months(months).ok());
    end.ok_or_else(|| {
        CasError::invalid("Years", years, "1 or more, and an end before the year 10000")
    })
}

/// A number of days.
pub(crate) fn days(days: i64) -> Lifetime {
    Lifetime::days(u32::try_from(days).unwrap_or(u32::MAX))
}

/// The validity that `Validity` says.
pub(crate) fn written_validity(text: &str, now: Time) -> Result<Validity, CasError> {
    let refuse = || {
        let allowed = "Ny, Nm or Nd, yyyy-MM-ddTHH:mm:ssZ, or two such times joined by '/', \
                       the end after the beginning and before the year 10000";
        CasError::invalid("Validity", quoted(text), allowed)
    };
    let (from, until) = match text.split_once('/') {
        Some((from, until)) => (instant(from), instant(until)),
        None => (Some(now), instant(text).or_else(|| later(text, now))),
    };
    let (from, until) = from.zip(until).filter(|(from, until)| from < until).ok_or_else(refuse)?;
    Ok(Validity::new(from, until)?)
}

/// `yyyy-MM-ddTHH:mm:ssZ`, exactly.
fn instant(text: &str) -> Option<Time> {
    let time: Time = text.parse().ok()?;
    (time.to_string() == text).then_some(time)
}

/// `Ny`, `Nm` or `Nd` from now, N without a sign and not zero.
fn later(text: &str, now: Time) -> Option<Time> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let count: u32 = number.parse().ok().filter(|count| digits && *count > 0)?;
    match unit {
        "y" => now.plus_months(count.checked_mul(12)?).ok(),
        "m" => now.plus_months(count).ok(),
        "d" => now.plus(Lifetime::days(count)).ok(),
        _ => None,
    }
}
