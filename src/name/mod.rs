//! Names: distinguished names, alternative names, and constraints on them.

mod alt;
mod attribute;
mod constraint;
mod distinguished;
mod dns;
mod email;
mod text;
mod uri;

pub use self::alt::{AltName, UncheckedName};
pub use self::attribute::{Attribute, AttributeType};
pub use self::constraint::{IpNetwork, NameConstraints, Subtree};
pub use self::distinguished::{Name, NameBuilder};
pub use self::dns::DnsName;
pub use self::email::EmailAddress;
pub use self::uri::Uri;

pub(crate) use self::attribute::StringKind;
