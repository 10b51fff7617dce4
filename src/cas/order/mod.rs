//! Section 5: orders of domain-validated certificates.
//!
//! A package gives quota of a product; an order uses one of it, and asks for a challenge; a
//! challenge that is met makes the order ready for the configured CA, which issues it.

mod application;
mod challenge;
mod create;
mod describe;
mod document;
mod list;
mod package;
mod probe;
mod progress;
mod renew;
mod state;
mod withdraw;

pub use self::create::*;
pub use self::describe::*;
pub use self::list::*;
pub use self::package::*;
pub use self::probe::{DomainProbe, MapProbe, is_public_address};
pub use self::progress::{AttestOrderRequest, AttestOrderResponse};
pub use self::renew::*;
pub use self::state::{ORDER_MOVES, OrderAction, OrderMove, OrderState};
pub use self::withdraw::*;

#[cfg(doc)]
pub(super) use self::document::{OrderDocument, PackageDocument};
