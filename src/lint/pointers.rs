//! Pointers to other things: distribution points, access to information (RFC 5280 sections 4.2.1.13,
//! 4.2.1.15, 4.2.2, 5.2.5 to 5.2.7).

use super::extensions::Extension;
use super::finding::{Notes, rules};
use super::general_name;
use super::reader::{Reader, STRUCTURE};
use crate::wire::tlv::{SEQUENCE, context};

const ISSUING: &str = "issuingDistributionPoint";

/// Holds a CRLDistributionPoints value against the rules, of the extension of that name or of
/// freshestCRL.
pub(super) fn check_points(extension: Extension<'_>, place: &'static str, notes: &mut Notes) {
    let Some(mut points) = extension.sequence(place, notes) else { return };
    if points.is_empty() {
        notes.add(&POINTS_EMPTY, place, "no point");
    }
    while !points.is_empty() {
        let Some(point) = points.take(SEQUENCE, notes) else { continue };
        let mut fields = point.inside(place);
        let name = fields.optional(context(0), notes);
        if let Some(name) = name {
            check_point_name(&mut name.inside(place), notes);
        }
        let reasons = fields.optional(0x81, notes);
        let issuer = fields.optional(context(2), notes);
        if let Some(names) = issuer {
            general_name::check_all(&mut names.inside(place), notes, &mut |_, _| {});
        }
        fields.finish(notes);
        if name.is_none() && issuer.is_none() {
            let given = if reasons.is_some() { "reasons alone" } else { "an empty point" };
            notes.add(&POINT_ALONE, place, given);
        }
    }
}

/// cRLDistributionPoints of a certificate.
pub(super) fn check_distribution(extension: Extension<'_>, notes: &mut Notes) {
    let place = "cRLDistributionPoints";
    if extension.critical {
        notes.add(&POINTS_CRITICAL, place, "critical");
    }
    check_points(extension, place, notes);
}

/// freshestCRL of a certificate or a list.
pub(super) fn check_freshest(extension: Extension<'_>, notes: &mut Notes) {
    let place = "freshestCRL";
    if extension.critical {
        notes.add(&FRESHEST_CRITICAL, place, "critical");
    }
    check_points(extension, place, notes);
}

/// authorityInfoAccess and subjectInfoAccess.
pub(super) fn check_access(extension: Extension<'_>, place: &'static str, notes: &mut Notes) {
    if extension.critical {
        notes.add(&ACCESS_CRITICAL, place, "critical");
    }
    let Some(mut descriptions) = extension.sequence(place, notes) else { return };
    if descriptions.is_empty() {
        notes.add(&ACCESS_EMPTY, place, "no description");
    }
    while !descriptions.is_empty() {
        let Some(description) = descriptions.take(SEQUENCE, notes) else { continue };
        let mut fields = description.inside(place);
        fields.oid(notes);
        match fields.next(notes) {
            Some(location) => general_name::check(location, place, notes),
            None => notes.add(&STRUCTURE, place, "a method without a location"),
        }
        fields.finish(notes);
    }
}

/// issuingDistributionPoint of a list; says whether the list is indirect.
pub(super) fn check_issuing(extension: Extension<'_>, notes: &mut Notes) -> bool {
    if !extension.critical {
        notes.add(&ISSUING_CRITICAL, ISSUING, "non-critical");
    }
    let Some(mut fields) = extension.sequence(ISSUING, notes) else { return false };
    if fields.is_empty() {
        notes.add(&ISSUING_EMPTY, ISSUING, "an empty sequence");
    }
    if let Some(name) = fields.optional(context(0), notes) {
        check_point_name(&mut name.inside(ISSUING), notes);
    }
    let users = fields.flag(0x81, notes);
    let authorities = fields.flag(0x82, notes);
    fields.optional(0x83, notes);
    let indirect = fields.flag(0x84, notes);
    let attributes = fields.flag(0x85, notes);
    fields.finish(notes);
    let scopes = [users, authorities, attributes];
    if scopes.into_iter().filter(|scope| *scope).count() > 1 {
        notes.add(&ISSUING_SCOPE, ISSUING, "two of the scopes that exclude each other");
    }
    indirect
}

/// A DistributionPointName.
fn check_point_name(choice: &mut Reader<'_>, notes: &mut Notes) {
    let place = choice.place;
    match choice.next(notes) {
        Some(name) if name.tag == context(0) => {
            general_name::check_all(&mut name.inside(place), notes, &mut |_, _| {});
        }
        // nameRelativeToCRLIssuer.
        Some(name) if name.tag == context(1) => {}
        _ => notes.add(&STRUCTURE, place, "no name of a distribution point"),
    }
    choice.finish(notes);
}

rules! { None;
    POINTS_CRITICAL = Warning "rfc5280-4.2.1.13-points-critical", "RFC 5280 section 4.2.1.13":
        "mark cRLDistributionPoints non-critical";
    POINTS_EMPTY = Error "rfc5280-4.2.1.13-points-empty", "RFC 5280 section 4.2.1.13":
        "give at least one distribution point, or leave the extension out";
    POINT_ALONE = Error "rfc5280-4.2.1.13-point-without-name", "RFC 5280 section 4.2.1.13":
        "give each point a distributionPoint or a cRLIssuer";
    FRESHEST_CRITICAL = Error "rfc5280-4.2.1.15-freshest-critical",
        "RFC 5280 sections 4.2.1.15 and 5.2.6":
        "mark freshestCRL non-critical";
    ACCESS_CRITICAL = Error "rfc5280-4.2.2-access-critical",
        "RFC 5280 sections 4.2.2.1, 4.2.2.2 and 5.2.7":
        "mark authorityInfoAccess and subjectInfoAccess non-critical";
    ACCESS_EMPTY = Error "rfc5280-4.2.2-access-empty", "RFC 5280 section 4.2.2":
        "describe at least one access, or leave the extension out";
    ISSUING_CRITICAL = Error "rfc5280-5.2.5-issuing-critical", "RFC 5280 section 5.2.5":
        "mark issuingDistributionPoint critical";
    ISSUING_EMPTY = Error "rfc5280-5.2.5-issuing-empty", "RFC 5280 section 5.2.5":
        "say something in issuingDistributionPoint, or leave it out";
    ISSUING_SCOPE = Error "rfc5280-5.2.5-issuing-scope", "RFC 5280 section 5.2.5":
        "set at most one of onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts";
}
