//! A folder in which the command runs, and what it answers.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use certwright::KeyAlgorithm;
use certwright::cas::OPERATOR_OPERATIONS;
use certwright::key::KeyFamily;
use serde_json::{Value, json};
use tempfile::TempDir;

/// 2026-06-01T00:00:00Z.
pub const NOW: i64 = 1_780_272_000;

/// A folder with a key file, `seal.key`, and a new store, `ca.redb`.
pub struct Shop {
    pub folder: TempDir,
}

/// What a run answered.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Shop {
    pub fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        shop.secret("seal.key", [7; 32]);
        shop.run(&["--store", "ca.redb", "init"]).expect(0);
        shop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Writes a file for its owner only.
    pub fn secret(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        self.set_mode(name, 0o600);
    }

    /// Sets the permissions of a file, where there are such.
    pub fn set_mode(&self, name: &str, mode: u32) {
        #[cfg(unix)]
        std::fs::set_permissions(
            self.path(name),
            std::os::unix::fs::PermissionsExt::from_mode(mode),
        )
        .unwrap();
        let _ = mode;
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(certwright_tests::built::certwright());
        command.current_dir(self.folder.path()).env("USER", "tester");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One that reads no input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs an operation, with the store, its key and these options.
    pub fn try_call(&self, options: &[&str], action: &str, parameters: &Value) -> Ran {
        let parameters = parameters.to_string();
        let mut arguments = vec!["--store", "ca.redb", "--key-file", "seal.key"];
        arguments.extend(options);
        let is_operators = OPERATOR_OPERATIONS.iter().any(|operation| operation.name == action);
        arguments.extend([if is_operators { "operate" } else { "call" }, action, &parameters]);
        self.run(&arguments)
    }

    /// An operation that is answered.
    #[track_caller]
    pub fn call(&self, action: &str, parameters: Value) -> Value {
        self.call_with(&["--now", &NOW.to_string()], action, parameters)
    }

    #[track_caller]
    pub fn call_with(&self, options: &[&str], action: &str, parameters: Value) -> Value {
        self.try_call(options, action, &parameters).answer()
    }

    /// A root and an intermediate below it.
    #[track_caller]
    pub fn hierarchy(&self, algorithm: KeyAlgorithm) -> (Value, Value) {
        let root = self.call("CreateRootCACertificate", root(algorithm));
        let sub = self.call("CreateSubCACertificate", sub(algorithm, &root));
        (root, sub)
    }

    /// Writes `root.pem`, `ca.pem`, `leaf.pem` and `chain.pem` of a hierarchy with a server.
    pub fn chain(&self, algorithm: KeyAlgorithm) -> (Value, Value, Value) {
        let (root, ca) = self.hierarchy(algorithm);
        let leaf = self.call("CreateServerCertificate", server(algorithm, &ca));
        self.write("root.pem", text(&root, "Certificate"));
        self.write("ca.pem", text(&ca, "Certificate"));
        self.write("leaf.pem", text(&leaf, "X509Certificate"));
        let chain = [text(&leaf, "X509Certificate"), text(&leaf, "CertificateChain")].concat();
        self.write("chain.pem", chain);
        (root, ca, leaf)
    }
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// The JSON answer of an operation.
    #[track_caller]
    pub fn answer(self) -> Value {
        let ran = self.expect(0);
        assert_eq!(ran.stderr, "");
        assert!(ran.stdout.ends_with("}\n"), "{}", ran.stdout);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// The JSON error of an operation, of this code.
    #[track_caller]
    pub fn refused(self, code: &str) -> Value {
        let ran = self.expect(1);
        assert_eq!(ran.stdout, "");
        let error: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert_eq!(error["Code"], code, "{error}");
        assert!(error["HttpStatus"].is_number() && error["RequestId"].is_string(), "{error}");
        error
    }

    /// That it said this on standard error, and ended so.
    #[track_caller]
    pub fn says(self, code: i32, words: &str) -> Self {
        let ran = self.expect(code);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        ran
    }
}

/// The text of a field.
#[track_caller]
pub fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

pub fn root(algorithm: KeyAlgorithm) -> Value {
    authority("Test Root", algorithm, 10)
}

pub fn sub(algorithm: KeyAlgorithm, root: &Value) -> Value {
    let mut sub = authority("Test CA", algorithm, 5);
    sub["ParentIdentifier"] = root["Identifier"].clone();
    sub
}

fn authority(name: &str, algorithm: KeyAlgorithm, years: i64) -> Value {
    json!({
        "CommonName": name, "Organization": "Test", "OrganizationUnit": "IT",
        "Locality": "Hangzhou", "State": "Zhejiang", "Years": years,
        "Algorithm": service_name(algorithm),
    })
}

pub fn server(algorithm: KeyAlgorithm, ca: &Value) -> Value {
    json!({
        "CommonName": "a.example", "Domain": "b.example,10.0.0.7", "Days": 90, "Immediately": 2,
        "Algorithm": service_name(algorithm), "ParentIdentifier": ca["Identifier"],
    })
}

/// Algorithm and KeySize of CreateCsr.
pub fn csr_key(algorithm: KeyAlgorithm) -> (&'static str, u32) {
    let family = match algorithm.family() {
        KeyFamily::Ecc => "ECC",
        KeyFamily::Rsa => "RSA",
        KeyFamily::Sm2 => "SM2",
        other => panic!("the tests do not know {other}"),
    };
    (family, algorithm.bits())
}

/// An algorithm that is built in.
pub fn any_algorithm() -> KeyAlgorithm {
    crate::common::families()[0]
}

/// What the operations call a key.
pub fn service_name(algorithm: KeyAlgorithm) -> String {
    let rules = certwright::cas::Config::default().algorithms;
    rules.into_iter().find(|rule| rule.key == algorithm).unwrap().name
}
