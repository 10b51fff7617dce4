//! Alternative names of types that somebody registered: otherName (RFC 5280 section 4.2.1.6).

use der::asn1::{AnyRef, Ia5StringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Tag, Tagged as _};

use super::dns::DnsName;
use super::escape::is_direction;
use crate::error::{Error, quoted};
use crate::limits::{EMAIL_LOCAL_CHARACTERS, OTHER_NAME_BYTES, UPN_CHARACTERS};
use crate::oid::Oid;

/// An otherName: a type, and the DER of one value of that type.
///
/// Of two types the value is checked, because policies match it: user principal names
/// ([`OtherName::UPN`]) and names of services ([`OtherName::SRV`]).
///
/// ```
/// use certwright::name::OtherName;
/// let user = OtherName::upn("tom@corp.example")?;
/// assert_eq!(user.kind(), OtherName::UPN);
/// assert_eq!(user.text(), Some("tom@corp.example"));
/// // Of any other type, its DER: here an INTEGER.
/// assert!(OtherName::new("1.3.6.1.4.1.55555.1".parse()?, vec![2, 1, 7]).is_ok());
/// assert!(OtherName::new("1.3.6.1.4.1.55555.1".parse()?, vec![7]).is_err());
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OtherName {
    kind: Oid,
    value: Vec<u8>,
}

impl OtherName {
    /// Microsoft's user principal name (szOID_NT_PRINCIPAL_NAME), for logging on with a smart card.
    pub const UPN: Oid = Oid::known("1.3.6.1.4.1.311.20.2.3");

    /// The name of a service in a domain, id-on-dnsSRV (RFC 4985).
    pub const SRV: Oid = Oid::known("1.3.6.1.5.5.7.8.7");

    /// A name of any type, with the DER of its value.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is not the DER of one value, is longer than 4100 bytes, or,
    /// for [`OtherName::UPN`] and [`OtherName::SRV`], is not what [`OtherName::upn`] and
    /// [`OtherName::srv`] write.
    pub fn new(kind: Oid, value: Vec<u8>) -> Result<Self, Error> {
        let malformed = |problem: String| Error::malformed("otherName", kind.to_string(), problem);
        if value.len() > OTHER_NAME_BYTES {
            let problem = format!("{} bytes; at most {OTHER_NAME_BYTES}", value.len());
            return Err(malformed(problem));
        }
        if let Err(error) = AnyRef::from_der(&value) {
            return Err(malformed(format!("its value is not one DER value: {error}")));
        }
        let name = Self { kind, value };
        match (kind, name.text()) {
            (Self::UPN, Some(text)) if name.is_string(Tag::Utf8String) => Self::upn(text),
            (Self::UPN, _) => Err(malformed("its value is not an UTF8String".to_owned())),
            (Self::SRV, Some(text)) if name.is_string(Tag::Ia5String) => Self::srv(text),
            (Self::SRV, _) => Err(malformed("its value is not an IA5String".to_owned())),
            _ => Ok(name),
        }
    }

    /// A user principal name such as `tom@corp.example`, written as UTF8String.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is a user and a domain around one `@`: the user in 1 or more
    /// characters without blanks, control characters and characters that turn text around, the domain a
    /// DNS name without a wildcard, at most 1024 characters in all (as in Active Directory). The domain
    /// is kept as it is given, and is matched in any case.
    pub fn upn(text: &str) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("UPN", quoted(text), problem);
        let Some((user, domain)) = text.split_once('@') else {
            return Err(malformed("not of the form user@domain"));
        };
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !is_direction(c);
        if text.chars().count() > UPN_CHARACTERS {
            return Err(malformed("longer than 1024 characters"));
        }
        if user.is_empty() || !user.chars().all(is_plain) {
            return Err(malformed("the user is empty, or has a blank or a control character"));
        }
        if !DnsName::read(domain).is_ok_and(|domain| !domain.is_wildcard()) {
            return Err(malformed("the domain is not a DNS name"));
        }
        let value = Utf8StringRef::new(text).and_then(|text| text.to_der());
        let value = value.map_err(|_| malformed("longer than 1024 characters"))?;
        Ok(Self { kind: Self::UPN, value })
    }

    /// The name of a service in a domain, such as `_ldap.corp.example`, written as IA5String.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it is a service of letters, digits and hyphens behind an underscore,
    /// a dot, and a DNS name without a wildcard (RFC 4985 section 2).
    pub fn srv(text: &str) -> Result<Self, Error> {
        let malformed = |problem| Error::malformed("SRV name", quoted(text), problem);
        let Some((service, domain)) = text.strip_prefix('_').and_then(|rest| rest.split_once('.'))
        else {
            return Err(malformed("not of the form _service.domain"));
        };
        let is_service = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if service.is_empty()
            || service.len() > EMAIL_LOCAL_CHARACTERS
            || !service.bytes().all(is_service)
        {
            return Err(malformed("the service is not 1 to 64 letters, digits and hyphens"));
        }
        if !DnsName::read(domain).is_ok_and(|domain| !domain.is_wildcard()) {
            return Err(malformed("the domain is not a DNS name in ASCII"));
        }
        let value = Ia5StringRef::new(text).and_then(|text| text.to_der());
        let value = value.map_err(|_| malformed("not ASCII"))?;
        Ok(Self { kind: Self::SRV, value })
    }

    /// The type.
    pub fn kind(&self) -> Oid {
        self.kind
    }

    /// The DER of the value.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The value, where it is a UTF8String or a string of ASCII characters.
    pub fn text(&self) -> Option<&str> {
        text(&self.value)
    }

    /// The user and the domain of a user principal name.
    pub(crate) fn user_and_domain(&self) -> Option<(&str, &str)> {
        let text = self.text().filter(|_| self.kind == Self::UPN)?;
        text.split_once('@')
    }

    fn is_string(&self, tag: Tag) -> bool {
        AnyRef::from_der(&self.value).is_ok_and(|value| value.tag() == tag)
    }
}

