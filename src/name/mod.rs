//! Names: distinguished names, alternative names, and constraints on them.

mod address;
pub(crate) mod alt;
mod attribute;
mod common_name;
mod comparison;
mod constraint;
mod directory;
pub(crate) mod distinguished;
mod dns;
mod email;
mod escape;
mod international;
mod ip_network;
mod name_type;
mod other;
mod pattern;
mod subtree;
mod text;
mod typed;
mod unchecked;
mod uri;

pub use self::attribute::{Attribute, AttributeType};
pub use self::constraint::NameConstraints;
pub use self::directory::DirectoryName;
pub use self::distinguished::NameBuilder;
pub use self::dns::DnsName;
pub use self::email::EmailAddress;
pub use self::ip_network::IpNetwork;
pub use self::other::OtherName;
pub use self::subtree::GeneralSubtree;
pub use self::unchecked::GeneralName;
pub use self::uri::Uri;

pub(crate) use self::alt::AltName;
pub(crate) use self::attribute::StringKind;
pub(crate) use self::common_name::{HostReading, read_as_host};
pub(crate) use self::distinguished::Name;
pub(crate) use self::pattern::{UpnPattern, UriPattern};
