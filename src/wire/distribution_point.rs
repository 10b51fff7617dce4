//! Where revocation lists are, and what they cover: cRLDistributionPoints and
//! issuingDistributionPoint (RFC 5280 sections 4.2.1.13 and 5.2.5), read.

use super::distinguished::read_name;
use super::tlv::{SEQUENCE, SET, Values, context, encode};
use crate::error::Error;
use crate::limits::CRL_URLS;
use crate::name::Name;

/// Reasons for a revocation, as the bits of ReasonFlags (RFC 5280 section 4.2.1.13).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Reasons(u16);

impl Reasons {
    /// None of them.
    pub(crate) const NONE: Self = Self(0);
    /// keyCompromise (1) to aACompromise (8).
    pub(crate) const ALL: Self = Self(0x1fe);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The content of a BIT STRING.
    fn read(what: &'static str, content: &[u8]) -> Result<Self, Error> {
        let Some((0..=7, bits @ (&[] | &[_] | &[_, _]))) =
            content.split_first().map(|(unused, bits)| (*unused, bits))
        else {
            return Err(Error::malformed(what, "reasons", "not the BIT STRING of ReasonFlags"));
        };
        let bit = |number: u16| {
            let byte = bits.get(usize::from(number / 8)).copied().unwrap_or_default();
            u16::from(byte >> (7 - number % 8) & 1) << number
        };
        Ok(Self((1..=8).map(bit).sum()))
    }
}

/// A name of a distribution point.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PointName {
    /// fullName, a directoryName.
    Directory(Name),
    /// nameRelativeToCRLIssuer: the last relative name, below that of the issuer.
    Relative(Name),
    /// fullName, a uniformResourceIdentifier.
    Uri(String),
}

/// A point of cRLDistributionPoints.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct DistributionPoint {
    /// In the forms that this crate reads.
    pub(crate) names: Vec<PointName>,
    pub(crate) reasons: Option<Reasons>,
    /// Whether another than the certificate's issuer makes the list.
    pub(crate) is_indirect: bool,
}

/// What an issuingDistributionPoint says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct IssuingDistributionPoint {
    /// None where it has no distribution point.
    pub(crate) names: Option<Vec<PointName>>,
    pub(crate) only_users: bool,
    pub(crate) only_authorities: bool,
    pub(crate) only_attributes: bool,
    pub(crate) only_reasons: Option<Reasons>,
    pub(crate) is_indirect: bool,
}

/// The URLs among the names of points.
pub(crate) fn urls<'n>(
    names: impl IntoIterator<Item = &'n PointName>,
) -> impl Iterator<Item = &'n String> {
    names.into_iter().filter_map(|name| match name {
        PointName::Uri(url) => Some(url),
        PointName::Directory(_) | PointName::Relative(_) => None,
    })
}

/// The points of a cRLDistributionPoints extension.
pub(crate) fn read_distribution_points(
    what: &'static str,
    der: &[u8],
) -> Result<Vec<DistributionPoint>, Error> {
    let place = "cRLDistributionPoints";
    let mut values = Values::inside(what, place, SEQUENCE, der)?;
    if values.is_empty() {
        return Err(Error::malformed(what, place, "no point"));
    }
    let (mut points, mut count) = (Vec::new(), 0);
    while !values.is_empty() {
        let mut point = values.enter(SEQUENCE, place)?;
        let name = point.optional(context(0), place)?;
        let names = name.map(|name| read_names(what, name, &mut count)).transpose()?;
        let reasons = point.optional(0x81, "reasons")?;
        let reasons = reasons.map(|content| Reasons::read(what, content)).transpose()?;
        let is_indirect = point.optional(context(2), "cRLIssuer")?.is_some();
        point.finish(place)?;
        if names.is_none() && !is_indirect {
            let problem = "a point without a name and an issuer (RFC 5280 section 4.2.1.13)";
            return Err(Error::malformed(what, place, problem));
        }
        let names = names.unwrap_or_default();
        points.push(DistributionPoint { names, reasons, is_indirect });
    }
    Ok(points)
}

