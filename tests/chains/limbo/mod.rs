//! C2SP's x509-limbo, BetterTLS among it: every case has the expected result, or its disagreement is in
//! `disagreements.txt` with the reason. The file `limbo.json` of <https://github.com/C2SP/x509-limbo> is not
//! here; `LIMBO_JSON` in the environment says where it is:
//! `LIMBO_JSON=limbo.json cargo test --test chains limbo`.

use std::collections::BTreeMap;

use certwright::crl::RevocationList;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::{Clock as _, SystemClock, Time};
use certwright::verify::UnknownRevocation;
use certwright::{AltName, Certificate, Chain, ChainVerifier, Error};
use serde_json::Value;

/// Identifier, what limbo expects, and the reason why we say the opposite.
const DISAGREEMENTS: &str = include_str!("disagreements.txt");

#[test]
fn every_case_is_answered_as_expected_or_listed() {
    let Some(path) = std::env::var_os("LIMBO_JSON") else {
        println!("skipped: LIMBO_JSON does not say where limbo.json is");
        return;
    };
    let limbo: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut listed = listed();
    let mut failures = Vec::new();
    let mut agreed = 0;
    for case in limbo["testcases"].as_array().unwrap() {
        let (id, expected) = (text(case, "id"), text(case, "expected_result"));
        let ours = verify(case);
        let answer = if ours.is_ok() { "SUCCESS" } else { "FAILURE" };
        match (answer == expected, listed.remove(id)) {
            (true, None) => agreed += 1,
            (true, Some(_)) => failures.push(format!("{id}: listed, and answered as expected")),
            (false, Some(other)) if other == expected => {}
            (false, _) => {
                let reason = ours.err().map_or_else(|| "accepted".to_owned(), |e| e.to_string());
                let description = text(case, "description").replace('\n', " ");
                failures.push(format!("{id}\t{expected}\t{reason}\t{description}"));
            }
        }
    }
    failures.extend(listed.keys().map(|id| format!("{id}: listed, and not in limbo.json")));
    println!("{agreed} as expected, {} listed", self::listed().len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// The list can be read, and says why.
#[test]
fn every_disagreement_has_a_reason() {
    let lines = DISAGREEMENTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let [_, expected, reason] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        assert!(["SUCCESS", "FAILURE"].contains(&expected) && reason.len() > 20, "{line}");
    }
}

fn listed() -> BTreeMap<&'static str, &'static str> {
    let fields = DISAGREEMENTS.lines().filter(|line| !line.starts_with('#'));
    fields
        .filter_map(|line| line.split_once('\t'))
        .map(|(id, rest)| (id, rest.split('\t').next().unwrap()))
        .collect()
}

fn verify(case: &Value) -> Result<(), Error> {
    // What a stack cannot read it leaves out.
    let certificates = |name: &str| -> Vec<Certificate> {
        texts(case, name).filter_map(|pem| Certificate::from_pem(pem).ok()).collect()
    };
    let leaf = Certificate::from_pem(text(case, "peer_certificate"))?;
    let at: Time = match case["validation_time"].as_str() {
        // In UTC; certificates know whole seconds only.
        Some(time) => format!("{}Z", time.get(..19).unwrap()).parse()?,
        None => SystemClock.now()?,
    };
    let purpose = match text(case, "validation_kind") {
        "SERVER" => ExtendedKeyUsage::SERVER_AUTH,
        _ => ExtendedKeyUsage::CLIENT_AUTH,
    };
    let names = [&case["expected_peer_name"]].into_iter().filter(|name| !name.is_null());
    let names = names.chain(case["expected_peer_names"].as_array().into_iter().flatten());
    let names: Vec<AltName> = names.map(alt_name).collect::<Result<_, _>>()?;
    let mut verifier = ChainVerifier::new(certificates("trusted_certs"), at)
        .with_intermediates(certificates("untrusted_intermediates"))
        .with_purpose(purpose);
    if let Some(most) = case["max_chain_depth"].as_u64() {
        verifier = verifier.with_max_intermediates(usize::try_from(most).unwrap());
    }
    let lists: Vec<RevocationList> =
        texts(case, "crls").map(RevocationList::from_pem).collect::<Result<_, _>>()?;
    if !lists.is_empty() {
        verifier = verifier.with_revocation_lists(lists, UnknownRevocation::AllowUnlisted);
    }
    let chain = Chain::new(leaf, Vec::new())?;
    if names.is_empty() {
        verifier.verify(&chain)?;
    }
    names.into_iter().try_for_each(|name| verifier.clone().with_name(name).verify(&chain).map(drop))
}

fn alt_name(name: &Value) -> Result<AltName, Error> {
    let value = text(name, "value");
    match text(name, "kind") {
        "DNS" => AltName::dns(value),
        "IP" => value.parse(),
        "RFC822" => AltName::email(value),
        kind => panic!("{kind}"),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn texts<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v str> {
    value[name].as_array().into_iter().flatten().map(|text| text.as_str().unwrap())
}
