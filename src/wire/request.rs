//! CertificationRequestInfo (RFC 2986 section 4.1) and its attributes (RFC 2985 section 5.4).

use super::distinguished::{encode_name, read_name};
use super::envelope;
use super::extension::{Extensions, encode_extensions};
use super::public_key::{PublicKeyInfoParts, read_public_key_info};
use super::tlv::{SEQUENCE, SET, Values, context, encode, encode_oid, encode_unsigned};
use crate::algorithm::SignatureIdentifier;
use crate::error::Error;
use crate::limits::{INPUT_BYTES, REQUEST_ATTRIBUTES};
use crate::name::Name;
use crate::oid::{self, Oid};
use crate::profile::Extension;

const WHAT: &str = "certificate request";

/// An attribute of a request: its type and the DER of its values, one after the other. It does not
/// print: the values may be a password.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct RequestAttribute {
    pub(crate) oid: Oid,
    pub(crate) values: Vec<u8>,
}

/// A request, split; nothing is verified.
pub(crate) struct RequestParts<'a> {
    pub(crate) to_be_signed: &'a [u8],
    pub(crate) algorithm: SignatureIdentifier,
    pub(crate) signature: &'a [u8],
    pub(crate) subject: Name,
    pub(crate) public_key: PublicKeyInfoParts<'a>,
    pub(crate) extensions: Extensions,
    /// All but extensionRequest, PKCS #9's and Microsoft's.
    pub(crate) attributes: Vec<RequestAttribute>,
}

/// A request of version 1; extensionRequest only where an extension is asked for.
pub(crate) fn encode_request_info(
    subject: &Name,
    public_key: &[u8],
    extensions: &[Extension],
    attributes: &[RequestAttribute],
) -> Vec<u8> {
    let mut encoded: Vec<Vec<u8>> = attributes
        .iter()
        .map(|attribute| encode_attribute(attribute.oid, &attribute.values))
        .collect();
    if !extensions.is_empty() {
        encoded.push(encode_attribute(oid::EXTENSION_REQUEST, &encode_extensions(extensions)));
    }
    // The elements of a SET OF are in the order of their encodings (X.690 section 11.6).
    encoded.sort();
    let attributes = encode(context(0), &encoded.iter().map(Vec::as_slice).collect::<Vec<_>>());
    encode(SEQUENCE, &[&encode_unsigned(&[0]), &encode_name(subject), public_key, &attributes])
}

pub(crate) fn split_request(der: &[u8]) -> Result<RequestParts<'_>, Error> {
    let envelope = envelope::split(INPUT_BYTES, WHAT, der)?;
    let mut values =
        Values::inside(WHAT, "certificationRequestInfo", SEQUENCE, envelope.to_be_signed)?;
    if !values.unsigned("version")?.is_empty() {
        return Err(Error::malformed(WHAT, "version", "not v1 (0), the only version of RFC 2986"));
    }
    let subject = read_name(&mut values, "subject")?;
    let public_key = read_public_key_info(&mut values, "subjectPKInfo")?;
    let mut requested: Option<(Oid, &[u8])> = None;
    let mut attributes: Vec<RequestAttribute> = Vec::new();
    // Mandatory in RFC 2986, even if empty; old Java left it out.
    let content = values.optional(context(0), "attributes")?.unwrap_or_default();
    values.finish("after the attributes")?;
    let mut list = Values::new(WHAT, content)?;
    while !list.is_empty() {
        let mut attribute = list.enter(SEQUENCE, "attribute")?;
        let oid = attribute.oid("attribute")?;
        let content = match attribute.optional(SET, "attribute values")? {
            Some(content) => content,
            // China's CFCA and its kits leave the SET of the one value out.
            None => attribute.whole("attribute values")?,
        };
        attribute.finish("attribute")?;
        if [oid::EXTENSION_REQUEST, oid::MS_EXTENSION_REQUEST].contains(&oid) {
            let place = "extensionRequest";
            let mut inside = Values::new(WHAT, content)?;
            let asked = inside.whole(place)?;
            inside.finish(place)?;
            match requested {
                // Each once, and both only where they ask for the same: else one reader would see
                // other names than another.
                Some((other, _)) if other == oid => {
                    return Err(Error::malformed(WHAT, place, "given twice"));
                }
                Some((_, other)) if other != asked => {
                    let problem = "given twice, as PKCS #9's attribute and as Microsoft's, with \
                                   different extensions; one is allowed, or two that are the same";
                    return Err(Error::malformed(WHAT, place, problem));
                }
                _ => requested = Some((oid, asked)),
            }
        } else {
            if attributes.len() == REQUEST_ATTRIBUTES {
                let problem = format!("more than {REQUEST_ATTRIBUTES}");
                return Err(Error::malformed(WHAT, "attributes", problem));
            }
            attributes.push(RequestAttribute { oid, values: content.to_vec() });
        }
    }
    let extensions = match requested {
        // An empty list asks for nothing; x509-cert and others write it.
        None | Some((_, [SEQUENCE, 0])) => Extensions::default(),
        Some((_, asked)) => Extensions::read(WHAT, asked)?,
    };
    Ok(RequestParts {
        to_be_signed: envelope.to_be_signed,
        algorithm: envelope.algorithm,
        signature: envelope.signature,
        subject,
        public_key,
        extensions,
        attributes,
    })
}

/// The values of challengePassword: a DirectoryString, UTF8String unless PrintableString holds it
/// (RFC 2985 section 5.4.1).
pub(crate) fn encode_directory_string(text: &str) -> Vec<u8> {
    let printable = text.bytes().all(|b| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&b));
    encode(if printable { 0x13 } else { 0x0c }, &[text.as_bytes()])
}

fn encode_attribute(oid: Oid, values: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&encode_oid(oid), &encode(SET, &[values])])
}
