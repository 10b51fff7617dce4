//! The records of revocations.

use std::fmt;
use std::ops::ControlFlow;

use super::IssuerDigest;
use super::bytes::{corrupt, is_any, padded, split_key, take_time, time, versioned};
use crate::error::StoreError;
use crate::serial::SerialNumber;
use crate::store::{ReadTransaction, WriteTransaction};
use crate::validity::Time;

const PREFIX: &[u8] = b"revocation/";
const COUNT: &[u8] = b"revocation-count/";
/// Version 1 had the last CRL number where the sequence is.
const VERSION: u8 = 2;
const COUNT_VERSION: u8 = 1;

/// Why a certificate is revoked (RFC 5280 section 5.3.1). Default: [`RevocationReason::Unspecified`]. Set by
/// [`RevocationRequest::new`].
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

impl RevocationReason {
    /// The number of CRLReason (RFC 5280 section 5.3.1).
    pub fn code(self) -> u8 {
        match self {
            Self::AaCompromise => 10,
            Self::AffiliationChanged => 3,
            Self::CaCompromise => 2,
            Self::CertificateHold => 6,
            Self::CessationOfOperation => 5,
            Self::KeyCompromise => 1,
            Self::PrivilegeWithdrawn => 9,
            Self::Superseded => 4,
            Self::Unspecified => 0,
        }
    }

    /// The reason of a number; none for 7, which is unused, and 8, which only delta CRLs know.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return None,
        })
    }

    /// Its name in CRLReason (RFC 5280 section 5.3.1).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AaCompromise => "aACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::CaCompromise => "cACompromise",
            Self::CertificateHold => "certificateHold",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::KeyCompromise => "keyCompromise",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::Superseded => "superseded",
            Self::Unspecified => "unspecified",
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is revoked why, and since when. A [`RevocationReason`] alone means from now on.
///
/// ```
/// use certwright::crl::{RevocationReason, RevocationRequest};
/// use certwright::time::Time;
/// let stolen = RevocationRequest::new(RevocationReason::KeyCompromise)
///     .at("2026-07-02T08:00:00Z".parse()?)
///     .invalid_since("2026-06-30T00:00:00Z".parse()?);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RevocationRequest {
    pub(crate) reason: RevocationReason,
    pub(crate) at: Option<Time>,
    pub(crate) invalid_since: Option<Time>,
}

impl RevocationRequest {
    /// A revocation from now on.
    pub fn new(reason: RevocationReason) -> Self {
        Self { reason, at: None, invalid_since: None }
    }

    /// Revoked since this time, which is not in the future.
    #[must_use]
    pub fn at(mut self, time: Time) -> Self {
        self.at = Some(time);
        self
    }

    /// Invalid since this time already, not later than the revocation: the invalidityDate of the
    /// entry in CRLs (RFC 5280 section 5.3.2).
    #[must_use]
    pub fn invalid_since(mut self, time: Time) -> Self {
        self.invalid_since = Some(time);
        self
    }
}

impl From<RevocationReason> for RevocationRequest {
    fn from(reason: RevocationReason) -> Self {
        Self::new(reason)
    }
}

/// A certificate that is revoked or on hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
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
    /// Its place among the issuer's revocations, holds and releases, counted from 1: what became so
    /// later has a higher one.
    pub sequence: u64,
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
    let Revocation { serial, reason, at, invalid_since, not_after, sequence, released } =
        revocation;
    let state = [VERSION, u8::from(*released), reason.code()];
    let mut value = [&state[..], &time(*at), &time(*not_after), &sequence.to_be_bytes()].concat();
    value.extend(invalid_since.iter().flat_map(|invalid| time(*invalid)));
    transaction.put(&key(issuer, serial), &value)
}

/// How many revocations, holds and releases an issuer has had.
pub(super) fn count(
    transaction: &dyn ReadTransaction,
    issuer: &IssuerDigest,
) -> Result<u64, StoreError> {
    let what = || "the count of revocations".to_owned();
    let Some(value) = transaction.get(&[COUNT, issuer].concat())? else {
        // A count that was lost must not begin again.
        let revoked = is_any(transaction, &[PREFIX, issuer].concat())?;
        let lost = || corrupt(&what(), "it is missing, and there are revocations");
        return if revoked { Err(lost()) } else { Ok(0) };
    };
    let count = versioned(&value, COUNT_VERSION, what)?.try_into();
    count.map(u64::from_be_bytes).map_err(|_| corrupt(&what(), "damaged"))
}

/// Counts one more, and gives its place.
pub(super) fn next(
    transaction: &mut dyn WriteTransaction,
    issuer: &IssuerDigest,
) -> Result<u64, StoreError> {
    let next = count(transaction, issuer)?.checked_add(1);
    let next = next.ok_or_else(|| corrupt("the count of revocations", "damaged"))?;
    let value = [&[COUNT_VERSION][..], &next.to_be_bytes()].concat();
    transaction.put(&[COUNT, issuer].concat(), &value)?;
    Ok(next)
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
    // The byte more makes it the next key.
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
        let (sequence, rest) = rest.split_first_chunk()?;
        let sequence = u64::from_be_bytes(*sequence);
        let (invalid_since, rest) = match rest {
            [] => (None, rest),
            _ => take_time(rest).map(|(invalid, rest)| (Some(invalid), rest))?,
        };
        let reason = RevocationReason::from_code(*reason)?;
        let released =
            matches!(released, 1).then_some(true).or((*released == 0).then_some(false))?;
        let revocation =
            Revocation { serial, reason, at, invalid_since, not_after, sequence, released };
        rest.is_empty().then_some(revocation)
    });
    parsed.ok_or_else(|| corrupt(&what(), "damaged"))
}
