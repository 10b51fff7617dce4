//! The policy itself: what may be granted, and the choices it leaves.

use super::choices::{CommonNameUse, DenialRules, OnDenial, Outliving, RequestPart, RootLeaves};
use super::names::NameRules;
use crate::algorithm::{KeyAlgorithm, KeyFamily, WeakKeys};
use crate::error::Error;
use crate::name::{AltName, AttributeType, Name};
use crate::oid::{self, Oid};
use crate::profile::Profile;
use crate::validity::Lifetime;

/// What an authority grants to requests. A new policy grants no name at all: list what it may.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::{AltName, CertificateRequest, KeyAlgorithm, KeyPair, Policy, Profile};
/// let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?.allow_ip("10.0.0.0/8")?;
///
/// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
/// let request = CertificateRequest::builder("CN=db.internal".parse()?)
///     .alt_name(AltName::dns("db.internal")?)
///     .alt_name(AltName::dns("db.example.com")?)
///     .sign(&key)?;
/// let review = policy.review(&request);
/// let denied: Vec<String> = review.denied().map(|reason| reason.given.clone()).collect();
/// assert_eq!(denied, ["DNS:db.example.com"]);
/// assert!(review.approve().is_err());
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) profile: Profile,
    pub(super) keys: Vec<KeyAlgorithm>,
    pub(super) key_families: Vec<KeyFamily>,
    pub(super) weak_keys: WeakKeys,
    pub(super) names: NameRules,
    pub(super) alt_names: AltNameSource,
    pub(super) subject: SubjectSource,
    pub(super) subject_attributes: Vec<AttributeType>,
    pub(super) common_name: CommonNameUse,
    pub(super) max_lifetime: Lifetime,
    pub(super) backdate: Lifetime,
    /// That are granted to requests.
    pub(super) extensions: Vec<Oid>,
    pub(super) on_denial: DenialRules,
    pub(super) outliving: Outliving,
    pub(super) root_leaves: RootLeaves,
}

#[derive(Clone, Debug)]
pub(super) enum AltNameSource {
    Fixed(Vec<AltName>),
    Request,
}

#[derive(Clone, Debug)]
pub(super) enum SubjectSource {
    Fixed(Name),
    Request,
}

impl Policy {
    /// A policy for certificates of one profile: every key that is not weak, no name, the profile's
    /// lifetime.
    pub fn new(profile: Profile) -> Self {
        Self {
            max_lifetime: profile.lifetime(),
            profile,
            keys: KeyAlgorithm::STRONG.to_vec(),
            key_families: Vec::new(),
            weak_keys: WeakKeys::Refuse,
            names: NameRules::default(),
            alt_names: AltNameSource::Request,
            subject: SubjectSource::Request,
            subject_attributes: Vec::new(),
            common_name: CommonNameUse::default(),
            backdate: Lifetime::ZERO,
            extensions: Vec::new(),
            on_denial: DenialRules::default(),
            outliving: Outliving::default(),
            root_leaves: RootLeaves::default(),
        }
    }

    /// Sets the key algorithms that are allowed. The default is [`KeyAlgorithm::STRONG`].
    #[must_use]
    pub fn with_keys(mut self, algorithms: impl IntoIterator<Item = KeyAlgorithm>) -> Self {
        self.keys = algorithms.into_iter().collect();
        self
    }

    /// Certifies keys of these families, too, such as RSA keys under a CA of P-256. Those of the
    /// issuer's own family always are; a key of any other is refused when it is issued for
    /// ([`Rule::KeyFamily`](crate::error::Rule::KeyFamily)), since a policy alone does not know its
    /// issuer. The algorithms are still those that the policy allows ([`Policy::with_keys`]). Another
    /// call adds families.
    #[must_use]
    pub fn allow_key_families(mut self, families: impl IntoIterator<Item = KeyFamily>) -> Self {
        self.key_families.extend(families);
        self
    }

    /// Certifies RSA keys of 1024 bits, which can be broken, on top of those allowed.
    #[must_use]
    pub fn dangerously_allow_rsa_1024(mut self) -> Self {
        self.weak_keys = WeakKeys::DangerouslyAllowRsa1024;
        self.keys.push(KeyAlgorithm::Rsa1024);
        self
    }

    /// Allows any value of this subject attribute. Without it, only a common name that is one of the
    /// granted alternative names passes.
    ///
    /// What clients take for a name needs the leave of that name as well: a common name that reads as a
    /// host name or an IP address, where the profile serves TLS (serverAuth, anyExtendedKeyUsage or no
    /// purpose listed), and an emailAddress, where it serves e-mail.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::name::AttributeType;
    /// use certwright::{CertificateRequest, KeyAlgorithm, KeyPair, Policy, Profile};
    /// let policy = Policy::new(Profile::tls_server())
    ///     .allow_dns(".internal")?
    ///     .allow_subject_attribute(AttributeType::COMMON_NAME);
    /// let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    /// let asked = |name: &str| CertificateRequest::builder(name.parse()?).sign(&key);
    /// assert_eq!(policy.review(&asked("CN=Payments service")?).denied().count(), 0);
    /// assert_eq!(policy.review(&asked("CN=db.internal")?).denied().count(), 0);
    /// assert_eq!(policy.review(&asked("CN=bank.example")?).denied().count(), 1);
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    #[must_use]
    pub fn allow_subject_attribute(mut self, attribute: AttributeType) -> Self {
        self.subject_attributes.push(attribute);
        self
    }

