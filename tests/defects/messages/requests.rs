//! Requests before a policy, and issuers that cannot issue.

use certwright::issuance::Issuance;
use certwright::time::Lifetime;
use certwright::{
    AltName, CertificateRequest, Issuer, KeyAlgorithm, Policy, Profile, SerialNumber,
};

use super::{Row, row};
use crate::craft::{self, Ladder, internal, key, now};

pub fn rows() -> Vec<Row> {
    let ladder = Ladder::new(KeyAlgorithm::EcdsaP256);
    let issue =
        |policy: Policy, request: &CertificateRequest| ladder.authority(policy).issue(request);
    let names = |names: &[&str]| ladder.request(names);
    let extension = |oid: &str, critical, value: &[u8]| {
        let extensions = [craft::extension(oid, critical, value)];
        let der = craft::request(
            &craft::name(&[]),
            &[craft::extension_request(&extensions)],
            &*key(KeyAlgorithm::EcdsaP256, 2),
        );
        CertificateRequest::from_der(&der).unwrap()
    };
    let named = |name: &str| {
        let builder = CertificateRequest::builder(format!("CN={name}").parse().unwrap());
        builder.sign(&*key(KeyAlgorithm::EcdsaP256, 2)).unwrap()
    };
    let rsa = Ladder::new(KeyAlgorithm::Rsa2048).request(&["a.internal"]);
    let email = CertificateRequest::builder("CN=a.internal".parse().unwrap())
        .alt_names([AltName::dns("a.internal").unwrap(), AltName::email("tom@a.internal").unwrap()])
        .sign(&*key(KeyAlgorithm::EcdsaP256, 2))
        .unwrap();
    let good = names(&["a.internal"]);
    let authority = ladder.authority(internal());
    vec![
        row("a name that no pattern allows", issue(internal(), &names(&["a.example"]))),
        row(
            "two names that no pattern allows",
            issue(internal(), &names(&["a.example", "b.example"])),
        ),
        row("a wildcard", issue(internal(), &names(&["*.a.internal"]))),
        row("an address", issue(internal(), &names(&["10.0.0.1"]))),
        row("an underscore", issue(internal(), &names(&["_a.internal"]))),
        row("an e-mail address", issue(internal(), &email)),
        row(
            "no name at all",
            issue(
                internal(),
                &CertificateRequest::builder("O=Ours".parse().unwrap())
                    .sign(&*key(KeyAlgorithm::EcdsaP256, 2))
                    .unwrap(),
            ),
        ),
        row("a common name alone", issue(internal(), &named("a.internal"))),
        row("a common name alone that no pattern allows", issue(internal(), &named("a.example"))),
        row(
            "a CA",
            issue(
                internal(),
                &extension("2.5.29.19", true, &craft::sequence(&[craft::tlv(1, &[&[0xff]])])),
            ),
        ),
        row("a key of another family", issue(internal(), &rsa)),
        row(
            "an algorithm that the policy does not list",
            issue(internal().with_keys([KeyAlgorithm::EcdsaP384]), &good),
        ),
        row(
            "a lifetime above the policy's",
            authority.issue(Issuance::for_request(&good).lifetime(Lifetime::days(4000))),
        ),
        row(
            "an end in the past",
            authority.issue(
                Issuance::for_request(&good).not_after(now().minus(Lifetime::days(1)).unwrap()),
            ),
        ),
        row("a tag without a key", Issuance::for_request(&good).tag("", "x")),
        row("a token of no characters", Issuance::for_request(&good).token("")),
        row("a serial number that is taken", {
            let serial = SerialNumber::from_bytes(&[7; 20]).unwrap();
            let again = || authority.issue(Issuance::for_request(&good).serial(serial));
            again().unwrap();
            again()
        }),
        row("a leaf as an issuer", {
            let leaf = authority.issue(&good).unwrap();
            Issuer::load([leaf.certificate().clone()], ladder.leaf_key())
        }),
        row(
            "a CA with another's key",
            Issuer::load([ladder.ca.certificate().clone()], ladder.leaf_key()),
        ),
        row("an extension of the policy twice", {
            let oid = "1.2.3.4".parse().unwrap();
            let extension = || certwright::profile::Extension::utf8(oid, "x").unwrap();
            Ok::<_, String>(
                Profile::tls_server().add_extension(extension()).add_extension(extension()),
            )
            .and_then(|profile| {
                let policy = Policy::new(profile).allow_dns(".internal").unwrap();
                issue(policy, &good).map_err(|error| error.to_string())
            })
        }),
        row("a name outside the CA's constraints", {
            let constraints = certwright::name::NameConstraints {
                permitted: vec![certwright::name::GeneralSubtree::dns("corp.internal").unwrap()],
                ..Default::default()
            };
            let profile = Profile::intermediate(0).with_name_constraints(constraints);
            let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
            let ca = certwright::Authority::new(ca, internal(), certwright::MemoryStore::default());
            ca.with_clock(certwright::time::FixedClock(now())).issue(&good)
        }),
        row("a name of a type", AltName::typed("dns:")),
    ]
}
