//! When lists are made anew; half of a list's time is over when a test says so.

use std::collections::BTreeMap;

use certwright::cas::Config;
use certwright::key::SealingKey;
use certwright::time::SystemClock;
use certwright::{MemoryStore, Store};
use serde_json::{Value, json};

use super::*;

/// A publisher of a root and of what it revoked.
struct World {
    publisher: Arc<Publisher>,
    root: String,
}

/// A list as it is shared, with its number.
type Numbered = (u64, Vec<u8>);

/// What processes share of one store.
#[derive(Default)]
struct Lists {
    published: Mutex<BTreeMap<Vec<u8>, Numbered>>,
    turn: Mutex<()>,
}

impl Shared for Lists {
    fn take_nonce(&self, _: &[u8], _: i64) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn forget_nonces(&self, _: i64) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn publish(&self, name: &[u8], number: u64, value: &[u8]) -> Result<bool, StoreError> {
        let mut all = self.published.lock().unwrap();
        let is_newest = all.get(name).is_none_or(|(known, _)| *known < number);
        if is_newest {
            all.insert(name.to_vec(), (number, value.to_vec()));
        }
        Ok(is_newest)
    }

    fn published_number(&self, name: &[u8]) -> Result<Option<u64>, StoreError> {
        Ok(self.published(name)?.map(|(number, _)| number))
    }

    fn published(&self, name: &[u8]) -> Result<Option<Numbered>, StoreError> {
        Ok(self.published.lock().unwrap().get(name).cloned())
    }

    fn in_turn(&self, _: &str, work: &mut dyn FnMut()) -> Result<(), StoreError> {
        let _turn = self.turn.lock().unwrap();
        work();
        Ok(())
    }
}

impl World {
    fn new(crl_delta_hours: i64) -> Self {
        let mut world = Self::on(Arc::default(), None, crl_delta_hours);
        world.root = world.authority("CreateRootCACertificate", json!({}));
        world
    }

    /// Processes on one store, with these rules.
    fn sharing(hours: [i64; 2]) -> [Self; 2] {
        let (store, lists): (Arc<MemoryStore>, Arc<Lists>) = Default::default();
        let mut worlds = hours.map(|hours| Self::on(store.clone(), Some(lists.clone()), hours));
        worlds[0].root = worlds[0].authority("CreateRootCACertificate", json!({}));
        worlds[1].root = worlds[0].root.clone();
        worlds
    }

    fn on(store: Arc<MemoryStore>, lists: Option<Arc<Lists>>, crl_delta_hours: i64) -> Self {
        let mut config = Config::default();
        config.crl_base_url = Some("http://crl.example".to_owned());
        config.crl_delta_hours = crl_delta_hours;
        let cas = Cas::new(store as Arc<dyn Store>, SystemClock, config);
        cas.ledger().unlock(&SealingKey::from_bytes([7; 32])).unwrap();
        let lists = lists.map(|lists| lists as Arc<dyn Shared>);
        Self { publisher: Publisher::new(&cas, lists), root: String::new() }
    }

    /// The last number that a list got, complete or not.
    fn last_number(&self) -> u64 {
        let ledger = self.publisher.cas.ledger();
        let kept = ledger.issuer(&self.name(false).ca).unwrap().unwrap();
        ledger.crl_state(&kept.digest(), 0).unwrap().number
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
fn a_list_that_names_no_delta_is_replaced_once_when_it_leaves_something_out() {
    let world = World::new(2);
    world.list();
    // As another made it, whose rules have no deltas.
    world.publisher.lists().get_mut(&world.name(false)).unwrap().points_to_delta = false;
    let (list, delta) = (world.list(), world.delta());
    assert_eq!((list.number(), delta.number(), delta.delta_base()), (Some(1), Some(2), Some(1)));
    assert_eq!((world.list().number(), world.delta().number()), (Some(1), Some(2)));
    world.revoke();
    let list = world.list();
    assert_eq!((list.number(), list.len(), list.freshest_urls().len()), (Some(3), 1, 1));
    let delta = world.delta();
    assert_eq!((delta.number(), delta.delta_base(), delta.len()), (Some(4), Some(3), 0));
    assert_eq!((world.list().number(), world.delta().number()), (Some(3), Some(4)));
}

#[test]
fn processes_whose_rules_differ_make_no_list_each_time() {
    let [with, without] = World::sharing([2, 0]);
    let numbers = || [&with, &without].map(|world| world.list().number().unwrap());
    assert_eq!(numbers(), [1, 1]);
    for revoked in 1..=4 {
        with.revoke();
        let before = numbers();
        // All that either reader needs is on what it is answered.
        let told = with.list();
        match told.freshest_urls().is_empty() {
            true => assert_eq!(told.len(), revoked),
            false => assert_eq!(told.len() + with.delta().len(), revoked),
        }
        assert_eq!(without.list().len(), revoked);
        assert_eq!(without.publisher.delta(&without.name(true).ca).unwrap(), None);
        let after = numbers();
        let made = with.last_number();
        for _ in 0..5 {
            assert_eq!(numbers(), after);
            with.delta();
        }
        // A delta at most, when it is asked for first.
        assert!(with.last_number() <= made + 1, "{before:?} {after:?}");
    }
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
