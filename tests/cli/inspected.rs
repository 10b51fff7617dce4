//! `certwright inspect`: every kind of file, ours and OpenSSL's, in PEM and DER.

use certwright::crl::{CrlRequest, RevocationReason};
use certwright::time::Lifetime;
use certwright::{
    AltName, Authority, CertificateRequest, KeyAlgorithm, KeyPair, MemoryStore, Policy, Profile,
};

use crate::common::{self, algorithms, families, genpkey, hierarchy, judge, key, openssl};
use crate::shop::Shop;

#[test]
fn a_certificate_is_shown_in_pem_and_der_and_from_standard_input() {
    for algorithm in algorithms() {
        let shop = Shop::new();
        let (root, ca) = hierarchy(algorithm);
        shop.write("ca.pem", ca.certificate().to_pem());
        shop.write("ca.der", ca.certificate().as_der());
        let shown = shop.run(&["inspect", "ca.pem"]).expect(0).stdout;
        assert_eq!(shop.run(&["inspect", "ca.der"]).expect(0).stdout, shown);
        let pem = shop.bytes("ca.pem");
        assert_eq!(shop.run_with(&["inspect", "-"], &pem).expect(0).stdout, shown);
        let serial = ca.certificate().serial().to_string();
        let fingerprint = colons(&ca.certificate().fingerprint());
        for words in [
            "subject        CN=Test CA",
            "issuer         CN=Test Root",
            &serial,
            &algorithm.to_string(),
            "at most 0",
            "keyCertSign, cRLSign",
            "key health     no weakness found",
            &fingerprint,
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        // A file of several is shown in their order.
        shop.write("chain.pem", [ca.certificate().to_pem(), root.certificate().to_pem()].concat());
        let chain = shop.run(&["inspect", "chain.pem"]).expect(0).stdout;
        assert!(
            chain.starts_with(&shown) && chain.contains("verifies with its own key"),
            "{chain}"
        );
    }
}

#[test]
fn a_request_is_shown_with_what_it_asks_for() {
    for algorithm in families() {
        let shop = Shop::new();
        let request = CertificateRequest::builder("CN=a.example,O=Test".parse().unwrap())
            .alt_names([AltName::dns("a.example").unwrap(), AltName::Ip([10, 0, 0, 7].into())])
            .sign(&key(algorithm))
            .unwrap();
        shop.write("a.csr", request.to_pem());
        shop.write("a.der", request.as_der());
        let shown = shop.run(&["inspect", "a.csr"]).expect(0).stdout;
        assert_eq!(shop.run(&["inspect", "a.der"]).expect(0).stdout, shown);
        for words in ["Certificate request", "CN=a.example,O=Test", "DNS:a.example", "IP:10.0.0.7"]
        {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        let (mut damaged, last) = (request.as_der().to_vec(), request.as_der().len() - 1);
        damaged[last] ^= 1;
        shop.write("bad.der", damaged);
        shop.run(&["inspect", "bad.der"])
            .says(1, "bad.der: the signature of the certificate request");
    }
}

#[test]
fn a_revocation_list_is_shown_with_its_entries() {
    for algorithm in families() {
        let shop = Shop::new();
        let (_, ca) = hierarchy(algorithm);
        let policy = Policy::new(Profile::tls_server()).allow_dns("a.example").unwrap();
        let authority = Authority::new(ca, policy, MemoryStore::default());
        let request = CertificateRequest::builder("".parse().unwrap())
            .alt_name(AltName::dns("a.example").unwrap())
            .sign(&key(algorithm))
            .unwrap();
        let leaf = authority.issue(&request).unwrap().into_chain();
        let serial = leaf.leaf().serial();
        authority.revoke(serial, RevocationReason::KeyCompromise).unwrap();
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
        shop.write("ca.crl", list.to_pem());
        shop.write("ca.der", list.to_der());
        let shown = shop.run(&["inspect", "ca.crl"]).expect(0).stdout;
        assert_eq!(shop.run(&["inspect", "ca.der"]).expect(0).stdout, shown);
        assert!(shown.starts_with("Revocation list") && shown.contains("CN=Test CA"), "{shown}");
        let entry = shown.lines().find(|line| line.contains(&serial.to_string())).unwrap();
        assert!(entry.contains("keyCompromise"), "{entry}");
    }
}

#[test]
fn a_private_key_is_shown_as_its_public_key_and_nothing_secret() {
    for algorithm in algorithms() {
        let shop = Shop::new();
        let key = key(algorithm);
        shop.write("a.key", key.to_pkcs8_pem().unwrap().as_str());
        shop.write("a.der", key.to_pkcs8_der().unwrap().as_bytes());
        let shown = shop.run(&["inspect", "a.key"]).expect(0).stdout;
        let fingerprint = colons(&key.public_key().fingerprint());
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 4, "{shown}");
        assert_eq!(lines[0], "Private key");
        assert!(lines[1].contains(&algorithm.to_string()), "{shown}");
        assert!(lines[2].ends_with(&fingerprint), "{shown}");
        assert!(lines[3].ends_with("no weakness found"), "{shown}");
        assert_eq!(shop.run(&["inspect", "a.der"]).expect(0).stdout, shown);
    }
}

#[test]
fn an_encrypted_key_says_that_it_is_and_shows_more_with_its_passphrase() {
    let shop = Shop::new();
    let key = key(families()[0]);
    shop.write("a.key", key.to_pkcs8_pem().unwrap().as_str());
    let open = shop.run(&["inspect", "a.key"]).expect(0).stdout;
    shop.write("sealed.key", key.to_pkcs8_pem_encrypted("long enough").unwrap());
    shop.write("sealed.der", key.to_pkcs8_der_encrypted("long enough").unwrap());
    for (name, line) in
        [("lf", "long enough\n"), ("crlf", "long enough\r\n"), ("none", "long enough")]
    {
        shop.secret(name, line);
        let arguments = ["inspect", "--passphrase-file", name, "sealed.key"];
        assert_eq!(shop.run(&arguments).expect(0).stdout, open);
    }
    shop.secret("wrong", "long enough \n");
    shop.secret("two", "long enough\nmore\n");
    for file in ["sealed.key", "sealed.der"] {
        let shown = shop.run(&["inspect", file]).expect(0).stdout;
        assert!(shown.contains("encrypted") && shown.lines().count() == 2, "{shown}");
        let with = |passphrase| shop.run(&["inspect", file, "--passphrase-file", passphrase]);
        assert_eq!(with("lf").expect(0).stdout, open);
        with("wrong").says(1, "passphrase");
        with("two").says(1, "more than one line");
        with("missing").says(1, "missing");
    }
}

#[test]
fn what_openssl_made_is_shown() {
    if !judge("openssl") {
        return;
    }
    for algorithm in families() {
        let shop = Shop::new();
        let run = |arguments: &[&str]| openssl(shop.folder.path(), arguments).expect_success();
        run(&[&["genpkey"], &genpkey(algorithm)[..], &["-out", "a.key"]].concat());
        let sm2 = algorithm == KeyAlgorithm::Sm2;
        let id = if sm2 { &["-sigopt", common::SM2_ID][..] } else { &[] };
        let subject = ["-key", "a.key", "-subj", "/CN=a.example/O=Test"];
        let names = ["-addext", "subjectAltName=DNS:a.example,email:a@a.example"];
        run(&[&["req", "-new", "-out", "a.csr"], &subject[..], &names, id].concat());
        run(&[&["req", "-x509", "-days", "9", "-out", "a.pem"], &subject[..], &names, id].concat());
        run(&["pkey", "-in", "a.key", "-pubout", "-out", "a.pub"]);
        run(&["pkey", "-in", "a.key", "-pubout", "-outform", "DER", "-out", "a.pub.der"]);
        let passphrase = ["-passout", "pass:long enough", "-out", "sealed.key"];
        run(&[&["pkcs8", "-topk8", "-in", "a.key", "-v2", "aes-256-cbc"], &passphrase[..]].concat());
        let mut files = vec!["a.key", "a.csr", "a.pem", "a.pub", "a.pub.der"];
        // SM2 has no older form.
        if !sm2 {
            let old = ["pkey", "-in", "a.key", "-traditional"];
            run(&[&old[..], &["-outform", "DER", "-out", "old.der"]].concat());
            run(&[&old[..], &["-out", "old.key"]].concat());
            files.extend(["old.key", "old.der"]);
        }
        let mut fingerprints = Vec::new();
        for file in files {
            let shown = shop.run(&["inspect", file]).expect(0).stdout;
            let line = shown.lines().find(|line| line.contains("key SHA-256"));
            fingerprints.push(line.unwrap_or_else(|| panic!("{file}: {shown}")).to_owned());
        }
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), 1, "{algorithm}: {fingerprints:?}");
        let sealed = shop.run(&["inspect", "sealed.key"]).expect(0).stdout;
        assert!(sealed.contains("encrypted"), "{sealed}");
        let shown = shop.run(&["inspect", "a.pem"]).expect(0).stdout;
        let told = run(&["x509", "-in", "a.pem", "-noout", "-fingerprint", "-sha256"]).text();
        let told = told.trim().split_once('=').unwrap().1.to_owned();
        assert!(shown.contains(&told) && shown.contains("email:a@a.example"), "{told}: {shown}");
        if sm2 {
            // OpenSSL signs with an empty identifier unless told.
            run(&[&["req", "-new", "-out", "a.csr"], &subject[..]].concat());
            shop.run(&["inspect", "a.csr"]).says(1, "SM2 identifier");
            shop.run(&["inspect", "--sm2-id", "", "a.csr"]).expect(0);
        }
    }
}

