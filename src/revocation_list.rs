//! Certificate revocation lists (RFC 5280 section 5), read.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use crate::algorithm::{SignatureAlgorithm, SignatureIdentifier};
use crate::error::{Error, Unusable};
use crate::key::PublicKey;
use crate::limits::CRL_TEXT_BYTES;
use crate::name::Name;
use crate::oid;
use crate::serial::SerialNumber;
use crate::validity::Time;
use crate::wire::crl::{CrlEntry, ReadEntry, read_number, split_crl, unsigned_crl};
use crate::wire::distribution_point::{
    IssuingDistributionPoint, PointName, read_distribution_points, read_issuing_distribution_point,
    urls,
};
use crate::wire::extension::Extensions;
use crate::wire::kind::{Kind, explain};
use crate::wire::pem;

const WHAT: &str = "certificate revocation list";
const LABEL: &str = "X509 CRL";

/// certificateHold and removeFromCRL (RFC 5280 section 5.3.1).
pub(crate) const CERTIFICATE_HOLD: u8 = 6;
pub(crate) const REMOVE_FROM_CRL: u8 = 8;

/// A CRL number of any length: its bytes without zeros in front.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Number(Vec<u8>);

impl Number {
    fn as_u64(&self) -> Option<u64> {
        let fits = self.0.len() <= size_of::<u64>();
        fits.then(|| self.0.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A CRL that was read; its signature is verified with [`RevocationList::verify_signature`].
///
/// Whatever RFC 5280 calls a CRL is read. One with entries of other issuers (the critical certificateIssuer
/// of an indirect CRL), with other critical extensions or with a signature of an algorithm that this crate
/// does not know can be shown, and not used: verifying it fails, by name, and to a
/// [`ChainVerifier`](crate::ChainVerifier) it tells nothing of certificates that it does not name.
#[derive(Clone)]
pub struct RevocationList {
    der: Vec<u8>,
    to_be_signed: Vec<u8>,
    signature: Vec<u8>,
    algorithm: SignatureIdentifier,
    /// Why it must not be used (RFC 5280 sections 5.2 and 5.3).
    unusable: Option<Unusable>,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    entries: BTreeMap<SerialNumber, Entry>,
    /// The number of entries that are of other issuers.
    foreign: usize,
    number: Option<Number>,
    delta_base: Option<Number>,
    scope: Option<IssuingDistributionPoint>,
    freshest: Vec<PointName>,
    authority_key_identifier: Option<Vec<u8>>,
}

impl RevocationList {
    /// Reads DER of at most 64 MiB: some 1,200,000 entries.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let split = split_crl(der);
        let parts = split.map_err(|error| explain(&[Kind::RevocationList], WHAT, der, error))?;
        let Extensions { all, authority_key_identifier, .. } = parts.extensions;
        let (mut number, mut delta_base, mut scope) = (None, None, None);
        let mut freshest = Vec::new();
        let mut unusable: Option<Unusable> = None;
        for extension in all {
            let value = extension.value.as_slice();
            match extension.oid {
                oid::CRL_NUMBER => number = Some(Number(read_number(value)?)),
                oid::DELTA_CRL_INDICATOR => delta_base = Some(Number(read_number(value)?)),
                oid::ISSUING_DISTRIBUTION_POINT => {
                    scope = Some(read_issuing_distribution_point(WHAT, value)?);
                }
                // What cannot be read points nowhere; the list is as good without.
                oid::FRESHEST_CRL if !extension.critical => {
                    let points = read_distribution_points(WHAT, value).unwrap_or_default();
                    freshest = points.into_iter().flat_map(|point| point.names).collect();
                }
                other if extension.critical && other != oid::AUTHORITY_KEY_IDENTIFIER => {
                    let given = format!("the critical extension {}", other.named());
                    let allowed = "CRL number, delta CRL indicator, issuing distribution point";
                    let error = Error::unsupported(WHAT, given, allowed);
                    unusable = unusable.or(Some(error.into()));
                }
                _ => {}
            }
        }
        // Of several entries of one certificate the one counts that is hardest to undo.
        let mut entries: BTreeMap<SerialNumber, Entry> = BTreeMap::new();
        let mut foreign = 0;
        for entry in parts.entries {
            let ReadEntry { entry, critical } = entry?;
            if let Some(extension) = critical {
                let given = format!("the critical extension {}", extension.named());
                let error = Error::unsupported("CRL entry", given, "reasonCode, invalidityDate");
                unusable = unusable.or(Some(error.into()));
            }
            // The entries behind it are of the same other issuer, unless they name one themselves.
            if foreign > 0 || critical == Some(oid::CERTIFICATE_ISSUER) {
                foreign += 1;
                continue;
            }
            let CrlEntry { serial, at, reason, invalid_since } = entry;
            let entry = Entry { at, reason, invalid_since };
            let first = entries.entry(serial).or_insert(entry);
            if weight(&entry) > weight(first) {
                *first = entry;
            }
        }
        Ok(Self {
            to_be_signed: parts.to_be_signed.to_vec(),
            signature: parts.signature.to_vec(),
            algorithm: parts.algorithm,
            issuer: parts.issuer,
            this_update: parts.this_update,
            next_update: parts.next_update,
            unusable,
            entries,
            foreign,
            number,
            delta_base,
            scope,
            freshest,
            authority_key_identifier,
            der: der.to_vec(),
        })
    }

    /// Reads the to-be-signed bytes of a CRL that is not signed yet, so that whoever is asked for the
    /// signature can see what it would be of ([`Certificate::from_to_be_signed`](crate::Certificate::from_to_be_signed)).
    /// Its signature is empty, so that nothing verifies it.
    ///
    /// # Errors
    /// As [`RevocationList::from_der`].
    pub fn from_to_be_signed(to_be_signed: &[u8]) -> Result<Self, Error> {
        Self::from_der(&unsigned_crl(to_be_signed)?)
    }

    /// Reads the only block `X509 CRL` of a PEM text.
    ///
    /// # Errors
    /// As [`RevocationList::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single_within(CRL_TEXT_BYTES, WHAT, &[LABEL], text)?)
    }

    /// Reads every block `X509 CRL` of a PEM text, in order; at most 1,024 blocks and 96 MiB. Blocks of
    /// other things, such as certificates, are passed over.
    ///
    /// # Errors
    /// As [`RevocationList::from_der`]; also when there is none, and for a block that may hold a list
    /// (`CRL`) and has another label or no lines of its own, lest one be overlooked.
    pub fn many_from_pem(text: &str) -> Result<Vec<Self>, Error> {
        if let Some(index) = pem::other_label(CRL_TEXT_BYTES, WHAT, LABEL, "CRL", text)? {
            let place = format!("PEM block {}", index + 1);
            return Err(Error::malformed(WHAT, place, format!("the label is not {LABEL:?}")));
        }
        let blocks = pem::blocks_within(CRL_TEXT_BYTES, WHAT, &[LABEL], text)?;
        let lists: Vec<Self> =
            blocks.iter().map(|block| Self::from_der(&block.der)).collect::<Result<_, _>>()?;
        if begun(text) > lists.len() {
            let problem = "a block that does not begin on a line of its own";
            return Err(Error::malformed(WHAT, "PEM", problem));
        }
        if lists.is_empty() {
            return Err(pem::no_block_within(CRL_TEXT_BYTES, WHAT, &[LABEL], text));
        }
        Ok(lists)
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The algorithm it was signed with.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for one that this crate does not verify with, by name.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, Error> {
        self.algorithm.algorithm()
    }

    /// The algorithm it was signed with, whether this crate knows it or not.
    pub fn signature_identifier(&self) -> &SignatureIdentifier {
        &self.algorithm
    }

    /// Fails where a critical extension of the list or of an entry is not understood: such a list must not
    /// be used (RFC 5280 sections 5.2 and 5.3).
    ///
    /// # Errors
    /// [`Error::Unsupported`], which names the extension.
    pub fn check_usable(&self) -> Result<(), Error> {
        self.unusable.as_ref().map_or(Ok(()), |unusable| Err(unusable.into()))
    }

    /// The number of its entries of other issuers, which [`RevocationList::find`] does not know.
    pub fn foreign_entries(&self) -> usize {
        self.foreign
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> Time {
        self.this_update
    }

    /// By when the next will be made.
    pub fn next_update(&self) -> Option<Time> {
        self.next_update
    }

    /// Its number; none where it has none, or one above 64 bits.
    pub fn number(&self) -> Option<u64> {
        self.number.as_ref().and_then(Number::as_u64)
    }

    /// Whether it has a number, of any length.
    pub(crate) fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The number of the CRL that this delta CRL adds to; none for a full one, or for a
    /// number above 64 bits.
    pub fn delta_base(&self) -> Option<u64> {
        self.delta_base.as_ref().and_then(Number::as_u64)
    }

    /// Whether it is a delta CRL.
    pub fn is_delta(&self) -> bool {
        self.delta_base.is_some()
    }

    /// Whether this delta CRL adds to that one: its base is not newer, and itself is not older.
    pub(crate) fn adds_to(&self, full: &Self) -> bool {
        self.is_delta() && self.delta_base <= full.number && self.number >= full.number
    }

    /// Whether its number is higher than the other's.
    pub(crate) fn is_newer_than(&self, other: &Self) -> bool {
        self.number > other.number
    }

    /// The authority key identifier.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.authority_key_identifier.as_deref()
    }

    /// The URLs of its issuing distribution point.
    pub fn distribution_urls(&self) -> Vec<String> {
        let names = self.scope.iter().flat_map(|scope| scope.names.iter().flatten());
        urls(names).cloned().collect()
    }

    /// The URLs where it says that the delta CRLs to it are (freshestCRL, RFC 5280 section 5.2.6).
    pub fn freshest_urls(&self) -> Vec<String> {
        urls(&self.freshest).cloned().collect()
    }

    /// What it covers; none where it covers all certificates of its issuer.
    pub(crate) fn scope(&self) -> Option<&IssuingDistributionPoint> {
        self.scope.as_ref()
    }

    /// Since when a certificate is revoked, and the number of the reason where one is given.
    pub fn find(&self, serial: &SerialNumber) -> Option<(Time, Option<u8>)> {
        self.entries.get(serial).map(|entry| (entry.at, entry.reason))
    }

    /// Since when the entry of a certificate says that it was invalid (RFC 5280 section 5.3.2).
    pub fn invalid_since(&self, serial: &SerialNumber) -> Option<Time> {
        self.entries.get(serial).and_then(|entry| entry.invalid_since)
    }

    /// The serial numbers of its entries, in their order.
    pub fn serials(&self) -> impl Iterator<Item = &SerialNumber> {
        self.entries.keys()
    }

    /// The number of its issuer's entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entry of its issuer.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Verifies the signature with the issuer's key, and that the list may be used
    /// ([`RevocationList::check_usable`]).
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] when it is none of that key; [`Error::Unsupported`] for an algorithm or
    /// a critical extension that this crate does not know, by name.
    pub fn verify_signature(&self, issuer: &PublicKey) -> Result<(), Error> {
        self.check_usable()?;
        self.verify_bytes(issuer)
    }

    /// Verifies the signature, whether the list may be used or not.
    pub(crate) fn verify_bytes(&self, issuer: &PublicKey) -> Result<(), Error> {
        issuer
            .verify(self.signature_algorithm()?, &self.to_be_signed, &self.signature)
            .map_err(|_| Error::InvalidSignature { what: WHAT })
    }
}

/// What an entry says of its serial number.
#[derive(Clone, Copy)]
struct Entry {
    at: Time,
    reason: Option<u8>,
    invalid_since: Option<Time>,
}

/// How many blocks of lists a text begins, on lines of their own or not.
fn begun(text: &str) -> usize {
    let labels = text.split("-----BEGIN ").skip(1).filter_map(|rest| rest.split("-----").next());
    labels.filter(|label| label.to_ascii_uppercase().contains("CRL")).count()
}

/// How hard it is to undo an entry: a delta's removeFromCRL says that there is none, a hold may be
/// released, everything else is for good.
fn weight(entry: &Entry) -> u8 {
    match entry.reason {
        Some(REMOVE_FROM_CRL) => 0,
        Some(CERTIFICATE_HOLD) => 1,
        _ => 2,
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({} of {} entries)", self.issuer, self.entries.len())
    }
}
