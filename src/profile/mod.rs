//! What a certificate is for: the fields and extensions that a [`Profile`] gives it whatever the
//! request says.

mod extension;
pub(crate) mod template;

pub use self::extension::Extension;
pub use self::template::{AltNamePresence, KeyIdentifierMethod, LeafBasicConstraints};
pub use crate::oid::Oid;
pub use crate::usage::{ExtendedKeyUsage, KeyUsage};

pub(crate) use self::template::{Profile, Role};
