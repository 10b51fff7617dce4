//! Authorities: an issuer with a policy, a memory, a clock and random numbers.

mod clock;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand_core::TryCryptoRng;

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::{Denied, Error, StoreError, StoreErrorKind};
use crate::issuer::{Issuer, Prepared};
use crate::key::system;
use crate::ledger::{Entry, Ledger};
use crate::policy::{Policy, Review, ReviewItem};
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::store::Store;

pub use self::clock::{Clock, FixedClock, SystemClock};

/// How often a serial number is drawn anew when it was claimed before. Two draws of 158 bits do not
/// meet; a generator that repeats itself does, and is not asked for ever.
const SERIAL_DRAWS: usize = 8;

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
pub struct Authority {
    issuer: Issuer,
    policy: Policy,
    ledger: Ledger,
    clock: Box<dyn Clock>,
    serials: Mutex<Box<dyn Serials>>,
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
        let ledger = Ledger::new(Arc::new(store), issuer.certificate().public_key());
        Self {
            issuer,
            policy,
            ledger,
            clock: Box::new(SystemClock),
            serials: Mutex::new(Box::new(FromRng(system()))),
        }
    }

    /// Takes the time from another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Draws serial numbers from another generator.
    #[must_use]
    pub fn with_rng(mut self, rng: impl TryCryptoRng + Send + 'static) -> Self {
        self.serials = Mutex::new(Box::new(FromRng(rng)));
        self
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
    /// failure of the others.
    pub fn issue_many(&self, requests: &[CertificateRequest]) -> Vec<Result<Chain, Error>> {
        let reviews = requests.iter().map(|request| self.review(request));
        reviews.map(|review| self.issue_reviewed(&review).map(|issued| issued.chain)).collect()
    }

    /// Issues a certificate for a review, such as one with a period of its own
    /// ([`Review::with_period`]).
    ///
    /// # Errors
    /// As [`Authority::issue`].
    pub fn issue_reviewed(&self, review: &Review) -> Result<Issued, Error> {
        let prepared = self.prepare(review)?;
        let outcome = prepared.outcome().to_vec();
        let certificate = self.issuer.sign(prepared)?;
        Ok(Issued { chain: self.record(certificate)?, outcome })
    }

    /// Prepares a certificate for a key that is elsewhere, and claims its serial number.
    /// [`Authority::complete`] takes the signature, also after a restart.
    ///
    /// # Errors
    /// As [`Authority::issue`].
    pub fn prepare(&self, review: &Review) -> Result<Prepared, Error> {
        let now = self.clock.now()?;
        let mut reasons = review.objections();
        reasons.extend(self.issuer.objections(review.draft(), now));
        if !reasons.is_empty() {
            return Err(Error::Denied(Denied { reasons }));
        }
        // Approved: there is no reason against it.
        let grant = review.draft();
        let mut draws = 1;
        loop {
            let prepared = self.issuer.prepare_unobjected(grant, self.draw_serial()?, now)?;
            match self.ledger.claim(&[(*prepared.serial(), prepared.to_be_signed())]) {
                Ok(()) => return Ok(prepared),
                Err(Error::Store(error))
                    if error.kind() == StoreErrorKind::Conflict && draws < SERIAL_DRAWS =>
                {
                    draws += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Completes a certificate that was prepared, with a signature made elsewhere over its
    /// to-be-signed octets.
    ///
    /// # Errors
    /// [`Error::Store`] when nothing with this serial number waits for a signature;
    /// [`Error::Signer`] when the signature is not the issuer's over it (it goes on waiting).
    pub fn complete(&self, serial: &SerialNumber, signature: &[u8]) -> Result<Chain, Error> {
        let to_be_signed = match self.ledger.find(serial)? {
            Some(Entry::Claimed(to_be_signed)) => to_be_signed,
            Some(Entry::Fulfilled(_)) | None => {
                let message = format!("nothing with serial number {serial} waits for a signature");
                return Err(StoreError::new(StoreErrorKind::NotFound, message).into());
            }
        };
        let certificate = self.issuer.attach_recorded(&to_be_signed, signature)?;
        self.record(certificate)
    }

    /// A certificate that was issued, by its serial number.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails.
    pub fn find(&self, serial: &SerialNumber) -> Result<Option<Certificate>, Error> {
        Ok(match self.ledger.find(serial)? {
            Some(Entry::Fulfilled(certificate)) => Some(*certificate),
            Some(Entry::Claimed(_)) | None => None,
        })
    }

    fn record(&self, certificate: Certificate) -> Result<Chain, Error> {
        self.ledger.fulfil(&[&certificate])?;
        Chain::new(certificate, self.issuer.chain().certificates().cloned().collect())
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

/// A generator of serial numbers, whatever its error type.
trait Serials: Send {
    fn draw(&mut self) -> Result<SerialNumber, Error>;
}

struct FromRng<R>(R);

impl<R: TryCryptoRng + Send> Serials for FromRng<R> {
    fn draw(&mut self) -> Result<SerialNumber, Error> {
        SerialNumber::generate(&mut self.0)
    }
}
