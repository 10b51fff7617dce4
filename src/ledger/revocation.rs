//! The records of revocations and CRL numbers.

use std::fmt;
use std::ops::ControlFlow;

use super::IssuerDigest;
use super::octets::{corrupt, padded, split_key, take_time, time, versioned};
use crate::error::StoreError;
use crate::serial::SerialNumber;
use crate::store::{ReadTransaction, WriteTransaction};
use crate::validity::Time;

const PREFIX: &[u8] = b"revocation/";
const CRL_NUMBER: &[u8] = b"crl-number/";
const CRL_FULL: &[u8] = b"crl-full/";
const VERSION: u8 = 1;

/// Why a certificate is revoked (RFC 5280 section 5.3.1).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// aACompromise (10).
    AaCompromise,
    /// affiliationChanged (3).
    AffiliationChanged,
    /// cACompromise (2).
    CaCompromise,
    /// certificateHold (6): it may be released again.
    CertificateHold,
    /// cessationOfOperation (5).
    CessationOfOperation,
    /// keyCompromise (1).
    KeyCompromise,
    /// privilegeWithdrawn (9).
    PrivilegeWithdrawn,
    /// superseded (4).
    Superseded,
    /// unspecified (0), which a CRL says by leaving the reason out.
    #[default]
    Unspecified,
}

const REASONS: [(RevocationReason, u8, &str); 9] = [
    (RevocationReason::AaCompromise, 10, "aACompromise"),
    (RevocationReason::AffiliationChanged, 3, "affiliationChanged"),
    (RevocationReason::CaCompromise, 2, "cACompromise"),
    (RevocationReason::CertificateHold, 6, "certificateHold"),
    (RevocationReason::CessationOfOperation, 5, "cessationOfOperation"),
    (RevocationReason::KeyCompromise, 1, "keyCompromise"),
    (RevocationReason::PrivilegeWithdrawn, 9, "privilegeWithdrawn"),
    (RevocationReason::Superseded, 4, "superseded"),
    (RevocationReason::Unspecified, 0, "unspecified"),
];

impl RevocationReason {
    /// The number of CRLReason.
    pub fn code(self) -> u8 {
        REASONS.iter().find(|(reason, ..)| *reason == self).map_or(0, |(_, code, _)| *code)
    }

