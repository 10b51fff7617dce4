//! Certificate revocation lists (RFC 5280 section 5): what is asked of an authority, what it issues and
//! what others issued.

use std::io;

use crate::algorithm::SignatureAlgorithm;
use crate::error::{Denied, Error, Reason, Rule};
use crate::issuer::Issuer;
use crate::ledger::{CrlMoment, Ledger, believed_until};
use crate::limits::CLOCK_AHEAD_DAYS;
use crate::lint;
use crate::profile::Extension;
use crate::usage::KeyUsage;
use crate::validity::{Lifetime, Time};
use crate::wire::crl::{
    CrlEntry, CrlFields, crl_number, delta_indicator, encode_crl, freshest,
    issuing_distribution_point,
};
use crate::wire::envelope;
use crate::wire::extension::authority_key_identifier;
use crate::wire::pem;

pub use crate::distribution::CrlDistribution;
pub use crate::ledger::lists::CrlState;
pub use crate::ledger::revocation::{Revocation, RevocationReason, RevocationRequest};
pub use crate::revocation_list::RevocationList;

/// removeFromCRL: only delta CRLs say it (RFC 5280 section 5.3.1).
const REMOVE_FROM_CRL: u8 = 8;

/// Which CRL is asked for.
///
/// ```
/// use certwright::crl::CrlRequest;
/// use certwright::time::Lifetime;
/// let daily = CrlRequest::full(Lifetime::days(1));
/// let delta = CrlRequest::delta(7, Lifetime::hours(1)).for_shard(2);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrlRequest {
    next_update: Lifetime,
    base: Option<u64>,
    shard: u16,
    last_number: u64,
    force_date: bool,
}

impl CrlRequest {
    /// A full CRL, the next of which follows within this time.
    pub fn full(next_update: Lifetime) -> Self {
        Self { next_update, base: None, shard: 0, last_number: 0, force_date: false }
    }

    /// A delta CRL: what changed since the full CRL of this number.
    pub fn delta(base: u64, next_update: Lifetime) -> Self {
        Self { base: Some(base), ..Self::full(next_update) }
    }

    /// The CRL of one shard, where the issuer's distribution has several; without this, shard 0.
    #[must_use]
    pub fn for_shard(mut self, shard: u16) -> Self {
        self.shard = shard;
        self
    }

    /// Numbers the CRL above this number at least, such as that of the last CRL that was published
    /// before a backup was restored: a number is not given to two lists (RFC 5280 section 5.2.3). A
    /// lower number than the ledger's own changes nothing.
    ///
    /// [`Authority::resume_from`](crate::Authority::resume_from) takes the number from the list
    /// itself, and its revocations with it.
    #[must_use]
    pub fn above_number(mut self, last: u64) -> Self {
        self.last_number = last;
        self
    }

    /// Dates the CRL by the clock, whatever the ledger says against it. Only for a clock that
    /// somebody has checked.
    ///
    /// Without this, a CRL is refused
    /// - whose date is before that of the issuer's last CRL, full or delta, of any shard: readers
    ///   would go on using the last one;
    /// - whose date is more than 100 days after both the newest time in the ledger that is believed and
    ///   the nextUpdate of the issuer's last CRL. A time more than 100 days after the newest one is not
    ///   believed, nor are those that follow it, until a date is forced. A clock that runs ahead would
    ///   let revoked certificates drop off the lists before they end, and every honest date after it
    ///   would be one before the last.
    ///
    /// So it is called for when a ledger was ever at rest for longer than that and its issuer has no
    /// list or is late with it, and to publish an honest date after a list was made with a clock ahead.
    #[must_use]
    pub fn force_date(mut self) -> Self {
        self.force_date = true;
        self
    }

    pub(crate) fn base(&self) -> Option<u64> {
        self.base
    }

    pub(crate) fn is_forced(&self) -> bool {
        self.force_date
    }

    pub(crate) fn shard(&self) -> u16 {
        self.shard
    }
}

/// What was taken over from a CRL.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ResumeSummary {
    /// Revocations and holds that the ledger did not have.
    pub revoked: usize,
    /// The last CRL number; the next CRL has a higher one.
    pub crl_number: u64,
}

/// A signed CRL. Its parts stay apart until they are written, so that a long one is in memory once.
#[derive(Clone)]
pub struct IssuedCrl {
    to_be_signed: Vec<u8>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
    number: u64,
}

impl IssuedCrl {
    /// Its number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The DER.
    pub fn to_der(&self) -> Vec<u8> {
        envelope::assemble(&self.to_be_signed, self.algorithm, &self.signature)
    }

    /// A PEM block `X509 CRL`.
    pub fn to_pem(&self) -> String {
        pem::encode("X509 CRL", &self.to_der())
    }

