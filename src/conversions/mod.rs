//! Conversions to and from the types of other crates, each a feature of its own: off by default, since
//! their types are not ours to keep stable.
//!
//! What is read on the way in is read as [`Certificate::from_der`](crate::Certificate::from_der) and its
//! kin read it: nothing that they refuse comes in by another door.

#[cfg(feature = "pki-types")]
mod pki_types;
#[cfg(feature = "x509-cert")]
mod x509_cert;
