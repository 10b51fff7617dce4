//! CAs that are forgotten or revoked behind the back of a running service.

use std::sync::Arc;

use certwright::cas::{Cas, Config};
use certwright::crl::{RevocationList, RevocationReason};
use certwright::ledger::{Identifier, Ledger};
use certwright::time::{FixedClock, Time};
use certwright::{Authority, Issuer, MemoryStore, Policy, Profile};
use serde_json::{Value, json};

use crate::world::{CallJson, NOW, authority, call, csr, hierarchy, refused, text, with};

/// A service, a root and an intermediate, and another ledger over the same store.
struct Two {
    cas: Cas,
    ledger: Ledger,
    root: String,
    sub: String,
}

impl Two {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let clock = FixedClock(Time::from_unix(NOW).unwrap());
        let cas = Cas::new(Arc::clone(&store), clock, Config::default());
        let (root, sub) = hierarchy(&cas, "ECC_256");
        Self { cas, ledger: Ledger::new(store), root, sub }
    }

    fn leaf(&self) -> Value {
        let csr = csr(&self.cas, "ECC", 256, "a.example");
        json!({ "Csr": csr, "ParentIdentifier": self.sub, "Days": 1 })
    }

    fn forget(&self, ca: &str) {
        let writer = self.ledger.writer("another", Time::from_unix(NOW).unwrap());
        writer.delete_issuer(&ca.parse::<Identifier>().unwrap()).unwrap();
    }
}

#[test]
fn a_forgotten_ca_stops_a_service_that_has_its_key_in_memory() {
    let two = Two::new();
    let leaf = two.leaf();
    call(&two.cas, "CreateServerCertificateWithCsr", leaf.clone());
    call(&two.cas, "CreateCrl", json!({ "Identifier": two.sub }));
    two.forget(&two.sub);
    refused(&two.cas, "CreateServerCertificateWithCsr", leaf, "NotFound", &["ParentIdentifier"]);
    refused(&two.cas, "CreateCrl", json!({ "Identifier": two.sub }), "NotFound", &["Identifier"]);
    // The others go on.
    call(&two.cas, "CreateCrl", json!({ "Identifier": two.root }));
}

#[test]
fn a_ca_whose_certificate_is_revoked_in_the_ledger_issues_nothing() {
    let two = Two::new();
    let leaf = two.leaf();
    call(&two.cas, "CreateServerCertificateWithCsr", leaf.clone());
    let kept = two.ledger.issuer(&two.sub.parse().unwrap()).unwrap().unwrap();
    let certificates: Vec<_> = kept.chain.certificates().cloned().collect();
    let (sub, root) = (certificates[0].clone(), certificates[1].clone());
    let algorithm = root.signature_algorithm().unwrap();
    let revoke = |serial| {
        let issuer = Issuer::without_key(vec![root.clone()], algorithm).unwrap();
        let policy = Policy::new(Profile::tls_server());
        let above = Authority::on(issuer, policy, two.ledger.clone());
        let above = above.with_clock(FixedClock(Time::from_unix(NOW).unwrap()));
        above.revoke(serial, RevocationReason::CaCompromise).unwrap();
    };
    revoke(sub.serial());
    let error = two.cas.call_json("CreateServerCertificateWithCsr", leaf).unwrap_err();
    assert!(error.message().contains("revoked"), "{error}");
    // A root that is revoked, which only the ledger can say, issues nothing either.
    revoke(root.serial());
    let below = with(authority("B", 1, "ECC_256"), json!({ "ParentIdentifier": two.root }));
    let error = two.cas.call_json("CreateSubCACertificate", below).unwrap_err();
    assert!(error.message().contains("revoked"), "{error}");
    call(&two.cas, "CreateCrl", json!({ "Identifier": two.root }));
}

#[test]
fn the_last_list_that_was_published_goes_on_after_a_restored_backup() {
    let two = Two::new();
    let make = || call(&two.cas, "CreateCrl", json!({ "Identifier": two.sub }));
    make();
    let published = make();
    // The same CA in a store that knows nothing of its lists.
    let kept = two.ledger.issuer(&two.sub.parse().unwrap()).unwrap().unwrap();
    assert_eq!(published["CrlNumber"], 2);
    let list = RevocationList::from_pem(text(&published, "Crl")).unwrap();
    list.verify_signature(kept.chain.leaf().public_key().unwrap()).unwrap();
    let given = json!({ "Identifier": two.sub, "LastCrl": text(&published, "Crl") });
    assert_eq!(call(&two.cas, "CreateCrl", given)["CrlNumber"], 3);
    let foreign = call(&two.cas, "CreateCrl", json!({ "Identifier": two.root }));
    let given = json!({ "Identifier": two.sub, "LastCrl": text(&foreign, "Crl") });
    refused(&two.cas, "CreateCrl", given, "InvalidParameter", &["issuer"]);
    let given = json!({ "Identifier": two.sub, "LastCrl": "no list" });
    refused(&two.cas, "CreateCrl", given, "InvalidParameter", &["LastCrl"]);
    let given = json!({ "Identifier": two.sub, "ForceDate": true });
    assert_eq!(call(&two.cas, "CreateCrl", given)["CrlNumber"], 4);
}
