//! What the judges have in common: running them, and saying loudly when one is missing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use certwright::key::{Arithmetic, KeyFamily};
use certwright::{Issuer, KeyAlgorithm, KeyPair, Profile};
use tempfile::TempDir;

/// The identifier that OpenSSL has to be told for SM2.
pub const SM2_ID: &str = "distid:1234567812345678";

/// Whether a judge is on this machine. In CI it must be; elsewhere its tests are skipped loudly.
pub fn judge(program: &str) -> bool {
    let found = Command::new(program)
        .arg(if program == "openssl" { "version" } else { "--version" })
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{program} is missing, and CI needs it");
        eprintln!("SKIPPED: {program} is not on this machine, so it judged nothing");
    }
    found
}

/// The step through a long list of cases: each of them where the code is optimised, as one run of CI has it, and
/// every so manieth elsewhere.
pub const fn step(without_optimisation: usize) -> usize {
    if cfg!(debug_assertions) { without_optimisation } else { 1 }
}

/// What a program answered.
#[derive(Debug)]
pub struct Answer {
    pub success: bool,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Answer {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Both outputs, for `openssl req -verify`, which exits 0 on a bad signature.
    pub fn all(&self) -> String {
        format!("{}{}", self.text(), self.stderr)
    }

    /// This answer, or a failed test.
    #[track_caller]
    pub fn expect_success(self) -> Self {
        assert!(self.success, "{}", self.all());
        self
    }
}

/// Runs a program in a folder.
pub fn run(program: &str, folder: &Path, arguments: &[&str]) -> Answer {
    run_with_input(program, folder, arguments, b"")
}

/// Runs a program in a folder with input.
pub fn run_with_input(program: &str, folder: &Path, arguments: &[&str], input: &[u8]) -> Answer {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        // The answers are compared in English.
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    // A program that reads no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Answer {
        success: output.status.success(),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs OpenSSL in a folder.
pub fn openssl(folder: &Path, arguments: &[&str]) -> Answer {
    run("openssl", folder, arguments)
}

/// A folder that is removed at the end.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file into a folder.
pub fn write(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Reads a text file of a folder.
pub fn read(folder: &TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

/// What the service calls the algorithm of a key.
pub fn service_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => "ECC_256",
        KeyAlgorithm::EcdsaP384 => "ECC_384",
        KeyAlgorithm::EcdsaP521 => "ECC_512",
        KeyAlgorithm::Rsa1024 => "RSA_1024",
        KeyAlgorithm::Rsa2048 => "RSA_2048",
        KeyAlgorithm::Rsa3072 => "RSA_3072",
        KeyAlgorithm::Rsa4096 => "RSA_4096",
        KeyAlgorithm::Sm2 => "SM2_256",
        other => panic!("the tests do not know {other}"),
    }
}

/// The strong algorithms of the families that are built in.
pub fn algorithms() -> Vec<KeyAlgorithm> {
    KeyAlgorithm::STRONG.into_iter().filter(|algorithm| is_built(algorithm.family())).collect()
}

/// The smallest algorithm of each family that is built in.
pub fn families() -> Vec<KeyAlgorithm> {
    [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Rsa2048, KeyAlgorithm::Sm2]
        .into_iter()
        .filter(|algorithm| is_built(algorithm.family()))
        .collect()
}

/// Whether a family is built in.
pub fn is_built(family: KeyFamily) -> bool {
    match family {
        KeyFamily::Ecc => cfg!(feature = "ecc"),
        KeyFamily::Rsa => cfg!(feature = "rsa"),
        KeyFamily::Sm2 => cfg!(feature = "sm2"),
        other => panic!("the tests do not know {other}"),
    }
}

/// The arguments of `openssl genpkey` for an algorithm.
pub fn genpkey(algorithm: KeyAlgorithm) -> Vec<&'static str> {
    match algorithm {
        KeyAlgorithm::EcdsaP256 => vec!["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        KeyAlgorithm::EcdsaP384 => vec!["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        KeyAlgorithm::EcdsaP521 => vec!["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        KeyAlgorithm::Rsa1024 => vec!["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
        KeyAlgorithm::Rsa2048 => vec!["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        KeyAlgorithm::Rsa3072 => vec!["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
        KeyAlgorithm::Rsa4096 => vec!["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
        KeyAlgorithm::Sm2 => vec!["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2"],
        other => panic!("the tests do not know {other}"),
    }
}

/// A new key.
pub fn key(algorithm: KeyAlgorithm) -> KeyPair {
    KeyPair::generate(algorithm).unwrap()
}

/// A root and an intermediate below it.
pub fn hierarchy(algorithm: KeyAlgorithm) -> (Issuer, Issuer) {
    let root =
        Issuer::self_signed("CN=Test Root".parse().unwrap(), Profile::root(), key(algorithm))
            .unwrap();
    let ca = root
        .delegate("CN=Test CA".parse().unwrap(), Profile::intermediate(0), key(algorithm))
        .unwrap();
    (root, ca)
}

/// The arithmetic that the environment names, for the benches; the fastest where it is silent.
pub fn arithmetic() -> Arithmetic {
    static NAMED: LazyLock<Arithmetic> = LazyLock::new(|| {
        let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") else {
            return Arithmetic::default();
        };
        let named = name.to_str().and_then(Arithmetic::named);
        named.expect("CERTWRIGHT_ARITHMETIC: fastest, portable, rustcrypto, scalar or vectors")
    });
    *NAMED
}
