//! The rules between an issuer and what it issues.

use super::Issuer;
use super::prepared::cut;
use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::error::{ChainError, ChainRule, Error, Reason, Rule};
use crate::key::{PublicKey, Sm2Id};
use crate::name::AltName;
use crate::oid::CRL_DISTRIBUTION_POINTS;
use crate::policy::{Grant, Outliving, Period, ReviewItem, RootLeaves};
use crate::profile::Role;
use crate::usage::{ExtendedKeyUsage, KeyUsage, list};
use crate::validity::{Time, Validity};
use crate::wire::extension::is_understood;
use crate::wire::tlv::split_any;

/// Everything that stands against a certificate, not only the first.
pub(super) fn objections(issuer: &Issuer, grant: &Grant, now: Time) -> Vec<Reason> {
    let certificate = issuer.certificate();
    let mut reasons = check_content(grant);
    reasons.extend(check_distribution(issuer, grant));
    reasons.extend(check_family(issuer, grant));
    reasons.extend(check_role(&issuer.chain, grant));
    reasons.extend(check_usage(&issuer.chain, grant));
    reasons.extend(check_names(&issuer.chain, grant));
    reasons.extend(check_validity(certificate, grant, now));
    reasons
}

/// Why a certificate and key are no issuer.
pub(super) fn check_issuer(
    certificate: &Certificate,
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !certificate.is_authority() {
        let (given, allowed) = ("no CA bit", "a certificate with the CA bit");
        reasons.push(Reason::new(Rule::IssuerNotCa, "issuer's certificate", given, allowed));
    }
    if let Some(usage) = certificate.key_usage()
        && !usage.contains(KeyUsage::KEY_CERT_SIGN)
    {
        let (item, given) = ("issuer's key usage", usage.to_string());
        reasons.push(Reason::new(Rule::IssuerKeyUsage, item, given, "keyCertSign"));
    }
    let own = certificate.public_key();
    if own.as_ref().ok() != Some(&key) {
        let given = own.map_or_else(|error| error.to_string(), |_| "another key".to_owned());
        let allowed = "the key of the issuer's certificate";
        reasons.push(Reason::new(Rule::IssuerKeyMismatch, "signer", given, allowed));
    }
    let family = key.algorithm().family();
    if algorithm.family() != family {
        let (given, allowed) = (algorithm.to_string(), format!("an algorithm of {family} keys"));
        reasons.push(Reason::new(Rule::IssuerKeyMismatch, "signer's algorithm", given, allowed));
    }
    reasons
}

/// What is wrong with the content, whoever issues it.
pub(super) fn check_content(grant: &Grant) -> Vec<Reason> {
    let mut reasons = Vec::new();
    // A CA's subject is its leaves' issuer, which may not be empty (RFC 5280 section 4.1.2.6).
    let nameless = grant.alt_names.is_empty() || grant.profile.is_authority();
    if grant.subject.is_empty() && nameless {
        let (given, allowed) = ("empty", "a subject or, for a leaf, an alternative name");
        reasons.push(Reason::new(Rule::EmptySubject, "subject", given, allowed));
    }
    let extensions = grant.profile.extensions();
    for (index, extension) in extensions.iter().enumerate() {
        let twice = extensions.iter().take(index).any(|other| other.oid == extension.oid);
        if twice || is_understood(extension.oid) {
            let allowed = "each extension once, and none that the engine writes itself";
            let given = extension.oid.to_string();
            reasons.push(Reason::new(Rule::DuplicateExtension, "profile", given, allowed));
        }
        if split_any("extension", &extension.value).is_err() {
            let (given, allowed) = (format!("{} of another form", extension.oid), "one DER value");
            reasons.push(Reason::new(Rule::ExtensionMalformed, "profile", given, allowed));
        }
    }
    reasons.extend(check_purposes(grant));
    let constraints = grant.profile.name_constraints();
    let subtrees = constraints.iter().flat_map(|c| c.permitted.iter().chain(&c.excluded));
    for subtree in subtrees.filter(|subtree| !subtree.is_writable()) {
        let allowed = "well-formed ASCII names of the types that this crate issues";
        let given = subtree.to_string();
        reasons.push(Reason::new(Rule::NameMalformed, "name constraints", given, allowed));
    }
    reasons
}

