//! The names a policy allows.

use crate::error::Error;
use crate::name::{AltName, Subtree};

/// Allowed names; empty allows none.
#[derive(Clone, Debug, Default)]
pub(super) struct NameRules {
    exact: Vec<AltName>,
    subtrees: Vec<Subtree>,
    wildcards: bool,
}

impl NameRules {
    /// Unlike a constraint, a name without a leading dot holds none below it.
    pub(super) fn allow_dns(&mut self, pattern: &str) -> Result<(), Error> {
        match pattern.starts_with('.') {
            true => self.subtrees.push(Subtree::dns(pattern)?),
            false => self.exact.push(AltName::dns(pattern)?),
        }
        Ok(())
    }

    pub(super) fn allow_wildcards(&mut self) {
        self.wildcards = true;
    }

    pub(super) fn allow(&mut self, subtree: Subtree) {
        self.subtrees.push(subtree);
    }

    pub(super) fn allow_exactly(&mut self, name: AltName) {
        self.exact.push(name);
    }

    pub(super) fn permit(&self, name: &AltName) -> bool {
        self.exact.contains(name)
            || ((self.wildcards || !name.is_wildcard())
                && self.subtrees.iter().any(|subtree| subtree.holds(name)))
    }

    /// What is allowed, for people.
    pub(super) fn describe(&self) -> String {
        let exact = self.exact.iter().map(ToString::to_string);
        let subtrees = self.subtrees.iter().map(ToString::to_string);
        let mut all: Vec<String> = exact.chain(subtrees).collect();
        if all.is_empty() {
            return "no names".to_owned();
        }
        if !self.wildcards {
            all.push("no wildcards".to_owned());
        }
        all.join(", ")
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
}
