//! Which operations a caller may use.

use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS};

use super::refusal::Refusal;

/// What stands before an operation's name: how the service's own policies name it.
const PRODUCT: &str = "yundun-cert:";

/// What a credential allows. Nothing else is.
#[derive(Debug)]
pub struct Allowed {
    /// Without [`PRODUCT`]; a `*` at the end stands for anything.
    patterns: Vec<String>,
    is_operator: bool,
}

impl Allowed {
    /// Reads patterns. One that allows nothing is a mistake.
    pub fn new(patterns: &[&str], is_operator: bool) -> Result<Self, String> {
        let operators = OPERATOR_OPERATIONS.iter().filter(|_| is_operator);
        let names: Vec<&str> = OPERATIONS.iter().chain(operators).map(|one| one.name).collect();
        let read = |pattern: &&str| {
            let name = pattern.strip_prefix(PRODUCT);
            let name = name.filter(|name| names.iter().any(|one| matches(name, one)));
            name.map(str::to_owned).ok_or_else(|| {
                format!(
                    "given {:?}, which allows no operation; allowed are {PRODUCT} and the name of \
                     an operation (`certwright ops` lists them), or its beginning and *; those of \
                     operators where operator = true",
                    pattern
                )
            })
        };
        Ok(Self { patterns: patterns.iter().map(read).collect::<Result<_, _>>()?, is_operator })
    }

    /// Everything that is not an operator's.
    pub fn all_but_operators() -> Self {
        Self { patterns: vec!["*".to_owned()], is_operator: false }
    }

    /// Refuses what is not allowed.
    pub fn check(&self, name: &str, of_operators: bool) -> Result<(), Refusal> {
        if of_operators && !self.is_operator {
            let message = format!("{name} is for operators of the service alone");
            return Err(Refusal::new(403, "NoPermission", message));
        }
        if !self.patterns.iter().any(|pattern| matches(pattern, name)) {
            let message = format!("this caller may not perform {PRODUCT}{name}");
            return Err(Refusal::new(403, "Forbidden.RAM", message));
        }
        Ok(())
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_but_what_is_listed() {
        let code = |allowed: &Allowed, name, of_operators| {
            allowed.check(name, of_operators).map_err(|refusal| refusal.code).err()
        };
        let some =
            Allowed::new(&["yundun-cert:Describe*", "yundun-cert:CreateCsr"], false).unwrap();
        assert_eq!(code(&some, "CreateCsr", false), None);
        assert_eq!(code(&some, "DescribeCACertificate", false), None);
        for name in ["CreateCsrs", "CreateRootCACertificate", "describeCACertificate", ""] {
            assert_eq!(code(&some, name, false), Some("Forbidden.RAM"), "{name}");
        }
        let none = Allowed::new(&[], true).unwrap();
        assert_eq!(code(&none, "CreateCsr", false), Some("Forbidden.RAM"));
        assert_eq!(code(&none, "CreateCrl", true), Some("Forbidden.RAM"));
        let all = Allowed::new(&["yundun-cert:*"], false).unwrap();
        assert_eq!(code(&all, "CreateCrl", true), Some("NoPermission"));
        let operator = Allowed::new(&["yundun-cert:CreateCrl"], true).unwrap();
        assert_eq!(code(&operator, "CreateCrl", true), None);
        assert_eq!(code(&operator, "AddPackage", true), Some("Forbidden.RAM"));
        for wrong in
            ["*", "CreateCsr", "yundun-cert:CreateCSR", "yundun-cert:", "ecs:*", "yundun-cert:*Csr"]
        {
            assert!(Allowed::new(&[wrong], true).is_err(), "{wrong}");
        }
        assert!(Allowed::new(&["yundun-cert:CreateCrl"], false).is_err());
    }
}
