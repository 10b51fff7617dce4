//! What is issued for an order, and what becomes of it.

use std::sync::Arc;

use certwright::cas::*;
use certwright::crl::RevocationReason;
use certwright::ledger::{Identifier, Ledger};
use certwright::profile::ExtendedKeyUsage;
use certwright::time::Lifetime;
use certwright::{Certificate, CertificateRequest, KeyAlgorithm, KeyPair, MemoryStore};
use serde_json::json;

use crate::common::{self, openssl};
use crate::shop::*;
use crate::world::{NOW, call, intermediate, text, with};

const REVOKE: &str = "CancelCertificateForPackageRequest";
const RENEW: &str = "RenewCertificateOrderForPackageRequest";

fn names(certificate: &Certificate) -> Vec<String> {
    certificate.alt_names().iter().map(ToString::to_string).collect()
}

#[test]
fn a_met_challenge_issues_a_server_certificate_for_the_domain_only() {
    let shop = shop();
    let order_id = shop.order(json!({ "Domain": "www.example.com" }));
    shop.meet(order_id, "www.example.com");
    let state = shop.state(order_id);
    assert_eq!(text(&state, "Type"), "certificate");
    assert!(state.get("RecordValue").is_none() && state.get("Problem").is_none());
    let certificate = Certificate::from_pem(text(&state, "Certificate")).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=www.example.com");
    assert_eq!(names(&certificate), ["DNS:www.example.com"]);
    let usages = certificate.extended_key_usage().unwrap();
    assert_eq!(usages, [ExtendedKeyUsage::SERVER_AUTH]);
    assert!(!certificate.is_authority());
    assert_eq!(certificate.validity().not_before().unix(), NOW);
    assert_eq!(certificate.validity().not_after().unix(), NOW + 90 * 86_400);
    let key = KeyPair::from_pem(text(&state, "PrivateKey")).unwrap();
    assert_eq!(key.public_key(), certificate.public_key().unwrap());
    assert_eq!(shop.quota(SINGLE), (100, 1, 1));
    // The next look changes nothing.
    let before = records(&*shop.store);
    assert_eq!(shop.certificate(order_id), certificate);
    assert!(before == records(&*shop.store));
}

#[test]
fn openssl_verifies_what_was_issued_for_an_order() {
    if !common::judge("openssl") {
        return;
    }
    for algorithm in ["ECC_256", "RSA_2048"] {
        let store = Arc::new(MemoryStore::default());
        let shop = shop_with(store, json!({ "Algorithm": algorithm }), |_| {});
        let asked = json!({ "Domain": "*.example.com", "ProductCode": WILDCARD });
        let order_id = shop.order(asked);
        shop.meet(order_id, "example.com");
        let state = shop.state(order_id);
        let folder = common::folder();
        let chain = Certificate::many_from_pem(text(&state, "CertificateChain")).unwrap();
        assert_eq!(chain.len(), 2);
        common::write(&folder, "leaf.pem", text(&state, "Certificate"));
        common::write(&folder, "key.pem", text(&state, "PrivateKey"));
        common::write(&folder, "ca.pem", chain[0].to_pem());
        common::write(&folder, "root.pem", chain[1].to_pem());
        let time = (NOW + 60).to_string();
        for name in ["www.example.com", "example.com"] {
            let arguments = [
                "verify",
                "-x509_strict",
                "-check_ss_sig",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "ca.pem",
                "-attime",
                &time,
                "-purpose",
                "sslserver",
                "-verify_hostname",
                name,
                "leaf.pem",
            ];
            openssl(folder.path(), &arguments).expect_success();
        }
        let public = |arguments: &[&str]| openssl(folder.path(), arguments).expect_success().text();
        assert_eq!(
            public(&["x509", "-in", "leaf.pem", "-noout", "-pubkey"]),
            public(&["pkey", "-in", "key.pem", "-pubout"]),
        );
    }
}

#[test]
fn a_generated_key_is_of_the_family_of_the_issuer() {
    for (name, wanted) in [
        ("ECC_384", KeyAlgorithm::EcdsaP256),
        ("RSA_2048", KeyAlgorithm::Rsa2048),
        ("SM2_256", KeyAlgorithm::Sm2),
    ] {
        let store = Arc::new(MemoryStore::default());
        let shop = shop_with(store, json!({ "Algorithm": name }), |_| {});
        let order_id = shop.order_in(OrderState::Certificate);
        assert_eq!(shop.certificate(order_id).public_key().unwrap().algorithm(), wanted);
        let key = KeyPair::from_pem(text(&shop.state(order_id), "PrivateKey")).unwrap();
        assert_eq!(key.public_key(), shop.certificate(order_id).public_key().unwrap());
    }
}

