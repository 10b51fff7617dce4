//! Extensions of certificates and requests (RFC 5280 section 4.2).

use super::distinguished::read_name;
use super::distribution_point::{DistributionPoint, read_distribution_points};
use super::general_name::{encode_constraints, encode_names, read_constraints, read_names};
use super::tlv::{
    BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, SEQUENCE, Values, context, encode, encode_oid,
    encode_unsigned,
};
use crate::error::Error;
use crate::limits::{AUTHORITY_KEY_IDENTIFIER_BYTES, EXTENDED_KEY_USAGES, EXTENSIONS};
use crate::name::{GeneralName, NameConstraints};
use crate::oid::{self, Oid};
use crate::profile::Extension;
use crate::usage::{ExtendedKeyUsage, KeyUsage};

/// The value of basicConstraints.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_len: Option<u8>,
}

/// The extensions this crate understands, and all of them as they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) all: Vec<Extension>,
    pub(crate) alt_names: Vec<GeneralName>,
    pub(crate) authority_key_identifier: Option<Vec<u8>>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) crl_points: Vec<DistributionPoint>,
    pub(crate) extended_key_usage: Option<Vec<ExtendedKeyUsage>>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
}

/// The identifiers of the extensions that [`Extensions`] understands.
const UNDERSTOOD: [Oid; 7] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::BASIC_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::KEY_USAGE,
    oid::NAME_CONSTRAINTS,
    oid::SUBJECT_ALT_NAME,
    oid::SUBJECT_KEY_IDENTIFIER,
];

/// Whether this crate reads and writes the extension itself.
pub(crate) fn is_understood(oid: Oid) -> bool {
    UNDERSTOOD.contains(&oid)
}

/// Whether path validation does what the extension says.
pub(crate) fn is_processed(oid: Oid) -> bool {
    const POLICIES: [Oid; 4] = [
        oid::CERTIFICATE_POLICIES,
        oid::INHIBIT_ANY_POLICY,
        oid::POLICY_CONSTRAINTS,
        oid::POLICY_MAPPINGS,
    ];
    is_understood(oid) || POLICIES.contains(&oid)
}

impl Extensions {
    /// Reads an Extensions SEQUENCE. One extension twice is refused (RFC 5280 section 4.2), and so
    /// is an empty list.
    pub(crate) fn read(what: &'static str, der: &[u8]) -> Result<Self, Error> {
        let mut values = Values::inside(what, "extensions", SEQUENCE, der)?;
        let mut extensions = Self::default();
        while !values.is_empty() {
            if extensions.all.len() == EXTENSIONS {
                let problem = format!("more than {EXTENSIONS} extensions");
                return Err(Error::malformed(what, "extensions", problem));
            }
            let extension = read_extension(&mut values)?;
            let place = || format!("extension {}", extension.oid);
            if extensions.all.iter().any(|other| other.oid == extension.oid) {
                return Err(Error::malformed(what, place(), "given twice (RFC 5280 section 4.2)"));
            }
            extensions.understand(what, &extension).map_err(|error| match error {
                Error::Malformed(inner) => Error::malformed(what, place(), inner.problem),
                other => other,
            })?;
            extensions.all.push(extension);
        }
        if extensions.all.is_empty() {
            return Err(Error::malformed(what, "extensions", "an empty list"));
        }
        Ok(extensions)
    }