    /// Writes the DER without a second copy of it in memory.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_der(&self, writer: &mut dyn io::Write) -> io::Result<()> {
        let (head, tail) =
            envelope::around(self.to_be_signed.len(), self.algorithm, &self.signature);
        writer.write_all(&head)?;
        writer.write_all(&self.to_be_signed)?;
        writer.write_all(&tail)
    }
}

impl std::fmt::Debug for IssuedCrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuedCrl(number {}, {} bytes)", self.number, self.to_be_signed.len())
    }
}

/// A CRL that was prepared for a key that is elsewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PreparedCrl {
    /// Its number, which [`Authority::complete_crl`](crate::Authority::complete_crl) takes.
    pub number: u64,
    /// The bytes that are to be signed.
    pub to_be_signed: Vec<u8>,
    /// The algorithm they are to be signed with.
    pub algorithm: SignatureAlgorithm,
}

/// A CRL that has everything but a signature, as the ledger was at one moment.
pub(crate) struct Draft {
    pub(crate) to_be_signed: Vec<u8>,
    /// The last number that was given before it.
    pub(crate) last: u64,
    pub(crate) number: u64,
    pub(crate) next_update: Time,
    /// The last revocation that it lists.
    pub(crate) sequence: u64,
}

/// Why this issuer cannot make this CRL now.
fn check(
    issuer: &Issuer,
    request: &CrlRequest,
    moment: &CrlMoment,
    now: Time,
) -> Result<(), Error> {
    let full = moment.state.full.map(|(number, _)| number);
    let certificate = issuer.certificate();
    let mut reasons = Vec::new();
    if let Some(usage) = certificate.key_usage()
        && !usage.contains(KeyUsage::CRL_SIGN)
    {
        let item = "issuer's key usage";
        reasons.push(Reason::new(Rule::IssuerKeyUsage, item, usage.to_string(), "cRLSign"));
    }
    if !certificate.validity().contains(now) {
        let allowed = format!("{}, the issuer's validity", certificate.validity());
        reasons.push(Reason::new(Rule::IssuerValidity, "time of issue", now.to_string(), allowed));
    }
    if request.next_update == Lifetime::ZERO {
        let (given, allowed) = ("no time", "more than none (RFC 5280 section 5.1.2.5)");
        reasons.push(Reason::new(Rule::Lifetime, "nextUpdate", given, allowed));
    }
    let shards = issuer.crl_distribution().map_or(1, |distribution| distribution.shards());
    if request.shard >= shards {
        let (given, allowed) = (request.shard.to_string(), format!("0 to {}", shards - 1));
        reasons.push(Reason::new(Rule::CrlShard, "shard", given, allowed));
    }
    if let Some(base) = request.base.filter(|base| Some(*base) != full) {
        let last = full.map_or("no base: there is no full CRL".to_owned(), |n| n.to_string());
        let allowed = format!("{last}, the last full CRL of the shard (RFC 5280 section 5.2.4)");
        reasons.push(Reason::new(Rule::CrlBase, "base of the delta", base.to_string(), allowed));
    }
    if !request.force_date {
        reasons.extend(check_date(moment, now));
    }
    if reasons.is_empty() { Ok(()) } else { Err(Error::Denied(Denied { reasons })) }
}

/// What speaks against the clock.
fn check_date(moment: &CrlMoment, now: Time) -> Option<Reason> {
    let (item, last) = ("thisUpdate", moment.state.dates);
    let given = |problem: &str| format!("{now}, {problem}");
    if let Some((last, _)) = last.filter(|(last, _)| now < *last) {
        let allowed = format!("from {last} on, the date of the issuer's last CRL; {ADVICE}");
        return Some(Reason::new(Rule::CrlDate, item, given("before the last CRL"), allowed));
    }
    let newest = moment.newest?;
    let until = believed_until(last.map_or(newest, |(_, next)| next.max(newest)));
    (until < now).then(|| {
        let allowed = format!(
            "until {until}, {CLOCK_AHEAD_DAYS} days after the newest time in the ledger that is \
             believed and the nextUpdate of the issuer's last CRL; {ADVICE}"
        );
        Reason::new(Rule::CrlDate, item, given("far ahead of the ledger"), allowed)
    })
}

const ADVICE: &str = "check the clock; where it is right, force the date (CrlRequest::force_date)";

