//! Lists, a page at a time.

use serde_json::{Map, Value};

use super::super::config::Config;
use super::super::error::CasError;
use super::super::json::schema::{Parameter, ParameterHelp, read_answer};
use super::super::json::structures::{self, Fields, Given, structures};
use crate::error::quoted;

structures! {
    /// Which page of a list is asked for.
    #[derive(Clone, Copy)]
    PageAsked {
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Items of a page; 20, of CSRs and orders 50.
        show_size: Option<i64>,
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct List<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The page, from 1 on.
    pub current_page: i64,
    /// Items of a page.
    pub show_size: i64,
    /// How many items the list has.
    pub total_count: i64,
}

/// An item of a list.
#[allow(unreachable_pub)]
pub trait Listed: Parameter {
    /// What the list is called on the wire.
    const LIST: &'static str;
    /// Whether it is a list of certificates, whose pages are smaller and counted in the answer.
    const OF_CERTIFICATES: bool = true;
}

impl<T: Listed> List<T> {
    /// The page that is asked for of all that is listed. Only its items are shown.
    pub(crate) fn page<K>(
        all: &[K],
        asked: PageAsked,
        config: &Config,
        show: impl FnMut(&K) -> Result<Option<T>, CasError>,
    ) -> Result<Self, CasError> {
        let current_page = asked.current_page.unwrap_or(1);
        if current_page < 1 {
            return Err(CasError::invalid("CurrentPage", current_page, "1 or more"));
        }
        let default = match T::OF_CERTIFICATES {
            true => config.certificate_page_size,
            false => config.page_size,
        };
        let show_size = asked.show_size.unwrap_or(default);
        let most = config.page_size_limit;
        if !(1..=most).contains(&show_size) {
            return Err(CasError::invalid("ShowSize", show_size, format!("1 to {most}")));
        }
        let skipped = (current_page - 1).saturating_mul(show_size);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let taken = usize::try_from(show_size).unwrap_or_default();
        let shown = all.iter().skip(skipped).take(taken).map(show);
        let shown: Result<Vec<Option<T>>, CasError> = shown.collect();
        Ok(Self {
            // What was deleted meanwhile is left out.
            items: shown?.into_iter().flatten().collect(),
            current_page,
            show_size,
            total_count: count(all.len()),
        })
    }

    /// How many pages there are.
    pub fn page_count(&self) -> i64 {
        // Both are positive.
        self.total_count.saturating_add(self.show_size - 1) / self.show_size.max(1)
    }
}

impl<T: Listed> Fields for List<T> {
    fn take(given: &mut Given<'_>) -> Option<Self> {
        let items = given.take(T::LIST);
        let mut number = |name| given.take::<i64>(name);
        let (current_page, show_size) = (number("CurrentPage"), number("ShowSize"));
        let (total_count, pages) =
            (number("TotalCount"), if T::OF_CERTIFICATES { number("PageCount") } else { Some(0) });
        pages?;
        let (current_page, show_size) = (current_page?, show_size?);
        Some(Self { items: items?, current_page, show_size, total_count: total_count? })
    }

    fn put(&self, fields: &mut Map<String, Value>) {
        let pages = T::OF_CERTIFICATES.then(|| self.page_count());
        structures::put(fields, T::LIST.to_owned(), &self.items);
        structures::put(fields, "CurrentPage".to_owned(), &self.current_page);
        structures::put(fields, "PageCount".to_owned(), &pages);
        structures::put(fields, "ShowSize".to_owned(), &self.show_size);
        structures::put(fields, "TotalCount".to_owned(), &self.total_count);
    }

    fn help() -> Vec<ParameterHelp> {
        let number = |name: &str, text| structures::help::<i64>(name.to_owned(), text);
        let mut help = vec![
            structures::help::<Vec<T>>(T::LIST.to_owned(), "The items of the page."),
            number("CurrentPage", "The page."),
            number("ShowSize", "Items of a page."),
            number("TotalCount", "How many there are."),
        ];
        help.extend(T::OF_CERTIFICATES.then(|| number("PageCount", "How many pages there are.")));
        help
    }
}

impl<T: Listed> serde::Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write().serialize(serializer)
    }
}

impl<'de, T: Listed> serde::Deserialize<'de> for List<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_answer(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A filter whose values are known.
pub(crate) fn one_of(name: &str, given: &Option<String>, allowed: &[&str]) -> Result<(), CasError> {
    match given {
        Some(given) if !allowed.contains(&given.as_str()) => {
            let given = quoted(given);
            Err(CasError::invalid(name, given, allowed.join(" or ")))
        }
        _ => Ok(()),
    }
}

/// A number of items.
pub(crate) fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}
