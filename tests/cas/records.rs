//! What the operations keep: read only where it is answered, versioned, and made once.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use certwright::cas::{Cas, Config};
use certwright::error::{StoreError, StoreErrorKind};
use certwright::store::{ReadTransaction, ReadWork, Visit, WriteTransaction, WriteWork};
use certwright::time::{FixedClock, Time};
use certwright::{CertificateRequest, MemoryStore, Store};
use serde_json::json;

use crate::shop::shop;
use crate::world::{NOW, call, csr, hierarchy, text};

/// A store that counts its read transactions, and denies writes of CSRs while it is told to.
#[derive(Default)]
struct Watched {
    inner: MemoryStore,
    reads: AtomicUsize,
    denials: AtomicUsize,
    /// The requests that were to be written.
    requests: Mutex<Vec<Vec<u8>>>,
}

impl Store for Watched {
    fn is_durable(&self) -> bool {
        false
    }

    fn read(&self, work: &mut ReadWork<'_>) -> Result<(), StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.read(work)
    }

    fn write(&self, work: &mut WriteWork<'_>) -> Result<(), StoreError> {
        self.inner.write(&mut |transaction| {
            let mut seen = Seen { inner: transaction, requests: Vec::new() };
            work(&mut seen)?;
            if seen.requests.is_empty() {
                return Ok(());
            }
            self.requests.lock().unwrap().append(&mut seen.requests);
            let left = self.denials.load(Ordering::SeqCst);
            if left == 0 {
                return Ok(());
            }
            self.denials.store(left - 1, Ordering::SeqCst);
            Err(StoreError::new(StoreErrorKind::Conflict, "another change came first"))
        })
    }
}

struct Seen<'t> {
    inner: &'t mut dyn WriteTransaction,
    requests: Vec<Vec<u8>>,
}

impl ReadTransaction for Seen<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.inner.scan(prefix, from, visit)
    }
}

impl WriteTransaction for Seen<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if key.starts_with(b"request/") {
            self.requests.push(value.to_vec());
        }
        self.inner.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StoreError> {
        self.inner.delete(key)
    }
}

fn watched() -> (Arc<Watched>, Cas) {
    let store = Arc::new(Watched::default());
    let clock = FixedClock(Time::from_unix(NOW).unwrap());
    (Arc::clone(&store), Cas::new(store, clock, Config::default()))
}

#[test]
fn a_list_reads_the_leaves_of_its_page_only() {
    let (store, cas) = watched();
    let (_, ca) = hierarchy(&cas, "ECC_256");
    let leaf = |name: &str| {
        let given =
            json!({ "ParentIdentifier": ca, "Csr": csr(&cas, "ECC", 256, name), "Days": 1 });
        text(&call(&cas, "CreateClientCertificateWithCsr", given), "Identifier").to_owned()
    };
    let kept: BTreeSet<String> = (0..20).map(|number| leaf(&format!("leaf {number}"))).collect();
    let filter = json!({ "ParentIdentifier": ca, "Type": "CLIENT", "AfterDate": "2027-01-15" });
    let listed = || {
        let before = store.reads.load(Ordering::SeqCst);
        let begin = Instant::now();
        let answer = call(&cas, "ListCert", filter.clone());
        (answer, store.reads.load(Ordering::SeqCst) - before, begin.elapsed())
    };
    let (few, reads_of_few, _) = listed();
    assert_eq!(few["TotalCount"], 20);

    // As many more that only the list knows, issued before the others.
    let earlier = ((NOW - 1) as u64 ^ 1 << 63).to_be_bytes();
    let add = |kind: &str, number: u32| {
        let identifier = format!("{number:032x}");
        let key = [b"row/cas/certificates/", &earlier[..], identifier.as_bytes()].concat();
        // The version of rows, and that of the service's records.
        (key, [&[1, 2], ca.as_bytes(), kind.as_bytes()].concat())
    };
    store
        .inner
        .write(&mut |transaction| {
            (0..100_000).try_for_each(|number| {
                let kind = if number % 2 == 0 { "CLIENT" } else { "SERVER" };
                let (key, value) = add(kind, number);
                transaction.put(&key, &value)
            })
        })
        .unwrap();
    let (many, reads_of_many, took) = listed();
    assert_eq!(many["TotalCount"], 50_020);
    assert_eq!(reads_of_many, reads_of_few, "reads grow with the leaves that are not shown");
    let shown = many["List"].as_array().unwrap();
    let shown: BTreeSet<String> =
        shown.iter().map(|leaf| text(leaf, "Identifier").to_owned()).collect();
    assert_eq!(shown, kept);
    println!("a page of 50,020 among 100,020 leaves: {took:?}");
}

