//! What a policy is asked for.

use super::grant::Period;
use crate::key::PublicKey;
use crate::name::{AltName, Name};
use crate::profile::{Extension, Profile};
use crate::request::CertificateRequest;

/// What a policy is asked for: by a request, and by whoever holds the authority, whose own content
/// needs no leave.
pub(crate) struct Asked<'a> {
    pub(crate) public_key: &'a PublicKey,
    /// None where there is a bare key, which asks for nothing.
    pub(crate) request: Option<&'a CertificateRequest>,
    /// Instead of the policy's.
    pub(crate) profile: Option<&'a Profile>,
    /// Instead of the request's and the policy's.
    pub(crate) subject: Option<&'a Name>,
    /// Instead of the request's and the policy's.
    pub(crate) alt_names: Option<&'a [AltName]>,
    /// On top of the profile's.
    pub(crate) extensions: &'a [Extension],
    pub(crate) period: Period,
}

impl<'a> From<&'a CertificateRequest> for Asked<'a> {
    fn from(request: &'a CertificateRequest) -> Self {
        Self { request: Some(request), ..Self::from(request.public_key()) }
    }
}

impl<'a> From<&'a PublicKey> for Asked<'a> {
    fn from(public_key: &'a PublicKey) -> Self {
        Self {
            public_key,
            request: None,
            profile: None,
            subject: None,
            alt_names: None,
            extensions: &[],
            period: Period::Default,
        }
    }
}
