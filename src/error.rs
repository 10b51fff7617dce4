//! What can go wrong, named by who must act: the parts of an [`Error`].

pub(crate) mod cause;
mod chain;
mod denied;
mod failure;
mod shown;
mod unusable;

pub use self::cause::Malformed;
pub use self::chain::{ChainError, ChainRule};
pub use self::denied::{Denied, Reason, Rule};
pub use self::failure::{SignerError, StoreError, StoreErrorKind};
pub use self::shown::{quoted, scrubbed};

pub(crate) use self::cause::Error;
pub(crate) use self::shown::{cut, may_be_secret, shown_path};
pub(crate) use self::unusable::Unusable;