#[test]
fn an_order_with_a_csr_has_its_key_and_no_private_key() {
    let shop = shop();
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP384).unwrap();
    // What else the CSR asks for is not for the applicant to say.
    let csr = CertificateRequest::builder("CN=www.example.com,O=Evil".parse().unwrap())
        .alt_name("bank.example".parse().unwrap())
        .sign(&key)
        .unwrap();
    let asked = application_with_csr(&csr.to_pem());
    let order_id = number(&shop.call("CreateCertificateWithCsrRequest", asked));
    shop.cas.operator().attest_order(order_id).unwrap();
    let certificate = shop.certificate(order_id);
    assert_eq!(certificate.public_key().unwrap(), key.public_key());
    assert_eq!(certificate.subject().to_string(), "CN=www.example.com");
    assert_eq!(names(&certificate), ["DNS:www.example.com"]);
    assert!(shop.state(order_id).get("PrivateKey").is_none());
}

#[test]
fn a_wildcard_also_covers_its_base_unless_the_rules_say_no() {
    for (rule, wanted) in [
        (WildcardBase::Also, vec!["DNS:*.example.com", "DNS:example.com"]),
        (WildcardBase::No, vec!["DNS:*.example.com"]),
    ] {
        let store = Arc::new(MemoryStore::default());
        let shop = shop_with(store, json!({}), |config| config.wildcard_base = rule);
        let asked = json!({ "Domain": "*.example.com", "ProductCode": WILDCARD });
        let order_id = shop.order(asked);
        shop.cas.operator().attest_order(order_id).unwrap();
        assert_eq!(names(&shop.certificate(order_id)), wanted);
    }
}

#[test]
fn each_product_has_its_lifetime() {
    let shop = shop();
    for product in Config::default().products {
        shop.buy(&product.code, 1);
        let domain = match product.kind {
            ProductKind::Single => "www.example.com",
            ProductKind::Wildcard => "*.example.com",
        };
        let order_id = shop.order(json!({ "Domain": domain, "ProductCode": product.code }));
        shop.cas.operator().attest_order(order_id).unwrap();
        let lifetime = shop.certificate(order_id).validity().lifetime();
        assert_eq!(lifetime, product.lifetime, "{}", product.code);
    }
}

#[test]
fn a_certificate_ends_with_its_issuer_or_waits_as_the_rules_say() {
    for (rule, authority, wanted) in [
        (OrderOutliving::Cut, json!({ "Years": 1 }), Some(31)),
        (OrderOutliving::Cut, json!({ "CertMaxTime": 7 }), Some(7)),
        (OrderOutliving::Wait, json!({ "Years": 1 }), None),
        (OrderOutliving::Wait, json!({ "CertMaxTime": 7 }), None),
    ] {
        let store = Arc::new(MemoryStore::default());
        let shop = shop_with(store, authority, |config| config.order_outliving = rule);
        shop.clock.add((365 - 31) * 86_400);
        let order_id = shop.order(json!({}));
        let answer = shop.cas.operator().attest_order(order_id).unwrap();
        match wanted {
            Some(days) => {
                let validity = *shop.certificate(order_id).validity();
                assert_eq!(validity.lifetime().as_seconds(), days * 86_400);
            }
            None => {
                assert_eq!(answer.kind, "process");
                assert!(answer.problem.unwrap().contains("validity"));
                assert_eq!(shop.quota(SINGLE), (100, 1, 0));
            }
        }
    }
}

#[test]
fn certificates_point_to_the_crl_of_an_issuer_that_has_one() {
    for enabled in [true, false] {
        let store = Arc::new(MemoryStore::default());
        let shop = shop_with(store, json!({ "EnableCrl": enabled }), |_| {});
        let order_id = shop.order_in(OrderState::Certificate);
        let der = shop.certificate(order_id).as_der().to_vec();
        let url = format!("{}/{}.crl", crate::world::CRL_BASE, shop.issuer);
        let found = der.windows(url.len()).any(|part| part == url.as_bytes());
        assert_eq!(found, enabled);
    }
}

/// The shop without an issuer of orders, or with another.
fn with_issuer(shop: &Shop, issuer: Option<&str>) -> Cas {
    let mut config = shop.cas.config().clone();
    config.order_issuers = issuer.map(|issuer| issuer.parse().unwrap()).into_iter().collect();
    opened(&shop.store, &shop.clock, config).with_probe(Arc::clone(&shop.probe))
}

fn kind(cas: &Cas, order_id: i64) -> (String, String) {
    let state = call(cas, "DescribeCertificateState", json!({ "OrderId": order_id }));
    let problem = state["Problem"].as_str().unwrap_or_default();
    (text(&state, "Type").to_owned(), problem.to_owned())
}

