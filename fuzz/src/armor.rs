//! Lax texts: what RFC 7468's lax grammar and careless tools do to a block of PEM, and it is still read. The
//! input says which of some blocks, and what is put where.

use std::sync::LazyLock;

use certwright::{Certificate, CertificateRequest, Issuer, KeyPair, Profile};

use crate::keys::{LEAF, ROOT};

/// What may stand anywhere between the characters of a body.
const BLANKS: [&str; 10] =
    [" ", "\t", "\r", "\n", "\r\n", "\u{b}", "\u{c}", "\u{200b}", "\u{a0}", "\u{feff}"];

pub fn check(input: &[u8]) {
    let [kind, edits @ ..] = input else { return };
    let text = &TEXTS[usize::from(*kind) % TEXTS.len()];
    let text = edits.chunks_exact(3).take(256).fold(text.clone(), |text, edit| {
        edited(&text, edit[0], usize::from(edit[1]) << 8 | usize::from(edit[2]))
    });
    match usize::from(*kind) % TEXTS.len() {
        0 => assert_eq!(Certificate::from_pem(&text).unwrap(), *CERTIFICATE),
        1 => assert_eq!(CertificateRequest::from_pem(&text).unwrap().as_der(), REQUEST.as_der()),
        _ => assert_eq!(KeyPair::from_pem(&text).unwrap().public_key(), LEAF.public_key()),
    }
}

/// A blank more or a line end less, in the body.
fn edited(text: &str, edit: u8, at: usize) -> String {
    let begin = text.match_indices("-----").nth(1).unwrap().0 + 5;
    let end = text.rfind("-----END").unwrap();
    let (head, rest) = text.split_at(begin);
    let (body, tail) = rest.split_at(end - begin);
    let mut body: Vec<char> = body.chars().collect();
    let at = at % (body.len() + 1);
    match BLANKS.get(usize::from(edit) % (BLANKS.len() + 1)) {
        Some(blank) => drop(body.splice(at..at, blank.chars())),
        None => {
            let ends = |position: &usize| body[*position] == '\n';
            if let Some(position) = (at..body.len()).find(ends) {
                body.remove(position);
            }
        }
    }
    [head, &body.into_iter().collect::<String>(), tail].concat()
}

static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let key = KeyPair::from_pkcs8_der(ROOT.to_pkcs8_der().unwrap().as_bytes()).unwrap();
    let root = Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), key).unwrap();
    root.certificate().clone()
});

static REQUEST: LazyLock<CertificateRequest> = LazyLock::new(|| {
    let request = CertificateRequest::builder("CN=a.example.org".parse().unwrap());
    request.alt_name("a.example.org".parse().unwrap()).sign(&*LEAF).unwrap()
});

static TEXTS: LazyLock<[String; 3]> = LazyLock::new(|| {
    let key = LEAF.to_pkcs8_pem().unwrap();
    [CERTIFICATE.to_pem(), REQUEST.to_pem(), key.as_str().to_owned()]
});
