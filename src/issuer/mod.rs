//! Issuers: a CA certificate with its key.

mod elsewhere;
mod prepared;
mod recorded;
mod rules;
mod signing;

use std::fmt;
use std::sync::Arc;

use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::distribution::CrlDistribution;
use crate::error::{Denied, Error, Reason};
use crate::key::{Pinned, PublicKey, Randomness, Signer, key_identifier};
use crate::limits::CHAIN_CERTIFICATES;
use crate::name::Name;
use crate::policy::{Grant, Period};
use crate::profile::{KeyIdentifierMethod, Profile};
use crate::serial::SerialNumber;
use crate::validity::{Time, Validity, system_time};

pub use self::prepared::{Prepared, Unattached};

use self::elsewhere::Elsewhere;
use self::prepared::SignedBy;

/// A CA certificate, those above it, and the key that signs for it.
///
/// It exists only if the certificate is a CA's and the key is the certificate's. It has no clock, no
/// randomness and no memory of its own: an [`Authority`](crate::Authority) brings them. (Only the
/// short forms [`Issuer::self_signed`] and [`Issuer::delegate`] ask the system for them.)
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile};
/// let key = || KeyPair::generate(KeyAlgorithm::EcdsaP384);
/// let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
/// let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), key()?)?;
/// assert_eq!(ca.certificate().issuer(), root.certificate().subject());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Issuer {
    /// Its own certificate first.
    chain: Chain,
    /// The key identifier its certificates point to.
    key_identifier: Vec<u8>,
    signer: Pinned<Arc<dyn Signer>>,
    distribution: Option<CrlDistribution>,
    has_key: bool,
}

impl Issuer {
    /// Makes a root, valid from now for the profile's lifetime, with a random serial number.
    ///
    /// # Errors
    /// [`Error::Denied`] when the profile is no CA's or the name is empty, [`Error::Signer`] when
    /// the signer fails.
    pub fn self_signed(
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
    ) -> Result<Self, Error> {
        let validity = from_now(&profile)?;
        Self::self_signed_at(
            name,
            profile,
            signer,
            SerialNumber::generate(&mut Randomness::default())?,
            validity,
        )
    }

    /// Makes a root with this serial number and validity.
    ///
    /// # Errors
    /// As [`Issuer::self_signed`].
    pub fn self_signed_at(
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
        serial: SerialNumber,
        validity: Validity,
    ) -> Result<Self, Error> {
        let signer = Pinned::shared(signer);
        let mut grant = Grant::for_authority(signer.public_key().clone(), name, profile);
        grant.period = Period::Exactly(validity);
        let reasons = rules::check_content(&grant);
        let reasons = reasons.into_iter().chain(rules::check_authority(&grant)).collect::<Vec<_>>();
        deny(reasons)?;
        let identifier =
            key_identifier(grant.profile.key_identifier(), signer.public_key().as_bytes());
        let by = SignedBy {
            name: &grant.subject,
            key: signer.public_key(),
            key_identifier: &identifier,
            algorithm: signer.algorithm(),
            crl_url: None,
        };
        let prepared = Prepared::encode(&grant, &by, serial, validity)?;
        let certificate = prepared.sign(&signer)?;
        Self::of(Chain::new(certificate, Vec::new())?, signer)
    }

    /// Issues a CA certificate for `signer`'s key below this one and makes it an issuer: valid from
    /// now for the profile's lifetime, cut where this issuer ends.
    ///
    /// # Errors
    /// [`Error::Denied`] with every rule that stands against it, such as this issuer's path length;
    /// [`Error::Signer`] when this issuer's signer fails.
    pub fn delegate(
        &self,
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
    ) -> Result<Self, Error> {
        let validity = from_now(&profile)?;
        let serial = SerialNumber::generate(&mut Randomness::default())?;
        self.delegate_at(name, profile, signer, serial, validity)
    }

    /// The same with this serial number and validity; `validity` begins where the issuer is valid
    /// and is cut where the issuer ends.
    ///
    /// # Errors
    /// As [`Issuer::delegate`].
    pub fn delegate_at(
        &self,
        name: Name,
        profile: Profile,
        signer: impl Signer + 'static,
        serial: SerialNumber,
        validity: Validity,
    ) -> Result<Self, Error> {
        let signer = Pinned::shared(signer);
        let key = signer.public_key();
        let prepared = self.prepare_authority(name, profile, key, serial, validity)?;
        let certificate = self.sign(prepared)?;
        self.below(certificate, signer)
    }

