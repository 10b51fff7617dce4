//! Certificates that are ready to be signed, once.

use std::error::Error as StdError;
use std::fmt;

use crate::algorithm::SignatureAlgorithm;
use crate::certificate::Certificate;
use crate::error::{Denied, Error, Reason, Rule, SignerError};
use crate::key::{Pinned, PublicKey, Signer, key_identifier};
use crate::lint;
use crate::name::{GeneralName, Name};
use crate::policy::{Decision, Grant, ReviewItem};
use crate::profile::{Extension, LeafBasicConstraints, Role};
use crate::serial::SerialNumber;
use crate::validity::Validity;
use crate::wire::certificate::{ToBeSigned, encode_to_be_signed};
use crate::wire::crl::distribution_points;
use crate::wire::envelope;
use crate::wire::extension::{
    BasicConstraints, alt_names, authority_key_identifier, basic_constraints, extended_key_usage,
    key_usage, name_constraints, subject_key_identifier,
};

/// What signers are asked to sign here, for their errors.
pub(super) const WHAT: &str = "certificate";

/// A certificate of which every byte is fixed but the signature. It is signed once: signing takes
/// it away.
#[derive(Debug)]
pub struct Prepared {
    /// The name and the key of the issuer it was prepared for.
    issuer: (Name, Vec<u8>),
    to_be_signed: Vec<u8>,
    algorithm: SignatureAlgorithm,
    serial: SerialNumber,
    validity: Validity,
    outcome: Vec<ReviewItem>,
}

/// What an issuer puts into everything it signs.
pub(super) struct SignedBy<'i> {
    pub(super) name: &'i Name,
    pub(super) key: &'i PublicKey,
    pub(super) key_identifier: &'i [u8],
    pub(super) algorithm: SignatureAlgorithm,
    /// Where the issuer's CRL for this certificate is.
    pub(super) crl_url: Option<&'i str>,
}

impl Prepared {
    /// The bytes to be signed: for an air-gapped key, whose signature
    /// [`Issuer::attach`](crate::Issuer::attach) takes.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The algorithm they are to be signed with.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The serial number.
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// The validity period, as it was cut.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// What became of each item of the request, and whether the validity was cut.
    pub fn outcome(&self) -> &[ReviewItem] {
        &self.outcome
    }

    /// Fixes the bytes of a certificate whose rules were checked; they are linted before anybody can
    /// sign them.
    pub(super) fn encode(
        grant: &Grant,
        by: &SignedBy<'_>,
        serial: SerialNumber,
        validity: Validity,
    ) -> Result<Self, Error> {
        let mut extensions = extensions(grant, by.key_identifier)?;
        extensions.extend(by.crl_url.map(distribution_points));
        let to_be_signed = encode_to_be_signed(&ToBeSigned {
            serial,
            signature: by.algorithm,
            issuer: by.name,
            validity,
            subject: &grant.subject,
            public_key: &grant.public_key.to_der(),
            extensions: &extensions,
        });
        lint::refuse(&to_be_signed)?;
        let issuer = (by.name.clone(), by.key.as_bytes().to_vec());
        let (algorithm, outcome) = (by.algorithm, grant.outcome.clone());
        Ok(Self { issuer, to_be_signed, algorithm, serial, validity, outcome })
    }

    /// Fails when it was prepared for another issuer: one would sign in the name of the other.
    pub(super) fn check_issuer(&self, name: &Name, key: &PublicKey) -> Result<(), Error> {
        let (prepared_for, prepared_key) = &self.issuer;
        if prepared_for == name && prepared_key == key.as_bytes() {
            return Ok(());
        }
        let given = format!("prepared by {prepared_for}");
        let allowed = format!("what {name} prepared itself, with the same key");
        let reason = Reason::new(Rule::IssuerKeyMismatch, "prepared certificate", given, allowed);
        Err(Error::NotAnIssuer(Denied { reasons: vec![reason] }))
    }

    /// Adds to the outcome that the validity was cut.
    pub(super) fn note(&mut self, cut: Option<ReviewItem>) {
        self.outcome.extend(cut);
    }

    /// The certificate, signed; the signature is verified once.
    pub(super) fn sign(&self, signer: &Pinned<impl Signer>) -> Result<Certificate, Error> {
        self.finish_verified(&signer.sign(WHAT, &self.to_be_signed)?)
    }

