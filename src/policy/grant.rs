//! What was granted.

use super::choices::{Outliving, RootLeaves};
use super::item::ReviewItem;

use crate::algorithm::KeyFamily;
use crate::error::{Reason, Rule};
use crate::key::{PublicKey, fingerprint};
use crate::name::{AltName, GeneralName, Name};
use crate::profile::Profile;
use crate::validity::{Lifetime, Time, Validity};

/// The period that is asked for. Default: [`Period::Default`]. Set by
/// [`Issuance::period`](crate::issuance::Issuance::period) and its kin, and
/// [`Review::with_period`](super::Review::with_period).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Period {
    /// The profile's lifetime from now.
    #[default]
    Default,
    /// Exactly this period. It begins no earlier before the time of issue than the policy backdates
    /// ([`Policy::with_backdate`](super::Policy::with_backdate)), to the second: for one that begins
    /// now, say [`Period::Lifetime`], since the clock goes on until it is issued.
    Exactly(Validity),
    /// This lifetime from now.
    Lifetime(Lifetime),
    /// From now until this time.
    Until(Time),
}

/// The content of a certificate as it was granted. Only [`Review::approve`](super::Review::approve)
/// makes one; an [`Issuer`](crate::Issuer) prepares a certificate from it.
#[derive(Clone, Debug)]
pub struct Grant {
    pub(crate) profile: Profile,
    pub(crate) public_key: PublicKey,
    pub(crate) subject: Name,
    pub(crate) alt_names: Vec<AltName>,
    pub(crate) period: Period,
    /// What [`Period::Default`] stands for.
    pub(crate) lifetime: Lifetime,
    pub(crate) max_lifetime: Lifetime,
    pub(crate) backdate: Lifetime,
    pub(crate) outliving: Outliving,
    pub(crate) root_leaves: RootLeaves,
    /// Besides the issuer's.
    pub(crate) key_families: Vec<KeyFamily>,
    pub(crate) outcome: Vec<ReviewItem>,
}

impl Grant {
    /// The granted subject.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The granted alternative names.
    pub fn alt_names(&self) -> &[AltName] {
        &self.alt_names
    }

    /// The key that is to be certified.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// What became of each item of the request.
    pub fn outcome(&self) -> &[ReviewItem] {
        &self.outcome
    }

    /// Why a certificate may not live so long, if it may not.
    pub(crate) fn refuse_lifetime(&self, asked: Lifetime) -> Option<Reason> {
        let good = asked > Lifetime::ZERO && asked <= self.max_lifetime;
        let allowed = format!("more than none, at most {}", self.max_lifetime);
        (!good).then(|| Reason::new(Rule::Lifetime, "lifetime", asked.to_string(), allowed))
    }

    /// A digest of what was asked for: the key, the names and the period.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let period = match self.period {
            Period::Default => String::new(),
            Period::Exactly(validity) => validity.to_string(),
            Period::Lifetime(lifetime) => lifetime.to_string(),
            Period::Until(end) => format!("until {end}"),
        };
        let names = self.alt_names.iter().map(|name| GeneralName::from(name).identity());
        let texts: Vec<String> =
            [self.subject.to_string(), period].into_iter().chain(names).collect();
        // Names hold no zero byte.
        fingerprint(&[&self.public_key.to_der(), texts.join("\0").as_bytes()].concat())
    }

    /// The content of a CA certificate that its owner asks for, without a request.
    pub(crate) fn for_authority(public_key: PublicKey, subject: Name, profile: Profile) -> Self {
        Self {
            lifetime: profile.lifetime(),
            max_lifetime: Lifetime::seconds(u64::MAX),
            profile,
            public_key,
            subject,
            alt_names: Vec::new(),
            period: Period::Default,
            backdate: Lifetime::ZERO,
            outliving: Outliving::Truncate,
            root_leaves: RootLeaves::Refuse,
            key_families: Vec::new(),
            outcome: Vec::new(),
        }
    }
}
