//! Path validation (RFC 5280 section 6) of chains such as this crate issues.

use std::ops::ControlFlow;
use std::ptr;

use super::Chain;
use super::asked::Asked;
use super::lists::{Signatures, Subject, may_sign_lists};
use super::names::{Broken, check_comparisons, check_constraints};
use super::policies::{self, PolicyRules};
use super::revocation::{self, UnknownRevocation};
use super::search::{Path, Search};
use super::usable::unusable_anchor;
use super::verified::{Consulted, RevocationStatus, Verified};
use crate::certificate::Certificate;
use crate::error::{ChainError, ChainRule, Error};
use crate::key::{Arithmetic, Sm2Id};
use crate::name::AltName;
use crate::revocation_list::RevocationList;
use crate::usage::ExtendedKeyUsage;
use crate::validity::Time;

/// Verifies chains up to trust anchors, at an instant of the caller's choice.
///
/// Of a trust anchor the name and the key count (RFC 5280 section 6.1.1 d), its validity, and what its
/// extensions forbid. Its own signature is not looked at, nor its serial number; one of version 1 or 2,
/// which cannot have a CA bit, is taken for the CA that it is trusted to be.
///
/// Names are compared as RFC 5280 section 7.1 has it: string types, case and blanks do not count. The
/// certificates above the leaf may be in any order, and some that no path needs among them, as RFC 8446
/// section 4.4.2 wants of clients; what such a one breaks does not matter. Certificate policies are
/// evaluated as RFC 9618 has it.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use certwright::profile::ExtendedKeyUsage;
/// use certwright::{ChainVerifier, Issuer, KeyAlgorithm, KeyPair, Profile};
/// let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// let root = Issuer::self_signed("CN=Root".parse()?, Profile::root(), key()?)?;
/// let ca = root.delegate("CN=CA".parse()?, Profile::intermediate(0), key()?)?;
///
/// let now = root.certificate().validity().not_before();
/// let verifier = ChainVerifier::new([root.certificate().clone()], now);
/// let verified = verifier.verify(&ca.chain())?;
/// assert_eq!(verified.path().last(), Some(root.certificate()));
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChainVerifier {
    anchors: Vec<Certificate>,
    intermediates: Vec<Certificate>,
    asked: Asked,
    policies: PolicyRules,
    lists: Option<(Vec<RevocationList>, UnknownRevocation)>,
}

impl ChainVerifier {
    /// A verifier that believes these certificates.
    pub fn new(anchors: impl IntoIterator<Item = Certificate>, at: Time) -> Self {
        Self {
            anchors: anchors.into_iter().collect(),
            intermediates: Vec::new(),
            asked: Asked::at(at),
            policies: PolicyRules::default(),
            lists: None,
        }
    }

    /// Also looks among these certificates for issuers that a chain leaves out. They are not trusted.
    #[must_use]
    pub fn with_intermediates(
        mut self,
        intermediates: impl IntoIterator<Item = Certificate>,
    ) -> Self {
        self.intermediates = intermediates.into_iter().collect();
        self
    }

    /// Also asks that no more than this many intermediates stand between the leaf and the trust anchor.
    /// Self-issued ones do not count (RFC 5280 section 6.1.4 l). Without it there may be as many as the
    /// 10 certificates of a path have room for.
    #[must_use]
    pub fn with_max_intermediates(mut self, most: usize) -> Self {
        self.asked.intermediates = Some(most);
        self
    }

    /// Also asks that the leaf is no CA and that every certificate may be used for this purpose,
    /// such as [`ExtendedKeyUsage::SERVER_AUTH`].
    #[must_use]
    pub fn with_purpose(mut self, purpose: ExtendedKeyUsage) -> Self {
        self.asked.purpose = Some(purpose);
        self
    }

