//! Parameters and answers in JSON: their kinds, their structures, their flat form.

pub(super) mod flat;
pub(super) mod schema;
pub(super) mod structures;
pub(super) mod text;
pub(super) mod xml;
