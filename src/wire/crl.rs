//! Certificate revocation lists (RFC 5280 section 5).

use super::algorithm::encode_signature_algorithm;
use super::certificate::read_serial;
use super::distinguished::{encode_name, read_name};
use super::envelope;
use super::extension::{Extensions, encode_extensions};
use super::time::{encode_generalized_time, encode_time, read_time};
use super::tlv::{INTEGER, SEQUENCE, Values, context, encode, encode_unsigned, header};
use crate::algorithm::{SignatureAlgorithm, SignatureIdentifier};
use crate::error::Error;
use crate::limits::{CRL_BYTES, SERIAL_BYTES};
use crate::name::Name;
use crate::oid::{self, Oid};
use crate::profile::Extension;
use crate::serial::SerialNumber;
use crate::validity::Time;

const WHAT: &str = "certificate revocation list";

/// The fields of a CRL to be signed, but its entries.
pub(crate) struct CrlFields<'a> {
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) issuer: &'a Name,
    pub(crate) this_update: Time,
    pub(crate) next_update: Time,
    pub(crate) extensions: &'a [Extension],
}

/// One entry: the serial number, the time, the number of the reason and the invalidityDate where
/// there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct CrlEntry {
    pub(crate) serial: SerialNumber,
    pub(crate) at: Time,
    pub(crate) reason: Option<u8>,
    pub(crate) invalid_since: Option<Time>,
}

/// A CRL, split; nothing is verified.
pub(crate) struct CrlParts<'a> {
    pub(crate) to_be_signed: &'a [u8],
    pub(crate) algorithm: SignatureIdentifier,
    pub(crate) signature: &'a [u8],
    pub(crate) issuer: Name,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    /// To be read one by one: there can be a million.
    pub(crate) entries: CrlEntries<'a>,
    pub(crate) extensions: Extensions,
}

/// The entries of a CRL.
pub(crate) struct CrlEntries<'a>(Values<'a>);

impl Iterator for CrlEntries<'_> {
    type Item = Result<ReadEntry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.0.is_empty()).then(|| read_entry(&mut self.0))
    }
}

/// An entry that was read.
pub(crate) struct ReadEntry {
    pub(crate) entry: CrlEntry,
    /// A critical extension of it that this crate does not know. certificateIssuer, of indirect CRLs,
    /// changes whose serial number it is (RFC 5280 section 5.3.3).
    pub(crate) critical: Option<Oid>,
}

/// Writes a TBSCertList whose entries come one by one, in one allocation: `each` is called twice,
/// first to measure, then to write, and must give the same entries.
pub(crate) fn encode_crl<E>(
    fields: &CrlFields<'_>,
    mut each: impl FnMut(&mut dyn FnMut(&CrlEntry)) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let mut length = 0;
    each(&mut |entry| length += encode_entry(entry).len())?;
    let head = [
        encode_unsigned(&[1]),
        encode_signature_algorithm(fields.signature),
        encode_name(fields.issuer),
        encode_time(fields.this_update),
        encode_time(fields.next_update),
    ]
    .concat();
    let tail = encode(context(0), &[&encode_extensions(fields.extensions)]);
    // revokedCertificates is absent where there are none (RFC 5280 section 5.1.2.6).
    let list = if length == 0 { Vec::new() } else { header(SEQUENCE, length) };
    let outer = header(SEQUENCE, head.len() + list.len() + length + tail.len());
    let mut out = Vec::with_capacity(outer.len() + head.len() + list.len() + length + tail.len());
    out.extend_from_slice(&outer);
    out.extend_from_slice(&head);
    out.extend_from_slice(&list);
    each(&mut |entry| out.extend_from_slice(&encode_entry(entry)))?;
    out.extend_from_slice(&tail);
    Ok(out)
}

/// The extension cRLNumber (RFC 5280 section 5.2.3).
pub(crate) fn crl_number(number: u64) -> Extension {
    let value = encode_unsigned(&number.to_be_bytes());
    Extension { oid: oid::CRL_NUMBER, critical: false, value }
}

/// The extension deltaCRLIndicator (RFC 5280 section 5.2.4).
pub(crate) fn delta_indicator(base: u64) -> Extension {
    let value = encode_unsigned(&base.to_be_bytes());
    Extension { oid: oid::DELTA_CRL_INDICATOR, critical: true, value }
}

/// The extension issuingDistributionPoint with a URL and nothing else (RFC 5280 section 5.2.5).
pub(crate) fn issuing_distribution_point(url: &str) -> Extension {
    let value = encode(SEQUENCE, &[&encode(context(0), &[&full_name(url)])]);
    Extension { oid: oid::ISSUING_DISTRIBUTION_POINT, critical: true, value }
}

/// The extension cRLDistributionPoints with one URL (RFC 5280 section 4.2.1.13).
pub(crate) fn distribution_points(url: &str) -> Extension {
    Extension { oid: oid::CRL_DISTRIBUTION_POINTS, critical: false, value: one_point(url) }
}

/// The extension freshestCRL with one URL (RFC 5280 section 5.2.6).
pub(crate) fn freshest(url: &str) -> Extension {
    Extension { oid: oid::FRESHEST_CRL, critical: false, value: one_point(url) }
}

/// CRLDistributionPoints of one point, which has one URL.
fn one_point(url: &str) -> Vec<u8> {
    let point = encode(SEQUENCE, &[&encode(context(0), &[&full_name(url)])]);
    encode(SEQUENCE, &[&point])
}

