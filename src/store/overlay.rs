//! Changes that are held back above a transaction.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::contract::{ReadTransaction, Visit, WriteTransaction};
use crate::error::StoreError;

/// Changes above a transaction, which is read through them: a key and its value, or that it is
/// removed. Dropped, they never were.
pub(crate) struct Overlay<'t> {
    below: &'t dyn ReadTransaction,
    changes: Changes,
}

/// Keys and what becomes of them, in the order of the keys.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Writes changes in a transaction.
pub(crate) fn write_changes(
    transaction: &mut dyn WriteTransaction,
    changes: Changes,
) -> Result<(), StoreError> {
    changes.into_iter().try_for_each(|(key, change)| match change {
        Some(value) => transaction.put(&key, &value),
        None => transaction.delete(&key),
    })
}

impl<'t> Overlay<'t> {
    pub(crate) fn new(below: &'t dyn ReadTransaction) -> Self {
        Self { below, changes: Changes::new() }
    }

    pub(crate) fn into_changes(self) -> Changes {
        self.changes
    }

    /// Adds changes to those there are.
    pub(crate) fn change(&mut self, changes: Changes) {
        self.changes.extend(changes);
    }
}

impl ReadTransaction for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => self.below.get(key),
        }
    }

    fn get_many(&self, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let unchanged: Vec<&[u8]> =
            keys.iter().copied().filter(|key| !self.changes.contains_key(*key)).collect();
        let mut below = self.below.get_many(&unchanged)?.into_iter();
        let value = |key: &&[u8]| match self.changes.get(*key) {
            Some(change) => change.clone(),
            None => below.next().flatten(),
        };
        Ok(keys.iter().map(value).collect())
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let changes = self.changes.range(from.max(prefix).to_vec()..);
        let mut changes = changes.take_while(|(key, _)| key.starts_with(prefix)).peekable();
        let mut ended = false;
        self.below.scan(prefix, from, &mut |key, value| {
            while let Some((changed, change)) =
                changes.next_if(|(changed, _)| changed.as_slice() <= key)
            {
                if let Some(value) = change
                    && visit(changed, value).is_break()
                {
                    ended = true;
                    return ControlFlow::Break(());
                }
                if changed.as_slice() == key {
                    return ControlFlow::Continue(());
                }
            }
            let flow = visit(key, value);
            ended = flow.is_break();
            flow
        })?;
        if ended {
            return Ok(());
        }
        for (key, change) in changes {
            if let Some(value) = change
                && visit(key, value).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

impl WriteTransaction for Overlay<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.changes.insert(key.to_vec(), Some(value.to_vec()));
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.changes.insert(key.to_vec(), None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

    fn pairs(transaction: &dyn ReadTransaction, prefix: &[u8], from: &[u8], limit: usize) -> Pairs {
        let mut found = Vec::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            found.push((key.to_vec(), value.to_vec()));
            if found.len() == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        transaction.scan(prefix, from, &mut visit).unwrap();
        found
    }

    /// Every way to have each of four keys below and changed above, scanned from everywhere: as in
    /// one map.
    #[test]
    fn a_scan_reads_what_one_map_would_hold() {
        struct Nothing;
        impl ReadTransaction for Nothing {
            fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
                Ok(None)
            }
            fn scan(&self, _: &[u8], _: &[u8], _: &mut Visit<'_>) -> Result<(), StoreError> {
                Ok(())
            }
        }
        let keys: [&[u8]; 4] = [b"a1", b"a2", b"a3", b"b1"];
        for ways in 0..6_usize.pow(4) {
            let mut below = Overlay::new(&Nothing);
            let mut whole = Changes::new();
            let mut above = Vec::new();
            let mut rest = ways;
            for key in keys {
                let (there, change) = (rest % 2 == 1, rest / 2 % 3);
                rest /= 6;
                if there {
                    below.put(key, b"below").unwrap();
                    whole.insert(key.to_vec(), Some(b"below".to_vec()));
                }
                match change {
                    0 => {}
                    1 => above.push((key, None)),
                    _ => above.push((key, Some(b"above"))),
                }
            }
            let mut overlay = Overlay::new(&below);
            for (key, change) in above {
                match change {
                    Some(value) => overlay.put(key, value).unwrap(),
                    None => overlay.delete(key).unwrap(),
                }
                whole.insert(key.to_vec(), change.map(|value| value.to_vec()));
            }
            for (prefix, from) in [(&b"a"[..], &b""[..]), (b"a", b"a2"), (b"", b"a3"), (b"b", b"")]
            {
                for limit in 1..=4 {
                    let start = from.max(prefix).to_vec();
                    let expected: Pairs = whole
                        .range(start..)
                        .filter(|(key, _)| key.starts_with(prefix))
                        .filter_map(|(key, value)| Some((key.clone(), value.clone()?)))
                        .take(limit)
                        .collect();
                    assert_eq!(pairs(&overlay, prefix, from, limit), expected, "{ways}");
                }
            }
            for key in keys {
                assert_eq!(overlay.get(key).unwrap(), whole.get(key).cloned().flatten());
            }
            let many = [keys[3], keys[0], keys[0], keys[2], keys[1]];
            let expected = many.map(|key| whole.get(key).cloned().flatten());
            assert_eq!(overlay.get_many(&many).unwrap(), expected);
        }
    }
}
