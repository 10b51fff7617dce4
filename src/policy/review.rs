//! The review of a request: every item it asks for, and what becomes of it.

use std::fmt;

use super::asked::Asked;
use super::choices::{DenialRules, OnDenial, Outliving, RequestPart};
use super::consequences::without_consequences;
use super::examine::{ALT_NAME, Examined, SUBJECT, examine};
use super::grant::{Grant, Period};
use super::item::{Decision, ReviewItem};
use super::rules::Policy;
use crate::error::{Denied, Error, Reason, Rule};
use crate::profile::{AltNamePresence, Profile};
use crate::request::CertificateRequest;
use crate::validity::Lifetime;

/// The review of one request under one policy.
#[derive(Clone, Debug)]
pub struct Review {
    draft: Grant,
    on_denial: DenialRules,
    /// Reasons that are no item of the request: a name that is missing or was fixed, a lifetime.
    missing: Vec<Reason>,
}

impl Policy {
    /// Reviews a request: each item it asks for is granted, overridden or denied.
    pub fn review(&self, request: &CertificateRequest) -> Review {
        Review::of(self, &request.into())
    }

    /// The policy of whoever holds an issuer and makes a CA below it, who needs no leave: a period of
    /// his own may begin when he likes, and what would outlive the issuer ends with it. `weak`: the
    /// key was accepted before, weak or not.
    pub(crate) fn of_holder(profile: Profile, period: &Period, weak: bool) -> Self {
        let own = matches!(period, Period::Exactly(_));
        let policy = Self {
            max_lifetime: Lifetime::seconds(u64::MAX),
            backdate: if own { Lifetime::seconds(u64::MAX) } else { Lifetime::ZERO },
            outliving: Outliving::Truncate,
            ..Self::new(profile)
        };
        if weak { policy.dangerously_allow_rsa_1024() } else { policy }
    }
}

impl Review {
    pub(crate) fn of(policy: &Policy, asked: &Asked<'_>) -> Self {
        let mut profile = asked.profile.unwrap_or(&policy.profile).clone();
        for extension in asked.extensions {
            profile = profile.add_extension(extension.clone());
        }
        let examined = examine(policy, &profile, asked);
        let Examined { items, subject, alt_names, extensions, wrong: mut missing } = examined;
        for extension in extensions {
            profile = profile.add_extension(extension);
        }
        if alt_names.is_empty() && profile.alt_names() == AltNamePresence::Required {
            missing.push(Reason::new(
                Rule::NoAltName,
                "alternative names",
                "no granted name",
                "at least one (clients ignore the common name, RFC 9525 section 2)",
            ));
        }
        let draft = Grant {
            // Who does not ask gets what there is, not a refusal.
            lifetime: profile.lifetime().min(policy.max_lifetime),
            max_lifetime: policy.max_lifetime,
            profile,
            public_key: asked.public_key.clone(),
            subject,
            alt_names,
            period: asked.period,
            backdate: policy.backdate,
            outliving: policy.outliving,
            root_leaves: policy.root_leaves,
            key_families: policy.key_families.clone(),
            outcome: items,
        };
        Self { draft, on_denial: policy.on_denial, missing }
    }

    /// Asks for another period than the profile's lifetime from now.
    #[must_use]
    pub fn with_period(mut self, period: Period) -> Self {
        self.draft.period = period;
        self
    }

    /// Every item of the request with its decision.
    pub fn items(&self) -> &[ReviewItem] {
        &self.draft.outcome
    }

    /// The reasons of the items that are denied.
    pub fn denied(&self) -> impl Iterator<Item = &Reason> {
        self.items().iter().filter_map(|item| match &item.decision {
            Decision::Denied(reason) => Some(reason),
            Decision::Granted | Decision::Overridden { .. } => None,
        })
    }

    /// The grant, if nothing stands against it.
    ///
    /// # Errors
    /// [`Error::Denied`] with every reason.
    pub fn approve(&self) -> Result<Grant, Error> {
        let reasons = self.objections();
        if reasons.is_empty() {
            return Ok(self.draft().clone());
        }
        Err(Error::Denied(Denied { reasons: without_consequences(reasons) }))
    }

    /// What stands against a grant.
    pub(crate) fn objections(&self) -> Vec<Reason> {
        let stops = |reason: &&Reason| {
            part_of(reason).is_none_or(|part| self.on_denial.of(part) == OnDenial::Refuse)
        };
        let denied = self.denied().filter(stops).cloned();
        denied.chain(self.missing.iter().cloned()).chain(self.check_lifetime()).collect()
    }

    /// What would be granted: for an issuer to add its own reasons to a refusal, never to be issued.
    pub(crate) fn draft(&self) -> &Grant {
        &self.draft
    }

    fn check_lifetime(&self) -> Option<Reason> {
        let asked = match self.draft.period {
            Period::Default => self.draft.lifetime,
            Period::Exactly(validity) => validity.lifetime(),
            Period::Lifetime(lifetime) => lifetime,
            // The issuer knows what time it is.
            Period::Until(_) => return None,
        };
        self.draft.refuse_lifetime(asked)
    }
}

impl fmt::Display for Review {
    /// One line an item.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items().iter().try_for_each(|item| writeln!(f, "{item}"))?;
        self.missing.iter().try_for_each(|reason| writeln!(f, "denied      {reason}"))
    }
}

/// The part of a request that was denied; none for what is never left out.
fn part_of(reason: &Reason) -> Option<RequestPart> {
    match (reason.rule, reason.item) {
        (Rule::CaRequested, _) => Some(RequestPart::Authority),
        (Rule::ExtensionRequested | Rule::ExtensionMalformed, _) => Some(RequestPart::Extensions),
        (Rule::KeyUsageRequested | Rule::ExtendedKeyUsageRequested, _) => Some(RequestPart::Usages),
        (_, ALT_NAME) => Some(RequestPart::AltNames),
        (_, SUBJECT) => Some(RequestPart::Subject),
        _ => None,
    }
}