#[test]
fn an_order_waits_in_process_until_there_is_an_issuer() {
    let shop = shop();
    let none = with_issuer(&shop, None);
    let order_id = shop.order(json!({}));
    shop.meet(order_id, "www.aliyundoc.com");
    assert_eq!(kind(&none, order_id), ("process".to_owned(), String::new()));
    // What was met once need not be met again.
    shop.probe.clear();
    assert_eq!(kind(&none, order_id).0, "process");
    assert_eq!(shop.kind(order_id), "certificate");
}

#[test]
fn an_issuer_that_refuses_leaves_the_order_in_process_and_says_why() {
    let store = Arc::new(MemoryStore::default());
    // Longer than the issuer is valid.
    let patient = |config: &mut Config| config.validation_reuse = Lifetime::days(3_650);
    let shop = shop_with(store, json!({}), patient);
    let order_id = shop.order_in(OrderState::Process);
    let rsa = intermediate_of(&shop, "RSA_2048");
    let unknown = "00000000000000000000000000000001";
    let revoked = intermediate(&shop.cas, &shop.root, "ECC_256", json!({}));
    let revoke = json!({ "Identifier": revoked, "Status": "REVOKE" });
    shop.call("UpdateCACertificateStatus", revoke);
    for (issuer, words) in [
        (rsa.as_str(), "family RSA"),
        (unknown, unknown),
        (revoked.as_str(), "revoked"),
        (shop.root.as_str(), "intermediate"),
    ] {
        let cas = with_issuer(&shop, Some(issuer));
        let before = records(&*shop.store);
        let (kind, problem) = kind(&cas, order_id);
        assert_eq!(kind, "process", "{problem}");
        assert!(problem.contains(words), "{words:?} is missing in: {problem}");
        assert!(before == records(&*shop.store), "{problem}");
    }
    let over = shop.clock.clone();
    over.add(6 * 366 * 86_400);
    let (name, problem) = kind(&shop.cas, order_id);
    assert!(name == "process" && problem.contains("valid from"), "{name}: {problem}");
    // It is neither lost nor stuck: it can be cancelled, deleted, or issued by another.
    over.set(NOW);
    assert_eq!(shop.kind(order_id), "certificate");
}

fn intermediate_of(shop: &Shop, algorithm: &str) -> String {
    let root = crate::world::root(&shop.cas, algorithm);
    intermediate(&shop.cas, &root, algorithm, json!({}))
}

#[test]
fn an_order_that_is_cancelled_is_not_issued() {
    let shop = shop();
    let order_id = shop.order_in(OrderState::Process);
    shop.call("CancelOrderRequest", json!({ "OrderId": order_id }));
    assert_eq!(shop.kind(order_id), "payed");
    assert_eq!(shop.quota(SINGLE), (100, 1, 0), "until it is deleted");
}

#[test]
fn attesting_issues_at_once() {
    let shop = shop();
    let order_id = shop.order(json!({}));
    let answer = shop.call("AttestOrder", json!({ "OrderId": order_id }));
    assert_eq!(text(&answer, "Type"), "certificate");
    assert!(answer.get("Problem").is_none());
    let log = shop.cas.ledger().audit(1, usize::MAX).unwrap();
    let wanted = format!("order {order_id}: its challenge is attested");
    assert!(log.iter().any(|entry| entry.detail == wanted));
}

#[test]
fn cancelling_an_issued_certificate_revokes_it() {
    let shop = shop();
    let order_id = shop.order_in(OrderState::Certificate);
    let certificate = shop.certificate(order_id);
    shop.call(REVOKE, json!({ "OrderId": order_id }));
    assert_eq!(shop.kind(order_id), "unknow");
    let issuer: Identifier = shop.issuer.parse().unwrap();
    let issuer = shop.cas.ledger().issuer(&issuer).unwrap().unwrap();
    let digest = Ledger::issuer_digest(issuer.chain.leaf().public_key().unwrap());
    let revocation = shop.cas.ledger().revocation(&digest, certificate.serial()).unwrap().unwrap();
    assert_eq!(revocation.reason, RevocationReason::CessationOfOperation);
    assert_eq!(shop.quota(SINGLE), (100, 1, 1), "it was issued all the same");
    let crl = shop.call("CreateCrl", json!({ "Identifier": shop.issuer }));
    let list = certwright::crl::RevocationList::from_pem(text(&crl, "Crl")).unwrap();
    assert!(list.find(certificate.serial()).is_some());
}