    /// The reason of a number; none for 7, which is unused, and 8, which only delta CRLs know.
    pub fn from_code(code: u8) -> Option<Self> {
        REASONS.iter().find(|(_, known, _)| *known == code).map(|(reason, ..)| *reason)
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = REASONS.iter().find(|(reason, ..)| reason == self).map(|(.., name)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

/// A certificate that is revoked or on hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// Its serial number.
    pub serial: SerialNumber,
    /// Why.
    pub reason: RevocationReason,
    /// Since when.
    pub at: Time,
    /// Since when the key is known or suspected to be in other hands, or the certificate otherwise
    /// invalid, where that is known (RFC 5280 section 5.3.2).
    pub invalid_since: Option<Time>,
    /// When the certificate ends: past it, CRLs leave it out.
    pub not_after: Time,
    /// The number of the last CRL before this became so.
    pub since: u64,
    /// It was on hold and is released: it is no longer revoked, which delta CRLs say.
    pub released: bool,
}

pub(super) fn get(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    serial: &SerialNumber,
) -> Result<Option<Revocation>, StoreError> {
    let key = key(issuer, serial);
    transaction.get(&key)?.map(|value| decode(&key, &value)).transpose()
}

pub(super) fn put(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    revocation: &Revocation,
) -> Result<(), StoreError> {
    let Revocation { serial, reason, at, invalid_since, not_after, since, released } = revocation;
    let state = [VERSION, u8::from(*released), reason.code()];
    let mut value = [&state[..], &time(*at), &time(*not_after), &since.to_be_bytes()].concat();
    value.extend(invalid_since.iter().flat_map(|invalid| time(*invalid)));
    transaction.put(&key(issuer, serial), &value)
}

/// Visits an issuer's revocations in the order of serial numbers.
pub(crate) fn each(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    mut visit: impl FnMut(&Revocation),
) -> Result<(), StoreError> {
    let prefix = [PREFIX, issuer].concat();
    let mut broken = None;
    transaction.scan(&prefix, &prefix, &mut |key, value| match decode(key, value) {
        Ok(revocation) => {
            visit(&revocation);
            ControlFlow::Continue(())
        }
        Err(error) => {
            broken = Some(error);
            ControlFlow::Break(())
        }
    })?;
    broken.map_or(Ok(()), Err)
}

/// A page of an issuer's revocations. Released holds are not among them.
pub(super) fn page(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    after: Option<&SerialNumber>,
    limit: usize,
) -> Result<Vec<Revocation>, StoreError> {
    let prefix = [PREFIX, issuer].concat();
    // The octet more makes it the next key.
    let from = after.map_or(Vec::new(), |after| [key(issuer, after), vec![0]].concat());
    let mut found = Vec::new();
    let mut broken = None;
    transaction.scan(&prefix, &from, &mut |key, value| {
        if found.len() == limit {
            return ControlFlow::Break(());
        }
        match decode(key, value) {
            Ok(revocation) if revocation.released => {}
            Ok(revocation) => found.push(revocation),
            Err(error) => {
                broken = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    broken.map_or(Ok(found), Err)
}

/// What is known of the CRLs of an issuer, for one shard.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct CrlState {
    /// The last number that was given, whichever the shard.
    pub number: u64,
    /// The last full CRL of the shard that was signed: its number and its time.
    pub full: Option<(u64, Time)>,
}

pub(super) fn last_number(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
) -> Result<u64, StoreError> {
    let Some(value) = transaction.get(&[CRL_NUMBER, issuer].concat())? else { return Ok(0) };
    let what = || "the last CRL number".to_owned();
    let number = versioned(&value, VERSION, what)?.try_into();
    number.map(u64::from_be_bytes).map_err(|_| corrupt(&what(), "damaged"))
}

pub(super) fn put_last_number(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    number: u64,
) -> Result<(), StoreError> {
    let value = [&[VERSION][..], &number.to_be_bytes()].concat();
    transaction.put(&[CRL_NUMBER, issuer].concat(), &value)
}

pub(crate) fn crl_state(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
    shard: u16,
) -> Result<CrlState, StoreError> {
    let number = last_number(transaction, issuer)?;
    let Some(value) = transaction.get(&full_key(issuer, shard))? else {
        return Ok(CrlState { number, full: None });
    };
    let what = || format!("the last full CRL of shard {shard}");
    let parsed =
        versioned(&value, VERSION, what)?.split_first_chunk::<8>().and_then(|(n, rest)| {
            let (at, rest) = take_time(rest)?;
            rest.is_empty().then_some((u64::from_be_bytes(*n), at))
        });
    let full = parsed.ok_or_else(|| corrupt(&what(), "damaged"))?;
    Ok(CrlState { number, full: Some(full) })
}

pub(super) fn put_full(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
    shard: u16,
    number: u64,
    at: Time,
) -> Result<(), StoreError> {
    let (number, at) = (number.to_be_bytes(), time(at));
    transaction.put(&full_key(issuer, shard), &[&[VERSION][..], &number, &at].concat())
}

fn full_key(issuer: &IssuerDigest, shard: u16) -> Vec<u8> {
    [CRL_FULL, issuer, &shard.to_be_bytes()].concat()
}

fn key(issuer: &IssuerDigest, serial: &SerialNumber) -> Vec<u8> {
    [PREFIX, issuer, &padded(serial)].concat()
}

fn decode(key: &[u8], value: &[u8]) -> Result<Revocation, StoreError> {
    let (_, serial) = split_key(PREFIX, key)?;
    let what = || format!("the revocation of serial number {serial}");
    let parsed = Some(versioned(value, VERSION, what)?).and_then(|rest| {
        let ([released, reason], rest) = rest.split_first_chunk::<2>()?;
        let (at, rest) = take_time(rest)?;
        let (not_after, rest) = take_time(rest)?;
        let (since, rest) = rest.split_first_chunk()?;
        let since = u64::from_be_bytes(*since);
        let (invalid_since, rest) = match rest {
            [] => (None, rest),
            _ => take_time(rest).map(|(invalid, rest)| (Some(invalid), rest))?,
        };
        let reason = RevocationReason::from_code(*reason)?;
        let released =
            matches!(released, 1).then_some(true).or((*released == 0).then_some(false))?;
        let revocation =
            Revocation { serial, reason, at, invalid_since, not_after, since, released };
        rest.is_empty().then_some(revocation)
    });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}
