//! Signatures, validity, basic constraints, key usage, self-issued certificates, unknown extensions.

use certwright::error::ChainRule;

use super::*;
use crate::craft::{KEY_USAGE, VALIDITY};

const UTC: u8 = 0x17;
const GENERALIZED: u8 = 0x18;

#[test]
fn section_4_1_signature_verification() {
    Pki::run(|pki| {
        let ca = pki.authority(&pki.anchor, "Good CA", 1, same);
        let leaf = pki.leaf(&ca, same);
        let bad = Node { certificate: flipped(&ca.certificate), key: pki.key(1), number: 1 };
        judge(vec![
            ("4.1.1 valid signatures", pki.question(&[&ca], leaf.clone()), Accepted),
            (
                "4.1.2 invalid CA signature",
                pki.question(&[&bad], leaf.clone()),
                Refused(1, ChainRule::Signature),
            ),
            (
                "4.1.3 invalid EE signature",
                pki.question(&[&ca], flipped(&leaf)),
                Refused(0, ChainRule::Signature),
            ),
        ]);
    });
}

#[test]
fn section_4_2_validity_periods() {
    Pki::run(|pki| {
        let valid = |from: (u8, &str), to: (u8, &str)| {
            let [from, to] = [from, to].map(|(tag, text)| craft::tlv(tag, &[text.as_bytes()]));
            craft::sequence(&[from, to])
        };
        let early = valid((UTC, "470101120100Z"), (UTC, "490101120100Z"));
        let late = valid((UTC, "100101083000Z"), (UTC, "110101083000Z"));
        let ca = pki.authority(&pki.anchor, "Good CA", 1, same);
        let ca_of = |period: &[u8]| {
            pki.authority(&pki.anchor, "Good CA", 1, |d| d.field(VALIDITY, period.to_vec()))
        };
        let with_ca = |period: &[u8]| pki.question(&[&ca_of(period)], pki.leaf(&ca, same));
        let with_leaf = |period: &[u8]| {
            pki.question(&[&ca], pki.leaf(&ca, |d| d.field(VALIDITY, period.to_vec())))
        };
        let in_2050 = (GENERALIZED, "20500101120100Z");
        judge(vec![
            ("4.2.1 CA notBefore", with_ca(&early), Refused(1, ChainRule::Validity)),
            ("4.2.2 EE notBefore", with_leaf(&early), Refused(0, ChainRule::Validity)),
            (
                "4.2.3 valid pre-2000 UTC notBefore",
                with_leaf(&valid((UTC, "500101120100Z"), (UTC, "490101120100Z"))),
                Accepted,
            ),
            (
                "4.2.4 valid GeneralizedTime notBefore",
                with_leaf(&valid((GENERALIZED, "20020101120100Z"), (UTC, "490101120100Z"))),
                Accepted,
            ),
            ("4.2.5 CA notAfter", with_ca(&late), Refused(1, ChainRule::Validity)),
            ("4.2.6 EE notAfter", with_leaf(&late), Refused(0, ChainRule::Validity)),
            (
                "4.2.7 pre-2000 UTC EE notAfter",
                with_leaf(&valid((UTC, "970101120100Z"), (UTC, "990101120100Z"))),
                Refused(0, ChainRule::Validity),
            ),
            (
                "4.2.8 valid GeneralizedTime notAfter",
                with_leaf(&valid((UTC, "100101120100Z"), in_2050)),
                Accepted,
            ),
        ]);
    });
}

/// CAs below each other with these path lengths from the top, and a leaf.
fn ladder(pki: &Pki, limits: &[Option<u8>]) -> Question {
    let mut nodes: Vec<Node> = Vec::new();
    for (depth, limit) in limits.iter().enumerate() {
        let above = nodes.last().unwrap_or(&pki.anchor);
        let change = |draft: Draft| draft.set(BASIC_CONSTRAINTS, true, &constraint(*limit));
        let node = pki.authority(above, &format!("CA {depth}"), 1 + depth % 2, change);
        nodes.push(node);
    }
    let leaf = pki.leaf(nodes.last().unwrap(), same);
    pki.question(&nodes.iter().collect::<Vec<_>>(), leaf)
}