    /// Gives every certificate this subject, whatever the request asks for. It needs no leave of its
    /// own.
    #[must_use]
    pub fn with_subject(mut self, subject: Name) -> Self {
        self.subject = SubjectSource::Fixed(subject);
        self
    }

    /// Gives every certificate these alternative names, whatever the request asks for. They need no
    /// leave of their own.
    #[must_use]
    pub fn with_alt_names(mut self, names: impl IntoIterator<Item = AltName>) -> Self {
        self.alt_names = AltNameSource::Fixed(names.into_iter().collect());
        self
    }

    /// Sets whether a common name also becomes an alternative name.
    #[must_use]
    pub fn with_common_name_use(mut self, rule: CommonNameUse) -> Self {
        self.common_name = rule;
        self
    }

    /// Sets the longest lifetime that may be asked for. The profile's lifetime stays what is given
    /// to those who do not ask, but never more than this.
    #[must_use]
    pub fn with_max_lifetime(mut self, lifetime: Lifetime) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// Sets by how much notBefore lies before the time of issue, for clients whose clock is behind.
    /// It never reaches before the issuer's own notBefore, and comes on top of the lifetime. It is also
    /// how far before the time of issue a period of its own ([`Period::Exactly`](super::Period::Exactly)) may begin. The default
    /// is nothing.
    #[must_use]
    pub fn with_backdate(mut self, backdate: Lifetime) -> Self {
        self.backdate = backdate;
        self
    }

    /// Grants this extension to requests that ask for it, with the value and the criticality that they
    /// give it, such as TLS features (`1.3.6.1.5.5.7.1.24`). What the profile, or the call, gives
    /// under the same identifier counts more.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::profile::Extension;
    /// use certwright::{CertificateRequest, KeyAlgorithm, KeyPair, Policy, Profile};
    /// let must_staple = Extension::new("1.3.6.1.5.5.7.1.24".parse()?, false, vec![0x30, 3, 2, 1, 5])?;
    /// let request = CertificateRequest::builder("".parse()?)
    ///     .extension(must_staple.clone())
    ///     .sign(&KeyPair::generate(KeyAlgorithm::EcdsaP256)?)?;
    /// let policy = Policy::new(Profile::tls_client());
    /// let item = policy.review(&request).items()[1].to_string();
    /// assert!(item.starts_with("overridden  extension 1.3.6.1.5.5.7.1.24"));
    /// let item = policy.allow_extension(must_staple.oid)?.review(&request).items()[1].to_string();
    /// assert!(item.starts_with("granted     extension 1.3.6.1.5.5.7.1.24"));
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] for an extension that the engine writes itself: basic constraints, key usages,
    /// extended key usages, alternative names, name constraints and key identifiers are the profile's, the
    /// policy's names' and the issuer's.
    pub fn allow_extension(mut self, oid: Oid) -> Result<Self, Error> {
        if ENGINE_WRITES.contains(&oid) {
            let problem =
                "the engine writes it itself, from the profile, the granted names and the issuer";
            return Err(Error::malformed("policy", format!("extension {}", oid.named()), problem));
        }
        self.extensions.push(oid);
        Ok(self)
    }

    /// Sets what becomes of a request of which something is denied, for every part of requests
    /// ([`RequestPart`]).
    #[must_use]
    pub fn with_on_denial(mut self, rule: OnDenial) -> Self {
        self.on_denial = DenialRules::all(rule);
        self
    }

    /// Sets what becomes of a request of which something in this part is denied.
    #[must_use]
    pub fn with_on_denial_of(mut self, part: RequestPart, rule: OnDenial) -> Self {
        self.on_denial.set(part, rule);
        self
    }

    /// Sets what becomes of a certificate that would outlive its issuer.
    #[must_use]
    pub fn with_outliving(mut self, rule: Outliving) -> Self {
        self.outliving = rule;
        self
    }

    /// Sets whether a self-signed CA may issue leaves.
    #[must_use]
    pub fn with_root_leaves(mut self, rule: RootLeaves) -> Self {
        self.root_leaves = rule;
        self
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

/// The extensions that a profile cannot add either.
const ENGINE_WRITES: [Oid; 7] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::BASIC_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::KEY_USAGE,
    oid::NAME_CONSTRAINTS,
    oid::SUBJECT_ALT_NAME,
    oid::SUBJECT_KEY_IDENTIFIER,
];
