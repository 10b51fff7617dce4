//! Random and mutated calls: an answer or an error, never a panic, and an error leaves nothing behind
//! but the audit log.

use certwright::cas::{Cas, OPERATIONS, OPERATOR_OPERATIONS, ParameterHelp};
use certwright::testing::SeededRng;
use rand_core::Rng as _;
use serde_json::{Map, Value, json};

use crate::world::*;

/// Calls in debug, where the engine is slow; CI makes 200,000 in release.
const CALLS: usize = if cfg!(debug_assertions) { 4_000 } else { 200_000 };

/// How often the state is compared: it is read whole each time.
const COMPARED: usize = if cfg!(debug_assertions) { 10 } else { 100 };

struct Hostile {
    rng: SeededRng,
    /// Values that were seen in answers, and values that mean something.
    dictionary: Vec<Value>,
}

impl Hostile {
    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 9 } else { 12 }) {
            0 => json!(self.rng.next_u64() as i64),
            1 => json!(self.below(40) as i64 - 5),
            2 => json!(self.below(2) == 0),
            3 => Value::Null,
            4 => json!("x".repeat(self.below(200))),
            5 => json!(
                ["a.example", "*.b.example", "10.0.0.7", "::1", "a@b.example", ""][self.below(6)]
            ),
            6 => json!(
                (0..self.below(8))
                    .map(|_| char::from_u32(self.below(0x3000) as u32).unwrap_or('\0'))
                    .collect::<String>()
            ),
            7 | 8 => self.known(),
            9 => Value::Array((0..self.below(4)).map(|_| self.value(depth - 1)).collect()),
            _ => {
                let names = ["Key", "Value", "Type", "CommonName", "Subject", "Extensions", "Odd"];
                (0..self.below(4))
                    .map(|_| (names[self.below(7)].to_owned(), self.value(depth - 1)))
                    .collect::<Map<_, _>>()
                    .into()
            }
        }
    }

    fn known(&mut self) -> Value {
        let at = self.below(self.dictionary.len());
        let mut value = self.dictionary[at].clone();
        if let (Value::String(text), 0) = (&mut value, self.below(6)) {
            // One character another.
            let at = self.below(text.len().max(1));
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) && at < text.len() {
                text.replace_range(at..at + 1, ["A", "0", "-", "\n", ","][self.below(5)]);
            }
        }
        value
    }

    /// Mostly what the operation takes, of mostly the right kind.
    fn parameters(&mut self, help: &[ParameterHelp]) -> Value {
        let mut parameters = Map::new();
        for parameter in help {
            if !parameter.required && self.below(3) > 0 {
                continue;
            }
            if self.below(12) == 0 {
                continue;
            }
            let value = match (self.below(6), parameter.kind.as_str()) {
                (0, _) => self.value(2),
                (_, "integer") => json!(self.below(30)),
                (_, "boolean") => json!(self.below(2) == 0),
                (_, "structure") => self.parameters(&parameter.parts),
                (_, kind) if kind.starts_with("list") && !parameter.parts.is_empty() => {
                    json!([self.parameters(&parameter.parts)])
                }
                (_, kind) if kind.starts_with("list") => json!([self.known()]),
                _ => self.meaning(&parameter.name),
            };
            parameters.insert(parameter.name.clone(), value);
        }
        if self.below(20) == 0 {
            parameters.insert("Odd.1.Name".to_owned(), self.value(1));
        }
        parameters.into()
    }

    /// A value that fits the name, often.
    fn meaning(&mut self, name: &str) -> Value {
        match name {
            "Algorithm" => json!(["ECC_256", "ECC_384", "ECC", "SM2"][self.below(4)]),
            "CountryCode" | "Country" => json!("CN"),
            "Domain" => json!(["a.example", "*.a.example", "a.example,10.0.0.7"][self.below(3)]),
            "Email" => json!("a@b.example"),
            "MessageType" => json!(["RAW", "BASE64", "Base64", "DIGEST"][self.below(4)]),
            "SigningAlgorithm" => json!(["SHA256withECDSA", "SM3withSM2"][self.below(2)]),
            "ValidateType" => json!(["DNS", "FILE"][self.below(2)]),
            "Status" => json!(["REVOKE", "ISSUE"][self.below(2)]),
            "Validity" => json!(["1y", "3m", "10d", "2027-02-01T00:00:00Z"][self.below(4)]),
            _ => self.known(),
        }
    }
}

#[test]
fn no_call_panics_and_no_error_changes_anything() {
    let cas = cas_with_crls();
    let root = root(&cas, "ECC_256");
    let sub = intermediate(&cas, &root, "ECC_256", json!({ "EnableCrl": true }));
    let csr = csr(&cas, "ECC", 256, "a.example");
    let dictionary = vec![
        json!(root),
        json!(sub),
        json!(sub),
        json!(csr),
        json!(csr),
        json!("a.example"),
        json!("Example"),
        json!(1),
        json!(365),
        json!(NOW),
        json!(NOW + 86_400),
        json!("serverAuth"),
        json!("digicert-free-1-free"),
    ];
    let mut hostile = Hostile { rng: SeededRng::new(7), dictionary };
    let (mut answered, mut refused) = (0, 0);
    for round in 0..CALLS {
        let number = hostile.below(OPERATIONS.len() + OPERATOR_OPERATIONS.len());
        let operation = OPERATIONS.iter().chain(OPERATOR_OPERATIONS).nth(number).unwrap();
        let parameters = hostile.parameters(&operation.parameters());
        let compared = round % COMPARED == 0;
        let before = compared.then(|| state(&cas));
        match cas.call_json(operation.name, parameters.clone()) {
            Ok(answer) => {
                answered += 1;
                remember(&mut hostile.dictionary, &answer);
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error.request_id().len(), 36);
                assert_ne!(
                    error.http_status(),
                    500,
                    "{}: {error} for {parameters}",
                    operation.name
                );
                if let Some(before) = before {
                    assert_eq!(before, state(&cas), "{}: {error} left something", operation.name);
                }
            }
        }
    }
    println!("{answered} answered, {refused} refused");
    assert!(answered > CALLS / 50, "{answered} answered: the calls are too wild");
    assert!(refused > CALLS / 10);
    cas.ledger().verify_audit().unwrap();
}

/// All there is, in a digest: the lists of every kind.
fn state(cas: &Cas) -> String {
    let audit = cas.ledger().verify_audit().unwrap();
    let ledger = cas.ledger();
    let certificates = ledger.certificates(None, usize::MAX).unwrap().len();
    let keys = ledger.key_names(None, usize::MAX).unwrap().len();
    let requests = ledger.requests(0, usize::MAX).unwrap().len();
    // An entry of the audit log may be added; it is counted only to say so.
    let _ = audit;
    format!("{certificates} {keys} {requests}")
}

/// Identifiers of answers come again in calls.
fn remember(dictionary: &mut Vec<Value>, answer: &Value) {
    for (name, value) in answer.as_object().into_iter().flatten() {
        if ["Identifier", "CsrId", "OrderId", "SerialNumber"].contains(&name.as_str()) {
            if dictionary.len() > 200 {
                dictionary.remove(13);
            }
            dictionary.push(value.clone());
        }
    }
}
