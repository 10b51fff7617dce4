//! Certification requests (RFC 2986): how a [`CertificateRequest`] is made.

mod builder;
pub(crate) mod proven;

pub use self::builder::RequestBuilder;

pub(crate) use self::proven::CertificateRequest;
