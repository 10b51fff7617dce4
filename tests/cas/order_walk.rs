//! A random walk over all operations on orders, beside a model that is as simple as can
//! be.

use crate::world::CallJson;
use std::collections::BTreeMap;

use certwright::cas::OrderState;
use certwright::testing::SeededRng;
use rand_core::TryRng;
use serde_json::{Value, json};

use crate::shop::*;
use crate::world::{NOW, text, with};

/// What should be there.
struct Model {
    now: i64,
    total: BTreeMap<&'static str, i64>,
    issued: BTreeMap<&'static str, i64>,
    orders: BTreeMap<i64, Expected>,
    last: i64,
}

#[derive(Clone)]
struct Expected {
    product: &'static str,
    state: OrderState,
    deadline: i64,
    token: Option<String>,
    domain: &'static str,
}

impl Model {
    fn used(&self, product: &str) -> i64 {
        self.orders.values().filter(|order| order.product == product).count() as i64
    }

    /// What should become of a new order.
    fn create(&mut self, product: &'static str, domain: &'static str) -> Result<i64, &'static str> {
        match self.total.get(product) {
            None => Err("NotFoundPackage"),
            Some(total) if self.used(product) >= *total => Err("NotRemainCount"),
            Some(_) => {
                self.last += 1;
                let (state, deadline) = (OrderState::DomainVerify, self.now + CHALLENGE);
                let order = Expected { product, state, deadline, token: None, domain };
                self.orders.insert(self.last, order);
                Ok(self.last)
            }
        }
    }

    fn issue(&mut self, order_id: i64) {
        let order = self.orders.get_mut(&order_id).unwrap();
        order.state = OrderState::Certificate;
        *self.issued.entry(order.product).or_default() += 1;
    }

    fn pass(&mut self, seconds: i64) {
        self.now += seconds;
        for order in self.orders.values_mut() {
            if order.state == OrderState::DomainVerify && self.now >= order.deadline {
                order.state = OrderState::VerifyFail;
            }
        }
    }
}

const SCARCE: &str = "geotrust-dv-1-starter";
const NEVER_BOUGHT: &str = "symantec-free-1-free";

#[test]
fn a_random_walk_is_as_the_model_says() {
    for seed in (0..4).step_by(certwright_tests::common::step(2)) {
        walk(seed, 700);
    }
}