    /// Also asks that the leaf covers this name, of whatever type: a host or an address (RFC 9525), an
    /// e-mail address, a URI such as a SPIFFE ID, a user principal name and so on. Only alternative names
    /// count, never the common name. Hosts and schemes are the same in any case.
    #[must_use]
    pub fn with_name(mut self, name: AltName) -> Self {
        self.asked.name = Some(name.canonical());
        self
    }

    /// Also asks this of the certificate policies.
    #[must_use]
    pub fn with_policies(mut self, rules: PolicyRules) -> Self {
        self.policies = rules;
        self
    }

    /// Takes RSA keys of 1024 bits, which are too short: their signatures can be forged by who has the
    /// means. Without this a path with one is refused.
    #[must_use]
    pub fn dangerously_allow_rsa_1024(mut self) -> Self {
        self.asked.allows_rsa_1024 = true;
        self
    }

    /// Verifies SM2 signatures with this identifier of the issuers.
    #[must_use]
    pub fn with_sm2_id(mut self, id: Sm2Id) -> Self {
        self.asked.sm2_id = id;
        self
    }

    /// Verifies signatures by this arithmetic. The default is [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.asked.arithmetic = arithmetic;
        self
    }

    /// Also asks that no certificate below the trust anchor is revoked by these lists of its issuer.
    ///
    /// A list that verifies under the issuer's key is the issuer's. It permits what it covers while it
    /// is current: from its thisUpdate to its nextUpdate, or for 10 days where it has none. An entry on
    /// any list of the issuer refuses, whatever that list covers, a hold until a later delta or, once
    /// the list has expired, a later full list of the same scope has it no more. Lists that did not
    /// count are in [`Verified::unused_lists`], with the reason.
    #[must_use]
    pub fn with_revocation_lists(
        mut self,
        lists: impl IntoIterator<Item = RevocationList>,
        unknown: UnknownRevocation,
    ) -> Self {
        self.lists = Some((lists.into_iter().collect(), unknown));
        self
    }

    /// Verifies a chain: signatures, names, key identifiers, validity, CA bits, path lengths, name
    /// constraints, policies, key usages, critical extensions, and what the caller asked for on top.
    ///
    /// The certificates are taken in their order first, then in any other that leads to a trust anchor.
    ///
    /// # Errors
    /// [`Error::Chain`], which says which link breaks which rule; link 0 is the leaf. Where the
    /// certificates are not in order, the links are those of the path that came furthest.
    pub fn verify(&self, chain: &Chain) -> Result<Verified, Error> {
        let mut work = Work::default();
        let mut first = None;
        let ordered = self.in_order(chain);
        for path in &ordered {
            match self.verify_path(path, chain, &mut work) {
                Ok(verified) => return Ok(verified),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let pool = chain.above().iter().chain(&self.intermediates);
        let mut search = Search::new(&self.asked, &self.anchors, pool, chain.leaf());
        let found = search.each(&mut |path| {
            if ordered.iter().any(|known| is_same_path(known, path)) {
                return ControlFlow::Continue(());
            }
            match self.verify_path(path, chain, &mut work) {
                Ok(verified) => ControlFlow::Break(verified),
                Err(error) => {
                    first = first.take().or(Some(error));
                    ControlFlow::Continue(())
                }
            }
        });
        match found {
            ControlFlow::Break(verified) => Ok(verified),
            ControlFlow::Continue(()) => Err(first.unwrap_or_else(|| self.no_path(chain, search))),
        }
    }

    fn verify_path(
        &self,
        path: &[&Certificate],
        chain: &Chain,
        work: &mut Work,
    ) -> Result<Verified, Error> {
        let mut found = Consulted::default();
        let checked = self.check_path(path, chain, work, &mut found);
        checked.map_err(|(link, (rule, detail))| {
            let subject = path.get(link).map(|c| c.subject().to_string()).unwrap_or_default();
            Error::Chain(ChainError { link, subject, rule, detail })
        })?;
        Ok(Verified::new(path, found, self.lists()))
    }

    fn check_path(
        &self,
        path: &[&Certificate],
        chain: &Chain,
        work: &mut Work,
        found: &mut Consulted,
    ) -> Result<(), (usize, Broken)> {
        for (link, certificate) in path.iter().enumerate() {
            let at = |broken: Broken| (link, broken);
            let is_anchor = link + 1 == path.len();
            self.asked.check_alone(certificate, is_anchor).map_err(at)?;
            if let Some(issuer) = path.get(link + 1) {
                self.asked.check_link(certificate, issuer).map_err(at)?;
                let above = path.get(link + 1..).unwrap_or_default();
                let status = self.check_revocation(certificate, above, chain, work, found);
                found.statuses.push(status.map_err(at)?);
            }
            if let Some(below) = path.get(1..link) {
                self.asked.check_issuer(certificate, is_anchor, below).map_err(at)?;
            }
        }
        if let Some((anchor, below)) = path.split_last() {
            let checked = self.check_anchor(anchor, chain, work, found);
            checked.map_err(|broken| (below.len(), broken))?;
        }
        check_comparisons(path, &mut work.comparisons)?;
        // From the top, so that the constraint that stands highest is named.
        for (position, issuer) in path.iter().enumerate().skip(1).rev() {
            let Some(constraints) = issuer.name_constraints() else {
                continue;
            };
            for (link, certificate) in path.iter().enumerate().take(position) {
                // Nor is it asked, but as the leaf (RFC 5280 section 6.1.3 b and c).
                if link > 0 && certificate.is_self_issued() {
                    continue;
                }
                check_constraints(constraints, certificate).map_err(|broken| (link, broken))?;
            }
        }
        found.policies = policies::check(&self.policies, path)?.into_iter().collect();
        let leaf = path.first().map_or(Ok(()), |leaf| self.asked.check_leaf(leaf));
        leaf.map_err(|broken| (0, broken))
    }

    /// The ways from the leaf up to a trust anchor, that one included, in the order of the chain. There
    /// are several where a root was renewed: same name, same key.
    fn in_order<'a>(&'a self, chain: &'a Chain) -> Vec<Path<'a>> {
        let mut paths = Vec::new();
        let mut path: Path<'_> = Vec::new();
        for certificate in chain.certificates() {
            path.push(certificate);
            if self.anchors.contains(certificate) {
                paths.push(path.clone());
            }
            // An anchor that the chain leaves out, as TLS servers do.
            let issuers = self.anchors.iter().filter(|anchor| {
                *anchor != certificate
                    && anchor.subject().matches(certificate.issuer())
                    && self.asked.check_signature(certificate, anchor).is_ok()
            });
            paths.extend(issuers.map(|anchor| path.iter().copied().chain([anchor]).collect()));
        }
        paths
    }

    fn no_path(&self, chain: &Chain, search: Search<'_>) -> Error {
        let is_given_up = search.is_given_up();
        let Search { broken, longest, .. } = search;
        let in_order: Path<'_> = chain.certificates().collect();
        let is_in_order =
            in_order.windows(2).all(|pair| matches!(pair, [one, next] if names(one, next)));
        // What is in order is believed to be all that is meant.
        let broken = broken.filter(|(below, _)| !is_in_order || *below >= in_order.len());
        let is_longest = is_in_order && in_order.len() >= longest.len();
        let certificates = if is_longest { in_order } else { longest };
        for (link, certificate) in certificates.iter().enumerate() {
            let check = |anchor: &Certificate| self.asked.check_signature(certificate, anchor);
            if let Some((rule, detail)) = unusable_anchor(certificate, &self.anchors, check) {
                let subject = certificate.subject().to_string();
                return Error::Chain(ChainError { link, subject, rule, detail });
            }
        }
        if let Some((_, broken)) = broken {
            // What is wrong below is wrong first.
            let lower = certificates.iter().enumerate().find_map(|(link, certificate)| {
                let (rule, detail) = self.asked.check_alone(certificate, false).err()?;
                let subject = certificate.subject().to_string();
                Some(ChainError { link, subject, rule, detail })
            });
            return Error::Chain(lower.unwrap_or(broken));
        }
        let link = certificates.len().saturating_sub(1);
        let last = certificates.last().copied().unwrap_or(chain.leaf());
        let (issuer, count) = (last.issuer(), self.anchors.len());
        let mut detail = format!("its issuer, {issuer}, is not among the {count} trust anchors");
        if self.known(chain).any(|other| other != last && names(last, other)) {
            detail.push_str("; no certificate of that name that was given made its signature");
        }
        if is_given_up {
            detail.push_str("; the search for another way up took too long and was given up");
        }
        let (subject, rule) = (last.subject().to_string(), ChainRule::Trust);
        Error::Chain(ChainError { link, subject, rule, detail })
    }

    /// `above` are the issuer of the certificate and those above it.
    fn check_revocation(
        &self,
        certificate: &Certificate,
        above: &[&Certificate],
        chain: &Chain,
        work: &mut Work,
        found: &mut Consulted,
    ) -> Result<RevocationStatus, Broken> {
        let (Some((lists, unknown)), Some((issuer, _))) = (&self.lists, above.split_first()) else {
            return Ok(RevocationStatus::NotAsked);
        };
        let mut subject = self.subject(certificate, issuer, chain)?;
        let may_sign = |other: &&&Certificate| {
            other.subject().matches(certificate.issuer()) && may_sign_lists(other)
        };
        let path_keys = above.iter().filter(may_sign).map(|other| self.asked.key_of(other));
        subject.path_keys = path_keys.collect::<Result<_, _>>()?;
        revocation::check(&subject, lists, *unknown, &mut work.signatures, found)
    }

    /// A trust anchor that another one, or a certificate of the chain, issued is refused where a list
    /// of that names it.
    fn check_anchor(
        &self,
        anchor: &Certificate,
        chain: &Chain,
        work: &mut Work,
        found: &mut Consulted,
    ) -> Result<(), Broken> {
        let Some((lists, _)) = &self.lists else { return Ok(()) };
        let issuers = self.known(chain).filter(|other| {
            *other != anchor
                && other.subject().matches(anchor.issuer())
                && self.asked.check_signature(anchor, other).is_ok()
        });
        for issuer in issuers {
            let subject = self.subject(anchor, issuer, chain)?;
            revocation::check_anchor(&subject, lists, &mut work.signatures, found)?;
        }
        Ok(())
    }

    fn subject<'c>(
        &self,
        certificate: &'c Certificate,
        issuer: &'c Certificate,
        chain: &Chain,
    ) -> Result<Subject<'c>, Broken> {
        let namesakes = self.known(chain).filter(|other| {
            other.public_key_info() != issuer.public_key_info()
                && other.subject().may_match(certificate.issuer())
        });
        Ok(Subject {
            certificate,
            issuer,
            key: self.asked.key_of(issuer)?,
            path_keys: Vec::new(),
            other_keys: namesakes.filter_map(|other| self.asked.key_of(other).ok()).collect(),
            at: self.asked.at,
        })
    }

    fn lists(&self) -> &[RevocationList] {
        self.lists.as_ref().map(|(lists, _)| lists.as_slice()).unwrap_or_default()
    }

    /// Every certificate at hand.
    fn known<'c>(&'c self, chain: &'c Chain) -> impl Iterator<Item = &'c Certificate> {
        self.anchors.iter().chain(chain.certificates()).chain(&self.intermediates)
    }
}

/// What one verification remembers of its work.
#[derive(Debug, Default)]
struct Work {
    signatures: Signatures,
    /// Comparisons of names with constraints.
    comparisons: usize,
}

/// Whether the issuer of a certificate has the name of the next.
fn names(certificate: &Certificate, next: &Certificate) -> bool {
    certificate.issuer().matches(next.subject())
}

fn is_same_path(one: &[&Certificate], other: &[&Certificate]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| ptr::eq(*one, *other))
}
