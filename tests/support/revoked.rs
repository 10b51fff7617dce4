//! Authorities whose clock is set by hand, and their CRLs before OpenSSL.

use std::sync::{Arc, Mutex};

use certwright::crl::{CrlDistribution, CrlRequest, IssuedCrl, RevocationList};
use certwright::error::StoreErrorKind;
use certwright::issuance::Issuance;
use certwright::key::KeyFamily;
use certwright::ledger::{AuditEntry, Ledger};
use certwright::time::{Clock, Lifetime, Time};
use certwright::{
    Authority, Chain, Error, Issuer, KeyAlgorithm, MemoryStore, Profile, SerialNumber, Store,
};
use tempfile::TempDir;

use super::craft::{Ladder, internal, now, time};
use super::{common, craft};

/// A clock that is set by hand.
#[derive(Clone)]
pub struct Hands(Arc<Mutex<Time>>);

impl Hands {
    pub fn set(&self, text: &str) {
        self.set_to(time(text));
    }

    pub fn set_to(&self, time: Time) {
        *self.0.lock().unwrap() = time;
    }
}

impl Clock for Hands {
    fn now(&self) -> Result<Time, Error> {
        Ok(*self.0.lock().unwrap())
    }
}

/// A root and an intermediate with one ledger and one clock.
pub struct Scene {
    pub ladder: Ladder,
    pub root: Authority,
    pub ca: Authority,
    pub clock: Hands,
}

impl Scene {
    pub fn new(algorithm: KeyAlgorithm, shards: u16) -> Self {
        Self::on(algorithm, shards, MemoryStore::default())
    }

    pub fn on(algorithm: KeyAlgorithm, shards: u16, store: impl Store + 'static) -> Self {
        let mut ladder = Ladder::new(algorithm);
        let url = CrlDistribution::new("http://crl.example/lists").unwrap();
        let root = ladder.root.clone().with_crl_distribution(url.clone());
        // Its certificate points to the root's list.
        ladder.ca = Ladder::below(&root, Profile::intermediate(0), ladder.ca_key());
        let ca = ladder.ca.clone().with_crl_distribution(url.with_shards(shards).unwrap());
        let clock = Hands(Arc::new(Mutex::new(now())));
        let ledger = Ledger::new(store);
        let authority =
            |issuer| Authority::on(issuer, internal(), ledger.clone()).with_clock(clock.clone());
        let (root, ca) = (authority(root), authority(ca));
        Self { ladder, root, ca, clock }
    }

    /// A new certificate of the intermediate.
    pub fn issue(&self) -> Chain {
        self.ca.issue(&self.ladder.request(&["db.internal"])).unwrap().into_chain()
    }

    /// The serial number of a new certificate that ends then.
    pub fn issue_until(&self, end: &str) -> SerialNumber {
        let request = self.ladder.request(&["db.internal"]);
        let issuance = Issuance::for_request(&request).not_after(time(end));
        *self.ca.issue(issuance).unwrap().certificate().serial()
    }

    /// A number that was claimed and whose certificate never came back.
    pub fn claim(&self) -> SerialNumber {
        *self.ca.prepare(&self.ladder.request(&["db.internal"])).unwrap().serial()
    }

    /// The same, or nothing where the issuer is not valid by the clock.
    pub fn claim_or_none(&self) -> Option<SerialNumber> {
        let request = self.ladder.request(&["db.internal"]);
        self.ca.prepare(&request).ok().map(|prepared| *prepared.serial())
    }

    /// A full CRL of the intermediate for a week.
    pub fn full(&self) -> IssuedCrl {
        self.ca.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap()
    }

    /// What changed since a full CRL.
    pub fn delta(&self, base: &IssuedCrl) -> IssuedCrl {
        self.ca.issue_crl(&CrlRequest::delta(base.number(), Lifetime::days(1))).unwrap()
    }

    pub fn digest(&self) -> [u8; 32] {
        Ledger::issuer_digest(self.ca.issuer().certificate().public_key().unwrap())
    }

    /// What OpenSSL says of a CRL of the intermediate whose signature was verified.
    pub fn text(&self, list: &IssuedCrl) -> String {
        text_of(list, self.ca.issuer())
    }
}

