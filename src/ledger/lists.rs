//! The records of CRLs: their numbers, their dates, and what each full one listed.

use super::bytes::{corrupt, is_any, take_time, time, versioned};
use super::{EachRevocation, IssuerDigest, Ledger, newest, revocation};
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::store::{ReadTransaction, WriteTransaction};
use crate::validity::Time;

const NUMBER: &[u8] = b"crl-number/";
const FULL: &[u8] = b"crl-full/";
/// Version 1 had neither dates nor sequences.
const VERSION: u8 = 2;

/// What is known of the CRLs of an issuer, for one shard.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct CrlState {
    /// The last number that was given, whichever the shard.
    pub number: u64,
    /// thisUpdate and nextUpdate of the last CRL, whichever the shard, full or delta. Of those since
    /// the last that was dated by force, the latest nextUpdate.
    pub dates: Option<(Time, Time)>,
    /// The last full CRL of the shard that was signed: its number and its time.
    pub full: Option<(u64, Time)>,
    /// How many revocations, holds and releases there were. Who publishes lists makes a new one when there
    /// are more than before the last.
    pub revocations: u64,
}

/// What a CRL is made of, besides the revocations, all as of one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CrlMoment {
    pub(crate) state: CrlState,
    /// The sequence of the last revocation.
    pub(crate) sequence: u64,
    /// The sequence of the last revocation before the last full CRL of the shard.
    pub(crate) full_sequence: u64,
    /// The newest time in the ledger.
    pub(crate) newest: Option<Time>,
}

impl Ledger {
    /// What is known of an issuer's CRLs, for one shard (0 where there are none).
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn crl_state(&self, issuer: &IssuerDigest, shard: u16) -> Result<CrlState, Error> {
        let mut state = CrlState::default();
        self.store.read(&mut |transaction| {
            state = moment(transaction, issuer, shard)?.state;
            Ok(())
        })?;
        Ok(state)
    }

    /// Works on an issuer's revocations and what is known of its CRLs, as they are at one moment.
    /// `work` may go through the revocations more than once. Released holds are among them.
    pub(crate) fn with_crl_moment<T>(
        &self,
        issuer: &IssuerDigest,
        shard: u16,
        work: &mut dyn FnMut(&CrlMoment, &mut EachRevocation<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Error> {
        let mut answer = None;
        self.store.read(&mut |transaction| {
            let mut each = |visit: &mut dyn FnMut(&revocation::Revocation)| {
                revocation::each(transaction, issuer, |revocation| visit(revocation))
            };
            answer = Some(work(&moment(transaction, issuer, shard)?, &mut each)?);
            Ok(())
        })?;
        answer.ok_or_else(|| {
            StoreError::new(StoreErrorKind::Backend, "the store ran no transaction").into()
        })
    }
}

fn moment(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    shard: u16,
) -> Result<CrlMoment, StoreError> {
    let (number, dates) = last(transaction, issuer)?;
    let full = full(transaction, issuer, shard)?;
    let sequence = revocation::count(transaction, issuer)?;
    let number_and_time = full.map(|(number, at, _)| (number, at));
    Ok(CrlMoment {
        state: CrlState { number, dates, full: number_and_time, revocations: sequence },
        sequence,
        full_sequence: full.map_or(0, |(.., sequence)| sequence),
        newest: newest::get(transaction)?,
    })
}

/// The last number, thisUpdate and nextUpdate.
pub(super) fn last(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
) -> Result<(u64, Option<(Time, Time)>), StoreError> {
    let what = || "the last CRL number".to_owned();
    let Some(value) = transaction.get(&[NUMBER, issuer].concat())? else {
        // A number that was lost must not begin again.
        let numbered = is_any(transaction, &[FULL, issuer].concat())?;
        let lost = || corrupt(&what(), "it is missing, and there was a full CRL");
        return if numbered { Err(lost()) } else { Ok((0, None)) };
    };
    let parsed =
        versioned(&value, VERSION, what)?.split_first_chunk::<8>().and_then(|(number, rest)| {
            let dates = match rest {
                [] => None,
                _ => {
                    let (this, rest) = take_time(rest)?;
                    let (next, rest) = take_time(rest)?;
                    rest.is_empty().then_some(Some((this, next)))?
                }
            };
            Some((u64::from_be_bytes(*number), dates))
        });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}

pub(super) fn put_last(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    number: u64,
    dates: Option<(Time, Time)>,
) -> Result<(), StoreError> {
    let mut value = [&[VERSION][..], &number.to_be_bytes()].concat();
    value.extend(dates.iter().flat_map(|(this, next)| [time(*this), time(*next)].concat()));
    transaction.put(&[NUMBER, issuer].concat(), &value)
}

/// The last full CRL of a shard: its number, its time, and the sequence of the last revocation
/// before it.
pub(super) fn full(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    shard: u16,
) -> Result<Option<(u64, Time, u64)>, StoreError> {
    let Some(value) = transaction.get(&full_key(issuer, shard))? else { return Ok(None) };
    let what = || format!("the last full CRL of shard {shard}");
    let parsed =
        versioned(&value, VERSION, what)?.split_first_chunk::<8>().and_then(|(number, rest)| {
            let (at, rest) = take_time(rest)?;
            let sequence = u64::from_be_bytes(rest.try_into().ok()?);
            Some((u64::from_be_bytes(*number), at, sequence))
        });
    parsed.map(Some).ok_or_else(|| corrupt(&what(), "damaged"))
}

pub(super) fn put_full(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    shard: u16,
    (number, at, sequence): (u64, Time, u64),
) -> Result<(), StoreError> {
    let (number, sequence) = (number.to_be_bytes(), sequence.to_be_bytes());
    let value = [&[VERSION][..], &number, &time(at), &sequence].concat();
    transaction.put(&full_key(issuer, shard), &value)
}

fn full_key(issuer: &IssuerDigest, shard: u16) -> Vec<u8> {
    [FULL, issuer, &shard.to_be_bytes()].concat()
}
