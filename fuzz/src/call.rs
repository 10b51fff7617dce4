//! Operations of the service: a text of up to eight calls, each a line with a name and a line of
//! JSON. `$ROOT`, `$CA`, `$CSR` and so on stand for what is there.

use std::sync::LazyLock;

use certwright::cas::{
    Cas, Config, OPERATIONS, OPERATOR_OPERATIONS, Operation, ParameterHelp, ValidityRule,
};
use certwright::time::FixedClock;
use certwright::{Certificate, MemoryStore};
use serde_json::{Map, Value, json};

use crate::INPUT_BYTES;
use crate::stores::{copy, records};

const NOW: &str = "2026-06-01T00:00:00Z";

/// Operations whose certificates are CAs.
const OF_AUTHORITIES: [&str; 4] = [
    "CreateCustomCertificate",
    "CreateRootCACertificate",
    "CreateSubCACertificate",
    "DescribeCACertificate",
];

pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    // Keys of RSA take seconds to generate.
    if text.len() > INPUT_BYTES || text.to_ascii_uppercase().contains("RSA") {
        return;
    }
    let mut text = text.to_owned();
    for (word, value) in &WORLD.words {
        text = text.replace(word, value);
    }
    let cas = service(copy(&WORLD.records).unwrap());
    let mut lines = text.lines();
    for _ in 0..8 {
        let (Some(name), Some(parameters)) = (lines.next(), lines.next()) else { break };
        let is_operators = OPERATOR_OPERATIONS.iter().any(|operation| operation.name == name);
        let answer = if is_operators {
            cas.operator().call(name, parameters)
        } else {
            cas.call(name, parameters)
        };
        match answer {
            Ok(answer) => judge(name, &serde_json::from_str(&answer).unwrap()),
            Err(error) => {
                let _ = format!("{error} {error:?}");
                assert!(!error.request_id().is_empty());
            }
        }
    }
    cas.ledger().verify_audit().unwrap();
}

/// What is answered is complete, and no leaf is a CA.
fn judge(name: &str, answer: &Value) {
    let operation = all().find(|operation| operation.name == name).unwrap();
    for help in operation.answers() {
        assert!(!help.required || answer.get(&help.name).is_some(), "{name} {}", help.name);
    }
    for field in ["X509Certificate", "Certificate"] {
        let Some(pem) = answer.get(field).and_then(Value::as_str) else { continue };
        let Ok(certificate) = Certificate::from_pem(pem) else { continue };
        assert!(!certificate.is_authority() || OF_AUTHORITIES.contains(&name), "{name}");
    }
}

struct World {
    records: Vec<(Vec<u8>, Vec<u8>)>,
    words: Vec<(&'static str, String)>,
}

fn service(store: impl certwright::Store + 'static) -> Cas {
    let mut config = Config::default();
    config.validity = ValidityRule::Lenient;
    config.crl_base_url = Some("http://crl.example/ca".to_owned());
    Cas::new(store, FixedClock(NOW.parse().unwrap()), config)
}

/// A root, an intermediate, a CSR and a leaf.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let store = std::sync::Arc::new(MemoryStore::default());
    let cas = service(std::sync::Arc::clone(&store));
    let call = |name: &str, parameters: Value| -> Value {
        serde_json::from_str(&cas.call(name, &parameters.to_string()).unwrap()).unwrap()
    };
    let text = |answer: &Value, field: &str| answer[field].as_str().unwrap().to_owned();
    let authority = |name: &str, years: u8, more: Value| {
        let mut all = json!({
            "CommonName": name, "Organization": "O", "OrganizationUnit": "U", "Locality": "L",
            "State": "S", "Years": years, "Algorithm": "ECC_256",
        });
        all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        all
    };
    let root = call("CreateRootCACertificate", authority("Root", 10, Value::Null));
    let root = text(&root, "Identifier");
    let below = json!({"ParentIdentifier": root, "EnableCrl": true, "CrlDay": 7});
    let ca = text(&call("CreateSubCACertificate", authority("CA", 5, below)), "Identifier");
    let csr = call(
        "CreateCsr",
        json!({"Algorithm": "ECC", "KeySize": 256, "CommonName": "db.example",
            "CountryCode": "CN", "Province": "Zhejiang", "Locality": "Hangzhou"}),
    );
    let leaf = call(
        "CreateServerCertificateWithCsr",
        json!({"Csr": text(&csr, "Csr"), "ParentIdentifier": ca, "Days": 90, "Immediately": 2}),
    );
    let words = vec![
        ("$ROOT", root),
        ("$CA", ca),
        ("$LEAF", text(&leaf, "Identifier")),
        ("$SERIAL", text(&leaf, "SerialNumber")),
        ("$NUMBER", csr["CsrId"].to_string()),
        ("$CSR", text(&csr, "Csr").replace('\n', "\\n")),
    ];
    World { records: records(store.as_ref()), words }
});

/// A text that calls every operation with every parameter, for the seeds: nested and flat.
pub fn seeds() -> Vec<(String, String)> {
    let nested = all().map(|operation| {
        let all: Map<String, Value> =
            operation.parameters().iter().map(|help| (help.name.clone(), sample(help))).collect();
        let required: Map<String, Value> = operation
            .parameters()
            .iter()
            .filter(|help| help.required)
            .map(|help| (help.name.clone(), sample(help)))
            .collect();
        let (name, all, required) = (operation.name, Value::from(all), Value::from(required));
        (name.to_owned(), format!("{name}\n{required}\n{name}\n{all}\n"))
    });
    let flat = "CreateCustomCertificate\n{\"ParentIdentifier\":\"$CA\",\"Csr\":\"$CSR\",\
        \"Validity\":\"RelativeTime\",\
        \"ApiPassthrough.Extensions.SubjectAlternativeNames.1.Type\":\"dNSName\",\
        \"ApiPassthrough.Extensions.SubjectAlternativeNames.1.Value\":\"a.example\",\
        \"Tags.1.Key\":\"k\",\"Tags.1.Value\":\"v\"}\n";
    nested.chain([("flat".to_owned(), flat.to_owned())]).collect()
}

/// The operations of applicants and of operators.
fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(OPERATOR_OPERATIONS)
}

fn sample(help: &ParameterHelp) -> Value {
    let text = match help.name.as_str() {
        "Identifier" | "CertIdentifier" | "CustomIdentifier" => "$LEAF",
        "ParentIdentifier" | "IssuerIdentifier" | "CaIdentifier" => "$CA",
        "Csr" => "$CSR",
        "Algorithm" => "ECC_256",
        "CountryCode" | "Country" => "CN",
        "Domain" | "CommonName" | "Sans" => "a.example",
        "Status" => "REVOKE",
        _ => "1",
    };
    match help.kind.as_str() {
        "integer" => json!(1),
        "boolean" => json!(true),
        kind if kind.starts_with("list") && help.parts.is_empty() => json!([text]),
        kind if !help.parts.is_empty() => {
            let parts: Map<String, Value> =
                help.parts.iter().map(|part| (part.name.clone(), sample(part))).collect();
            if kind.starts_with("list") { json!([parts]) } else { Value::from(parts) }
        }
        _ => json!(text),
    }
}
