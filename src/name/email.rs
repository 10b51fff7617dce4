//! E-mail addresses as certificates carry them (rfc822Name, RFC 5280 section 4.2.1.6).

use std::fmt;

use super::dns::DnsName;
use crate::error::Error;
use crate::limits::EMAIL_LOCAL_CHARACTERS;

/// An e-mail address `local@host`: a dot-string local part, an ASCII host name.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EmailAddress {
    local: String,
    host: DnsName,
}

impl EmailAddress {
    /// Checks an address. U-labels of the host become A-labels ([`DnsName::new`]).
    ///
    /// # Errors
    /// [`Error::Malformed`] unless the local part is a Dot-string of RFC 5321 section 4.1.2 of at
    /// most 64 characters and the host is a DNS name without a wildcard.
    pub fn new(text: &str) -> Result<Self, Error> {
        Self::of(text, DnsName::new)
    }

    /// An address as a certificate carries it: the A-labels of its host are not checked.
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        Self::of(text, DnsName::read)
    }

    fn of(text: &str, host_of: fn(&str) -> Result<DnsName, Error>) -> Result<Self, Error> {
        let malformed =
            |problem| Error::malformed("e-mail address", crate::error::quoted(text), problem);
        let (local, host) =
            text.rsplit_once('@').ok_or_else(|| malformed("not of the form local@host"))?;
        let is_atom = |atom: &str| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        };
        if local.len() > EMAIL_LOCAL_CHARACTERS || !local.split('.').all(is_atom) {
            return Err(malformed("the local part is not a dot-string of at most 64 characters"));
        }
        match host_of(host) {
            Ok(host) if !host.is_wildcard() => Ok(Self { local: local.to_owned(), host }),
            _ => Err(malformed("the host is not a DNS name")),
        }
    }

    /// The part before the @; its case counts.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The host, in lower case.
    pub fn host(&self) -> &DnsName {
        &self.host
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host)
    }
}
