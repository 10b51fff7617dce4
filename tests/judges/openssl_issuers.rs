//! We issue under a root and an intermediate that OpenSSL made, and OpenSSL verifies the chain.

use std::fs;

use certwright::error::{ChainRule, Rule};
use certwright::name::Attribute;
use certwright::policy::RootLeaves;
use certwright::{
    Authority, Certificate, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Profile,
};
use tempfile::TempDir;

use crate::common::{self, algorithms, families, folder, judge, key, openssl as run, read};
use crate::openssl::theirs::{Theirs, generate, sign, signing, theirs};
use crate::openssl::{
    issue, name_with_types, ours, policy, request, verify_every_link, write_chain,
};

#[test]
fn chains_below_issuers_of_openssl_verify() {
    if !judge("openssl") {
        return;
    }
    for algorithm in algorithms() {
        let (issuer, folder) = (load(theirs(algorithm)), folder());
        let request = request(&ours(algorithm).key);
        for (profile, purpose) in
            [(Profile::tls_server(), "sslserver"), (Profile::tls_client(), "sslclient")]
        {
            write_chain(folder.path(), &issue(&issuer, profile, &request));
            let extra = ["-purpose", purpose, "-verify_hostname", "www.example.test"];
            verify_every_link(folder.path(), algorithm, &extra);
        }
    }
}

#[test]
fn name_and_key_identifier_of_the_issuer_are_kept_byte_for_byte() {
    if !judge("openssl") {
        return;
    }
    for algorithm in algorithms() {
        let (issuer, folder) = (load(theirs(algorithm)), folder());
        let chain = issue(&issuer, Profile::tls_server(), &request(&ours(algorithm).key));
        let ca = issuer.certificate();
        assert_eq!(chain.leaf().issuer(), ca.subject());
        let identifier = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        assert_eq!(ca.subject_key_identifier(), Some(&identifier[..]));
        assert_eq!(chain.leaf().authority_key_identifier(), Some(&identifier[..]));

        write_chain(folder.path(), &chain);
        let subject = name_with_types(folder.path(), "x509", "ca.pem", "-subject");
        let issuer = name_with_types(folder.path(), "x509", "leaf.pem", "-issuer");
        assert_eq!(issuer, subject);
        // One that a re-encoding would change.
        let expected = "CN=PRINTABLESTRING:Issuing CA+OU=BMPSTRING:第三,OU=T61STRING:Größe,\
                        OU=PRINTABLESTRING:First,C=PRINTABLESTRING:DE";
        assert_eq!(subject, expected);
        let values = ["DE", "First", "Größe", "第三", "Issuing CA"];
        assert!(ca.subject().attributes().map(Attribute::value).eq(values), "{}", ca.subject());
    }
}

#[test]
fn path_length_that_openssl_wrote_is_kept() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let issuer = load(theirs(algorithm));
        assert_eq!(issuer.certificate().path_len(), Some(0));
        let name = "CN=One too many".parse().unwrap();
        let error = issuer.delegate(name, Profile::intermediate(0), key(algorithm)).unwrap_err();
        assert_eq!(rules(&error), [Rule::PathLength], "{error}");
    }
}

#[test]
fn root_of_openssl_issues_leaves_where_the_policy_lets_it() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let folder = folder();
        let path = folder.path();
        self_signed(&folder, algorithm, "root", &["-addext", "keyUsage=critical,keyCertSign"]);
        let (certificate, key) = loaded(&folder, "root");
        let root = Issuer::load(vec![certificate], key).unwrap();
        let request = request(&ours(algorithm).key);
        let authority = |policy| Authority::new(root.clone(), policy, MemoryStore::default());

        let policy = policy(Profile::tls_server());
        let error = authority(policy.clone()).issue(&request).unwrap_err();
        assert_eq!(rules(&error), [Rule::RootIssuesLeaf], "{error}");

        let allowed = authority(policy.with_root_leaves(RootLeaves::Allow));
        let leaf = allowed.issue(&request).unwrap().certificate().clone();
        fs::write(path.join("leaf.pem"), leaf.to_pem()).unwrap();
        // The root's own signature is not asked for: without the identifier of SM2 it would fail.
        let arguments = ["verify", "-x509_strict", "-partial_chain", "-trusted", "root.pem"];
        let identifier: &[&str] = match algorithm {
            KeyAlgorithm::Sm2 => &["-vfyopt", common::SM2_ID],
            _ => &[],
        };
        run(path, &[&arguments[..], identifier, &["leaf.pem"]].concat()).expect_success();
    }
}