    fn understand(&mut self, what: &'static str, extension: &Extension) -> Result<(), Error> {
        let value = extension.value.as_slice();
        match extension.oid {
            oid::AUTHORITY_KEY_IDENTIFIER => {
                if value.len() > AUTHORITY_KEY_IDENTIFIER_BYTES {
                    let most = AUTHORITY_KEY_IDENTIFIER_BYTES;
                    let problem = format!("{} bytes; at most {most}", value.len());
                    return Err(Error::malformed(what, "", problem));
                }
                self.authority_key_identifier = read_authority_key_identifier(what, value)?;
            }
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(read_basic(what, value)?),
            oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_points = read_distribution_points(what, value)?;
            }
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(read_usages(what, value)?);
            }
            oid::KEY_USAGE => {
                self.key_usage = Some(read_key_usage(what, value)?);
            }
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(read_constraints(what, value)?),
            oid::SUBJECT_ALT_NAME => self.alt_names = read_names(what, value)?,
            oid::SUBJECT_KEY_IDENTIFIER => {
                let identifier = Values::inside_primitive(what, "", OCTET_STRING, value)?;
                self.subject_key_identifier = Some(identifier.to_vec());
            }
            _ => {}
        }
        Ok(())
    }
}

/// An Extensions SEQUENCE.
pub(crate) fn encode_extensions(extensions: &[Extension]) -> Vec<u8> {
    let encoded: Vec<u8> = extensions.iter().flat_map(encode_extension).collect();
    encode(SEQUENCE, &[&encoded])
}

pub(crate) fn alt_names(names: &[GeneralName], critical: bool) -> Extension {
    Extension { oid: oid::SUBJECT_ALT_NAME, critical, value: encode_names(names) }
}

/// Always the issuer's identifier bytes, never recomputed.
pub(crate) fn authority_key_identifier(identifier: &[u8]) -> Extension {
    let value = encode(SEQUENCE, &[&encode(0x80, &[identifier])]);
    Extension { oid: oid::AUTHORITY_KEY_IDENTIFIER, critical: false, value }
}

