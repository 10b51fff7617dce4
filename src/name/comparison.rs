//! When two distinguished names are the same (RFC 5280 section 7.1): string types, case and blanks do
//! not count. Values are prepared in the manner of RFC 4518.

use unicode_normalization::UnicodeNormalization as _;

use super::attribute::Attribute;
use super::distinguished::Name;

/// What becomes of an attribute that cannot be compared: no text in its string type, or characters
/// that RFC 4518 section 2.4 prohibits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Incomparable {
    /// It differs from everything but its own bytes: for comparisons that permit when they succeed.
    Differs,
    /// It may be the same as anything: for comparisons that permit when they fail.
    MayBeSame,
}

impl Name {
    /// Whether both are the same name by RFC 5280 section 7.1: the same attributes in the same order,
    /// whatever their string types, case and blanks. `==` compares the encodings.
    ///
    /// ```
    /// use certwright::Name;
    /// let (one, other): (Name, Name) = ("CN=Root CA,C=DE".parse()?, "CN=root  ca,C=de".parse()?);
    /// assert!(one != other && one.matches(&other));
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn matches(&self, other: &Self) -> bool {
        self == other || Prepared::of(self).is_same(&Prepared::of(other), Incomparable::Differs)
    }

    /// Whether both may be the same name: as [`Name::matches`], and what cannot be compared counts as
    /// the same.
    pub(crate) fn may_match(&self, other: &Self) -> bool {
        self == other || Prepared::of(self).is_same(&Prepared::of(other), Incomparable::MayBeSame)
    }
}

/// A distinguished name prepared for comparison, once however many others it is compared with.
pub(crate) struct Prepared<'n>(Vec<Vec<PreparedAttribute<'n>>>);

impl<'n> Prepared<'n> {
    pub(crate) fn of(name: &'n Name) -> Self {
        let prepare = |set: &'n Vec<Attribute>| set.iter().map(PreparedAttribute::of).collect();
        Self(name.relative().iter().map(prepare).collect())
    }

    /// Whether both are the same name.
    pub(crate) fn is_same(&self, other: &Self, incomparable: Incomparable) -> bool {
        self.0.len() == other.0.len() && self.is_prefix_of(other, incomparable)
    }

    /// Whether the other name begins with the relative names of this one.
    pub(crate) fn is_prefix_of(&self, other: &Self, incomparable: Incomparable) -> bool {
        self.0.len() <= other.0.len()
            && self
                .0
                .iter()
                .zip(&other.0)
                .all(|(ours, theirs)| same_set(ours, theirs, incomparable))
    }
}

/// Whether two relative names have the same attributes: a SET has no order.
fn same_set(
    ours: &[PreparedAttribute<'_>],
    theirs: &[PreparedAttribute<'_>],
    incomparable: Incomparable,
) -> bool {
    let within = |some: &[PreparedAttribute<'_>], all: &[PreparedAttribute<'_>]| {
        some.iter().all(|one| all.iter().any(|other| one.is_same(other, incomparable)))
    };
    ours.len() == theirs.len() && within(ours, theirs) && within(theirs, ours)
}

struct PreparedAttribute<'n> {
    attribute: &'n Attribute,
    /// None where it cannot be compared.
    text: Option<String>,
}

impl<'n> PreparedAttribute<'n> {
    fn of(attribute: &'n Attribute) -> Self {
        Self { attribute, text: attribute.text().and_then(|text| prepare(&text)) }
    }

    fn is_same(&self, other: &Self, incomparable: Incomparable) -> bool {
        let bytes = |of: &Self| (of.attribute.string(), of.attribute.bytes().to_vec());
        self.attribute.kind() == other.attribute.kind()
            && match (&self.text, &other.text) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => incomparable == Incomparable::MayBeSame || bytes(self) == bytes(other),
            }
    }
}

