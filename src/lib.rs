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
//! let policy = Policy::new(Profile::tls_server()).allow_dns(".internal").allow_ip("10.0.0.0/8")?;
//! let authority = Authority::new(ca, policy, MemoryStore::default());
//! let chain = authority.issue(&CertificateRequest::from_pem(&csr.to_pem())?)?;
//! print!("{}", chain.to_pem());
//! # }
//! # Ok::<(), certwright::Error>(())
//! ```
//!
//! # What cannot be done wrong
//!
//! - A [`CertificateRequest`] does not exist without its proof of possession.
//! - A request contributes a key and names. CA bits, key usages and everything else come from a
//!   [`Profile`].
//! - A [`Policy`] grants no name until it is told to, and a [`Review`] says of every requested item
//!   whether it is granted, overridden or denied, and why.
//! - An [`Issuer`] does not exist without a CA certificate and its key.
//! - Every signature is verified before it leaves, and every serial number is claimed in the store
//!   before anything is signed.
//!
//! # Features
//!
//! `ecc`, `rsa` and `sm2` (all on by default) choose the families of keys. The feature `rsa` brings in
//! the rsa crate, for which RUSTSEC-2023-0071 is listed: see the README.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
#![warn(unreachable_pub)]
// Whatever comes from outside, this crate answers with a result.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::unreachable, clippy::unwrap_used)]
// Without arithmetic of our own its types are empty, and what would use them is never reached.
#![cfg_attr(not(feature = "fast-arithmetic"), allow(unreachable_code))]
// With a family of keys or the operations left out, the code that only they use is dead.
#![cfg_attr(
    not(all(
        feature = "cas",
        feature = "ecc",
        feature = "encrypted-keys",
        feature = "fast-arithmetic",
        feature = "rsa",
        feature = "sealed-keys",
        feature = "sm2"
    )),
    allow(dead_code, unused_imports, unused_mut, unused_variables)
)]

mod algorithm;
mod arithmetic;
mod authority;
#[cfg(feature = "cas")]
pub mod cas;
mod certificate;
mod chain;
mod crl;
#[cfg(all(feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
mod curves;
mod distribution;
mod error;
mod hexadecimal;
mod issuer;
mod key;
#[cfg(feature = "rsa")]
mod lanes;
mod ledger;
mod limits;
mod lint;
mod name;
mod oid;
mod openssl_ca;
mod policy;
mod profile;
mod request;
mod revocation_list;
mod serial;
pub mod store;
pub mod testing;
mod usage;
mod validity;
mod wire;

pub use self::algorithm::{KeyAlgorithm, KeyFamily, SignatureAlgorithm, WeakKeys};
pub use self::arithmetic::{Arithmetic, ArithmeticCounts};
pub use self::authority::{
    Authority, Clock, FixedClock, Issued, ResumeSummary, RevocationRequest, SystemClock,
};
pub use self::certificate::Certificate;
pub use self::chain::{
    Chain, ChainVerifier, RevocationStatus, UnknownRevocation, UnusedList, Verified,
};
pub use self::crl::{CrlRequest, IssuedCrl};
#[cfg(all(fuzzing, feature = "fast-arithmetic", any(feature = "ecc", feature = "sm2")))]
#[doc(hidden)]
pub use self::curves::fuzzing as curves_fuzzing;
pub use self::distribution::CrlDistribution;
pub use self::error::{
    ChainError, ChainRule, Denied, Error, Malformed, Reason, Rule, SignerError, StoreError,
    StoreErrorKind,
};
pub use self::issuer::{Issuer, Prepared, Unattached};
pub use self::key::{
    KeyGeneration, KeyPair, Nonces, Progress, PublicKey, SealingKey, SecretBytes, SecretText,
    Signer, Sm2Id,
};
#[cfg(all(fuzzing, feature = "rsa"))]
#[doc(hidden)]
pub use self::lanes::fuzzing as lanes_fuzzing;
pub use self::ledger::{
    AuditAction, AuditEntry, AuditHead, CertificateRecord, CrlState, Filing, Identifier,
    IssuerDigest, IssuerRecord, Ledger, LedgerWriter, RecordState, RequestRecord, Revocation,
    RevocationReason, Tag, Verification,
};
pub use self::lint::{Finding, LintProfile, LintRule, Linter, Report, Severity, lint};
pub use self::name::{
    AltName, Attribute, AttributeType, DnsName, EmailAddress, IpNetwork, Name, NameBuilder,
    NameConstraints, Subtree, UncheckedName, Uri,
};
pub use self::oid::Oid;
pub use self::openssl_ca::{ExportSummary, ImportSummary};
pub use self::policy::{
    CommonName, Decision, Grant, OnDenial, Outliving, Period, Policy, Review, ReviewItem,
    RootLeaves,
};
pub use self::profile::{AltNames, Extension, KeyIdentifierMethod, LeafBasicConstraints, Profile};
pub use self::request::{CertificateRequest, RequestBuilder};
pub use self::revocation_list::RevocationList;
pub use self::serial::SerialNumber;
#[cfg(feature = "redb")]
pub use self::store::RedbStore;
pub use self::store::{MemoryStore, Store};
pub use self::usage::{ExtendedKeyUsage, KeyUsage};
pub use self::validity::{Lifetime, Time, Validity};

/// The code of the README, which runs as a test.
#[cfg(all(doctest, feature = "cas", feature = "ecc", feature = "sm2"))]
#[doc = include_str!("../README.md")]
struct Readme;
