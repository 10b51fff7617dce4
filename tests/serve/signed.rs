//! Requests that nobody would send, with good signatures: they reach the operations. Each is answered, none with a
//! status of 500, and what was recorded by then is whole.

use std::collections::BTreeMap;
use std::io::Write as _;

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS, ParameterHelp};
use certwright::testing::SeededRng;
use rand_core::Rng as _;
use serde_json::Value;

use crate::asked::{Asked, FORMS, any_algorithm};
use crate::lives::{csr_parameters, hierarchy, list, text};
use crate::served::{Answer, Served};

/// How many, unless `SERVE_REQUESTS` in the environment says how many.
const COUNT: usize = 3_000;

/// Bytes of a request that is read whole before it is refused: the service's bound on a head.
const TAKEN: usize = 128 * 1024;

/// Parameters as they are sent.
type Given = Vec<(String, String)>;

struct Hostile {
    rng: SeededRng,
    /// Names and values that were answered, and some that mean something.
    dictionary: Vec<(String, String)>,
    /// How many of these are the test's own, and stay.
    kept: usize,
}

impl Hostile {
    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    fn known(&mut self) -> String {
        let at = self.below(self.dictionary.len());
        self.dictionary[at].1.clone()
    }

    /// A value that had this name, or one that ends it, where there is any.
    fn named(&mut self, name: &str) -> String {
        // The name itself, or whichever ends it.
        let is_whole = self.below(3) == 0;
        let names = |known: &str| if is_whole { name == known } else { name.ends_with(known) };
        let named: Vec<usize> =
            (0..self.dictionary.len()).filter(|at| names(&self.dictionary[*at].0)).collect();
        if named.is_empty() {
            return self.known();
        }
        let at = named[self.below(named.len())];
        self.dictionary[at].1.clone()
    }

    /// What an operation takes, mostly, of the right kind, mostly.
    fn parameters(&mut self, help: &[ParameterHelp], within: &str, given: &mut Given) {
        for parameter in help {
            // Without Days nothing is issued, and without CertIdentifier no key works.
            let is_wanted =
                parameter.required || ["CertIdentifier", "Days"].contains(&&*parameter.name);
            let is_given = if is_wanted { self.below(30) > 0 } else { self.below(4) == 0 };
            if !is_given {
                continue;
            }
            let name = format!("{within}{}", parameter.name);
            match parameter.kind.as_str() {
                "structure" => self.parameters(&parameter.parts, &format!("{name}."), given),
                kind if kind.starts_with("list") && !parameter.parts.is_empty() => {
                    for at in 1..=1 + self.below(2) {
                        self.parameters(&parameter.parts, &format!("{name}.{at}."), given);
                    }
                }
                kind if kind.starts_with("list") => {
                    let value = self.meaning(&parameter.name);
                    given.push((format!("{name}.1"), value));
                }
                "integer" if !parameter.name.ends_with("Id") => {
                    given.push((name, self.below(30).to_string()));
                }
                "boolean" => given.push((name, (self.below(2) == 0).to_string())),
                _ => {
                    let value = self.meaning(&parameter.name);
                    given.push((name, value));
                }
            }
        }
    }

    /// A value that fits the name, often.
    fn meaning(&mut self, name: &str) -> String {
        let choices: &[&str] = match name {
            "Domain" => &["a.example", "*.a.example", "a.example,10.0.0.7"],
            "MessageType" => &["RAW", "BASE64", "Base64", "DIGEST"],
            "SigningAlgorithm" => &["SHA256withECDSA", "SHA256withRSA", "SM3withSM2"],
            "Status" => &["REVOKE", "ISSUE"],
            "Validity" => &["1y", "3m", "10d"],
            _ => return self.named(name),
        };
        choices[self.below(choices.len())].to_owned()
    }

    /// Changes one parameter, its name or its value, or how many there are.
    fn mutate(&mut self, given: &mut Given) {
        if given.is_empty() {
            return given.push(("Identifier".to_owned(), self.known()));
        }
        let at = self.below(given.len());
        match self.below(9) {
            0 => drop(given.remove(at)),
            1 => given.push(given[at].clone()),
            2 => given[at].1 = self.known(),
            3 => given[at].1 = self.odd(),
            4 => given[at].1 = self.altered(&given[at].1.clone()),
            5 => given[at].0 = self.altered(&given[at].0.clone()),
            6 => given[at].0.push_str(
                [".1", ".0", ".1.Key", ".-1", ".18446744073709551616", "."][self.below(6)],
            ),
            7 => given[at].1 = given[at].1.repeat(1 + self.below(60)),
            _ => {
                let to = self.below(given.len());
                let value = given[to].1.clone();
                given[at].1 = value;
            }
        }
    }