/// Key usage and extended key usage hold independently, so that a purpose without a consistent usage
/// could never be served (RFC 5280 section 4.2.1.12). Those of a CA bound what it issues.
fn check_purposes(grant: &Grant) -> Vec<Reason> {
    let usage = grant.profile.key_usage(grant.public_key.algorithm().family());
    if usage.is_empty() || grant.profile.is_authority() {
        return Vec::new();
    }
    let purposes = grant.profile.extended_key_usage().iter();
    let inconsistent = purposes.filter(|purpose| !purpose.is_consistent_with(usage));
    let reason = |purpose: &ExtendedKeyUsage| {
        let consistent = purpose.consistent_key_usage().unwrap_or_default();
        let allowed = format!("one of {consistent} for {purpose}, or no key usage at all");
        Reason::new(Rule::KeyUsageInconsistent, "key usage", usage.to_string(), allowed)
    };
    inconsistent.map(reason).collect()
}

/// What is wrong with the content of a CA certificate that its owner asks for.
pub(super) fn check_authority(grant: &Grant) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !grant.profile.is_authority() {
        let (given, allowed) = ("that of an end entity", "Profile::root or Profile::intermediate");
        reasons.push(Reason::new(Rule::IssuerNotCa, "profile", given, allowed));
    }
    for weakness in grant.public_key.weaknesses() {
        reasons.push(Reason::new(Rule::KeyWeak, "key", weakness, "a healthy key"));
    }
    reasons
}

impl Issuer {
    /// Whether a certificate names this issuer, and whether this issuer's key signed it.
    pub(crate) fn issued(&self, certificate: &Certificate) -> (bool, bool) {
        let named = certificate.issuer() == self.certificate().subject();
        (named, certificate.verify_signature(self.signer.public_key()).is_ok())
    }
}

/// The certificates of an issuer hang together: each is issued by the next, by name and signature.
pub(super) fn check_links(chain: &Chain, id: &Sm2Id) -> Result<(), Error> {
    let certificates: Vec<&Certificate> = chain.certificates().collect();
    for (link, pair) in certificates.windows(2).enumerate() {
        let [below, above] = pair else { continue };
        let fail = |rule, detail: &str| {
            let subject = below.subject().to_string();
            Error::Chain(ChainError { link, subject, rule, detail: detail.to_owned() })
        };
        if below.issuer() != above.subject() {
            return Err(fail(ChainRule::Names, "its issuer is not the next certificate"));
        }
        if !is_signed_by(below, above, id)? {
            return Err(fail(
                ChainRule::Signature,
                "not signed by the key of the next certificate",
            ));
        }
    }
    // That of a root says nothing that its key does not: one of an algorithm of old (SHA-1) is passed over.
    if let Some(last) = certificates.last().filter(|last| last.is_self_issued())
        && last.signature_algorithm().is_ok()
        && !is_signed_by(last, last, id)?
    {
        let (link, subject) = (certificates.len() - 1, last.subject().to_string());
        let detail = "self-issued, but not signed by its own key".to_owned();
        return Err(Error::Chain(ChainError { link, subject, rule: ChainRule::Signature, detail }));
    }
    Ok(())
}

