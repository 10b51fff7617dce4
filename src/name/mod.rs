//! Names: distinguished names, alternative names, and constraints on them.

pub(crate) mod alt;
mod attribute;
mod common_name;
mod comparison;
mod constraint;
pub(crate) mod distinguished;
mod dns;
mod email;
mod escape;
mod ip_network;
mod subtree;
mod text;
mod unchecked;
mod uri;

pub use self::attribute::{Attribute, AttributeType};
pub use self::constraint::NameConstraints;
pub use self::distinguished::NameBuilder;
pub use self::dns::DnsName;
pub use self::email::EmailAddress;
pub use self::ip_network::IpNetwork;
pub use self::subtree::Subtree;
pub use self::unchecked::UncheckedName;
pub use self::uri::Uri;

pub(crate) use self::alt::AltName;
pub(crate) use self::attribute::StringKind;
pub(crate) use self::common_name::{HostReading, read_as_host};
pub(crate) use self::distinguished::Name;
