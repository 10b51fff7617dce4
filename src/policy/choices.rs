//! The choices that a policy leaves to its owner.

/// What becomes of a request of which something is denied.
///
/// The default is the part's ([`RequestPart`]). Set by [`Policy::with_on_denial`](crate::Policy::with_on_denial) and
/// [`Policy::with_on_denial_of`](crate::Policy::with_on_denial_of).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnDenial {
    /// What is denied is left out and reported, as the operations of `cas` do. A denied key,
    /// or no name being left where one is needed, still refuses the whole request.
    LeaveOut,
    /// The whole request is refused.
    Refuse,
}

/// A part of what requests ask for, of which a policy says by itself what becomes of a denial. A denied
/// key refuses the request in any case.
///
/// ```
/// use certwright::policy::{OnDenial, RequestPart};
/// use certwright::{Policy, Profile};
/// // Names that are not allowed are left out, the others are certified.
/// let policy = Policy::new(Profile::tls_server())
///     .allow_dns(".internal")?
///     .with_on_denial_of(RequestPart::AltNames, OnDenial::LeaveOut);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum RequestPart {
    /// The alternative names. Default: [`OnDenial::Refuse`].
    AltNames,
    /// Being a CA. Default: [`OnDenial::Refuse`].
    Authority,
    /// Extensions that are none of the others. Default: [`OnDenial::LeaveOut`]: certificates have the
    /// profile's, and those of [`Policy::allow_extension`](crate::Policy::allow_extension).
    Extensions,
    /// The attributes of the subject. Default: [`OnDenial::Refuse`].
    Subject,
    /// Key usages and extended key usages. Default: [`OnDenial::LeaveOut`]: certificates have the
    /// profile's, whichever are asked for.
    Usages,
}

/// What becomes of denials in each part.
#[derive(Clone, Copy, Debug)]
pub(super) struct DenialRules {
    alt_names: OnDenial,
    authority: OnDenial,
    extensions: OnDenial,
    subject: OnDenial,
    usages: OnDenial,
}

impl Default for DenialRules {
    fn default() -> Self {
        let lenient = OnDenial::LeaveOut;
        Self { extensions: lenient, usages: lenient, ..Self::all(OnDenial::Refuse) }
    }
}

impl DenialRules {
    pub(super) fn all(rule: OnDenial) -> Self {
        Self { alt_names: rule, authority: rule, extensions: rule, subject: rule, usages: rule }
    }

    pub(super) fn set(&mut self, part: RequestPart, rule: OnDenial) {
        match part {
            RequestPart::AltNames => self.alt_names = rule,
            RequestPart::Authority => self.authority = rule,
            RequestPart::Extensions => self.extensions = rule,
            RequestPart::Subject => self.subject = rule,
            RequestPart::Usages => self.usages = rule,
        }
    }

    pub(super) fn of(&self, part: RequestPart) -> OnDenial {
        match part {
            RequestPart::AltNames => self.alt_names,
            RequestPart::Authority => self.authority,
            RequestPart::Extensions => self.extensions,
            RequestPart::Subject => self.subject,
            RequestPart::Usages => self.usages,
        }
    }
}

/// What becomes of a certificate that would be valid past its issuer's end.
///
/// Default:
/// [`Outliving::Reject`]. Set by [`Policy::with_outliving`](crate::Policy::with_outliving).
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
/// [`Policy::with_root_leaves`](crate::Policy::with_root_leaves).
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
/// [`CommonNameUse::Keep`]. Set by [`Policy::with_common_name_use`](crate::Policy::with_common_name_use).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum CommonNameUse {
    /// It does, if the policy allows the name: clients ignore the common name (RFC 9525).
    AddToAltNames,
    /// It does not.
    #[default]
    Keep,
}