#[test]
fn a_list_of_csrs_reads_no_request() {
    let (store, cas) = watched();
    csr(&cas, "ECC", 256, "a.example");
    let reads = |more: usize| {
        (0..more).for_each(|number| drop(csr(&cas, "ECC", 256, &format!("{number}.example"))));
        let before = store.reads.load(Ordering::SeqCst);
        let answer = call(&cas, "ListCsr", json!({ "KeyWord": "example" }));
        assert_eq!(answer["CsrList"].as_array().unwrap().len(), 1 + more);
        store.reads.load(Ordering::SeqCst) - before
    };
    assert_eq!(reads(0), 1);
    assert_eq!(reads(8), 1);
}

#[test]
fn a_key_is_generated_once_however_often_an_operation_is_tried_again() {
    let (store, cas) = watched();
    store.denials.store(3, Ordering::SeqCst);
    csr(&cas, "ECC", 256, "a.example");
    let requests = store.requests.lock().unwrap();
    assert!(requests.len() >= 4, "{} attempts", requests.len());
    let key = |record: &Vec<u8>| {
        // Version, whether there is a key, time; then two texts, each with its length.
        let after_text = |rest: &[u8]| {
            let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            rest[2 + length..].to_vec()
        };
        let der = after_text(&after_text(&record[10..]));
        format!("{:?}", CertificateRequest::from_der(&der).unwrap().public_key().to_der())
    };
    let distinct: BTreeSet<String> = requests.iter().map(key).collect();
    assert_eq!(distinct.len(), 1, "every attempt has a key of its own");
}

#[test]
fn a_record_of_another_version_is_refused_by_name() {
    let shop = shop();
    let order = shop.order(json!({}));
    csr(&shop.cas, "ECC", 256, "a.example");
    let given = json!({
        "ParentIdentifier": shop.issuer, "CommonName": "leaf", "Days": 1, "CustomIdentifier": "mine",
        "Algorithm": "ECC_256",
    });
    let leaf = call(&shop.cas, "CreateClientCertificate", given.clone());
    let leaf = text(&leaf, "Identifier");
    let other = call(
        &shop.cas,
        "CreateClientCertificate",
        crate::world::without(given, "CustomIdentifier"),
    );
    let other = text(&other, "Identifier");
    call(&shop.cas, "UploadPcaCertToCas", json!({ "Ids": leaf }));
    let mut root = crate::world::authority("Root", 1, "ECC_256");
    root["ClientToken"] = "once".into();
    call(&shop.cas, "CreateRootCACertificate", root.clone());
    let readers = [
        ("cas/ca/", "DescribeCACertificateList", json!({})),
        ("cas/certificate/", "DescribeClientCertificate", json!({ "Identifier": leaf })),
        ("cas/certificates/", "ListCert", json!({})),
        ("cas/csr/", "ListCsr", json!({})),
        ("cas/custom-identifier/", "DescribeClientCertificate", json!({ "Identifier": "mine" })),
        ("cas/order-number", "CreateCertificateRequest", crate::shop::application()),
        ("cas/order/", "DescribeCertificateState", json!({ "OrderId": order })),
        ("cas/package/", "DescribePackageState", json!({})),
        ("cas/token/", "CreateRootCACertificate", root),
        ("cas/user-certificate/", "ListCertificates", json!({})),
        ("cas/user-certificate-leaf/", "DeleteUserCertificate", json!({ "CertId": 1 })),
        ("cas/user-certificate-name/", "DeleteUserCertificate", json!({ "CertId": 1 })),
        ("cas/user-certificate-numbers", "UploadPcaCertToCas", json!({ "Ids": other })),
        ("cas/user-certificate-text/", "GetCertificateDetail", json!({ "CertificateId": 1 })),
    ];
    let mut kept = Vec::new();
    shop.store
        .read(&mut |transaction| {
            transaction.scan(b"row/cas/", b"", &mut |key, value| {
                kept.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    // Of the parameters of a call with a token a digest is kept, since they may be secret.
    let (_, token) = kept.iter().find(|(key, _)| key.starts_with(b"row/cas/token/")).unwrap();
    let token = String::from_utf8_lossy(token);
    assert!(token.contains("Certificate") && !token.contains("Years"), "{token}");
    for (prefix, operation, given) in readers {
        let found: Vec<_> = kept
            .iter()
            .filter(|(key, _)| key[b"row/".len()..].starts_with(prefix.as_bytes()))
            .collect();
        assert!(!found.is_empty(), "{prefix}");
        let put = |version: Option<u8>| {
            let write = &mut |transaction: &mut dyn WriteTransaction| {
                found.iter().try_for_each(|(key, value)| {
                    let mut value = value.clone();
                    // After that of the row.
                    value[1] = version.unwrap_or(value[1]);
                    transaction.put(key, &value)
                })
            };
            shop.store.write(write).unwrap();
        };
        put(Some(9));
        let error = shop.cas.call(operation, &given.to_string()).unwrap_err();
        assert_eq!(error.http_status(), 500, "{prefix}: {error}");
        let message = error.message();
        assert!(message.contains("version 9") && message.contains(prefix), "{prefix}: {message}");
        put(None);
    }
}
