//! The crate rustls-pki-types: what rustls, webpki and those around them take and give.

use std::time::Duration;

use pki_types::{
    CertificateDer, CertificateRevocationListDer, CertificateSigningRequestDer, DnsName,
    PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::Error;
use crate::key::{KeyPair, PublicKey};
use crate::name::AltName;
use crate::request::CertificateRequest;
use crate::revocation_list::RevocationList;
use crate::validity::Time;

/// Both ways between a type of ours, which keeps the bytes it was read from, and one of theirs.
macro_rules! conversions {
    ($($ours:ident, $theirs:ident;)+) => { $(
        impl<'a> From<&'a $ours> for $theirs<'a> {
            /// The bytes as they are, borrowed.
            fn from(ours: &'a $ours) -> Self {
                ours.as_der().into()
            }
        }

        impl TryFrom<&$theirs<'_>> for $ours {
            type Error = Error;

            /// # Errors
            /// As those of `from_der`.
            fn try_from(theirs: &$theirs<'_>) -> Result<Self, Error> {
                Self::from_der(theirs)
            }
        }
    )+ };
}

conversions! {
    Certificate, CertificateDer;
    CertificateRequest, CertificateSigningRequestDer;
    RevocationList, CertificateRevocationListDer;
}

impl From<&Chain> for Vec<CertificateDer<'static>> {
    /// The leaf first, as TLS sends them; the root, if there is one, is the last.
    fn from(chain: &Chain) -> Self {
        chain.certificates().map(|one| CertificateDer::from(one).into_owned()).collect()
    }
}

impl TryFrom<&[CertificateDer<'_>]> for Chain {
    type Error = Error;

    /// # Errors
    /// [`Error::Malformed`] when there is none, one cannot be read, or they make no chain.
    fn try_from(theirs: &[CertificateDer<'_>]) -> Result<Self, Error> {
        let certificates: Result<Vec<_>, Error> =
            theirs.iter().map(Certificate::try_from).collect();
        let mut certificates = certificates?.into_iter();
        let none = || Error::malformed("chain", "", "no certificate");
        Self::new(certificates.next().ok_or_else(none)?, certificates.collect())
    }
}

impl TryFrom<&KeyPair> for PrivateKeyDer<'static> {
    type Error = Error;

    /// The key as PKCS #8. Whoever takes it wipes it: what is theirs is not wiped when it is dropped.
    ///
    /// # Errors
    /// As those of [`KeyPair::to_pkcs8_der`].
    fn try_from(key: &KeyPair) -> Result<Self, Error> {
        Ok(PrivatePkcs8KeyDer::from(key.to_pkcs8_der()?.as_bytes().to_vec()).into())
    }
}

impl TryFrom<&PrivateKeyDer<'_>> for KeyPair {
    type Error = Error;

    /// # Errors
    /// As those of [`KeyPair::from_pkcs8_der`], [`KeyPair::from_pkcs1_der`] and
    /// [`KeyPair::from_sec1_der`].
    fn try_from(theirs: &PrivateKeyDer<'_>) -> Result<Self, Error> {
        match theirs {
            PrivateKeyDer::Pkcs1(key) => Self::from_pkcs1_der(key.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(key) => Self::from_pkcs8_der(key.secret_pkcs8_der()),
            PrivateKeyDer::Sec1(key) => Self::from_sec1_der(key.secret_sec1_der()),
            _ => Err(Error::unsupported("private key", "another form", "PKCS #8, PKCS #1, SEC 1")),
        }
    }
}

impl From<&PublicKey> for SubjectPublicKeyInfoDer<'static> {
    fn from(key: &PublicKey) -> Self {
        key.to_der().into()
    }
}

impl TryFrom<&SubjectPublicKeyInfoDer<'_>> for PublicKey {
    type Error = Error;

    /// # Errors
    /// As those of [`PublicKey::from_der`].
    fn try_from(theirs: &SubjectPublicKeyInfoDer<'_>) -> Result<Self, Error> {
        Self::from_der(theirs)
    }
}

impl TryFrom<Time> for UnixTime {
    type Error = Error;

    /// # Errors
    /// [`Error::Unsupported`] before 1970, where theirs begins.
    fn try_from(time: Time) -> Result<Self, Error> {
        let seconds = u64::try_from(time.unix())
            .map_err(|_| Error::unsupported("time", time.to_string(), "1970 or later"))?;
        Ok(Self::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl TryFrom<UnixTime> for Time {
    type Error = Error;

    /// # Errors
    /// [`Error::Malformed`] after 9999, where ours ends.
    fn try_from(theirs: UnixTime) -> Result<Self, Error> {
        // More than there are years for, in both.
        Self::from_unix(i64::try_from(theirs.as_secs()).unwrap_or(i64::MAX))
    }
}

impl TryFrom<&AltName> for ServerName<'static> {
    type Error = Error;

    /// # Errors
    /// [`Error::Unsupported`] for what a server is not called: an e-mail address, a URI, a wildcard.
    fn try_from(name: &AltName) -> Result<Self, Error> {
        let unsupported =
            || Error::unsupported("server name", name.to_string(), "a host name or an IP address");
        match name {
            AltName::Dns(dns) => {
                let theirs =
                    DnsName::try_from(dns.as_str().to_owned()).map_err(|_| unsupported())?;
                Ok(Self::DnsName(theirs))
            }
            AltName::Ip(address) => Ok(Self::from(*address)),
            AltName::Directory(_)
            | AltName::Email(_)
            | AltName::OtherName(_)
            | AltName::RegisteredId(_)
            | AltName::Uri(_) => Err(unsupported()),
        }
    }
}

impl TryFrom<&ServerName<'_>> for AltName {
    type Error = Error;

    /// # Errors
    /// As those of [`AltName::dns`].
    fn try_from(theirs: &ServerName<'_>) -> Result<Self, Error> {
        match theirs {
            ServerName::DnsName(name) => Self::dns(name.as_ref()),
            ServerName::IpAddress(address) => Ok(Self::Ip((*address).into())),
            _ => {
                Err(Error::unsupported("server name", "another kind", "a host name, an IP address"))
            }
        }
    }
}