#[test]
fn section_4_6_basic_constraints() {
    Pki::run(|pki| {
        let ca = |change: &dyn Fn(Draft) -> Draft| {
            let ca = pki.authority(&pki.anchor, "CA", 1, change);
            let leaf = pki.leaf(&ca, same);
            pki.question(&[&ca], leaf)
        };
        let no_ca = || Refused(1, ChainRule::BasicConstraints);
        let too_long = |link| Refused(link, ChainRule::PathLength);
        // The last certificate is a CA's: the one that path validation does not count.
        let ending_in_ca = |limits: &[Option<u8>]| {
            let mut question = ladder(pki, limits);
            question.chain.remove(0);
            question
        };
        judge(vec![
            ("4.6.1 missing basicConstraints", ca(&|d| d.without(BASIC_CONSTRAINTS)), no_ca()),
            (
                "4.6.2 cA False, critical",
                ca(&|d| d.set(BASIC_CONSTRAINTS, true, &[0x30, 0])),
                no_ca(),
            ),
            (
                "4.6.3 cA False, not critical",
                ca(&|d| d.set(BASIC_CONSTRAINTS, false, &[0x30, 0])),
                no_ca(),
            ),
            (
                "4.6.4 valid basicConstraints not critical",
                ca(&|d| d.set(BASIC_CONSTRAINTS, false, &constraint(None))),
                Accepted,
            ),
            ("4.6.5 pathLenConstraint 0", ladder(pki, &[Some(0), None]), too_long(2)),
            ("4.6.6 pathLenConstraint 0, CA", ending_in_ca(&[Some(0), None, None]), too_long(2)),
            ("4.6.7 valid pathLenConstraint 0", ladder(pki, &[Some(0)]), Accepted),
            ("4.6.8 valid pathLenConstraint 0, CA", ending_in_ca(&[Some(0), None]), Accepted),
            ("4.6.9 6, 0, 0 above", ladder(pki, &[Some(6), Some(0), Some(0)]), too_long(2)),
            (
                "4.6.10 6, 0, 0 above a CA",
                ending_in_ca(&[Some(6), Some(0), Some(0), None]),
                too_long(2),
            ),
            (
                "4.6.11 6, 1, 1 and one more",
                ladder(pki, &[Some(6), Some(1), Some(1), None]),
                too_long(3),
            ),
            (
                "4.6.12 6, 1, 1 and one more, CA",
                ending_in_ca(&[Some(6), Some(1), Some(1), None, None]),
                too_long(3),
            ),
            ("4.6.13 valid 6, 4, 1, 1", ladder(pki, &[Some(6), Some(4), Some(1), None]), Accepted),
            (
                "4.6.14 valid 6, 4, 1, 1, CA",
                ending_in_ca(&[Some(6), Some(4), Some(1), None, None]),
                Accepted,
            ),
        ]);
    });
}

/// A self-issued certificate does not count against a path length (RFC 5280 section 6.1.4 l).
#[test]
fn section_4_6_self_issued_path_lengths() {
    Pki::run(|pki| {
        let limit = |limit: u8| {
            move |draft: Draft| draft.set(BASIC_CONSTRAINTS, true, &constraint(Some(limit)))
        };
        let question = |nodes: &[&Node]| pki.question(nodes, pki.leaf(nodes.last().unwrap(), same));
        let zero = pki.authority(&pki.anchor, "CA 0", 1, limit(0));
        let zero_again = pki.authority(&zero, "CA 0", 3, same);
        let below = pki.authority(&zero_again, "Other", 2, same);
        let one = pki.authority(&pki.anchor, "CA 1", 1, limit(1));
        let one_again = pki.authority(&one, "CA 1", 3, same);
        let sub = pki.authority(&one_again, "Sub", 2, same);
        let sub_again = pki.authority(&sub, "Sub", 4, same);
        judge(vec![
            (
                "4.6.15 valid self-issued pathLenConstraint",
                question(&[&zero, &zero_again]),
                Accepted,
            ),
            (
                "4.6.16 invalid self-issued pathLenConstraint",
                question(&[&zero, &zero_again, &below]),
                Refused(3, ChainRule::PathLength),
            ),
            (
                "4.6.17 valid self-issued pathLenConstraint",
                question(&[&one, &one_again, &sub, &sub_again]),
                Accepted,
            ),
        ]);
    });
}

