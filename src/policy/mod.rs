//! What an authority grants: a [`Policy`] reviews a request item by item, and a [`Review`] without
//! anything against it becomes a [`Grant`].

mod allowed;
mod asked;
mod choices;
mod claims;
mod consequences;
mod examine;
mod extensions;
mod grant;
mod item;
mod names;
mod review;
pub(crate) mod rules;

pub use self::choices::{CommonNameUse, OnDenial, Outliving, RequestPart, RootLeaves};
pub use self::grant::{Grant, Period};
pub use self::item::{Decision, ReviewItem};
pub use self::review::Review;

pub(crate) use self::asked::Asked;
pub(crate) use self::consequences::without_consequences;
pub(crate) use self::rules::Policy;
