//! The names a policy allows.

use std::fmt;

use crate::error::Error;
use crate::name::{AltName, GeneralSubtree, Name, UpnPattern, UriPattern};
use crate::oid::Oid;

/// Allowed names; empty allows none.
#[derive(Clone, Debug, Default)]
pub(super) struct NameRules {
    exact: Vec<AltName>,
    patterns: Vec<Pattern>,
    wildcards: bool,
    underscores: bool,
}

/// Allowed names of one type.
#[derive(Clone, Debug)]
enum Pattern {
    /// Any value of this type.
    OtherName(Oid),
    /// An arc, and those below.
    RegisteredId(Oid),
    Subtree(GeneralSubtree),
    Upn(UpnPattern),
    Uri(UriPattern),
}

impl NameRules {
    /// Unlike a constraint, a name without a leading dot holds none below it.
    pub(super) fn allow_dns(&mut self, pattern: &str) -> Result<(), Error> {
        match pattern.starts_with('.') {
            true => self.allow(GeneralSubtree::dns(pattern)?),
            false => self.exact.push(AltName::dns(pattern)?),
        }
        Ok(())
    }

    pub(super) fn allow_directory_name(&mut self, base: Name) -> Result<(), Error> {
        // Whatever is wrong with the base as a name is wrong with it as a pattern.
        AltName::directory(&base)?;
        self.allow(GeneralSubtree::Directory(base));
        Ok(())
    }

    pub(super) fn allow_upn(&mut self, pattern: &str) -> Result<(), Error> {
        self.patterns.push(Pattern::Upn(UpnPattern::new(pattern)?));
        Ok(())
    }

    pub(super) fn allow_uri(&mut self, pattern: &str) -> Result<(), Error> {
        self.patterns.push(Pattern::Uri(UriPattern::new(pattern)?));
        Ok(())
    }

    pub(super) fn allow_other_name(&mut self, kind: Oid) {
        self.patterns.push(Pattern::OtherName(kind));
    }

    pub(super) fn allow_registered_id(&mut self, arc: Oid) {
        self.patterns.push(Pattern::RegisteredId(arc));
    }

    pub(super) fn allow_wildcards(&mut self) {
        self.wildcards = true;
    }

    pub(super) fn allow_underscores(&mut self) {
        self.underscores = true;
    }

    pub(super) fn allow(&mut self, subtree: GeneralSubtree) {
        self.patterns.push(Pattern::Subtree(subtree));
    }

    pub(super) fn allow_exactly(&mut self, name: AltName) {
        self.exact.push(name);
    }

    pub(super) fn permit(&self, name: &AltName) -> bool {
        self.permit_underscores(name) && self.lists(name)
    }

    /// Whether the name is one of those listed, underscores or not.
    fn lists(&self, name: &AltName) -> bool {
        self.exact.contains(name)
            || ((self.wildcards || !name.is_wildcard())
                && self.patterns.iter().any(|pattern| pattern.permits(name)))
    }

    /// Whether nothing is against the name that concerns even names which need no leave.
    pub(super) fn permit_underscores(&self, name: &AltName) -> bool {
        self.underscores || !name.has_underscore()
    }

    /// What is allowed instead of a name that is not, for people.
    pub(super) fn allowed_for(&self, name: &AltName) -> String {
        match self.lists(name) {
            true => NO_UNDERSCORES.to_owned(),
            false => self.describe(),
        }
    }

    /// What is allowed, for people.
    pub(super) fn describe(&self) -> String {
        let exact = self.exact.iter().map(ToString::to_string);
        let patterns = self.patterns.iter().map(ToString::to_string);
        let mut all: Vec<String> = exact.chain(patterns).collect();
        if all.is_empty() {
            return "no names".to_owned();
        }
        if !self.wildcards {
            all.push("no wildcards".to_owned());
        }
        all.join(", ")
    }
}

/// Of a name that has one, under a policy without the switch.
pub(super) const NO_UNDERSCORES: &str = "host names without underscores, which RFC 1034 section 3.5 does \
                                         not have, unless the policy lets them (allow_underscores)";

