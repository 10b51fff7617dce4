//! Chains that do not verify.

use certwright::profile::ExtendedKeyUsage;
use certwright::{AltName, Chain, ChainVerifier, KeyAlgorithm};

use super::{Row, row};
use crate::craft::{Draft, Ladder, internal, now, time};

pub fn rows() -> Vec<Row> {
    let ladder = Ladder::new(KeyAlgorithm::EcdsaP256);
    let other = Ladder::new(KeyAlgorithm::EcdsaP384);
    let leaf = ladder.authority(internal()).issue(&ladder.request(&["a.internal"])).unwrap();
    let leaf = leaf.certificate().clone();
    let chain = Chain::new(leaf.clone(), vec![ladder.ca.certificate().clone()]).unwrap();
    let root = || [ladder.root.certificate().clone()];
    let at = |text: &str| ChainVerifier::new(root(), time(text));
    let verifier = || ChainVerifier::new(root(), now());
    let name = |text: &str| text.parse::<AltName>().unwrap();
    let forged = Draft::of(&leaf).set("1.2.3.4", true, &[5, 0]).sign(&*ladder.ca_key());
    let stranger = Draft::of(&leaf).sign(&*other.ca_key());
    let with = |leaf| Chain::new(leaf, vec![ladder.ca.certificate().clone()]).unwrap();
    vec![
        row("no anchor", ChainVerifier::new([], now()).verify(&chain)),
        row(
            "another anchor",
            ChainVerifier::new([other.root.certificate().clone()], now()).verify(&chain),
        ),
        row("no intermediate", verifier().verify(&Chain::new(leaf.clone(), vec![]).unwrap())),
        row("before it begins", at("2026-01-01T00:00:01Z").verify(&chain)),
        row("after its end", at("2030-01-01T00:00:01Z").verify(&chain)),
        row("another name", verifier().with_name(name("b.internal")).verify(&chain)),
        row("an address", verifier().with_name(name("10.0.0.1")).verify(&chain)),
        row(
            "another purpose",
            verifier().with_purpose(ExtendedKeyUsage::CODE_SIGNING).verify(&chain),
        ),
        row("an unknown critical extension", verifier().verify(&with(forged))),
        row("another's signature", verifier().verify(&with(stranger))),
        row("no revocation list where one is needed", {
            let lists = certwright::verify::UnknownRevocation::Refuse;
            verifier().with_revocation_lists([], lists).verify(&chain)
        }),
    ]
}
