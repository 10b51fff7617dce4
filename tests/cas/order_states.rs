//! The states of orders, their moves, their challenges, and their list.

use crate::world::CallJson;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::cas::*;
use certwright::{KeyAlgorithm, MemoryStore};
use serde_json::{Value, json};

use crate::shop::*;
use crate::world::{NOW, call, text};

/// The operation of each action that is one.
const OPERATIONS_OF: [(OrderAction, &str); 5] = [
    (OrderAction::Attest, "AttestOrder"),
    (OrderAction::Cancel, "CancelOrderRequest"),
    (OrderAction::Delete, "DeleteCertificateRequest"),
    (OrderAction::Renew, "RenewCertificateOrderForPackageRequest"),
    (OrderAction::Revoke, "CancelCertificateForPackageRequest"),
];

#[test]
fn every_operation_in_every_state_does_what_the_table_says() {
    for state in OrderState::ALL {
        for (action, operation) in OPERATIONS_OF {
            // An order in process issues at the first look, so there is no issuer to look at.
            let shop = shop();
            let order_id = shop.order_in(state);
            let mut config = shop.cas.config().clone();
            config.order_issuers.clear();
            let cas = opened(&shop.store, &shop.clock, config);
            let shop = Shop { cas: Arc::new(cas), ..shop };
            let what = format!("{operation} in state {state}");
            assert_eq!(shop.kind(order_id), state.type_name(), "before {what}");
            let used = shop.quota(SINGLE).1;
            let named = json!({ "OrderId": order_id });
            let step = ORDER_MOVES.iter().find(|step| step.from == state && step.action == action);
            match step {
                None => {
                    let code = match action {
                        OrderAction::Delete => "DeleteFail",
                        _ => "OrderStateError",
                    };
                    let words = ["OrderId", &state.to_string(), &order_id.to_string()];
                    refused(&shop, operation, named, code, &words);
                    let error = shop.cas.call_json(operation, json!({ "OrderId": order_id }));
                    assert_eq!(error.unwrap_err().http_status(), 403, "{what}");
                    assert_eq!(shop.kind(order_id), state.type_name(), "after {what}");
                }
                Some(OrderMove { to: Some(to), .. }) => {
                    shop.call(operation, named);
                    assert_eq!(shop.kind(order_id), to.type_name(), "after {what}");
                    let more = i64::from(action == OrderAction::Renew);
                    assert_eq!(shop.quota(SINGLE).1, used + more, "{what}");
                }
                Some(OrderMove { to: None, .. }) => {
                    shop.call(operation, named.clone());
                    assert_eq!(shop.quota(SINGLE).1, used - 1, "{what}");
                    refused(&shop, operation, named, "NotFoundOrder", &["OrderId"]);
                }
            }
        }
    }
}

#[test]
fn the_table_has_no_move_twice_and_reaches_every_state() {
    for step in ORDER_MOVES {
        let same = |other: &&OrderMove| other.from == step.from && other.action == step.action;
        assert_eq!(ORDER_MOVES.iter().filter(same).count(), 1, "{step:?}");
    }
    for state in OrderState::ALL {
        let reached = ORDER_MOVES.iter().any(|step| step.to == Some(state) && step.from != state);
        assert_eq!(reached, state != OrderState::DomainVerify, "{state}");
    }
}

#[test]
fn an_unknown_order_is_not_found_by_any_operation() {
    let shop = shop();
    let names = OPERATIONS_OF.map(|(_, name)| name);
    for name in names.into_iter().chain(["DescribeCertificateState"]) {
        for order_id in [0, 1, -1, i64::MIN, i64::MAX] {
            let named = json!({ "OrderId": order_id });
            refused(&shop, name, named.clone(), "NotFoundOrder", &["OrderId"]);
            assert_eq!(shop.cas.call_json(name, named).unwrap_err().http_status(), 404);
        }
        refused(&shop, name, json!({}), "MissingParameter", &["OrderId"]);
    }
}

