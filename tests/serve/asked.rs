//! Requests, signed as the service's clients sign them, and altered as they never would.

use std::sync::atomic::{AtomicU64, Ordering};

use base64ct::{Base64, Encoding as _};
use certwright::time::Time;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::served::{Answer, Served};

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// In headers: ACS3-HMAC-SHA256.
    Headers,
    /// In parameters: version 1.0, HMAC-SHA1.
    Parameters,
}

pub const FORMS: [Form; 2] = [Form::Headers, Form::Parameters];

/// A request before it is signed.
#[derive(Clone, Debug)]
pub struct Asked {
    pub form: Form,
    pub method: &'static str,
    pub action: String,
    pub version: String,
    pub parameters: Vec<(String, String)>,
    /// Whether the parameters are in the body.
    pub in_body: bool,
    pub id: String,
    pub secret: String,
    /// Seconds from now.
    pub skew: i64,
    pub nonce: String,
    /// Headers that are sent and signed besides.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    /// Of the operator, in version 2020-06-30.
    pub fn new(action: &str, parameters: &[(&str, &str)]) -> Self {
        static NONCES: AtomicU64 = AtomicU64::new(0);
        let nonce = NONCES.fetch_add(1, Ordering::Relaxed);
        let parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Self {
            form: Form::Headers,
            method: "POST",
            action: action.to_owned(),
            version: "2020-06-30".to_owned(),
            parameters: parameters.collect(),
            in_body: false,
            id: "operator".to_owned(),
            secret: "secret-of-the-operator-1234".to_owned(),
            skew: 0,
            nonce: format!("nonce-{}-{nonce}", std::process::id()),
            headers: Vec::new(),
        }
    }

    pub fn of(self, id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), ..self }
    }

    pub fn applicant(self) -> Self {
        self.of("applicant", "secret-of-the-applicant-1234")
    }

    pub fn reader(self) -> Self {
        self.of("reader", "secret-of-the-reader-123456")
    }

    pub fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    pub fn older(self) -> Self {
        Self { version: "2020-04-07".to_owned(), ..self }
    }

    /// The bytes of the request.
    pub fn bytes(&self, host: &str) -> Vec<u8> {
        match self.form {
            Form::Headers => self.in_headers(host),
            Form::Parameters => self.in_parameters(host),
        }
    }

    pub fn send(&self, served: &Served) -> Answer {
        served.send(self.bytes(&served.address))
    }

    #[track_caller]
    pub fn answered(&self, served: &Served) -> Value {
        self.send(served).answered()
    }

    fn date(&self) -> String {
        Time::from_unix(Time::now().unwrap().unix() + self.skew).unwrap().to_string()
    }

    fn in_headers(&self, host: &str) -> Vec<u8> {
        let sent = query(&self.parameters);
        let (query, body) =
            if self.in_body { (String::new(), sent) } else { (sent, String::new()) };
        let hash = hexadecimal(&Sha256::digest(&body));
        let mut headers = vec![
            ("host".to_owned(), host.to_owned()),
            ("x-acs-action".to_owned(), self.action.clone()),
            ("x-acs-content-sha256".to_owned(), hash.clone()),
            ("x-acs-date".to_owned(), self.date()),
            ("x-acs-signature-nonce".to_owned(), self.nonce.clone()),
            ("x-acs-version".to_owned(), self.version.clone()),
        ];
        if self.in_body {
            let kind = "application/x-www-form-urlencoded".to_owned();
            headers.push(("content-type".to_owned(), kind));
        }
        headers.extend(self.headers.iter().cloned());
        headers.retain(|(_, value)| !value.is_empty());
        headers.sort();
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names = names.join(";");
        let canonical = format!("{}\n/\n{query}\n{lines}\n{names}\n{hash}", self.method);
        let text = format!("ACS3-HMAC-SHA256\n{}", hexadecimal(&Sha256::digest(canonical)));
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        let signature = hexadecimal(&mac.chain_update(text).finalize().into_bytes());
        let authorization = format!(
            "ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}",
            self.id
        );
        headers.push(("authorization".to_owned(), authorization));
        request(self.method, &query, &headers, &body)
    }

    fn in_parameters(&self, host: &str) -> Vec<u8> {
        let mut parameters = self.parameters.clone();
        let date = self.date();
        for (name, value) in [
            ("AccessKeyId", self.id.as_str()),
            ("Action", &self.action),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureNonce", &self.nonce),
            ("SignatureVersion", "1.0"),
            ("Timestamp", &date),
            ("Version", &self.version),
        ] {
            if !value.is_empty() {
                parameters.push((name.to_owned(), value.to_owned()));
            }
        }
        let text = format!("{}&%2F&{}", self.method, encoded(&query(&parameters)));
        let key = format!("{}&", self.secret);
        let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
        let signature = Base64::encode_string(&mac.chain_update(text).finalize().into_bytes());
        parameters.push(("Signature".to_owned(), signature));
        let mut headers = vec![("host".to_owned(), host.to_owned())];
        headers.extend(self.headers.iter().cloned());
        if self.in_body {
            let kind = "application/x-www-form-urlencoded".to_owned();
            headers.push(("content-type".to_owned(), kind));
        }
        let sent = query(&parameters);
        match self.in_body {
            true => request(self.method, "", &headers, &sent),
            false => request(self.method, &sent, &headers, ""),
        }
    }
}

/// A request as bytes.
pub fn request(method: &str, query: &str, headers: &[(String, String)], body: &str) -> Vec<u8> {
    let path = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn query(parameters: &[(String, String)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort();
    let parts: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    parts.join("&")
}

pub fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A CA's parameters.
pub fn authority<'p>(name: &'p str, algorithm: &'p str) -> Vec<(&'p str, &'p str)> {
    vec![
        ("CommonName", name),
        ("Organization", "Test"),
        ("OrganizationUnit", "IT"),
        ("Locality", "Hangzhou"),
        ("State", "Zhejiang"),
        ("Years", "5"),
        ("Algorithm", algorithm),
    ]
}

/// What the service calls a key of a family that is built in, the quickest first.
pub fn any_algorithm() -> &'static str {
    if cfg!(feature = "ecc") {
        "ECC_256"
    } else if cfg!(feature = "sm2") {
        "SM2_256"
    } else {
        "RSA_2048"
    }
}