/// The detail of an entry; of a claim, which has the digest of what is to be signed, what else it says.
pub fn detail(entry: &AuditEntry) -> &str {
    match entry.detail.strip_prefix("to be signed: SHA-256 ") {
        Some(digest) if digest.len() == 64 => "",
        _ => &entry.detail,
    }
}

/// Runs a test with each family of keys.
pub fn for_each_family(test: impl Fn(&Scene)) {
    for algorithm in common::families() {
        test(&Scene::new(algorithm, 1));
    }
}

pub fn read(list: &IssuedCrl) -> RevocationList {
    RevocationList::from_der(&list.to_der()).unwrap()
}

/// What OpenSSL says of a CRL; its signature is verified by OpenSSL, but by us for SM2, where
/// `openssl crl` cannot be told the identifier.
pub fn text_of(list: &IssuedCrl, issuer: &Issuer) -> String {
    let key = issuer.certificate().public_key().unwrap();
    let folder = common::folder();
    common::write(&folder, "list.pem", list.to_pem());
    common::write(&folder, "ca.pem", issuer.certificate().to_pem());
    if key.algorithm().family() == KeyFamily::Sm2 {
        read(list).verify_signature(key).unwrap();
    } else {
        let arguments = ["crl", "-in", "list.pem", "-CAfile", "ca.pem", "-noout"];
        let answer = common::openssl(folder.path(), &arguments).expect_success();
        assert!(answer.all().contains("verify OK"), "{}", answer.all());
    }
    let arguments = ["crl", "-in", "list.pem", "-text", "-noout"];
    common::openssl(folder.path(), &arguments).expect_success().text()
}

/// The entries in OpenSSL's text: serial number and what follows.
pub fn entries(text: &str) -> Vec<(String, String)> {
    let parts = text.split("    Serial Number: ").skip(1);
    let entries = parts.map(|part| part.split_once('\n').unwrap());
    entries.map(|(serial, rest)| (serial.trim().to_owned(), rest.to_owned())).collect()
}

/// The serial numbers in OpenSSL's text, in order.
pub fn serials(text: &str) -> Vec<String> {
    entries(text).into_iter().map(|(serial, _)| serial).collect()
}

/// A serial number as OpenSSL writes it.
pub fn hex(serial: &SerialNumber) -> String {
    serial.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The serial numbers as OpenSSL writes them, in the order of a CRL.
pub fn sorted(serials: &[SerialNumber]) -> Vec<String> {
    let mut serials: Vec<String> = serials.iter().map(|s| format!("{:0>40}", hex(s))).collect();
    serials.sort();
    serials.iter().map(|s| s.trim_start_matches("00").to_owned()).collect()
}

/// `openssl verify -crl_check` of a chain of three at the time of [`now`] plus an hour.
pub fn verify(chain: &Chain, lists: &[&IssuedCrl], options: &[&str]) -> String {
    let folder: TempDir = common::folder();
    common::write(&folder, "leaf.pem", chain.leaf().to_pem());
    common::write(&folder, "ca.pem", chain.above()[0].to_pem());
    common::write(&folder, "root.pem", chain.above()[1].to_pem());
    common::write(&folder, "lists.pem", lists.iter().map(|l| l.to_pem()).collect::<String>());
    let at = (craft::now().unix() + 3_600).to_string();
    let mut arguments = vec!["verify", "-attime", &at, "-CAfile", "root.pem"];
    arguments.extend(["-untrusted", "ca.pem", "-crl_check"]);
    if !lists.is_empty() {
        arguments.extend(["-CRLfile", "lists.pem"]);
    }
    arguments.extend(options);
    arguments.push("leaf.pem");
    let answer = common::openssl(folder.path(), &arguments);
    assert_eq!(answer.success, answer.all().contains("leaf.pem: OK"), "{}", answer.all());
    answer.all()
}

#[track_caller]
pub fn kind<T: std::fmt::Debug>(answer: Result<T, Error>) -> (StoreErrorKind, String) {
    match answer.unwrap_err() {
        Error::Store(error) => (error.kind(), error.message().to_owned()),
        other => panic!("{other}"),
    }
}
