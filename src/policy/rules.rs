//! The policy itself: what may be granted, and the choices it leaves.

use super::names::NameRules;
use crate::algorithm::{KeyAlgorithm, KeyFamily, WeakKeys};
use crate::error::Error;
use crate::name::{AltName, AttributeType, GeneralSubtree, Name};
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
    pub(super) on_denial: OnDenial,
    pub(super) outliving: Outliving,
    pub(super) root_leaves: RootLeaves,
}

/// What becomes of a request of which something is denied.
///
/// Default: [`OnDenial::Refuse`]. Set by
/// [`Policy::with_on_denial`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnDenial {
    /// What is denied is left out and reported, as the operations of `cas` do. A denied key,
    /// or no name being left where one is needed, still refuses the whole request.
    LeaveOut,
    /// The whole request is refused.
    #[default]
    Refuse,
}

/// What becomes of a certificate that would be valid past its issuer's end.
///
/// Default:
/// [`Outliving::Reject`]. Set by [`Policy::with_outliving`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outliving {
    /// It is issued so. Verifiers refuse the chain from the issuer's end on.
    Permit,
    /// It is refused.
    #[default]
    Reject,
    /// It ends with its issuer, and the outcome says so.
    Truncate,
}

/// Whether a self-signed CA may issue leaves.
///
/// Default: [`RootLeaves::Refuse`]. Set by
/// [`Policy::with_root_leaves`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum RootLeaves {
    /// It may.
    Allow,
    /// Only intermediates issue leaves (as offline roots are kept).
    #[default]
    Refuse,
}

/// Whether a common name that is a host name also becomes an alternative name.
///
/// Default:
/// [`CommonNameUse::Keep`]. Set by [`Policy::with_common_name_use`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum CommonNameUse {
    /// It does, if the policy allows the name: clients ignore the common name (RFC 9525).
    AddToAltNames,
    /// It does not.
    #[default]
    Keep,
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
            on_denial: OnDenial::default(),
            outliving: Outliving::default(),
            root_leaves: RootLeaves::default(),
        }
    }

    /// Allows a DNS name: `db.example.com` exactly that one, `.example.com` every name below, and
    /// `*.example.com` that wildcard.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    ///
    /// ```
    /// use certwright::{Policy, Profile};
    /// let servers = Policy::new(Profile::tls_server()).allow_dns(".example.com")?;
    /// assert!(servers.allow_dns("exa mple.com").is_err());
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn allow_dns(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow_dns(pattern)?;
        Ok(self)
    }

    /// Allows wildcards below the names that [`Policy::allow_dns`] allows with a leading dot.
    #[must_use]
    pub fn allow_wildcards(mut self) -> Self {
        self.names.allow_wildcards();
        self
    }

    /// Allows an IP address or range, such as `10.0.0.0/8` or `2001:db8::1`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn allow_ip(mut self, range: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::ip(range)?);
        Ok(self)
    }

    /// Allows e-mail addresses: `a@example.com` one mailbox, `example.com` every mailbox of that
    /// host, `.example.com` those of all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is none of these.
    pub fn allow_email(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::email(pattern)?);
        Ok(self)
    }

    /// Allows URIs by host: `example.com` that host, `.example.com` all hosts below.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is neither.
    pub fn allow_uri_host(mut self, pattern: &str) -> Result<Self, Error> {
        self.names.allow(GeneralSubtree::uri_host(pattern)?);
        Ok(self)
    }

    /// Allows exactly this name.
    #[must_use]
    pub fn allow_name(mut self, name: AltName) -> Self {
        self.names.allow_exactly(name);
        self
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

    /// Sets what becomes of a request of which something is denied.
    #[must_use]
    pub fn with_on_denial(mut self, rule: OnDenial) -> Self {
        self.on_denial = rule;
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
