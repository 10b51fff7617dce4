//! Requests as they read, without their proof of possession.

use std::fmt;
use std::ops::Range;

use crate::algorithm::SignatureIdentifier;
use crate::error::Error;
use crate::key::{Arithmetic, PublicKeyInfo};
use crate::name::{GeneralName, Name};
use crate::oid::Oid;
use crate::profile::Extension;
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::wire::envelope::range_within;
use crate::wire::extension::Extensions;
use crate::wire::kind::{Kind, explain};
use crate::wire::pem;
use crate::wire::request::{RequestAttribute, split_request};

pub(super) const WHAT: &str = "certificate request";
pub(super) const LABELS: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// A certification request that was read, and nothing more: whoever sent it need not have the key.
///
/// It is for showing. No policy reviews it and no authority issues for it; [`UnverifiedRequest::verify`]
/// makes the [`CertificateRequest`](crate::CertificateRequest) that they take.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::request::UnverifiedRequest;
/// use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let made = CertificateRequest::builder("CN=db.internal".parse()?).sign(&key)?;
///
/// let read = UnverifiedRequest::from_pem(&made.to_pem())?;
/// assert_eq!(read.public_key_info().to_string(), "P-256");
/// let request: CertificateRequest = read.verify()?;
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct UnverifiedRequest {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    signature: Range<usize>,
    subject: Name,
    pub(super) public_key: PublicKeyInfo,
    pub(super) arithmetic: Arithmetic,
    pub(super) algorithm: SignatureIdentifier,
    extensions: Extensions,
    attributes: Vec<RequestAttribute>,
}

impl UnverifiedRequest {
    /// Reads DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let split = split_request(der);
        let parts = split.map_err(|error| explain(&[Kind::Request], WHAT, der, error))?;
        Ok(Self {
            to_be_signed: range_within(der, parts.to_be_signed),
            signature: range_within(der, parts.signature),
            subject: parts.subject,
            public_key: PublicKeyInfo::read(parts.public_key),
            algorithm: parts.algorithm,
            extensions: parts.extensions,
            attributes: parts.attributes,
            der: der.to_vec(),
            arithmetic: Arithmetic::default(),
        })
    }

    /// Reads the only block `CERTIFICATE REQUEST` or `NEW CERTIFICATE REQUEST` of a PEM text.
    ///
    /// # Errors
    /// As [`UnverifiedRequest::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single(WHAT, LABELS, text)?)
    }

    /// Sets the arithmetic that verifies its signature. The default is [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.arithmetic = arithmetic;
        self
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The bytes that were signed.
    pub fn to_be_signed(&self) -> &[u8] {
        self.der.get(self.to_be_signed.clone()).unwrap_or_default()
    }

    /// The signature: the content of the BIT STRING.
    pub fn signature(&self) -> &[u8] {
        self.der.get(self.signature.clone()).unwrap_or_default()
    }

    /// The subject that is asked for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key that is to be certified, whether this crate knows its algorithm or not.
    pub fn public_key_info(&self) -> &PublicKeyInfo {
        &self.public_key
    }

    /// The algorithm the request was signed with, whether this crate knows it or not.
    pub fn signature_identifier(&self) -> &SignatureIdentifier {
        &self.algorithm
    }

    /// The alternative names that are asked for, well formed or not.
    pub fn requested_alt_names(&self) -> &[GeneralName] {
        &self.extensions.alt_names
    }

    /// Whether the request asks to be a CA.
    pub fn requests_authority(&self) -> bool {
        self.extensions.basic_constraints.is_some_and(|constraints| constraints.ca)
    }

    /// The key usages that are asked for.
    pub fn requested_key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// The extended key usages that are asked for; empty where none are.
    pub fn requested_extended_key_usage(&self) -> &[ExtendedKeyUsage] {
        self.extensions.extended_key_usage.as_deref().unwrap_or_default()
    }

    /// Every extension that is asked for, as it was written.
    pub fn requested_extensions(&self) -> &[Extension] {
        &self.extensions.all
    }

    /// The attributes other than extensionRequest, which is read under PKCS #9's identifier (RFC 2985
    /// section 5.4.2) and Microsoft's (1.3.6.1.4.1.311.2.1.14): the type of each and the DER of its values.
    pub fn attributes(&self) -> impl Iterator<Item = (Oid, &[u8])> {
        self.attributes.iter().map(|attribute| (attribute.oid, attribute.values.as_slice()))
    }
}

impl fmt::Debug for UnverifiedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnverifiedRequest({} {})", self.subject, self.public_key)
    }
}
