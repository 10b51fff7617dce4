//! The cases: each breaks one rule and no other.

use certwright::error::Rule;
use certwright::issuance::Issuance;
use certwright::key::{KeyFamily, WeakKeys};
use certwright::name::{AttributeType, GeneralSubtree, NameConstraints};
use certwright::policy::{OnDenial, Period};
use certwright::profile::{ExtendedKeyUsage, Extension, KeyUsage};
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    AltName, Authority, CertificateRequest, Error, Issuer, KeyAlgorithm, KeyPair, MemoryStore,
    Policy, Profile,
};

use crate::common;
use crate::craft::{
    self, BASIC_CONSTRAINTS, Draft, KEY_USAGE, Ladder, internal, now, period, time,
};

/// One broken rule.
pub struct Case {
    pub rule: Rule,
    /// Breaks it, and nothing else; none where this build cannot.
    pub provoke: fn(KeyAlgorithm) -> Option<Error>,
    pub item: &'static str,
    /// What is given; `KEY` stands for the key's algorithm.
    pub given: &'static str,
    /// What the text on what is allowed contains.
    pub allowed: &'static str,
}

pub const CASES: &[Case] = &[
    Case {
        rule: Rule::CaRequested,
        provoke: |algorithm| asks_for(algorithm, BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0xff]),
        item: "basic constraints",
        given: "CA",
        allowed: "no CA",
    },
    Case {
        rule: Rule::DuplicateExtension,
        provoke: |algorithm| {
            let extension = extension("1.2.3.4", &[5, 0]);
            let profile = Profile::tls_server().add_extension(extension.clone());
            under(
                algorithm,
                Policy::new(profile.add_extension(extension)).allow_dns(".internal").unwrap(),
            )
        },
        item: "profile",
        given: "1.2.3.4",
        allowed: "each extension once",
    },
    Case {
        rule: Rule::EmptySubject,
        provoke: |algorithm| {
            let key = craft::key(algorithm, 2);
            let nobody = CertificateRequest::builder("".parse().unwrap()).sign(&key).unwrap();
            let policy = Policy::new(Profile::tls_client());
            Ladder::new(algorithm).authority(policy).issue(&nobody).err()
        },
        item: "subject",
        given: "empty",
        allowed: "a subject or, for a leaf, an alternative name",
    },
    Case {
        rule: Rule::ExtensionMalformed,
        provoke: |algorithm| {
            let profile = Profile::tls_server().add_extension(extension("1.2.3.4", b"text"));
            under(algorithm, Policy::new(profile).allow_dns(".internal").unwrap())
        },
        item: "profile",
        given: "1.2.3.4 of another form",
        allowed: "one DER value",
    },
    Case {
        rule: Rule::ExtensionRequested,
        provoke: |algorithm| asks_for(algorithm, "1.2.3.4", &[5, 0]),
        item: "extension",
        given: "1.2.3.4",
        allowed: "no other extension",
    },
    Case {
        rule: Rule::ExtendedKeyUsageRequested,
        provoke: |algorithm| {
            let client = craft::sequence(&[craft::oid("1.3.6.1.5.5.7.3.2")]);
            asks_for(algorithm, "2.5.29.37", &client)
        },
        item: "extended key usage",
        given: "clientAuth",
        allowed: "serverAuth or fewer",
    },
    Case {
        rule: Rule::IssuerExtendedKeyUsage,
        provoke: |algorithm| {
            let clients = [ExtendedKeyUsage::CLIENT_AUTH];
            let profile = Profile::intermediate(0).with_extended_key_usage(clients);
            below(algorithm, profile, internal())
        },
        item: "extended key usage",
        given: "serverAuth",
        allowed: "clientAuth, those of the issuer",
    },
    Case {
        rule: Rule::IssuerNotCa,
        provoke: |algorithm| {
            let ladder = Ladder::new(algorithm);
            let plain = Draft::of(ladder.ca.certificate()).without(BASIC_CONSTRAINTS);
            Issuer::load(vec![plain.sign(&ladder.root_key())], ladder.ca_key()).err()
        },
        item: "issuer's certificate",
        given: "no CA bit",
        allowed: "a certificate with the CA bit",
    },
    Case {
        rule: Rule::IssuerKeyUsage,
        provoke: |algorithm| {
            let ladder = Ladder::new(algorithm);
            let ca = Draft::of(ladder.ca.certificate()).set(KEY_USAGE, true, &[3, 2, 7, 0x80]);
            Issuer::load(vec![ca.sign(&ladder.root_key())], ladder.ca_key()).err()
        },
        item: "issuer's key usage",
        given: "digitalSignature",
        allowed: "keyCertSign",
    },
    Case {
        rule: Rule::IssuerKeyMismatch,
        provoke: |algorithm| {
            let ladder = Ladder::new(algorithm);
            Issuer::load(vec![ladder.ca.certificate().clone()], ladder.leaf_key()).err()
        },
        item: "signer",
        given: "another key",
        allowed: "the key of the issuer's certificate",
    },
    Case {
        rule: Rule::IssuerValidity,
        provoke: |algorithm| {
            // Shortly before the intermediate begins, so that nothing outlives it.
            let early = FixedClock(time("2026-01-01T23:59:59Z"));
            let ladder = Ladder::new(algorithm);
            let authority = ladder.authority(internal()).with_clock(early);
            authority.issue(&ladder.request(&["db.internal"])).err()
        },
        item: "time of issue",
        given: "2026-01-01T23:59:59Z",
        allowed: "2026-01-02T00:00:00Z to 2031-01-01T00:00:00Z, the issuer's validity",
    },
    Case {
        rule: Rule::KeyAlgorithm,
        provoke: |algorithm| under(algorithm, internal().with_keys([KeyAlgorithm::EcdsaP384])),
        item: "key",
        given: "KEY",
        allowed: "P-384",
    },
    Case {
        rule: Rule::KeyFamily,
        provoke: |algorithm| {
            let other = common::families().into_iter().find(|other| *other != algorithm)?;
            let request = Ladder::new(algorithm).request(&["db.internal"]);
            Ladder::new(other).authority(internal()).issue(&request).err()
        },
        item: "key",
        given: "KEY",
        allowed: "the issuer's family",
    },
    Case {
        rule: Rule::KeyUsageInconsistent,
        provoke: |algorithm| {
            let server = [ExtendedKeyUsage::SERVER_AUTH];
            let profile = Profile::custom(KeyUsage::CONTENT_COMMITMENT, server);
            under(algorithm, Policy::new(profile).allow_dns(".internal").unwrap())
        },
        item: "key usage",
        given: "contentCommitment",
        allowed: "one of digitalSignature, keyEncipherment, keyAgreement for serverAuth",
    },
    Case {
        rule: Rule::KeyUsageRequested,
        // keyAgreement
        provoke: |algorithm| asks_for(algorithm, KEY_USAGE, &[3, 2, 3, 8]),
        item: "key usage",
        given: "keyAgreement",
        allowed: "digitalSignature",
    },
    Case {
        rule: Rule::KeyWeak,
        provoke: |algorithm| {
            let weak = weak_key(algorithm)?;
            let request = CertificateRequest::builder("CN=db.internal".parse().unwrap())
                .alt_name(AltName::dns("db.internal").unwrap())
                .sign(&weak)
                .unwrap();
            Ladder::new(algorithm).authority(internal()).issue(&request).err()
        },
        item: "key",
        given: "RSA-1024",
        allowed: "RSA of 2048 bits or more",
    },
    Case {
        rule: Rule::Lifetime,
        provoke: |algorithm| asks_period(algorithm, Period::Lifetime(Lifetime::days(91))),
        item: "lifetime",
        given: "91 days",
        allowed: "more than none, at most 90 days",
    },
    Case {
        rule: Rule::Lint,
        provoke: |algorithm| {
            // An OCSP responder that every reader must know how to ask.
            let location = craft::tlv(0x86, &[b"http://ocsp.internal"]);
            let access = craft::sequence(&[craft::oid("1.3.6.1.5.5.7.48.1"), location]);
            let oid = "1.3.6.1.5.5.7.1.1".parse().unwrap();
            let value = craft::sequence(&[access]);
            let critical = Extension { oid, critical: true, value };
            let profile = Profile::tls_server().add_extension(critical);
            under(algorithm, Policy::new(profile).allow_dns(".internal").unwrap())
        },
        item: "certificate",
        given: "authorityInfoAccess, critical",
        allowed: "what rfc5280-4.2.2-access-critical does: mark authorityInfoAccess",
    },
    Case {
        rule: Rule::NameConstraints,
        provoke: |algorithm| {
            let permitted = vec![GeneralSubtree::Dns("example.com".to_owned())];
            let constraints = NameConstraints { permitted, excluded: vec![] };
            let profile = Profile::intermediate(0).with_name_constraints(constraints);
            below(algorithm, profile, internal())
        },
        item: "alternative name",
        given: "DNS:db.internal",
        allowed: "names within the permitted DNS:example.com",
    },
    Case {
        rule: Rule::NameMalformed,
        provoke: |algorithm| {
            let names = craft::alt_names(&[(0x82, b"db.internal"), (0x82, b"foo bar")]);
            asks_for(algorithm, craft::SUBJECT_ALT_NAME, &names)
        },
        item: "alternative name",
        given: "DNS:foo bar",
        allowed: "a label is not 1 to 63 letters, digits, underscores and inner hyphens",
    },
    Case {
        rule: Rule::NameNotAllowed,
        provoke: |algorithm| issue(algorithm, internal(), &["db.internal", "db.example"]),
        item: "alternative name",
        given: "DNS:db.example",
        allowed: "DNS:.internal, no wildcards",
    },
    Case {
        rule: Rule::NoAltName,
        provoke: |algorithm| {
            let key = craft::key(algorithm, 2);
            let builder = CertificateRequest::builder("CN=db.internal".parse().unwrap());
            let policy = internal().allow_subject_attribute(AttributeType::COMMON_NAME);
            let authority = Ladder::new(algorithm).authority(policy);
            authority.issue(&builder.sign(&key).unwrap()).err()
        },
        item: "alternative names",
        given: "no granted name",
        allowed: "at least one (clients ignore the common name, RFC 9525 section 2)",
    },
    Case {
        rule: Rule::OutlivesIssuer,
        provoke: |algorithm| {
            let asked = period("2026-06-01T00:00:00Z", "2031-01-01T00:00:01Z");
            asks_period(algorithm, Period::Exactly(asked))
        },
        item: "validity",
        given: "2026-06-01T00:00:00Z to 2031-01-01T00:00:01Z",
        allowed: "until 2031-01-01T00:00:00Z, the issuer's end",
    },
    Case {
        rule: Rule::PathLength,
        provoke: |algorithm| {
            let profile = Profile::intermediate(0);
            let key = craft::key(algorithm, 2);
            Ladder::new(algorithm).ca.delegate("CN=Lower".parse().unwrap(), profile, key).err()
        },
        item: "profile",
        given: "a CA",
        allowed: "leaves only: the issuer's pathLenConstraint is 0",
    },
    Case {
        rule: Rule::RootIssuesLeaf,
        provoke: |algorithm| {
            let ladder = Ladder::new(algorithm);
            let root = Authority::new(ladder.root.clone(), internal(), MemoryStore::default());
            let root = root.with_clock(FixedClock(now()));
            root.issue(&ladder.request(&["db.internal"])).err()
        },
        item: "issuer of a leaf",
        given: "a root",
        allowed: "an intermediate, or a root whose policy has with_root_leaves(RootLeaves::Allow)",
    },
    Case {
        rule: Rule::SubjectNotAllowed,
        provoke: |algorithm| {
            let builder = CertificateRequest::builder("O=Example".parse().unwrap());
            let name = AltName::dns("db.internal").unwrap();
            let request = builder.alt_name(name).sign(&craft::key(algorithm, 2)).unwrap();
            Ladder::new(algorithm).authority(internal()).issue(&request).err()
        },
        item: "subject",
        given: "O=Example",
        allowed: "a common name that is a granted alternative name",
    },
    Case {
        rule: Rule::TokenReused,
        provoke: |algorithm| {
            let ladder = Ladder::new(algorithm);
            let authority = ladder.authority(internal());
            let issue = |name| {
                let issuance = Issuance::from(ladder.request(&[name]));
                authority.issue(issuance.token("order-1").unwrap())
            };
            issue("db.internal").unwrap();
            issue("web.internal").err()
        },
        item: "idempotency token",
        given: "another request",
        allowed: "the request that the token was first used for",
    },
    Case {
        rule: Rule::Validity,
        provoke: |algorithm| {
            let asked = period("2026-01-01T23:59:59Z", "2026-06-02T00:00:00Z");
            asks_period(algorithm, Period::Exactly(asked))
        },
        item: "validity",
        given: "from 2026-01-01T23:59:59Z",
        allowed: "from 2026-01-02T00:00:00Z, the issuer's beginning",
    },
];

