//! GM/T 0015: certificates of SM2 keys. Rules on encodings that hold wherever SM2 stands are beside
//! those encodings; these are for who asks for the profile.

use super::LintProfile;
use super::certificate_facts::Facts;
use super::finding::{Notes, rules};
use super::key::Kind;
use crate::oid::SM2_WITH_SM3;
use crate::usage::KeyUsage;

pub(super) fn check(facts: &Facts<'_>, notes: &mut Notes) {
    if !notes.asks(LintProfile::GmT0015) {
        return;
    }
    if facts.version != 3 {
        notes.add(&VERSION, "version", format!("version {}", facts.version));
    }
    if facts.algorithm != Some(SM2_WITH_SM3) {
        let given = facts.algorithm.map_or("unreadable".to_owned(), |oid| oid.to_string());
        notes.add(&ALGORITHM, "signature", given);
    }
    if !matches!(facts.key, Kind::Sm2 { .. }) {
        notes.add(&KEY, "subjectPublicKeyInfo", "a key of another kind");
    }
    let Some(usage) = facts.usage else {
        notes.add(&USAGE_MISSING, "keyUsage", "none");
        return;
    };
    if !facts.usage_critical {
        notes.add(&USAGE_CRITICAL, "keyUsage", "non-critical");
    }
    let any = |usages: &[KeyUsage]| usages.iter().any(|one| usage.contains(*one));
    let signs = any(&[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::CONTENT_COMMITMENT]);
    let enciphers =
        any(&[KeyUsage::KEY_ENCIPHERMENT, KeyUsage::DATA_ENCIPHERMENT, KeyUsage::KEY_AGREEMENT]);
    if signs && enciphers && !facts.is_authority() {
        notes.add(&USAGE_MIXED, "keyUsage", usage.to_string());
    }
}

rules! { Some(LintProfile::GmT0015);
    VERSION = Error "gmt0015-5.2.3-version", "GM/T 0015 section 5.2.3":
        "write version 3";
    ALGORITHM = Error "gmt0015-5.2.3-signature-algorithm", "GM/T 0015 section 5.2.3":
        "sign with SM2-with-SM3 (1.2.156.10197.1.501)";
    KEY = Error "gmt0015-5.2.3-sm2-key", "GM/T 0015 section 5.2.3":
        "certify a key on the SM2 curve (1.2.156.10197.1.301)";
    USAGE_MISSING = Error "gmt0015-c-key-usage-missing", "GM/T 0015 annex C":
        "add keyUsage";
    USAGE_CRITICAL = Error "gmt0015-c-key-usage-critical", "GM/T 0015 annex C":
        "mark keyUsage critical";
    USAGE_MIXED = Error "gmt0015-c-key-usage-mixed", "GM/T 0015 annex C, tables C.3 and C.4":
        "certify a key for signatures and another for encryption, each with its own certificate";
}
