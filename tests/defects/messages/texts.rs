//! Files and texts that are no PEM, or PEM of something else.

use certwright::verify::Bundle;
use certwright::{Certificate, CertificateRequest, Chain, KeyPair};

use super::{Row, row};
use crate::craft::Ladder;

pub fn rows() -> Vec<Row> {
    let ladder = Ladder::new(certwright::KeyAlgorithm::EcdsaP256);
    let csr = ladder.request(&["a.internal"]).to_pem();
    let certificate = ladder.ca.certificate().to_pem();
    let line = csr.lines().nth(1).unwrap();
    let request = CertificateRequest::from_pem;
    vec![
        row("a CSR: an empty file", request("")),
        row("a CSR: a diary", request("Dear diary, …")),
        row("a CSR: a web page", request("<!DOCTYPE html><title>Sign in</title>")),
        row("a CSR: two of them", request(&csr.repeat(2))),
        row("a CSR: a certificate", request(&certificate)),
        row(
            "a CSR: a certificate under its label",
            request(&certificate.replace("CERTIFICATE", "CERTIFICATE REQUEST")),
        ),
        row(
            "a CSR: its label in lower case",
            request(&csr.replace("CERTIFICATE REQUEST", "certificate request")),
        ),
        row("a CSR: cut off before its END line", request(&csr[..200])),
        row(
            "a CSR: without its BEGIN line",
            request(&csr.replace("-----BEGIN CERTIFICATE REQUEST-----\n", "")),
        ),
        row(
            "a CSR: its END line names another label",
            request(&csr.replace("END CERTIFICATE", "END NEW CERTIFICATE")),
        ),
        row("a CSR: one line is missing", request(&csr.replacen(&format!("{line}\n"), "", 1))),
        row(
            "a CSR: a star in its base64",
            request(&csr.replacen(line, &line.replace(&line[4..5], "*"), 1)),
        ),
        row("a CSR: \\n instead of line ends", request(&csr.replace('\n', "\\n"))),
        row("a CSR: dashes of a word processor", request(&csr.replace("-----", "\u{2014}"))),
        row(
            "a CSR: UTF-16 taken for UTF-8",
            request(&csr.chars().flat_map(|c| [c, '\0']).collect::<String>()),
        ),
        row(
            "a CSR: a header without an empty line",
            request(&csr.replacen('\n', "\nComment: ours\n", 1)),
        ),
        row(
            "a CSR: encryption headers",
            request(&csr.replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,00\n\n", 1)),
        ),
        row("a CSR: in hexadecimal", request("308201220201")),
        row(
            "a certificate: PKCS #7",
            Certificate::from_pem(&certificate.replace("CERTIFICATE", "PKCS7")),
        ),
        row(
            "a certificate: PKCS #12",
            Certificate::from_der(include_bytes!("../../data/other/bundle.p12")),
        ),
        row(
            "a certificate: OpenSSL's trust settings",
            Certificate::from_pem(&certificate.replace("CERTIFICATE", "TRUSTED CERTIFICATE")),
        ),
        row(
            "a certificate: 100 bytes of it",
            Certificate::from_der(&ladder.ca.certificate().as_der()[..100]),
        ),
        row(
            "a certificate: a byte too many",
            Certificate::from_der(&[ladder.ca.certificate().as_der(), &[0]].concat()),
        ),
        row("a chain: a CSR", Chain::from_pem(&csr)),
        row("a trust file: a CSR", Bundle::from_pem(&csr)),
        row("a key: an SSH public key", KeyPair::from_pem("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA")),
        row("a key: a JSON Web Key", KeyPair::from_pem(r#"{"kty":"EC","crv":"P-256"}"#)),
        row("a key: PuTTY's", KeyPair::from_pem("PuTTY-User-Key-File-3: ssh-rsa")),
        row(
            "a key: OpenSSH's",
            KeyPair::from_pem(
                "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
            ),
        ),
    ]
}