#[test]
fn a_dns_challenge_is_met_by_the_token_to_the_letter_among_any_records() {
    let shop = shop();
    let order_id = shop.order(json!({ "Domain": "www.example.com" }));
    let token = text(&shop.state(order_id), "RecordValue").to_owned();
    let name = "_dnsauth.www.example.com";
    for near in [
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("\"{token}\""),
        token.to_uppercase(),
        token[..63].to_owned(),
        format!("{token}0"),
        String::new(),
    ] {
        shop.probe.add_txt(name, &near);
        let state = shop.state(order_id);
        assert_eq!(text(&state, "Type"), "domain_verify", "{near:?}");
        assert!(text(&state, "Problem").contains(name), "{state}");
    }
    // At other names it counts for nothing.
    for other in
        ["_dnsauth.example.com", "www.example.com", "_dnsauth", "_dnsauth.a.www.example.com"]
    {
        shop.probe.add_txt(other, &token);
    }
    shop.probe.put_file(
        "www.example.com",
        "/.well-known/pki-validation/fileauth.txt",
        token.clone(),
    );
    assert_eq!(shop.kind(order_id), "domain_verify");
    shop.probe.add_txt(name, &token);
    assert_eq!(shop.kind(order_id), "certificate");
}

#[test]
fn the_token_of_another_order_does_not_count() {
    let shop = shop();
    let (first, second) = (shop.order(json!({})), shop.order(json!({})));
    shop.meet(first, "www.aliyundoc.com");
    assert_eq!(shop.kind(second), "domain_verify");
    assert_eq!(shop.kind(first), "certificate");
}

#[test]
fn a_file_challenge_is_met_by_the_token_and_at_most_one_end_of_line() {
    let path = "/.well-known/pki-validation/fileauth.txt";
    for (before, after, met) in [
        ("", "", true),
        ("", "\n", true),
        ("", "\r\n", true),
        ("", "\n\n", false),
        ("", "\r", false),
        ("", " ", false),
        (" ", "", false),
        ("\n", "", false),
        ("\u{feff}", "", false),
        ("", "\r\n\n", false),
        ("", "0", false),
    ] {
        let shop = shop();
        let order_id = shop.order(json!({ "Domain": "www.example.com", "ValidateType": "FILE" }));
        let content = text(&shop.state(order_id), "Content").to_owned();
        shop.probe.put_file("www.example.com", path, format!("{before}{content}{after}"));
        let state = if met { "certificate" } else { "domain_verify" };
        assert_eq!(shop.kind(order_id), state, "{before:?} {after:?}");
    }
}

#[test]
fn a_wildcard_is_looked_up_at_the_domain_below_it() {
    let shop = shop();
    let asked = json!({ "Domain": "*.example.com", "ProductCode": WILDCARD });
    let dns = shop.order(asked);
    let token = text(&shop.state(dns), "RecordValue").to_owned();
    shop.probe.add_txt("_dnsauth.*.example.com", &token);
    shop.probe.add_txt("_dnsauth.www.example.com", &token);
    assert_eq!(shop.kind(dns), "domain_verify");
    shop.probe.add_txt("_dnsauth.example.com", &token);
    assert_eq!(shop.kind(dns), "certificate");
}

/// A file shows the control of one host, not of all below it (CA/Browser BR 3.2.2.4.18).
#[test]
fn a_file_is_no_challenge_for_a_wildcard() {
    let shop = shop();
    let asked =
        json!({ "Domain": "*.example.com", "ProductCode": WILDCARD, "ValidateType": "FILE" });
    let asked = crate::world::with(application(), asked);
    let words = ["*.example.com", "no wildcard", "DNS"];
    refused(&shop, "CreateCertificateRequest", asked.clone(), "InvalidParameter", &words);
    // Nor for one of several, nor by a CSR.
    let domains = json!({ "Domain": "*.a.example,*.b.example" });
    let several = crate::world::with(asked.clone(), domains);
    refused(&shop, "CreateCertificateForPackageRequest", several, "InvalidParameter", &words[1..]);
    let mut by_csr = crate::world::with(
        asked,
        json!({ "Csr": csr_for(KeyAlgorithm::EcdsaP256, "*.example.com") }),
    );
    by_csr.as_object_mut().unwrap().remove("Domain");
    refused(&shop, "CreateCertificateWithCsrRequest", by_csr, "InvalidParameter", &words);
}