    /// A text of which some characters are others, more or fewer.
    fn altered(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..1 + self.below(3) {
            let at = self.below(characters.len() + 1);
            let other = [
                '\0', '\n', '%', '&', '=', '.', ',', '0', 'A', '-', ' ', '\u{7f}', 'ß', '例',
                '\u{202e}', '𝄞',
            ][self.below(16)];
            match self.below(3) {
                0 => characters.insert(at, other),
                1 if at < characters.len() => characters[at] = other,
                _ if at < characters.len() => drop(characters.remove(at)),
                _ => characters.push(other),
            }
        }
        characters.into_iter().collect()
    }

    fn odd(&mut self) -> String {
        match self.below(8) {
            0 => String::new(),
            1 => (self.rng.next_u64() as i64).to_string(),
            2 => ["-1", "0", "9223372036854775807", "-9223372036854775808", "1e9", "NaN"]
                [self.below(6)]
            .to_owned(),
            3 => ["true", "null", "[]", "{}", "{\"Key\":1}", "\"\""][self.below(6)].to_owned(),
            4 => ["::1", "10.0.0.7", "*.*.example", "a..b", "-", "xn--", "a@", "http://"]
                [self.below(8)]
            .to_owned(),
            5 => [
                "-----BEGIN CERTIFICATE-----",
                "MIIB",
                "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----",
            ][self.below(3)]
            .to_owned(),
            6 => "x".repeat(self.below(5_000)),
            _ => (0..self.below(12))
                .map(|_| char::from_u32(self.below(0x3000) as u32).unwrap_or('\0'))
                .collect(),
        }
    }

    /// A new root and intermediate, in place of all that was known.
    fn begin(&mut self, served: &Served) {
        let (root, ca) = hierarchy(served, |asked| asked);
        let csr = Asked::new("CreateCsr", &csr_parameters()).older().answered(served);
        let [root, sub] = [&root, &ca].map(|ca| text(ca, "Identifier"));
        let leaf = Asked::new(
            "CreateServerCertificate",
            &[
                ("CommonName", "keys.example"),
                ("Algorithm", any_algorithm()),
                ("ParentIdentifier", sub),
                ("Days", "30"),
                ("CustomIdentifier", sub),
            ],
        );
        let leaf = leaf.answered(served);
        let family = csr_parameters()[0].1;
        let own = [
            ("Identifier", root),
            ("Identifier", sub),
            ("ParentIdentifier", root),
            ("ParentIdentifier", sub),
            ("ParentIdentifier", sub),
            ("ParentIdentifier", sub),
            ("ResourceId", sub),
            // Its key is kept.
            ("CertIdentifier", text(&leaf, "Identifier")),
            ("CertIdentifier", text(&leaf, "Identifier")),
            ("CustomIdentifier", sub),
            ("Certificate", text(&ca, "Certificate")),
            ("Cert", text(&ca, "Certificate")),
            ("Csr", text(&csr, "Csr")),
            ("Algorithm", any_algorithm()),
            ("Algorithm", family),
            ("Country", "CN"),
            ("Organization", "Example"),
            ("OrganizationUnit", "IT"),
            ("State", "Zhejiang"),
            ("Email", "a@b.example"),
            ("Phone", "13900000000"),
            ("Username", "anna"),
            ("ValidateType", "DNS"),
            ("ProductCode", "digicert-free-1-free"),
            ("ResourceType", "instance"),
            ("SanValue", "a@b.example"),
            ("ExtendedKeyUsages", "serverAuth"),
            ("Key", "team"),
        ];
        let of_csr = csr_parameters().into_iter().filter(|(name, _)| *name != "Algorithm");
        let all = own.into_iter().chain(of_csr);
        self.dictionary = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        self.kept = self.dictionary.len();
        self.remember(&csr);
    }