    /// The certificate with a signature that was made elsewhere.
    pub(super) fn finish(
        &self,
        signer: &Pinned<impl Signer>,
        signature: &[u8],
    ) -> Result<Certificate, Error> {
        signer.check(WHAT, &self.to_be_signed, signature)?;
        self.finish_verified(signature)
    }

    /// The certificate with a signature that was verified.
    pub(super) fn finish_verified(&self, signature: &[u8]) -> Result<Certificate, Error> {
        read_again(self.algorithm, &self.to_be_signed, signature)
    }
}

/// A certificate from its to-be-signed bytes and a signature: verified, read again, compared.
pub(super) fn assemble(
    signer: &Pinned<impl Signer>,
    to_be_signed: &[u8],
    signature: &[u8],
) -> Result<Certificate, Error> {
    signer.check(WHAT, to_be_signed, signature)?;
    read_again(signer.algorithm(), to_be_signed, signature)
}

fn read_again(
    algorithm: SignatureAlgorithm,
    to_be_signed: &[u8],
    signature: &[u8],
) -> Result<Certificate, Error> {
    let certificate =
        Certificate::from_der(&envelope::assemble(to_be_signed, algorithm, signature))?;
    certificate.require_usable()?;
    if certificate.version() != 3 || certificate.signature_algorithm()? != algorithm {
        return Err(SignerError::new("the certificate does not read back as it was written").into());
    }
    if certificate.to_be_signed() != to_be_signed {
        return Err(SignerError::new("the certificate does not read back as it was written").into());
    }
    Ok(certificate)
}

/// A signature that could not be attached, with the prepared certificate it was meant for.
pub struct Unattached {
    error: Error,
    prepared: Box<Prepared>,
}

impl Unattached {
    pub(super) fn new(error: Error, prepared: Prepared) -> Self {
        Self { error, prepared: Box::new(prepared) }
    }

    /// What was wrong.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The prepared certificate, for another try.
    pub fn into_prepared(self) -> Prepared {
        *self.prepared
    }
}

impl fmt::Debug for Unattached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unattached({:?}, serial {})", self.error, self.prepared.serial)
    }
}

impl fmt::Display for Unattached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signature was not attached: {}", self.error)
    }
}

impl StdError for Unattached {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.error)
    }
}

impl From<Unattached> for Error {
    fn from(unattached: Unattached) -> Self {
        unattached.error
    }
}

/// The extensions of a certificate, in the order in which OpenSSL lists them.
fn extensions(grant: &Grant, issuer_identifier: &[u8]) -> Result<Vec<Extension>, Error> {
    // Destructured, so that a new field of a grant is either written or left out by name.
    let Grant {
        profile,
        public_key,
        subject,
        alt_names: names,
        period: _,
        lifetime: _,
        max_lifetime: _,
        backdate: _,
        outliving: _,
        root_leaves: _,
        key_families: _,
        outcome: _,
    } = grant;
    let identifier = key_identifier(profile.key_identifier(), public_key.as_bytes());
    let mut extensions =
        vec![subject_key_identifier(&identifier), authority_key_identifier(issuer_identifier)];
    match (profile.role(), profile.leaf_basic_constraints()) {
        (Role::Authority { path_len }, _) => {
            extensions.push(basic_constraints(BasicConstraints { ca: true, path_len }));
        }
        (Role::EndEntity, LeafBasicConstraints::Include) => {
            extensions.push(basic_constraints(BasicConstraints { ca: false, path_len: None }));
        }
        (Role::EndEntity, LeafBasicConstraints::Omit) => {}
    }
    let usage = profile.key_usage(public_key.algorithm().family());
    if !usage.is_empty() {
        extensions.push(key_usage(usage));
    }
    if !profile.extended_key_usage().is_empty() {
        extensions.push(extended_key_usage(profile.extended_key_usage()));
    }
    if !names.is_empty() {
        let names: Vec<GeneralName> = names.iter().map(GeneralName::from).collect();
        // Critical where the subject is empty (RFC 5280 section 4.2.1.6).
        extensions.push(alt_names(&names, subject.is_empty()));
    }
    extensions.extend(profile.name_constraints().map(name_constraints));
    extensions.extend(profile.extensions().iter().cloned());
    for extension in &mut extensions {
        extension.critical |= profile.makes_critical(extension.oid);
    }
    Ok(extensions)
}

/// The item of an outcome that says that the validity was cut.
pub(super) fn cut(asked: &Validity, given: &Validity, by: &str) -> ReviewItem {
    let decision = Decision::Overridden { by: format!("{given}, {by}") };
    ReviewItem { kind: "validity", value: asked.to_string(), decision }
}
