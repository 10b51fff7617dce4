//! Operations from several threads at once: of operations that exclude each other one takes effect, and
//! the others say why they do not.

use crate::world::CallJson;
use std::thread;

use serde_json::{Value, json};

use crate::leaf_world::{World, csr, with};

const THREADS: usize = 8;

/// Calls an operation from all threads at once; how many were answered, and the codes of the others.
fn race(world: &World, name: &str, given: impl Fn(usize) -> Value + Sync) -> (usize, Vec<String>) {
    let answers: Vec<Result<Value, String>> = thread::scope(|scope| {
        let given = &given;
        let call = |number: usize| {
            let call = move || world.cas.call_json(name, given(number));
            scope.spawn(move || call().map_err(|error| error.code().to_owned()))
        };
        let threads: Vec<_> = (0..THREADS).map(call).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    (answered, answers.into_iter().filter_map(Result::err).collect())
}

#[test]
fn a_custom_identifier_is_given_to_one() {
    let world = World::new();
    let base = json!({ "ParentIdentifier": world.ca, "Days": 1, "CustomIdentifier": "own" });
    let (answered, refused) = race(&world, "CreateClientCertificate", |_| base.clone());
    assert_eq!(answered, 1);
    assert!(refused.iter().all(|code| code == "ParamRepeat"), "{refused:?}");
    assert_eq!(world.call("ListClientCertificate", json!({}))["TotalCount"], 1);
}

#[test]
fn a_serial_number_is_given_once() {
    let world = World::new();
    let base = json!({
        "ParentIdentifier": world.ca, "Validity": "1d", "Csr": csr("CN=Bob"),
        "ApiPassthrough.SerialNumber": "4711",
        "ApiPassthrough.Extensions.KeyUsage.DigitalSignature": true,
    });
    let (answered, refused) = race(&world, "CreateCustomCertificate", |_| base.clone());
    assert_eq!(answered, 1);
    assert!(refused.iter().all(|code| code == "ParamRepeat"), "{refused:?}");
}

#[test]
fn a_leaf_is_revoked_once_and_deleted_once() {
    let world = World::new();
    let given = json!({ "ParentIdentifier": world.ca, "Days": 1 });
    let leaf = json!({ "Identifier": world.identifier("CreateClientCertificate", given) });
    let (answered, refused) = race(&world, "CreateRevokeClientCertificate", |_| leaf.clone());
    assert_eq!(answered, 1);
    let code = "InvalidStatus.UpdateProtection";
    assert!(refused.iter().all(|refused| refused == code), "{refused:?}");
    let (answered, refused) = race(&world, "DeleteClientCertificate", |_| leaf.clone());
    assert_eq!(answered, 1);
    assert!(refused.iter().all(|code| code == "NotFound"), "{refused:?}");
}

#[test]
fn leaves_that_are_issued_at_once_are_all_counted_and_listed() {
    let world = World::new();
    let base = json!({ "ParentIdentifier": world.ca, "Days": 1 });
    let named = |number: usize| with(&base, json!({ "CustomIdentifier": format!("n{number}") }));
    assert_eq!(race(&world, "CreateClientCertificate", named).0, THREADS);
    assert_eq!(world.call("ListCert", json!({}))["TotalCount"], THREADS);
    let ca = world.call("DescribeCACertificate", json!({ "Identifier": world.ca }));
    assert_eq!(ca["Certificate"]["CertIssuedCount"], THREADS);
    world.cas.ledger().verify_audit().unwrap();
}
