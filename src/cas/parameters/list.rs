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

    /// Which part of a list is asked for: a page, or what follows an earlier answer.
    #[derive(Clone)]
    TokenPage {
        /// The page.
        page as ..: PageAsked,
        /// Items at most, instead of ShowSize.
        max_results: Option<i64>,
        /// What an earlier answer had as its NextToken, instead of CurrentPage.
        next_token: Option<String>,
    }
}

impl PageAsked {
    /// The page, its size, and how many items are before it and on it at most.
    fn bounds(self, default: i64, config: &Config) -> Result<(i64, i64, usize, usize), CasError> {
        let current_page = self.current_page.unwrap_or(1);
        if current_page < 1 {
            return Err(CasError::invalid("CurrentPage", current_page, "1 or more"));
        }
        let show_size = self.show_size.unwrap_or(default);
        let most = config.page_size_limit;
        if !(1..=most).contains(&show_size) {
            return Err(CasError::invalid("ShowSize", show_size, format!("1 to {most}")));
        }
        let skipped = (current_page - 1).saturating_mul(show_size);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        Ok((current_page, show_size, skipped, usize::try_from(show_size).unwrap_or_default()))
    }
}

/// A part of what an answer lists in a form of its own.
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    pub(crate) current_page: i64,
    pub(crate) show_size: i64,
    pub(crate) next_token: Option<String>,
}

/// The part that is asked for.
pub(crate) fn part<T>(
    all: Vec<T>,
    asked: &TokenPage,
    config: &Config,
) -> Result<Part<T>, CasError> {
    let bounds = asked.page()?.bounds(config.certificate_page_size, config)?;
    let (current_page, show_size, skipped, taken) = bounds;
    let more = all.len() > skipped.saturating_add(taken);
    let next_token = more.then(|| (current_page + 1).to_string());
    let items = all.into_iter().skip(skipped).take(taken).collect();
    Ok(Part { items, current_page, show_size, next_token })
}

impl TokenPage {
    /// The page that is asked for, in whichever way. A token is the number of the next page.
    pub(crate) fn page(&self) -> Result<PageAsked, CasError> {
        let PageAsked { current_page, show_size } = self.page;
        for (name, one, other, instead) in [
            ("MaxResults", self.max_results.is_some(), show_size.is_some(), "ShowSize"),
            ("NextToken", self.next_token.is_some(), current_page.is_some(), "CurrentPage"),
        ] {
            if one && other {
                let allowed = format!("either it or {instead}");
                return Err(CasError::invalid(name, "both", allowed));
            }
        }
        let current_page = match &self.next_token {
            None => current_page,
            Some(text) => {
                let number = text.parse::<i64>().ok().filter(|number| *number > 1);
                let allowed = "the NextToken of an earlier answer";
                let wrong = || CasError::invalid("NextToken", quoted(text), allowed);
                Some(number.ok_or_else(wrong)?)
            }
        };
        Ok(PageAsked { current_page, show_size: self.max_results.or(show_size) })
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
    /// Whether its answers say how to ask for the next part.
    const HAS_TOKENS: bool = false;
}

impl<T: Listed> List<T> {
    /// The page that is asked for of all that is listed. Only its items are shown.
    pub(crate) fn page<K>(
        all: &[K],
        asked: PageAsked,
        config: &Config,
        show: impl FnMut(&K) -> Result<Option<T>, CasError>,
    ) -> Result<Self, CasError> {
        let default = match T::OF_CERTIFICATES {
            true => config.certificate_page_size,
            false => config.page_size,
        };
        let (current_page, show_size, skipped, taken) = asked.bounds(default, config)?;
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

    /// What asks for the next part of the list ([`TokenPage::next_token`]); none after the last.
    pub fn next_token(&self) -> Option<String> {
        (self.current_page < self.page_count()).then(|| (self.current_page + 1).to_string())
    }
}

impl<T: Listed> Fields for List<T> {
    fn take(given: &mut Given<'_>) -> Option<Self> {
        let items = given.take(T::LIST);
        let mut number = |name| given.take::<i64>(name);
        let (current_page, show_size) = (number("CurrentPage"), number("ShowSize"));
        let (total_count, pages) =
            (number("TotalCount"), if T::OF_CERTIFICATES { number("PageCount") } else { Some(0) });
        if T::HAS_TOKENS {
            number("MaxResults")?;
            given.take::<Option<String>>("NextToken")?;
        }
        pages?;
        let (current_page, show_size) = (current_page?, show_size?);
        Some(Self { items: items?, current_page, show_size, total_count: total_count? })
    }

    fn put(&self, fields: &mut Map<String, Value>) {
        let pages = T::OF_CERTIFICATES.then(|| self.page_count());
        structures::put(fields, T::LIST.to_owned(), &self.items);
        structures::put(fields, "CurrentPage".to_owned(), &self.current_page);
        if T::HAS_TOKENS {
            structures::put(fields, "MaxResults".to_owned(), &self.show_size);
            structures::put(fields, "NextToken".to_owned(), &self.next_token());
        }
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
        if T::HAS_TOKENS {
            help.push(number("MaxResults", "Items of a page."));
            let next = "What asks for the next part; none after the last.";
            help.push(structures::help::<Option<String>>("NextToken".to_owned(), next));
        }
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
