//! The folders of `openssl ca`: a CA moves out of the ledger into one, or out of one into the ledger.
//!
//! | file | what it holds |
//! |---|---|
//! | `index.txt` | a line for each certificate: its state, end, revocation, serial number and subject |
//! | `index.txt.attr` | whether a subject may have several certificates |
//! | `serial` | the next serial number, in hexadecimal |
//! | `crlnumber` | the number of the next CRL, in hexadecimal |
//! | `newcerts/` | each certificate, named by its serial number |
//! | `cacert.pem` | the CA's own certificate |
//! | `private/cakey.pem` | its key, which is never written here |
//! | `openssl.cnf` | the configuration that says all this to `openssl ca` |
//!
//! Out of the ledger leads [`Authority::export_openssl_ca`](crate::Authority::export_openssl_ca), into
//! it [`Authority::import_openssl_ca`](crate::Authority::import_openssl_ca). A CA that was run by
//! OpenSSL is taken over so:
//!
//! ```no_run
//! use certwright::crl::{CrlDistribution, CrlRequest, RevocationList, RevocationReason};
//! use certwright::key::KeyFamily;
//! use certwright::policy::RootLeaves;
//! use certwright::time::Lifetime;
//! use certwright::*;
//! let read = |file: &str| std::fs::read_to_string(file).map_err(|error| error.to_string());
//! let certificate = Certificate::from_pem(&read("ca/cacert.pem")?)?;
//! let key = KeyPair::from_pem(&read("ca/private/cakey.pem")?)?;
//! let issuer = Issuer::load([certificate], key)?;
//! // Such a CA is mostly a root that issues leaves itself, for keys of other families too.
//! let policy = Policy::new(Profile::tls_server())
//!     .allow_dns(".example.org")?
//!     .allow_key_families([KeyFamily::Rsa])
//!     .with_root_leaves(RootLeaves::Allow);
//! let authority = Authority::new(issuer.clone(), policy.clone(), RedbStore::create("ca.redb")?);
//! let taken = authority.import_openssl_ca("ca")?;
//! // The dates of the last list that was published, wherever that is: the next is not older.
//! authority.resume_from(&RevocationList::from_pem(&read("published.crl")?)?)?;
//! drop(authority);
//!
//! // Where the certificates say that their CRLs are, there they stay. OpenSSL writes no
//! // issuingDistributionPoint.
//! let url = taken.crl_urls.first().ok_or("no certificate says where its CRLs are")?;
//! let crls = CrlDistribution::at(url)?.without_issuing_distribution_point()?;
//! let issuer = issuer.with_crl_distribution(crls);
//! // From now on, at every start: the certificates, revocations and numbers are in the store; the issuer
//! // with its distribution and the policy are given again.
//! let authority = Authority::new(issuer, policy, RedbStore::open("ca.redb")?);
//! authority.revoke(&"02".parse()?, RevocationReason::Superseded)?;
//! let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(30)))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What to compare with the `openssl.cnf` of such a CA: `default_days` with
//! [`Profile::with_lifetime`](crate::Profile::with_lifetime), `basicConstraints = CA:FALSE` in leaves with
//! [`LeafBasicConstraints`](crate::profile::LeafBasicConstraints), and the key usages with those of the
//! profile.

mod configuration;
mod export;
mod import;
mod index;
mod problems;
mod revoked;
mod subject;

pub use self::export::ExportSummary;
pub use self::import::ImportSummary;

pub(crate) use self::export::export;
pub(crate) use self::import::import;

const ATTRIBUTES: &str = "index.txt.attr";
const CERTIFICATE: &str = "cacert.pem";
const CERTIFICATES: &str = "newcerts";
const CONFIGURATION: &str = "openssl.cnf";
const CRL_NUMBER: &str = "crlnumber";
const INDEX: &str = "index.txt";
const PRIVATE: &str = "private";
const SERIAL: &str = "serial";

/// A number as OpenSSL writes it: hexadecimal of upper case, two digits a byte.
fn hexadecimal(bytes: &[u8]) -> String {
    crate::hexadecimal::hexadecimal(bytes).to_uppercase()
}
