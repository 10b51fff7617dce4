//! What is asked of an authority.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::error::Error;
use crate::hexadecimal::hexadecimal;
use crate::key::PublicKey;
use crate::ledger::{Row, Tag, add_tag, check_token};
use crate::name::{AltName, Name};
use crate::policy::{Asked, Period, Policy, Review};
use crate::profile::{Extension, Profile};
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::validity::{Lifetime, Time, Validity};

/// What is asked of an authority: a certificate for a request, for a bare public key, or for a CA,
/// with what whoever holds the authority adds to it.
///
/// A request alone is one already: `authority.issue(&request)`. What is set here is the choice of
/// whoever holds the authority, so it needs no leave of the policy: only what the request asks for
/// does. The issuer's own rules and the linter hold for everything.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::issuance::Issuance;
/// use certwright::name::AttributeType;
/// use certwright::policy::RootLeaves;
/// use certwright::time::Lifetime;
/// use certwright::*;
/// # let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// # let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), key()?)?;
/// # let policy = Policy::new(Profile::tls_client())
/// #     .allow_subject_attribute(AttributeType::COMMON_NAME)
/// #     .with_root_leaves(RootLeaves::Allow);
/// # let authority = Authority::new(ca, policy, MemoryStore::default());
/// let request = CertificateRequest::builder("CN=client".parse()?).sign(&key()?)?;
/// let issuance = Issuance::for_request(&request)
///     .lifetime(Lifetime::days(7))
///     .tag("team", "payments")?
///     .token("order-4711")?;
/// let first = authority.issue(issuance.clone())?;
/// // The answer was lost, so it is asked for once more: nothing is issued twice.
/// let again = authority.issue(issuance)?;
/// assert_eq!(first.certificate(), again.certificate());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Issuance<'a> {
    of: Of<'a>,
    policy: Option<&'a Policy>,
    subject: Option<Name>,
    alt_names: Option<Vec<AltName>>,
    period: Period,
    extensions: Vec<Extension>,
    pub(super) serial: Option<SerialNumber>,
    pub(super) tags: Vec<Tag>,
    pub(super) token: Option<String>,
    pub(super) rows: Option<Rows<'a>>,
    pub(super) unchanged: Vec<Row>,
}

/// Computes the rows that are recorded together with a certificate.
type Rows<'a> = Arc<dyn Fn(&Certificate) -> Result<Vec<Row>, Error> + Send + Sync + 'a>;

/// Whose certificate it is. Made once for each certificate and moved, never kept in numbers, so that its size
/// matters little.
#[allow(clippy::large_enum_variant)]
#[derive(Clone)]
enum Of<'a> {
    /// A CA's, by the choice of whoever holds the one above. `weak`: the key was accepted before.
    Authority {
        key: PublicKey,
        profile: Box<Profile>,
        weak: bool,
    },
    Key(PublicKey),
    Request(Cow<'a, CertificateRequest>),
}

impl<'a> Issuance<'a> {
    /// A certificate for a request, as far as the policy grants it. For the request of a CA below,
    /// name a policy whose profile is a CA's ([`Issuance::under`]).
    pub fn for_request(request: &'a CertificateRequest) -> Self {
        Self::of(Of::Request(Cow::Borrowed(request)))
    }

    /// A certificate for a public key, which asks for nothing: subject and names are the caller's.
    /// That somebody has the private key is the caller's to know.
    pub fn for_key(key: PublicKey) -> Self {
        Self::of(Of::Key(key))
    }

    /// A CA certificate of this name, for a key of which the caller knows whose it is. It is valid
    /// for the profile's lifetime and ends with its issuer at the latest; the authority's policy,
    /// which is for others, is not asked. [`Authority::delegate`](super::Authority::delegate) makes an
    /// issuer of it as well.
    pub fn for_authority(key: PublicKey, name: Name, profile: Profile) -> Self {
        Self::of(Of::Authority { key, profile: Box::new(profile), weak: false }).subject(name)
    }

    /// The same for a key that was accepted before, weak or not.
    pub(super) fn for_accepted_authority(key: PublicKey, name: Name, profile: Profile) -> Self {
        Self::of(Of::Authority { key, profile: Box::new(profile), weak: true }).subject(name)
    }

