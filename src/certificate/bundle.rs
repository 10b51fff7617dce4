//! Files of many certificates, such as those that systems trust.

use std::fmt;

use super::{Certificate, LABELS, WHAT};
use crate::error::Error;
use crate::wire::pem;

/// The certificates of a PEM text of which not everything has to be read, such as a file of trust anchors.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// # use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile};
/// # let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// # let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), key)?;
/// # let text = root.certificate().to_pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
/// use certwright::verify::Bundle;
/// let bundle = Bundle::from_pem(&text)?;
/// for skipped in bundle.skipped() {
///     eprintln!("{skipped}"); // PEM block 2: malformed certificate …
/// }
/// assert_eq!((bundle.certificates().len(), bundle.skipped().len()), (1, 1));
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Debug)]
pub struct Bundle {
    certificates: Vec<Certificate>,
    skipped: Vec<Skipped>,
}

impl Bundle {
    /// Reads every block `CERTIFICATE` of a PEM text of at most 1 MiB and 1,024 blocks. Blocks of other
    /// things, such as keys, are passed over.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the text has no such block, a block has no end, or one of the limits is
    /// passed. One certificate that cannot be read is no error: it is among [`Bundle::skipped`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        let mut bundle = Self { certificates: Vec::new(), skipped: Vec::new() };
        for (position, der) in pem::each(WHAT, LABELS, OTHER_LABELS, text)? {
            match der.and_then(|block| Certificate::from_der(&block.der)) {
                Ok(certificate) => bundle.certificates.push(certificate),
                Err(reason) => {
                    let after = bundle.certificates.len();
                    bundle.skipped.push(Skipped { position, after, reason });
                }
            }
        }
        if bundle.certificates.is_empty() && bundle.skipped.is_empty() {
            return Err(pem::no_block(WHAT, LABELS, text));
        }
        Ok(bundle)
    }

    /// The certificates that were read, in order.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// What could not be read, in order.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}

/// The certificates, for [`ChainVerifier::new`](crate::ChainVerifier::new).
impl IntoIterator for Bundle {
    type Item = Certificate;
    type IntoIter = std::vec::IntoIter<Certificate>;

    fn into_iter(self) -> Self::IntoIter {
        self.certificates.into_iter()
    }
}

/// A PEM block of a [`Bundle`] that could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Skipped {
    /// Its place among all PEM blocks of the text, from 0.
    pub position: usize,
    /// The number of certificates that were read before it.
    pub after: usize,
    /// Why.
    pub reason: Error,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PEM block {}: {}", self.position + 1, self.reason)
    }
}

/// Blocks that hold a certificate in a form that is not read.
const OTHER_LABELS: &[&str] = &["ATTRIBUTE CERTIFICATE", "TRUSTED CERTIFICATE"];
