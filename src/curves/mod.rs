//! Signatures on elliptic curves: ECDSA over P-256, P-384 and P-521, and SM2, in safe Rust for any
//! processor, and for many at once on vectors (`lanes`). It knows nothing of certificates or files: numbers come and go as bytes.
//!
//! Written once, over the trait [`curve::Curve`] and the number of its words. What works on secrets
//! has no branch and no address that depends on them, and reads whole tables; functions that may
//! depend on what they work on have `public` in their names.
//!
//! Nothing that comes out is trusted: a signature is verified before the engine releases it, with
//! other tables than those it was made with; and where a sum meets an exception or a check fails, the
//! caller has the RustCrypto crates.

// Positions are bounded by the sizes of arrays, which are constants.
#![allow(clippy::indexing_slicing)]
// The constants are checked when this is compiled.
#![allow(clippy::panic)]

mod carry;
mod constants;
mod curve;
mod double;
#[cfg(test)]
mod faults;
#[cfg(fuzzing)]
pub mod fuzzing;
mod inverse;
mod inverse_many;
mod keys;
mod lanes;
mod modulus;
mod point;
mod primes;
mod recoding;
mod scheme;
mod sign_many;
#[cfg(test)]
mod spoiled;
mod tables;
#[cfg(test)]
mod tests;
mod verify_many;

#[cfg(test)]
pub(crate) use self::faults::Fault;
pub(crate) use self::keys::{CurveName, PublicKey, SecretKey};
pub(crate) use self::lanes::Lanes;
pub(crate) use self::scheme::Signature;
pub(crate) use self::sign_many::ToSign;
pub(crate) use self::verify_many::Signed;
