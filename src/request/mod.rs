//! Certification requests (RFC 2986): how a [`CertificateRequest`] is made, and how one is read
//! without being verified.

mod builder;
mod identifiers;
pub(crate) mod proven;
mod unverified;

pub use self::builder::RequestBuilder;
pub use self::unverified::UnverifiedRequest;

pub(crate) use self::proven::CertificateRequest;