/// CA/Browser BR 4.2.1: a validation is not relied on for ever.
#[test]
fn a_validation_that_is_too_old_issues_nothing() {
    const REUSE: i64 = 10 * 86_400;
    for attested in [false, true] {
        let shop = shop();
        let order_id = shop.order(json!({}));
        // One without an issuer: what was validated waits.
        let cas = opened(&shop.store, &shop.clock, config());
        if attested {
            cas.operator().attest_order(order_id).unwrap();
        } else {
            shop.meet(order_id, "www.aliyundoc.com");
            let probed = opened(&shop.store, &shop.clock, config());
            let probed = probed.with_probe(Arc::clone(&shop.probe));
            assert_eq!(kind_of(&probed, order_id), "process");
        }
        shop.clock.add(REUSE - 1);
        assert_eq!(kind_of(&cas, order_id), "process");
        shop.clock.add(1);
        // The one that could issue it now finds it too old, and it stays so.
        let state = shop.state(order_id);
        assert_eq!(text(&state, "Type"), "verify_fail", "{state}");
        assert_eq!(kind_of(&cas, order_id), "verify_fail");
        assert_eq!(shop.quota(SINGLE), (100, 1, 0));
        shop.call("DeleteCertificateRequest", json!({ "OrderId": order_id }));
        assert_eq!(shop.quota(SINGLE), (100, 0, 0));

        // One second earlier it is issued; another rule, another time.
        let order_id = shop.order(json!({}));
        cas.operator().attest_order(order_id).unwrap();
        shop.clock.add(REUSE - 1);
        assert_eq!(shop.kind(order_id), "certificate");
        let mut strict = config();
        strict.validation_reuse = certwright::time::Lifetime::hours(7);
        let strict = opened(&shop.store, &shop.clock, strict);
        let order_id = shop.order(json!({}));
        strict.operator().attest_order(order_id).unwrap();
        shop.clock.add(7 * 3_600);
        assert_eq!(kind_of(&strict, order_id), "verify_fail");
    }
}

fn kind_of(cas: &certwright::cas::Cas, order_id: i64) -> String {
    text(&call(cas, "DescribeCertificateState", json!({ "OrderId": order_id })), "Type").to_owned()
}

#[test]
fn every_domain_of_an_order_has_its_challenge() {
    let shop = shop();
    let asked = crate::world::with(application(), json!({ "Domain": "a.example,b.example" }));
    let order_id = number(&shop.call("CreateCertificateForPackageRequest", asked));
    shop.meet(order_id, "a.example");
    let state = shop.state(order_id);
    assert_eq!(text(&state, "Type"), "domain_verify");
    assert!(text(&state, "Problem").contains("_dnsauth.b.example"), "{state}");
    shop.meet(order_id, "b.example");
    assert_eq!(shop.kind(order_id), "certificate");
}

/// A probe that answers too much, or fails.
struct Hostile(Answer, AtomicUsize);

#[derive(Clone, Copy)]
enum Answer {
    Error,
    Flood,
}

impl DomainProbe for Hostile {
    fn txt_records(&self, name: &str) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        match self.0 {
            Answer::Error => Err(format!("SERVFAIL at {name}").into()),
            Answer::Flood => Ok(vec![String::new(); 100_000]),
        }
    }

    fn http_get(
        &self,
        domain: &str,
        _: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Box<dyn Error + Send + Sync>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        match self.0 {
            Answer::Error => Err(format!("{domain} does not answer").into()),
            Answer::Flood => Ok(Some(vec![b'a'; limit + 1])),
        }
    }
}

