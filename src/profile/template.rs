//! The profile itself.

use super::extension::Extension;
use crate::algorithm::KeyFamily;
use crate::name::NameConstraints;
use crate::oid::{AUTHORITY_KEY_IDENTIFIER, Oid, SUBJECT_KEY_IDENTIFIER};
use crate::usage::{ExtendedKeyUsage, KeyUsage};
use crate::validity::Lifetime;

/// What a certificate is for.
///
/// A profile alone decides on the CA bit, the key usages and the further extensions; a request
/// contributes a key and names only.
///
/// ```
/// use certwright::profile::{ExtendedKeyUsage, KeyUsage};
/// use certwright::time::Lifetime;
/// use certwright::Profile;
/// let signing = Profile::custom(KeyUsage::DIGITAL_SIGNATURE, [ExtendedKeyUsage::CODE_SIGNING])
///     .with_lifetime(Lifetime::days(365));
/// assert!(!signing.is_authority());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    role: Role,
    key_usage: KeyUsage,
    /// Given on top to RSA keys, which can encrypt.
    rsa_key_usage: KeyUsage,
    extended_key_usage: Vec<ExtendedKeyUsage>,
    lifetime: Lifetime,
    key_identifier: KeyIdentifierMethod,
    leaf_basic_constraints: LeafBasicConstraints,
    alt_names: AltNamePresence,
    name_constraints: Option<NameConstraints>,
    extensions: Vec<Extension>,
    critical: Vec<Oid>,
}

/// Whether a certificate may issue others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Authority { path_len: Option<u8> },
    EndEntity,
}

/// How the subject key identifier is computed from the public key.
///
/// Default: [`KeyIdentifierMethod::Rfc7093Method1`]. Set by
/// [`Profile::with_key_identifier_method`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyIdentifierMethod {
    /// SHA-1 of the key (RFC 5280 section 4.2.1.2, method 1), for stacks that compare with it.
    Rfc5280Method1,
    /// The first 160 bits of the key's SHA-256 (RFC 7093 section 2, method 1).
    #[default]
    Rfc7093Method1,
}

/// Whether a leaf says that it is no CA.
///
/// Default: [`LeafBasicConstraints::Omit`]. Set by
/// [`Profile::with_leaf_basic_constraints`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LeafBasicConstraints {
    /// A critical basicConstraints with CA false, which DER writes as an empty SEQUENCE.
    Include,
    /// No basicConstraints, which means the same (RFC 5280 section 4.2.1.9); some SM2 stacks refuse
    /// the empty form.
    #[default]
    Omit,
}

/// Whether certificates of a profile need an alternative name.
///
/// The default is the profile's:
/// [`AltNamePresence::Required`] of [`Profile::tls_server`], else [`AltNamePresence::Optional`]. Set by
/// [`Profile::with_alt_name_presence`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AltNamePresence {
    /// They may have none.
    Optional,
    /// They need one: TLS clients look nowhere else for a host name (RFC 9525 section 2).
    Required,
}

impl Profile {
    /// A root: CA without a path length, ten years.
    pub fn root() -> Self {
        Self::authority(None, Lifetime::days(3650))
    }

    /// An intermediate below which `path_len` further intermediates may stand: five years.
    pub fn intermediate(path_len: u8) -> Self {
        Self::authority(Some(path_len), Lifetime::days(1825))
    }

    /// A TLS server: digitalSignature (with keyEncipherment for RSA keys) and serverAuth, at least
    /// one alternative name, 90 days.
    pub fn tls_server() -> Self {
        let mut profile =
            Self::custom(KeyUsage::DIGITAL_SIGNATURE, [ExtendedKeyUsage::SERVER_AUTH]);
        profile.rsa_key_usage = KeyUsage::KEY_ENCIPHERMENT;
        profile.alt_names = AltNamePresence::Required;
        profile
    }

    /// A TLS client: the usages of a server, with clientAuth; alternative names are optional, 90
    /// days.
    pub fn tls_client() -> Self {
        let mut profile =
            Self::custom(KeyUsage::DIGITAL_SIGNATURE, [ExtendedKeyUsage::CLIENT_AUTH]);
        profile.rsa_key_usage = KeyUsage::KEY_ENCIPHERMENT;
        profile
    }

    /// An end entity with usages of your own, alternative names optional, 90 days. keyCertSign and
    /// cRLSign are left out: they are for CAs.
    pub fn custom(
        key_usage: KeyUsage,
        extended_key_usage: impl IntoIterator<Item = ExtendedKeyUsage>,
    ) -> Self {
        Self {
            role: Role::EndEntity,
            key_usage: key_usage.without(AUTHORITY_ONLY),
            rsa_key_usage: KeyUsage::NONE,
            extended_key_usage: extended_key_usage.into_iter().collect(),
            lifetime: Lifetime::days(90),
            key_identifier: KeyIdentifierMethod::default(),
            leaf_basic_constraints: LeafBasicConstraints::default(),
            alt_names: AltNamePresence::Optional,
            name_constraints: None,
            extensions: Vec::new(),
            critical: Vec::new(),
        }
    }

