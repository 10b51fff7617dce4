//! What bytes are, by their structure: whoever gives a reader another kind of file is told which it is,
//! and what to do with it. Nothing of the content is shown.

use super::tlv::{
    BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Split, context, split,
};
use crate::error::Error;

/// A kind of file that this crate reads, or that people take for one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Certificate,
    Request,
    RevocationList,
    PublicKey,
    /// PKCS #8.
    PrivateKey,
    EncryptedPrivateKey,
    Pkcs1,
    Sec1,
    /// PKCS #1 without an algorithm around it.
    RsaPublicKey,
    Pkcs7,
    Pkcs12,
    JavaKeyStore,
    OpenSshKey,
    Archive,
    Pem,
}

/// The kinds of a private key.
pub(crate) const PRIVATE_KEYS: &[Kind] =
    &[Kind::PrivateKey, Kind::EncryptedPrivateKey, Kind::Pkcs1, Kind::Sec1];

impl Kind {
    /// The kind of some bytes, if they have the structure of one. They may still be wrong inside.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => Some(Self::JavaKeyStore),
            [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] => Some(Self::Archive),
            [SEQUENCE, ..] => Self::of_der(bytes),
            _ if bytes.starts_with(b"openssh-key-v1\0") => Some(Self::OpenSshKey),
            _ if bytes.windows(11).take(PEM_START).any(|part| part == b"-----BEGIN ") => {
                Some(Self::Pem)
            }
            _ => None,
        }
    }

    fn of_der(der: &[u8]) -> Option<Self> {
        let outer = split(der).ok().filter(|value| value.rest.is_empty())?;
        let [first, second] = values(outer.content)?;
        Some(match (first.tag, second.tag) {
            (OBJECT_IDENTIFIER, tag) if tag == context(0) => Self::Pkcs7,
            (INTEGER, SEQUENCE) if first.content == [3] => Self::Pkcs12,
            (INTEGER, SEQUENCE) if matches!(first.content, [0 | 1]) => Self::PrivateKey,
            (INTEGER, OCTET_STRING) => Self::Sec1,
            (INTEGER, INTEGER) if second.rest.is_empty() => Self::RsaPublicKey,
            (INTEGER, INTEGER) => Self::Pkcs1,
            (SEQUENCE, OCTET_STRING) => Self::EncryptedPrivateKey,
            (SEQUENCE, BIT_STRING) => Self::PublicKey,
            (SEQUENCE, SEQUENCE) if second.rest.first() == Some(&BIT_STRING) => {
                return Self::of_signed(first.content);
            }
            _ => return None,
        })
    }

    /// The kind of what is signed, by its to-be-signed part.
    fn of_signed(content: &[u8]) -> Option<Self> {
        let [first, second, third, fourth] = values(content)?;
        Some(match [first.tag, second.tag, third.tag, fourth.tag] {
            // Version, serial number, algorithm, issuer; or without the version, as version 1 is.
            [0xa0, INTEGER, SEQUENCE, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] => {
                Self::Certificate
            }
            // Version, subject, key, attributes.
            [INTEGER, SEQUENCE, SEQUENCE, 0xa0] => Self::Request,
            // Version, algorithm, issuer, time; or without the version.
            [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME]
            | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, _] => Self::RevocationList,
            _ => return None,
        })
    }

    /// For messages.
    fn named(self) -> &'static str {
        match self {
            Self::Certificate => "a certificate",
            Self::Request => "a certificate request",
            Self::RevocationList => "a certificate revocation list",
            Self::PublicKey => "a public key",
            Self::PrivateKey => "a private key (PKCS #8)",
            Self::EncryptedPrivateKey => "an encrypted private key (PKCS #8)",
            Self::Pkcs1 => "a private key (PKCS #1)",
            Self::Sec1 => "a private key (SEC 1)",
            Self::RsaPublicKey => "an RSA public key without its algorithm (PKCS #1)",
            Self::Pkcs7 => "a PKCS #7 or CMS file",
            Self::Pkcs12 => "a PKCS #12 file (PFX)",
            Self::JavaKeyStore => "a Java key store (JKS, JCEKS)",
            Self::OpenSshKey => "an OpenSSH key",
            Self::Archive => "a ZIP or gzip archive",
            Self::Pem => "PEM text",
        }
    }

    /// How to go on with it.
    fn way(self) -> &'static str {
        match self {
            Self::RsaPublicKey => {
                "; `openssl rsa -RSAPublicKey_in -inform DER -in FILE -pubout` makes it a public key"
            }
            Self::Pkcs7 => {
                "; `openssl pkcs7 -inform DER -in FILE -print_certs` takes the certificates out"
            }
            Self::Pkcs12 => {
                "; `openssl pkcs12 -in FILE -out NEW` takes out the certificates and the key, encrypted"
            }
            Self::JavaKeyStore => {
                "; `keytool -importkeystore -srckeystore FILE -destkeystore NEW -deststoretype pkcs12` \
                 makes it PKCS #12, and `openssl pkcs12 -in NEW -out PEM` takes out what is in it"
            }
            Self::OpenSshKey => {
                "; `ssh-keygen -p -m PKCS8 -f FILE` makes an OpenSSH key PKCS #8, in its place"
            }
            Self::Archive => "; unpack it first",
            Self::Pem => "; the reader for PEM takes it",
            Self::Certificate
            | Self::Request
            | Self::RevocationList
            | Self::PublicKey
            | Self::PrivateKey
            | Self::EncryptedPrivateKey
            | Self::Pkcs1
            | Self::Sec1 => "",
        }
    }
}

/// The error of a reader: when the bytes are of another kind than it reads, that is what is wrong with
/// them.
pub(crate) fn explain(wanted: &[Kind], what: &'static str, bytes: &[u8], error: Error) -> Error {
    match Kind::of(bytes) {
        Some(kind) if !wanted.contains(&kind) => {
            Error::unsupported("input", kind.named(), format!("DER of a {what}{}", kind.way()))
        }
        _ => error,
    }
}

/// The first values of some, if there are that many.
fn values<const COUNT: usize>(content: &[u8]) -> Option<[Split<'_>; COUNT]> {
    let mut found = Vec::with_capacity(COUNT);
    let mut rest = content;
    for _ in 0..COUNT {
        let value = split(rest).ok()?;
        rest = value.rest;
        found.push(value);
    }
    found.try_into().ok()
}

/// Bytes in which the first PEM block of a text begins, if it is taken for one.
const PEM_START: usize = 1_024;

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
