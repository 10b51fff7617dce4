//! The power goes at any write of a life of orders; what was answered is there, no half of
//! anything is, and quota and orders fit together.
#![cfg(feature = "redb")]

use std::sync::Arc;

use certwright::cas::OrderState;
use certwright::{KeyAlgorithm, RedbStore, Store};
use serde_json::json;

use crate::disk::{self, Bytes, Disk, Operation};
use crate::order_quota::consistent;
use crate::shop::*;
use crate::world::{call, text};

/// What was answered, and how many operations the disk had seen.
struct Life {
    log: Vec<Operation>,
    /// The shop is open from this moment on.
    open: usize,
    /// The orders after each answer, as they are listed.
    answers: Vec<(usize, Vec<(i64, String)>)>,
}

/// Orders are created, met, issued, cancelled, failed, deleted, renewed and revoked.
fn life() -> (Life, Shop) {
    let disk = Disk::default();
    let store: Arc<dyn Store> = Arc::new(RedbStore::open_or_create_on(disk.clone()).unwrap());
    let shop = shop_with(store, json!({}), |_| {});
    let open = disk.moment();
    let mut answers = vec![(open, consistent(&shop.cas, 100))];
    let step = |name: &str, order_id: i64| {
        let parameters = match name {
            "CreateCertificateRequest" => application(),
            _ => json!({ "OrderId": order_id }),
        };
        (shop.call(name, parameters), disk.moment())
    };
    let mut script = vec![("CreateCertificateRequest", 0); 3];
    script.extend([
        ("AttestOrder", 1),
        ("CancelOrderRequest", 2),
        ("DeleteCertificateRequest", 2),
        ("RenewCertificateOrderForPackageRequest", 1),
        ("CreateCertificateRequest", 0),
        ("AttestOrder", 4),
        ("CancelCertificateForPackageRequest", 1),
        ("CancelOrderRequest", 3),
    ]);
    for (name, order_id) in script {
        let (_, moment) = step(name, order_id);
        answers.push((moment, consistent(&shop.cas, 100)));
    }
    // The challenges of the rest are not met in time.
    shop.clock.add(CHALLENGE);
    for order_id in [5, 3] {
        if order_id == 5 {
            step("DescribeCertificateState", order_id);
        }
        let (_, moment) = step("DeleteCertificateRequest", order_id);
        answers.push((moment, consistent(&shop.cas, 100)));
    }
    let log = disk.log.lock().unwrap().clone();
    (Life { log, open, answers }, shop)
}

#[test]
fn no_quota_is_lost_or_doubled_wherever_the_power_goes() {
    let (life, shop) = life();
    assert!(life.log.len() - life.open > 60, "{} operations", life.log.len() - life.open);
    let config = shop.cas.config().clone();
    for moment in life.open..=life.log.len() {
        disk::each_cut(&Bytes::default(), &life.log[..moment], |bytes, how| {
            let what = format!("cut at operation {moment}, {how}");
            let store: Arc<dyn Store> = match RedbStore::open_or_create_on(Disk::of(bytes)) {
                Ok(store) => Arc::new(store),
                Err(error) => panic!("{what}: {error}"),
            };
            // The hands of the clock do not matter for what is kept.
            let clock = Hands::new();
            let cas = opened(&store, &clock, config.clone());
            let orders = consistent(&cas, 100);
            let orders_then = |orders: &[(i64, String)]| -> Vec<(i64, String)> {
                // Whether a challenge is over is for the clock to say, until it is written.
                let status = |status: &str| status.replace("CHECKED_FAIL", "CHECKING");
                orders.iter().map(|(order_id, kept)| (*order_id, status(kept))).collect()
            };
            let orders = orders_then(&orders);
            let mut possible = life
                .answers
                .iter()
                .filter(|(answered, _)| *answered > moment)
                .take(1)
                .chain(life.answers.iter().rfind(|(answered, _)| *answered <= moment))
                .map(|(_, orders)| orders_then(orders));
            assert!(
                possible.any(|wanted| wanted == orders),
                "{what}: neither as answered nor as the next answer has it: {orders:?}"
            );
        });
    }
}

#[test]
fn after_a_cut_orders_go_on_and_no_number_comes_again() {
    let (life, shop) = life();
    let config = shop.cas.config().clone();
    for moment in (life.open..=life.log.len()).step_by(7) {
        let bytes = disk::after_cut(&Bytes::default(), &life.log[..moment], |_| false, false);
        let store: Arc<dyn Store> =
            Arc::new(RedbStore::open_or_create_on(Disk::of(bytes)).unwrap());
        let cas = opened(&store, &Hands::new(), config.clone());
        let before = consistent(&cas, 100);
        let csr = csr_for(KeyAlgorithm::EcdsaP256, "www.aliyundoc.com");
        let asked = application_with_csr(&csr);
        let answered = life.answers.iter().rfind(|(answered, _)| *answered <= moment).unwrap();
        let order_id = number(&call(&cas, "CreateCertificateWithCsrRequest", asked));
        let last = answered.1.iter().map(|(order_id, _)| *order_id).max().unwrap_or_default();
        assert!(order_id > last, "cut at operation {moment}");
        for (order_id, _) in before {
            let state = call(&cas, "DescribeCertificateState", json!({ "OrderId": order_id }));
            let known =
                OrderState::ALL.iter().any(|state_of| state_of.type_name() == state["Type"]);
            assert!(known, "{}", text(&state, "Type"));
        }
    }
}