    fn authority(path_len: Option<u8>, lifetime: Lifetime) -> Self {
        let mut profile = Self::custom(KeyUsage::DIGITAL_SIGNATURE, []);
        profile.role = Role::Authority { path_len };
        profile.key_usage = AUTHORITY_ONLY | KeyUsage::DIGITAL_SIGNATURE;
        profile.lifetime = lifetime;
        profile
    }

    /// Sets the lifetime of certificates that nobody asked another of.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets how subject key identifiers are computed.
    #[must_use]
    pub fn with_key_identifier_method(mut self, method: KeyIdentifierMethod) -> Self {
        self.key_identifier = method;
        self
    }

    /// Sets whether leaves carry basicConstraints. CAs always do.
    #[must_use]
    pub fn with_leaf_basic_constraints(mut self, form: LeafBasicConstraints) -> Self {
        self.leaf_basic_constraints = form;
        self
    }

    /// Sets whether an alternative name is needed.
    #[must_use]
    pub fn with_alt_name_presence(mut self, presence: AltNamePresence) -> Self {
        self.alt_names = presence;
        self
    }

    /// Sets the extended key usages. On a CA they bound what it may issue.
    #[must_use]
    pub fn with_extended_key_usage(
        mut self,
        usages: impl IntoIterator<Item = ExtendedKeyUsage>,
    ) -> Self {
        self.extended_key_usage = usages.into_iter().collect();
        self
    }

    /// Sets the names that a CA may certify. Without effect on end entities, which certify none.
    #[must_use]
    pub fn with_name_constraints(mut self, constraints: NameConstraints) -> Self {
        self.name_constraints = Some(constraints);
        self
    }

    /// Adds an extension that this crate does not write itself. One that it does write (basic
    /// constraints, key usage, alternative names, key identifiers, name constraints) is refused
    /// when a certificate is prepared, as a duplicate would be.
    #[must_use]
    pub fn add_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Makes an extension critical that is not by itself, such as the extended key usages: whoever
    /// does not know it must refuse the certificate. Key identifiers stay as they are (RFC 5280
    /// sections 4.2.1.1 and 4.2.1.2).
    ///
    /// ```
    /// use certwright::profile::{ExtendedKeyUsage, KeyUsage};
    /// use certwright::Profile;
    /// let stamping = Profile::custom(KeyUsage::NONE, [ExtendedKeyUsage::TIME_STAMPING]);
    /// // RFC 3161 section 2.3 asks for it.
    /// let stamping = stamping.make_critical("2.5.29.37".parse()?);
    /// # Ok::<(), certwright::Error>(())
    /// ```
    #[must_use]
    pub fn make_critical(mut self, oid: Oid) -> Self {
        self.critical.push(oid);
        self
    }

    /// Whether certificates of this profile may issue others.
    pub fn is_authority(&self) -> bool {
        matches!(self.role, Role::Authority { .. })
    }

    /// The lifetime of certificates that nobody asked another of.
    pub fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// The key usages that a key of this family gets.
    pub fn key_usage(&self, family: KeyFamily) -> KeyUsage {
        match family {
            KeyFamily::Rsa => self.key_usage | self.rsa_key_usage,
            KeyFamily::Ecc | KeyFamily::Sm2 => self.key_usage,
        }
    }

    /// The extended key usages.
    pub fn extended_key_usage(&self) -> &[ExtendedKeyUsage] {
        &self.extended_key_usage
    }

    /// Whether an end entity may be used for a purpose: it is listed, or any is, or none is listed.
    pub(crate) fn serves(&self, purpose: ExtendedKeyUsage) -> bool {
        !self.is_authority() && (self.extended_key_usage.is_empty() || self.lists(purpose))
    }

    /// Whether a purpose is listed, or any is.
    pub(crate) fn lists(&self, purpose: ExtendedKeyUsage) -> bool {
        let listed = &self.extended_key_usage;
        listed.contains(&purpose) || listed.contains(&ExtendedKeyUsage::ANY)
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn key_identifier(&self) -> KeyIdentifierMethod {
        self.key_identifier
    }

    pub(crate) fn leaf_basic_constraints(&self) -> LeafBasicConstraints {
        self.leaf_basic_constraints
    }

    pub(crate) fn alt_names(&self) -> AltNamePresence {
        self.alt_names
    }

    pub(crate) fn name_constraints(&self) -> Option<&NameConstraints> {
        let constraints = self.name_constraints.as_ref();
        // Without a subtree there is nothing to write (RFC 5280 section 4.2.1.10).
        constraints
            .filter(|c| self.is_authority() && !(c.permitted.is_empty() && c.excluded.is_empty()))
    }

    /// Whether an extension was made critical.
    pub(crate) fn makes_critical(&self, oid: Oid) -> bool {
        let identifiers = [AUTHORITY_KEY_IDENTIFIER, SUBJECT_KEY_IDENTIFIER];
        self.critical.contains(&oid) && !identifiers.contains(&oid)
    }

    pub(crate) fn extensions(&self) -> &[Extension] {
        &self.extensions
    }
}

/// The usages that only a CA may have (RFC 5280 section 4.2.1.3).
const AUTHORITY_ONLY: KeyUsage = KeyUsage::from_bits((1 << 5) | (1 << 6));
