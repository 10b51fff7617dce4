//! Name constraints: what an issuer may certify (RFC 5280 section 4.2.1.10).

use super::alt::AltName;
use super::attribute::AttributeType;
use super::common_name::{HostReading, read_as_host};
use super::comparison::{Incomparable, Prepared};
use super::distinguished::Name;
use super::name_type::NameType;
use super::subtree::GeneralSubtree;
use super::unchecked::GeneralName;

/// The names that an issuer may certify.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(clippy::exhaustive_structs)] // The fields of RFC 5280 section 4.2.1.10.
pub struct NameConstraints {
    /// Where one subtree of a type is here, names of that type must lie in one of them.
    pub permitted: Vec<GeneralSubtree>,
    /// No name may lie in any of these.
    pub excluded: Vec<GeneralSubtree>,
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
        let Self { permitted, excluded } = self;
        Matcher {
            permitted: permitted.iter().map(Prefix::of).collect(),
            excluded: excluded.iter().map(Prefix::of).collect(),
            unreadable: excluded.iter().filter(|subtree| subtree.is_unreadable()).collect(),
        }
    }

    /// How many subtrees there are.
    pub(crate) fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }
}

/// Constraints, and what need be known of them once for all names.
pub(crate) struct Matcher<'c> {
    permitted: Vec<Prefix<'c>>,
    excluded: Vec<Prefix<'c>>,
    /// Exclusions that may exclude any name of their type.
    unreadable: Vec<&'c GeneralSubtree>,
}

/// A subtree, prepared where it is one of directory names.
struct Prefix<'c> {
    subtree: &'c GeneralSubtree,
    directory: Option<Prepared<'c>>,
}

impl<'c> Prefix<'c> {
    fn of(subtree: &'c GeneralSubtree) -> Self {
        let directory = match subtree {
            GeneralSubtree::Directory(base) => Some(Prepared::of(base)),
            _ => None,
        };
        Self { subtree, directory }
    }

    /// Whether the directory name lies inside.
    fn holds(&self, name: &Prepared<'_>, incomparable: Incomparable) -> bool {
        self.directory.as_ref().is_some_and(|base| base.is_prefix_of(name, incomparable))
    }
}

