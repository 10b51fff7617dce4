//! The rows of embedders, below a prefix of their own.

use std::fmt;

use super::Ledger;
use super::bytes::versioned;
use super::row::Row;
use super::write::{self, Write};
use crate::error::{Error, StoreError};
use crate::limits::{ROW_PLACE_BYTES, ROW_VALUE_BYTES, ROWS_NAME_BYTES};

const ROW: &[u8] = b"row/";
const COUNTER: &[u8] = b"counter/";
const VERSION: u8 = 1;

/// The rows of an embedder: whatever is to be kept together with certificates, in the same
/// transactions, below a name that nobody else uses. The ledger's own records are out of their reach.
///
/// A row has a place and a value, both bytes. Nothing is written here: rows are read, and what is to
/// become of them is a list of [`Row`]s, which takes effect whole or not at all where it is given
/// ([`Issuance::with_rows`](crate::issuance::Issuance::with_rows),
/// [`LedgerWriter::write_rows`](super::LedgerWriter::write_rows)). Each says what must still be there:
/// where another was faster, the answer is
/// [`StoreErrorKind::Conflict`](crate::error::StoreErrorKind::Conflict), and [`Ledger::retry`] begins again.
///
/// ```
/// use certwright::ledger::Ledger;
/// use certwright::time::Time;
/// use certwright::{Error, MemoryStore};
/// let ledger = Ledger::new(MemoryStore::default());
/// let shop = ledger.rows("shop")?;
/// let now = Time::from_unix(1_800_000_000)?;
/// let paid = || {
///     let order = shop.get("order/7")?;
///     let row = match &order {
///         None => shop.insert("order/7", "paid")?,
///         Some(order) => order.replace("paid again")?,
///     };
///     ledger.writer("alice", now).write_rows([row], "order 7 paid")
/// };
/// ledger.retry(paid, Error::is_conflict)?;
/// assert_eq!(shop.get("order/7")?.expect("it was written").value(), b"paid");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Rows {
    ledger: Ledger,
    name: String,
}

impl Ledger {
    /// The rows below a name of 1 to 32 characters: lower-case letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is another.
    pub fn rows(&self, name: &str) -> Result<Rows, Error> {
        let good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
        if !(1..=ROWS_NAME_BYTES).contains(&name.len()) || !name.bytes().all(good) {
            let allowed = format!("1 to {ROWS_NAME_BYTES} lower-case letters, digits, '-' and '_'");
            let given = crate::error::quoted(name);
            return Err(Error::malformed("name of rows", given, format!("allowed: {allowed}")));
        }
        Ok(Rows { ledger: self.clone(), name: name.to_owned() })
    }
}

impl Rows {
    /// The row at a place.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the place is empty or longer than 512 bytes; [`Error::Store`] when
    /// the store fails or the row cannot be read.
    pub fn get(&self, place: impl AsRef<[u8]>) -> Result<Option<StoredRow>, Error> {
        let key = self.key(ROW, place.as_ref())?;
        let Some(stored) = self.ledger.record(&key)? else { return Ok(None) };
        Ok(Some(self.stored(key, stored)?))
    }