pub(crate) fn read_issuing_distribution_point(
    what: &'static str,
    der: &[u8],
) -> Result<IssuingDistributionPoint, Error> {
    let place = "issuingDistributionPoint";
    let mut values = Values::inside(what, place, SEQUENCE, der)?;
    let name = values.optional(context(0), place)?;
    let names = name.map(|name| read_names(what, name, &mut 0)).transpose()?;
    let only_users = flag(&mut values, 0x81, "onlyContainsUserCerts")?;
    let only_authorities = flag(&mut values, 0x82, "onlyContainsCACerts")?;
    let reasons = values.optional(0x83, "onlySomeReasons")?;
    let only_reasons = reasons.map(|content| Reasons::read(what, content)).transpose()?;
    let is_indirect = flag(&mut values, 0x84, "indirectCRL")?;
    let only_attributes = flag(&mut values, 0x85, "onlyContainsAttributeCerts")?;
    values.finish(place)?;
    Ok(IssuingDistributionPoint {
        names,
        only_users,
        only_authorities,
        only_attributes,
        only_reasons,
        is_indirect,
    })
}

/// A BOOLEAN with this tag, false where it is not there.
fn flag(values: &mut Values<'_>, tag: u8, place: &str) -> Result<bool, Error> {
    match values.optional(tag, place)? {
        None | Some([0]) => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(Error::malformed(values.what(), place, "not a BOOLEAN of DER")),
    }
}

/// The names of a DistributionPointName; those in other forms than [`PointName`] has are passed over.
/// `count` is the number of names read before.
fn read_names(what: &'static str, der: &[u8], count: &mut usize) -> Result<Vec<PointName>, Error> {
    let place = "distributionPoint";
    let mut choice = Values::new(what, der)?;
    if let Some(relative) = choice.optional(context(1), place)? {
        choice.finish(place)?;
        let whole = encode(SEQUENCE, &[&encode(SET, &[relative])]);
        let name = read_name(&mut Values::new(what, &whole)?, place)?;
        return Ok(vec![PointName::Relative(name)]);
    }
    let Some(full) = choice.optional(context(0), place)? else {
        return Err(Error::malformed(what, place, "neither fullName nor nameRelativeToCRLIssuer"));
    };
    choice.finish(place)?;
    let mut values = Values::new(what, full)?;
    let mut names = Vec::new();
    while !values.is_empty() {
        *count += usize::from(matches!(values.peek(), Some(URI | DIRECTORY_NAME)));
        if *count > CRL_URLS {
            return Err(Error::malformed(what, place, format!("more than {CRL_URLS} URLs")));
        }
        match values.peek() {
            Some(URI) => {
                let url = String::from_utf8_lossy(values.content(URI, place)?).into_owned();
                names.push(PointName::Uri(url));
            }
            Some(DIRECTORY_NAME) => {
                let mut inside = values.enter(DIRECTORY_NAME, place)?;
                names.push(PointName::Directory(read_name(&mut inside, place)?));
                inside.finish(place)?;
            }
            _ => {
                values.whole(place)?;
            }
        }
    }
    Ok(names)
}

const URI: u8 = 0x86;
const DIRECTORY_NAME: u8 = 0xa4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_the_bits_of_their_numbers() {
        let read = |content: &[u8]| Reasons::read("test", content);
        assert_eq!(read(&[5, 0x60]).unwrap(), Reasons(1 << 1 | 1 << 2));
        assert_eq!(read(&[7, 0x9f, 0x80]).unwrap(), Reasons(0x1f8));
        assert_eq!(read(&[7, 0x7f, 0x80]).unwrap(), Reasons::ALL);
        assert_eq!(read(&[0]).unwrap(), Reasons::NONE);
        assert_eq!(read(&[5, 0x60]).unwrap().or(read(&[7, 0x1f, 0x80]).unwrap()), Reasons::ALL);
        for content in [&[][..], &[8, 0], &[0, 0, 0, 0]] {
            assert!(read(content).is_err(), "{content:?}");
        }
    }
}
