//! Authorities: an issuer with a policy, a memory, a clock and random numbers.

mod clock;
mod crl;
#[cfg(test)]
mod drawn_once_tests;
mod elsewhere;
mod issuance;
mod issue;
mod issued;
#[cfg(feature = "openssl-ca")]
mod openssl_ca;
mod resume;
mod revoke;
mod root;
mod standing;
mod tokens;
#[cfg(test)]
mod verified_once_tests;

use std::fmt;
use std::sync::Arc;

use rand_core::TryCryptoRng;

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::distribution::CrlDistribution;
use crate::error::{Error, SignerError, StoreError, StoreErrorKind};
use crate::issuer::Issuer;
use crate::key::Randomness;
use crate::ledger::{Identifier, IssuerDigest, Ledger, RecordState, Stamp, Standing};
use crate::policy::{Policy, Review};
use crate::serial::SerialNumber;
use crate::store::Store;

pub use self::clock::{Clock, FixedClock, SystemClock};
pub use self::issuance::Issuance;
pub use self::issued::Issued;

/// An issuer with a policy, a store, a clock and random numbers. It is shared between threads by
/// reference.
///
/// What it answers was recorded before: the serial number and the bytes to be signed are claimed in
/// the store, then signed, and the certificate is recorded before it leaves.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::*;
/// let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
/// let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), key()?)?;
///
/// let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?;
/// let authority = Authority::new(ca, policy, MemoryStore::default());
/// let request = CertificateRequest::builder("CN=db.internal".parse()?)
///     .alt_name(AltName::dns("db.internal")?)
///     .sign(&key()?)?;
/// let issued = authority.issue(&request)?;
/// assert_eq!(issued.chain().certificates().count(), 3);
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Authority {
    issuer: Arc<Issuer>,
    policy: Arc<Policy>,
    ledger: Ledger,
    digest: IssuerDigest,
    standing: Arc<Standing>,
    clock: Arc<dyn Clock>,
    randomness: Randomness,
    actor: Arc<str>,
}

impl Authority {
    /// An authority by the system's clock and random numbers.
    pub fn new(issuer: Issuer, policy: Policy, store: impl Store + 'static) -> Self {
        Self::on(issuer, policy, Ledger::new(store))
    }

    /// An authority of a CA that the ledger keeps with its private key: after a restart, for one. The
    /// ledger must have been unlocked. The ledger has the records, numbers, revocations and what
    /// [`LedgerWriter::put_issuer`](crate::ledger::LedgerWriter::put_issuer) kept; the policy and where the
    /// CRLs are, it does not have: they are given at every start, `None` where certificates say nothing of
    /// CRLs.
    ///
    /// ```no_run
    /// # #[cfg(all(feature = "ecc", feature = "redb", feature = "sealed-keys"))] {
    /// use certwright::crl::CrlDistribution;
    /// use certwright::key::SealingKey;
    /// use certwright::ledger::Ledger;
    /// use certwright::time::Time;
    /// use certwright::*;
    /// # let sealing_key = [7; 32];
    /// // Once:
    /// let ledger = Ledger::new(RedbStore::create("ca.redb")?);
    /// ledger.unlock(&SealingKey::from_bytes(sealing_key))?;
    /// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// let key = std::sync::Arc::new(key);
    /// let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), key.clone())?;
    /// let identifier = ledger.writer("setup", Time::now()?).put_issuer(&root.chain(), Some(&key))?;
    /// # drop(ledger);
    ///
    /// // At every start; the identifier is in a configuration, or found:
    /// let ledger = Ledger::new(RedbStore::open("ca.redb")?);
    /// ledger.unlock(&SealingKey::from_bytes(sealing_key))?;
    /// let kept = ledger.issuers(None, 100)?;
    /// let ours = kept.iter().find(|ca| ca.chain.leaf().subject().to_string() == "CN=Root");
    /// let identifier = ours.ok_or("the store was created, and no CA put into it")?.identifier;
    /// let policy = Policy::new(Profile::tls_client());
    /// let crls = CrlDistribution::new("http://crl.example.org")?;
    /// let authority = Authority::load(ledger, &identifier, policy, Some(crls))?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] of the kind `NotFound` when the ledger does not keep the CA or not its private
    /// key; as [`Ledger::key`] and [`Issuer::load`].
    pub fn load(
        ledger: Ledger,
        ca: &Identifier,
        policy: Policy,
        crls: Option<CrlDistribution>,
    ) -> Result<Self, Error> {
        let missing = |what: &str| {
            let message = format!("{what} {ca} is not kept in this ledger");
            StoreError::new(StoreErrorKind::NotFound, message)
        };
        let kept = ledger.issuer(ca)?.ok_or_else(|| missing("CA"))?;
        let key = ledger.issuer_key(ca)?.ok_or_else(|| missing("the private key of CA"))?;
        let issuer = Issuer::load(kept.chain, key)?;
        let issuer = match crls {
            Some(crls) => issuer.with_crl_distribution(crls),
            None => issuer,
        };
        Ok(Self::on(issuer, policy, ledger))
    }

