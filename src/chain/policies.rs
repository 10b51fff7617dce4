//! Certificate policies in path validation (RFC 5280 section 6.1, as RFC 9618 has it): a graph of at most
//! one node for each certificate and policy, where RFC 5280's tree could grow beyond all bounds.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Broken;
use crate::certificate::Certificate;
use crate::error::{ChainRule, Error};
use crate::oid::{
    ANY_POLICY, CERTIFICATE_POLICIES, INHIBIT_ANY_POLICY, Oid, POLICY_CONSTRAINTS, POLICY_MAPPINGS,
};
use crate::wire::policies::{
    PolicyConstraints, read_inhibit_any, read_mappings, read_policies, read_policy_constraints,
};

/// What a caller asks of certificate policies: the inputs of RFC 5280 section 6.1.1 (c), (e), (f) and (g).
///
/// Default: every policy is accepted, and none is required but by the certificates' own policyConstraints.
/// Set by [`ChainVerifier::with_policies`](crate::ChainVerifier::with_policies).
///
/// ```
/// use certwright::verify::PolicyRules;
/// // A path counts only if every certificate in it was issued under this policy.
/// let rules = PolicyRules::new().accept(["2.16.840.1.101.3.2.1.48.1".parse()?]).require();
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct PolicyRules {
    /// None for all.
    accepted: Option<BTreeSet<Oid>>,
    is_required: bool,
    forbids_mapping: bool,
    forbids_any: bool,
}

impl PolicyRules {
    /// The default rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts these policies and no others (user-initial-policy-set); the last call counts. Whether a path
    /// needs one at all is for [`PolicyRules::require`] and the certificates to say.
    pub fn accept(mut self, policies: impl IntoIterator<Item = Oid>) -> Self {
        let policies: BTreeSet<Oid> = policies.into_iter().collect();
        self.accepted = Some(policies).filter(|all| !all.contains(&ANY_POLICY));
        self
    }

    /// Requires that a path is valid for an accepted policy (initial-explicit-policy).
    pub fn require(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Forbids CAs to map policies to others (initial-policy-mapping-inhibit).
    pub fn forbid_mapping(mut self) -> Self {
        self.forbids_mapping = true;
        self
    }

    /// Takes anyPolicy in a certificate for no policy (initial-any-policy-inhibit).
    pub fn forbid_any(mut self) -> Self {
        self.forbids_any = true;
        self
    }
}

/// What a certificate was issued under, as far as those above it allow.
#[derive(Debug, Default)]
struct Node {
    /// The policies of the certificate above that it comes from.
    parents: BTreeSet<Oid>,
    /// The policies of the certificate below that may come from it.
    expected: BTreeSet<Oid>,
}

/// The nodes of one certificate by their policies.
type Level = BTreeMap<Oid, Node>;

/// Judges the policies of a path, the leaf first and the trust anchor last, and returns those for which it
/// is valid: all of the caller's are `2.5.29.32.0`.
///
/// Of the trust anchor, what it forbids counts; the policies that it is valid for are not asked (RFC 5280
/// section 6.1).
pub(super) fn check(
    rules: &PolicyRules,
    path: &[&Certificate],
) -> Result<BTreeSet<Oid>, (usize, Broken)> {
    let Some((anchor, below)) = path.split_last() else { return Ok(BTreeSet::new()) };
    let any = Node { parents: BTreeSet::new(), expected: [ANY_POLICY].into() };
    let most = u32::try_from(below.len()).unwrap_or(u32::MAX).saturating_add(1);
    let limit = |forbidden: bool| if forbidden { 0 } else { most };
    let mut state = State {
        levels: vec![[(ANY_POLICY, any)].into()],
        explicit: limit(rules.is_required),
        mapping: limit(rules.forbids_mapping),
        any: limit(rules.forbids_any),
    };
    state.constrain(anchor).map_err(|error| (below.len(), broken(&error)))?;
    for (link, certificate) in below.iter().enumerate().rev() {
        let fail = |error: Error| (link, broken(&error));
        state.add(certificate, link == 0).map_err(fail)?;
        if link > 0 {
            state.map(certificate).map_err(fail)?;
            if !certificate.is_self_issued() {
                state.count();
            }
            state.constrain(certificate).map_err(fail)?;
        } else {
            state.explicit = state.explicit.saturating_sub(1);
            let constraints = constraints(certificate).map_err(fail)?;
            if constraints.require_explicit == Some(0) {
                state.explicit = 0;
            }
        }
        if state.explicit == 0 && state.levels.is_empty() {
            let detail =
                "a certificate policy is required, and it has none that those above it allow";
            return Err((link, (ChainRule::Policies, detail.to_owned())));
        }
    }
    let valid = state.valid(rules);
    if state.explicit == 0 && valid.is_empty() {
        let detail = "it is valid for none of the certificate policies that the caller accepts";
        return Err((0, (ChainRule::Policies, detail.to_owned())));
    }
    Ok(valid)
}

/// The state of RFC 5280 section 6.1.2.
struct State {
    /// The valid_policy_graph, the trust anchor's level first; empty for NULL.
    levels: Vec<Level>,
    /// How many certificates more may be without a policy, map policies, or have anyPolicy.
    explicit: u32,
    mapping: u32,
    any: u32,
}

impl State {
    /// RFC 9618 section 5.4, (d) and (e): the policies of the next certificate down.
    fn add(&mut self, certificate: &Certificate, is_leaf: bool) -> Result<(), Error> {
        let Some(extension) = certificate.extension(CERTIFICATE_POLICIES) else {
            self.levels.clear();
            return Ok(());
        };
        let policies = read_policies(&extension.value)?;
        let Some(above) = self.levels.last() else { return Ok(()) };
        let mut level = Level::new();
        let from = |policy: Oid| -> BTreeSet<Oid> {
            let parents = above.iter().filter(|(_, node)| node.expected.contains(&policy));
            parents.map(|(parent, _)| *parent).collect()
        };
        let mut add = |policy: Oid, parents: BTreeSet<Oid>| {
            if !parents.is_empty() {
                level.insert(policy, Node { parents, expected: [policy].into() });
            }
        };
        for policy in policies.iter().copied().filter(|policy| *policy != ANY_POLICY) {
            let mut parents = from(policy);
            if parents.is_empty() && above.contains_key(&ANY_POLICY) {
                parents.insert(ANY_POLICY);
            }
            add(policy, parents);
        }
        let is_any_allowed = self.any > 0 || !is_leaf && certificate.is_self_issued();
        if is_any_allowed && policies.contains(&ANY_POLICY) {
            let expected: BTreeSet<Oid> =
                above.values().flat_map(|node| &node.expected).copied().collect();
            let missing = expected.into_iter().filter(|policy| !policies.contains(policy));
            for policy in missing.chain([ANY_POLICY]) {
                add(policy, from(policy));
            }
        }
        self.levels.push(level);
        self.prune();
        Ok(())
    }

