//! NIST's Public Key Interoperability Test Suite (PKITS): every test is answered as its document says, or
//! its disagreement is in `disagreements.txt` with the reason. The files of
//! <https://csrc.nist.gov/projects/pki-testing> are not here; `PKITS_DATA` in the environment names the
//! folder with `certs` and `crls`: `PKITS_DATA=PKITS_data cargo test --test chains nist`.

use std::collections::BTreeMap;
use std::path::Path;

use certwright::crl::RevocationList;
use certwright::profile::Oid;
use certwright::verify::{PolicyRules, UnknownRevocation, Verified};
use certwright::{Certificate, Chain, ChainVerifier, Error};

use crate::craft::time;

const TESTS: &str = include_str!("tests.txt");

/// Section, what the document says, and the reason why we say the opposite.
const DISAGREEMENTS: &str = include_str!("disagreements.txt");

#[test]
fn every_test_is_answered_as_its_document_says_or_listed() {
    let Some(folder) = std::env::var_os("PKITS_DATA") else {
        println!("skipped: PKITS_DATA does not say where the files of PKITS are");
        return;
    };
    let mut listed: BTreeMap<&str, &str> = lines(DISAGREEMENTS)
        .map(|line| {
            let [section, expected, _] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            (section, expected)
        })
        .collect();
    let (mut failures, mut agreed) = (Vec::new(), 0);
    for line in lines(TESTS) {
        let [section, expected, options, certificates, lists] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let answer = verify(Path::new(&folder), options, certificates, lists);
        let ours = if answer.is_ok() { "valid" } else { "invalid" };
        if let Ok(verified) = &answer {
            failures.extend(other_policies(verified, options).map(|it| format!("{section}: {it}")));
        }
        match (ours == expected, listed.remove(section)) {
            (true, None) => agreed += 1,
            (true, Some(_)) => {
                failures.push(format!("{section}: listed, and answered as expected"))
            }
            (false, Some(other)) if other == expected => {}
            (false, _) => {
                let reason = answer.map_or_else(|e| e.to_string(), |_| "accepted".to_owned());
                failures.push(format!("{section}\t{expected}\t{reason}\t{certificates}"));
            }
        }
    }
    failures.extend(listed.keys().map(|id| format!("{id}: listed, and no test")));
    println!("{agreed} as expected, {} listed", lines(DISAGREEMENTS).count());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_lists_can_be_read() {
    assert_eq!(lines(TESTS).count(), 249);
    assert!(lines(TESTS).all(|line| line.split('\t').count() == 5));
    for line in lines(DISAGREEMENTS) {
        let [section, _, reason] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        assert!(section.starts_with("4.") && reason.len() > 20, "{line}");
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn verify(folder: &Path, options: &str, above: &str, lists: &str) -> Result<Verified, Error> {
    let read = |kind: &str, name: &str, end: &str| {
        std::fs::read(folder.join(kind).join(format!("{name}.{end}"))).unwrap()
    };
    let certificate = |name: &str| Certificate::from_der(&read("certs", name, "crt"));
    let mut names: Vec<&str> = above.split(' ').collect();
    let leaf = certificate(names.pop().unwrap())?;
    let intermediates = names.into_iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    // What a stack cannot read it leaves out.
    let lists = lists.split(' ').map(|name| RevocationList::from_der(&read("crls", name, "crl")));
    let lists: Vec<RevocationList> = lists.filter_map(Result::ok).collect();
    let anchor = certificate("TrustAnchorRootCertificate").unwrap();
    ChainVerifier::new([anchor], time("2026-11-30T12:00:00Z"))
        .with_intermediates(intermediates)
        .with_revocation_lists(lists, UnknownRevocation::Refuse)
        .with_policies(rules(options))
        .verify(&Chain::new(leaf, Vec::new())?)
}

fn rules(options: &str) -> PolicyRules {
    options.split(' ').fold(PolicyRules::new(), |rules, option| match option.split_once('=') {
        Some(("accept", numbers)) => rules.accept(policies(numbers)),
        Some(("policies", _)) => rules,
        None if option == "require" => rules.require(),
        None if option == "forbid-mapping" => rules.forbid_mapping(),
        None if option == "forbid-any" => rules.forbid_any(),
        None if option == "-" => rules,
        _ => panic!("{option}"),
    })
}

/// NIST's test policies.
fn policies(numbers: &str) -> Vec<Oid> {
    let policy = |number: &str| match number {
        "any" => "2.5.29.32.0".parse().unwrap(),
        number => format!("2.16.840.1.101.3.2.1.48.{number}").parse().unwrap(),
    };
    numbers.split(',').filter(|number| !number.is_empty()).map(policy).collect()
}

/// What is wrong with the policies that a path was found valid for.
fn other_policies(verified: &Verified, options: &str) -> Option<String> {
    let (_, expected) = options.split_once("policies=")?;
    let mut expected = policies(expected);
    expected.sort_unstable();
    (verified.policies() != expected)
        .then(|| format!("valid for {:?}, expected {expected:?}", verified.policies()))
}