/// The big-endian bytes of a CRL number without zeros in front: at most 20, as readers must take
/// (RFC 5280 section 5.2.3).
pub(crate) fn read_number(der: &[u8]) -> Result<Vec<u8>, Error> {
    let place = "CRL number";
    let mut values = Values::new(WHAT, der)?;
    let bytes = values.unsigned(place)?;
    values.finish(place)?;
    if bytes.len() > SERIAL_BYTES {
        let problem = format!("{} bytes; at most {SERIAL_BYTES}", bytes.len());
        return Err(Error::malformed(WHAT, place, problem));
    }
    Ok(bytes.to_vec())
}

pub(crate) fn split_crl(der: &[u8]) -> Result<CrlParts<'_>, Error> {
    let envelope = envelope::split(CRL_BYTES, WHAT, der)?;
    let values = Values::within(CRL_BYTES, WHAT, envelope.to_be_signed)?;
    let mut values = values.only(SEQUENCE, "tbsCertList")?;
    let version = if values.peek() == Some(INTEGER) {
        match values.unsigned("version")? {
            [1] => 2,
            _ => return Err(Error::malformed(WHAT, "version", "not v2 (1)")),
        }
    } else {
        1
    };
    let algorithm = envelope.clone().compare(WHAT, values.whole("signature")?);
    let issuer = read_name(&mut values, "issuer")?;
    let this_update = read_time(&mut values, "thisUpdate")?;
    let next_update = match values.peek() {
        Some(0x17 | 0x18) => Some(read_time(&mut values, "nextUpdate")?),
        _ => None,
    };
    // An empty list, which must be absent (RFC 5280 section 5.1.2.6), says the same; some CAs write it.
    let entries = values.optional(SEQUENCE, "revokedCertificates")?.unwrap_or_default();
    let entries = CrlEntries(Values::within(CRL_BYTES, WHAT, entries)?);
    let extensions = match values.optional(context(0), "crlExtensions")? {
        Some(_) if version < 2 => {
            return Err(Error::malformed(WHAT, "crlExtensions", "in a CRL of version 1"));
        }
        Some(content) => Extensions::read(WHAT, content)?,
        None => Extensions::default(),
    };
    values.finish("after the extensions")?;
    Ok(CrlParts {
        to_be_signed: envelope.to_be_signed,
        algorithm,
        signature: envelope.signature,
        issuer,
        this_update,
        next_update,
        entries,
        extensions,
    })
}

/// A CRL with these to-be-signed bytes and an empty signature.
pub(crate) fn unsigned_crl(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
    let values = Values::within(CRL_BYTES, WHAT, to_be_signed)?;
    let mut values = values.only(SEQUENCE, "tbsCertList")?;
    values.optional(INTEGER, "version")?;
    Ok(envelope::unsigned(to_be_signed, values.whole("signature")?))
}

fn encode_entry(entry: &CrlEntry) -> Vec<u8> {
    let CrlEntry { serial, at, reason, invalid_since } = entry;
    // reasonCode is absent where it is unspecified (RFC 5280 section 5.3.1).
    let reason = reason.map(|code| (oid::REASON_CODE, encode(0x0a, &[&[code]])));
    let invalid = invalid_since.map(|time| (oid::INVALIDITY_DATE, encode_generalized_time(time)));
    let extensions: Vec<Extension> = reason
        .into_iter()
        .chain(invalid)
        .map(|(oid, value)| Extension { oid, critical: false, value })
        .collect();
    let extensions =
        if extensions.is_empty() { Vec::new() } else { encode_extensions(&extensions) };
    encode(SEQUENCE, &[&encode_unsigned(serial.as_bytes()), &encode_time(*at), &extensions])
}

fn read_entry(list: &mut Values<'_>) -> Result<ReadEntry, Error> {
    let mut entry = list.enter(SEQUENCE, "revokedCertificates")?;
    let serial = read_serial(&mut entry, WHAT, "userCertificate")?;
    let at = read_time(&mut entry, "revocationDate")?;
    let (mut reason, mut invalid_since, mut critical) = (None, None, None);
    if !entry.is_empty() {
        for extension in Extensions::read(WHAT, entry.whole("crlEntryExtensions")?)?.all {
            match (extension.oid, extension.value.as_slice()) {
                (oid::REASON_CODE, [0x0a, 1, code]) => reason = Some(*code),
                (oid::REASON_CODE, _) => {
                    return Err(Error::malformed(WHAT, "reasonCode", "not an ENUMERATED"));
                }
                (oid::INVALIDITY_DATE, der) => {
                    let mut value = Values::new(WHAT, der)?;
                    invalid_since = Some(read_time(&mut value, "invalidityDate")?);
                    value.finish("invalidityDate")?;
                }
                // That whose it is counts above all.
                (other, _) if extension.critical && critical != Some(oid::CERTIFICATE_ISSUER) => {
                    critical = Some(other);
                }
                _ => {}
            }
        }
    }
    entry.finish("revokedCertificates")?;
    let entry = CrlEntry { serial, at, reason, invalid_since };
    Ok(ReadEntry { entry, critical })
}

/// DistributionPointName.fullName with one URL.
fn full_name(url: &str) -> Vec<u8> {
    encode(context(0), &[&encode(0x86, &[url.as_bytes()])])
}