    /// RFC 9618 section 5.5, (a) and (b): what a CA maps.
    fn map(&mut self, certificate: &Certificate) -> Result<(), Error> {
        let Some(extension) = certificate.extension(POLICY_MAPPINGS) else { return Ok(()) };
        let mut mapped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (ours, theirs) in read_mappings(&extension.value)? {
            if ours == ANY_POLICY || theirs == ANY_POLICY {
                let problem = "anyPolicy, which cannot be mapped (RFC 5280 section 6.1.4 a)";
                return Err(Error::malformed("certificate", "policyMappings", problem));
            }
            mapped.entry(ours).or_default().insert(theirs);
        }
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        for (policy, expected) in mapped {
            if self.mapping == 0 {
                level.remove(&policy);
            } else if let Some(node) = level.get_mut(&policy) {
                node.expected = expected;
            } else if level.contains_key(&ANY_POLICY) {
                level.insert(policy, Node { parents: [ANY_POLICY].into(), expected });
            }
        }
        self.prune();
        Ok(())
    }

    /// RFC 5280 section 6.1.4 (h).
    fn count(&mut self) {
        for left in [&mut self.explicit, &mut self.mapping, &mut self.any] {
            *left = left.saturating_sub(1);
        }
    }

    /// RFC 5280 section 6.1.4, (i) and (j).
    fn constrain(&mut self, certificate: &Certificate) -> Result<(), Error> {
        let PolicyConstraints { require_explicit, inhibit_mapping } = constraints(certificate)?;
        let inhibit_any = match certificate.extension(INHIBIT_ANY_POLICY) {
            Some(extension) => Some(read_inhibit_any(&extension.value)?),
            None => None,
        };
        let lower = |left: &mut u32, limit: Option<u32>| *left = limit.unwrap_or(*left).min(*left);
        lower(&mut self.explicit, require_explicit);
        lower(&mut self.mapping, inhibit_mapping);
        lower(&mut self.any, inhibit_any);
        Ok(())
    }

    /// Takes out what has nothing below it; without a node at the bottom nothing is left.
    fn prune(&mut self) {
        let mut wanted: Option<BTreeSet<Oid>> = None;
        for level in self.levels.iter_mut().rev() {
            if let Some(wanted) = &wanted {
                level.retain(|policy, _| wanted.contains(policy));
            }
            wanted = Some(level.values().flat_map(|node| &node.parents).copied().collect());
        }
        if self.levels.last().is_some_and(Level::is_empty) {
            self.levels.clear();
        }
    }

    /// The policies that the path is valid for, of those that the caller accepts (RFC 9618 section 5.6):
    /// those of the authorities' own domain, which come from anyPolicy right below it.
    fn valid(&self, rules: &PolicyRules) -> BTreeSet<Oid> {
        let Some(bottom) = self.levels.last() else { return BTreeSet::new() };
        let of_domain = self.levels.iter().skip(1).flatten();
        let mut found: BTreeSet<Oid> = of_domain
            .filter(|(policy, node)| **policy != ANY_POLICY && node.parents.contains(&ANY_POLICY))
            .map(|(policy, _)| *policy)
            .collect();
        let is_any = bottom.contains_key(&ANY_POLICY);
        match &rules.accepted {
            Some(accepted) if is_any => accepted.clone(),
            Some(accepted) => found.intersection(accepted).copied().collect(),
            None => {
                found.extend(is_any.then_some(ANY_POLICY));
                found
            }
        }
    }
}

fn constraints(certificate: &Certificate) -> Result<PolicyConstraints, Error> {
    match certificate.extension(POLICY_CONSTRAINTS) {
        Some(extension) => read_policy_constraints(&extension.value),
        None => Ok(PolicyConstraints::default()),
    }
}

fn broken(error: &Error) -> Broken {
    (ChainRule::Policies, error.to_string())
}