#[test]
fn old_and_weak_keys_of_openssl_are_shown_for_what_they_are() {
    if !judge("openssl") || !common::is_built(certwright::key::KeyFamily::Rsa) {
        return;
    }
    let shop = Shop::new();
    let run = |arguments: &[&str]| openssl(shop.folder.path(), arguments).expect_success();
    run(&[&["genpkey"], &genpkey(KeyAlgorithm::Rsa1024)[..], &["-out", "weak.key"]].concat());
    let weak = shop.run(&["inspect", "weak.key"]).expect(0).stdout;
    assert!(weak.contains("key is weak    too short"), "{weak}");
    let passphrase = ["-aes128", "-passout", "pass:long enough", "-out", "old.key"];
    run(&[&["rsa", "-in", "weak.key", "-traditional"], &passphrase[..]].concat());
    let old = shop.run(&["inspect", "old.key"]).expect(0).stdout;
    assert!(old.contains("encrypted      --passphrase-file shows more"), "{old}");
    if common::is_built(certwright::key::KeyFamily::Ecc) {
        // With a block of parameters in front.
        run(&["ecparam", "-name", "prime256v1", "-genkey", "-out", "ec.key"]);
        let shown = shop.run(&["inspect", "ec.key"]).expect(0).stdout;
        assert!(shown.contains("P-256"), "{shown}");
        run(&["ecparam", "-name", "prime256v1", "-out", "parameters.pem"]);
        shop.run(&["inspect", "parameters.pem"]).says(1, "parameters");
        // Weak encryption: refused with the way on, and read behind its switch.
        shop.secret("passphrase", "long enough\n");
        shop.secret("wrong", "long enough?\n");
        let (old, weak) = (["inspect", "ec-old.key"], "--dangerously-read-weak-encryption");
        run(&["ec", "-in", "ec.key", "-des3", "-passout", "pass:long enough", "-out", old[1]]);
        let opened = [&old[..], &["--passphrase-file", "passphrase"]].concat();
        shop.run(&opened).says(1, "openssl pkcs8 -topk8");
        let shown = shop.run(&[&opened[..], &[weak]].concat()).expect(0).stdout;
        assert!(shown.contains("P-256"), "{shown}");
        let wrong = [&old[..], &["--passphrase-file", "wrong", weak]].concat();
        shop.run(&wrong).says(1, "the passphrase of the encrypted private key is wrong");
        shop.run(&[&old[..], &[weak]].concat()).says(2, "--passphrase-file");
    }
}