    /// Prepares a CA certificate for a key.
    fn prepare_authority(
        &self,
        name: Name,
        profile: Profile,
        key: &PublicKey,
        serial: SerialNumber,
        validity: Validity,
    ) -> Result<Prepared, Error> {
        let mut grant = Grant::for_authority(key.clone(), name, profile);
        grant.period = Period::Exactly(validity);
        let now = validity.not_before();
        deny(self.objections_to_authority(&grant, now))?;
        self.prepare_unobjected(&grant, serial, now)
    }

    /// What stands against a CA certificate that its owner asks for.
    pub(crate) fn objections_to_authority(&self, grant: &Grant, now: Time) -> Vec<Reason> {
        let mut reasons = rules::check_authority(grant);
        reasons.extend(self.objections(grant, now));
        reasons
    }

    /// The issuer of a CA certificate that this one has just signed: its signature was verified, and
    /// those above it when this issuer was made.
    pub(crate) fn below(
        &self,
        certificate: Certificate,
        signer: Pinned<Arc<dyn Signer>>,
    ) -> Result<Self, Error> {
        Self::of(Chain::new(certificate, self.chain.certificates().cloned().collect())?, signer)
    }

    /// An issuer from its certificate, with those above it after it, as a list or a [`Chain`], and its
    /// signer. Whoever made them, their bytes are kept: names and key identifiers are not computed again.
    /// A CA that a ledger keeps is loaded by [`Authority::load`](crate::Authority::load).
    ///
    /// The signer is asked for its key and its algorithm here, and never again: every signature is
    /// verified with these before it is returned.
    ///
    /// # Errors
    /// [`Error::NotAnIssuer`] with every reason: no CA, no keyCertSign, a signer with another key or
    /// an algorithm of another family;
    /// [`Error::Chain`] when a certificate is not issued by the next.
    pub fn load(
        certificates: impl IntoIterator<Item = Certificate>,
        signer: impl Signer + 'static,
    ) -> Result<Self, Error> {
        let certificates = bounded(certificates);
        check_length(certificates.len())?;
        let mut certificates = certificates.into_iter();
        let Some(own) = certificates.next() else {
            return Err(Error::malformed("issuer", "", "no certificate"));
        };
        let chain = Chain::new(own, certificates.collect())?;
        let issuer = Self::of(chain, Pinned::shared(signer))?;
        rules::check_links(&issuer.chain, issuer.signer.public_key().sm2_id())?;
        Ok(issuer)
    }

    /// An issuer whose links hold.
    fn of(chain: Chain, signer: Pinned<Arc<dyn Signer>>) -> Result<Self, Error> {
        let own = chain.leaf();
        let reasons = rules::check_issuer(own, signer.public_key(), signer.algorithm());
        if !reasons.is_empty() {
            return Err(Error::NotAnIssuer(Denied { reasons }));
        }
        let key_identifier = match own.subject_key_identifier() {
            Some(identifier) => identifier.to_vec(),
            // RFC 5280 section 4.2.1.2 wants one; where there is none, any value names the key.
            None => {
                key_identifier(KeyIdentifierMethod::Rfc5280Method1, signer.public_key().as_bytes())
            }
        };
        Ok(Self { chain, key_identifier, signer, distribution: None, has_key: true })
    }

