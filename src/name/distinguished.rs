//! Distinguished names: ordered, with repeatable attributes.

use std::fmt;
use std::str::FromStr;

use super::attribute::{Attribute, AttributeType};
use super::text;
use crate::error::{Error, may_be_secret, quoted};
use crate::limits::{NAME_ATTRIBUTES, NAME_TEXT_BYTES};

/// A distinguished name (RFC 5280 section 4.1.2.4): relative names in order, each of one or more
/// attributes, repeats kept.
///
/// A name that was read from a certificate or request keeps its bytes, so that it is written again
/// exactly as it came.
///
/// ```
/// use certwright::Name;
/// // RFC 4514 text: the most specific part comes first.
/// let name: Name = "CN=db.internal, O=Example, C=DE".parse()?;
/// assert_eq!(name.to_string(), "CN=db.internal,O=Example,C=DE");
///
/// // The builder goes in the order of the encoding.
/// let built = Name::builder().country("DE")?.organization("Example")?.common_name("db.internal")?;
/// assert_eq!(built.build(), name);
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Name {
    /// In the order of the encoding: the least specific first.
    relative: Vec<Vec<Attribute>>,
    /// The DER it was read from.
    raw: Option<Vec<u8>>,
}

impl Name {
    /// Builds a name attribute by attribute, the least specific first.
    pub fn builder() -> NameBuilder {
        NameBuilder { relative: Vec::new() }
    }

    /// The attributes in the order of the encoding.
    pub fn attributes(&self) -> impl DoubleEndedIterator<Item = &Attribute> {
        self.relative.iter().flatten()
    }

    /// The value of the last, most specific attribute of a type.
    pub fn value(&self, kind: AttributeType) -> Option<String> {
        self.attributes().rev().find(|attribute| attribute.kind() == kind).map(Attribute::value)
    }

    /// The common name: the most specific, where there are several.
    pub fn common_name(&self) -> Option<String> {
        self.value(AttributeType::COMMON_NAME)
    }

    /// Whether the name has no attribute.
    pub fn is_empty(&self) -> bool {
        self.relative.is_empty()
    }

    /// The relative names in the order of the encoding, each with its attributes, of which nearly always
    /// there is one (`CN=a+UID=b` has two).
    pub fn relative(&self) -> &[Vec<Attribute>] {
        &self.relative
    }

    /// A name as it was read.
    pub(crate) fn read(relative: Vec<Vec<Attribute>>, raw: Vec<u8>) -> Self {
        Self { relative, raw: Some(raw) }
    }

    /// A name from relative names in the order of the encoding, such as some of [`Name::relative`].
    ///
    /// ```
    /// use certwright::Name;
    /// let asked: Name = "CN=a+UID=b,OU=mine,C=DE".parse()?;
    /// let kept = asked.relative().iter().filter(|of| of.len() == 1).cloned().collect();
    /// assert_eq!(Name::from_relative(kept)?.to_string(), "OU=mine,C=DE");
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when a relative name has no attribute (X.501 wants one), or for more than 64
    /// attributes.
    pub fn from_relative(relative: Vec<Vec<Attribute>>) -> Result<Self, Error> {
        if relative.iter().any(Vec::is_empty) {
            return Err(Error::malformed("name", "", "a relative name without an attribute"));
        }
        check_count(&relative)?;
        Ok(Self { relative, raw: None })
    }

    /// A name from some of the relative names of another, which has no more attributes than allowed.
    pub(crate) fn of_part(relative: Vec<Vec<Attribute>>) -> Self {
        Self { relative, raw: None }
    }

    pub(crate) fn raw(&self) -> Option<&[u8]> {
        self.raw.as_deref()
    }
}

/// Two names are equal when they have the same attributes, in the same order, of the same string
/// types: that is when their encodings are the same.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (&self.raw, &other.raw) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => {
                self.relative.len() == other.relative.len()
                    && self.relative.iter().zip(&other.relative).all(|(a, b)| same_relative(a, b))
            }
        }
    }
}

impl Eq for Name {}

impl FromStr for Name {
    type Err = Error;

    /// Reads RFC 4514 text such as `CN=a,O=b`, the most specific first; blanks around `,` and `=`
    /// are allowed, `+` joins the attributes of one relative name.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the text is not of that form or an attribute breaks its bounds.
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = text::parse(text).and_then(Self::from_relative);
        let short = text.len() <= NAME_TEXT_BYTES;
        read.map_err(|error| match short && may_be_secret(text) {
            // The error names a part of the text, which does not look like a key by itself.
            true => Error::malformed("name", quoted(text), "not of RFC 4514's form"),
            false => error,
        })
    }
}

impl fmt::Display for Name {
    /// RFC 4514 text, the most specific first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.relative, f)
    }
}

fn check_count(relative: &[Vec<Attribute>]) -> Result<(), Error> {
    let count = relative.iter().map(Vec::len).sum::<usize>();
    match count > NAME_ATTRIBUTES {
        true => Err(Error::malformed(
            "name",
            "",
            format!("{count} attributes; at most {NAME_ATTRIBUTES}"),
        )),
        false => Ok(()),
    }
}

/// Whether two relative names have the same attributes: a SET has no order of its own.
fn same_relative(ours: &[Attribute], theirs: &[Attribute]) -> bool {
    let sorted = |attributes: &[Attribute]| {
        let mut sorted = attributes.to_vec();
        sorted.sort_by(|a, b| (a.kind(), a.bytes()).cmp(&(b.kind(), b.bytes())));
        sorted
    };
    sorted(ours) == sorted(theirs)
}

/// Builds a [`Name`], the least specific attribute first.
#[derive(Debug)]
pub struct NameBuilder {
    relative: Vec<Vec<Attribute>>,
}

impl NameBuilder {
    /// Adds countryName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn country(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::COUNTRY, value)
    }

    /// Adds stateOrProvinceName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn state_or_province(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::STATE_OR_PROVINCE, value)
    }

    /// Adds localityName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn locality(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::LOCALITY, value)
    }

    /// Adds organizationName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn organization(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::ORGANIZATION, value)
    }

    /// Adds organizationalUnitName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn organizational_unit(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::ORGANIZATIONAL_UNIT, value)
    }

    /// Adds commonName.
    ///
    /// # Errors
    /// As [`NameBuilder::attribute`].
    pub fn common_name(self, value: &str) -> Result<Self, Error> {
        self.attribute(AttributeType::COMMON_NAME, value)
    }

    /// Adds an attribute of any type as a relative name of its own.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value breaks the bounds of its type, and for more attributes
    /// than 64.
    pub fn attribute(mut self, kind: AttributeType, value: &str) -> Result<Self, Error> {
        self.relative.push(vec![Attribute::new(kind, value)?]);
        check_count(&self.relative)?;
        Ok(self)
    }

    /// The name.
    pub fn build(self) -> Name {
        Name { relative: self.relative, raw: None }
    }
}