pub(crate) fn basic_constraints(constraints: BasicConstraints) -> Extension {
    let BasicConstraints { ca, path_len } = constraints;
    // DER leaves a default out: CA false is nothing at all.
    let ca = if ca { encode(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    let path_len = path_len.map(|length| encode_unsigned(&[length])).unwrap_or_default();
    let value = encode(SEQUENCE, &[&ca, &path_len]);
    Extension { oid: oid::BASIC_CONSTRAINTS, critical: true, value }
}

pub(crate) fn extended_key_usage(usages: &[ExtendedKeyUsage]) -> Extension {
    let encoded: Vec<u8> = usages.iter().flat_map(|usage| encode_oid(usage.oid())).collect();
    let value = encode(SEQUENCE, &[&encoded]);
    Extension { oid: oid::EXTENDED_KEY_USAGE, critical: false, value }
}

pub(crate) fn key_usage(usage: KeyUsage) -> Extension {
    // A named bit list: bit 0 is the highest of the first byte, and DER leaves zeros at the end out
    // (X.690 section 11.2.2).
    let bytes = usage.bits().reverse_bits().to_be_bytes();
    let bytes: &[u8] = match &bytes {
        [0, 0] => &[],
        [first, 0] => std::slice::from_ref(first),
        both => both,
    };
    let unused = bytes.last().map_or(0, |last| last.trailing_zeros() as u8);
    let value = encode(BIT_STRING, &[&[unused], bytes]);
    Extension { oid: oid::KEY_USAGE, critical: true, value }
}

pub(crate) fn name_constraints(constraints: &NameConstraints) -> Extension {
    let value = encode_constraints(constraints);
    Extension { oid: oid::NAME_CONSTRAINTS, critical: true, value }
}

pub(crate) fn subject_key_identifier(identifier: &[u8]) -> Extension {
    let value = encode(OCTET_STRING, &[identifier]);
    Extension { oid: oid::SUBJECT_KEY_IDENTIFIER, critical: false, value }
}

fn encode_extension(extension: &Extension) -> Vec<u8> {
    let Extension { oid, critical, value } = extension;
    let critical = if *critical { encode(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    encode(SEQUENCE, &[&encode_oid(*oid), &critical, &encode(OCTET_STRING, &[value])])
}

fn read_extension(values: &mut Values<'_>) -> Result<Extension, Error> {
    let mut inside = values.enter(SEQUENCE, "extension")?;
    let oid = inside.oid("extension")?;
    let critical = match inside.peek() {
        // `critical FALSE` is the default, which DER leaves out; the web's CAs have written it.
        Some(BOOLEAN) => inside.boolean("critical")?,
        _ => false,
    };
    let value = inside.content(OCTET_STRING, "extnValue")?.to_vec();
    inside.finish("extension")?;
    Ok(Extension { oid, critical, value })
}

fn read_usages(what: &'static str, der: &[u8]) -> Result<Vec<ExtendedKeyUsage>, Error> {
    let mut values = Values::inside(what, "", SEQUENCE, der)?;
    let mut usages = Vec::new();
    while !values.is_empty() {
        if usages.len() == EXTENDED_KEY_USAGES {
            let problem = format!("more than {EXTENDED_KEY_USAGES} usages");
            return Err(Error::malformed(what, "", problem));
        }
        usages.push(ExtendedKeyUsage::other(values.oid("")?));
    }
    if usages.is_empty() {
        return Err(Error::malformed(what, "", "no usage"));
    }
    Ok(usages)
}

/// The keyIdentifier; what else may be there is checked for its form, and not kept.
fn read_authority_key_identifier(what: &'static str, der: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    const ISSUER: &str = "authorityCertIssuer";
    const KEY_IDENTIFIER: u8 = 0x80;
    const SERIAL_NUMBER: u8 = 0x82;
    let mut values = Values::inside(what, "", SEQUENCE, der)?;
    let identifier = values.optional(KEY_IDENTIFIER, "keyIdentifier")?.map(<[u8]>::to_vec);
    if values.peek() == Some(context(1)) {
        let mut names = values.enter(context(1), ISSUER)?;
        while !names.is_empty() {
            if names.peek() == Some(context(4)) {
                let mut directory_name = names.enter(context(4), ISSUER)?;
                read_name(&mut directory_name, ISSUER)?;
                directory_name.finish(ISSUER)?;
            } else {
                names.whole(ISSUER)?;
            }
        }
    }
    values.optional(SERIAL_NUMBER, "authorityCertSerialNumber")?;
    values.finish("")?;
    Ok(identifier)
}

/// A BIT STRING of which bit 0 is the highest of the first byte.
fn read_key_usage(what: &'static str, der: &[u8]) -> Result<KeyUsage, Error> {
    let content = Values::inside_primitive(what, "", BIT_STRING, der)?;
    let (first, second) = match *content {
        [0] => (0, 0),
        [unused @ 0..=7, first] if low_bits_are_zero(first, unused) => (first, 0),
        [unused @ 0..=7, first, second] if low_bits_are_zero(second, unused) => (first, second),
        [_, _, _, _, ..] => return Err(Error::malformed(what, "", "more than 16 bits")),
        _ => return Err(Error::malformed(what, "", "not a BIT STRING in DER")),
    };
    Ok(KeyUsage::from_bits(u16::from_be_bytes([first, second]).reverse_bits()))
}

fn low_bits_are_zero(byte: u8, count: u8) -> bool {
    byte.trailing_zeros() >= u32::from(count)
}

fn read_basic(what: &'static str, der: &[u8]) -> Result<BasicConstraints, Error> {
    let mut values = Values::inside(what, "basicConstraints", SEQUENCE, der)?;
    let ca = values.peek() == Some(BOOLEAN) && values.boolean("cA")?;
    let path_len = match values.peek() {
        Some(INTEGER) => match values.unsigned("pathLenConstraint")? {
            [] => Some(0),
            [length] => Some(*length),
            // No chain is that long, so the largest says the same.
            _ => Some(u8::MAX),
        },
        _ => None,
    };
    values.finish("basicConstraints")?;
    if path_len.is_some() && !ca {
        return Err(Error::malformed(what, "", "a pathLenConstraint without the CA bit"));
    }
    Ok(BasicConstraints { ca, path_len })
}
