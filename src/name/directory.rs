//! Distinguished names as alternative names: directoryName (RFC 5280 section 4.2.1.6).

use std::fmt;

use super::attribute::Attribute;
use super::distinguished::Name;
use crate::error::Error;

/// A distinguished name that keeps the bounds of its attributes, in this crate's own encoding.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DirectoryName {
    /// As [`Name::relative`], each sorted: a SET has no order.
    relative: Vec<Vec<Attribute>>,
}

impl DirectoryName {
    /// A name that is not empty, each attribute as [`Attribute::new`] makes it.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it has no attribute, or one breaks its bounds or is no text in its
    /// string type.
    pub fn new(name: &Name) -> Result<Self, Error> {
        if name.is_empty() {
            return Err(Error::malformed("directoryName", "", "a name without an attribute"));
        }
        let again = |attribute: &Attribute| {
            Attribute::new(attribute.kind(), &attribute.certifiable_text()?)
        };
        let relative = name.relative().iter().map(|attributes| {
            let mut attributes = attributes.iter().map(again).collect::<Result<Vec<_>, _>>()?;
            attributes.sort();
            Ok(attributes)
        });
        Ok(Self { relative: relative.collect::<Result<_, Error>>()? })
    }

    /// The name.
    pub fn to_name(&self) -> Name {
        Name::of_part(self.relative.clone())
    }
}

impl fmt::Display for DirectoryName {
    /// RFC 4514 text, the most specific first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_name().fmt(f)
    }
}
