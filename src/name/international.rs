//! International domain names: U-labels as A-labels (RFC 5890), by UTS #46 without transitional
//! processing, as browsers do it.

use std::borrow::Cow;

/// The name in its ASCII form, its A-labels checked both ways; what is wrong, if it has none. Names
/// without a label of either kind are returned as they are. No wildcard.
pub(super) fn to_ascii(name: &str) -> Result<Cow<'_, str>, String> {
    match name.is_ascii() && !name.split('.').any(is_a_label) {
        true => Ok(Cow::Borrowed(name)),
        false => convert(name),
    }
}

/// Whether a label has the prefix of A-labels.
fn is_a_label(label: &str) -> bool {
    label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
}

#[cfg(feature = "idna")]
fn convert(name: &str) -> Result<Cow<'_, str>, String> {
    use crate::limits::DNS_NAME_CHARACTERS;

    // Punycode takes the square of a label's length, and no character is more than 4 bytes.
    if name.len() > 4 * DNS_NAME_CHARACTERS {
        return Err(format!("longer than {DNS_NAME_CHARACTERS} characters"));
    }
    let ascii = ascii(name).ok_or_else(|| wrong(name))?;
    // What an A-label stands for must give the same A-label.
    let (unicode, valid) = idna::uts46::Uts46::new().to_unicode(ascii.as_bytes(), DENIED, HYPHENS);
    if valid.is_err() || self::ascii(&unicode).is_none_or(|again| again != ascii) {
        return Err(wrong(name));
    }
    Ok(Cow::Owned(ascii))
}

#[cfg(feature = "idna")]
fn ascii(name: &str) -> Option<String> {
    let length = idna::uts46::DnsLength::Ignore;
    let ascii = idna::uts46::Uts46::new().to_ascii(name.as_bytes(), DENIED, HYPHENS, length);
    ascii.ok().map(Cow::into_owned)
}

/// What ASCII characters a name has is for the rules of DNS names.
#[cfg(feature = "idna")]
const DENIED: idna::AsciiDenyList = idna::AsciiDenyList::EMPTY;

#[cfg(feature = "idna")]
const HYPHENS: idna::uts46::Hyphens = idna::uts46::Hyphens::Check;

/// Names the label that is wrong by itself, or else the name.
#[cfg(feature = "idna")]
fn wrong(name: &str) -> String {
    let at_fault = name.split('.').find(|label| ascii(label).is_none()).unwrap_or(name);
    let shown = crate::error::quoted(at_fault);
    match is_a_label(at_fault) {
        true => format!("{shown} is no A-label: it does not decode to a label that IDNA allows"),
        false => format!("{shown} is no international name that IDNA allows (UTS #46, RFC 5893)"),
    }
}

#[cfg(not(feature = "idna"))]
fn convert(name: &str) -> Result<Cow<'_, str>, String> {
    match name.is_ascii() {
        true => Ok(Cow::Borrowed(name)),
        false => Err("other than ASCII characters, which the feature `idna` of certwright takes; \
                      without it, write the A-labels (`xn--…`)"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_names_stay_as_they_are() {
        for name in ["a.example", "A_b.Example", "r3---sn.example", "ab--c.example", "xn-a.example"]
        {
            assert_eq!(to_ascii(name).unwrap(), name);
        }
    }

    #[cfg(feature = "idna")]
    #[test]
    fn labels_are_checked_both_ways() {
        for (given, expected) in [
            ("\u{4f8b}\u{5b50}.\u{4e2d}\u{56fd}", "xn--fsqu00a.xn--fiqs8s"),
            ("\u{4f8b}\u{5b50}\u{3002}\u{4e2d}\u{56fd}", "xn--fsqu00a.xn--fiqs8s"),
            ("B\u{dc}cher.example", "xn--bcher-kva.example"),
            ("bu\u{308}cher.example", "xn--bcher-kva.example"),
            ("stra\u{df}e.example", "xn--strae-oqa.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
            ("xn--strae-oqa.example", "xn--strae-oqa.example"),
            ("a_b.b\u{fc}cher.example", "a_b.xn--bcher-kva.example"),
        ] {
            assert_eq!(to_ascii(given).unwrap(), expected, "{given}");
        }
        for wrong in [
            "xn--",
            "xn--a",
            "xn--a.example",
            // Punycode of ASCII alone, of capitals, and of what would be mapped.
            "xn--abc-.example",
            "xn--bcher-2pa.example",
            "xn--cher-zra77610b.example",
            "xn--bucher-xyd.example",
            "xn--kva\u{fffd}.example",
            // Left and right to left in one label, a joiner without its letters, a lone mark.
            "a\u{5d0}.example",
            "a\u{200d}b.example",
            "\u{301}a.example",
        ] {
            let error = to_ascii(wrong).unwrap_err();
            assert!(error.contains("IDNA"), "{wrong}: {error}");
        }
        assert!(to_ascii("xn--a.example").unwrap_err().contains("\"xn--a\" is no A-label"));
        assert!(to_ascii(&"\u{fc}.".repeat(600)).unwrap_err().contains("longer"));
    }

    #[cfg(not(feature = "idna"))]
    #[test]
    fn the_feature_that_is_missing_is_named() {
        assert!(to_ascii("b\u{fc}cher.example").unwrap_err().contains("`idna`"));
        assert_eq!(to_ascii("xn--bcher-kva.example").unwrap(), "xn--bcher-kva.example");
    }
}
