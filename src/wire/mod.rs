//! The only code that builds or splits DER and PEM.

pub(crate) mod algorithm;
mod base64;
pub(crate) mod certificate;
pub(crate) mod crl;
pub(crate) mod distinguished;
pub(crate) mod distribution_point;
pub(crate) mod envelope;
pub(crate) mod extension;
mod foreign;
pub(crate) mod general_name;
pub(crate) mod headers;
pub(crate) mod kind;
mod label;
pub(crate) mod pem;
pub(crate) mod policies;
pub(crate) mod private_key;
pub(crate) mod public_key;
pub(crate) mod request;
pub(crate) mod signature;
#[cfg(feature = "sm2")]
pub(crate) mod sm2_ciphertext;
pub(crate) mod time;
pub(crate) mod tlv;
