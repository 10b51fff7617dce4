//! The rules of the service, and how a file says them.

mod choices;
mod kinds;
mod rules;
mod tables;

pub use self::choices::{
    CommonNameRule, GeneratedKey, OrderOutliving, ProductKind, RawMessage, RenewalRule, SerialForm,
    SubjectFromCsr, ValidityRule, WildcardBase,
};
pub use self::rules::Config;
pub use self::tables::{AlgorithmRule, CsrKeyRule, Product};
