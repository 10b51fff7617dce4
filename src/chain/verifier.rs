//! Path validation (RFC 5280 section 6) of chains such as this crate issues.

use super::Chain;
use super::lists::{Signatures, Subject};
use super::names::{Broken, check_comparisons, check_constraints, covers};
use super::revocation::{self, UnknownRevocation};
use super::usable::{check_usable, unusable, unusable_anchor};
use super::verified::{Consulted, RevocationStatus, Verified};
use crate::certificate::Certificate;
use crate::error::{ChainError, ChainRule, Error};
use crate::key::{Arithmetic, PublicKey, Sm2Id};
use crate::name::AltName;
use crate::revocation_list::RevocationList;
use crate::usage::{ExtendedKeyUsage, KeyUsage, list};
use crate::validity::Time;
use crate::wire::extension::is_understood;

/// Verifies chains up to trust anchors, at an instant of the caller's choice.
///
/// Of a trust anchor the name and the key count (RFC 5280 section 6.1.1 d), its validity, and what its
/// extensions forbid. Its own signature is not looked at, nor its serial number; one of version 1 or 2,
/// which cannot have a CA bit, is taken for the CA that it is trusted to be.
///
/// Certificate policies are not evaluated: a chain whose policy extensions are critical is refused.
/// Names are compared as RFC 5280 section 7.1 has it: string types, case and blanks do not count.
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
    at: Time,
    purpose: Option<ExtendedKeyUsage>,
    name: Option<AltName>,
    sm2_id: Sm2Id,
    arithmetic: Arithmetic,
    lists: Option<(Vec<RevocationList>, UnknownRevocation)>,
}

impl ChainVerifier {
    /// A verifier that believes these certificates.
    pub fn new(anchors: impl IntoIterator<Item = Certificate>, at: Time) -> Self {
        Self {
            anchors: anchors.into_iter().collect(),
            at,
            purpose: None,
            name: None,
            sm2_id: Sm2Id::default(),
            arithmetic: Arithmetic::default(),
            lists: None,
        }
    }

    /// Also asks that the leaf is no CA and that every certificate may be used for this purpose,
    /// such as [`ExtendedKeyUsage::SERVER_AUTH`].
    #[must_use]
    pub fn with_purpose(mut self, purpose: ExtendedKeyUsage) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// Also asks that the leaf covers this name (RFC 9525; the common name does not count).
    #[must_use]
    pub fn with_name(mut self, name: AltName) -> Self {
        self.name = Some(name.canonical());
        self
    }

    /// Verifies SM2 signatures with this identifier of the issuers.
    #[must_use]
    pub fn with_sm2_id(mut self, id: Sm2Id) -> Self {
        self.sm2_id = id;
        self
    }