    fn of(of: Of<'a>) -> Self {
        Self {
            of,
            policy: None,
            subject: None,
            alt_names: None,
            period: Period::Default,
            extensions: Vec::new(),
            serial: None,
            tags: Vec::new(),
            token: None,
            rows: None,
            unchanged: Vec::new(),
        }
    }

    /// Grants by another policy than the authority's own: whoever holds the authority decides by which.
    #[must_use]
    pub fn under(mut self, policy: &'a Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Sets the subject, whatever the request and the policy say.
    #[must_use]
    pub fn subject(mut self, subject: Name) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Gives it this alternative name, and those of further calls, instead of what the request and
    /// the policy say.
    #[must_use]
    pub fn alt_name(self, name: AltName) -> Self {
        self.alt_names([name])
    }

    /// Gives it these alternative names, and those of further calls, instead of what the request and
    /// the policy say. None at all means none.
    #[must_use]
    pub fn alt_names(mut self, names: impl IntoIterator<Item = AltName>) -> Self {
        self.alt_names.get_or_insert_default().extend(names);
        self
    }

    /// Sets the period; by default it is the profile's lifetime from now.
    #[must_use]
    pub fn period(mut self, period: Period) -> Self {
        self.period = period;
        self
    }

    /// Valid from now for this long.
    #[must_use]
    pub fn lifetime(self, lifetime: Lifetime) -> Self {
        self.period(Period::Lifetime(lifetime))
    }

    /// Valid from now until this time.
    #[must_use]
    pub fn not_after(self, end: Time) -> Self {
        self.period(Period::Until(end))
    }

    /// Valid for exactly this period ([`Period::Exactly`]).
    #[must_use]
    pub fn validity(self, validity: Validity) -> Self {
        self.period(Period::Exactly(validity))
    }

    /// Gives it this serial number instead of one that is drawn. One that was claimed before is
    /// refused.
    #[must_use]
    pub fn serial(mut self, serial: SerialNumber) -> Self {
        self.serial = Some(serial);
        self
    }

    /// Adds an extension to those of the profile: none that the engine writes itself, and none twice.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Marks the certificate with a tag: a key of 1 to 128 bytes, a value of at most 256; at most 20
    /// tags, no key twice.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it breaks these bounds.
    pub fn tag(mut self, key: &str, value: &str) -> Result<Self, Error> {
        add_tag(&mut self.tags, key, value)?;
        Ok(self)
    }

    /// Names the call, with 1 to 128 bytes: the same under the same token is answered with the
    /// certificate that was issued first, anything else under it is refused. Compared are the issuer,
    /// the key, the subject, the names, what else the request asks for, the purposes of the profile, and
    /// the extensions, the period and the serial number that are given here; not the rest of the policy
    /// and profile, tags, rows, and the time of the call.
    ///
    /// The token is recorded in the transaction that records the certificate and lives as long: over
    /// restarts, in batches as in single calls, and twice in one batch. Where the process ends before
    /// that transaction, nothing was issued and the token is free. See also [`Ledger::by_token`].
    ///
    /// [`Ledger::by_token`]: crate::ledger::Ledger::by_token
    ///
    /// # Errors
    /// [`Error::Malformed`] when the token is empty or too long.
    pub fn token(mut self, token: &str) -> Result<Self, Error> {
        check_token(token)?;
        self.token = Some(token.to_owned());
        Ok(self)
    }

    /// Records rows of the caller in the same transaction as the certificate: both are there, or
    /// neither. They are computed once, when the certificate has been signed. Where that fails, its
    /// error is returned; where a row is not what it was taken for, [`Error::Store`] of the kind
    /// `Conflict`. Nothing is recorded then; but the signer has signed, and the serial number stays
    /// claimed. So what can be known before belongs into [`Issuance::while_unchanged`], which is held
    /// before anything is claimed or signed:
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::issuance::Issuance;
    /// use certwright::*;
    /// # let signer = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// # let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), signer)?;
    /// # let signer = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// # let ca = root.delegate("CN=CA".parse()?, Profile::intermediate(0), signer)?;
    /// # let policy = Policy::new(Profile::tls_client());
    /// # let authority = Authority::new(ca, policy, MemoryStore::default());
    /// # let device = KeyPair::generate(KeyAlgorithm::EcdsaP256)?.public_key().clone();
    /// let orders = authority.ledger().rows("orders")?;
    /// let order = Issuance::for_key(device)
    ///     .subject("CN=device 17".parse()?)
    ///     .while_unchanged([orders.absent("4711")?])
    ///     .with_rows(|certificate| {
    ///         Ok(vec![orders.insert("4711", certificate.serial().to_string())?])
    ///     });
    /// let issued = authority.issue(order.clone())?;
    /// let serial = issued.certificate().serial().to_string();
    /// assert_eq!(orders.get("4711")?.unwrap().value(), serial.as_bytes());
    /// // The order was done: nothing is claimed, nothing is signed.
    /// assert!(authority.issue(order).unwrap_err().is_conflict());
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    #[must_use]
    pub fn with_rows<F>(mut self, rows: F) -> Self
    where
        F: Fn(&Certificate) -> Result<Vec<Row>, Error> + Send + Sync + 'a,
    {
        self.rows = Some(Arc::new(rows));
        self
    }

    /// Issues only as long as these rows are what they are now, both when the serial number is claimed
    /// and when the certificate is recorded. Otherwise the answer is
    /// [`StoreErrorKind::Conflict`](crate::error::StoreErrorKind::Conflict).
    #[must_use]
    pub fn while_unchanged(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.unchanged.extend(rows);
        self
    }

    /// Whether it is for a CA by the choice of whoever holds the one above.
    pub(super) fn is_for_authority(&self) -> bool {
        matches!(self.of, Of::Authority { .. })
    }

    /// The review under the policy that was named, or else the authority's.
    pub(super) fn review(&self, policy: &Policy) -> Review {
        let (mut asked, policy) = match &self.of {
            Of::Request(request) => (Asked::from(&**request), Cow::Borrowed(policy)),
            Of::Key(key) => (Asked::from(key), Cow::Borrowed(policy)),
            Of::Authority { key, profile, weak } => {
                let holder = Policy::of_holder(Profile::clone(profile), &self.period, *weak);
                (Asked { profile: Some(profile), ..Asked::from(key) }, Cow::Owned(holder))
            }
        };
        asked.subject = self.subject.as_ref();
        asked.alt_names = self.alt_names.as_deref();
        asked.extensions = &self.extensions;
        asked.period = self.period;
        Review::of(self.policy.unwrap_or(&policy), &asked)
    }

    /// What it fixes beside what its review says, for the digest that is kept of a token: its text must
    /// never change.
    pub(super) fn fixed(&self) -> Vec<String> {
        let serial = self.serial.iter().map(|serial| format!("serial {serial}"));
        let extensions = self.extensions.iter().map(|Extension { oid, critical, value }| {
            format!("extension {oid} {critical} {}", hexadecimal(value))
        });
        serial.chain(extensions).collect()
    }
}

impl<'a> From<&'a CertificateRequest> for Issuance<'a> {
    fn from(request: &'a CertificateRequest) -> Self {
        Self::for_request(request)
    }
}

impl From<CertificateRequest> for Issuance<'static> {
    fn from(request: CertificateRequest) -> Self {
        Self::of(Of::Request(Cow::Owned(request)))
    }
}

impl fmt::Debug for Issuance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, policy, subject, alt_names, period, extensions, serial, tags, .. } = self;
        let of = match of {
            Of::Authority { .. } => "a CA",
            Of::Key(_) => "a key",
            Of::Request(_) => "a request",
        };
        // A token is not shown: whoever has it learns what was issued under it.
        f.debug_struct("Issuance")
            .field("for", &of)
            .field("policy", &policy.map(|policy| policy.profile()))
            .field("subject", subject)
            .field("alt_names", alt_names)
            .field("period", period)
            .field("extensions", extensions)
            .field("serial", serial)
            .field("tags", tags)
            .finish_non_exhaustive()
    }
}
