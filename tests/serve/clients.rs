//! The service's own clients, each in a life of its own (`clients/`). `.ci/run` installs them, and says where.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{judge, openssl};
use crate::served::{CREDENTIALS, Served};

/// Runs a script with what a folder has installed, and looks at what it revoked.
fn lives(variable: &str, program: &str, script: &str, scheme: &str) {
    let Some(installed) = std::env::var_os(variable) else {
        eprintln!("{variable} names no folder of the clients: {script} SKIPPED");
        return;
    };
    let mut served = Served::folder();
    let rsa = "\n[[credential]]\naccess_key_id = \"rsa\"\nrsa_public_key_file = \"rsa.pub.pem\"\n\
               allow = [\"yundun-cert:*\"]\n";
    served.secret("credentials.toml", [CREDENTIALS, rsa].concat());
    let folder = served.folder.path().to_owned();
    let bits =
        ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rsa.pem"];
    openssl(&folder, &bits).expect_success();
    let public = ["pkey", "-in", "rsa.pem", "-pubout", "-out", "rsa.pub.pem"];
    openssl(&folder, &public).expect_success();
    served.begin(&["--credentials", "credentials.toml"]);
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("serve/clients").join(script);
    let key = served.path("rsa.pem").into_os_string();
    let address = OsString::from(&served.address);
    let arguments = match program {
        "node" => vec![installed.clone(), address],
        _ => vec![address, OsString::from(scheme), key],
    };
    let ran = Command::new(program)
        .arg(place)
        .args(arguments)
        .env("PYTHONPATH", &installed)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{script}: {error}\n{}", served.log());
    let lived: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let text = |name: &str| lived[name].as_str().unwrap();
    for name in ["root", "ca", "leaf"] {
        std::fs::write(folder.join(format!("{name}.pem")), text(name)).unwrap();
    }
    let path = text("url").strip_prefix(&format!("http://{}", served.address)).unwrap();
    std::fs::write(folder.join("ca.crl"), served.get(path).body).unwrap();
    openssl(&folder, &["crl", "-inform", "DER", "-in", "ca.crl", "-out", "ca.crl.pem"])
        .expect_success();
    let verify = |more: &[&str]| {
        let first = ["verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "ca.pem"];
        openssl(&folder, &[&first[..], more, &["leaf.pem"]].concat())
    };
    verify(&[]).expect_success();
    let revoked = verify(&["-crl_check", "-CRLfile", "ca.crl.pem"]);
    assert!(!revoked.success && revoked.all().contains("certificate revoked"), "{revoked:?}");
}

const PYTHON: &str = "CLIENTS_PYTHON";
const NODE: &str = "CLIENTS_NODE";

#[test]
fn the_newer_python_clients_live_with_every_scheme() {
    if !judge("openssl") {
        return;
    }
    for scheme in ["ACS3-HMAC-SHA256", "ACS3-HMAC-SM3", "ACS3-RSA-SHA256", "v2"] {
        lives(PYTHON, "python3", "newer.py", scheme);
    }
}

#[test]
fn the_older_clients_and_those_for_node_live() {
    if !judge("openssl") {
        return;
    }
    lives(PYTHON, "python3", "older.py", "");
    lives(NODE, "node", "newer.js", "");
    lives(NODE, "node", "older.js", "");
}
