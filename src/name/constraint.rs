//! Name constraints: what an issuer may certify (RFC 5280 section 4.2.1.10).

use super::alt::AltName;
use super::attribute::AttributeType;
use super::distinguished::Name;
use super::subtree::{Folded, Subtree};

/// The names that an issuer may certify.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NameConstraints {
    /// Where one subtree of a type is here, names of that type must lie in one of them.
    pub permitted: Vec<Subtree>,
    /// No name may lie in any of these.
    pub excluded: Vec<Subtree>,
}

impl NameConstraints {
    /// Why the name is not permitted, if it is not.
    pub fn refuse(&self, name: &AltName) -> Option<String> {
        self.matcher().refuse(name)
    }

    /// Why the distinguished name is not permitted, if it is not. Its emailAddress attributes count
    /// as e-mail names (RFC 5280 section 4.2.1.10).
    pub fn refuse_subject(&self, subject: &Name) -> Option<String> {
        self.matcher().refuse_subject(subject)
    }

    /// The same for many names.
    pub(crate) fn matcher(&self) -> Matcher<'_> {
        Matcher { constraints: self, unreadable: self.excluded.iter().find(|s| s.is_unreadable()) }
    }

    /// How many subtrees there are.
    pub(crate) fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }
}

/// Constraints, and what need be known of them once for all names.
pub(crate) struct Matcher<'c> {
    constraints: &'c NameConstraints,
    /// An exclusion that may exclude any DNS name.
    unreadable: Option<&'c Subtree>,
}

impl Matcher<'_> {
    /// Why the name is not permitted, if it is not.
    pub(crate) fn refuse(&self, name: &AltName) -> Option<String> {
        match (name, self.unreadable) {
            (AltName::Dns(_), Some(unreadable)) => Some(outside(unreadable)),
            _ => self.decide(|s| s.same_type(name), |s| s.holds(name), |s| s.touches(name)),
        }
    }

    /// Why the distinguished name is not permitted, if it is not.
    pub(crate) fn refuse_subject(&self, subject: &Name) -> Option<String> {
        let emails = subject
            .attributes()
            .filter(|attribute| attribute.kind() == AttributeType::EMAIL_ADDRESS)
            .map(|attribute| AltName::email(&attribute.value()));
        for email in emails {
            let NameConstraints { permitted, excluded } = self.constraints;
            let constrains = |subtree: &Subtree| matches!(subtree, Subtree::Email(_));
            let refused = match email {
                Ok(email) => self.refuse(&email),
                // What cannot be read cannot be shown to be inside.
                Err(error) => {
                    let constrained = permitted.iter().chain(excluded).any(constrains);
                    constrained.then(|| error.to_string())
                }
            };
            if refused.is_some() {
                return refused;
            }
        }
        if subject.is_empty() {
            return None;
        }
        let subject = Folded::of(subject);
        self.decide(
            |subtree| matches!(subtree, Subtree::Directory(_)),
            |subtree| subtree.holds_subject(&subject, false),
            |subtree| subtree.holds_subject(&subject, true),
        )
    }

    /// The one rule: outside every excluded subtree and, where any of the type is permitted, inside
    /// one of those.
    fn decide(
        &self,
        same_type: impl Fn(&Subtree) -> bool,
        holds: impl Fn(&Subtree) -> bool,
        touches: impl Fn(&Subtree) -> bool,
    ) -> Option<String> {
        let NameConstraints { permitted, excluded } = self.constraints;
        if let Some(excluded) = excluded.iter().find(|s| same_type(s) && touches(s)) {
            return Some(outside(excluded));
        }
        let of_type = || permitted.iter().filter(|s| same_type(s));
        if of_type().next().is_none() || of_type().any(holds) {
            return None;
        }
        let list: Vec<String> = of_type().map(ToString::to_string).collect();
        Some(format!("names within the permitted {}", list.join(", ")))
    }
}

fn outside(excluded: &Subtree) -> String {
    format!("names outside the excluded {excluded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(text: &str) -> AltName {
        AltName::dns(text).unwrap()
    }

    #[test]
    fn an_exclusion_also_stops_the_wildcard_that_could_stand_for_it() {
        let constraints = NameConstraints {
            permitted: vec![Subtree::Dns("example.com".to_owned())],
            excluded: vec![Subtree::Dns("secret.a.example.com".to_owned())],
        };
        for refused in
            ["secret.a.example.com", "*.a.example.com", "x.secret.a.example.com", "other.org"]
        {
            assert!(constraints.refuse(&dns(refused)).is_some(), "{refused}");
        }
        for permitted in ["a.example.com", "*.b.example.com", "b.a.example.com"] {
            assert!(constraints.refuse(&dns(permitted)).is_none(), "{permitted}");
        }
        assert!(constraints.refuse(&AltName::Ip([10, 0, 0, 1].into())).is_none(), "another type");
    }

    #[test]
    fn an_exclusion_in_an_unknown_form_excludes_every_name() {
        for base in ["*.b.example", "b.example.", "a b"] {
            let subtree = Subtree::Dns(base.to_owned());
            assert!(!subtree.holds(&dns("x.b.example")), "{base}");
            let excluded = vec![Subtree::Dns("other.example".to_owned()), subtree];
            let constraints = NameConstraints { excluded, ..Default::default() };
            assert!(constraints.refuse(&dns("x.b.example")).is_some(), "{base}");
            assert!(constraints.refuse(&AltName::Ip([10, 0, 0, 1].into())).is_none(), "{base}");
        }
    }

    #[test]
    fn directory_names_begin_with_the_base() {
        let constraints = NameConstraints {
            permitted: vec![Subtree::Directory("O=Example,C=DE".parse().unwrap())],
            ..Default::default()
        };
        assert!(constraints.refuse_subject(&"CN=a,O=Example,C=DE".parse().unwrap()).is_none());
        assert!(constraints.refuse_subject(&"CN=a,O=Other,C=DE".parse().unwrap()).is_some());
        assert!(constraints.refuse_subject(&Name::default()).is_none());
    }

    #[test]
    fn a_uri_without_a_host_cannot_be_shown_to_be_outside() {
        let uri = |text| AltName::uri(text).unwrap();
        let excluded = NameConstraints {
            excluded: vec![Subtree::Uri("b.example".into())],
            ..Default::default()
        };
        assert!(excluded.refuse(&uri("urn:x:y")).is_some());
        assert!(excluded.refuse(&uri("https://c.example/")).is_none());
    }
}
