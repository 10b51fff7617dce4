//! What breaks no rule: all that this engine issues, and what OpenSSL does when it is asked well.

use certwright::crl::{CrlDistribution, CrlRequest, RevocationReason};
use certwright::key::KeyFamily;
use certwright::lint::{LintProfile, Linter, lint};
use certwright::name::{GeneralSubtree, NameConstraints};
use certwright::profile::LeafBasicConstraints;
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    Authority, CertificateRequest, Issuer, KeyAlgorithm, MemoryStore, Policy, Profile,
};

use crate::common::{self, folder, openssl, read, write};
use crate::craft::{Ladder, internal, now};

#[track_caller]
fn clean(what: &str, der: &[u8]) {
    assert_eq!(lint(der).to_string(), "", "{what}");
}

#[test]
fn certificates_of_every_algorithm_and_profile_break_no_rule() {
    for algorithm in common::algorithms() {
        let constraints = NameConstraints {
            permitted: vec![GeneralSubtree::Dns("internal".to_owned())],
            excluded: vec![GeneralSubtree::Ip("10.0.0.0/8".parse().unwrap())],
        };
        let ladder = Ladder::new(algorithm);
        let url = CrlDistribution::new("http://crl.example/lists").unwrap();
        let root = ladder.root.clone().with_crl_distribution(url.clone());
        let profile = Profile::intermediate(3).with_name_constraints(constraints);
        let ca = Ladder::below(&root, profile, ladder.ca_key()).with_crl_distribution(url);
        for issuer in [&ladder.root, &ladder.ca, &ca] {
            clean(&algorithm.to_string(), issuer.certificate().as_der());
        }
        for profile in [Profile::tls_server(), Profile::tls_client()] {
            for form in [LeafBasicConstraints::Include, LeafBasicConstraints::Omit] {
                let profile = profile.clone().with_leaf_basic_constraints(form);
                let policy = Policy::new(profile).allow_dns(".internal").unwrap().allow_wildcards();
                let authority = Authority::new(ca.clone(), policy, MemoryStore::default())
                    .with_clock(FixedClock(now()));
                let chain = authority.issue(&ladder.request(&["db.internal", "*.db.internal"]));
                clean(&algorithm.to_string(), chain.unwrap().certificate().as_der());
            }
        }
        // Nobody but their names.
        let nameless = CertificateRequest::builder("".parse().unwrap())
            .alt_name("db.internal".parse().unwrap())
            .sign(&ladder.leaf_key())
            .unwrap();
        let chain = ladder.authority(internal()).issue(&nameless).unwrap().into_chain();
        clean(&algorithm.to_string(), chain.leaf().as_der());
        let gmt = Linter::new().add_profile(LintProfile::GmT0015);
        for certificate in chain.certificates().chain([ladder.root.certificate()]) {
            let is_good = !gmt.lint(certificate.as_der()).has_errors();
            assert_eq!(is_good, algorithm.family() == KeyFamily::Sm2, "{algorithm}");
        }
    }
}

#[test]
fn revocation_lists_break_no_rule() {
    for algorithm in common::algorithms() {
        let ladder = Ladder::new(algorithm);
        let plain = ladder.authority(internal());
        let empty = plain.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        clean("an empty list", &empty.to_der());
        let url = CrlDistribution::new("http://crl.example/lists").unwrap().with_shards(2).unwrap();
        let ca: Issuer = ladder.ca.clone().with_crl_distribution(url);
        let authority =
            Authority::new(ca, internal(), MemoryStore::default()).with_clock(FixedClock(now()));
        let issue =
            || *authority.issue(&ladder.request(&["db.internal"])).unwrap().certificate().serial();
        let reasons = [
            RevocationReason::Unspecified,
            RevocationReason::KeyCompromise,
            RevocationReason::CertificateHold,
            RevocationReason::Superseded,
        ];
        let held: Vec<_> = (0..12).map(|_| issue()).collect();
        for (serial, reason) in held.iter().zip(reasons.into_iter().cycle()) {
            authority.revoke(serial, reason).unwrap();
        }
        for shard in [0, 1] {
            let full = CrlRequest::full(Lifetime::days(7)).for_shard(shard);
            let full = authority.issue_crl(&full).unwrap();
            clean("a shard", &full.to_der());
            for (serial, reason) in held.iter().zip(reasons.into_iter().cycle()) {
                if reason == RevocationReason::CertificateHold && shard == 0 {
                    authority.release(serial).unwrap();
                }
            }
            let delta = CrlRequest::delta(full.number(), Lifetime::days(1)).for_shard(shard);
            clean("a delta", &authority.issue_crl(&delta).unwrap().to_der());
        }
    }
}

