//! Building a certification request.

use std::fmt;

use zeroize::Zeroizing;

use super::proven::CertificateRequest;
use super::unverified::WHAT;
use crate::error::Error;
use crate::key::{Pinned, Signer};
use crate::limits::ALT_NAMES;
use crate::name::{AltName, GeneralName, Name};
use crate::oid::{
    CHALLENGE_PASSWORD, EXTENSION_REQUEST, MS_EXTENSION_REQUEST, Oid, SUBJECT_ALT_NAME,
};
use crate::profile::Extension;
use crate::wire::envelope;
use crate::wire::extension::alt_names;
use crate::wire::request::{RequestAttribute, encode_directory_string, encode_request_info};
use crate::wire::tlv::Values;

/// Builds a [`CertificateRequest`].
pub struct RequestBuilder {
    subject: Name,
    alt_names: Vec<GeneralName>,
    extensions: Vec<Extension>,
    attributes: Vec<RequestAttribute>,
    challenge_password: Option<Zeroizing<String>>,
}

impl CertificateRequest {
    /// Builds a request.
    pub fn builder(subject: Name) -> RequestBuilder {
        RequestBuilder::new(subject)
    }
}

impl RequestBuilder {
    pub(super) fn new(subject: Name) -> Self {
        Self {
            subject,
            alt_names: Vec::new(),
            extensions: Vec::new(),
            attributes: Vec::new(),
            challenge_password: None,
        }
    }

    /// Asks for an alternative name.
    #[must_use]
    pub fn alt_name(self, name: AltName) -> Self {
        self.alt_names([name])
    }

    /// Asks for alternative names.
    #[must_use]
    pub fn alt_names(mut self, names: impl IntoIterator<Item = AltName>) -> Self {
        self.alt_names.extend(names.into_iter().map(|name| GeneralName::from(&name)));
        self
    }

    /// Asks for an extension. Alternative names are asked for with [`RequestBuilder::alt_name`].
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Sets challengePassword (RFC 2985 section 5.4.1): 1 to 255 characters, sent in the clear.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is empty or longer.
    pub fn challenge_password(mut self, password: &str) -> Result<Self, Error> {
        if !(1..=255).contains(&password.chars().count()) {
            return Err(Error::malformed(
                WHAT,
                "challengePassword",
                "not 1 to 255 characters long",
            ));
        }
        self.challenge_password = Some(Zeroizing::new(password.to_owned()));
        Ok(self)
    }

    /// Adds an attribute with the DER of one value.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value is not one of DER, and for extensionRequest, which is
    /// written from the extensions.
    pub fn attribute(mut self, oid: Oid, value: &[u8]) -> Result<Self, Error> {
        if [EXTENSION_REQUEST, MS_EXTENSION_REQUEST].contains(&oid) {
            let problem = "extensionRequest is written from the extensions; use extension";
            return Err(Error::malformed(WHAT, oid.to_string(), problem));
        }
        let mut read = Values::new(WHAT, value)?;
        read.whole("attribute value")?;
        read.finish("attribute value")?;
        self.attributes.push(RequestAttribute { oid, values: value.to_vec() });
        Ok(self)
    }

    /// Signs the request. The answer of the signer is verified.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an extension or attribute that is there twice, an extension that is no
    /// DER, or more than 1000 names; [`Error::Signer`] when the signer fails
    /// or answers with a wrong signature.
    pub fn sign(self, signer: &dyn Signer) -> Result<CertificateRequest, Error> {
        let Self { subject, alt_names: names, mut extensions, mut attributes, challenge_password } =
            self;
        let malformed = |place: String, problem: &str| Error::malformed(WHAT, place, problem);
        if names.len() > ALT_NAMES {
            return Err(malformed("alternative names".to_owned(), "more than 1000"));
        }
        if !names.is_empty() {
            extensions.insert(0, alt_names(&names, false));
        }
        if let Some(password) = challenge_password {
            let values = encode_directory_string(&password);
            attributes.push(RequestAttribute { oid: CHALLENGE_PASSWORD, values });
        }
        let mut oids: Vec<Oid> = extensions.iter().map(|extension| extension.oid).collect();
        oids.extend(attributes.iter().map(|attribute| attribute.oid));
        for (index, oid) in oids.iter().enumerate() {
            if oids.iter().take(index).any(|other| other == oid) {
                let way = if *oid == SUBJECT_ALT_NAME { "; use alt_name" } else { "" };
                return Err(malformed(format!("{oid}"), &format!("given twice{way}")));
            }
        }
        let signer = Pinned::new(signer);
        let key = signer.public_key();
        let info = encode_request_info(&subject, &key.to_der(), &extensions, &attributes);
        let signature = signer.sign(WHAT, &info)?;
        let der = envelope::assemble(&info, signer.algorithm(), &signature);
        CertificateRequest::read_again(&der, key, &info)
    }
}

impl fmt::Debug for RequestBuilder {
    /// Shows no password, and no value of an attribute, which may be one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, alt_names, extensions, attributes, challenge_password } = self;
        let oids: Vec<Oid> = attributes.iter().map(|attribute| attribute.oid).collect();
        f.debug_struct("RequestBuilder")
            .field("subject", subject)
            .field("alt_names", alt_names)
            .field("extensions", extensions)
            .field("attributes", &oids)
            .field("challenge_password", &challenge_password.as_ref().map(|_| "…"))
            .finish()
    }
}
