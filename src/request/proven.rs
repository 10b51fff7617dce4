//! A certification request with its proof of possession.

use std::fmt;

use super::identifiers;
use super::unverified::{LABELS, UnverifiedRequest, WHAT};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
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
        Self::from_der_with_sm2_ids(der, &[])
    }

    /// Reads DER, trying these identifiers of the requester where the key is SM2
    /// ([`UnverifiedRequest::verify_with_sm2_ids`]).
    ///
    /// # Errors
    /// As [`UnverifiedRequest::verify_with_sm2_ids`], and [`Error::Malformed`] when it cannot be read.
    pub fn from_der_with_sm2_ids(der: &[u8], ids: &[Sm2Id]) -> Result<Self, Error> {
        UnverifiedRequest::from_der(der)?.verify_with_sm2_ids(ids)
    }

    /// A request whose signature was verified before it was kept.
    pub(crate) fn from_kept(der: &[u8], id: Sm2Id) -> Result<Self, Error> {
        Ok(UnverifiedRequest::from_der(der)?.proven(id)?.request())
    }

    /// Reads many and verifies their signatures together, which takes less time than one by one where the
    /// processor has vectors; one answer each, in order.
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
        Self::from_der_many_with_sm2_ids(requests, &[])
    }

    /// The same, trying these identifiers of the requesters where keys are SM2
    /// ([`UnverifiedRequest::verify_with_sm2_ids`]): the first with all requests together, the others one by
    /// one.
    pub fn from_der_many_with_sm2_ids(
        requests: &[&[u8]],
        ids: &[Sm2Id],
    ) -> Vec<Result<Self, Error>> {
        let read: Vec<Result<Unproven, Error>> = requests
            .iter()
            .map(|der| {
                let first = identifiers::tried(ids)?.first().cloned().unwrap_or_default();
                UnverifiedRequest::from_der(der)?.proven(first)
            })
            .collect();
        let claims: Vec<Claim<'_>> = read.iter().flatten().map(Unproven::claim).collect();
        let verdicts: Vec<Result<(), Error>> = verify_many(&claims);
        let mut verdicts = verdicts.into_iter();
        read.into_iter()
            .map(|read| {
                let unproven = read?;
                match verdicts.next() {
                    Some(Ok(())) => Ok(unproven.request()),
                    _ => unproven.with_another(&identifiers::tried(ids)?),
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

    /// Reads PEM, trying these identifiers of the requester where the key is SM2
    /// ([`UnverifiedRequest::verify_with_sm2_ids`]).
    ///
    /// # Errors
    /// As [`CertificateRequest::from_der_with_sm2_ids`].
    pub fn from_pem_with_sm2_ids(text: &str, ids: &[Sm2Id]) -> Result<Self, Error> {
        Self::from_der_with_sm2_ids(&pem::single(WHAT, LABELS, text)?, ids)
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
    /// this crate does not know, by name, and for an SM2 identifier that was not tried; [`Error::Malformed`]
    /// when the key is none.
    pub fn verify(self) -> Result<CertificateRequest, Error> {
        self.verify_with_sm2_ids(&[])
    }

    /// The same where the key is SM2 and its holder may have signed with one of several identifiers: they are
    /// tried in this order, at most 16 of them, and the first that verifies is that of the request's key
    /// ([`PublicKey::sm2_id`]). With none at all, [`Sm2Id::DEFAULT`] is tried. Other keys have no identifier.
    ///
    /// ```
    /// # #[cfg(feature = "sm2")] {
    /// use certwright::key::Sm2Id;
    /// use certwright::{CertificateRequest, KeyAlgorithm, KeyPair};
    /// // As OpenSSL 3.0 signs where it is not told an identifier.
    /// let empty = Sm2Id::new("")?;
    /// let key = KeyPair::generate(KeyAlgorithm::Sm2)?.with_sm2_id(empty.clone());
    /// let made = CertificateRequest::builder("CN=db.internal".parse()?).sign(&key)?;
    ///
    /// let refused = CertificateRequest::from_der(made.as_der()).unwrap_err();
    /// assert!(refused.to_string().contains("the empty one"));
    /// let ids = [Sm2Id::default(), empty];
    /// let read = CertificateRequest::from_der_with_sm2_ids(made.as_der(), &ids)?;
    /// assert_eq!(read.public_key().sm2_id().as_str(), "");
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`UnverifiedRequest::verify`]. Where another known identifier would verify, or the signature is r and s
    /// without their encoding, the error says so.
    pub fn verify_with_sm2_ids(self, ids: &[Sm2Id]) -> Result<CertificateRequest, Error> {
        let ids = identifiers::tried(ids)?;
        let first = ids.first().cloned().unwrap_or_default();
        let unproven = self.proven(first)?;
        let Claim { key, algorithm, message, signature, .. } = unproven.claim();
        match key.verify(algorithm, message, signature) {
            Ok(()) => Ok(unproven.request()),
            Err(_) => unproven.with_another(&ids),
        }
    }

    /// The request with a key and a signature that can be verified, which is still to be done.
    fn proven(self, id: Sm2Id) -> Result<Unproven, Error> {
        let public_key = self.public_key.key()?.clone();
        let public_key = public_key.with_arithmetic(self.arithmetic).with_sm2_id(id);
        let algorithm = self.algorithm.algorithm()?;
        let (given, wanted) = (algorithm.family(), public_key.algorithm().family());
        if given != wanted {
            let given = format!("{algorithm} over a key of {}", public_key.algorithm());
            let is_sm2 = public_key.algorithm() == KeyAlgorithm::Sm2;
            let more = if is_sm2 { identifiers::misnamed(&self, &public_key) } else { "" };
            let allowed = format!("a signature algorithm of {wanted} keys{more}");
            return Err(Error::unsupported("signature of the certificate request", given, allowed));
        }
        Ok(Unproven { public_key, algorithm, read: self })
    }
}

/// A request of which the proof of possession can be verified, and is not yet.
struct Unproven {
    read: UnverifiedRequest,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
}

impl Unproven {
    fn claim(&self) -> Claim<'_> {
        Claim {
            key: &self.public_key,
            algorithm: self.algorithm,
            message: self.read.to_be_signed(),
            signature: self.read.signature(),
            is_often: false,
        }
    }

    /// The request where the claim, which is wrong with the first of these identifiers, is right with
    /// another.
    fn with_another(mut self, tried: &[Sm2Id]) -> Result<CertificateRequest, Error> {
        let others = tried.get(1..).unwrap_or_default();
        let is_sm2 = self.public_key.algorithm() == KeyAlgorithm::Sm2;
        let verified = || identifiers::verified(&self.read, &self.public_key, others);
        let other = is_sm2.then(verified).flatten();
        self.public_key = other.ok_or_else(|| self.refusal(tried))?;
        Ok(self.request())
    }

    /// Why the claim does not verify with any of these identifiers.
    fn refusal(&self, tried: &[Sm2Id]) -> Error {
        identifiers::refusal(&self.read, &self.public_key, tried)
    }

    /// The request, once the claim was verified.
    fn request(self) -> CertificateRequest {
        let Self { read, public_key, algorithm } = self;
        CertificateRequest { read, public_key, algorithm }
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({} {})", self.subject(), self.public_key.algorithm())
    }
}
