//! Certificates (RFC 5280 section 4), read.

pub(crate) mod bundle;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::algorithm::{SignatureAlgorithm, SignatureIdentifier};
use crate::error::Error;
use crate::key::{PublicKey, PublicKeyInfo, fingerprint};
use crate::name::{GeneralName, Name, NameConstraints};
use crate::oid::Oid;
use crate::profile::Extension;
use crate::serial::SerialNumber;
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::validity::Validity;
use crate::wire::certificate::{split_certificate, unsigned_certificate};
use crate::wire::distribution_point::{DistributionPoint, urls};
use crate::wire::envelope::range_within;
use crate::wire::extension::Extensions;
use crate::wire::kind::{Kind, explain};
use crate::wire::pem;

const WHAT: &str = "certificate";
const LABELS: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE"];

/// A certificate that was read; whether to believe it is for [`Chain`](crate::Chain) to verify.
///
/// Its bytes are kept, names and identifiers included. Whatever RFC 5280 calls a certificate is read: its
/// key and its signature may be of algorithms that this crate does not know ([`Certificate::public_key`] and
/// [`Certificate::verify_signature`] fail then, by name), its serial number one that no CA should give.
#[derive(Clone)]
pub struct Certificate(Arc<Parts>);

/// Shared by the clones of a certificate, which is never changed.
struct Parts {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    signature: Range<usize>,
    version: u8,
    algorithm: SignatureIdentifier,
    serial: SerialNumber,
    issuer: Name,
    validity: Validity,
    subject: Name,
    public_key: PublicKeyInfo,
    extensions: Extensions,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read, also for duplicate extensions, an inverted validity
    /// and a serial number of more than 65 bytes.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let split = split_certificate(der);
        let parts = split.map_err(|error| explain(&[Kind::Certificate], WHAT, der, error))?;
        Ok(Self(Arc::new(Parts {
            to_be_signed: range_within(der, parts.to_be_signed),
            signature: range_within(der, parts.signature),
            version: parts.version,
            algorithm: parts.algorithm,
            serial: parts.serial,
            issuer: parts.issuer,
            validity: parts.validity,
            subject: parts.subject,
            public_key: PublicKeyInfo::read(parts.public_key),
            extensions: parts.extensions,
            der: der.to_vec(),
        })))
    }

    /// Reads the to-be-signed bytes of a certificate that is not signed yet, so that whoever is asked for
    /// the signature can see what it would be of. It reads as the certificate will, with an empty
    /// signature, so that nothing verifies it.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::{Certificate, Error, Issuer, KeyAlgorithm, KeyPair, Profile};
    /// # let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// # let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), key)?;
    /// # let bytes = root.certificate().to_be_signed();
    /// let asked = Certificate::from_to_be_signed(bytes)?;
    /// println!("asked to sign: {} until {}", asked.subject(), asked.validity().not_after());
    /// assert!(asked.signature().is_empty());
    /// assert!(matches!(
    ///     asked.verify_signature(asked.public_key()?),
    ///     Err(Error::InvalidSignature { .. })
    /// ));
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_to_be_signed(to_be_signed: &[u8]) -> Result<Self, Error> {
        Self::from_der(&unsigned_certificate(to_be_signed)?)
    }

    /// Reads the only block `CERTIFICATE` of a PEM text.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single(WHAT, LABELS, text)?)
    }

    /// Reads every block `CERTIFICATE` of a PEM text, in order; other blocks are passed over. Where some may
    /// be of a kind that cannot be read, as in a file of trust anchors, [`Bundle`](crate::verify::Bundle) reads
    /// the rest.
    ///
    /// # Errors
    /// As [`Certificate::from_der`], and when there is none.
    pub fn many_from_pem(text: &str) -> Result<Vec<Self>, Error> {
        let certificates: Vec<Self> = pem::blocks(WHAT, LABELS, text)?
            .iter()
            .map(|block| Self::from_der(&block.der))
            .collect::<Result<_, _>>()?;
        if certificates.is_empty() {
            return Err(pem::no_block(WHAT, LABELS, text));
        }
        Ok(certificates)
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.0.der
    }

    /// A PEM block `CERTIFICATE`.
    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.0.der)
    }

    /// The bytes that were signed.
    pub fn to_be_signed(&self) -> &[u8] {
        self.0.der.get(self.0.to_be_signed.clone()).unwrap_or_default()
    }

    /// The version: 1, 2 or 3. Only version 3 has extensions.
    pub fn version(&self) -> u8 {
        self.0.version
    }

    /// The algorithm it was signed with.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for one that this crate does not verify with, by name.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, Error> {
        self.0.algorithm.algorithm()
    }

    /// The algorithm it was signed with, whether this crate knows it or not.
    pub fn signature_identifier(&self) -> &SignatureIdentifier {
        &self.0.algorithm
    }

    /// The signature: the content of the BIT STRING.
    pub fn signature(&self) -> &[u8] {
        self.0.der.get(self.0.signature.clone()).unwrap_or_default()
    }

    /// The serial number.
    pub fn serial(&self) -> &SerialNumber {
        &self.0.serial
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// The subject's name.
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// The validity period.
    pub fn validity(&self) -> &Validity {
        &self.0.validity
    }

    /// The subject's key.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for algorithms, curves and sizes that this crate does not know, by name;
    /// [`Error::Malformed`] where its numbers are no key.
    pub fn public_key(&self) -> Result<&PublicKey, Error> {
        self.0.public_key.key()
    }

    /// The subject's key as it was written, whether this crate knows its algorithm or not.
    pub fn public_key_info(&self) -> &PublicKeyInfo {
        &self.0.public_key
    }

    /// The subject alternative names.
    pub fn alt_names(&self) -> &[GeneralName] {
        &self.0.extensions.alt_names
    }

    /// Whether the CA bit is set.
    pub fn is_authority(&self) -> bool {
        self.0.extensions.basic_constraints.is_some_and(|constraints| constraints.ca)
    }

    /// How many further intermediates may stand below; none for no limit.
    pub fn path_len(&self) -> Option<u8> {
        self.0.extensions.basic_constraints.and_then(|constraints| constraints.path_len)
    }

    /// The key usages; none where the certificate does not limit them.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.extensions.key_usage
    }

    /// The extended key usages; none where the certificate does not limit them.
    pub fn extended_key_usage(&self) -> Option<&[ExtendedKeyUsage]> {
        self.0.extensions.extended_key_usage.as_deref()
    }

    /// The names that a CA may certify; none for no limit.
    pub fn name_constraints(&self) -> Option<&NameConstraints> {
        self.0.extensions.name_constraints.as_ref()
    }

    /// The subject key identifier.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_identifier.as_deref()
    }

    /// The authority key identifier.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_identifier.as_deref()
    }

    /// The URLs at which it says its revocation list is.
    pub fn crl_urls(&self) -> Vec<String> {
        let names = self.0.extensions.crl_points.iter().flat_map(|point| &point.names);
        urls(names).cloned().collect()
    }

    /// The points at which it says its revocation lists are.
    pub(crate) fn crl_points(&self) -> &[DistributionPoint] {
        &self.0.extensions.crl_points
    }

    /// The extension with this identifier.
    pub fn extension(&self, oid: Oid) -> Option<&Extension> {
        self.extensions().iter().find(|extension| extension.oid == oid)
    }

    /// Every extension as it was written.
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions.all
    }

    /// SHA-256 of the DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.0.der)
    }

    /// Whether issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.0.issuer == self.0.subject
    }

    /// Verifies the signature with the issuer's key, and nothing else.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] when it is none of that key; [`Error::Unsupported`] when its algorithm
    /// is one that this crate does not know, by name.
    pub fn verify_signature(&self, issuer: &PublicKey) -> Result<(), Error> {
        issuer
            .verify(self.signature_algorithm()?, self.to_be_signed(), self.signature())
            .map_err(|_| Error::InvalidSignature { what: WHAT })
    }
}

impl Certificate {
    /// Fails for what no CA of this crate makes and no chain below a trust anchor may have, though it was
    /// read: keys and signatures that cannot be used, and serial numbers that are not positive and of at
    /// most 20 bytes (RFC 5280 section 4.1.2.2).
    pub(crate) fn require_usable(&self) -> Result<(), Error> {
        self.public_key()?;
        self.signature_algorithm()?;
        if self.0.serial.is_conforming() {
            return Ok(());
        }
        let problem =
            format!("{}; allowed is a positive number of at most 20 bytes", self.0.serial);
        Err(Error::malformed(WHAT, "serialNumber", problem))
    }
}

/// Two certificates are equal when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} serial {})", self.0.subject, self.0.serial)
    }
}