    /// An authority on a ledger that others share: their changes are committed together where they
    /// meet.
    pub fn on(issuer: Issuer, policy: Policy, ledger: Ledger) -> Self {
        Self {
            digest: Ledger::issuer_digest(issuer.public_key()),
            standing: Arc::new(Standing {
                lineage: standing::lineage(&issuer.chain()),
                unchanged: Vec::new(),
            }),
            issuer: Arc::new(issuer),
            policy: Arc::new(policy),
            clock: Arc::new(SystemClock),
            randomness: ledger.randomness().clone(),
            ledger,
            actor: Arc::from("authority"),
        }
    }

    /// Takes the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Draws serial numbers from this generator, such as the one that roots and keys are drawn from
    /// ([`Randomness`]). The default is that of its ledger ([`Ledger::with_rng`]). What a signature needs,
    /// the signer draws ([`KeyPair::with_rng`](crate::KeyPair::with_rng)).
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.randomness = Randomness::new(rng);
        self
    }

    /// Names who acts, for the audit log: `authority.clone().with_actor("alice")` is the same
    /// authority, used by Alice.
    #[must_use]
    pub fn with_actor(mut self, actor: &str) -> Self {
        self.actor = Arc::from(actor);
        self
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The issuer.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Reviews what is asked for: what becomes of each item under the policy.
    pub fn review<'a>(&self, issuance: impl Into<Issuance<'a>>) -> Review {
        issuance.into().review(&self.policy)
    }

    /// Issues a certificate: for a [`CertificateRequest`](crate::CertificateRequest), or for whatever
    /// else an [`Issuance`] says.
    ///
    /// # Errors
    /// [`Error::Denied`] with every reason of policy and issuer; [`Error::Signer`] when the issuer's
    /// key is not here (nothing is claimed), or the signer fails (the serial number stays claimed);
    /// [`Error::Store`] when the store does, when a serial number that was chosen is taken, and when
    /// rows are not what they were ([`Issuance::while_unchanged`]).
    pub fn issue<'a>(&self, issuance: impl Into<Issuance<'a>>) -> Result<Issued, Error> {
        one(self.issue_all(&[issuance.into()]))
    }

    /// Issues many certificates; one answer each, in order. A failure of one is no failure of the
    /// others. All are claimed in one transaction, signed as a batch, and recorded in another: some
    /// hundred at a time are a good batch, since all of it is held in memory.
    ///
    /// Where the process ends between the two, nothing of the batch is issued, and its serial numbers stay
    /// claimed: [`Ledger::certificates`] has them in the state
    /// [`RecordState::Claimed`](crate::ledger::RecordState::Claimed), and [`Authority::cancel`] gives up those
    /// that no call is about to record. With a token for each ([`Issuance::token`]) the batch can be asked for
    /// again: what was issued is answered, for the same key. A program that would generate other keys skips
    /// what [`Ledger::by_token`] has.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::profile::Extension;
    /// use certwright::issuance::Issuance;
    /// use certwright::*;
    /// # let signer = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// # let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), signer)?;
    /// # let signer = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// # let ca = root.delegate("CN=CA".parse()?, Profile::intermediate(0), signer)?;
    /// let authority = Authority::new(ca, Policy::new(Profile::tls_client()), MemoryStore::default());
    /// let number = "1.3.6.1.4.1.55555.1".parse()?;
    /// // Started again after it was stopped anywhere, it issues what is missing.
    /// let mut batch = Vec::new();
    /// for device in ["SN-1", "SN-2", "SN-3"] {
    ///     if authority.ledger().by_token(device)?.is_none() {
    ///         let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    ///         let issuance = Issuance::for_key(key.public_key().clone())
    ///             .subject(format!("CN={device}").parse()?)
    ///             .extension(Extension::utf8(number, device)?)
    ///             .token(device)?;
    ///         batch.push(issuance);
    ///     }
    /// }
    /// for issued in authority.issue_many(batch) {
    ///     assert!(issued?.certificate().extension(number).is_some());
    /// }
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn issue_many<'a, I>(&self, issuances: I) -> Vec<Result<Issued, Error>>
    where
        I: IntoIterator<Item: Into<Issuance<'a>>>,
    {
        let issuances: Vec<Issuance<'a>> = issuances.into_iter().map(Into::into).collect();
        self.issue_all(&issuances)
    }

    /// A certificate that was issued, by its serial number.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn find(&self, serial: &SerialNumber) -> Result<Option<Certificate>, Error> {
        let record = self.ledger.certificate(&self.digest, serial)?;
        Ok(match record.map(|record| record.state) {
            Some(RecordState::Issued { certificate, .. }) => Some(*certificate),
            Some(RecordState::Cancelled { .. } | RecordState::Claimed { .. }) | None => None,
        })
    }

    fn chain(&self, certificate: Certificate) -> Result<Chain, Error> {
        Chain::new(certificate, self.issuer.chain().certificates().cloned().collect())
    }

    fn stamp(&self) -> Result<Stamp, Error> {
        let (actor, at) = (Arc::clone(&self.actor), self.clock.now()?);
        let standing = Arc::clone(&self.standing);
        Ok(Stamp { actor, at, issuer: self.digest, standing })
    }

    fn draw_serial(&self) -> Result<SerialNumber, Error> {
        SerialNumber::generate(&mut self.randomness.clone())
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({:?})", self.issuer)
    }
}

/// The only answer.
fn one<T>(mut answers: Vec<Result<T, Error>>) -> Result<T, Error> {
    answers.pop().unwrap_or_else(|| Err(SignerError::new("it returned no signature").into()))
}