    /// Verifies signatures by this arithmetic. The default is [`Arithmetic::Fastest`].
    #[must_use]
    pub fn with_arithmetic(mut self, arithmetic: Arithmetic) -> Self {
        self.arithmetic = arithmetic;
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
    /// constraints, key usages, critical extensions, and what the caller asked for on top.
    ///
    /// # Errors
    /// [`Error::Chain`], which says which link breaks which rule; link 0 is the leaf.
    pub fn verify(&self, chain: &Chain) -> Result<Verified, Error> {
        let mut first = None;
        let mut signatures = Signatures::default();
        for path in self.paths(chain) {
            let mut found = Consulted::default();
            match self.verify_path(&path, chain, &mut signatures, &mut found) {
                Ok(()) => return Ok(Verified::new(&path, found, self.lists())),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| self.no_path(chain)))
    }

    fn verify_path(
        &self,
        path: &[&Certificate],
        chain: &Chain,
        signatures: &mut Signatures,
        found: &mut Consulted,
    ) -> Result<(), Error> {
        let fail = |link: usize, (rule, detail): Broken| {
            let subject = path.get(link).map(|c| c.subject().to_string()).unwrap_or_default();
            Error::Chain(ChainError { link, subject, rule, detail })
        };
        for (link, certificate) in path.iter().enumerate() {
            let is_anchor = link + 1 == path.len();
            check_usable(certificate, is_anchor).map_err(|broken| fail(link, broken))?;
            self.check_alone(certificate).map_err(|broken| fail(link, broken))?;
            if let Some(issuer) = path.get(link + 1) {
                self.check_link(certificate, issuer).map_err(|broken| fail(link, broken))?;
                let status = self.check_revocation(certificate, issuer, chain, signatures, found);
                found.statuses.push(status.map_err(|broken| fail(link, broken))?);
            }
            if link > 0 {
                // A self-issued certificate does not count (RFC 5280 section 6.1.4 l).
                let between = path.iter().take(link).skip(1);
                let counted = between.filter(|certificate| !certificate.is_self_issued()).count();
                self.check_issuer(certificate, is_anchor, counted)
                    .map_err(|broken| fail(link, broken))?;
            }
        }
        if let Some((anchor, below)) = path.split_last() {
            self.check_anchor(anchor, chain, signatures, found)
                .map_err(|broken| fail(below.len(), broken))?;
        }
        check_comparisons(path).map_err(|(link, broken)| fail(link, broken))?;
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
                check_constraints(constraints, certificate).map_err(|broken| fail(link, broken))?;
            }
        }
        let leaf = path.first().map_or(Ok(()), |leaf| self.check_leaf(leaf));
        leaf.map_err(|broken| fail(0, broken))
    }

    /// The ways from the leaf up to a trust anchor, that one included. There are several where a root
    /// was renewed: same name, same key.
    fn paths<'a>(&'a self, chain: &'a Chain) -> Vec<Vec<&'a Certificate>> {
        let mut paths = Vec::new();
        let mut path: Vec<&Certificate> = Vec::new();
        for certificate in chain.certificates() {
            path.push(certificate);
            if self.anchors.contains(certificate) {
                paths.push(path.clone());
            }
            // An anchor that the chain leaves out, as TLS servers do.
            let issuers = self.anchors.iter().filter(|anchor| {
                *anchor != certificate
                    && anchor.subject().matches(certificate.issuer())
                    && self.check_signature(certificate, anchor).is_ok()
            });
            paths.extend(issuers.map(|anchor| path.iter().copied().chain([anchor]).collect()));
        }
        paths
    }

    fn no_path(&self, chain: &Chain) -> Error {
        let certificates: Vec<&Certificate> = chain.certificates().collect();
        let link = certificates.len() - 1;
        let last = certificates.last().copied().unwrap_or(chain.leaf());
        let (issuer, count) = (last.issuer(), self.anchors.len());
        for (link, certificate) in certificates.iter().enumerate() {
            let check = |anchor: &Certificate| self.check_signature(certificate, anchor);
            if let Some((rule, detail)) = unusable_anchor(certificate, &self.anchors, check) {
                let subject = certificate.subject().to_string();
                return Error::Chain(ChainError { link, subject, rule, detail });
            }
        }
        let detail = format!("its issuer, {issuer}, is not among the {count} trust anchors");
        let (subject, rule) = (last.subject().to_string(), ChainRule::Trust);
        Error::Chain(ChainError { link, subject, rule, detail })
    }

    fn check_alone(&self, certificate: &Certificate) -> Result<(), Broken> {
        if !certificate.validity().contains(self.at) {
            let detail = format!("valid {}, not at {}", certificate.validity(), self.at);
            return Err((ChainRule::Validity, detail));
        }
        let unknown = certificate.extensions().iter().find(|e| e.critical && !is_understood(e.oid));
        if let Some(extension) = unknown {
            let named = extension.oid.named();
            let detail = format!("extension {named} is critical and not understood");
            return Err((ChainRule::CriticalExtension, detail));
        }
        match (self.purpose, certificate.extended_key_usage()) {
            (Some(purpose), Some(usages))
                if !usages.iter().any(|u| [purpose, ExtendedKeyUsage::ANY].contains(u)) =>
            {
                let detail = format!("only for {}, not for {purpose}", list(usages));
                Err((ChainRule::ExtendedKeyUsage, detail))
            }
            _ => Ok(()),
        }
    }

    fn check_link(&self, certificate: &Certificate, issuer: &Certificate) -> Result<(), Broken> {
        if !certificate.issuer().matches(issuer.subject()) {
            let detail = format!(
                "its issuer is {}, the next certificate is {}",
                certificate.issuer(),
                issuer.subject()
            );
            return Err((ChainRule::Names, detail));
        }
        let (wanted, found) =
            (certificate.authority_key_identifier(), issuer.subject_key_identifier());
        if let (Some(wanted), Some(found)) = (wanted, found)
            && wanted != found
        {
            let detail = "the authority key identifier is not the issuer's key identifier";
            return Err((ChainRule::KeyIdentifier, detail.to_owned()));
        }
        self.check_signature(certificate, issuer)
    }

    fn check_revocation(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        chain: &Chain,
        signatures: &mut Signatures,
        found: &mut Consulted,
    ) -> Result<RevocationStatus, Broken> {
        let Some((lists, unknown)) = &self.lists else { return Ok(RevocationStatus::NotAsked) };
        let subject = self.subject(certificate, issuer, chain)?;
        revocation::check(&subject, lists, *unknown, signatures, found)
    }

    /// A trust anchor that another one, or a certificate of the chain, issued is refused where a list
    /// of that names it.
    fn check_anchor(
        &self,
        anchor: &Certificate,
        chain: &Chain,
        signatures: &mut Signatures,
        found: &mut Consulted,
    ) -> Result<(), Broken> {
        let Some((lists, _)) = &self.lists else { return Ok(()) };
        let issuers = self.anchors.iter().chain(chain.certificates()).filter(|other| {
            *other != anchor
                && other.subject().matches(anchor.issuer())
                && self.check_signature(anchor, other).is_ok()
        });
        for issuer in issuers {
            let subject = self.subject(anchor, issuer, chain)?;
            revocation::check_anchor(&subject, lists, signatures, found)?;
        }
        Ok(())
    }

    fn subject<'c>(
        &self,
        certificate: &'c Certificate,
        issuer: &'c Certificate,
        chain: &Chain,
    ) -> Result<Subject<'c>, Broken> {
        let namesakes = self.anchors.iter().chain(chain.certificates()).filter(|other| {
            other.public_key_info() != issuer.public_key_info()
                && other.subject().may_match(certificate.issuer())
        });
        Ok(Subject {
            certificate,
            issuer,
            key: self.key_of(issuer)?,
            other_keys: namesakes.filter_map(|other| self.key_of(other).ok()).collect(),
            at: self.at,
        })
    }

    fn lists(&self) -> &[RevocationList] {
        self.lists.as_ref().map(|(lists, _)| lists.as_slice()).unwrap_or_default()
    }

    /// The key of an issuer, with the identifier of its SM2 signatures.
    fn key_of(&self, issuer: &Certificate) -> Result<PublicKey, Broken> {
        let key = issuer.public_key().map_err(|error| unusable(&error))?.clone();
        Ok(key.with_arithmetic(self.arithmetic).with_sm2_id(self.sm2_id.clone()))
    }

    fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), Broken> {
        certificate.verify_signature(&self.key_of(issuer)?).map_err(|error| match error {
            Error::InvalidSignature { .. } => {
                let detail = format!("not signed by the key of {}", issuer.subject());
                (ChainRule::Signature, detail)
            }
            other => unusable(&other),
        })
    }

    /// The rules on a certificate below which `intermediates` others stand before the leaf.
    fn check_issuer(
        &self,
        issuer: &Certificate,
        is_anchor: bool,
        intermediates: usize,
    ) -> Result<(), Broken> {
        // Before version 3 there is no CA bit: whoever trusts it says that it is a CA (section 6.1.4 k).
        let is_old_root = is_anchor && issuer.version() < 3 && issuer.is_self_issued();
        if !issuer.is_authority() && !is_old_root {
            return Err((ChainRule::BasicConstraints, "the issuer is not a CA".to_owned()));
        }
        if !issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::KEY_CERT_SIGN)) {
            let detail = "the issuer's key usage lacks keyCertSign".to_owned();
            return Err((ChainRule::KeyUsage, detail));
        }
        match issuer.path_len() {
            Some(limit) if intermediates > usize::from(limit) => {
                let detail = format!(
                    "{intermediates} intermediates below; its pathLenConstraint is {limit}"
                );
                Err((ChainRule::PathLength, detail))
            }
            _ => Ok(()),
        }
    }

    fn check_leaf(&self, leaf: &Certificate) -> Result<(), Broken> {
        if let Some(purpose) = self.purpose {
            if leaf.is_authority() {
                let detail = format!("a CA certificate, used for {purpose}");
                return Err((ChainRule::BasicConstraints, detail));
            }
            if let Some(usage) = leaf.key_usage()
                && !purpose.is_consistent_with(usage)
            {
                return Err((ChainRule::KeyUsage, format!("{usage}, not for {purpose}")));
            }
        }
        match &self.name {
            Some(name) if !leaf.alt_names().iter().any(|alt_name| covers(alt_name, name)) => {
                let found: Vec<String> = leaf.alt_names().iter().map(ToString::to_string).collect();
                let detail = format!("covers {}, not {name}", found.join(", "));
                Err((ChainRule::SubjectAltName, detail))
            }
            _ => Ok(()),
        }
    }
}