/// The text of a value, where it is a string of UTF-8 or ASCII.
pub(super) fn text(value: &[u8]) -> Option<&str> {
    let value = AnyRef::from_der(value).ok()?;
    match value.tag() {
        Tag::Utf8String | Tag::Ia5String | Tag::PrintableString | Tag::VisibleString => {
            str::from_utf8(value.value()).ok()
        }
        _ => None,
    }
}

/// What the type of an otherName is usually called.
pub(super) fn keyword(kind: Oid) -> Option<&'static str> {
    KEYWORDS.iter().find(|(known, _)| *known == kind).map(|(_, keyword)| *keyword)
}

/// A mailbox with other than ASCII characters (RFC 9598). Constraints on e-mail addresses hold for it,
/// too (section 6).
pub(super) const SMTP_UTF8_MAILBOX: Oid = Oid::known("1.3.6.1.5.5.7.8.9");

const KEYWORDS: [(Oid, &str); 6] = [
    (OtherName::UPN, "UPN"),
    (Oid::known("1.3.6.1.5.5.7.8.3"), "permanentIdentifier"), // RFC 4043
    (Oid::known("1.3.6.1.5.5.7.8.4"), "hardwareModuleName"),  // RFC 4108
    (Oid::known("1.3.6.1.5.5.7.8.5"), "XMPP"),                // RFC 6120
    (OtherName::SRV, "SRV"),
    (SMTP_UTF8_MAILBOX, "SmtpUTF8Mailbox"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_policies_match_has_one_form() {
        let upn = OtherName::upn("tom@corp.example").unwrap();
        assert_eq!(upn.user_and_domain(), Some(("tom", "corp.example")));
        assert_eq!(OtherName::new(OtherName::UPN, upn.value().to_vec()).unwrap(), upn);
        let srv = OtherName::srv("_ldap.corp.example").unwrap();
        assert_eq!(OtherName::new(OtherName::SRV, srv.value().to_vec()).unwrap(), srv);
        assert!(srv.user_and_domain().is_none());
        for wrong in [
            "",
            "tom",
            "@corp.example",
            "tom@",
            "tom@a@corp.example",
            "tom @corp.example",
            "t\u{202e}m@corp.example",
            "t\0m@corp.example",
            "tom@*.corp.example",
            "tom@.corp.example",
            "tom@corp..example",
            "tom@10.0.0.1",
        ] {
            assert!(OtherName::upn(wrong).is_err(), "{wrong:?}");
            let value = Utf8StringRef::new(wrong).unwrap().to_der().unwrap();
            assert!(OtherName::new(OtherName::UPN, value).is_err(), "{wrong:?}");
        }
        for wrong in ["", "_", "_ldap", "ldap.a.example", "_.a", "_l_p.a", "_ldap.*.a.example"] {
            assert!(OtherName::srv(wrong).is_err(), "{wrong:?}");
        }
        // Another string type is another name to whoever compares.
        let printable = [&[0x13, 16][..], b"tom@corp.example"].concat();
        assert!(OtherName::new(OtherName::UPN, printable.clone()).is_err());
        assert!(OtherName::new(OtherName::SRV, printable.clone()).is_err());
        assert!(OtherName::new("1.2.3".parse().unwrap(), printable).is_ok());
        let long = [&[4, 0x82, 0x10, 1][..], &[0; 4097]].concat();
        assert!(OtherName::new("1.2.3".parse().unwrap(), long).is_err());
    }
}