/// Prepares a text as RFC 4518 section 2 has it; none where a character is prohibited.
fn prepare(text: &str) -> Option<String> {
    if text.chars().any(is_prohibited) {
        return None;
    }
    let mapped = text.chars().filter(|c| !maps_to_nothing(*c)).map(space_or_same);
    // Compatibility characters may unfold into capitals, and folded letters may compose, so that the
    // text is normalized before and after it is folded (Unicode section 3.13, D146).
    let folded: String = mapped.nfkc().flat_map(fold).nfkc().collect();
    // Blanks at the ends do not count, and several count as one (section 2.6.1).
    Some(folded.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The character without its case: the lower case of its upper case, so that ß is ss and every sigma
/// the same.
fn fold(c: char) -> impl Iterator<Item = char> {
    c.to_uppercase().flat_map(char::to_lowercase)
}

/// Control and format characters, soft hyphens and variation selectors (RFC 4518 section 2.2).
fn maps_to_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{1806}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// Every blank is a space (RFC 4518 section 2.2).
fn space_or_same(c: char) -> char {
    if c.is_whitespace() { ' ' } else { c }
}

/// Private use, what is no character, and the replacement character (RFC 4518 section 2.4).
fn is_prohibited(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fffd}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{AttributeType, StringKind};

    fn name(string: StringKind, bytes: &[u8]) -> Name {
        let kind = AttributeType::ORGANIZATION;
        let attribute = Attribute::read(kind, string, bytes.to_vec());
        Name::from_relative(vec![vec![attribute]]).unwrap()
    }

    fn utf8(text: &str) -> Name {
        name(StringKind::Utf8, text.as_bytes())
    }

    #[test]
    fn string_types_case_and_blanks_do_not_count() {
        let universal = b"\0\0\0A\0\0\0c\0\0\0m\0\0\0e";
        for same in [
            utf8("ACME"),
            utf8("  acme\t"),
            utf8("ac\u{ad}me"),
            utf8("\u{ff21}cme"),
            utf8("a\u{200d}cme"),
            name(StringKind::Printable, b"Acme"),
            name(StringKind::Teletex, b"Acme"),
            name(StringKind::Ia5, b"Acme"),
            name(StringKind::Bmp, b"\0A\0c\0m\0e"),
            name(StringKind::Universal, universal),
            name(StringKind::Visible, b"Acme"),
        ] {
            assert!(utf8("Acme").matches(&same) && same.matches(&utf8("Acme")), "{same}");
        }
        // Latin-1 where only ASCII is allowed, as OpenSSL reads it.
        for string in [StringKind::Printable, StringKind::Ia5, StringKind::Teletex] {
            assert!(utf8("Acm\u{e9}").matches(&name(string, b"Acm\xe9")), "{string:?}");
        }
        for (one, other) in [
            ("a b", " a   b "),
            ("a b", "a\u{a0}b"),
            ("stra\u{df}e", "STRASSE"),
            ("\u{e9}", "e\u{301}"),
            ("\u{c9}", "e\u{301}"),
            ("\u{fb01}n", "FIN"),
            ("\u{3c3}", "\u{3c2}"),
            ("\u{2460}", "1"),
        ] {
            assert!(utf8(one).matches(&utf8(other)), "{one} {other}");
        }
        for other in ["Acm", "Ac me", "Acme Inc", "\u{391}cme", ""] {
            assert!(!utf8("Acme").may_match(&utf8(other)), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_the_same_only_where_that_refuses() {
        let broken = name(StringKind::Utf8, b"\xff");
        let private = utf8("Acme\u{e000}");
        for unknown in [broken, private] {
            assert!(!unknown.matches(&utf8("Acme")) && unknown.may_match(&utf8("Acme")));
            assert!(unknown.matches(&unknown.clone()));
        }
        let other = name(StringKind::Bmp, b"\xff");
        assert!(!other.matches(&name(StringKind::Utf8, b"\xff")), "another string type");
    }

    #[test]
    fn order_counts_between_relative_names_and_not_within_one() {
        let parse = |text: &str| text.parse::<Name>().unwrap();
        assert!(parse("CN=a+UID=b,O=c").matches(&parse("UID=B+CN=A,O=C")));
        for other in ["O=c,CN=a+UID=b", "CN=a,UID=b,O=c", "CN=a+UID=x,O=c", "CN=a,O=c", ""] {
            assert!(!parse("CN=a+UID=b,O=c").may_match(&parse(other)), "{other}");
        }
        assert!(!parse("CN=a+CN=a").matches(&parse("CN=a+CN=b")));
        assert!(!parse("CN=a+CN=b").matches(&parse("CN=a+CN=a")));
    }
}