    /// What is answered comes again in requests.
    fn remember(&mut self, answer: &Value) {
        for (name, value) in answer.as_object().into_iter().flatten() {
            if name == "RequestId" {
                continue;
            }
            let text = match value {
                Value::String(text) if text.len() < 8_000 => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if self.dictionary.len() >= 300 {
                let at = self.kept + self.below(self.dictionary.len() - self.kept);
                self.dictionary.swap_remove(at);
            }
            self.dictionary.push((name.clone(), text));
        }
    }
}

/// The answer, where one must come: what is longer than the service takes is refused while it is sent, and
/// the connection may end before the refusal is read.
fn answer_to(request: &[u8], served: &Served) -> Option<Answer> {
    let mut stream = served.connect();
    let is_sent = stream.write_all(request).is_ok();
    let answer = Answer::try_read(&mut stream);
    assert!((is_sent && answer.is_some()) || request.len() > TAKEN, "{} bytes", request.len());
    answer
}

#[test]
fn no_signed_request_is_answered_with_500_whatever_it_asks_for() {
    let count = std::env::var("SERVE_REQUESTS").ok().and_then(|count| count.parse().ok());
    let count = count.unwrap_or(COUNT);
    let mut served = Served::folder();
    // Keys of RSA are not what is looked at, and take their time.
    let key = match any_algorithm() {
        "ECC_256" => "P-256",
        "SM2_256" => "SM2",
        _ => "RSA-2048",
    };
    let rules =
        format!("root_algorithm = \"{key}\"\norder_algorithm = \"{key}\"\ncrl_delta_hours = 1\n");
    std::fs::write(served.path("rules.toml"), rules).unwrap();
    served.begin(&["--credentials", "credentials.toml", "--config", "rules.toml"]);
    let mut hostile = Hostile { rng: SeededRng::new(16), dictionary: Vec::new(), kept: 0 };
    let operations: Vec<_> = OPERATIONS.iter().chain(OPERATOR_OPERATIONS).collect();
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut answered: BTreeMap<&str, usize> = BTreeMap::new();
    for round in 0..count {
        // The last ones are revoked by now.
        if round % 100 == 0 {
            hostile.begin(&served);
        }
        let operation = operations[hostile.below(operations.len())];
        let mut given = Given::new();
        hostile.parameters(&operation.parameters(), "", &mut given);
        for _ in 0..hostile.below(3) {
            hostile.mutate(&mut given);
        }
        let mut asked = Asked::new(operation.name, &[]).form(FORMS[hostile.below(2)]);
        asked.version = operation.version.unwrap_or("2020-06-30").to_owned();
        asked.in_body = hostile.below(2) == 0;
        asked.parameters = given;
        let Some(answer) = answer_to(&asked.bytes(&served.address), &served) else {
            *codes.entry("too long".to_owned()).or_default() += 1;
            continue;
        };
        assert!(answer.status < 500, "round {round}: {answer:?} to {asked:?}");
        let code = match answer.status {
            200 => {
                *answered.entry(operation.name).or_default() += 1;
                // XML, where Format says so.
                if let Ok(json) = serde_json::from_slice(&answer.body) {
                    hostile.remember(&json);
                }
                "200".to_owned()
            }
            status => {
                let body = String::from_utf8_lossy(&answer.body);
                let code =
                    serde_json::from_str::<Value>(&body).map(|json| json["Code"].to_string());
                code.unwrap_or_else(|_| format!("{status} without JSON"))
            }
        };
        *codes.entry(code).or_default() += 1;
    }
    println!(
        "{codes:?}\n{} of {} operations answered: {answered:?}",
        answered.len(),
        operations.len()
    );
    // They got where they were to get.
    let of = |code: &str| codes.get(code).copied().unwrap_or_default();
    assert_eq!(of("\"SignatureDoesNotMatch\"") + of("\"IncompleteSignature\""), 0, "{codes:?}");
    assert!(of("200") > count / 20, "{codes:?}");
    assert!(of("\"InvalidParameter\"") > count / 20, "{codes:?}");
    assert!(count < COUNT || answered.len() > operations.len() / 2, "{answered:?}");
    let metrics = served.get("/metrics");
    assert!(metrics.text().contains("certwright_panics_total 0\n"), "{}", metrics.text());
    let (_, ca) = hierarchy(&served, |asked| asked);
    list(served.get(&format!("/crl/{}.crl", text(&ca, "Identifier"))));
    served.terminate();
    assert!(served.wait().success(), "{}", served.log());
    let audit = served.command().args(["audit", "--store", "ca.redb"]).output().unwrap();
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stderr));
}