#[test]
fn a_certificate_is_revoked_also_when_its_issuer_is_over_or_revoked() {
    let shop = shop();
    let (first, second) =
        (shop.order_in(OrderState::Certificate), shop.order_in(OrderState::Certificate));
    let revoke = json!({ "Identifier": shop.issuer, "Status": "REVOKE" });
    shop.call("UpdateCACertificateStatus", revoke);
    shop.call(REVOKE, json!({ "OrderId": first }));
    shop.clock.add(6 * 366 * 86_400);
    shop.call(REVOKE, json!({ "OrderId": second }));
}

#[test]
fn an_order_whose_certificate_was_revoked_elsewhere_is_revoked() {
    let shop = shop();
    let order_id = shop.order_in(OrderState::Certificate);
    let certificate = shop.certificate(order_id);
    let identifier: Identifier = shop.issuer.parse().unwrap();
    let ledger = shop.cas.ledger();
    let kept = ledger.issuer(&identifier).unwrap().unwrap();
    let key = ledger.issuer_key(&identifier).unwrap().unwrap();
    let issuer = certwright::Issuer::load(kept.chain, key).unwrap();
    let policy = certwright::Policy::new(certwright::Profile::tls_server());
    let authority = certwright::Authority::on(issuer, policy, ledger.clone())
        .with_clock(Arc::clone(&shop.clock));
    let named = json!({ "OrderId": order_id });
    authority.revoke(certificate.serial(), RevocationReason::CertificateHold).unwrap();
    assert_eq!(shop.kind(order_id), "certificate", "a hold may be released");
    authority.revoke(certificate.serial(), RevocationReason::KeyCompromise).unwrap();
    assert_eq!(shop.kind(order_id), "unknow");
    refused(&shop, REVOKE, named.clone(), "OrderStateError", &["revoked"]);
    refused(&shop, RENEW, named, "OrderStateError", &["revoked"]);
}

#[test]
fn renewing_makes_a_new_order_with_a_new_challenge_and_uses_quota() {
    let shop = shop();
    let asked =
        with(application(), json!({ "Domain": "a.example,b.example", "Tags.1.Key": "team" }));
    let first = number(&shop.call("CreateCertificateForPackageRequest", asked));
    let token = text(&shop.state(first), "RecordValue").to_owned();
    shop.cas.operator().attest_order(first).unwrap();
    let second = number(&shop.call(RENEW, json!({ "OrderId": first })));
    assert!(second > first);
    assert_eq!(shop.quota(SINGLE), (100, 2, 1));
    let state = shop.state(second);
    assert_eq!(text(&state, "Type"), "domain_verify");
    assert_ne!(text(&state, "RecordValue"), token);
    shop.cas.operator().attest_order(second).unwrap();
    let (old, new) = (shop.certificate(first), shop.certificate(second));
    assert_eq!(names(&old), names(&new));
    assert_ne!(old.public_key().unwrap(), new.public_key().unwrap(), "a new key");
    assert_eq!(shop.kind(first), "certificate", "the old one stays");
}

#[test]
fn renewing_with_a_csr_is_for_a_domain_of_the_order() {
    let shop = shop();
    let first = shop.order_in(OrderState::Certificate);
    let csr = |domain| csr_for(KeyAlgorithm::EcdsaP256, domain);
    let asked = json!({ "OrderId": first, "Csr": csr("other.example") });
    refused(&shop, RENEW, asked, "InvalidParameter", &["Csr", "other.example"]);
    let asked = json!({ "OrderId": first, "Csr": csr_for(KeyAlgorithm::Sm2, "www.aliyundoc.com") });
    refused(&shop, RENEW, asked, "InvalidParameter", &["Csr", "SM2"]);
    let asked = json!({ "OrderId": first, "Csr": csr("www.aliyundoc.com") });
    let second = number(&shop.call(RENEW, asked));
    shop.cas.operator().attest_order(second).unwrap();
    assert!(shop.state(second).get("PrivateKey").is_none());
}

#[test]
fn renewing_needs_quota() {
    let shop = shop();
    let code = "geotrust-dv-1-starter";
    shop.buy(code, 1);
    let order_id = shop.order(json!({ "ProductCode": code }));
    shop.cas.operator().attest_order(order_id).unwrap();
    refused(&shop, RENEW, json!({ "OrderId": order_id }), "NotRemainCount", &[code]);
}

#[test]
fn renewing_waits_for_the_end_where_the_rules_say_so() {
    let store = Arc::new(MemoryStore::default());
    let shop = shop_with(store, json!({}), |config| config.renewal = RenewalRule::Expiring);
    let order_id = shop.order_in(OrderState::Certificate);
    let named = || json!({ "OrderId": order_id });
    shop.clock.set(NOW + 60 * 86_400 - 1);
    refused(&shop, RENEW, named(), "OrderStateError", &["can be renewed from"]);
    shop.clock.set(NOW + 60 * 86_400);
    shop.call(RENEW, named());
}