fn walk(seed: u64, steps: usize) {
    let shop = shop();
    let mut rng = SeededRng::new(seed);
    let mut draw = |below: u32| (rng.try_next_u32().unwrap() % below) as usize;
    let mut model = Model {
        now: NOW,
        total: BTreeMap::from([(SINGLE, 100), (WILDCARD, 100)]),
        issued: BTreeMap::new(),
        orders: BTreeMap::new(),
        last: 0,
    };
    shop.buy(SCARCE, 3);
    model.total.insert(SCARCE, 3);
    let mut refusals = BTreeMap::<String, usize>::new();
    for step in 0..steps {
        let order_id = match draw(20) {
            0 => model.last + 1,
            _ => draw(model.last as u32 + 1) as i64,
        };
        let order = model.orders.get(&order_id).cloned();
        let state = order.as_ref().map(|order| order.state);
        let named = json!({ "OrderId": order_id });
        let moved = |allowed: &[OrderState]| match state {
            None => Err("NotFoundOrder"),
            Some(state) if allowed.contains(&state) => Ok(()),
            Some(_) => Err("OrderStateError"),
        };
        let (name, parameters, wanted): (&str, Value, Result<(), &str>) = match draw(13) {
            0..=2 => {
                let products = [
                    (SINGLE, "www.example.com"),
                    (WILDCARD, "*.example.com"),
                    (SCARCE, "shop.example.com"),
                    (NEVER_BOUGHT, "www.example.com"),
                ];
                let (product, domain) = products[draw(4)];
                let asked = json!({ "ProductCode": product, "Domain": domain });
                let names = ["CreateCertificateRequest", "CreateCertificateForPackageRequest"];
                let wanted = model.create(product, domain).map(drop);
                (names[draw(2)], with(application(), asked), wanted)
            }
            3 => {
                // The domain is not for the product, so the quota stays.
                let asked = json!({ "ProductCode": WILDCARD, "Domain": "www.example.com" });
                let asked = with(application(), asked);
                ("CreateCertificateRequest", asked, Err("InvalidParameter"))
            }
            4 => {
                let wanted = moved(&[OrderState::DomainVerify, OrderState::Process]);
                if wanted.is_ok() {
                    model.orders.get_mut(&order_id).unwrap().state = OrderState::Cancelled;
                }
                ("CancelOrderRequest", named, wanted)
            }
            5 => {
                let wanted = moved(&[OrderState::Cancelled, OrderState::VerifyFail]);
                let wanted = wanted.map_err(|code| match code {
                    "OrderStateError" => "DeleteFail",
                    other => other,
                });
                if wanted.is_ok() {
                    model.orders.remove(&order_id);
                }
                ("DeleteCertificateRequest", named, wanted)
            }
            6 => {
                let wanted = moved(&[OrderState::DomainVerify]);
                if wanted.is_ok() {
                    model.issue(order_id);
                }
                ("AttestOrder", named, wanted)
            }
            7 => {
                let wanted = moved(&[OrderState::Certificate]);
                if wanted.is_ok() {
                    model.orders.get_mut(&order_id).unwrap().state = OrderState::Revoked;
                }
                ("CancelCertificateForPackageRequest", named, wanted)
            }
            8 => {
                let wanted = moved(&[OrderState::Certificate]);
                let wanted = wanted.and_then(|()| {
                    let order = order.clone().unwrap();
                    model.create(order.product, order.domain).map(drop)
                });
                ("RenewCertificateOrderForPackageRequest", named, wanted)
            }
            9 => {
                // What the challenge asks for is put where it asks for it.
                if let Some(Expected { token: Some(token), domain, state, .. }) = &order
                    && *state == OrderState::DomainVerify
                {
                    let base = domain.trim_start_matches("*.");
                    shop.probe.clear();
                    shop.probe.add_txt(&format!("_dnsauth.{base}"), token);
                    model.issue(order_id);
                }
                let wanted = if order.is_some() { Ok(()) } else { Err("NotFoundOrder") };
                ("DescribeCertificateState", named, wanted)
            }
            10 => {
                let seconds = draw(40_000) as i64;
                shop.clock.add(seconds);
                model.pass(seconds);
                ("ListUserCertificateOrder", json!({}), Ok(()))
            }
            11 if draw(6) == 0 => {
                *model.total.get_mut(SCARCE).unwrap() += 1;
                ("AddPackage", json!({ "ProductCode": SCARCE, "Count": 1 }), Ok(()))
            }
            _ => (
                "AddPackage",
                json!({ "ProductCode": SCARCE, "Count": 0 }),
                Err("InvalidParameter"),
            ),
        };
        let answer = shop.cas.call_json(name, parameters.clone());
        let found = answer.as_ref().map(drop).map_err(|error| error.code());
        assert_eq!(found, wanted, "seed {seed}, step {step}: {name} {parameters}: {answer:?}");
        if let Err(error) = &answer {
            *refusals.entry(error.code().to_owned()).or_default() += 1;
        } else if name.starts_with("Create") || name.starts_with("Renew") {
            assert_eq!(number(&answer.unwrap()), model.last, "seed {seed}, step {step}");
            let token = shop.state(model.last)["RecordValue"].as_str().map(str::to_owned);
            model.orders.get_mut(&model.last).unwrap().token = token;
        }
        compare(&shop, &model, &format!("seed {seed}, step {step}: {name}"), step % 20 == 0);
    }
    for code in
        ["DeleteFail", "NotFoundOrder", "NotFoundPackage", "NotRemainCount", "OrderStateError"]
    {
        assert!(refusals.contains_key(code), "seed {seed} never came to {code}: {refusals:?}");
    }
}

/// The quota after each step; now and then, every order.
#[track_caller]
fn compare(shop: &Shop, model: &Model, what: &str, whole: bool) {
    for product in [SINGLE, WILDCARD, SCARCE] {
        let issued = model.issued.get(product).copied().unwrap_or_default();
        let wanted = (model.total[product], model.used(product), issued);
        assert_eq!(shop.quota(product), wanted, "{what}: {product}");
    }
    if !whole {
        return;
    }
    let list = shop.call("ListUserCertificateOrder", json!({ "ShowSize": 1_000 }));
    let found: BTreeMap<i64, String> = list["CertificateOrderList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| (number(order), text(order, "Status").to_owned()))
        .collect();
    let status = |state: OrderState| match state {
        OrderState::Cancelled => "PAYED",
        OrderState::Certificate => "ISSUED",
        OrderState::DomainVerify | OrderState::Process => "CHECKING",
        OrderState::Revoked => "REVOKED",
        OrderState::VerifyFail => "CHECKED_FAIL",
    };
    let wanted: BTreeMap<i64, String> = model
        .orders
        .iter()
        .map(|(order_id, order)| (*order_id, status(order.state).to_owned()))
        .collect();
    let late = |status: &String| match status.as_str() {
        // The walk is long enough for certificates to come to their end.
        "WILLEXPIRED" | "EXPIRED" => "ISSUED".to_owned(),
        _ => status.clone(),
    };
    let found: BTreeMap<i64, String> =
        found.iter().map(|(order_id, status)| (*order_id, late(status))).collect();
    assert_eq!(found, wanted, "{what}");
}
