//! When lists are made anew; half of a list's time is over when a test says so.

use certwright::MemoryStore;
use certwright::cas::Config;
use certwright::time::SystemClock;
use serde_json::{Value, json};

use super::*;

/// A publisher of a root and of what it revoked.
struct World {
    publisher: Arc<Publisher>,
    root: String,
}

impl World {
    fn new(crl_delta_hours: i64) -> Self {
        let mut config = Config::default();
        config.crl_base_url = Some("http://crl.example".to_owned());
        config.crl_delta_hours = crl_delta_hours;
        let cas = Cas::new(MemoryStore::default(), SystemClock, config);
        let mut world = Self { publisher: Publisher::new(&cas, None), root: String::new() };
        world.root = world.authority("CreateRootCACertificate", json!({}));
        world
    }

    fn call(&self, name: &str, parameters: &Value) -> Value {
        let (cas, text) = (&self.publisher.cas, parameters.to_string());
        let answer = match name {
            "CreateCrl" => cas.operator().call(name, &text),
            _ => cas.call(name, &text),
        };
        serde_json::from_str(&answer.unwrap_or_else(|error| panic!("{name}: {error}"))).unwrap()
    }

    fn authority(&self, operation: &str, more: Value) -> String {
        let algorithm = match (cfg!(feature = "ecc"), cfg!(feature = "sm2")) {
            (true, _) => "ECC_256",
            (_, true) => "SM2_256",
            _ => "RSA_2048",
        };
        let mut given = json!({
            "CommonName": "CA", "Organization": "Test", "OrganizationUnit": "IT",
            "Locality": "Hangzhou", "State": "Zhejiang", "Years": 1, "Algorithm": algorithm,
        });
        let (all, more) = (given.as_object_mut().unwrap(), more.as_object().unwrap().clone());
        all.extend(more);
        self.call(operation, &given)["Identifier"].as_str().unwrap().to_owned()
    }

    /// An intermediate that is revoked, so that the root's list has one entry more.
    fn revoke(&self) {
        let below =
            self.authority("CreateSubCACertificate", json!({ "ParentIdentifier": self.root }));
        let revoke = json!({ "Identifier": below, "Status": "REVOKE" });
        self.call("UpdateCACertificateStatus", &revoke);
    }

    fn name(&self, is_delta: bool) -> Name {
        Name { ca: self.root.parse().unwrap(), is_delta }
    }

    fn list(&self) -> RevocationList {
        let der = self.publisher.list(&self.name(false).ca).unwrap().unwrap();
        RevocationList::from_der(&der).unwrap()
    }

    fn delta(&self) -> RevocationList {
        let der = self.publisher.delta(&self.name(true).ca).unwrap().unwrap();
        RevocationList::from_der(&der).unwrap()
    }

    /// Half of its time is over.
    fn age(&self, is_delta: bool) {
        let mut lists = self.publisher.lists();
        lists.get_mut(&self.name(is_delta)).unwrap().half = Time::from_unix(0).unwrap();
    }
}

#[test]
fn without_deltas_every_revocation_is_on_the_next_list() {
    let world = World::new(0);
    let first = world.list();
    assert_eq!(world.list().as_der(), first.as_der());
    assert!(first.freshest_urls().is_empty());
    world.revoke();
    assert_eq!((world.list().number(), world.list().len()), (Some(2), 1));
    world.age(false);
    assert_eq!(world.list().number(), Some(3));
    assert_eq!(world.publisher.delta(&world.name(true).ca).unwrap(), None);
}

#[test]
fn with_deltas_these_tell_revocations_and_are_to_the_list_that_is_published() {
    let world = World::new(2);
    // Whoever asks for the delta first.
    let delta = world.delta();
    let list = world.list();
    assert_eq!((list.number(), delta.number(), delta.delta_base()), (Some(1), Some(2), Some(1)));
    assert_eq!(list.freshest_urls(), [format!("http://crl.example/{}-delta.crl", world.root)]);
    let lives =
        |list: &RevocationList| list.next_update().unwrap().unix() - list.this_update().unix();
    assert_eq!((lives(&list), lives(&delta)), (7 * 86_400, 2 * 3_600));
    assert_eq!(world.delta().as_der(), delta.as_der());

    world.revoke();
    assert_eq!(world.list().as_der(), list.as_der(), "the complete list stays");
    let delta = world.delta();
    assert_eq!((delta.number(), delta.delta_base(), delta.len()), (Some(3), Some(1), 1));
    world.age(true);
    let delta = world.delta();
    assert_eq!((delta.number(), delta.delta_base(), delta.len()), (Some(4), Some(1), 1));

    // The next complete list has what the delta had, and the delta to it nothing.
    world.age(false);
    let (list, delta) = (world.list(), world.delta());
    assert_eq!((list.number(), list.len()), (Some(5), 1));
    assert_eq!((delta.number(), delta.delta_base(), delta.len()), (Some(6), Some(5), 0));
}

#[test]
fn a_list_of_the_operator_is_not_what_deltas_are_to_before_it_is_published() {
    let world = World::new(2);
    world.delta();
    world.revoke();
    world.call("CreateCrl", &json!({ "Identifier": world.root }));
    let delta = world.delta();
    let list = world.list();
    assert_eq!(delta.delta_base(), list.number());
    assert_eq!((list.number(), list.len(), delta.len()), (Some(4), 1, 0));
}

#[test]
fn a_list_that_names_no_delta_does_not_leave_revocations_to_one() {
    let world = World::new(2);
    world.list();
    // As another node made it, whose rules have no deltas yet.
    world.publisher.lists().get_mut(&world.name(false)).unwrap().points_to_delta = false;
    assert_eq!(world.list().number(), Some(2));
    assert!(!world.list().freshest_urls().is_empty());
}

#[test]
fn what_nodes_share_is_read_as_it_was_written() {
    let world = World::new(2);
    world.revoke();
    world.delta();
    for is_delta in [false, true] {
        let list = world.publisher.lists().get(&world.name(is_delta)).unwrap().clone();
        let read = Published::decode(list.number, list.digest, &list.encode()).unwrap();
        assert_eq!((read.base, read.points_to_delta), (list.base, list.points_to_delta));
        assert_eq!((read.revocations, read.half.unix()), (list.revocations, list.half.unix()));
        assert_eq!(read.der, list.der);
        assert!(Published::decode(list.number + 1, list.digest, &list.encode()).is_none());
    }
}