/// Issues under the intermediate for these names.
fn issue(algorithm: KeyAlgorithm, policy: Policy, names: &[&str]) -> Option<Error> {
    let ladder = Ladder::new(algorithm);
    ladder.authority(policy).issue(&ladder.request(names)).err()
}

fn under(algorithm: KeyAlgorithm, policy: Policy) -> Option<Error> {
    issue(algorithm, policy, &["db.internal"])
}

/// Issues under an intermediate of this profile.
fn below(algorithm: KeyAlgorithm, profile: Profile, policy: Policy) -> Option<Error> {
    let mut ladder = Ladder::new(algorithm);
    ladder.ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
    ladder.authority(policy).issue(&ladder.request(&["db.internal"])).err()
}

/// Issues for a request that asks for an extension on top.
fn asks_for(algorithm: KeyAlgorithm, id: &str, value: &[u8]) -> Option<Error> {
    let mut builder = CertificateRequest::builder("CN=db.internal".parse().unwrap());
    if id != craft::SUBJECT_ALT_NAME {
        builder = builder.alt_name(AltName::dns("db.internal").unwrap());
    }
    let request = builder.extension(extension(id, value)).sign(&craft::key(algorithm, 2)).unwrap();
    let strict = internal().with_on_denial(OnDenial::Refuse);
    Ladder::new(algorithm).authority(strict).issue(&request).err()
}

/// Issues for a request whose sender may ask for up to five years, or else for 90 days.
fn asks_period(algorithm: KeyAlgorithm, asked: Period) -> Option<Error> {
    let ladder = Ladder::new(algorithm);
    let longest = match asked {
        Period::Exactly(_) => Lifetime::days(1825),
        _ => Lifetime::days(90),
    };
    let policy = internal().with_max_lifetime(longest).with_backdate(Lifetime::days(365));
    let authority = ladder.authority(policy);
    authority.issue(Issuance::from(ladder.request(&["db.internal"])).period(asked)).err()
}

fn extension(id: &str, value: &[u8]) -> Extension {
    Extension { oid: id.parse().unwrap(), critical: false, value: value.to_vec() }
}

/// A key of the family that can be broken, where there is one.
fn weak_key(algorithm: KeyAlgorithm) -> Option<KeyPair> {
    (algorithm.family() == KeyFamily::Rsa).then(|| {
        let allow = WeakKeys::DangerouslyAllowRsa1024;
        KeyPair::generate_with(
            KeyAlgorithm::Rsa1024,
            allow,
            &mut certwright::testing::SeededRng::new(1),
        )
        .unwrap()
    })
}
