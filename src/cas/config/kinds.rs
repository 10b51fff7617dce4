//! The kinds of values that only rules have: numbers of other widths, spans of time, identifiers.

use serde_json::Value;

use super::super::json::schema::{Parameter, Problems};
use crate::key::Sm2Id;
use crate::ledger::Identifier;
use crate::time::Lifetime;

/// Integers, which are read as the 64 bits of every other parameter.
macro_rules! integers {
    ($( $kind:ty )+) => { $(
        impl Parameter for $kind {
            fn kind() -> String {
                i64::kind()
            }

            fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
                let read = i64::read(given, place, problems)?;
                let read = Self::try_from(read).ok();
                if read.is_none() {
                    let most = Self::try_from(i64::MAX).unwrap_or(Self::MAX);
                    problems.kind(place, given, &format!("0 to {most}"));
                }
                read
            }

            fn write(&self) -> Option<Value> {
                Some(Value::from(*self))
            }
        }
    )+ };
}

integers! { u8 usize }

/// What a rule can be that is written as a text.
macro_rules! texts {
    ($( $kind:ty: $allowed:literal, $read:expr, $write:expr; )+) => { $(
        impl Parameter for $kind {
            fn kind() -> String {
                $allowed.to_owned()
            }

            fn read(given: &Value, place: &str, problems: &mut Problems) -> Option<Self> {
                let read: fn(&str) -> Option<Self> = $read;
                let read = given.as_str().and_then(read);
                if read.is_none() {
                    problems.kind(place, given, $allowed);
                }
                read
            }

            fn write(&self) -> Option<Value> {
                let write: fn(&Self) -> String = $write;
                Some(Value::from(write(self)))
            }
        }
    )+ };
}

texts! {
    Identifier: "the identifier of a CA, 32 hexadecimal digits", |text| text.parse().ok(),
        ToString::to_string;
    Lifetime: "a time such as 90d, 48h or 600s", lifetime, lifetime_text;
    Sm2Id: "an identifier of at most 8191 bytes, which may be empty", |text| Sm2Id::new(text).ok(),
        ToString::to_string;
}

/// Days, hours or seconds.
fn lifetime(text: &str) -> Option<Lifetime> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let count: u64 = count.parse().ok().filter(|_| count.bytes().all(|c| c.is_ascii_digit()))?;
    count.checked_mul(seconds).map(Lifetime::seconds)
}

fn lifetime_text(lifetime: &Lifetime) -> String {
    let seconds = lifetime.as_seconds();
    let (unit, length) = UNITS
        .iter()
        .find(|(_, length)| seconds.is_multiple_of(*length))
        .copied()
        .unwrap_or(("s", 1));
    format!("{}{unit}", seconds / length)
}

const UNITS: [(&str, u64); 3] = [("d", 86_400), ("h", 3_600), ("s", 1)];
