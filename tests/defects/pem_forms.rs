//! PEM as people have it (RFC 7468, the lax grammar): read where it says one thing, refused where it
//! could say two.

use certwright::{Certificate, CertificateRequest, Chain, Error, KeyPair, Signer};

use crate::common;
use crate::craft::{Ladder, internal};

#[test]
fn every_layout_that_says_the_same_is_read() {
    for_each_request(|request| {
        let body = body(request);
        let block = |label: &str, body: &str| {
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let wrapped = |width: usize| {
            let lines: Vec<&str> = (0..body.len())
                .step_by(width)
                .map(|at| &body[at..(at + width).min(body.len())])
                .collect();
            block("CERTIFICATE REQUEST", &lines.join("\n"))
        };
        let usual = request.to_pem();
        assert_eq!(usual, wrapped(64), "64 characters a line are written");
        let header = "Subject: CN = db.internal\n    Signature: 30 45\n\nBag Attributes: <none>\n";
        let forms = [
            usual.clone(),
            usual.replace('\n', "\r\n"),
            wrapped(76),
            wrapped(1),
            wrapped(body.len()),
            block("NEW CERTIFICATE REQUEST", &body),
            format!("{header}{usual}"),
            format!("{usual}trailing text\n"),
            format!("\n\n  {}", usual.replace('\n', "  \n  ")),
            usual.trim_end().to_owned(),
            format!("{}{usual}", block("EC PARAMETERS", "BggqhkjOPQMBBw==")),
            // A block of no interest may be of any form.
            format!("{}{usual}", block("PGP SIGNATURE", "Version: 1\n\nAA\n=AAAA")),
            // White space anywhere, and every line end (RFC 7468 figure 2).
            usual.replace('\n', "\r"),
            usual.replace('\n', " "),
            usual.replace('\n', ""),
            usual.replace('\n', "\u{a0}\u{200b}\n\n\t"),
            format!("\u{feff}CSR: {}", usual.replace('\n', " ")),
            block("EC PARAMETERS", "BggqhkjOPQMBBw==").trim_end().to_owned() + &usual,
            // A header that does not encrypt, as OpenSSL reads it.
            usual.replacen('\n', "\nComment: test\n  and more\n\n", 1),
            usual.replacen('\n', "\r\nComment: test\r\n\r\n", 1),
            // Nothing but base64.
            body.clone(),
            wrapped(64)
                .lines()
                .filter(|line| !line.starts_with('-'))
                .collect::<Vec<_>>()
                .join("\r\n"),
        ];
        for text in forms {
            let read = CertificateRequest::from_pem(&text);
            let read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(read.as_der(), request.as_der(), "{text}");
        }
    });
}

#[test]
fn what_could_say_two_things_or_nothing_is_refused() {
    for_each_request(|request| {
        let usual = request.to_pem();
        let body = body(request);
        let line = &usual.lines().nth(1).unwrap().to_owned();
        let cases = [
            (usual.repeat(2), "more than one block"),
            (
                format!(
                    "{usual}{}",
                    usual.replace("BEGIN C", "BEGIN NEW C").replace("END C", "END NEW C")
                ),
                "more than one block",
            ),
            (
                usual.replace("END CERTIFICATE", "END NEW CERTIFICATE"),
                "the END line names another label",
            ),
            (
                usual.replace("CERTIFICATE REQUEST", "CERTIFICATE"),
                "given PEM of CERTIFICATE, allowed PEM of CERTIFICATE REQUEST",
            ),
            (
                usual.replace("CERTIFICATE REQUEST", "certificate request"),
                "given PEM of CERTIFICATE REQUEST in lower case",
            ),
            (usual.replace("-----END", "----END"), "no END line"),
            (
                usual.replacen(
                    line,
                    &format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: DES,0\n\n{line}"),
                    1,
                ),
                "RFC 1421 headers",
            ),
            (
                usual.replacen('\n', "\nComment: test\n", 1),
                "RFC 1421 headers without an empty line behind them",
            ),
            (usual.replace('\n', "\\n"), "the two characters \\n in the place of line ends"),
            (usual.chars().flat_map(|c| [c, '\0']).collect(), "UTF-16"),
            (usual.replace("-----", "\u{2014}"), "a BEGIN line without five hyphens"),
            (usual.replace("-----\n", "\n"), "the BEGIN line"),
            (usual.replace("CERTIFICATE REQUEST", "OUR REQUEST"), "one with an unknown label"),
            (usual.replace("-----BEGIN CERTIFICATE REQUEST-----", ""), "without its BEGIN line"),
            (body[..body.len() - 4].to_owned(), "base64 that is not one whole DER value"),
            ("<!DOCTYPE html><html></html>".to_owned(), "HTML"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA".to_owned(), "SSH public key"),
            (r#"{"kty":"EC","crv":"P-256","d":"AAAA"}"#.to_owned(), "JSON Web Key"),
            ("PuTTY-User-Key-File-3: ssh-rsa".to_owned(), "PuTTY"),
            ("308201".to_owned(), "hexadecimal digits"),
            (" \n".to_owned(), "an empty text"),
            (usual.replacen(line, &line.replace(&line[4..5], "*"), 1), "PEM block"),
            (usual.replacen(line, "", 1), "certificate request"),
            (usual.replace(&body[body.len() - 4..], "===="), "PEM block"),
            (
                String::new(),
                "given an empty text, allowed PEM of CERTIFICATE REQUEST, \
                 NEW CERTIFICATE REQUEST",
            ),
            ("a text".to_owned(), "base64 that is not one whole DER value"),
        ];
        for (text, part) in cases {
            let error = CertificateRequest::from_pem(&text).unwrap_err();
            assert!(matches!(error, Error::Malformed(_)), "{error}\n{text}");
            assert!(error.to_string().contains(part), "{error}\n{text}");
        }
    });
}

#[test]
fn a_damaged_character_is_refused_or_changes_nothing() {
    for_each_request(|request| {
        let usual = request.to_pem();
        for at in 0..usual.len() {
            for mask in [0x01, 0x02, 0x20, 0x40] {
                let mut bytes = usual.clone().into_bytes();
                bytes[at] ^= mask;
                let text = String::from_utf8(bytes).unwrap();
                if let Ok(read) = CertificateRequest::from_pem(&text) {
                    assert_eq!(read.as_der(), request.as_der(), "character {at}: {text}");
                }
            }
            // The last newline is not missed.
            let cut = CertificateRequest::from_pem(&usual[..at]);
            assert_eq!(cut.is_ok(), at == usual.len() - 1, "{at} characters");
        }
    });
}

#[test]
fn a_bundle_is_read_in_order_and_other_blocks_are_passed_over() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let request = ladder.request(&["db.internal"]);
        let chain = ladder.authority(internal()).issue(&request).unwrap().into_chain();
        let key = ladder.leaf_key().to_pkcs8_pem().unwrap();
        let bundle = format!("{}{}{}", key.as_str(), request.to_pem(), chain.to_pem());
        assert_eq!(Chain::from_pem(&bundle).unwrap(), chain);
        let read = Certificate::many_from_pem(&bundle.replace('\n', "\r\n")).unwrap();
        assert_eq!(read, chain.certificates().cloned().collect::<Vec<_>>());
        assert_eq!(CertificateRequest::from_pem(&bundle).unwrap().as_der(), request.as_der());
        let read = KeyPair::from_pem(&bundle).unwrap();
        assert_eq!(read.public_key(), ladder.leaf_key().public_key());
        let old = chain.leaf().to_pem().replace("CERTIFICATE", "X509 CERTIFICATE");
        assert_eq!(&Certificate::from_pem(&old).unwrap(), chain.leaf());

        let error = Certificate::from_pem(&bundle).unwrap_err().to_string();
        assert_eq!(error, "malformed certificate, PEM: more than one block; give one");
        let error = Certificate::many_from_pem(key.as_str()).unwrap_err().to_string();
        assert_eq!(
            error,
            "malformed certificate: given PEM of PRIVATE KEY, allowed PEM of CERTIFICATE, X509 CERTIFICATE"
        );
        let damaged = bundle.replacen("-----END CERTIFICATE-----", "-----END CERT-----", 1);
        let error = Chain::from_pem(&damaged).unwrap_err().to_string();
        assert!(error.contains("the END line names another label"), "{error}");
    }
}

#[test]
fn text_of_1024_blocks_is_read_and_one_more_is_refused() {
    let other = "-----BEGIN PARAMETERS-----\nBQA=\n-----END PARAMETERS-----\n";
    for algorithm in common::families() {
        let pem = Ladder::new(algorithm).root.certificate().to_pem();
        assert_eq!(Certificate::many_from_pem(&pem.repeat(512)).unwrap().len(), 512);
        let with = |others| Certificate::many_from_pem(&(pem.clone() + &other.repeat(others)));
        assert_eq!(with(1023).unwrap().len(), 1);
        let error = with(1024).unwrap_err().to_string();
        assert_eq!(error, "malformed certificate, PEM: more than 1024 blocks");
    }
}

fn for_each_request(test: impl Fn(&CertificateRequest)) {
    for algorithm in common::families() {
        test(&Ladder::new(algorithm).request(&["db.internal"]));
    }
}

/// The base64 text in one line.
fn body(request: &CertificateRequest) -> String {
    request.to_pem().lines().filter(|line| !line.starts_with('-')).collect()
}
