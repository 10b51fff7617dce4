//! Instants and validity periods (RFC 5280 section 4.1.2.5).

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp};

use crate::error::Error;

/// 1950-01-01T00:00:00Z, the first instant UTCTime can name (RFC 5280 section 4.1.2.5.1).
const FIRST: i64 = -631_152_000;
/// 9999-12-31T23:59:59Z, the last instant GeneralizedTime can name.
const LAST: i64 = 253_402_300_799;

/// The start of UNIX time.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// An instant in whole seconds, from 1950-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
///
/// ```
/// use certwright::time::Time;
/// let time: Time = "2026-01-31T12:00:00Z".parse()?;
/// assert_eq!(time.unix(), 1_769_860_800);
/// assert_eq!(Time::from_unix(1_769_860_800)?.to_string(), "2026-01-31T12:00:00Z");
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Time {
    unix: i64,
}

/// A time of day on a calendar day in UTC, as the two ASN.1 time types write it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Civil {
    pub(crate) year: i16,
    pub(crate) month: i8,
    pub(crate) day: i8,
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    pub(crate) second: i8,
}

impl Time {
    /// The time of the system's clock, in whole seconds.
    ///
    /// # Errors
    /// [`Error::Malformed`] on a platform without a clock, or when it shows a year before 1950 or after
    /// 9999.
    pub fn now() -> Result<Self, Error> {
        system_time()
    }

    /// 9999-12-31T23:59:59Z: no well-defined expiration (RFC 5280 section 4.1.2.5).
    pub const NO_EXPIRATION: Self = Self { unix: LAST };

    /// An instant from seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`Error::Malformed`] outside the years 1950 to 9999.
    pub fn from_unix(seconds: i64) -> Result<Self, Error> {
        if (FIRST..=LAST).contains(&seconds) {
            return Ok(Self { unix: seconds });
        }
        Err(Error::malformed(
            "time",
            format!("UNIX second {seconds}"),
            "outside the years 1950 to 9999 (RFC 5280 section 4.1.2.5)",
        ))
    }

    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    pub const fn unix(self) -> i64 {
        self.unix
    }

    /// The instant `lifetime` later.
    ///
    /// # Errors
    /// [`Error::Malformed`] past the year 9999.
    pub fn plus(self, lifetime: Lifetime) -> Result<Self, Error> {
        let seconds = i64::try_from(lifetime.seconds).unwrap_or(i64::MAX);
        Self::from_unix(self.unix.saturating_add(seconds))
    }

    /// The instant so many calendar months later, at the same time of day; on the last day of a month
    /// that has no such day.
    ///
    /// ```
    /// use certwright::time::Time;
    /// let time: Time = "2027-08-31T12:00:00Z".parse()?;
    /// assert_eq!(time.plus_months(6)?.to_string(), "2028-02-29T12:00:00Z");
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] after the year 9999.
    pub fn plus_months(self, months: u32) -> Result<Self, Error> {
        let datetime = EPOCH.saturating_add(SignedDuration::from_secs(self.unix));
        let later = Span::new().try_months(months).and_then(|span| datetime.checked_add(span));
        later
            .map_err(|_| {
                let problem = "outside the years 1950 to 9999 (RFC 5280 section 4.1.2.5)";
                Error::malformed("time", format!("{months} months after {self}"), problem)
            })
            .and_then(Self::from_utc)
    }

    /// The instant `lifetime` earlier.
    ///
    /// # Errors
    /// [`Error::Malformed`] before the year 1950.
    pub fn minus(self, lifetime: Lifetime) -> Result<Self, Error> {
        let seconds = i64::try_from(lifetime.seconds).unwrap_or(i64::MAX);
        Self::from_unix(self.unix.saturating_sub(seconds))
    }

    pub(crate) fn from_civil(civil: Civil) -> Result<Self, Error> {
        let Civil { year, month, day, hour, minute, second } = civil;
        DateTime::new(year, month, day, hour, minute, second, 0)
            .map_err(|_| Error::malformed("time", "", "no such day or time of day"))
            .and_then(Self::from_utc)
    }

    pub(crate) fn to_civil(self) -> Civil {
        // Every second of the years 1950 to 9999 is inside the range of DateTime. (It is not inside
        // that of Timestamp, which ends a day earlier.)
        let datetime = EPOCH.saturating_add(SignedDuration::from_secs(self.unix));
        Civil {
            year: datetime.year(),
            month: datetime.month(),
            day: datetime.day(),
            hour: datetime.hour(),
            minute: datetime.minute(),
            second: datetime.second(),
        }
    }

    fn from_utc(datetime: DateTime) -> Result<Self, Error> {
        let since = datetime.duration_since(EPOCH);
        if since.subsec_nanos() != 0 {
            return Err(Error::malformed("time", datetime.to_string(), "not a whole second"));
        }
        Self::from_unix(since.as_secs())
    }
}

impl FromStr for Time {
    type Err = Error;

