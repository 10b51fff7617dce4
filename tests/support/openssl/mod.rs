//! What the tests with OpenSSL have in common: how it verifies, and the names that are certified.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use certwright::name::AttributeType;
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Chain, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Policy, Profile, Signer,
};

use crate::common::{Answer, SM2_ID, algorithms, hierarchy, key, openssl};

pub mod theirs;

/// An intermediate of ours below a root of ours, and the key of a server.
pub struct Ours {
    pub ca: Issuer,
    pub key: KeyPair,
}

/// Those of an algorithm, made once: RSA keys take their time.
pub fn ours(algorithm: KeyAlgorithm) -> &'static Ours {
    static ALL: LazyLock<BTreeMap<KeyAlgorithm, Ours>> = LazyLock::new(|| {
        let make = |algorithm| Ours { ca: hierarchy(algorithm).1, key: key(algorithm) };
        algorithms().into_iter().map(|algorithm| (algorithm, make(algorithm))).collect()
    });
    &ALL[&algorithm]
}

/// A policy for these tests' names, whatever subject they have.
pub fn policy(profile: Profile) -> Policy {
    let subject = [
        AttributeType::COMMON_NAME,
        AttributeType::COUNTRY,
        AttributeType::EMAIL_ADDRESS,
        AttributeType::LOCALITY,
        AttributeType::ORGANIZATION,
        AttributeType::ORGANIZATIONAL_UNIT,
        AttributeType::STATE_OR_PROVINCE,
    ];
    let policy = Policy::new(profile)
        .allow_dns("example.test")
        .unwrap()
        .allow_dns(".example.test")
        .unwrap()
        .allow_wildcards()
        .allow_email("example.test")
        .unwrap()
        .allow_uri_host("example.test")
        .unwrap();
    let policy = policy.allow_ip("10.0.0.0/8").unwrap().allow_ip("2001:db8::/32").unwrap();
    subject.into_iter().fold(policy, Policy::allow_subject_attribute)
}

/// Issues for a request under the policy above.
pub fn issue(issuer: &Issuer, profile: Profile, request: &CertificateRequest) -> Chain {
    Authority::new(issuer.clone(), policy(profile), MemoryStore::default())
        .issue(request)
        .unwrap()
        .into_chain()
}

/// One name of each type.
pub fn alt_names() -> [AltName; 6] {
    [
        AltName::dns("www.example.test").unwrap(),
        AltName::dns("*.wild.example.test").unwrap(),
        AltName::Ip([10, 0, 0, 7].into()),
        AltName::Ip("2001:db8::7".parse().unwrap()),
        AltName::email("ops@example.test").unwrap(),
        AltName::uri("https://example.test/service").unwrap(),
    ]
}

/// A request for a name of each type.
pub fn request(signer: &dyn Signer) -> CertificateRequest {
    CertificateRequest::builder("CN=www.example.test".parse().unwrap())
        .alt_names(alt_names())
        .sign(signer)
        .unwrap()
}

/// Writes `root.pem`, `ca.pem`, `leaf.pem` and `chain.pem` of a chain of three.
pub fn write_chain(folder: &Path, chain: &Chain) {
    let [leaf, ca, root] = &chain.certificates().collect::<Vec<_>>()[..] else {
        panic!("not a chain of three: {chain}");
    };
    for (name, certificate) in [("leaf.pem", leaf), ("ca.pem", ca), ("root.pem", root)] {
        fs::write(folder.join(name), certificate.to_pem()).unwrap();
    }
    fs::write(folder.join("chain.pem"), chain.to_pem()).unwrap();
}

/// The subject or issuer of a certificate (`x509`) or request (`req`) as OpenSSL shows it, with the
/// string type of each value.
pub fn name_with_types(folder: &Path, kind: &str, file: &str, which: &str) -> String {
    let format = "RFC2253,show_type,utf8,-esc_msb";
    let arguments = [kind, "-in", file, "-noout", which, "-nameopt", format];
    let line = openssl(folder, &arguments).expect_success().text();
    line.split_once('=').unwrap().1.trim().to_owned()
}

/// Has OpenSSL verify every link of the chain of [`write_chain`]; `extra` is asked of the leaf.
#[track_caller]
pub fn verify_every_link(folder: &Path, algorithm: KeyAlgorithm, extra: &[&str]) {
    verify_root(folder, algorithm, extra);
    let time = time_arguments(extra);
    verify_below(folder, algorithm, "root.pem", "ca.pem", &time).expect_success();
    verify_leaf(folder, algorithm, extra).expect_success();
}

/// Has OpenSSL verify the leaf of the chain of [`write_chain`]: up to the root, or, for SM2, its
/// link alone, because OpenSSL 3.0 knows the identifier of the last signature only.
pub fn verify_leaf(folder: &Path, algorithm: KeyAlgorithm, extra: &[&str]) -> Answer {
    if algorithm == KeyAlgorithm::Sm2 {
        return verify_below(folder, algorithm, "ca.pem", "leaf.pem", extra);
    }
    let mut arguments = vec!["verify", "-x509_strict", "-check_ss_sig", "-CAfile", "root.pem"];
    arguments.extend(["-untrusted", "ca.pem"]);
    arguments.extend(extra);
    arguments.push("leaf.pem");
    openssl(folder, &arguments)
}

/// Has OpenSSL verify one link.
fn verify_below(
    folder: &Path,
    algorithm: KeyAlgorithm,
    issuer: &str,
    subject: &str,
    extra: &[&str],
) -> Answer {
    let mut arguments = vec!["verify", "-x509_strict", "-partial_chain", "-trusted", issuer];
    if algorithm == KeyAlgorithm::Sm2 {
        arguments.extend(["-vfyopt", SM2_ID]);
    } else {
        arguments.push("-check_ss_sig");
    }
    arguments.extend(extra);
    arguments.push(subject);
    openssl(folder, &arguments)
}

/// Has OpenSSL verify the root's signature of itself.
#[track_caller]
fn verify_root(folder: &Path, algorithm: KeyAlgorithm, extra: &[&str]) {
    if algorithm != KeyAlgorithm::Sm2 {
        let mut arguments = vec!["verify", "-x509_strict", "-check_ss_sig", "-CAfile", "root.pem"];
        arguments.extend(time_arguments(extra));
        arguments.push("root.pem");
        openssl(folder, &arguments).expect_success();
        return;
    }
    // `openssl verify` would check an SM2 root without its identifier, so this checks the bytes.
    let root = fs::read_to_string(folder.join("root.pem")).unwrap();
    let root = Certificate::from_pem(&root).unwrap();
    let key = openssl(folder, &["x509", "-in", "root.pem", "-noout", "-pubkey"]).expect_success();
    fs::write(folder.join("root.key"), key.stdout).unwrap();
    fs::write(folder.join("root.tbs"), root.to_be_signed()).unwrap();
    fs::write(folder.join("root.sig"), root.signature()).unwrap();
    let answer = openssl(
        folder,
        &[
            "dgst",
            "-sm3",
            "-verify",
            "root.key",
            "-sigopt",
            SM2_ID,
            "-signature",
            "root.sig",
            "root.tbs",
        ],
    );
    assert_eq!(answer.expect_success().text(), "Verified OK\n");
}

/// The arguments among these that say when to verify.
fn time_arguments<'a>(extra: &[&'a str]) -> Vec<&'a str> {
    match extra.iter().position(|argument| *argument == "-attime") {
        Some(position) => extra[position..position + 2].to_vec(),
        None => Vec::new(),
    }
}
