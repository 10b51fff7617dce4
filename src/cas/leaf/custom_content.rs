//! The content of a certificate that the caller says: names, usages, a serial number.

use super::super::config::SerialForm;
use super::super::error::{CasError, ErrorKind};
use super::super::limits::SERIAL_BYTES;
use super::super::parameters::names::NO_UNDERSCORE;
use super::super::parameters::subject;
use super::super::parameters::usages::extended_key_usages;
use super::custom_structures::{
    PassthroughAttribute, PassthroughExtensions, PassthroughKeyUsage, PassthroughName,
    PassthroughSubject,
};
use crate::error::quoted;
use crate::name::{Attribute, AttributeType};
use crate::profile::{ExtendedKeyUsage, KeyUsage, Oid};
use crate::{AltName, Name, Profile, SerialNumber};

const EXTENSIONS: &str = "ApiPassthrough.Extensions";

/// RFC 5280 sections 4.2.1.12 and 4.2.1.6.
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const SUBJECT_ALT_NAME: &str = "2.5.29.17";

/// The profile and the alternative names; at least one usage is needed.
pub(super) fn extensions(
    given: Option<&PassthroughExtensions>,
) -> Result<(Profile, Vec<AltName>), CasError> {
    let none = PassthroughExtensions::default();
    let PassthroughExtensions {
        criticals,
        extended_key_usages: usages,
        key_usage,
        subject_alternative_names: names,
    } = given.unwrap_or(&none);
    let key_usage = key_usage.as_ref().map_or(KeyUsage::NONE, usage);
    let usages: Vec<ExtendedKeyUsage> =
        extended_key_usages(&format!("{EXTENSIONS}.ExtendedKeyUsages"), usages)?;
    if key_usage.is_empty() && usages.is_empty() {
        let message = format!("{EXTENSIONS}.KeyUsage: missing, and so is ExtendedKeyUsages");
        return Err(CasError::new(ErrorKind::MissingParameter, message));
    }
    let alt_names = alt_names(names)?;
    let (has_usages, has_names) = (!usages.is_empty(), !alt_names.is_empty());
    let mut profile = Profile::custom(key_usage, usages);
    for (at, text) in criticals.iter().enumerate() {
        profile = match text.as_str() {
            // It is critical in any case (RFC 5280 section 4.2.1.3).
            "KeyUsage" if !key_usage.is_empty() => profile,
            "ExtendedKeyUsages" if has_usages => profile.make_critical(EXTENDED_KEY_USAGE.parse()?),
            "SubjectAlternativeNames" if has_names => {
                profile.make_critical(SUBJECT_ALT_NAME.parse()?)
            }
            other => {
                let allowed = "KeyUsage, ExtendedKeyUsages and SubjectAlternativeNames, \
                               as far as they are given";
                let name = format!("{EXTENSIONS}.Criticals.{}", at + 1);
                return Err(CasError::invalid(&name, quoted(other), allowed));
            }
        };
    }
    Ok((profile, alt_names))
}

fn usage(given: &PassthroughKeyUsage) -> KeyUsage {
    let PassthroughKeyUsage {
        content_commitment,
        data_encipherment,
        decipher_only,
        digital_signature,
        encipher_only,
        key_agreement,
        key_encipherment,
        non_repudiation,
    } = *given;
    let flags = [
        (content_commitment, KeyUsage::CONTENT_COMMITMENT),
        (data_encipherment, KeyUsage::DATA_ENCIPHERMENT),
        (decipher_only, KeyUsage::DECIPHER_ONLY),
        (digital_signature, KeyUsage::DIGITAL_SIGNATURE),
        (encipher_only, KeyUsage::ENCIPHER_ONLY),
        (key_agreement, KeyUsage::KEY_AGREEMENT),
        (key_encipherment, KeyUsage::KEY_ENCIPHERMENT),
        (non_repudiation, KeyUsage::CONTENT_COMMITMENT),
    ];
    let given = flags.into_iter().filter(|(flag, _)| *flag == Some(true));
    given.fold(KeyUsage::NONE, |all, (_, usage)| all | usage)
}

fn alt_names(given: &[PassthroughName]) -> Result<Vec<AltName>, CasError> {
    let mut names = Vec::new();
    for (at, PassthroughName { kind, value }) in given.iter().enumerate() {
        let place = format!("{EXTENSIONS}.SubjectAlternativeNames.{}", at + 1);
        let name = match kind.as_str() {
            "rfc822Name" => AltName::email(value),
            "dNSName" => AltName::dns(value),
            "uniformResourceIdentifier" => AltName::uri(value),
            "iPAddress" => AltName::ip(value),
            other => {
                let allowed = "rfc822Name, dNSName, uniformResourceIdentifier or iPAddress";
                let given = quoted(other);
                return Err(CasError::invalid(&format!("{place}.Type"), given, allowed));
            }
        };
        let refuse =
            |allowed: String| CasError::invalid(&format!("{place}.Value"), quoted(value), allowed);
        let name = name.map_err(|error| refuse(format!("a well-formed {kind} ({error})")))?;
        if name.has_underscore() {
            return Err(refuse(NO_UNDERSCORE.to_owned()));
        }
        if names.contains(&name) {
            return Err(refuse("each name once".to_owned()));
        }
        names.push(name);
    }
    Ok(names)
}

/// The subject that is given.
pub(super) fn subject(given: &PassthroughSubject) -> Result<Name, CasError> {
    let name = given.fields.name(given.common_name.as_deref(), &subject::PASSTHROUGH)?;
    let mut relative = name.relative().to_vec();
    for (at, PassthroughAttribute { object_identifier, value }) in
        given.custom_attributes.iter().enumerate()
    {
        let place = format!("ApiPassthrough.Subject.CustomAttributes.{}", at + 1);
        let oid: Oid = object_identifier.parse().map_err(|_| {
            let given = quoted(object_identifier);
            let allowed = "an object identifier";
            CasError::invalid(&format!("{place}.ObjectIdentifier"), given, allowed)
        })?;
        let attribute = Attribute::new(AttributeType::other(oid), value)
            .map_err(|error| CasError::invalid(&format!("{place}.Value"), quoted(value), error))?;
        relative.push(vec![attribute]);
    }
    Ok(Name::from_relative(relative)?)
}

/// A serial number; none where it is not well formed.
pub(super) fn serial(text: &str, form: SerialForm) -> Option<SerialNumber> {
    let (digits, radix) = match (text.strip_prefix("0x"), form) {
        (Some(digits), _) => (digits, 16),
        (None, SerialForm::Decimal) => (text, 10),
        (None, SerialForm::Hexadecimal) => (text, 16),
    };
    if digits.is_empty() {
        return None;
    }
    let mut bytes = [0u8; SERIAL_BYTES];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(radix)?;
        for byte in bytes.iter_mut().rev() {
            let value = u32::from(*byte) * radix + carry;
            *byte = (value & 0xff) as u8;
            carry = value >> 8;
        }
        if carry != 0 {
            return None;
        }
    }
    SerialNumber::from_bytes(&bytes).ok()
}
