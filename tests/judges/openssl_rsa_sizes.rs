//! RSA keys of sizes that are read and verified, and certified where the policy lists them.

use certwright::error::Rule;
use certwright::key::KeyFamily;
use certwright::policy::RootLeaves;
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, ChainVerifier, Issuer, KeyAlgorithm,
    KeyPair, MemoryStore, Policy, Profile,
};

use crate::common::{algorithms, folder, is_built, judge, openssl as run, read, write};

#[test]
fn requests_of_other_sizes_are_read_and_certified_where_the_policy_lists_them() {
    if !judge("openssl") || !is_built(KeyFamily::Rsa) {
        return;
    }
    let algorithm = algorithms().first().copied().unwrap();
    let ca = || {
        let key = KeyPair::generate(algorithm).unwrap();
        Issuer::self_signed("CN=CA".parse().unwrap(), Profile::root(), key).unwrap()
    };
    // A byte more and a byte less than known sizes.
    for bits in [2056, 3064, 4104] {
        let folder = folder();
        let size = format!("rsa:{bits}");
        let arguments = ["req", "-new", "-newkey", &size, "-nodes", "-keyout", "key.pem"];
        let more = ["-subj", "/", "-addext", "subjectAltName=DNS:db.internal", "-out", "r.pem"];
        run(folder.path(), &[&arguments[..], &more[..]].concat()).expect_success();
        let request = CertificateRequest::from_pem(&read(&folder, "r.pem")).unwrap();
        let size = KeyAlgorithm::rsa(bits).unwrap();
        assert_eq!(request.public_key().algorithm(), size);
        // A changed signature is none.
        let mut der = request.as_der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        assert!(CertificateRequest::from_der(&der).is_err());

        let policy = || {
            Policy::new(Profile::tls_server())
                .allow_dns(".internal")
                .unwrap()
                .allow_key_families([KeyFamily::Rsa])
                .with_root_leaves(RootLeaves::Allow)
        };
        let authority = |policy| Authority::new(ca(), policy, MemoryStore::default());
        let error = authority(policy()).issue(&request).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::KeyAlgorithm], "{error}");
        let issued = authority(policy().with_keys([size])).issue(&request).unwrap();
        assert_eq!(issued.certificate().public_key().unwrap().algorithm(), size);
        write(&folder, "leaf.pem", issued.certificate().to_pem());
        let root = issued.chain().certificates().last().unwrap();
        write(&folder, "root.pem", root.to_pem());
        if algorithm != KeyAlgorithm::Sm2 {
            run(folder.path(), &["verify", "-CAfile", "root.pem", "leaf.pem"]).expect_success();
        }
    }
}

#[test]
fn certificates_under_a_ca_of_another_size_verify() {
    if !judge("openssl") || !is_built(KeyFamily::Rsa) {
        return;
    }
    let folder = folder();
    let root = ["req", "-x509", "-newkey", "rsa:2560", "-nodes", "-keyout", "root.key", "-out"];
    let root = [&root[..], &["root.pem", "-subj", "/CN=Root", "-days", "9"]].concat();
    run(folder.path(), &root).expect_success();
    let leaf = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out"];
    run(folder.path(), &[&leaf[..], &["r.pem", "-subj", "/CN=leaf"]].concat()).expect_success();
    write(&folder, "names", "subjectAltName=DNS:db.internal");
    let sign = ["x509", "-req", "-in", "r.pem", "-CA", "root.pem", "-CAkey", "root.key", "-days"];
    let sign = [&sign[..], &["8", "-set_serial", "7", "-extfile", "names", "-out", "leaf.pem"]];
    run(folder.path(), &sign.concat()).expect_success();
    let certificate = |name| Certificate::from_pem(&read(&folder, name)).unwrap();
    let (root, leaf) = (certificate("root.pem"), certificate("leaf.pem"));
    let now = certwright::time::Time::now().unwrap();
    let verifier = ChainVerifier::new([root], now);
    let verifier = verifier.with_name(AltName::dns("db.internal").unwrap());
    let chain = certwright::Chain::new(leaf, vec![]).unwrap();
    verifier.verify(&chain).unwrap();
    // A root of another key, with the same name.
    run(
        folder.path(),
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2560",
            "-nodes",
            "-keyout",
            "o.key",
            "-out",
            "other.pem",
            "-subj",
            "/CN=Root",
            "-days",
            "9",
        ],
    )
    .expect_success();
    let verifier = ChainVerifier::new([certificate("other.pem")], now);
    assert!(verifier.verify(&chain).is_err());
}