impl Pattern {
    fn permits(&self, name: &AltName) -> bool {
        match (self, name) {
            (Self::OtherName(kind), AltName::OtherName(name)) => name.kind() == *kind,
            (Self::RegisteredId(arc), AltName::RegisteredId(oid)) => oid.is_within(*arc),
            (Self::Subtree(subtree), name) => subtree.holds(name),
            (Self::Upn(pattern), AltName::OtherName(name)) => pattern.permits(name),
            (Self::Uri(pattern), AltName::Uri(uri)) => pattern.permits(uri),
            _ => false,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherName(kind) => write!(f, "any otherName of {kind}"),
            Self::RegisteredId(arc) => write!(f, "registeredID:{arc} and below"),
            Self::Subtree(subtree) => subtree.fmt(f),
            Self::Upn(pattern) => pattern.fmt(f),
            Self::Uri(pattern) => pattern.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_not_allowed() {
        let mut rules = NameRules::default();
        let dns = |text| AltName::dns(text).unwrap();
        assert!(!rules.permit(&dns("a.example")));
        for pattern in ["", ".", "*", "..", "a b", "exa mple..com", ".*.x.y"] {
            let error = rules.allow_dns(pattern).unwrap_err().to_string();
            assert!(error.contains(pattern), "{error}");
        }
        assert!(!rules.permit(&dns("a.example")));
        assert_eq!(rules.describe(), "no names");
        rules.allow_dns(".Internal").unwrap();
        rules.allow_dns("www.example.com").unwrap();
        rules.allow_dns("*.b.example").unwrap();
        for allowed in ["db.internal", "a.b.internal", "www.example.com", "*.b.example"] {
            assert!(rules.permit(&dns(allowed)), "{allowed}");
        }
        for denied in ["internal", "xinternal", "a.www.example.com", "x.b.example", "*.a.internal"]
        {
            assert!(!rules.permit(&dns(denied)), "{denied}");
        }
        rules.allow_wildcards();
        assert!(rules.permit(&dns("*.a.internal")));
        let ip = |last| AltName::Ip([10, 0, 0, last].into());
        assert!(!rules.permit(&ip(1)));
        rules.allow_exactly(ip(1));
        assert!(rules.permit(&ip(1)) && !rules.permit(&ip(2)));
    }

    #[test]
    fn names_of_other_types_are_allowed_by_their_own_patterns() {
        let mut rules = NameRules::default();
        let typed = |text: &str| AltName::typed(text).unwrap();
        let names = [
            "upn:tom@corp.example",
            "srv:_ldap.corp.example",
            "othername:1.2.3:0500",
            "dirname:CN=Tom,O=Example,C=DE",
            "rid:1.2.3.4",
            "uri:spiffe://prod.example/web",
        ]
        .map(typed);
        let permitted =
            |rules: &NameRules| names.iter().map(|name| rules.permit(name)).collect::<Vec<bool>>();
        assert_eq!(permitted(&rules), [false; 6]);
        rules.allow_upn("@corp.example").unwrap();
        assert_eq!(permitted(&rules), [true, false, false, false, false, false]);
        rules.allow_other_name(crate::name::OtherName::SRV);
        rules.allow_other_name("1.2.3".parse().unwrap());
        assert_eq!(permitted(&rules), [true, true, true, false, false, false]);
        rules.allow_directory_name("o=example ,C=de".parse().unwrap()).unwrap();
        rules.allow_registered_id("1.2.3".parse().unwrap());
        rules.allow_uri("spiffe://prod.example/*").unwrap();
        assert_eq!(permitted(&rules), [true; 6]);
        for other in [
            "upn:tom@other.example",
            "othername:1.2.3.4:0500",
            "dirname:CN=Tom,O=Other,C=DE",
            "dirname:C=DE",
            "dirname:O=Example,C=DE,CN=Tom",
            "rid:1.2.30.4",
            "rid:1.2",
            "uri:spiffe://test.example/web",
        ] {
            assert!(!rules.permit(&typed(other)), "{other}");
        }
        assert!(
            rules.permit(&typed("rid:1.2.3")) && rules.permit(&typed("dirname:O=Example,C=DE"))
        );
        let described = rules.describe();
        for part in
            ["UPN:@corp.example", "any otherName of 1.2.3", "registeredID:1.2.3 and", "example/*"]
        {
            assert!(described.contains(part), "{described}");
        }
        assert!(rules.allow_directory_name(Name::default()).is_err());
        assert!(rules.allow_upn("corp.example").is_err() && rules.allow_uri("prod").is_err());
    }

    #[test]
    fn underscores_need_their_switch() {
        let mut rules = NameRules::default();
        rules.allow_dns(".internal").unwrap();
        rules.allow_dns("_x.example").unwrap();
        rules.allow(GeneralSubtree::email("a_b.example").unwrap());
        let names = ["a_b.internal", "_x.example"].map(|text| AltName::dns(text).unwrap());
        let mail = AltName::email("tom@a_b.example").unwrap();
        assert!(!names.iter().chain([&mail]).any(|name| rules.permit(name)));
        assert!(rules.allowed_for(&names[0]).contains("allow_underscores"));
        let other = AltName::dns("a_b.example").unwrap();
        assert!(rules.allowed_for(&other).contains("DNS:.internal"), "of two causes the first");
        rules.allow_underscores();
        assert!(names.iter().chain([&mail]).all(|name| rules.permit(name)));
        assert!(!rules.permit(&AltName::dns("a_b.example").unwrap()));
        assert!(rules.permit(&AltName::dns("a.internal").unwrap()));
    }
}