/// Makes a CRL of the ledger's revocations, and the number after the last, all as of one moment. None
/// if the last number is another than this by then: the date may be too early.
pub(crate) fn draft(
    issuer: &Issuer,
    ledger: &Ledger,
    request: &CrlRequest,
    last: u64,
    now: Time,
) -> Result<Option<Draft>, Error> {
    let digest = Ledger::issuer_digest(issuer.public_key());
    let draft = ledger.with_crl_moment(&digest, request.shard, &mut |moment, each| {
        if moment.state.number != last {
            return Ok(Ok(None));
        }
        let (number, next_update) = match prepare(issuer, request, moment, now) {
            Ok(prepared) => prepared,
            Err(refused) => return Ok(Err(refused)),
        };
        let extensions = extensions(issuer, request, number);
        let fields = CrlFields {
            signature: issuer.signature_algorithm(),
            issuer: issuer.certificate().subject(),
            this_update: now,
            next_update,
            extensions: &extensions,
        };
        let to_be_signed = encode_crl(&fields, |take| {
            each(&mut |revocation| {
                if belongs(issuer, request, moment, now, revocation)
                    && let Some(entry) = entry(revocation, request.base.map(|_| moment), now)
                {
                    take(&entry);
                }
            })
        })?;
        let sequence = moment.sequence;
        Ok(Ok(Some(Draft { to_be_signed, last, number, next_update, sequence })))
    })??;
    draft.map(|draft| lint::refuse(&draft.to_be_signed).map(|()| draft)).transpose()
}

/// The number and nextUpdate, unless something stands against the CRL.
fn prepare(
    issuer: &Issuer,
    request: &CrlRequest,
    moment: &CrlMoment,
    now: Time,
) -> Result<(u64, Time), Error> {
    check(issuer, request, moment, now)?;
    let last = moment.state.number.max(request.last_number);
    let number = last.checked_add(1).ok_or_else(|| {
        let allowed = format!("a last number below {last}, the largest there is");
        let reason = Reason::new(Rule::CrlNumber, "CRL number", "the one after it", allowed);
        Error::Denied(Denied { reasons: vec![reason] })
    })?;
    Ok((number, now.plus(request.next_update)?))
}

/// Signs a CRL whose number was claimed.
pub(crate) fn sign(issuer: &Issuer, draft: Draft) -> Result<IssuedCrl, Error> {
    let Draft { to_be_signed, number, .. } = draft;
    let signature = issuer.sign_crl(&to_be_signed)?;
    Ok(IssuedCrl { to_be_signed, algorithm: issuer.signature_algorithm(), signature, number })
}

/// A CRL with a signature that was made elsewhere over what was prepared.
pub(crate) fn attach(
    issuer: &Issuer,
    to_be_signed: Vec<u8>,
    number: u64,
    signature: &[u8],
) -> Result<IssuedCrl, Error> {
    issuer.check_crl(&to_be_signed, signature)?;
    let (algorithm, signature) = (issuer.signature_algorithm(), signature.to_vec());
    Ok(IssuedCrl { to_be_signed, algorithm, signature, number })
}

/// Whether a revocation is one of this shard and still told. What ended before the last full CRL and
/// before now, and was on that CRL, was listed after its end and is left out (RFC 5280 section 3.3).
/// Before both: either may be the date of a clock that ran ahead.
fn belongs(
    issuer: &Issuer,
    request: &CrlRequest,
    moment: &CrlMoment,
    now: Time,
    revocation: &Revocation,
) -> bool {
    let told = moment.state.full.is_some_and(|(_, at)| {
        revocation.not_after < at.min(now) && revocation.sequence <= moment.full_sequence
    });
    let distribution = issuer.crl_distribution();
    !told && distribution.is_none_or(|d| d.shard_of(&revocation.serial) == request.shard)
}

/// The entry of a revocation, if a CRL of this kind has one; `delta` is the moment of a delta CRL, to
/// the last full one.
fn entry(revocation: &Revocation, delta: Option<&CrlMoment>, now: Time) -> Option<CrlEntry> {
    let Revocation { serial, reason, at, invalid_since, not_after: _, sequence, released } =
        *revocation;
    let code = match (released, delta) {
        (true, None) => return None,
        (true, Some(_)) => Some(REMOVE_FROM_CRL),
        (false, _) => Some(reason.code()).filter(|_| reason != RevocationReason::Unspecified),
    };
    let changed = delta.is_none_or(|moment| sequence > moment.full_sequence);
    // A clock that ran ahead revoked it: no reader may take it for revoked only later.
    let (at, invalid_since) = (at.min(now), invalid_since.map(|since| since.min(now)));
    changed.then_some(CrlEntry { serial, at, reason: code, invalid_since })
}

fn extensions(issuer: &Issuer, request: &CrlRequest, number: u64) -> Vec<Extension> {
    let mut extensions =
        vec![authority_key_identifier(issuer.key_identifier()), crl_number(number)];
    extensions.extend(request.base.map(delta_indicator));
    let scope = issuer.crl_distribution().is_some_and(|d| d.has_issuing_distribution_point());
    let url = issuer.crl_url(request.shard).filter(|_| scope);
    extensions.extend(url.map(|url| issuing_distribution_point(&url)));
    // No delta has one (RFC 5280 section 5.2.6).
    let delta = issuer.delta_url(request.shard).filter(|_| request.base.is_none());
    extensions.extend(delta.map(|url| freshest(&url)));
    extensions
}
