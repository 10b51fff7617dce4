//! OpenSSL judges what we issue: every link, every name, every extension.

use certwright::key::KeyFamily;
use certwright::profile::{KeyIdentifierMethod, LeafBasicConstraints};
use certwright::{AltName, CertificateRequest, Chain, KeyAlgorithm, Name, Profile};
use tempfile::TempDir;

use crate::common::{algorithms, families, folder, judge, openssl as run, read, write};
use crate::openssl::{issue, ours, request, verify_every_link, verify_leaf, write_chain};

#[test]
fn every_link_verifies() {
    for (algorithm, folder) in judged(algorithms(), Profile::tls_server()) {
        let extra = ["-purpose", "sslserver", "-verify_hostname", "www.example.test"];
        verify_every_link(folder.path(), algorithm, &extra);
    }
}

#[test]
fn a_changed_signature_is_refused() {
    for (algorithm, folder) in judged(families(), Profile::tls_server()) {
        verify_leaf(folder.path(), algorithm, &[]).expect_success();

        let leaf = Chain::from_pem(&read(&folder, "chain.pem")).unwrap().leaf().clone();
        let mut der = leaf.as_der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        write(&folder, "leaf.der", &der);
        run(folder.path(), &["x509", "-inform", "DER", "-in", "leaf.der", "-out", "leaf.pem"])
            .expect_success();
        let answer = verify_leaf(folder.path(), algorithm, &[]);
        assert!(!answer.success, "{algorithm}");
        assert!(answer.all().contains("certificate signature failure"), "{}", answer.all());
    }
}

#[test]
fn every_name_is_covered_and_no_other() {
    let names = [
        ("-verify_hostname", "www.example.test", true),
        ("-verify_hostname", "one.wild.example.test", true),
        ("-verify_ip", "10.0.0.7", true),
        ("-verify_ip", "2001:db8::7", true),
        ("-verify_email", "ops@example.test", true),
        ("-verify_hostname", "other.example.test", false),
        ("-verify_hostname", "two.one.wild.example.test", false),
        ("-verify_ip", "10.0.0.8", false),
        ("-verify_ip", "2001:db8::8", false),
        ("-verify_email", "other@example.test", false),
    ];
    for (algorithm, folder) in judged(families(), Profile::tls_server()) {
        for (option, name, covered) in names {
            let answer = verify_leaf(folder.path(), algorithm, &[option, name]);
            let said = answer.all();
            assert_eq!(answer.success, covered, "{algorithm} {name}: {said}");
            if !covered {
                let mismatch = match option {
                    "-verify_hostname" => "hostname mismatch",
                    "-verify_ip" => "IP address mismatch",
                    _ => "email address mismatch",
                };
                assert!(said.contains(mismatch), "{algorithm} {name}: {said}");
            }
        }
    }
}

#[test]
fn servers_are_no_clients_and_clients_no_servers() {
    let profiles = [
        (Profile::tls_server(), "sslserver", "sslclient"),
        (Profile::tls_client(), "sslclient", "sslserver"),
    ];
    for (profile, good, bad) in profiles {
        for (algorithm, folder) in judged(algorithms(), profile) {
            verify_every_link(folder.path(), algorithm, &["-purpose", good]);
            let answer = verify_leaf(folder.path(), algorithm, &["-purpose", bad]);
            assert!(!answer.success, "{algorithm} {bad}");
            assert!(answer.all().contains("unsuitable certificate purpose"), "{}", answer.all());
        }
    }
}

#[test]
fn text_shows_the_extensions_of_the_profiles() {
    for (algorithm, folder) in judged(algorithms(), Profile::tls_server()) {
        let leaf = text(&folder, "leaf.pem");
        let usage = match algorithm.family() {
            KeyFamily::Rsa => "Digital Signature, Key Encipherment",
            _ => "Digital Signature",
        };
        let names = "DNS:www.example.test, DNS:*.wild.example.test, IP Address:10.0.0.7, \
                     IP Address:2001:DB8:0:0:0:0:0:7, email:ops@example.test, \
                     URI:https://example.test/service";
        assert_eq!(after(&leaf, "X509v3 Key Usage: critical"), usage);
        assert_eq!(after(&leaf, "X509v3 Extended Key Usage:"), "TLS Web Server Authentication");
        assert_eq!(after(&leaf, "X509v3 Subject Alternative Name:"), names);
        assert_eq!(after(&leaf, "Data:"), "Version: 3 (0x2)");
        assert!(!leaf.contains("Basic Constraints"), "{leaf}");

        let ca = text(&folder, "ca.pem");
        assert_eq!(after(&ca, "X509v3 Basic Constraints: critical"), "CA:TRUE, pathlen:0");
        let root = text(&folder, "root.pem");
        assert_eq!(after(&root, "X509v3 Basic Constraints: critical"), "CA:TRUE");
        for authority in [ca, root] {
            let usage = "Digital Signature, Certificate Sign, CRL Sign";
            assert_eq!(after(&authority, "X509v3 Key Usage: critical"), usage);
        }
    }
}

#[test]
fn each_certificate_points_to_the_key_of_its_issuer() {
    const SUBJECT: &str = "X509v3 Subject Key Identifier:";
    const AUTHORITY: &str = "X509v3 Authority Key Identifier:";
    for (_, folder) in judged(algorithms(), Profile::tls_server()) {
        for (subject, issuer) in
            [("leaf.pem", "ca.pem"), ("ca.pem", "root.pem"), ("root.pem", "root.pem")]
        {
            let (subject, issuer) = (text(&folder, subject), text(&folder, issuer));
            assert_eq!(after(&subject, AUTHORITY), after(&issuer, SUBJECT));
        }
    }
}

