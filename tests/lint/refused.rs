//! What breaks a rule is refused before the key is asked, and nothing is claimed for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::crl::CrlRequest;
use certwright::error::Rule;
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::profile::Extension;
use certwright::time::{FixedClock, Lifetime};
use certwright::{Authority, Error, Issuer, KeyPair, MemoryStore, Profile, Signer};

use crate::build::{AIA, access};
use crate::common;
use crate::craft::{self, Draft, Ladder, SUBJECT, internal, now, tlv};

/// A key that counts how often it is asked.
struct Counted {
    key: Arc<KeyPair>,
    asked: Arc<AtomicUsize>,
}

impl Signer for Counted {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.key.sign(message)
    }
}

/// A profile with an extension that must not be critical.
fn wrong(profile: Profile) -> Profile {
    let value = access(&tlv(0x86, &[b"http://ocsp.internal"]));
    profile.add_extension(Extension { oid: AIA.parse().unwrap(), critical: true, value })
}

#[track_caller]
fn refused(error: &Error, rule: &str) {
    assert!(matches!(error, Error::Denied(_)), "{error}");
    let [reason] = error.reasons() else { panic!("{error}") };
    assert_eq!(reason.rule, Rule::Lint, "{error}");
    assert!(reason.allowed.contains(rule), "{error}");
}

#[test]
fn the_key_is_not_asked_and_no_number_is_claimed() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let asked = Arc::new(AtomicUsize::new(0));
        let signer = |key| Counted { key, asked: asked.clone() };
        let rule = "rfc5280-4.2.2-access-critical";

        let own = ladder.ca.certificate().clone();
        let ca = Issuer::load(vec![own], signer(ladder.ca_key())).unwrap();
        let policy =
            certwright::Policy::new(wrong(Profile::tls_server())).allow_dns(".internal").unwrap();
        let authority = Authority::new(ca, policy, MemoryStore::default());
        let authority = authority.with_clock(FixedClock(now()));
        refused(&authority.issue(&ladder.request(&["db.internal"])).unwrap_err(), rule);
        assert!(authority.ledger().certificates(None, 1).unwrap().is_empty());

        let (name, profile) = ("CN=Root".parse().unwrap(), wrong(Profile::root()));
        refused(&Issuer::self_signed(name, profile, signer(ladder.root_key())).unwrap_err(), rule);

        let own = ladder.root.certificate().clone();
        let root = Issuer::load(vec![own], signer(ladder.root_key())).unwrap();
        let (name, profile) = ("CN=Lower".parse().unwrap(), wrong(Profile::intermediate(0)));
        let validity = craft::period("2026-02-01T00:00:00Z", "2027-02-01T00:00:00Z");
        let lower = root.delegate_at(name, profile, ladder.ca_key(), craft::serial(3), validity);
        refused(&lower.unwrap_err(), rule);
        assert_eq!(asked.load(Ordering::Relaxed), 0);
    }
}

/// A stranger's CA certificate without a subject leaves its issuer's name to nobody.
#[test]
fn a_list_is_linted_before_the_key_is_asked() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let nameless = Draft::of(ladder.ca.certificate()).field(SUBJECT, vec![0x30, 0]);
        let asked = Arc::new(AtomicUsize::new(0));
        let signer = Counted { key: ladder.ca_key(), asked: asked.clone() };
        let ca = Issuer::load(vec![nameless.sign(&ladder.root_key())], signer).unwrap();
        let authority = Authority::new(ca, internal(), MemoryStore::default());
        let authority = authority.with_clock(FixedClock(now()));
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7)));
        refused(&list.unwrap_err(), "rfc5280-4.1.2.4-issuer-empty");
        let leaf = authority.issue(&ladder.request(&["db.internal"]));
        refused(&leaf.unwrap_err(), "rfc5280-4.1.2.4-issuer-empty");
        assert_eq!(asked.load(Ordering::Relaxed), 0);
    }
}