    /// An issuer whose key is somewhere else: it prepares certificates and attaches signatures, and
    /// cannot sign. `algorithm` is what the key will sign with.
    ///
    /// # Errors
    /// As [`Issuer::load`]; [`Error::Unsupported`] when the algorithm is of another family than the
    /// certificate's key.
    pub fn without_key(
        certificates: impl IntoIterator<Item = Certificate>,
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, Error> {
        let certificates = bounded(certificates);
        let Some(own) = certificates.first() else {
            return Err(Error::malformed("issuer", "", "no certificate"));
        };
        let public_key = own.public_key()?.clone();
        let family = public_key.algorithm().family();
        if algorithm.family() != family {
            let allowed = format!("those of {family} keys");
            return Err(Error::unsupported("signature algorithm", algorithm.to_string(), allowed));
        }
        let issuer = Self::load(certificates, Elsewhere { public_key, algorithm })?;
        Ok(Self { has_key: false, ..issuer })
    }

    /// Whether its key is here: whether it can sign, or only prepare what is signed elsewhere
    /// ([`Issuer::without_key`]).
    pub fn has_key(&self) -> bool {
        self.has_key
    }

    /// Writes a pointer to this issuer's CRLs into what it issues, and their scope into the CRLs.
    #[must_use]
    pub fn with_crl_distribution(mut self, distribution: CrlDistribution) -> Self {
        self.distribution = Some(distribution);
        self
    }

    /// Where its CRLs are found.
    pub fn crl_distribution(&self) -> Option<&CrlDistribution> {
        self.distribution.as_ref()
    }

    /// The URL of one of its CRLs.
    pub fn crl_url(&self, shard: u16) -> Option<String> {
        self.distribution.as_ref().map(|d| d.url(&self.key_identifier, shard))
    }

    /// The URL of one of its delta CRLs, where its distribution has any.
    pub fn delta_url(&self, shard: u16) -> Option<String> {
        self.distribution.as_ref().and_then(|d| d.delta_url(&self.key_identifier, shard))
    }

    pub(crate) fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// The key of its certificate, which its signatures verify with, with its SM2 identifier.
    pub fn public_key(&self) -> &PublicKey {
        self.signer.public_key()
    }

    /// Its own certificate.
    pub fn certificate(&self) -> &Certificate {
        self.chain.leaf()
    }

    /// Its own certificate and those above it.
    pub fn chain(&self) -> Chain {
        self.chain.clone()
    }

    /// The algorithm it signs with.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    /// What stands against a certificate with this content at this time; empty if nothing does.
    pub fn objections(&self, grant: &Grant, now: Time) -> Vec<Reason> {
        rules::objections(self, grant, now)
    }

    /// Prepares a certificate: every rule is checked, every byte to be signed is fixed.
    ///
    /// # Errors
    /// [`Error::Denied`] with every reason.
    pub fn prepare(
        &self,
        grant: &Grant,
        serial: SerialNumber,
        now: Time,
    ) -> Result<Prepared, Error> {
        deny(self.objections(grant, now))?;
        self.prepare_unobjected(grant, serial, now)
    }

    /// The same where the objections were asked for already.
    pub(crate) fn prepare_unobjected(
        &self,
        grant: &Grant,
        serial: SerialNumber,
        now: Time,
    ) -> Result<Prepared, Error> {
        if grant.profile.is_authority() {
            check_length(self.chain.certificates().count() + 1)?;
        }
        let (validity, cut) = rules::validity(self.certificate(), grant, now)?;
        let crl_url = self.distribution.as_ref().and_then(|d| self.crl_url(d.shard_of(&serial)));
        let by = SignedBy {
            name: self.certificate().subject(),
            key: self.public_key(),
            key_identifier: &self.key_identifier,
            algorithm: self.signer.algorithm(),
            crl_url: crl_url.as_deref(),
        };
        let mut prepared = Prepared::encode(grant, &by, serial, validity)?;
        prepared.note(cut);
        Ok(prepared)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.certificate().subject())
    }
}

/// A chain of issuers leaves room for a leaf.
/// As many as it takes to refuse them.
fn bounded(certificates: impl IntoIterator<Item = Certificate>) -> Vec<Certificate> {
    certificates.into_iter().take(CHAIN_CERTIFICATES + 1).collect()
}

fn check_length(certificates: usize) -> Result<(), Error> {
    if certificates < CHAIN_CERTIFICATES {
        return Ok(());
    }
    let problem = format!(
        "{certificates} certificates and a leaf below; at most {CHAIN_CERTIFICATES} in all"
    );
    Err(Error::malformed("issuer", "", problem))
}

fn deny(reasons: Vec<Reason>) -> Result<(), Error> {
    if reasons.is_empty() { Ok(()) } else { Err(Error::Denied(Denied { reasons })) }
}

/// The profile's lifetime from now, by the system's clock.
fn from_now(profile: &Profile) -> Result<Validity, Error> {
    let now = system_time()?;
    Validity::new(now, now.plus(profile.lifetime())?)
}
