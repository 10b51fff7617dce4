//! What a revocation list covers of a certificate (RFC 5280 sections 5.2.5 and 6.3.3 b and d).

use crate::certificate::Certificate;
use crate::error::Error;
use crate::name::Name;
use crate::revocation_list::RevocationList;
use crate::wire::distribution_point::{IssuingDistributionPoint, PointName, Reasons};

/// The reasons for a revocation of which the list tells; or why it tells nothing of the certificate.
pub(super) fn covered(
    list: &RevocationList,
    certificate: &Certificate,
) -> Result<Reasons, &'static str> {
    let Some(scope) = list.scope() else { return Ok(Reasons::ALL) };
    let IssuingDistributionPoint {
        names,
        only_users,
        only_authorities,
        only_attributes,
        only_reasons,
        // Entries of other issuers are not read, and the others are the issuer's own.
        is_indirect: _,
    } = scope;
    if *only_attributes {
        return Err("it covers attribute certificates only");
    }
    if *only_users && certificate.is_authority() {
        return Err("it covers certificates of end entities only, and this is a CA's");
    }
    if *only_authorities && !certificate.is_authority() {
        return Err("it covers CA certificates only, and this is an end entity's");
    }
    let of_points = match names {
        None => Reasons::ALL,
        Some(names) => reasons_of_points(names, certificate)
            .ok_or("its distribution point is not one of those in the certificate")?,
    };
    let reasons = of_points.and(only_reasons.unwrap_or(Reasons::ALL));
    if reasons == Reasons::NONE { Err("it covers no reason") } else { Ok(reasons) }
}

/// The reasons that the certificate gives to the points of one of these names; none where no point
/// has one.
fn reasons_of_points(names: &[PointName], certificate: &Certificate) -> Option<Reasons> {
    let issuer = certificate.issuer();
    let same = |one: &PointName| names.iter().any(|other| is_same(one, other, issuer));
    let points = certificate.crl_points();
    if points.is_empty() {
        // A certificate without points has one of its issuer's name (section 6.3.3, last paragraph).
        return same(&PointName::Directory(issuer.clone())).then_some(Reasons::ALL);
    }
    // A list that another issuer makes is none of this issuer's.
    let matching = points.iter().filter(|point| !point.is_indirect);
    let matching = matching.filter(|point| point.names.iter().any(same));
    let reasons = matching.map(|point| point.reasons.unwrap_or(Reasons::ALL));
    reasons.reduce(Reasons::or)
}

/// Whether two names of distribution points are the same, where difference refuses.
fn is_same(one: &PointName, other: &PointName, issuer: &Name) -> bool {
    match (one, other) {
        (PointName::Uri(one), PointName::Uri(other)) => one == other,
        (PointName::Uri(_), _) | (_, PointName::Uri(_)) => false,
        (one, other) => match (directory(one, issuer), directory(other, issuer)) {
            (Ok(one), Ok(other)) => one.matches(&other),
            _ => false,
        },
    }
}

/// The directory name of a point: a relative one stands below the issuer's.
fn directory(name: &PointName, issuer: &Name) -> Result<Name, Error> {
    match name {
        PointName::Directory(name) => Ok(name.clone()),
        PointName::Relative(last) => {
            Name::from_relative([issuer.relative(), last.relative()].concat())
        }
        PointName::Uri(_) => Ok(Name::default()),
    }
}
