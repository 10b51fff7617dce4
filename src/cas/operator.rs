//! What only an operator may do.

use super::Cas;
#[cfg(doc)]
use super::call::OPERATOR_OPERATIONS;

/// The operations of whoever runs the service: they sell packages, vouch for the control of a domain and
/// sign revocation lists. [`Cas::call`] and the methods of [`Cas`] do none of it, so that who passes
/// requests of applicants on passes none of these ([`OPERATOR_OPERATIONS`]).
///
/// ```
/// use certwright::cas::{Cas, Config};
/// use certwright::time::SystemClock;
/// use certwright::MemoryStore;
/// let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default());
/// assert!(cas.call("AddPackage", r#"{ "Count": 5 }"#).is_err());
/// cas.operator().call("AddPackage", r#"{ "Count": 5 }"#)?;
/// cas.operator().add_package("digicert-free-1-free", 10)?;
/// # Ok::<(), certwright::cas::CasError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Operator<'c> {
    pub(super) cas: &'c Cas,
}

impl Cas {
    /// The operations that are not for applicants.
    pub fn operator(&self) -> Operator<'_> {
        Operator { cas: self }
    }
}