#[test]
fn everything_we_write_parses_and_is_written_again_alike() {
    for (algorithm, folder) in judged(algorithms(), Profile::tls_server()) {
        let request = request(&ours(algorithm).key);
        write(&folder, "request.pem", request.to_pem());
        for name in ["root.pem", "ca.pem", "leaf.pem", "request.pem"] {
            let parsed = run(folder.path(), &["asn1parse", "-in", name]).expect_success();
            // It goes on after "BAD INTEGER" and the like. (Numbers may hold BAD, then no blank.)
            assert!(!parsed.text().contains("BAD "), "{algorithm}: {}", parsed.text());
        }
        let leaf = Chain::from_pem(&read(&folder, "leaf.pem")).unwrap().leaf().clone();
        let again = ["x509", "-in", "leaf.pem", "-outform", "DER"];
        assert_eq!(run(folder.path(), &again).expect_success().stdout, leaf.as_der());
        let again = ["req", "-in", "request.pem", "-outform", "DER"];
        assert_eq!(run(folder.path(), &again).expect_success().stdout, request.as_der());
    }
}

#[test]
fn key_identifiers_are_those_of_the_two_rfcs() {
    let sha1 =
        Profile::tls_server().with_key_identifier_method(KeyIdentifierMethod::Rfc5280Method1);
    let of = |folder: &TempDir| {
        let leaf = Chain::from_pem(&read(folder, "leaf.pem")).unwrap().leaf().clone();
        leaf.subject_key_identifier().unwrap().to_vec()
    };
    for (algorithm, folder) in judged(algorithms(), sha1) {
        // OpenSSL's own hash of the same key, in a certificate that it signs with another.
        let signer = ["-newkey", "rsa:2048", "-nodes", "-keyout", "other.key", "-out", "other.pem"];
        run(folder.path(), &[&["req", "-x509", "-subj", "/CN=Other"], &signer[..]].concat())
            .expect_success();
        run(folder.path(), &["x509", "-in", "leaf.pem", "-noout", "-pubkey", "-out", "leaf.key"])
            .expect_success();
        write(&folder, "extensions", "subjectKeyIdentifier=hash\n");
        let theirs = run(
            folder.path(),
            &[
                "x509",
                "-new",
                "-force_pubkey",
                "leaf.key",
                "-CA",
                "other.pem",
                "-CAkey",
                "other.key",
                "-subj",
                "/CN=Leaf",
                "-extfile",
                "extensions",
            ],
        );
        let theirs = Chain::from_pem(&theirs.expect_success().text()).unwrap();
        let identifier = of(&folder);
        assert_eq!(theirs.leaf().subject_key_identifier().unwrap(), identifier, "{algorithm}");
    }
    for (algorithm, folder) in judged(algorithms(), Profile::tls_server()) {
        write(&folder, "key", ours(algorithm).key.public_key().as_bytes());
        let hash = run(folder.path(), &["dgst", "-sha256", "-binary", "key"]).expect_success();
        assert_eq!(hash.stdout[..20], of(&folder), "{algorithm}");
    }
}

#[test]
fn a_leaf_says_that_it_is_no_ca_where_the_profile_wants_it() {
    let profile = Profile::tls_server().with_leaf_basic_constraints(LeafBasicConstraints::Include);
    for (algorithm, folder) in judged(families(), profile) {
        let leaf = text(&folder, "leaf.pem");
        assert_eq!(after(&leaf, "X509v3 Basic Constraints: critical"), "CA:FALSE");
        verify_every_link(folder.path(), algorithm, &["-purpose", "sslserver"]);
    }
}

#[test]
fn a_leaf_without_a_subject_has_critical_alternative_names() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let folder = folder();
        let ours = ours(algorithm);
        let request = CertificateRequest::builder(Name::default())
            .alt_name(AltName::dns("www.example.test").unwrap())
            .sign(&ours.key)
            .unwrap();
        write_chain(folder.path(), &issue(&ours.ca, Profile::tls_server(), &request));
        let leaf = text(&folder, "leaf.pem");
        let names = "X509v3 Subject Alternative Name: critical";
        assert_eq!(after(&leaf, names), "DNS:www.example.test");
        let subject = leaf.lines().find(|line| line.trim().starts_with("Subject:")).unwrap();
        assert_eq!(subject.trim(), "Subject:");
        verify_every_link(folder.path(), algorithm, &["-verify_hostname", "www.example.test"]);
    }
}

/// For each algorithm a folder with a chain of ours; none without the judge.
fn judged(algorithms: Vec<KeyAlgorithm>, profile: Profile) -> Vec<(KeyAlgorithm, TempDir)> {
    if !judge("openssl") {
        return Vec::new();
    }
    let make = |algorithm| {
        let (ours, folder) = (ours(algorithm), folder());
        write_chain(folder.path(), &issue(&ours.ca, profile.clone(), &request(&ours.key)));
        (algorithm, folder)
    };
    algorithms.into_iter().map(make).collect()
}

/// A certificate as OpenSSL shows it.
fn text(folder: &TempDir, name: &str) -> String {
    run(folder.path(), &["x509", "-in", name, "-noout", "-text"]).expect_success().text()
}

/// The line after this one.
#[track_caller]
fn after<'a>(text: &'a str, line: &str) -> &'a str {
    let mut lines = text.lines().map(str::trim).skip_while(|found| *found != line);
    lines.nth(1).unwrap_or_else(|| panic!("no line {line:?} in {text}"))
}
