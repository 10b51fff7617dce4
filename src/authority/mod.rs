//! Authorities: an issuer with a policy, a memory, a clock and random numbers.

mod batch;
mod clock;
mod complete;
mod crl;
mod filed;
mod openssl_ca;
mod resume;
mod revoke;
mod serials;
mod standing;
#[cfg(test)]
mod verified_once;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::TryCryptoRng;

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::{Error, SignerError};
use crate::issuer::{Issuer, Prepared};
use crate::key::system;
use crate::ledger::{IssuerDigest, Ledger, RecordState, Stamp, Standing};
use crate::policy::{Policy, Review, ReviewItem};
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::store::Store;

pub use self::clock::{Clock, FixedClock, SystemClock};
pub(crate) use self::filed::Filed;

use self::serials::{Chosen, FromRng, Serials};

/// An issuer with a policy, a store, a clock and random numbers. It is shared between threads by
/// reference.
///
/// What it answers was recorded before: the serial number and the octets to be signed are claimed in
/// the store, then signed, and the certificate is recorded before it leaves.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::*;
/// let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
/// let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), key()?)?;
///
/// let policy = Policy::new(Profile::tls_server()).allow_dns(".internal");
/// let authority = Authority::new(ca, policy, MemoryStore::default());
/// let request = CertificateRequest::builder("CN=db.internal".parse()?)
///     .alt_name(AltName::dns("db.internal")?)
///     .sign(&key()?)?;
/// let chain = authority.issue(&request)?;
/// assert_eq!(chain.certificates().count(), 3);
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
    serials: Arc<Mutex<Box<dyn Serials>>>,
    actor: Arc<str>,
}

/// A certificate that was issued, and what became of each item of its request.
#[derive(Clone, Debug)]
pub struct Issued {
    chain: Chain,
    outcome: Vec<ReviewItem>,
}

impl Issued {
    /// The certificate with those above it.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What became of each item of the request, and whether the validity was cut.
    pub fn outcome(&self) -> &[ReviewItem] {
        &self.outcome
    }
}

impl Authority {
    /// An authority by the system's clock and random numbers.
    pub fn new(issuer: Issuer, policy: Policy, store: impl Store + 'static) -> Self {
        Self::on(issuer, policy, Ledger::new(store))
    }

    /// An authority on a ledger that others share: their changes are committed together where they
    /// meet.
    pub fn on(issuer: Issuer, policy: Policy, ledger: Ledger) -> Self {
        Self {
            digest: Ledger::issuer_digest(issuer.certificate().public_key()),
            standing: Arc::new(Standing {
                lineage: standing::lineage(&issuer.chain()),
                unchanged: Vec::new(),
            }),
            issuer: Arc::new(issuer),
            policy: Arc::new(policy),
            ledger,
            clock: Arc::new(SystemClock),
            serials: Arc::new(Mutex::new(Box::new(FromRng(system())))),
            actor: Arc::from("authority"),
        }
    }

    /// Takes the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Draws serial numbers from another generator.
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.serials = Arc::new(Mutex::new(Box::new(FromRng(rng))));
        self
    }

    /// Gives this serial number to what is issued next; once it is claimed, nothing more is issued.
    pub(crate) fn with_serial(mut self, serial: SerialNumber) -> Self {
        self.serials = Arc::new(Mutex::new(Box::new(Chosen(serial))));
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

    /// Reviews a request under the policy.
    pub fn review(&self, request: &CertificateRequest) -> Review {
        self.policy.review(request)
    }

    /// Issues a certificate for a request.
    ///
    /// # Errors
    /// [`Error::Denied`] with every reason of policy and issuer; [`Error::Signer`] when the signer
    /// fails (the serial number stays claimed); [`Error::Store`] when the store does.
    pub fn issue(&self, request: &CertificateRequest) -> Result<Chain, Error> {
        self.issue_reviewed(&self.review(request)).map(|issued| issued.chain)
    }

    /// Issues certificates for many requests; one answer each, in order. A failure of one is no
    /// failure of the others. All are claimed in one transaction, signed as a batch, and recorded in
    /// another.
    pub fn issue_many(&self, requests: &[CertificateRequest]) -> Vec<Result<Chain, Error>> {
        let reviews: Vec<Review> = requests.iter().map(|request| self.review(request)).collect();
        let issued = self.issue_all(&reviews, &Filed::default()).into_iter();
        issued.map(|issued| issued.map(|issued| issued.chain)).collect()
    }

    /// Issues a certificate for a review, such as one with a period of its own
    /// ([`Review::with_period`]). A review made with another [`Policy`] counts as well: whoever holds
    /// the authority decides by which policy it grants.
    ///
    /// # Errors
    /// As [`Authority::issue`].
    pub fn issue_reviewed(&self, review: &Review) -> Result<Issued, Error> {
        self.issue_one(review, &Filed::default())
    }

    /// Prepares a certificate for a key that is elsewhere, and claims its serial number.
    /// [`Authority::complete`] takes the signature, also after a restart.
    ///
    /// # Errors
    /// As [`Authority::issue`].
    pub fn prepare(&self, review: &Review) -> Result<Prepared, Error> {
        one(self.prepare_all(std::slice::from_ref(review)))
    }

    /// A certificate that was issued, by its serial number.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn find(&self, serial: &SerialNumber) -> Result<Option<Certificate>, Error> {
        let record = self.ledger.certificate(&self.digest, serial)?;
        Ok(match record.map(|record| record.state) {
            Some(RecordState::Issued { certificate, .. }) => Some(*certificate),
            Some(RecordState::Claimed { .. }) | None => None,
        })
    }

    /// Claims, signs and records one.
    pub(crate) fn issue_one(&self, review: &Review, filed: &Filed<'_>) -> Result<Issued, Error> {
        one(self.issue_all(std::slice::from_ref(review), filed))
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
        // A generator that panicked in another thread is asked again.
        self.serials.lock().unwrap_or_else(PoisonError::into_inner).draw()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({:?})", self.issuer)
    }
}

/// The only answer.
fn one<T>(mut answers: Vec<Result<T, Error>>) -> Result<T, Error> {
    answers.pop().unwrap_or_else(|| Err(SignerError::new("it gave no answer").into()))
}