#[test]
fn certificates_of_openssl_that_are_no_issuers_are_refused() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let folder = folder();
        let ca = "basicConstraints=critical,CA:TRUE";
        let cases = [
            ("good", [ca, "keyUsage=critical,keyCertSign"], vec![]),
            (
                "leaf",
                ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,keyCertSign"],
                vec![Rule::IssuerNotCa],
            ),
            ("signs-lists", [ca, "keyUsage=critical,cRLSign"], vec![Rule::IssuerKeyUsage]),
            (
                "neither",
                ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"],
                vec![Rule::IssuerNotCa, Rule::IssuerKeyUsage],
            ),
        ];
        for (name, [constraints, usage], broken) in cases {
            // `req -x509` adds basicConstraints of its own; the file has none.
            fs::write(folder.path().join("empty"), "[req]\ndistinguished_name = req\n").unwrap();
            let extensions = ["-config", "empty", "-addext", constraints, "-addext", usage];
            self_signed(&folder, algorithm, name, &extensions);
            let (certificate, own_key) = loaded(&folder, name);
            let loaded = Issuer::load(vec![certificate.clone()], own_key);
            assert_eq!(
                loaded.as_ref().map_or_else(rules, |_| vec![]),
                broken,
                "{algorithm} {name}"
            );
            if broken.is_empty() {
                let error = Issuer::load(vec![certificate], key(algorithm)).unwrap_err();
                assert_eq!(rules(&error), [Rule::IssuerKeyMismatch], "{error}");
            }
        }
    }
}

#[test]
fn certificates_above_must_be_those_that_issued() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let folder = folder();
        for name in ["root", "other"] {
            let usage = ["-addext", "keyUsage=critical,keyCertSign"];
            self_signed(&folder, algorithm, name, &usage);
        }
        generate(folder.path(), algorithm, "ca.key");
        let csr = ["req", "-new", "-key", "ca.key", "-subj", "/CN=CA", "-out", "ca.csr"];
        run(folder.path(), &[&csr[..], &signing(algorithm)].concat()).expect_success();
        // Without key identifiers, so that only names and signatures tell.
        let extensions = "basicConstraints = critical, CA:TRUE\nsubjectKeyIdentifier = hash\n";
        sign(folder.path(), algorithm, "root", "ca", extensions);

        let (ca, _) = loaded(&folder, "ca");
        let load = |above: Vec<Certificate>| {
            Issuer::load([vec![ca.clone()], above].concat(), loaded(&folder, "ca").1)
        };
        let [root, other] = ["root", "other"].map(|name| loaded(&folder, name).0);
        load(vec![root.clone()]).unwrap();
        assert_eq!(rule(&load(vec![other]).unwrap_err()), ChainRule::Names);

        // The same name with another key.
        self_signed(&folder, algorithm, "root", &[]);
        let imposter = loaded(&folder, "root").0;
        assert_eq!(imposter.subject(), root.subject());
        assert_eq!(rule(&load(vec![imposter]).unwrap_err()), ChainRule::Signature);
    }
}

fn load(theirs: &Theirs) -> Issuer {
    let chain = [&theirs.ca, &theirs.root].map(|pem| Certificate::from_pem(pem).unwrap());
    Issuer::load(chain, KeyPair::from_pem(&theirs.ca_key).unwrap()).unwrap()
}

/// Has OpenSSL make `NAME.key` and `NAME.pem`.
fn self_signed(folder: &TempDir, algorithm: KeyAlgorithm, name: &str, extra: &[&str]) {
    let [key, pem, subject] = [format!("{name}.key"), format!("{name}.pem"), format!("/CN={name}")];
    generate(folder.path(), algorithm, &key);
    let files = ["-key", &key, "-subj", &subject, "-out", &pem];
    let arguments = [&["req", "-x509", "-days", "3650"], &files[..]].concat();
    run(folder.path(), &[&arguments[..], &signing(algorithm), extra].concat()).expect_success();
}

/// The certificate and key that [`self_signed`] wrote.
fn loaded(folder: &TempDir, name: &str) -> (Certificate, KeyPair) {
    let [pem, key] = ["pem", "key"].map(|kind| read(folder, &format!("{name}.{kind}")));
    (Certificate::from_pem(&pem).unwrap(), KeyPair::from_pem(&key).unwrap())
}

fn rules(error: &Error) -> Vec<Rule> {
    error.reasons().iter().map(|reason| reason.rule).collect()
}

#[track_caller]
fn rule(error: &Error) -> ChainRule {
    match error {
        Error::Chain(error) => error.rule,
        other => panic!("{other}"),
    }
}
