//! Ways from a leaf up to a trust anchor, out of certificates in any order (RFC 4158).

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::asked::{Asked, check_identifiers};
use super::names::Broken;
use crate::certificate::Certificate;
use crate::error::ChainError;
use crate::limits::{CHAIN_CERTIFICATES, PATH_SIGNATURES, PATH_STEPS, PATHS};

/// A way up, the leaf first.
pub(super) type Path<'a> = Vec<&'a Certificate>;

/// Looks at a way that ends in a trust anchor, and ends the search by a break.
pub(super) type Take<'t, 'a, T> = dyn FnMut(&[&'a Certificate]) -> ControlFlow<T> + 't;

/// What a way up can be made of. A certificate that breaks a rule whatever stands above it is on none, so
/// that what is expired, for other purposes or no CA does not hide what is good.
pub(super) struct Search<'a> {
    asked: &'a Asked,
    anchors: &'a [Certificate],
    /// Certificates that nobody vouches for, and behind them the leaf.
    pool: Path<'a>,
    /// What issued a certificate of the pool, by its place.
    above: BTreeMap<usize, Above<'a>>,
    /// What is left of the work that a search may take.
    signatures: usize,
    steps: usize,
    paths: usize,
    /// The first certificate that would have been on a way but for a rule that it breaks, and how many are
    /// below it.
    pub(super) broken: Option<(usize, ChainError)>,
    /// The longest way that was found, whether it ends in a trust anchor or nowhere.
    pub(super) longest: Path<'a>,
}

/// The issuers of a certificate, by name and signature.
#[derive(Clone, Default)]
struct Above<'a> {
    anchors: Path<'a>,
    /// Their places in the pool, those first that it names by the identifier of their key.
    others: Vec<usize>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        asked: &'a Asked,
        anchors: &'a [Certificate],
        pool: impl IntoIterator<Item = &'a Certificate>,
        leaf: &'a Certificate,
    ) -> Self {
        Self {
            asked,
            anchors,
            pool: pool.into_iter().chain([leaf]).collect(),
            above: BTreeMap::new(),
            signatures: PATH_SIGNATURES,
            steps: PATH_STEPS,
            paths: PATHS,
            broken: None,
            longest: Vec::new(),
        }
    }

    /// Shows every way from the leaf to a trust anchor until one is taken, or until the work that a search
    /// may take is done.
    pub(super) fn each<T>(&mut self, take: &mut Take<'_, 'a, T>) -> ControlFlow<T> {
        let place = self.pool.len().saturating_sub(1);
        let mut path: Path<'a> = self.pool.last().copied().into_iter().collect();
        self.climb(place, &mut path, take)
    }

    /// Whether the search ended for the work that it took, so that there may be a way.
    pub(super) fn is_given_up(&self) -> bool {
        self.signatures == 0 || self.steps == 0 || self.paths == 0
    }

    /// Goes up from the certificate at this place of the pool, the last of the path.
    fn climb<T>(
        &mut self,
        place: usize,
        path: &mut Path<'a>,
        take: &mut Take<'_, 'a, T>,
    ) -> ControlFlow<T> {
        let Some(&last) = path.last() else { return ControlFlow::Continue(()) };
        if path.len() > self.longest.len() {
            self.longest.clone_from(path);
        }
        if self.anchors.contains(last) {
            self.show(path, take)?;
        }
        let above = self.above(place, last);
        for anchor in above.anchors {
            path.push(anchor);
            self.show(path, take)?;
            path.pop();
        }
        if path.len() >= CHAIN_CERTIFICATES {
            return ControlFlow::Continue(());
        }
        for place in above.others {
            let Some(&issuer) = self.pool.get(place) else { continue };
            if self.steps == 0 || self.paths == 0 {
                break;
            }
            self.steps -= 1;
            if path.iter().any(|below| is_same_holder(below, issuer))
                || !self.is_good(path, last, issuer)
            {
                continue;
            }
            path.push(issuer);
            self.climb(place, path, take)?;
            path.pop();
        }
        ControlFlow::Continue(())
    }

    fn show<T>(&mut self, path: &[&'a Certificate], take: &mut Take<'_, 'a, T>) -> ControlFlow<T> {
        if self.paths == 0 {
            return ControlFlow::Continue(());
        }
        self.paths -= 1;
        take(path)
    }

    /// The issuers of a certificate, found once.
    fn above(&mut self, place: usize, certificate: &'a Certificate) -> Above<'a> {
        if let Some(known) = self.above.get(&place) {
            return known.clone();
        }
        let names = |other: &Certificate| other.subject().matches(certificate.issuer());
        let is_other = |other: &Certificate| other != certificate && names(other);
        let anchors = self.anchors.iter().filter(|anchor| is_other(anchor));
        let anchors = anchors.filter(|it| self.asked.check_signature(certificate, it).is_ok());
        let wanted = certificate.authority_key_identifier();
        let others = self.pool.iter().enumerate().filter(|(_, other)| is_other(other));
        let mut others: Vec<(bool, usize)> = others
            .map(|(at, other)| (wanted.is_none() || other.subject_key_identifier() != wanted, at))
            .collect();
        others.sort_unstable();
        let mut found = Above { anchors: anchors.collect(), others: Vec::new() };
        for (_, at) in others {
            let Some(left) = self.signatures.checked_sub(1) else { break };
            self.signatures = left;
            let signed = |it: &&Certificate| self.asked.check_signature(certificate, it).is_ok();
            if self.pool.get(at).is_some_and(signed) {
                found.others.push(at);
            }
        }
        self.above.insert(place, found.clone());
        found
    }

    /// Whether an issuer keeps the rules that do not depend on what stands above it.
    fn is_good(&mut self, path: &[&Certificate], last: &Certificate, issuer: &Certificate) -> bool {
        let below = path.len();
        // One that is a trust anchor as well is judged as that.
        let is_anchor = self.anchors.contains(issuer);
        let alone = || -> Result<(), Broken> {
            self.asked.check_alone(issuer, is_anchor)?;
            self.asked.check_issuer(issuer, is_anchor, path.get(1..).unwrap_or_default())
        };
        let checked = match check_identifiers(last, issuer) {
            Ok(()) => alone().map_err(|broken| (below, issuer, broken)),
            Err(broken) => Err((below.saturating_sub(1), last, broken)),
        };
        let Err((link, at_fault, (rule, detail))) = checked else { return true };
        if self.broken.is_none() {
            let subject = at_fault.subject().to_string();
            self.broken = Some((below, ChainError { link, subject, rule, detail }));
        }
        false
    }
}

/// Whether two certificates are of the same name and key: a way that comes back to one goes in a
/// circle (RFC 4158 section 2.4.2).
fn is_same_holder(one: &Certificate, other: &Certificate) -> bool {
    one.public_key_info() == other.public_key_info() && one.subject().matches(other.subject())
}
