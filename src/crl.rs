//! Issuing certificate revocation lists (RFC 5280 section 5).

use std::io;

use crate::algorithm::SignatureAlgorithm;
use crate::error::{Denied, Error, Reason, Rule};
use crate::issuer::Issuer;
use crate::ledger::{Ledger, Revocation, RevocationReason};
use crate::lint;
use crate::profile::Extension;
use crate::usage::KeyUsage;
use crate::validity::{Lifetime, Time};
use crate::wire::crl::{
    CrlEntry, CrlFields, crl_number, delta_indicator, encode_crl, issuing_distribution_point,
};
use crate::wire::envelope;
use crate::wire::extension::authority_key_identifier;
use crate::wire::pem;

/// removeFromCRL: only delta CRLs say it (RFC 5280 section 5.3.1).
const REMOVE_FROM_CRL: u8 = 8;

/// Which CRL is asked for.
///
/// ```
/// use certwright::{CrlRequest, Lifetime};
/// let daily = CrlRequest::full(Lifetime::days(1));
/// let delta = CrlRequest::delta(7, Lifetime::hours(1)).for_shard(2);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CrlRequest {
    next_update: Lifetime,
    base: Option<u64>,
    shard: u16,
}

impl CrlRequest {
    /// A full CRL, the next of which follows within this time.
    pub fn full(next_update: Lifetime) -> Self {
        Self { next_update, base: None, shard: 0 }
    }

    /// A delta CRL: what changed since the full CRL of this number.
    pub fn delta(base: u64, next_update: Lifetime) -> Self {
        Self { next_update, base: Some(base), shard: 0 }
    }

    /// The CRL of one shard, where the issuer's distribution has several; without this, shard 0.
    #[must_use]
    pub fn for_shard(mut self, shard: u16) -> Self {
        self.shard = shard;
        self
    }

    pub(crate) fn base(&self) -> Option<u64> {
        self.base
    }

    pub(crate) fn shard(&self) -> u16 {
        self.shard
    }
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
        write!(f, "IssuedCrl(number {}, {} octets)", self.number, self.to_be_signed.len())
    }
}

/// Why this issuer cannot make this CRL now; `full` is the last full CRL of its shard.
pub(crate) fn check(
    issuer: &Issuer,
    request: &CrlRequest,
    full: Option<u64>,
    now: Time,
) -> Result<(), Error> {
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
    if reasons.is_empty() { Ok(()) } else { Err(Error::Denied(Denied { reasons })) }
}

/// Makes and signs a CRL of this number from the ledger's revocations. What ended before the last full
/// CRL, and was revoked before it, was on a CRL after its end and is left out (RFC 5280 section 3.3).
pub(crate) fn issue(
    issuer: &Issuer,
    ledger: &Ledger,
    request: &CrlRequest,
    number: u64,
    now: Time,
    last_full: Option<(u64, Time)>,
) -> Result<IssuedCrl, Error> {
    let extensions = extensions(issuer, request, number);
    let fields = CrlFields {
        signature: issuer.signature_algorithm(),
        issuer: issuer.certificate().subject(),
        this_update: now,
        next_update: now.plus(request.next_update)?,
        extensions: &extensions,
    };
    let digest = Ledger::issuer_digest(issuer.certificate().public_key());
    let distribution = issuer.crl_distribution();
    let belongs = |revocation: &Revocation| {
        distribution.is_none_or(|d| d.shard_of(&revocation.serial) == request.shard)
            && last_full
                .is_none_or(|(number, at)| revocation.not_after >= at || revocation.since >= number)
    };
    let to_be_signed = ledger.with_revocations(&digest, &mut |each| {
        encode_crl(&fields, |take| {
            each(&mut |revocation| {
                if let Some(entry) = entry(revocation, request.base).filter(|_| belongs(revocation))
                {
                    take(&entry);
                }
            })
        })
    })?;
    lint::refuse(&to_be_signed)?;
    let signature = issuer.sign_crl(&to_be_signed)?;
    Ok(IssuedCrl { to_be_signed, algorithm: issuer.signature_algorithm(), signature, number })
}

/// The entry of a revocation, if a CRL of this kind has one.
fn entry(revocation: &Revocation, base: Option<u64>) -> Option<CrlEntry> {
    let Revocation { serial, reason, at, invalid_since, not_after: _, since, released } =
        *revocation;
    let code = match (released, base) {
        (true, None) => return None,
        (true, Some(_)) => Some(REMOVE_FROM_CRL),
        (false, _) => Some(reason.code()).filter(|_| reason != RevocationReason::Unspecified),
    };
    let changed = base.is_none_or(|base| since >= base);
    changed.then_some(CrlEntry { serial, at, reason: code, invalid_since })
}

fn extensions(issuer: &Issuer, request: &CrlRequest, number: u64) -> Vec<Extension> {
    let mut extensions =
        vec![authority_key_identifier(issuer.key_identifier()), crl_number(number)];
    extensions.extend(request.base.map(delta_indicator));
    extensions.extend(issuer.crl_url(request.shard).map(|url| issuing_distribution_point(&url)));
    extensions
}