#[cfg(all(feature = "cas", feature = "ecc", feature = "rsa", feature = "sm2"))]
#[test]
fn what_the_operations_issue_breaks_no_rule() {
    use certwright::cas::{Cas, Config};
    use serde_json::{Value, json};

    for algorithm in common::algorithms() {
        let name = common::service_name(algorithm);
        let mut config = Config::default();
        config.crl_base_url = Some("http://crl.example/ca".to_owned());
        let cas = Cas::new(MemoryStore::default(), FixedClock(now()), config);
        let call = |name: &str, parameters: Value| {
            let answer = cas.call(name, &parameters.to_string());
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
            serde_json::from_str::<Value>(&answer).unwrap()
        };
        let subject = |mut more: Value| {
            for (name, value) in [
                ("Organization", "Example"),
                ("OrganizationUnit", "Security"),
                ("Locality", "Hangzhou"),
                ("State", "Zhejiang"),
            ] {
                more[name] = value.into();
            }
            more["Algorithm"] = name.into();
            more
        };
        let root =
            call("CreateRootCACertificate", subject(json!({ "Years": 10, "CommonName": "Root" })));
        let sub = json!({
            "Years": 5, "CommonName": "CA", "ParentIdentifier": root["Identifier"], "EnableCrl": true,
        });
        let sub = call("CreateSubCACertificate", subject(sub))["Identifier"].clone();
        let leaf = json!({
            "CommonName": "db.example", "Domain": "db.example,10.0.0.7", "Days": 90, "EnableCrl": 1,
            "Algorithm": name, "ParentIdentifier": sub, "Immediately": 1,
        });
        call("CreateServerCertificate", leaf);
        let client = json!({
            "CommonName": "ann", "SanType": 1, "SanValue": "ann@example.com", "Days": 90,
            "Algorithm": name, "ParentIdentifier": sub, "Immediately": 1,
        });
        call("CreateClientCertificate", client);
        let records = cas.ledger().certificates(None, usize::MAX).unwrap();
        let linted = records.iter().filter_map(|record| record.certificate()).map(|one| {
            clean(&algorithm.to_string(), one.as_der());
        });
        assert_eq!(linted.count(), 4);
    }
}

#[test]
fn what_openssl_makes_breaks_no_rule() {
    if !common::judge("openssl") {
        return;
    }
    for algorithm in [KeyAlgorithm::EcdsaP256, KeyAlgorithm::EcdsaP521, KeyAlgorithm::Rsa2048] {
        let folder = folder();
        let run = |line: &str| {
            openssl(folder.path(), &line.split(' ').collect::<Vec<_>>()).expect_success()
        };
        let options = common::genpkey(algorithm).join(" ");
        run(&format!("genpkey {options} -out ca.key"));
        run(&format!("genpkey {options} -out leaf.key"));
        run("req -x509 -new -key ca.key -subj /C=DE/O=Example/CN=Root -days 3650 -out ca.pem \
             -addext keyUsage=critical,keyCertSign,cRLSign");
        run("req -new -key leaf.key -subj /CN=db.example -out leaf.csr");
        write(
            &folder,
            "leaf.ext",
            "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
             extendedKeyUsage=serverAuth\nsubjectAltName=DNS:db.example,IP:10.0.0.7\n\
             subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid,issuer\n\
             authorityInfoAccess=OCSP;URI:http://ocsp.example/\n\
             crlDistributionPoints=URI:http://crl.example/1.crl\ncertificatePolicies=1.2.3.4\n",
        );
        run("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 90 \
             -extfile leaf.ext -out leaf.pem");
        write(
            &folder,
            "ca.cnf",
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ncertificate=ca.pem\n\
             private_key=ca.key\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n\
             [e]\nauthorityKeyIdentifier=keyid\n",
        );
        write(&folder, "index.txt", "");
        write(&folder, "number", "01\n");
        run("ca -config ca.cnf -revoke leaf.pem -crl_reason superseded");
        run("ca -config ca.cnf -gencrl -out ca.crl");
        for file in ["ca.pem", "leaf.pem", "ca.crl"] {
            for report in Linter::new().lint_pem(&read(&folder, file)).unwrap() {
                assert_eq!(report.to_string(), "", "{algorithm}, {file}");
            }
        }
    }
}

/// A key that signs in another way is none of the linter's business.
#[test]
fn what_openssl_makes_of_other_algorithms_is_no_error() {
    if !common::judge("openssl") {
        return;
    }
    let folder = folder();
    let run = |arguments: &[&str]| openssl(folder.path(), arguments).expect_success();
    for options in [&["-newkey", "ed25519"][..], &["-newkey", "rsa:2048", "-sigopt", PSS]] {
        let common = ["req", "-x509", "-nodes", "-subj", "/CN=Other", "-keyout", "k", "-out", "c"];
        let usage = ["-addext", "keyUsage=critical,keyCertSign"];
        run(&[&common[..], &usage, options].concat());
        for report in Linter::new().lint_pem(&read(&folder, "c")).unwrap() {
            assert_eq!(report.to_string(), "", "{options:?}");
        }
    }
}

const PSS: &str = "rsa_padding_mode:pss";