    /// Reads RFC 3339 text; fractions of a second are refused.
    ///
    /// # Errors
    /// [`Error::Malformed`] for anything else, or outside the years 1950 to 9999.
    fn from_str(text: &str) -> Result<Self, Error> {
        let datetime = match text.strip_suffix('Z') {
            // A day alone would also parse; RFC 3339 wants the time of day.
            Some(utc) if utc.contains('T') => utc.parse::<DateTime>(),
            _ => text.parse::<Timestamp>().map(|t| jiff::tz::TimeZone::UTC.to_datetime(t)),
        };
        datetime
            .map_err(|_| {
                Error::malformed(
                    "time",
                    crate::error::quoted(text),
                    "not an RFC 3339 time, such as 2026-11-30T12:00:00Z",
                )
            })
            .and_then(Self::from_utc)
    }
}

/// The system's time.
pub(crate) fn system_time() -> Result<Time, Error> {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) {
        // The standard library panics there.
        return Err(Error::malformed("time", "", "this platform has no clock; supply one"));
    }
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    };
    Time::from_unix(seconds)
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second } = self.to_civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// A length of time in whole seconds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Lifetime {
    seconds: u64,
}

impl Lifetime {
    /// No time at all.
    pub const ZERO: Self = Self { seconds: 0 };

    /// Days of 86,400 seconds.
    pub const fn days(days: u32) -> Self {
        Self { seconds: days as u64 * 86_400 }
    }

    /// Hours.
    pub const fn hours(hours: u32) -> Self {
        Self { seconds: hours as u64 * 3_600 }
    }

    /// Seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { seconds }
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.seconds
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.seconds.is_multiple_of(86_400) {
            write!(f, "{} days", self.seconds / 86_400)
        } else {
            write!(f, "{} seconds", self.seconds)
        }
    }
}

/// A validity period: both ends are inside it (RFC 5280 section 4.1.2.5).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Validity {
    not_before: Time,
    not_after: Time,
}

impl Validity {
    /// A period from its two ends.
    ///
    /// # Errors
    /// [`Error::Malformed`] when `not_after` is earlier than `not_before`.
    pub fn new(not_before: Time, not_after: Time) -> Result<Self, Error> {
        if not_after < not_before {
            return Err(Error::malformed(
                "validity",
                "notAfter",
                format!("{not_after} is earlier than notBefore, {not_before}"),
            ));
        }
        Ok(Self { not_before, not_after })
    }

    /// The first instant.
    pub const fn not_before(&self) -> Time {
        self.not_before
    }

    /// The last instant.
    pub const fn not_after(&self) -> Time {
        self.not_after
    }

    /// Whether the instant is inside.
    pub fn contains(&self, time: Time) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }

    /// The time between the two ends.
    pub fn lifetime(&self) -> Lifetime {
        Lifetime::seconds(self.not_after.unix.abs_diff(self.not_before.unix))
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.not_before, self.not_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_is_1950_to_9999() {
        assert_eq!(Time::from_unix(FIRST).unwrap().to_string(), "1950-01-01T00:00:00Z");
        assert_eq!(Time::from_unix(LAST).unwrap().to_string(), "9999-12-31T23:59:59Z");
        for outside in [FIRST - 1, LAST + 1, i64::MIN, i64::MAX] {
            assert!(Time::from_unix(outside).is_err());
        }
        assert!(Time::NO_EXPIRATION.plus(Lifetime::seconds(1)).is_err());
        assert!(Time::NO_EXPIRATION.plus(Lifetime::seconds(u64::MAX)).is_err());
    }

    #[test]
    fn civil_form_reads_back() {
        for seconds in [FIRST, -1, 0, 951_782_400, 2_524_608_000, LAST] {
            let time = Time::from_unix(seconds).unwrap();
            assert_eq!(Time::from_civil(time.to_civil()).unwrap(), time);
            assert_eq!(time.to_string().parse::<Time>().unwrap(), time);
        }
    }

    #[test]
    fn only_rfc_3339_with_a_time_of_day_is_read() {
        let noon = Time::from_unix(1_769_860_800).unwrap();
        for text in ["2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00"] {
            assert_eq!(text.parse::<Time>().unwrap(), noon, "{text}");
        }
        for text in [
            "2026-01-31Z",
            "2026-01-31",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00.5Z",
            "2026-02-29T12:00:00Z",
            "12:00:00Z",
            "Z",
            "",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_period_has_both_its_ends_and_no_instant_around_them() {
        let time = |seconds| Time::from_unix(seconds).unwrap();
        let period = Validity::new(time(-10), time(86_390)).unwrap();
        for (seconds, inside) in [(-11, false), (-10, true), (86_390, true), (86_391, false)] {
            assert_eq!(period.contains(time(seconds)), inside, "{seconds}");
        }
        assert_eq!(period.lifetime(), Lifetime::days(1));
        assert_eq!(period.lifetime().as_seconds(), 86_400);
        assert_eq!(Validity::new(time(7), time(7)).unwrap().lifetime(), Lifetime::ZERO);
        assert!(Validity::new(time(7), time(6)).is_err());
        let texts =
            [Lifetime::days(2), Lifetime::hours(25), Lifetime::ZERO].map(|it| it.to_string());
        assert_eq!(texts, ["2 days", "90000 seconds", "0 days"]);
    }
}
