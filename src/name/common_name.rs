//! Common names that read as the name of a host.
//!
//! RFC 9525 has clients look at alternative names alone, but old ones, and many programs that look at
//! certificates themselves, still take a common name for a host (RFC 6125 section 6.4.4). What is
//! refused as an alternative name must therefore not pass as a common name.

use super::alt::AltName;

/// What a client could take a text for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum HostReading {
    /// This host.
    Host(AltName),
    /// No host: a person, a product.
    Nothing,
    /// A host in a form that this crate does not match, such as `*.com`, or a domain in other letters than
    /// ASCII that is no international name.
    Unclear,
}

/// Reads a common name as lenient clients do: blanks around it, brackets around an address and one dot
/// at its end do not count.
pub(crate) fn read_as_host(text: &str) -> HostReading {
    let text = text.trim();
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let text = inside.strip_suffix('.').unwrap_or(inside);
    let labels = text.split(is_dot).filter(|label| !label.is_empty()).count();
    // One word in other letters than ASCII is a person or a product.
    let is_word = labels < 2 && !text.is_ascii();
    if let Some(Ok(name)) = (!is_word).then(|| text.parse::<AltName>()) {
        return HostReading::Host(name);
    }
    let is_plausible = |c: char| c.is_alphanumeric() || "-_*".contains(c) || is_dot(c);
    if labels > 1 && text.chars().all(is_plausible) {
        HostReading::Unclear
    } else {
        HostReading::Nothing
    }
}

/// The full stop, and what IDNA maps to it (UTS #46 section 4).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_lenient_clients_read_them() {
        let dns = |text| HostReading::Host(AltName::dns(text).unwrap());
        for (text, expected) in [
            ("db.example", dns("db.example")),
            (" DB.example. ", dns("db.example")),
            ("*.example.com", dns("*.example.com")),
            ("localhost", dns("localhost")),
            ("a_b.example", dns("a_b.example")),
            ("10.0.0.7", HostReading::Host(AltName::Ip([10, 0, 0, 7].into()))),
            ("[::1]", HostReading::Host(AltName::Ip("::1".parse().unwrap()))),
        ] {
            assert_eq!(read_as_host(text), expected, "{text:?}");
        }
        #[cfg(feature = "idna")]
        for (text, expected) in [
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("\u{4f8b}\u{5b50}\u{3002}\u{4e2d}\u{56fd}", "xn--fsqu00a.xn--fiqs8s"),
        ] {
            assert_eq!(read_as_host(text), dns(expected), "{text:?}");
        }
        // What is no A-label only IDNA tells.
        #[cfg(feature = "idna")]
        assert_eq!(read_as_host("xn--a_.example"), HostReading::Unclear);
        #[cfg(not(feature = "idna"))]
        assert_eq!(read_as_host("b\u{fc}cher.example"), HostReading::Unclear);
        for text in [
            "*.com",
            "f*.example.com",
            "1.2.3",
            "a\u{5d0}.example",
            "b\u{fc}cher.*.example",
            "a..b",
        ] {
            assert_eq!(read_as_host(text), HostReading::Unclear, "{text:?}");
        }
        for text in [
            "",
            " ",
            "Example Root",
            "Tom O'Neill",
            "\u{4f8b}\u{5b50}",
            "https://a.example/",
            "Example Inc.",
            "...",
            "tom@example.com",
        ] {
            assert_eq!(read_as_host(text), HostReading::Nothing, "{text:?}");
        }
    }
}
