//! The operations of a cloud certificate service, answered offline.
//!
//! Each operation is a value that has its parameters, and [`Cas::run`] answers it; [`Cas::call`] is the
//! same by name, over JSON. What only whoever runs the service may do is behind [`Cas::operator`].
//! [`rules`] has what each operation takes, answers and refuses; every default and inferred choice is in
//! [`Config`].
//!
//! ```
//! # #[cfg(feature = "ecc")] {
//! use certwright::cas::*;
//! use certwright::time::SystemClock;
//! use certwright::MemoryStore;
//! use serde_json::json;
//!
//! let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
//! let root = cas.run(&CreateRootCACertificate {
//!     subject: AuthoritySubject {
//!         common_name: "Example Root".into(), organization: "Example".into(),
//!         organization_unit: "Security".into(), locality: "Hangzhou".into(),
//!         state: "Zhejiang".into(), country_code: None,
//!     },
//!     years: 10, algorithm: Some("ECC_256".into()),
//!     ..Default::default()
//! })?;
//! // The same by name, over JSON.
//! let ca = cas.call("CreateSubCACertificate", &json!({
//!     "CommonName": "Example CA", "Organization": "Example", "OrganizationUnit": "Security",
//!     "Locality": "Hangzhou", "State": "Zhejiang", "Years": 5, "Algorithm": "ECC_256",
//!     "ParentIdentifier": root.identifier,
//! }).to_string())?;
//! let ca: CreatedAuthority = serde_json::from_str(&ca)?;
//! let csr = cas.run(&CreateCsr {
//!     algorithm: "ECC".into(), key_size: 256, common_name: "db.example".into(),
//!     country_code: "CN".into(), province: "Zhejiang".into(), locality: "Hangzhou".into(),
//!     ..Default::default()
//! })?;
//! let server = cas.run(&CreateServerCertificateWithCsr {
//!     csr: csr.csr,
//!     domain: Some("db.example,10.0.0.7".into()),
//!     leaf: TlsLeaf {
//!         parent_identifier: ca.identifier,
//!         validity: LeafValidity { days: Some(90), ..Default::default() },
//!         options: LeafOptions { immediately: Some(2), ..Default::default() },
//!         ..Default::default()
//!     },
//!     ..Default::default()
//! })?;
//! assert!(server.x509_certificate.is_some());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ca;
mod calls;
mod config;
mod csr;
mod described;
mod error;
mod json;
mod kept;
mod leaf;
mod limits;
mod operations;
mod order;
mod parameters;
mod probe;
mod resource;
mod service;
mod session;
mod shelf;
mod unsupported;

#[doc = include_str!("rules.md")]
pub mod rules {}

pub use self::ca::create::{CreateRootCACertificate, CreateSubCACertificate, CreatedAuthority};
pub use self::ca::crl::{CreateCrl, CreatedCrl};
pub use self::ca::describe::{
    DescribeCACertificate, DescribeCACertificateCount, DescribeCACertificateList,
    DescribedAuthority,
};
pub use self::ca::history::{
    CrlAddress, GetCaInstanceCrlAddress, ListCACertificateLog, LoggedStep,
};
pub use self::ca::lists::{
    DescribePcaAndExternalCACertificateList, ListPcaCaCertificate, ListedPca, ListedPcas,
};
pub use self::ca::revoke::UpdateCACertificateStatus;
pub use self::config::{
    AlgorithmRule, CommonNameRule, Config, CsrKeyRule, GeneratedKey, OrderOutliving, Product,
    ProductKind, RawMessage, RenewalRule, SerialForm, SubjectFromCsr, ValidityRule, WildcardBase,
};
pub use self::csr::structures::*;
pub use self::error::{CasError, ErrorKind};
pub use self::json::schema::{ParameterHelp, Secret};
pub use self::kept::structures::*;
pub use self::kept::warehouse_structures::*;
pub use self::kept::work_structures::*;
pub use self::leaf::all::{ListCert20200407, ListedCert};
pub use self::leaf::by_serial::{
    DescribeClientCertificateForSerialNumber, DescribeClientCertificateStatusForSerialNumber,
};
pub use self::leaf::custom_structures::*;
pub use self::leaf::found_structures::*;
pub use self::leaf::list_structures::*;
pub use self::leaf::tls_structures::*;
pub use self::leaf::warehouse::{
    CreateWHClientCertificate, RevokeWHClientCertificate, WarehouseLeaf,
};
pub use self::operations::{OPERATIONS, OPERATOR_OPERATIONS, Operation};
pub use self::order::*;
pub use self::parameters::groups::*;
pub use self::parameters::list::{List, PageAsked, TokenPage};
pub use self::parameters::subject::SubjectFields;
pub use self::parameters::tags::{AnsweredTag, TagParameter};
pub use self::parameters::validity::LeafValidity;
pub use self::probe::{DomainProbe, MapProbe, is_public_address};
pub use self::resource::group::MoveResourceGroup;
pub use self::resource::tag::{TagResources, UntagResources};
pub use self::resource::tag_list::*;
pub use self::resource::update::UpdatePcaCertificate;
pub use self::service::{ApplicantOperation, Cas, Operator, OperatorOperation};
pub use self::session::Answered;
pub use self::shelf::records::AuthorityRecord;
