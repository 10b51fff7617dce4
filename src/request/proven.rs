//! A certification request with its proof of possession.

use std::fmt;

use crate::algorithm::SignatureAlgorithm;
use crate::error::Error;
use crate::key::{Claim, PublicKey, Sm2Id, verify_many};
use crate::name::{Name, UncheckedName};
use crate::oid::Oid;
use crate::profile::Extension;
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::wire::extension::Extensions;
use crate::wire::pem;
use crate::wire::request::{RequestAttribute, split_request};

pub(super) const WHAT: &str = "certificate request";
const LABELS: &[&str] = &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// A certification request (CSR) whose proof of possession was verified: none exists without it.
///
/// All it says is what somebody *asks for*. A [`Policy`](crate::Policy) decides what is granted.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::{AltName, CertificateRequest, KeyAlgorithm, KeyPair};
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let made = CertificateRequest::builder("CN=db.internal".parse()?)
///     .alt_name(AltName::dns("db.internal")?)
///     .alt_name(AltName::Ip([10, 0, 0, 7].into()))
///     .sign(&key)?;
/// let read = CertificateRequest::from_pem(&made.to_pem())?;
/// assert_eq!(read.subject().common_name().as_deref(), Some("db.internal"));
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct CertificateRequest {
    der: Vec<u8>,
    subject: Name,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
    extensions: Extensions,
    attributes: Vec<RequestAttribute>,
}

impl CertificateRequest {
    /// Reads DER and verifies the signature with the key inside.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it cannot be read, [`Error::Unsupported`] for other algorithms,
    /// [`Error::InvalidSignature`] when the sender does not show that the key is theirs.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::from_der_with_sm2_id(der, Sm2Id::default())
    }

    /// Reads DER, verifying an SM2 signature with this identifier of the requester.
    ///
    /// # Errors
    /// As [`CertificateRequest::from_der`].
    pub fn from_der_with_sm2_id(der: &[u8], id: Sm2Id) -> Result<Self, Error> {
        let (request, proof) = Self::unverified(der, id)?;
        let Claim { key, algorithm, message, signature, .. } = proof.claim(&request);
        key.verify(algorithm, message, signature)
            .map_err(|_| Error::InvalidSignature { what: WHAT })?;
        Ok(request)
    }

    /// Reads many and verifies their signatures together, which for RSA keys takes less time than one
    /// by one; one answer each, in order.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};
    /// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// let made = CertificateRequest::builder("CN=db.internal".parse()?).sign(&key)?;
    /// let read = CertificateRequest::from_der_many(&[made.as_der(), b"no request"]);
    /// assert!(read[0].is_ok() && read[1].is_err());
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn from_der_many(requests: &[&[u8]]) -> Vec<Result<Self, Error>> {
        let read: Vec<Result<(Self, Proof<'_>), Error>> =
            requests.iter().map(|der| Self::unverified(der, Sm2Id::default())).collect();
        let claims: Vec<Claim<'_>> =
            read.iter().flatten().map(|(request, proof)| proof.claim(request)).collect();
        let verdicts: Vec<Result<(), Error>> = verify_many(&claims);
        let mut verdicts = verdicts.into_iter();
        read.into_iter()
            .map(|read| {
                let (request, _) = read?;
                match verdicts.next() {
                    Some(Ok(())) => Ok(request),
                    _ => Err(Error::InvalidSignature { what: WHAT }),
                }
            })
            .collect()
    }

    /// A request as it reads, and the proof that is still to be verified.
    fn unverified(der: &[u8], id: Sm2Id) -> Result<(Self, Proof<'_>), Error> {
        let parts = split_request(der)?;
        let public_key = PublicKey::from_parts(parts.public_key)?.with_sm2_id(id)?;
        let proof = Proof { to_be_signed: parts.to_be_signed, signature: parts.signature };
        let request = Self {
            der: der.to_vec(),
            subject: parts.subject,
            public_key,
            algorithm: parts.algorithm,
            extensions: parts.extensions,
            attributes: parts.attributes,
        };
        Ok((request, proof))
    }

    /// Reads a request whose signature was just verified with this key over these octets, and compares.
    pub(super) fn read_again(
        der: &[u8],
        key: &PublicKey,
        to_be_signed: &[u8],
    ) -> Result<Self, Error> {
        let (request, proof) = Self::unverified(der, key.sm2_id().clone())?;
        if request.public_key != *key || proof.to_be_signed != to_be_signed {
            return Err(Error::malformed(WHAT, "", "it reads otherwise than it was written"));
        }
        Ok(request)
    }

    /// Reads the only block `CERTIFICATE REQUEST` or `NEW CERTIFICATE REQUEST` of a PEM text; CRLF
    /// and text around are allowed.
    ///
    /// # Errors
    /// As [`CertificateRequest::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::single(WHAT, LABELS, text)?)
    }

    /// Reads PEM, verifying an SM2 signature with this identifier of the requester.
    ///
    /// # Errors
    /// As [`CertificateRequest::from_der`].
    pub fn from_pem_with_sm2_id(text: &str, id: Sm2Id) -> Result<Self, Error> {
        Self::from_der_with_sm2_id(&pem::single(WHAT, LABELS, text)?, id)
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// A PEM block `CERTIFICATE REQUEST`.
    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE REQUEST", &self.der)
    }

    /// The subject that is asked for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The key that is to be certified, and that signed the request.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The algorithm the request was signed with.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The alternative names that are asked for, well formed or not.
    pub fn requested_alt_names(&self) -> &[UncheckedName] {
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

/// The proof of possession of a request.
struct Proof<'a> {
    to_be_signed: &'a [u8],
    signature: &'a [u8],
}

impl Proof<'_> {
    fn claim<'a>(&'a self, request: &'a CertificateRequest) -> Claim<'a> {
        Claim {
            key: &request.public_key,
            algorithm: request.algorithm,
            message: self.to_be_signed,
            signature: self.signature,
            is_often: false,
        }
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({} {})", self.subject, self.public_key.algorithm())
    }
}
