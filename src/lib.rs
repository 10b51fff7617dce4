//! An offline CSR and private-CA engine: RSA, the NIST curves and SM2 in pure Rust.
//!
//! A [`KeyPair`] signs a [`CertificateRequest`]; an [`Issuer`] is a CA certificate with its key; a
//! [`Policy`] says what is granted; an [`Authority`] puts them together with a [`Store`] and issues a
//! [`Chain`]:
//!
//! ```
//! # #[cfg(feature = "ecc")] {
//! use certwright::*;
//! let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
//! let csr = CertificateRequest::builder("CN=db.internal".parse()?)
//!     .alt_name(AltName::dns("db.internal")?)
//!     .alt_name(AltName::Ip([10, 0, 0, 7].into()))
//!     .sign(&key)?;
//!
//! let ca_key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
//! let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), ca_key()?)?;
//! let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), ca_key()?)?;
//!
//! let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?.allow_ip("10.0.0.0/8")?;
//! let authority = Authority::new(ca, policy, MemoryStore::default());
//! let chain = authority.issue(&CertificateRequest::from_pem(&csr.to_pem())?)?;
//! print!("{}", chain.to_pem());
//! # }
//! # Ok::<(), certwright::Error>(())
//! ```
//!
//! [`Authority::issue_many`] issues batches; an [`Issuance`](issuance::Issuance) asks for what has no request: a bare
//! public key, with a subject, names and extensions of the operator's own. [`RedbStore`] keeps all of it in one file.
//!
//! # Guarantees
//!
//! - A [`CertificateRequest`] does not exist without its proof of possession.
//! - A request contributes a key and names. CA bits, key usages and everything else come from a
//!   [`Profile`].
//! - A [`Policy`] grants no name until it is told to, and a [`Review`](policy::Review) says of every requested item
//!   whether it is granted, overridden or denied, and why.
//! - An [`Issuer`] does not exist without a CA certificate and its key.
//! - Every signature is verified before it is returned, and every serial number is claimed in the store
//!   before anything is signed.
//!
//! # Features
//!
//! `ecc`, `rsa` and `sm2` (all on by default) choose the families of keys. The feature `rsa` brings in
//! the rsa crate, for which RUSTSEC-2023-0071 is listed: see the README. Also on by default: `redb`
//! ([`RedbStore`]), `sealed-keys` (private keys in the store), `encrypted-keys` (key files under a
//! passphrase), `fast-arithmetic` (arithmetic of our own), `openssl-ca` and `cas`. Off: `cli` (the
//! command), `serve` (the same over HTTP), `postgres` ([`PostgresStore`](store::PostgresStore)), `pki-types` and `x509-cert` (conversions). Keys of P-256 and a
//! store in a file need `ecc`, `fast-arithmetic` and `redb`, and `sealed-keys` where the CA's key is in that
//! file too.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
// What may grow must not break its users: an exception says why it cannot.
#![deny(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![warn(unreachable_pub)]
// Whatever comes from outside, this crate answers with a result.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::unreachable, clippy::unwrap_used)]
// Without arithmetic of our own, or without any family of keys, their types are empty, and what would
// use them is never reached.
#![cfg_attr(
    any(
        not(feature = "fast-arithmetic"),
        not(any(feature = "ecc", feature = "rsa", feature = "sm2"))
    ),
    allow(unreachable_code)
)]
// With a family of keys or the operations left out, the code that only they use is dead.
#![cfg_attr(
    not(all(
        feature = "cas",
        feature = "ecc",
        feature = "encrypted-keys",
        feature = "fast-arithmetic",
        feature = "openssl-ca",
        feature = "rsa",
        feature = "sealed-keys",
        feature = "sm2"
    )),
    allow(dead_code, unused_imports, unused_mut, unused_variables)
)]

mod algorithm;
mod arithmetic;
mod authority;
#[cfg(any(
    feature = "rsa",
    all(feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2"))
))]
mod carry;
#[cfg(feature = "cas")]
#[allow(clippy::exhaustive_enums, clippy::exhaustive_structs)] // The service is as it is.
pub mod cas;
mod certificate;
mod chain;
#[cfg(any(feature = "pki-types", feature = "x509-cert"))]
mod conversions;
pub mod crl;
#[cfg(all(feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
mod curves;
mod distribution;
pub mod error;
#[cfg(any(feature = "ecc", feature = "sm2"))]
mod hashes;
mod hexadecimal;
mod issuer;
pub mod key;
#[cfg(feature = "rsa")]
mod lanes;
pub mod ledger;
mod limits;
pub mod lint;
pub mod name;
mod oid;
#[cfg(feature = "openssl-ca")]
#[cfg_attr(docsrs, doc(cfg(feature = "openssl-ca")))]
pub mod openssl_ca;
pub mod policy;
pub mod profile;
pub mod request;
mod revocation_list;
#[cfg(feature = "rsa")]
mod scalar;
mod serial;
pub mod store;
pub mod testing;
mod usage;
mod validity;
#[cfg(any(feature = "ecc", feature = "rsa", feature = "sm2"))]
mod vectors;
mod wire;

// The first page: what most programs name. Everything else is in one of the modules, and nothing in two
// places (tests/first_page.rs).
pub use self::algorithm::KeyAlgorithm;
pub use self::authority::Authority;
pub use self::certificate::Certificate;
pub use self::chain::{Chain, ChainVerifier};
pub use self::error::cause::Error;
pub use self::issuer::Issuer;
pub use self::key::pair::KeyPair;
pub use self::key::signer::Signer;
pub use self::name::alt::AltName;
pub use self::name::distinguished::Name;
pub use self::policy::rules::Policy;
pub use self::profile::template::Profile;
pub use self::request::proven::CertificateRequest;
pub use self::serial::SerialNumber;
pub use self::store::contract::Store;
pub use self::store::memory::MemoryStore;
#[cfg(feature = "redb")]
pub use self::store::redb::RedbStore;

/// What is asked of an [`Authority`], what it answers, and certificates that are signed elsewhere.
pub mod issuance {
    pub use crate::authority::{Issuance, Issued};
    pub use crate::issuer::{Prepared, Unattached};
}

/// Points in time, spans of it, and clocks.
pub mod time {
    pub use crate::authority::{Clock, FixedClock, SystemClock};
    pub use crate::validity::{Lifetime, Time, Validity};
}

/// What a [`ChainVerifier`] is told and answers.
pub mod verify {
    pub use crate::certificate::bundle::{Bundle, Skipped};
    pub use crate::chain::{
        PolicyRules, RevocationStatus, UnknownRevocation, UnusedList, Verified,
    };
}

#[cfg(all(fuzzing, feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
#[doc(hidden)]
pub use self::curves::fuzzing as curves_fuzzing;
#[cfg(all(fuzzing, feature = "rsa"))]
#[doc(hidden)]
pub use self::lanes::fuzzing as lanes_fuzzing;

/// The code of the README, which runs as a test.
#[cfg(all(doctest, feature = "cas", feature = "ecc", feature = "sm2"))]
#[doc = include_str!("../README.md")]
struct Readme;