fn is_signed_by(below: &Certificate, above: &Certificate, id: &Sm2Id) -> Result<bool, Error> {
    let key = above.public_key()?.clone().with_sm2_id(id.clone());
    match below.verify_signature(&key) {
        Ok(()) => Ok(true),
        Err(Error::InvalidSignature { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

/// The validity of the certificate, and what the outcome says where it was cut.
pub(super) fn validity(
    issuer: &Certificate,
    grant: &Grant,
    now: Time,
) -> Result<(Validity, Option<ReviewItem>), Error> {
    let asked = asked_validity(issuer, grant, now)?;
    let end = issuer.validity().not_after();
    if asked.not_after() <= end || grant.outliving == Outliving::Permit {
        return Ok((asked, None));
    }
    let given = Validity::new(asked.not_before(), end)?;
    let item = cut(&asked, &given, "where the issuer ends");
    Ok((given, Some(item)))
}

/// The validity before it is held against the issuer's end.
fn asked_validity(issuer: &Certificate, grant: &Grant, now: Time) -> Result<Validity, Error> {
    let lifetime = match grant.period {
        Period::Default => grant.lifetime,
        Period::Exactly(validity) => return Ok(validity),
        Period::Lifetime(lifetime) => lifetime,
        Period::Until(end) => return Validity::new(begin(issuer, grant, now), end),
    };
    Validity::new(begin(issuer, grant, now), now.plus(lifetime)?)
}

/// When a period that begins now begins.
fn begin(issuer: &Certificate, grant: &Grant, now: Time) -> Time {
    // The backdate reaches no further than the issuer's beginning (or than now, before that).
    let earliest = issuer.validity().not_before().min(now);
    let backdated = now.minus(grant.backdate).unwrap_or(earliest);
    backdated.max(earliest)
}

/// An issuer with a CRL distribution writes the pointer itself.
fn check_distribution(issuer: &Issuer, grant: &Grant) -> Option<Reason> {
    let extensions = grant.profile.extensions();
    let twice = issuer.crl_distribution().is_some()
        && extensions.iter().any(|extension| extension.oid == CRL_DISTRIBUTION_POINTS);
    twice.then(|| {
        let (given, allowed) = ("cRLDistributionPoints", "none: the issuer writes it");
        Reason::new(Rule::DuplicateExtension, "profile", given, allowed)
    })
}

fn check_family(issuer: &Issuer, grant: &Grant) -> Option<Reason> {
    let (given, allowed) = (grant.public_key.algorithm(), issuer.public_key().algorithm().family());
    let families = &grant.key_families;
    (given.family() != allowed && !families.contains(&given.family())).then(|| {
        let mut allowed = format!("{allowed}, the issuer's family");
        for family in families {
            allowed.push_str(&format!(", or {family}"));
        }
        allowed.push_str("; Policy::allow_key_families lets others");
        Reason::new(Rule::KeyFamily, "key", given.to_string(), allowed)
    })
}

fn check_role(chain: &Chain, grant: &Grant) -> Option<Reason> {
    let Some(room) = room(chain) else {
        return check_root(chain.leaf(), grant);
    };
    let (item, given) = match grant.profile.role() {
        Role::EndEntity if room >= 0 => return check_root(chain.leaf(), grant),
        Role::Authority { path_len: Some(length) } if i32::from(length) < room => return None,
        Role::EndEntity => ("profile", "a leaf".to_owned()),
        Role::Authority { .. } if room <= 0 => ("profile", "a CA".to_owned()),
        Role::Authority { path_len } => {
            ("pathLenConstraint", path_len.map_or("no limit".to_owned(), |n| n.to_string()))
        }
    };
    let allowed = match room {
        ..0 => "nothing: a pathLenConstraint above the issuer is used up by the issuer".to_owned(),
        0 => {
            "leaves only: the issuer's pathLenConstraint is 0, or one above it leaves 0".to_owned()
        }
        _ => format!("below {room}, what the issuer's pathLenConstraint, or one above it, leaves"),
    };
    Some(Reason::new(Rule::PathLength, item, given, allowed))
}

/// How many CAs may stand below the issuer, one below the other, by its own path length and those
/// above it; none for no limit, and below zero where not even the issuer may stand.
fn room(chain: &Chain) -> Option<i32> {
    let limits = (0..).zip(chain.certificates()).filter_map(|(height, certificate)| {
        certificate.path_len().map(|length| i32::from(length) - height)
    });
    limits.min()
}

fn check_root(issuer: &Certificate, grant: &Grant) -> Option<Reason> {
    let refused = !grant.profile.is_authority()
        && issuer.is_self_issued()
        && grant.root_leaves == RootLeaves::Refuse;
    refused.then(|| {
        let (given, allowed) = (
            "a root",
            "an intermediate, or a root whose policy has with_root_leaves(RootLeaves::Allow)",
        );
        Reason::new(Rule::RootIssuesLeaf, "issuer of a leaf", given, allowed)
    })
}

/// A CA with extended key usages issues for those only, and so do all below it: verifiers nest them.
fn check_usage(chain: &Chain, grant: &Grant) -> Option<Reason> {
    let given = grant.profile.extended_key_usage();
    let refused = chain.certificates().filter_map(Certificate::extended_key_usage).find(|limit| {
        let covered = limit.contains(&ExtendedKeyUsage::ANY)
            || (grant.profile.is_authority() && given.is_empty())
            || (!given.is_empty() && given.iter().all(|usage| limit.contains(usage)));
        !covered
    });
    refused.map(|limit| {
        let allowed = format!("{}, those of the issuer or a CA above it", list(limit));
        Reason::new(Rule::IssuerExtendedKeyUsage, "extended key usage", list(given), allowed)
    })
}

/// The name constraints of the issuer and of every certificate above it.
fn check_names(chain: &Chain, grant: &Grant) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for constraints in chain.certificates().filter_map(Certificate::name_constraints) {
        let matcher = constraints.matcher();
        let subject = matcher.refuse_subject(&grant.subject);
        reasons.extend(subject.map(|allowed| {
            Reason::new(Rule::NameConstraints, "subject", grant.subject.to_string(), allowed)
        }));
        if grant.profile.serves(ExtendedKeyUsage::SERVER_AUTH) {
            let has = |wanted: fn(&AltName) -> bool| grant.alt_names.iter().any(wanted);
            let has_dns = has(|name| matches!(name, AltName::Dns(_)));
            let has_ip = has(|name| matches!(name, AltName::Ip(_)));
            let refused = matcher.refuse_common_names(&grant.subject, has_dns, has_ip);
            reasons.extend(refused.map(|allowed| {
                let given = grant.subject.to_string();
                Reason::new(Rule::NameConstraints, "common name", given, allowed)
            }));
        }
        for name in &grant.alt_names {
            reasons.extend(matcher.refuse(name).map(|allowed| {
                Reason::new(Rule::NameConstraints, "alternative name", name.to_string(), allowed)
            }));
        }
    }
    reasons
}

fn check_validity(issuer: &Certificate, grant: &Grant, now: Time) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let limits = issuer.validity();
    if !limits.contains(now) {
        let (given, allowed) = (now.to_string(), format!("{limits}, the issuer's validity"));
        reasons.push(Reason::new(Rule::IssuerValidity, "time of issue", given, allowed));
    }
    if let Period::Until(end) = grant.period {
        let Ok(asked) = Validity::new(now, end) else {
            let (given, allowed) = (format!("until {end}"), format!("until {now}, now, or later"));
            reasons.push(Reason::new(Rule::Validity, "validity", given, allowed));
            return reasons;
        };
        reasons.extend(grant.refuse_lifetime(asked.lifetime()));
    }
    match asked_validity(issuer, grant, now) {
        Err(error) => {
            let (given, allowed) = (error.to_string(), "the years 1950 to 9999");
            reasons.push(Reason::new(Rule::Validity, "validity", given, allowed));
        }
        Ok(asked) => {
            if asked.not_before() < limits.not_before() && limits.contains(now) {
                let given = format!("from {}", asked.not_before());
                let allowed = format!("from {}, the issuer's beginning", limits.not_before());
                reasons.push(Reason::new(Rule::Validity, "validity", given, allowed));
            }
            // A period of its own is as free to begin earlier as any other: by the backdate.
            let earliest = now.minus(grant.backdate).unwrap_or(asked.not_before());
            if matches!(grant.period, Period::Exactly(_)) && asked.not_before() < earliest {
                let given = format!("from {}", asked.not_before());
                let allowed = format!("from {earliest}: the time of issue less the backdate");
                reasons.push(Reason::new(Rule::Validity, "validity", given, allowed));
            }
            if asked.not_after() < now {
                let given = format!("{asked}, ended before {now}");
                reasons.push(Reason::new(
                    Rule::Validity,
                    "validity",
                    given,
                    "a period that has not ended",
                ));
            }
            let outlives = match grant.outliving {
                Outliving::Permit => false,
                Outliving::Reject => asked.not_after() > limits.not_after(),
                // Cutting leaves nothing of a period that begins after the issuer's end.
                Outliving::Truncate => asked.not_before() > limits.not_after(),
            };
            if outlives {
                let given = format!("{asked}");
                let allowed = format!("until {}, the issuer's end", limits.not_after());
                reasons.push(Reason::new(Rule::OutlivesIssuer, "validity", given, allowed));
            }
        }
    }
    reasons
}
