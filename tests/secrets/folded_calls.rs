//! The same through the operations, each parameter of each, and through folders of `openssl ca`.

use std::fs;

use certwright::cas::{Cas, CasError, Config, OPERATIONS, OPERATOR_OPERATIONS, ParameterHelp};
use certwright::testing::SeededRng;
use certwright::time::SystemClock;
use certwright::{Authority, Issuer, MemoryStore, Policy, Profile};
use certwright_tests::common::{families, step};
use certwright_tests::folded::{Said, forms, key_files};
use serde_json::{Map, Value, json};

use crate::key_files::seeded;

/// Forms that each parameter is given; over all of them, every form of a key comes by.
const FORMS: usize = 3 / step(3);

#[test]
fn no_operation_shows_it() {
    // Identifiers of requests are in the answers, and drawn ones may look like eight digits of a key.
    let cas = Cas::new(MemoryStore::default(), SystemClock, Config::default())
        .with_rng(SeededRng::new(1));
    let ask = |name: &str, parameters: &str| {
        let is_operators = OPERATOR_OPERATIONS.iter().any(|operation| operation.name == name);
        if is_operators {
            cas.operator().call(name, parameters)
        } else {
            cas.call(name, parameters)
        }
    };
    for (file, secret) in key_files() {
        let forms = forms(file);
        let mut next = forms.iter().cycle();
        let mut tried = 0;
        let mut check = |answer: Result<String, CasError>, what: &str| {
            let Err(error) = answer else { return };
            let mut said = Said::default();
            said.error(&error);
            said.0.insert(error.to_json());
            said.0.insert(error.message().to_owned());
            tried += 1;
            said.0.iter().for_each(|message| secret.check(message, what));
        };
        for operation in OPERATIONS.iter().chain(OPERATOR_OPERATIONS) {
            let name = operation.name;
            let parameters = operation.parameters();
            for parameter in &parameters {
                for form in next.by_ref().take(FORMS) {
                    let mut given = dummies(&parameters);
                    given.insert(parameter.name.clone(), filled(parameter, form));
                    let given = Value::Object(given).to_string();
                    check(ask(name, &given), &format!("{name}, {}", parameter.name));
                }
            }
            // In the place of everything else.
            for form in next.by_ref().take(FORMS) {
                check(ask(name, form), &format!("{name}: no JSON"));
                check(ask(name, &json!(form).to_string()), &format!("{name}: a text"));
                check(ask(name, &json!({ form: form }).to_string()), &format!("{name}: a name"));
                check(ask(name, &json!({ "Version": form }).to_string()), "Version");
                check(ask(name, &format!("{{\"{form}")), &format!("{name}: JSON cut off"));
            }
        }
        for form in &forms {
            check(ask(form, "{}"), "the name of an operation");
            check(ask("UploadCsr", &json!({ "Name": "a", "Csr": form }).to_string()), "UploadCsr");
        }
        assert!(tried > 2 * forms.len() && tried > 300, "{tried}");
    }
}

/// Parameters that are read: what is refused is refused for the one that is tried.
fn dummies(parameters: &[ParameterHelp]) -> Map<String, Value> {
    let required = parameters.iter().filter(|parameter| parameter.required);
    required.map(|parameter| (parameter.name.clone(), filled(parameter, "1"))).collect()
}

/// A text wherever the parameter has one.
fn filled(parameter: &ParameterHelp, text: &str) -> Value {
    let parts = || -> Map<String, Value> {
        let parts = parameter.parts.iter();
        parts.map(|part| (part.name.clone(), filled(part, text))).collect()
    };
    match (parameter.kind.starts_with("list"), parameter.parts.is_empty()) {
        (true, true) => json!([text]),
        (true, false) => json!([parts()]),
        (false, true) => json!(text),
        (false, false) => Value::Object(parts()),
    }
}

#[cfg(feature = "openssl-ca")]
#[test]
fn no_folder_of_openssl_ca_shows_it() {
    let algorithm = families()[0];
    let ca = || {
        let name = "CN=CA".parse().unwrap();
        Issuer::self_signed(name, Profile::root(), seeded(algorithm, 5)).unwrap()
    };
    for (file, secret) in key_files() {
        for (number, form) in forms(file).iter().enumerate().step_by(3 * step(3)) {
            let folder = certwright_tests::common::folder();
            let columns = ["V", "300101000000Z", "", "01", "unknown", "/CN=a"];
            let line = |at: usize| {
                let mut columns = columns.map(str::to_owned);
                if let Some(column) = columns.get_mut(at) {
                    *column = form.replace(['\t', '\n'], " ");
                }
                columns.join("\t") + "\n"
            };
            let index = if number % 7 == 6 { form.clone() } else { line(number % 7) };
            let other = |at: usize| if number % 4 == at { form.as_str() } else { "02\n" };
            fs::create_dir(folder.path().join("newcerts")).unwrap();
            fs::write(folder.path().join("index.txt"), index).unwrap();
            fs::write(folder.path().join("crlnumber"), other(1)).unwrap();
            fs::write(folder.path().join("serial"), other(2)).unwrap();
            fs::write(folder.path().join("newcerts/01.pem"), form).unwrap();
            let policy = Policy::new(Profile::tls_server());
            let authority = Authority::new(ca(), policy, MemoryStore::default());
            let mut said = Said::default();
            said.hear(authority.import_openssl_ca(folder.path()));
            said.hear(authority.import_openssl_ca(folder.path().join(form.replace('\0', " "))));
            said.0.iter().for_each(|message| secret.check(message, "openssl ca"));
        }
    }
}
