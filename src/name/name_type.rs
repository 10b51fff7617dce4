//! The types of alternative names, as constraints tell them apart.

use super::alt::AltName;
use super::other::SMTP_UTF8_MAILBOX;
use crate::oid::Oid;

/// The type of a name. Each type of otherName is one of its own (RFC 5280 section 4.2.1.10).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NameType {
    /// An otherName of this type.
    OtherName(Oid),
    /// By its tag number in GeneralName (RFC 5280 section 4.2.1.6); of otherName, one that cannot be read.
    Tag(u8),
}

impl NameType {
    pub(super) fn of(name: &AltName) -> Self {
        match name {
            AltName::OtherName(name) => Self::OtherName(name.kind()),
            AltName::Email(_) => Self::EMAIL,
            AltName::Dns(_) => Self::DNS,
            AltName::Directory(_) => Self::DIRECTORY,
            AltName::Uri(_) => Self::URI,
            AltName::Ip(_) => Self::IP,
            AltName::RegisteredId(_) => Self::REGISTERED_ID,
        }
    }

    /// That of directoryName.
    pub(super) const DIRECTORY: Self = Self::Tag(4);

    /// That of dNSName.
    pub(super) const DNS: Self = Self::Tag(2);

    /// That of rfc822Name.
    pub(super) const EMAIL: Self = Self::Tag(1);

    /// That of iPAddress.
    pub(super) const IP: Self = Self::Tag(7);

    /// That of registeredID.
    pub(super) const REGISTERED_ID: Self = Self::Tag(8);

    /// That of uniformResourceIdentifier.
    pub(super) const URI: Self = Self::Tag(6);

    /// Whether a constraint on names of this type speaks of a name of the other: of the same, or of one
    /// that may be the same, because one of them cannot be read.
    pub(super) fn speaks_of(self, name: Self) -> bool {
        match (self, name) {
            // RFC 9598 section 6.
            (Self::EMAIL, Self::OtherName(SMTP_UTF8_MAILBOX)) => true,
            (Self::Tag(0), Self::OtherName(_)) | (Self::OtherName(_), Self::Tag(0)) => true,
            (constraint, name) => constraint == name,
        }
    }
}