    /// At most `limit` rows whose places begin with `prefix`, in the order of their places, after the
    /// given place. For the newest first, let places begin with [`Rows::descending`].
    ///
    /// # Errors
    /// As [`Rows::get`].
    pub fn list(
        &self,
        prefix: impl AsRef<[u8]>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<StoredRow>, Error> {
        let below = [self.below(ROW), prefix.as_ref().to_vec()].concat();
        let after = after.map(|after| [self.below(ROW), after.to_vec()].concat());
        let found = self.ledger.records(&below, after.as_deref(), limit)?;
        found.into_iter().map(|(key, stored)| Ok(self.stored(key, stored)?)).collect()
    }

    /// What a counter has come to; none where there is none.
    ///
    /// # Errors
    /// As [`Rows::get`].
    pub fn counted(&self, place: impl AsRef<[u8]>) -> Result<Option<u64>, Error> {
        let key = self.key(COUNTER, place.as_ref())?;
        let found = self.ledger.record(&key)?;
        Ok(found.map(|value| write::counted(&key, Some(value))).transpose()?)
    }

    /// A row where there must be none.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the place is empty or longer than 512 bytes, or the value longer than
    /// 1 MiB.
    pub fn insert(&self, place: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<Row, Error> {
        Ok(Write::new(self.key(ROW, place.as_ref())?, encode(value.as_ref())?).into())
    }

    /// There must be no row at this place. As a condition
    /// ([`Issuance::while_unchanged`](crate::issuance::Issuance::while_unchanged)) it goes with an
    /// [`insert`](Self::insert) at the same place; written alone, it makes none.
    ///
    /// # Errors
    /// As [`Rows::insert`].
    pub fn absent(&self, place: impl AsRef<[u8]>) -> Result<Row, Error> {
        Ok(Write::unchanged(self.key(ROW, place.as_ref())?, None).into())
    }

    /// A counter where there must be none, at zero. Counters have places of their own.
    ///
    /// # Errors
    /// As [`Rows::insert`].
    pub fn counter(&self, place: impl AsRef<[u8]>) -> Result<Row, Error> {
        Ok(Write::counter(self.key(COUNTER, place.as_ref())?).into())
    }

    /// Adds one to a counter, whatever it is: those who count do not disturb each other. It must be
    /// there; one that was lost does not begin again.
    ///
    /// # Errors
    /// As [`Rows::insert`].
    pub fn count(&self, place: impl AsRef<[u8]>) -> Result<Row, Error> {
        Ok(Write::count(self.key(COUNTER, place.as_ref())?).into())
    }

    /// A number as bytes whose order is that of the numbers downwards: places that begin with it are
    /// listed from the highest number to the lowest, such as the newest time first.
    pub fn descending(number: u64) -> [u8; 8] {
        (!number).to_be_bytes()
    }

    fn below(&self, kind: &[u8]) -> Vec<u8> {
        [kind, self.name.as_bytes(), b"/"].concat()
    }

    fn key(&self, kind: &[u8], place: &[u8]) -> Result<Vec<u8>, Error> {
        if (1..=ROW_PLACE_BYTES).contains(&place.len()) {
            return Ok([self.below(kind), place.to_vec()].concat());
        }
        let problem = format!("{} bytes; allowed 1 to {ROW_PLACE_BYTES}", place.len());
        Err(Error::malformed("place of a row", "", problem))
    }

    fn stored(&self, key: Vec<u8>, stored: Vec<u8>) -> Result<StoredRow, StoreError> {
        let what = || format!("row {}", String::from_utf8_lossy(&key).escape_debug());
        versioned(&stored, VERSION, what)?;
        Ok(StoredRow { begin: ROW.len() + self.name.len() + 1, key, stored })
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows({})", self.name)
    }
}

/// A row as it was read.
#[derive(Clone, Eq, PartialEq)]
pub struct StoredRow {
    key: Vec<u8>,
    /// Where its place begins in the key.
    begin: usize,
    /// The value as it is stored.
    stored: Vec<u8>,
}

impl StoredRow {
    /// Its place.
    pub fn place(&self) -> &[u8] {
        self.key.get(self.begin..).unwrap_or_default()
    }

    /// Its value.
    pub fn value(&self) -> &[u8] {
        self.stored.get(1..).unwrap_or_default()
    }

    /// Another value, if it is still what was read.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is longer than 1 MiB.
    pub fn replace(&self, value: impl AsRef<[u8]>) -> Result<Row, Error> {
        let (key, old) = (self.key.clone(), self.stored.clone());
        Ok(Write::replace(key, Some(old), encode(value.as_ref())?).into())
    }

    /// No row, if it is still what was read.
    pub fn delete(&self) -> Row {
        Write::delete(self.key.clone(), self.stored.clone()).into()
    }

    /// The same row, which must still be what was read.
    pub fn unchanged(&self) -> Row {
        Write::unchanged(self.key.clone(), Some(self.stored.clone())).into()
    }
}

impl fmt::Debug for StoredRow {
    /// Its value is the embedder's, and not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = String::from_utf8_lossy(self.place());
        write!(f, "StoredRow({}, {} bytes)", place.escape_debug(), self.value().len())
    }
}

fn encode(value: &[u8]) -> Result<Vec<u8>, Error> {
    if value.len() <= ROW_VALUE_BYTES {
        return Ok([&[VERSION], value].concat());
    }
    let problem = format!("{} bytes; at most {ROW_VALUE_BYTES}", value.len());
    Err(Error::malformed("value of a row", "", problem))
}
