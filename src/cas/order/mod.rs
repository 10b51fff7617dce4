//! Orders of domain-validated certificates.
//!
//! A package gives quota of a product; an order uses one of it, and asks for a challenge; a
//! challenge that is met makes the order ready for the configured CA, which issues it.

mod application;
mod challenge;
mod create;
mod describe;
pub(super) mod document;
mod issuers;
mod list;
mod package;
mod progress;
mod renew;
mod state;
mod withdraw;

pub use self::application::CreateCertificateForPackageRequest;
pub use self::create::*;
pub use self::describe::*;
pub use self::document::Package;
pub use self::list::*;
pub use self::package::*;
pub use self::progress::{AttestOrder, OrderProgress};
pub use self::renew::*;
pub use self::state::{ORDER_MOVES, OrderAction, OrderMove, OrderState};
pub use self::withdraw::*;
