//! A certification request with its proof of possession.

use std::fmt;

use super::unverified::{LABELS, Unproven, UnverifiedRequest, WHAT};
use crate::algorithm::SignatureAlgorithm;
use crate::error::Error;
use crate::key::{Claim, PublicKey, Sm2Id, verify_many};
use crate::name::{GeneralName, Name};
use crate::oid::Oid;
use crate::profile::Extension;
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::wire::pem;

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
    pub(super) read: UnverifiedRequest,
    pub(super) public_key: PublicKey,
    pub(super) algorithm: SignatureAlgorithm,
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
        UnverifiedRequest::from_der(der)?.verify_with_sm2_id(id)
    }

    /// A request whose signature was verified before it was kept.
    pub(crate) fn from_kept(der: &[u8], id: Sm2Id) -> Result<Self, Error> {
        Ok(UnverifiedRequest::from_der(der)?.proven(id)?.request())
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
        let read: Vec<Result<Unproven, Error>> = requests
            .iter()
            .map(|der| UnverifiedRequest::from_der(der)?.proven(Sm2Id::default()))
            .collect();
        let claims: Vec<Claim<'_>> = read.iter().flatten().map(Unproven::claim).collect();
        let verdicts: Vec<Result<(), Error>> = verify_many(&claims);
        let mut verdicts = verdicts.into_iter();
        read.into_iter()
            .map(|read| {
                let unproven = read?;
                match verdicts.next() {
                    Some(Ok(())) => Ok(unproven.request()),
                    _ => Err(Error::InvalidSignature { what: WHAT }),
                }
            })
            .collect()
    }

    /// Reads a request whose signature was just verified with this key over these bytes, and compares.
    pub(super) fn read_again(
        der: &[u8],
        key: &PublicKey,
        to_be_signed: &[u8],
    ) -> Result<Self, Error> {
        let unproven = UnverifiedRequest::from_der(der)?.proven(key.sm2_id().clone())?;
        if unproven.public_key != *key || unproven.read.to_be_signed() != to_be_signed {
            return Err(Error::malformed(WHAT, "", "it does not read back as it was written"));
        }
        Ok(unproven.request())
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

    /// The request as it reads, without its proof.
    pub fn as_unverified(&self) -> &UnverifiedRequest {
        &self.read
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        self.read.as_der()
    }

    /// A PEM block `CERTIFICATE REQUEST`.
    pub fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE REQUEST", self.as_der())
    }

    /// The subject that is asked for.
    pub fn subject(&self) -> &Name {
        self.read.subject()
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
    pub fn requested_alt_names(&self) -> &[GeneralName] {
        self.read.requested_alt_names()
    }

    /// Whether the request asks to be a CA.
    pub fn requests_authority(&self) -> bool {
        self.read.requests_authority()
    }

    /// The key usages that are asked for.
    pub fn requested_key_usage(&self) -> Option<KeyUsage> {
        self.read.requested_key_usage()
    }

    /// The extended key usages that are asked for; empty where none are.
    pub fn requested_extended_key_usage(&self) -> &[ExtendedKeyUsage] {
        self.read.requested_extended_key_usage()
    }

    /// Every extension that is asked for, as it was written.
    pub fn requested_extensions(&self) -> &[Extension] {
        self.read.requested_extensions()
    }

    /// The attributes other than extensionRequest, which is read under PKCS #9's identifier (RFC 2985
    /// section 5.4.2) and Microsoft's (1.3.6.1.4.1.311.2.1.14): the type of each and the DER of its values.
    pub fn attributes(&self) -> impl Iterator<Item = (Oid, &[u8])> {
        self.read.attributes()
    }
}

impl UnverifiedRequest {
    /// Verifies the signature with the key inside, which shows that the sender has it.
    ///
    /// # Errors
    /// [`Error::InvalidSignature`] when it is none of that key; [`Error::Unsupported`] for algorithms that
    /// this crate does not know, by name; [`Error::Malformed`] when the key is none.
    pub fn verify(self) -> Result<CertificateRequest, Error> {
        self.verify_with_sm2_id(Sm2Id::default())
    }

    /// The same, with this identifier of the requester where the key is SM2.
    ///
    /// # Errors
    /// As [`UnverifiedRequest::verify`].
    pub fn verify_with_sm2_id(self, id: Sm2Id) -> Result<CertificateRequest, Error> {
        let proven = self.proven(id)?;
        let Claim { key, algorithm, message, signature, .. } = proven.claim();
        key.verify(algorithm, message, signature)
            .map_err(|_| Error::InvalidSignature { what: WHAT })?;
        Ok(proven.request())
    }
}

impl Unproven {
    /// The request, once the claim was verified.
    pub(super) fn request(self) -> CertificateRequest {
        let Self { read, public_key, algorithm } = self;
        CertificateRequest { read, public_key, algorithm }
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({} {})", self.subject(), self.public_key.algorithm())
    }
}
