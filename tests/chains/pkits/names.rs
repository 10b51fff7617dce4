//! Names from link to link.

use certwright::error::ChainRule;

use super::*;

const COUNTRY: &str = "2.5.4.6";
const ORGANIZATION: &str = "2.5.4.10";
const UNIT: &str = "2.5.4.11";

#[test]
fn section_4_3_verifying_name_chaining() {
    Pki::run(|pki| {
        let named = |subject: Vec<u8>, issuer: Vec<u8>| {
            let ca = pki.authority(&pki.anchor, "", 1, |draft| draft.field(SUBJECT, subject));
            let leaf = pki.leaf(&ca, |draft| draft.field(ISSUER, issuer));
            pki.question(&[&ca], leaf)
        };
        let organized = |tag, organization: &[u8], name: &[u8]| {
            let country = (COUNTRY, PRINTABLE, &b"US"[..]);
            let organization = (ORGANIZATION, tag, organization);
            craft::name(&[country, organization, (COMMON_NAME, tag, name)])
        };
        let good = || organized(PRINTABLE, b"Test Certificates", b"Good CA");
        let swapped = craft::name(&[
            (ORGANIZATION, PRINTABLE, b"Test Certificates"),
            (COUNTRY, PRINTABLE, b"US"),
            (COMMON_NAME, PRINTABLE, b"Good CA"),
        ]);
        let attributes = |ids: &[&str]| {
            let mut all = vec![(COUNTRY, PRINTABLE, &b"US"[..])];
            all.extend(ids.iter().map(|id| (*id, PRINTABLE, &b"Gizmo"[..])));
            craft::name(&all)
        };
        let same = |name: Vec<u8>| named(name.clone(), name);
        // dnQualifier, stateOrProvinceName, serialNumber; localityName, title, surname, givenName,
        // initials, pseudonym, generationQualifier.
        let mandatory = ["2.5.4.46", "2.5.4.8", "2.5.4.5", ORGANIZATION, UNIT];
        let optional =
            ["2.5.4.7", "2.5.4.12", "2.5.4.4", "2.5.4.42", "2.5.4.43", "2.5.4.65", "2.5.4.44"];
        let refused = || Refused(0, ChainRule::Names);
        judge(vec![
            ("4.3.1 name chaining", named(good(), common_name("Bad CA")), refused()),
            ("4.3.2 name chaining order", named(good(), swapped), refused()),
            (
                "4.3.3 valid whitespace inside",
                named(good(), organized(PRINTABLE, b"Test  Certificates", b"Good   CA")),
                Accepted,
            ),
            (
                "4.3.4 valid whitespace around",
                named(good(), organized(PRINTABLE, b" Test Certificates ", b" Good CA ")),
                Accepted,
            ),
            (
                "4.3.5 valid capitalization",
                named(good(), organized(PRINTABLE, b"TEST CERTIFICATES", b"GOOD CA")),
                Accepted,
            ),
            ("4.3.7 valid mandatory attribute types", same(attributes(&mandatory)), Accepted),
            ("4.3.8 valid optional attribute types", same(attributes(&optional)), Accepted),
            (
                "4.3.9 valid UTF8String",
                same(organized(UTF8, b"Test Certificates", b"Good CA")),
                Accepted,
            ),
            (
                "4.3.10 valid rollover from PrintableString to UTF8String",
                named(good(), organized(UTF8, b"Test Certificates", b"Good CA")),
                Accepted,
            ),
            (
                "4.3.11 valid UTF8String without regard to case",
                named(
                    organized(UTF8, b"Test Certificates", b"Good CA"),
                    organized(UTF8, b"test certificates", b"  good CA"),
                ),
                Accepted,
            ),
        ]);
    });
}
