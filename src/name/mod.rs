//! Names: distinguished names, alternative names, and constraints on them.

mod alt;
mod attribute;
mod common_name;
mod comparison;
mod constraint;
mod distinguished;
mod dns;
mod email;
mod ip_network;
mod subtree;
mod text;
mod uri;

pub use self::alt::{AltName, UncheckedName};
pub use self::attribute::{Attribute, AttributeType};
pub use self::constraint::NameConstraints;
pub use self::distinguished::{Name, NameBuilder};
pub use self::dns::DnsName;
pub use self::email::EmailAddress;
pub use self::ip_network::IpNetwork;
pub use self::subtree::Subtree;
pub use self::uri::Uri;

pub(crate) use self::attribute::StringKind;
pub(crate) use self::common_name::{HostReading, read_as_host};
