//! What of an input may stand in a message. People paste private keys into the wrong field, and messages
//! end in logs: a text that may be a key is not shown.

use std::ffi::OsString;
use std::path::Path;

/// Characters of an input that a message shows.
const SHOWN: usize = 64;

/// Characters in which a key is looked for: the base64 of 24 bytes. Certificates' serial numbers and
/// identifiers are shorter, or of one case.
const WINDOW: usize = 32;

/// Hexadecimal digits from which on a text may be a key: serial numbers have at most 40 (RFC 5280
/// section 4.1.2.2), a scalar of P-256 has 64.
const HEX_DIGITS: usize = 44;

/// What tells of a key by itself, in lower case: PEM, PuTTY, JSON Web Keys (RFC 7517).
const MARKS: [&str; 5] =
    ["-----begin", "-----end", "private key", "putty-user-key-file", "\"kty\""];

/// A text that was given, for a message: its first 64 characters in quotes, what could steer a terminal
/// escaped. Where it may be a private key ([`SecretText::is_likely`](crate::key::SecretText::is_likely)), only
/// its length is told. The errors of this crate quote so what they refuse; a service that answers errors of
/// its own does well to do the same.
///
/// ```
/// use certwright::error::quoted;
/// assert_eq!(quoted("exa\tmple"), r#""exa\tmple""#);
/// let pasted = quoted("-----BEGIN PRIVATE KEY----- MIGHAgEAMBMGByqGSM49AgEG");
/// assert_eq!(pasted, "a text of 52 characters, not shown because it may be a key");
/// ```
pub fn quoted(text: &str) -> String {
    match may_be_secret(text) {
        true => withheld(text),
        false => {
            let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
            format!("{:?}{more}", cut(text))
        }
    }
}

/// The first characters of a text, or that it is not shown.
pub(crate) fn cut(text: &str) -> String {
    match may_be_secret(text) {
        true => withheld(text),
        false => text.chars().take(SHOWN).collect(),
    }
}

/// A path; not shown where it may be a private key that was given in its place. What leads into a folder
/// that is there is a path, such as `newcerts/` and a serial number.
pub(crate) fn shown_path(path: &Path) -> OsString {
    let text = path.to_string_lossy();
    let is_in_a_folder =
        || path.parent().is_some_and(|folder| folder.components().count() > 0 && folder.is_dir());
    if may_be_secret(&text) && !is_in_a_folder() { withheld(&text).into() } else { path.into() }
}

/// A message of which a part may come from an input that was not [`quoted`]: runs of 32 or more characters
/// that look like base64 are replaced by `[not shown]`.
///
/// ```
/// use certwright::error::scrubbed;
/// let message = "unexpected MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg at 7".to_owned();
/// assert_eq!(scrubbed(message), "unexpected [not shown] at 7");
/// ```
pub fn scrubbed(text: String) -> String {
    if text.len() < WINDOW {
        return text;
    }
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let suspect = |run: &str| run.len() >= WINDOW && mixed(run.chars());
    if !text.split(|c| !is_base64(c)).any(suspect) {
        return text;
    }
    let parts = text.split_inclusive(|c| !is_base64(c)).map(|part| {
        let run = part.trim_end_matches(|c| !is_base64(c));
        if suspect(run) { part.replacen(run, "[not shown]", 1) } else { part.to_owned() }
    });
    parts.collect()
}

/// Whether a text may be, or hold, a private key in any of the forms in which they are passed around:
/// PEM, base64, hexadecimal digits, JSON; folded in whatever way.
pub(crate) fn may_be_secret(text: &str) -> bool {
    if text.len() < WINDOW {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark)) || runs(text).iter().any(|run| is_key_like(run))
}

fn withheld(text: &str) -> String {
    format!("a text of {} characters, not shown because it may be a key", text.chars().count())
}

/// The characters of base64 between others, those left out that folding puts between them.
fn runs(text: &str) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                characters.next_if(|next| matches!(next, 'n' | 'r' | 't'));
            }
            c if c.is_ascii_alphanumeric() || matches!(c, '+' | '/') => {
                runs.last_mut().into_iter().for_each(|run: &mut Vec<char>| run.push(c));
            }
            // Zero-width characters, too.
            c if c.is_whitespace()
                || c.is_control()
                || "-_=:,;|\"'".contains(c)
                || !c.is_ascii() => {}
            _ => runs.push(Vec::new()),
        }
    }
    runs
}

fn is_key_like(run: &[char]) -> bool {
    let digits = run.windows(HEX_DIGITS).any(|run| run.iter().all(char::is_ascii_hexdigit));
    digits || mixed(run.iter().copied())
}

/// Whether a run has the mixture of base64 somewhere: half of its neighbours differ in kind, where
/// those of words in any language do seldom.
fn mixed(run: impl Iterator<Item = char>) -> bool {
    let kinds: Vec<u8> = run
        .map(|character| match character {
            'A'..='Z' => 0,
            'a'..='z' => 1,
            _ => 2,
        })
        .collect();
    kinds.windows(WINDOW).any(|window| {
        let count = |kind| window.iter().filter(|of| **of == kind).count();
        let changes = window.iter().zip(window.iter().skip(1)).filter(|(a, b)| a != b).count();
        count(0) >= 6 && count(1) >= 6 && count(2) >= 2 && changes >= 13
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_shown() {
        for text in [
            "exa mple..com",
            "host-17-prod-eu-central-1.internal.example.com",
            "550e8400-e29b-41d4-a716-446655440000",
            "75de788d8f75d56f8fdc930821a1777f9a5b33ba",
            "CN=Example Organization International Limited,O=Hangzhou 2026,C=CN",
            "spiffe://prod.example/ns/default/sa/web-2026",
            "ECDSA and RSA (PKCS #1 v1.5) with SHA-256, SHA-384 or SHA-512, SM2 with SM3",
            "RSA_2048, RSA_3072, RSA_4096, ECC_256, ECC_384, ECC_512, SM2_256",
            "sha256WithRSAEncryption or ecdsa-with-SHA256",
            "1.2.840.113549.1.1.11",
        ] {
            assert!(!may_be_secret(text), "{text}");
            assert_eq!(scrubbed(text.to_owned()), text);
        }
        assert_eq!(quoted("a\u{1b}b"), r#""a\u{1b}b""#);
        assert_eq!(quoted(&"x".repeat(70)).chars().count(), 67);
    }

    #[test]
    fn what_may_be_a_key_is_not_shown() {
        // Nobody's: the base64 of 1, 8, 27, … modulo 256.
        let base64 = "AQgbQH3YV+AASFNgyw6JRiAAyJuwGUTZVkAACNvQZ3onkoAACBuwtXHgJ8AAyFsgAwepBuAA";
        let folded: String = base64.chars().flat_map(|c| [c, ' ']).collect();
        let digits = "0108 1b40 7dd8 57e0 0048 5360 cb0e 8946 2000 c89b b019 44d9";
        for text in [
            base64.to_owned(),
            folded,
            base64.replace("AA", "AA\\n"),
            digits.to_owned(),
            digits.replace(' ', ":").to_uppercase(),
            "-----BEGIN PRIVATE KEY-----\nAQgb".to_owned() + &" ".repeat(9),
            format!("{} {base64}", "words of a sentence ".repeat(30)),
        ] {
            assert!(may_be_secret(&text), "{text}");
            assert!(!quoted(&text).contains("AQ") && !cut(&text).contains("AQ"));
        }
        let message = scrubbed(format!("given \"{base64}\", allowed none"));
        assert_eq!(message, "given \"[not shown]\", allowed none");
    }
}
