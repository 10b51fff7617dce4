//! Chains of certificates, the leaf first.

mod asked;
mod lists;
mod names;
mod policies;
mod revocation;
mod scope;
mod search;
mod usable;
mod verified;
mod verifier;

use std::fmt;

use crate::certificate::Certificate;
use crate::error::Error;
use crate::limits::CHAIN_CERTIFICATES;

pub use self::policies::PolicyRules;
pub use self::revocation::UnknownRevocation;
pub use self::verified::{RevocationStatus, UnusedList, Verified};
pub use self::verifier::ChainVerifier;

/// A leaf and the certificates above it, each issued by the next.
///
/// The order is what TLS servers send; whether the links hold is for [`ChainVerifier`] to say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chain {
    leaf: Certificate,
    /// The leaf's issuer first.
    above: Vec<Certificate>,
}

impl Chain {
    /// A chain of a leaf and the certificates above it, its issuer first.
    ///
    /// # Errors
    /// [`Error::Malformed`] for more than 10 certificates.
    pub fn new(leaf: Certificate, above: Vec<Certificate>) -> Result<Self, Error> {
        if above.len() >= CHAIN_CERTIFICATES {
            let problem = format!("{} certificates; at most {CHAIN_CERTIFICATES}", above.len() + 1);
            return Err(Error::malformed("chain", "", problem));
        }
        Ok(Self { leaf, above })
    }

    /// Reads the certificates of a PEM text, the leaf first.
    ///
    /// # Errors
    /// [`Error::Malformed`] when one cannot be read, or there are none or more than 10.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let mut certificates = Certificate::many_from_pem(text)?.into_iter();
        match certificates.next() {
            Some(leaf) => Self::new(leaf, certificates.collect()),
            None => Err(Error::malformed("chain", "", "no certificate")),
        }
    }

    /// PEM blocks `CERTIFICATE`, the leaf first.
    pub fn to_pem(&self) -> String {
        self.certificates().map(Certificate::to_pem).collect()
    }

    /// The leaf.
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// The certificates above the leaf, its issuer first.
    pub fn above(&self) -> &[Certificate] {
        &self.above
    }

    /// All certificates, the leaf first.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.above)
    }
}

/// The leaf first, each followed by its issuer.
impl IntoIterator for Chain {
    type Item = Certificate;
    type IntoIter = std::iter::Chain<std::iter::Once<Certificate>, std::vec::IntoIter<Certificate>>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self.leaf).chain(self.above)
    }
}

impl fmt::Display for Chain {
    /// One line a certificate: the subject and the serial number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.certificates().enumerate().try_for_each(|(link, certificate)| {
            writeln!(f, "{link} {} serial {}", certificate.subject(), certificate.serial())
        })
    }
}
