//! A root and an intermediate that OpenSSL made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use certwright::KeyAlgorithm;
use certwright::key::KeyFamily;

use crate::common::{SM2_ID, algorithms, folder, genpkey, openssl, read};

/// A root and an intermediate of OpenSSL's and the key of the latter, as PEM.
pub struct Theirs {
    pub root: String,
    pub ca: String,
    pub ca_key: String,
}

/// Those of an algorithm, made once: RSA keys take their time.
pub fn theirs(algorithm: KeyAlgorithm) -> &'static Theirs {
    static ALL: LazyLock<BTreeMap<KeyAlgorithm, Theirs>> = LazyLock::new(|| {
        algorithms().into_iter().map(|algorithm| (algorithm, make(algorithm))).collect()
    });
    &ALL[&algorithm]
}

/// The arguments with which OpenSSL signs.
pub fn signing(algorithm: KeyAlgorithm) -> Vec<&'static str> {
    match algorithm {
        KeyAlgorithm::Sm2 => vec!["-sm3", "-sigopt", SM2_ID],
        _ => vec!["-sha256"],
    }
}

/// Has OpenSSL generate a key into a file.
pub fn generate(folder: &Path, algorithm: KeyAlgorithm, name: &str) {
    let arguments = [&["genpkey"], &genpkey(algorithm)[..], &["-out", name]].concat();
    openssl(folder, &arguments).expect_success();
}

/// Has OpenSSL issue `NAME.pem` for `NAME.csr` below `CA.pem`, with the extensions of this text.
pub fn sign(folder: &Path, algorithm: KeyAlgorithm, ca: &str, name: &str, extensions: &str) {
    fs::write(folder.join("extensions"), extensions).unwrap();
    let [csr, pem] = [format!("{name}.csr"), format!("{name}.pem")];
    let [ca_pem, ca_key] = [format!("{ca}.pem"), format!("{ca}.key")];
    let mut arguments = vec!["x509", "-req", "-in", &csr, "-CA", &ca_pem, "-CAkey", &ca_key];
    arguments.extend(["-extfile", "extensions", "-copy_extensions", "copy"]);
    arguments.extend(["-days", "1000", "-out", &pem]);
    arguments.extend(signing(algorithm));
    if algorithm == KeyAlgorithm::Sm2 {
        arguments.extend(["-vfyopt", SM2_ID]);
    }
    openssl(folder, &arguments).expect_success();
}

fn make(algorithm: KeyAlgorithm) -> Theirs {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("configuration"), CONFIGURATION).unwrap();
    // A large RSA key takes OpenSSL seconds to find, so that roots have small ones.
    let small = match algorithm.family() {
        KeyFamily::Rsa => KeyAlgorithm::Rsa2048,
        _ => algorithm,
    };
    generate(path, small, "root.key");
    generate(path, algorithm, "ca.key");
    let root = ["req", "-x509", "-config", "configuration", "-section", "root", "-days", "3650"];
    let files = ["-key", "root.key", "-out", "root.pem"];
    openssl(path, &[&root[..], &files, &signing(algorithm)].concat()).expect_success();
    let ca = ["req", "-new", "-config", "configuration", "-section", "ca"];
    let files = ["-key", "ca.key", "-out", "ca.csr"];
    openssl(path, &[&ca[..], &files, &signing(algorithm)].concat()).expect_success();
    sign(path, algorithm, "root", "ca", CA_EXTENSIONS);
    Theirs {
        root: read(&folder, "root.pem"),
        ca: read(&folder, "ca.pem"),
        ca_key: read(&folder, "ca.key"),
    }
}

/// Names that a map or a re-encoding would lose: repeated and multi-valued relative names, and
/// PrintableString, T61String and BMPString (this mask) where we would write UTF8String.
const CONFIGURATION: &str = "
[root]
prompt = no
utf8 = yes
string_mask = MASK:0x0806
distinguished_name = root_name
x509_extensions = root_extensions
[root_name]
C = DE
O = Their Röot
[root_extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ca]
prompt = no
utf8 = yes
string_mask = MASK:0x0806
distinguished_name = ca_name
[ca_name]
C = DE
0.OU = First
1.OU = Größe
2.OU = 第三
+CN = Issuing CA
";

/// A key identifier that is no hash at all.
const CA_EXTENSIONS: &str = "
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = 0123456789ABCDEF
authorityKeyIdentifier = keyid:always
";