#[test]
fn a_probe_that_fails_or_answers_too_much_leaves_the_order_where_it_is() {
    for (answer, kind, words) in [
        (Answer::Error, "DNS", "SERVFAIL"),
        (Answer::Error, "FILE", "does not answer"),
        (Answer::Flood, "DNS", "100000 records, at most 100"),
        (Answer::Flood, "FILE", "more than 1024 bytes"),
    ] {
        let shop = shop();
        let order_id = shop.order(json!({ "ValidateType": kind }));
        let probe = Arc::new(Hostile(answer, AtomicUsize::new(0)));
        let cas = opened(&shop.store, &shop.clock, shop.cas.config().clone());
        let cas = cas.with_probe(Arc::clone(&probe));
        let before = records(&*shop.store);
        let state = call(&cas, "DescribeCertificateState", json!({ "OrderId": order_id }));
        assert_eq!(text(&state, "Type"), "domain_verify");
        assert!(text(&state, "Problem").contains(words), "{state}");
        assert!(before == records(&*shop.store));
        assert_eq!(probe.1.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn too_many_records_are_none_even_with_the_token_among_them() {
    let shop = shop();
    let order_id = shop.order(json!({}));
    shop.meet(order_id, "www.aliyundoc.com");
    for _ in 0..100 {
        shop.probe.add_txt("_dnsauth.www.aliyundoc.com", "v=spf1");
    }
    assert_eq!(shop.kind(order_id), "domain_verify");
}

#[test]
fn a_challenge_that_is_not_met_in_time_fails_and_nothing_revives_it() {
    let shop = shop();
    let (late, early) = (shop.order(json!({})), shop.order(json!({})));
    shop.clock.set(NOW + CHALLENGE - 1);
    assert_eq!(shop.kind(late), "domain_verify");
    shop.meet(early, "www.aliyundoc.com");
    assert_eq!(shop.kind(early), "certificate");
    let token = text(&shop.state(late), "RecordValue").to_owned();
    shop.clock.set(NOW + CHALLENGE);
    shop.probe.add_txt("_dnsauth.www.aliyundoc.com", &token);
    let state = shop.state(late);
    assert_eq!(text(&state, "Type"), "verify_fail");
    assert!(state.get("RecordValue").is_none());
    let named = json!({ "OrderId": late });
    for name in ["AttestOrder", "CancelOrderRequest"] {
        refused(&shop, name, named.clone(), "OrderStateError", &["verify_fail"]);
    }
    // It is written down: a clock that goes back changes nothing.
    shop.clock.set(NOW);
    assert_eq!(shop.kind(late), "verify_fail");
    shop.call("DeleteCertificateRequest", named);
    assert_eq!(shop.quota(SINGLE), (100, 1, 1));
}

#[test]
fn the_time_for_a_challenge_is_a_rule() {
    let shop = shop_with(Arc::new(MemoryStore::default()), json!({}), |config| {
        config.challenge_lifetime = certwright::time::Lifetime::hours(1);
    });
    let order_id = shop.order(json!({}));
    shop.clock.add(3_599);
    assert_eq!(shop.kind(order_id), "domain_verify");
    shop.clock.add(1);
    assert_eq!(shop.kind(order_id), "verify_fail");
}

#[test]
fn deleting_an_order_removes_its_key() {
    let shop = shop();
    let order_id = shop.order(json!({}));
    let name = format!("order/{order_id}");
    let has_key = || shop.cas.ledger().key(&name).unwrap().is_some();
    shop.call("CancelOrderRequest", json!({ "OrderId": order_id }));
    assert!(has_key());
    shop.call("DeleteCertificateRequest", json!({ "OrderId": order_id }));
    assert!(!has_key());
}

#[test]
fn nothing_of_an_order_is_secret_in_what_is_printed() {
    let shop = shop();
    let order_id = shop.order_in(OrderState::Certificate);
    let request = DescribeCertificateState { order_id };
    let answer = shop.cas.run(&request).unwrap();
    assert!(answer.private_key.is_some());
    assert!(!format!("{answer:?}").contains("PRIVATE KEY"));
}

fn list(shop: &Shop, parameters: Value) -> Vec<i64> {
    let answer = shop.call("ListUserCertificateOrder", parameters);
    let listed = answer["CertificateOrderList"].as_array().unwrap();
    listed.iter().map(|order| order["OrderId"].as_i64().unwrap()).collect()
}

#[test]
fn orders_are_listed_the_latest_first_by_status() {
    let shop = shop();
    let fail = shop.order_in(OrderState::VerifyFail);
    let orders: Vec<(OrderState, i64)> = OrderState::ALL
        .into_iter()
        .filter(|state| *state != OrderState::VerifyFail)
        .map(|state| (state, shop.order_in(state)))
        .collect();
    let of = |wanted: OrderState| orders.iter().find(|(state, _)| *state == wanted).unwrap().1;
    let all = list(&shop, json!({}));
    assert_eq!(all.len(), 6);
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "{all:?}");
    let by = |status: &str| list(&shop, json!({ "Status": status }));
    assert_eq!(by("PAYED"), [of(OrderState::Cancelled)]);
    let mut checking = [of(OrderState::DomainVerify), of(OrderState::Process)];
    checking.sort_by(|a, b| b.cmp(a));
    assert_eq!(by("CHECKING"), checking);
    assert_eq!(by("CHECKED_FAIL"), [fail]);
    assert_eq!(by("ISSUED"), [of(OrderState::Certificate)]);
    assert_eq!(by("REVOKED"), [of(OrderState::Revoked)]);
    assert!(by("NOTACTIVATED").is_empty());
    // Of the 90 days, 60 are over, then all.
    shop.clock.add(60 * 86_400);
    assert_eq!(by("WILLEXPIRED"), [of(OrderState::Certificate)]);
    shop.clock.add(30 * 86_400 + 1);
    assert_eq!(by("EXPIRED"), [of(OrderState::Certificate)]);
    assert!(by("ISSUED").is_empty());
    let bad = json!({ "Status": "issued" });
    refused(&shop, "ListUserCertificateOrder", bad, "InvalidParameter", &["Status", "ISSUED"]);
}

#[test]
fn orders_are_found_by_a_part_of_a_domain_or_their_instance() {
    let shop = shop();
    let first = shop.order(json!({ "Domain": "www.example.com" }));
    let second = shop.order(json!({ "Domain": "mail.example.net" }));
    assert_eq!(list(&shop, json!({ "Keyword": "example" })), [second, first]);
    assert_eq!(list(&shop, json!({ "Keyword": "WWW.Example" })), [first]);
    assert_eq!(list(&shop, json!({ "Keyword": format!("cas-{second}") })), [second]);
    assert!(list(&shop, json!({ "Keyword": "example.org" })).is_empty());
}

#[test]
fn orders_are_listed_in_pages() {
    let shop = shop();
    let orders: Vec<i64> = (0..5).map(|_| shop.order(json!({}))).collect();
    let page = |current: i64| json!({ "CurrentPage": current, "ShowSize": 2 });
    assert_eq!(list(&shop, page(1)), [orders[4], orders[3]]);
    assert_eq!(list(&shop, page(3)), [orders[0]]);
    assert!(list(&shop, page(4)).is_empty());
    let answer = shop.call("ListUserCertificateOrder", json!({}));
    assert_eq!((&answer["ShowSize"], &answer["TotalCount"]), (&json!(50), &json!(5)));
    for bad in
        [json!({ "CurrentPage": 0 }), json!({ "ShowSize": 0 }), json!({ "OrderType": "BUY" })]
    {
        refused(&shop, "ListUserCertificateOrder", bad, "InvalidParameter", &[]);
    }
    assert_eq!(list(&shop, json!({ "OrderType": "CPACK" })).len(), 5);
}

#[test]
fn a_listed_order_tells_its_domains_and_times() {
    let shop = shop();
    let asked = json!({ "Domain": "*.a.example,*.b.example", "ProductCode": WILDCARD });
    let asked = crate::world::with(application(), asked);
    let order_id = number(&shop.call("CreateCertificateForPackageRequest", asked));
    shop.cas.operator().attest_order(order_id).unwrap();
    let answer = shop.call("ListUserCertificateOrder", json!({}));
    let listed = &answer["CertificateOrderList"][0];
    let wanted = json!({
        "Algorithm": "ECC", "BuyDate": NOW * 1_000, "CertStartTime": NOW * 1_000,
        "CertEndTime": (NOW + 365 * 86_400) * 1_000, "CertType": "DV",
        "Domain": "*.a.example,*.b.example", "DomainCount": 0, "DomainType": "M_WILDCARD",
        "InstanceId": format!("cas-{order_id}"), "OrderId": order_id, "ProductCode": WILDCARD,
        "SourceType": "cpack", "Status": "ISSUED", "WildDomainCount": 2,
    });
    assert_eq!(*listed, wanted);
}