impl Matcher<'_> {
    /// Why the name is not permitted, if it is not.
    pub(crate) fn refuse(&self, name: &AltName) -> Option<String> {
        if let AltName::Directory(name) = name {
            return self.refuse_directory(&name.to_name());
        }
        let name = name.clone().canonical();
        let of_type = NameType::of(&name);
        self.decide(of_type, |s| s.subtree.holds(&name), |s| s.subtree.touches(&name))
    }

    /// Why a name as somebody wrote it is not permitted, if it is not. One that cannot be matched
    /// passes only where nothing constrains its type (RFC 5280 section 4.2.1.10).
    pub(crate) fn refuse_unchecked(&self, name: &GeneralName) -> Option<String> {
        if let GeneralName::Directory(name) = name {
            return self.refuse_directory(name);
        }
        match name.to_match() {
            Ok(name) => self.refuse(&name),
            Err(_) => self
                .constrains(name.name_type())
                .then(|| "names that can be matched against the constraints".to_owned()),
        }
    }

    /// Why the distinguished name is not permitted, if it is not.
    pub(crate) fn refuse_subject(&self, subject: &Name) -> Option<String> {
        let emails = subject
            .attributes()
            .filter(|attribute| attribute.kind() == AttributeType::EMAIL_ADDRESS)
            .map(|attribute| GeneralName::Email(attribute.value()));
        let refused = emails.into_iter().find_map(|email| self.refuse_unchecked(&email));
        refused.or_else(|| match subject.is_empty() {
            true => None,
            false => self.refuse_directory(subject),
        })
    }

    /// Why the distinguished name is not permitted as a directory name, if it is not.
    fn refuse_directory(&self, name: &Name) -> Option<String> {
        let name = Prepared::of(name);
        self.decide(
            NameType::DIRECTORY,
            |subtree| subtree.holds(&name, Incomparable::Differs),
            |subtree| subtree.holds(&name, Incomparable::MayBeSame),
        )
    }

    /// Whether any subtree is of this type.
    fn constrains(&self, name: NameType) -> bool {
        let mut all = self.permitted.iter().chain(&self.excluded);
        all.any(|prefix| prefix.subtree.name_type().speaks_of(name))
    }

    /// Why a common name is not permitted, if it is not: where it reads as a host of two labels or more,
    /// or as an address, and no alternative name of that type says otherwise, clients that look at
    /// common names take it for one (OpenSSL and Go held it against DNS constraints so).
    pub(crate) fn refuse_common_names(
        &self,
        subject: &Name,
        has_dns: bool,
        has_ip: bool,
    ) -> Option<String> {
        let unclear = || {
            let allowed = "a host name that can be held against the constraints, or no host name";
            let constrained = self.constrains(NameType::DNS) || self.constrains(NameType::IP);
            (!has_dns && constrained).then(|| allowed.to_owned())
        };
        let names = subject.attributes().filter(|a| a.kind() == AttributeType::COMMON_NAME);
        names.into_iter().find_map(|attribute| {
            match attribute.text().as_deref().map(read_as_host) {
                Some(HostReading::Nothing) => None,
                Some(HostReading::Host(AltName::Dns(name))) if has_dns || name.labels() < 2 => None,
                Some(HostReading::Host(AltName::Ip(_))) if has_ip => None,
                Some(HostReading::Host(name)) => self.refuse(&name),
                Some(HostReading::Unclear) | None => unclear(),
            }
        })
    }

    /// The one rule: outside every excluded subtree and, where any of the type is permitted, inside
    /// one of those.
    fn decide(
        &self,
        name: NameType,
        holds: impl Fn(&Prefix<'_>) -> bool,
        touches: impl Fn(&Prefix<'_>) -> bool,
    ) -> Option<String> {
        let speaks = |subtree: &GeneralSubtree| subtree.name_type().speaks_of(name);
        let of_type = |prefix: &&Prefix<'_>| speaks(prefix.subtree);
        if let Some(unreadable) = self.unreadable.iter().find(|subtree| speaks(subtree)) {
            let what = "which cannot be read and so excludes every name of its type";
            return Some(format!("{}, {what}", outside(unreadable)));
        }
        if let Some(excluded) = self.excluded.iter().filter(of_type).find(|s| touches(s)) {
            return Some(outside(excluded.subtree));
        }
        let mut permitted = self.permitted.iter().filter(of_type).peekable();
        if permitted.peek().is_none() || permitted.any(holds) {
            return None;
        }
        let list = self.permitted.iter().filter(of_type).map(|prefix| prefix.subtree.to_string());
        Some(format!("names within the permitted {}", list.collect::<Vec<_>>().join(", ")))
    }
}

fn outside(excluded: &GeneralSubtree) -> String {
    format!("names outside the excluded {excluded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::IpNetwork;

    fn dns(text: &str) -> AltName {
        AltName::dns(text).unwrap()
    }

    #[test]
    fn an_exclusion_also_stops_the_wildcard_that_could_stand_for_it() {
        let constraints = NameConstraints {
            permitted: vec![GeneralSubtree::Dns("example.com".to_owned())],
            excluded: vec![GeneralSubtree::Dns("secret.a.example.com".to_owned())],
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
    fn an_exclusion_in_an_unknown_form_excludes_every_name_of_its_type() {
        let names = [
            dns("x.b.example"),
            AltName::email("a@x.b.example").unwrap(),
            AltName::uri("https://x.b.example/").unwrap(),
            AltName::Ip([10, 0, 0, 1].into()),
        ];
        let unknown = |base: &str| {
            let base = || base.to_owned();
            [
                GeneralSubtree::Dns(base()),
                GeneralSubtree::Email(base()),
                GeneralSubtree::Uri(base()),
            ]
        };
        let by_tag = [2, 1, 6, 7].map(|tag| GeneralSubtree::Other { tag });
        let bases = ["*.b.example", "b.example.", "a b", ".", "b.example:443", "10.0.0.1"];
        let all = bases.iter().flat_map(|base| unknown(base)).chain(by_tag);
        for subtree in all {
            let constraints = |permitted: &[GeneralSubtree], excluded: &[GeneralSubtree]| {
                NameConstraints { permitted: permitted.to_vec(), excluded: excluded.to_vec() }
            };
            let other = GeneralSubtree::Dns("other.example".to_owned());
            let excluded = constraints(&[], &[other, subtree.clone()]);
            let permitted = constraints(std::slice::from_ref(&subtree), &[]);
            for name in &names {
                let same_type = NameType::of(name) == subtree.name_type();
                assert!(!subtree.holds(name), "{subtree} {name}");
                assert_eq!(excluded.refuse(name).is_some(), same_type, "{subtree} {name}");
                assert_eq!(permitted.refuse(name).is_some(), same_type, "{subtree} {name}");
            }
            let subject: Name = "emailAddress=a@x.b.example".parse().unwrap();
            let of_email = subtree.name_type() == NameType::EMAIL;
            assert_eq!(excluded.refuse_subject(&subject).is_some(), of_email, "{subtree}");
        }
        // Beside one that can be read, the unreadable one permits nothing more and nothing less.
        let permitted =
            vec![GeneralSubtree::Email("b.example".into()), GeneralSubtree::Email("b.".into())];
        let constraints = NameConstraints { permitted, excluded: vec![] };
        assert!(constraints.refuse(&AltName::email("a@b.example").unwrap()).is_none());
        assert!(constraints.refuse(&AltName::email("a@b").unwrap()).is_some());
    }

    #[test]
    fn a_mapped_address_is_the_one_of_ipv4_in_every_match() {
        let mapped = |text: &str| AltName::Ip(text.parse().unwrap());
        let ip = |text: &str| vec![GeneralSubtree::Ip(text.parse().unwrap())];
        let excluded = NameConstraints { excluded: ip("10.0.0.0/8"), ..Default::default() };
        assert!(excluded.refuse(&mapped("::ffff:10.0.0.1")).is_some());
        assert!(excluded.refuse(&mapped("::ffff:11.0.0.1")).is_none());
        let permitted = NameConstraints { permitted: ip("::/0"), ..Default::default() };
        assert!(permitted.refuse(&mapped("::ffff:10.0.0.1")).is_some());
        let bytes = [&[0; 10][..], &[0xff, 0xff, 10, 0, 0, 0], &[0xff; 13], &[0; 3]].concat();
        let range = vec![GeneralSubtree::Ip(IpNetwork::from_bytes(&bytes).unwrap())];
        assert!(!range[0].is_writable());
        let excluded = NameConstraints { excluded: range.clone(), ..Default::default() };
        for name in ["10.0.0.1", "::ffff:10.0.0.1"] {
            assert!(excluded.refuse(&mapped(name)).is_some(), "{name}");
            let permitted = NameConstraints { permitted: range.clone(), ..Default::default() };
            assert!(permitted.refuse(&mapped(name)).is_some(), "{name}");
        }
        // In a certificate it cannot be matched, so that it passes only where nothing is said of it.
        let written = GeneralName::Ip([&[0; 10][..], &[0xff, 0xff, 11, 0, 0, 1]].concat());
        assert!(excluded.matcher().refuse_unchecked(&written).is_some());
        assert!(NameConstraints::default().matcher().refuse_unchecked(&written).is_none());
    }

    #[test]
    fn an_excluded_mailbox_is_excluded_in_every_case() {
        let excluded = vec![GeneralSubtree::Email("Admin@b.example".into())];
        let constraints = NameConstraints { excluded, ..Default::default() };
        assert!(constraints.refuse(&AltName::email("aDMIN@B.example").unwrap()).is_some());
        assert!(constraints.refuse(&AltName::email("admin@c.example").unwrap()).is_none());
    }

    #[test]
    fn directory_names_begin_with_the_base() {
        let constraints = NameConstraints {
            permitted: vec![GeneralSubtree::Directory("O=Example,C=DE".parse().unwrap())],
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
            excluded: vec![GeneralSubtree::Uri("b.example".into())],
            ..Default::default()
        };
        assert!(excluded.refuse(&uri("urn:x:y")).is_some());
        assert!(excluded.refuse(&uri("https://c.example/")).is_none());
    }
}
