//! TBSCertificate (RFC 5280 section 4.1.2).

use super::algorithm::encode_signature_algorithm;
use super::distinguished::{encode_name, read_name};
use super::envelope;
use super::extension::{Extensions, encode_extensions};
use super::public_key::{PublicKeyInfoParts, read_public_key_info};
use super::time::{encode_validity, read_time};
use super::tlv::{SEQUENCE, Values, context, encode, encode_unsigned};
use crate::algorithm::{SignatureAlgorithm, SignatureIdentifier};
use crate::error::Error;
use crate::limits::{INPUT_BYTES, READ_SERIAL_BYTES};
use crate::name::Name;
use crate::profile::Extension;
use crate::serial::SerialNumber;
use crate::validity::Validity;

const WHAT: &str = "certificate";

/// The fields of a certificate to be signed.
pub(crate) struct ToBeSigned<'a> {
    pub(crate) serial: SerialNumber,
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) issuer: &'a Name,
    pub(crate) validity: Validity,
    pub(crate) subject: &'a Name,
    /// A whole SubjectPublicKeyInfo.
    pub(crate) public_key: &'a [u8],
    pub(crate) extensions: &'a [Extension],
}

/// A certificate, split; nothing is verified.
pub(crate) struct CertificateParts<'a> {
    pub(crate) to_be_signed: &'a [u8],
    /// 1, 2 or 3.
    pub(crate) version: u8,
    pub(crate) algorithm: SignatureIdentifier,
    pub(crate) signature: &'a [u8],
    pub(crate) serial: SerialNumber,
    pub(crate) issuer: Name,
    pub(crate) validity: Validity,
    pub(crate) subject: Name,
    pub(crate) public_key: PublicKeyInfoParts<'a>,
    pub(crate) extensions: Extensions,
}

/// A certificate of version 3.
pub(crate) fn encode_to_be_signed(fields: &ToBeSigned<'_>) -> Vec<u8> {
    let ToBeSigned { serial, signature, issuer, validity, subject, public_key, extensions } =
        fields;
    encode(
        SEQUENCE,
        &[
            &encode(context(0), &[&encode_unsigned(&[2])]),
            &encode_unsigned(serial.as_bytes()),
            &encode_signature_algorithm(*signature),
            &encode_name(issuer),
            &encode_validity(validity),
            &encode_name(subject),
            public_key,
            &encode(context(3), &[&encode_extensions(extensions)]),
        ],
    )
}

pub(crate) fn split_certificate(der: &[u8]) -> Result<CertificateParts<'_>, Error> {
    let envelope = envelope::split(INPUT_BYTES, WHAT, der)?;
    let mut values = Values::inside(WHAT, "tbsCertificate", SEQUENCE, envelope.to_be_signed)?;
    let version = match values.optional(context(0), "version")? {
        Some(content) => {
            let mut inside = Values::new(WHAT, content)?;
            let version = match inside.unsigned("version")? {
                [2] => 3,
                [1] => 2,
                _ => return Err(Error::malformed(WHAT, "version", "neither v2 nor v3")),
            };
            inside.finish("version")?;
            version
        }
        None => 1,
    };
    let serial = read_serial(&mut values, WHAT, "serialNumber")?;
    let algorithm = envelope.clone().compare(WHAT, values.whole("signature")?);
    let issuer = read_name(&mut values, "issuer")?;
    let mut period = values.enter(SEQUENCE, "validity")?;
    let not_before = read_time(&mut period, "notBefore")?;
    let not_after = read_time(&mut period, "notAfter")?;
    period.finish("validity")?;
    let validity = Validity::new(not_before, not_after)?;
    let subject = read_name(&mut values, "subject")?;
    let public_key = read_public_key_info(&mut values, "subjectPublicKeyInfo")?;
    // Unique identifiers, [1] and [2] IMPLICIT BIT STRING: long out of use, and skipped.
    for tag in [0x81, 0x82] {
        let place = "unique identifier";
        match values.optional(tag, place)? {
            Some(_) if version < 2 => {
                return Err(Error::malformed(WHAT, place, "in a certificate of version 1"));
            }
            // The count of unused bits comes first (X.690 section 8.6.2).
            Some([] | [8..=0xff, ..] | [1..=0xff]) => {
                return Err(Error::malformed(WHAT, place, "not a BIT STRING"));
            }
            Some(_) | None => {}
        }
    }
    let extensions = match values.optional(context(3), "extensions")? {
        Some(_) if version < 3 => {
            return Err(Error::malformed(WHAT, "extensions", "in a certificate before version 3"));
        }
        Some(content) => Extensions::read(WHAT, content)?,
        None => Extensions::default(),
    };
    values.finish("after the extensions")?;
    Ok(CertificateParts {
        to_be_signed: envelope.to_be_signed,
        version,
        algorithm,
        signature: envelope.signature,
        serial,
        issuer,
        validity,
        subject,
        public_key,
        extensions,
    })
}

/// A certificate with these to-be-signed bytes and an empty signature.
pub(crate) fn unsigned_certificate(to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut values = Values::inside(WHAT, "tbsCertificate", SEQUENCE, to_be_signed)?;
    values.optional(context(0), "version")?;
    values.integer("serialNumber")?;
    Ok(envelope::unsigned(to_be_signed, values.whole("signature")?))
}

/// Reads a serial number of any sign, and of more bytes than RFC 5280 section 4.1.2.2 allows: it has readers
/// be prepared for both.
pub(super) fn read_serial(
    values: &mut Values<'_>,
    what: &'static str,
    place: &str,
) -> Result<SerialNumber, Error> {
    let content = values.integer(place)?;
    SerialNumber::read(content).ok_or_else(|| {
        let problem = format!("{} bytes; at most {READ_SERIAL_BYTES} are read", content.len());
        Error::malformed(what, place, problem)
    })
}