/// A key is changed for another: the CA certifies its new key with the old one, or the reverse. The
/// cases on keys for CRLs (4.5.2, 4.5.4 to 4.5.8) are with the revocations.
#[test]
fn section_4_5_self_issued_certificates() {
    Pki::run(|pki| {
        let old = pki.authority(&pki.anchor, "Rolling CA", 1, same);
        let new = pki.authority(&pki.anchor, "Rolling CA", 3, same);
        let new_with_old = pki.authority(&old, "Rolling CA", 3, same);
        let old_with_new = pki.authority(&new, "Rolling CA", 1, same);
        let (by_old, by_new) = (pki.leaf(&old, same), pki.leaf(&new, same));
        judge(vec![
            (
                "4.5.1 valid self-issued old with new",
                pki.question(&[&new, &old_with_new], by_old.clone()),
                Accepted,
            ),
            (
                "4.5.3 valid self-issued new with old",
                pki.question(&[&old, &new_with_old], by_new.clone()),
                Accepted,
            ),
            (
                "4.5 the old key only, for a leaf of the new",
                pki.question(&[&old], by_new),
                Refused(0, ChainRule::KeyIdentifier),
            ),
            (
                "4.5 the new key only, for a leaf of the old",
                pki.question(&[&new], by_old),
                Refused(0, ChainRule::KeyIdentifier),
            ),
        ]);
    });
}

/// The cases on cRLSign (4.7.4, 4.7.5) are with the revocations.
#[test]
fn section_4_7_key_usage() {
    Pki::run(|pki| {
        let usage = |critical, bits: &[u8]| {
            let ca = pki.authority(&pki.anchor, "CA", 1, |d| d.set(KEY_USAGE, critical, bits));
            pki.question(&[&ca], pki.leaf(&ca, same))
        };
        let (crl_only, both) = ([3, 2, 1, 2], [3, 2, 1, 6]);
        let refused = || Refused(1, ChainRule::KeyUsage);
        judge(vec![
            ("4.7.1 keyUsage critical, keyCertSign False", usage(true, &crl_only), refused()),
            ("4.7.2 keyUsage not critical, keyCertSign False", usage(false, &crl_only), refused()),
            ("4.7.3 valid keyUsage not critical", usage(false, &both), Accepted),
        ]);
    });
}

#[test]
fn section_4_16_private_certificate_extensions() {
    const UNKNOWN: &str = "2.16.840.1.101.2.1.12.2";
    const POLICIES: &str = "2.5.29.32";
    const POLICY_CONSTRAINTS: &str = "2.5.29.36";
    const INHIBIT_ANY_POLICY: &str = "2.5.29.54";
    Pki::run(|pki| {
        let ca = pki.authority(&pki.anchor, "CA", 1, same);
        let leaf = |id: &str, critical, value: &[u8]| {
            pki.question(&[&ca], pki.leaf(&ca, |d| d.set(id, critical, value)))
        };
        let above = |id: &str, value: &[u8]| {
            let ca = pki.authority(&pki.anchor, "CA", 1, |d| d.set(id, true, value));
            pki.question(&[&ca], pki.leaf(&ca, same))
        };
        let policies =
            craft::sequence(&[craft::sequence(&[craft::oid("2.16.840.1.101.3.2.1.48.1")])]);
        let critical = |link| Refused(link, ChainRule::CriticalExtension);
        judge(vec![
            ("4.16.1 valid unknown not critical", leaf(UNKNOWN, false, &[5, 0]), Accepted),
            ("4.16.2 unknown critical", leaf(UNKNOWN, true, &[5, 0]), critical(0)),
            ("4.16.2 unknown critical, of a CA", above(UNKNOWN, &[5, 0]), critical(1)),
            ("4.8 policies not critical", leaf(POLICIES, false, &policies), Accepted),
            // Without policyConstraints no policy is required, critical or not.
            ("4.8 policies critical", leaf(POLICIES, true, &policies), Accepted),
            ("4.8 policies critical, of a CA", above(POLICIES, &policies), Accepted),
            ("4.12 inhibitAnyPolicy", above(INHIBIT_ANY_POLICY, &[2, 1, 0]), Accepted),
            (
                "4.9 requireExplicitPolicy",
                above(POLICY_CONSTRAINTS, &[0x30, 3, 0x80, 1, 0]),
                Stricter(1, ChainRule::Policies, "OpenSSL evaluates policies where it is asked to"),
            ),
        ]);
    });
}
