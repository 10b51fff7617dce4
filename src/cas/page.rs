//! Pages of lists.

use super::config::Config;
use super::error::CasError;

/// Where a page is in its list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) current: i64,
    pub(super) size: i64,
    pub(super) total: i64,
}

impl Page {
    /// How many pages there are.
    pub(super) fn count(self) -> i64 {
        // Both are positive.
        self.total.saturating_add(self.size - 1) / self.size.max(1)
    }
}

/// One page of a list: `CurrentPage` from 1 on, `ShowSize` items each.
pub(super) fn page<T>(
    all: Vec<T>,
    current_page: Option<i64>,
    show_size: Option<i64>,
    default_size: i64,
    config: &Config,
) -> Result<(Vec<T>, Page), CasError> {
    let (current, size) = (current_page.unwrap_or(1), show_size.unwrap_or(default_size));
    if current < 1 {
        return Err(CasError::invalid("CurrentPage", current, "1 or more"));
    }
    let most = config.page_size_limit;
    if !(1..=most).contains(&size) {
        return Err(CasError::invalid("ShowSize", size, format!("1 to {most}")));
    }
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let skipped = usize::try_from((current - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let taken = usize::try_from(size).unwrap_or_default();
    let items = all.into_iter().skip(skipped).take(taken).collect();
    Ok((items, Page { current, size, total }))
}
