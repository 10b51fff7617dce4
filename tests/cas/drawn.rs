//! One source of random numbers for all that the operations draw.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certwright::cas::{Cas, MapProbe};
use certwright::key::SealingKey;
use certwright::testing::SeededRng;
use certwright::{MemoryStore, Store};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};

use crate::shop::{Hands, SINGLE, WILDCARD, config};
use crate::world::{call, intermediate, root};

/// A generator that counts what is drawn from it.
struct Counting(SeededRng, Arc<AtomicUsize>);

impl TryRng for Counting {
    type Error = <SeededRng as TryRng>::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.1.fetch_add(4, Ordering::SeqCst);
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.1.fetch_add(8, Ordering::SeqCst);
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.1.fetch_add(bytes.len(), Ordering::SeqCst);
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Counting {}

/// A root, an intermediate, a CSR, a leaf and an order; what was answered, what is stored, and how many
/// bytes were drawn.
fn life(seed: u64) -> (Vec<Value>, BTreeMap<Vec<u8>, Vec<u8>>, usize) {
    let drawn = Arc::new(AtomicUsize::new(0));
    let rng = Counting(SeededRng::new(seed), Arc::clone(&drawn));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let cas = Cas::new(Arc::clone(&store), Hands::new(), config())
        .with_rng(rng)
        .with_probe(Arc::new(MapProbe::default()));
    cas.ledger().unlock(&SealingKey::from_bytes([7; 32])).unwrap();
    let mut answers = Vec::new();
    let root = root(&cas, "ECC_256");
    let ca = intermediate(&cas, &root, "ECC_256", json!({}));
    answers.push(json!([root, ca]));
    answers.push(call(
        &cas,
        "CreateCsr",
        json!({
            "Algorithm": "ECC", "KeySize": 256, "CommonName": "db.example", "CountryCode": "CN",
            "Province": "Zhejiang", "Locality": "Hangzhou",
        }),
    ));
    answers.push(call(
        &cas,
        "CreateServerCertificate",
        json!({
            "ParentIdentifier": ca, "CommonName": "a.example", "Domain": "a.example",
            "Algorithm": "ECC_256", "Days": 30, "Immediately": 2,
        }),
    ));
    for product in [SINGLE, WILDCARD] {
        cas.operator().add_package(product, 10).unwrap();
    }
    answers.push(call(
        &cas,
        "CreateCertificateRequest",
        json!({
            "ProductCode": SINGLE, "Domain": "www.example.com", "ValidateType": "DNS",
            "Username": "Tom", "Phone": "13900000000", "Email": "tom@example.com",
        }),
    ));
    let mut rows = BTreeMap::new();
    let mut keep = |key: &[u8], value: &[u8]| {
        // The log has the system's time, and what vouches for its end has the log.
        if !key.starts_with(b"audit") {
            rows.insert(key.to_vec(), value.to_vec());
        }
        ControlFlow::Continue(())
    };
    store.read(&mut |transaction| transaction.scan(b"", b"", &mut keep)).unwrap();
    (answers, rows, drawn.load(Ordering::SeqCst))
}

/// What is drawn elsewhere would differ: keys, serial numbers, nonces of signatures and of what is sealed,
/// tokens of orders, identifiers of requests.
#[test]
fn the_same_source_gives_the_same_service_byte_for_byte() {
    let (answers, rows, drawn) = life(1);
    let (again, same, as_many) = life(1);
    assert_eq!(answers, again);
    let differ: Vec<String> = rows
        .iter()
        .filter(|(key, value)| same.get(*key) != Some(value))
        .map(|(key, _)| key.escape_ascii().to_string())
        .collect();
    assert_eq!(differ, Vec::<String>::new());
    assert_eq!((rows.len(), drawn), (same.len(), as_many));
    // Four keys of 32 bytes, and nonces, serial numbers and identifiers beside them.
    assert!(drawn > 500, "{drawn} bytes");
    assert_ne!(life(2).1, rows);
}
