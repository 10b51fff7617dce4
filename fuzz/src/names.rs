//! Names as text.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use certwright::ledger::Identifier;
use certwright::name::{DnsName, EmailAddress, GeneralSubtree, IpNetwork, NameConstraints, Uri};
use certwright::profile::Oid;
use certwright::time::Time;
use certwright::{AltName, Name, SerialNumber};

pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if text.len() > 16 * 1024 {
        return;
    }
    let (first, second) = text.split_once('\n').unwrap_or((text, ""));
    for text in [text, first] {
        same_again::<Name>(text);
        same_again::<DnsName>(text);
        same_again::<IpNetwork>(text);
        same_again::<Oid>(text);
        same_again::<SerialNumber>(text);
        same_again::<Identifier>(text);
        same_again::<Time>(text);
        let _ = (text.parse::<AltName>(), AltName::typed(text));
        if let Ok(address) = EmailAddress::new(text) {
            assert_eq!(EmailAddress::new(&address.to_string()).unwrap(), address);
        }
        if let Ok(uri) = Uri::new(text) {
            assert_eq!(Uri::new(uri.as_str()).unwrap(), uri);
            uri.host();
        }
    }
    constrain(first, second);
}

/// What was read and written is read the same.
fn same_again<T: Debug + Display + FromStr<Err: Debug> + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        let written = value.to_string();
        let again = written.parse::<T>().unwrap_or_else(|e| panic!("{text:?} {written:?} {e:?}"));
        assert_eq!(again, value, "{text:?} {written:?}");
    }
}

/// A subtree that holds a name refuses it where it is excluded, and does not where it is permitted.
fn constrain(base: &str, name: &str) {
    let names = [AltName::dns(name), AltName::email(name), AltName::uri(name), name.parse()];
    let text = base.to_ascii_lowercase();
    let mut subtrees = vec![
        GeneralSubtree::Dns(text.clone()),
        GeneralSubtree::Email(text.clone()),
        GeneralSubtree::Uri(text),
    ];
    subtrees.extend(base.parse().map(GeneralSubtree::Ip));
    subtrees.extend(base.parse().map(GeneralSubtree::Directory));
    for subtree in subtrees {
        let one = vec![subtree.clone()];
        let excluded = NameConstraints { excluded: one.clone(), ..Default::default() };
        let permitted = NameConstraints { permitted: one, ..Default::default() };
        for name in names.iter().flatten() {
            if subtree.holds(name) {
                assert!(excluded.refuse(name).is_some(), "{subtree} {name}");
                assert!(permitted.refuse(name).is_none(), "{subtree} {name}");
            }
        }
        if let Ok(subject) = name.parse::<Name>() {
            let _ = (excluded.refuse_subject(&subject), permitted.refuse_subject(&subject));
        }
    }
}