#[test]
fn what_is_none_of_these_is_refused_with_the_reason() {
    let shop = Shop::new();
    let key = key(families()[0]);
    let pem = key.to_pkcs8_pem().unwrap();
    let certificate = hierarchy(families()[0]).0.certificate().clone();
    shop.write("empty", "");
    shop.write("text", "Dear diary\n");
    shop.write("pkcs7", pem.as_str().replace("PRIVATE KEY", "PKCS7"));
    shop.write("escape", "-----BEGIN \u{1b}[31m-----\nAA==\n-----END \u{1b}[31m-----\n");
    shop.write("cut.pem", &pem.as_str()[..pem.as_str().len() / 2]);
    shop.write("cut.der", &certificate.as_der()[..100]);
    shop.write("number.der", [0x02, 0x01, 0x05]);
    shop.write("list.der", [0x30, 0x03, 0x02, 0x01, 0x05]);
    shop.write(
        "second.pem",
        [certificate.to_pem(), "-----BEGIN X-----\n-----END X-----".into()].concat(),
    );
    shop.write("long", vec![0x30; (1 << 20) + 1]);
    shop.write("many", pem.as_str().replace("-----END", "\n-----BEGIN").repeat(70));
    for (file, words) in [
        ("empty", "an empty text"),
        ("text", "neither PEM nor DER"),
        ("pkcs7", "PKCS7"),
        ("escape", "PEM block"),
        ("cut.pem", "no END line"),
        (
            "cut.der",
            "neither PEM nor DER of certificate, certificate request, revocation list, key: cut off",
        ),
        ("number.der", "neither PEM nor DER"),
        ("list.der", "neither PEM nor DER"),
        ("second.pem", "PEM block 2"),
        ("long", "at most 1048576"),
        ("many", "malformed"),
        ("missing", "missing"),
        (".", "."),
    ] {
        let ran = shop.run(&["inspect", file]).says(1, words);
        assert!(ran.stderr.starts_with("certwright: "), "{}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
        // What stands before it in the file is shown.
        assert_eq!(ran.stdout.is_empty(), file != "second.pem", "{file}: {}", ran.stdout);
    }
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    if !judge("openssl") {
        return;
    }
    let shop = Shop::new();
    let run = |arguments: &[&str]| openssl(shop.folder.path(), arguments).expect_success();
    run(&[&["genpkey"], &genpkey(families()[0])[..], &["-out", "a.key"]].concat());
    let subject = "/CN=x\u{1b}[31m\n  CA  yes/O=\u{202e}gro";
    let names = "subjectAltName=DNS:x\u{1b}[31m";
    let request = ["req", "-new", "-utf8", "-key", "a.key", "-out", "a.csr"];
    run(&[&request[..], &["-subj", subject, "-addext", names]].concat());
    let shown = shop.run(&["inspect", "a.csr"]).expect(0).stdout;
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(steers), "{shown:?}");
    assert!(!shown.lines().any(|line| line.trim_start().starts_with("CA  yes")), "{shown}");
}

#[test]
fn text_around_and_other_encodings_are_passed_over() {
    let shop = Shop::new();
    let pem = KeyPair::generate(families()[0]).unwrap().to_pkcs8_pem().unwrap();
    let shown = |content: Vec<u8>| {
        shop.write("a.key", content);
        shop.run(&["inspect", "a.key"]).expect(0).stdout
    };
    let plain = shown(pem.as_str().into());
    let windows = ["\u{feff}", &pem.as_str().replace('\n', "\r\n")].concat();
    assert_eq!(shown(windows.into()), plain);
    assert_eq!(shown([b"M\xfcller's key\n", pem.as_str().as_bytes()].concat()), plain);
}

fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
