//! What a text or a file is that has no PEM block which could be read, and the way on. Nothing of it is
//! shown.

use zeroize::Zeroizing;

use super::base64::{decode, is_blank};
use super::label::Label;
use super::tlv;

/// Characters of a text by which its kind is told.
const BEGINNING: usize = 16_384;

pub(super) const BACKSLASHES: &str = "the two characters \\n in the place of line ends, as in a JSON string or an \
                                      environment variable; write line ends (`printf '%b'` does)";

/// The bytes of a text that is nothing but the base64 of one DER value, without BEGIN and END lines.
pub(super) fn bare(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    // All DER that is in PEM is a SEQUENCE, of which the first six bits are an M.
    let first = text.chars().find(|character| !is_blank(*character));
    let der = (first == Some('M')).then(|| decode(text).ok()).flatten()?;
    let whole = matches!(tlv::split(&der), Ok(value) if value.rest.is_empty());
    whole.then_some(der)
}

/// What a text without a block is, and how to go on with it.
pub(super) fn kind_of_text(text: &str) -> (&'static str, &'static str) {
    // What it is shows at its beginning; the text may be of 96 MiB.
    let end = text.char_indices().nth(BEGINNING).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or_default().trim_matches(is_blank);
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || is_blank(c);
    let begins = |start: &str| {
        text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    // From the most telling to the least.
    match () {
        () if text.is_empty() => ("an empty text", ""),
        () if text.contains('\0') => {
            ("a text with NUL characters: UTF-16, or no text", "; write UTF-8")
        }
        () if text.contains("-----END ") => ("an END line without its BEGIN line", ""),
        () if begins("PuTTY-User-Key-File") => (
            "a PuTTY key",
            "; `puttygen OLD -O private-openssh-new -o NEW` and `ssh-keygen -p -m PKCS8 -f NEW` convert it",
        ),
        () if begins("---- BEGIN SSH2") || begins("ssh-") || begins("ecdsa-sha2-") => {
            ("an SSH public key", "; `ssh-keygen -e -m PKCS8 -f OLD` converts it")
        }
        () if begins("{") && text.contains("\"kty\"") => {
            ("a JSON Web Key (RFC 7517)", "; convert it to PKCS #8")
        }
        () if begins("<") => {
            ("HTML or XML", "; an error page or a log-in page was saved in its place, it seems")
        }
        () if text.contains("BEGIN ") => ("a BEGIN line without five hyphens on each side", ""),
        () if text.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || is_blank(c)) => {
            ("hexadecimal digits", "; `xxd -r -p` makes DER of them")
        }
        () if text.chars().all(is_base64) => ("base64 that is not one whole DER value", ""),
        () => ("a text without a line -----BEGIN …-----", ""),
    }
}

/// How to go on with a block that is of use elsewhere.
pub(super) fn way(label: Label) -> Option<&'static str> {
    let Label::Known(label) = label else { return None };
    Some(match label {
        "OPENSSH PRIVATE KEY" | "SSH2 ENCRYPTED PRIVATE KEY" => {
            "; `ssh-keygen -p -m PKCS8 -f FILE` makes an OpenSSH key PKCS #8, in its place"
        }
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => {
            "; `openssl pkcs7 -print_certs -in FILE` takes the certificates out"
        }
        "TRUSTED CERTIFICATE" => {
            "; `openssl x509 -in OLD -out NEW` takes OpenSSL's trust settings away"
        }
        "RSA PUBLIC KEY" => "; `openssl rsa -RSAPublicKey_in -in FILE -pubout` makes a PUBLIC KEY",
        _ => return None,
    })
}
