//! Defects that were seen in other engines, in what they grant and write: one test each.

use std::collections::BTreeSet;

use certwright::error::Rule;
use certwright::name::AttributeType;
use certwright::policy::{Decision, OnDenial};
use certwright::time::{FixedClock, Lifetime};
use certwright::{
    AltName, Certificate, CertificateRequest, Error, KeyAlgorithm, Name, Policy, Profile,
    SerialNumber, Signer,
};

use crate::common;
use crate::craft::{self, Draft, Ladder, SUBJECT_ALT_NAME, VALIDITY, internal, now, period, time};

const DNS: u8 = 0x82;

/// rcgen: the serial number is a hash of the public key.
#[test]
fn certificates_for_one_key_have_random_serial_numbers_of_20_bytes() {
    for_each_family(|ladder| {
        let authority = ladder.authority(internal());
        let request = ladder.request(&["db.internal"]);
        let leaves = (0..64).map(|_| authority.issue(&request).unwrap().certificate().clone());
        let leaves: Vec<Certificate> = leaves.collect();
        let serials: BTreeSet<SerialNumber> = leaves.iter().map(|leaf| *leaf.serial()).collect();
        assert_eq!(serials.len(), 64);
        let mut ones = [0u8; 20];
        let mut zeros = [0u8; 20];
        for leaf in &leaves {
            let field = &Draft::of(leaf).fields[craft::SERIAL];
            assert_eq!(field[..2], [2, 20], "an INTEGER of 20 bytes");
            assert!(field[2] < 0x80, "positive");
            for (at, byte) in field[2..].iter().enumerate() {
                ones[at] |= byte;
                zeros[at] |= !byte;
            }
        }
        // The first two bits are 01; each of the other 158 was drawn both ways in 64 draws.
        assert_eq!((ones[0], zeros[0]), (0x7f, 0xbf));
        assert!(ones[1..].iter().chain(&zeros[1..]).all(|bits| *bits == 0xff));
    });
}

/// rcgen, mkcert, cfssl: a request that asks for CA:TRUE gets it.
#[test]
fn a_request_for_the_ca_bit_or_key_cert_sign_gets_neither() {
    for_each_family(|ladder| {
        for (id, value) in [
            (craft::BASIC_CONSTRAINTS, &[0x30, 3, 1, 1, 0xff][..]),
            (craft::BASIC_CONSTRAINTS, &[0x30, 6, 1, 1, 0xff, 2, 1, 0]),
            (craft::KEY_USAGE, &[3, 2, 1, 6]),
        ] {
            let names = craft::alt_names(&[(DNS, b"db.internal")]);
            let request = ask(ladder, &[(SUBJECT_ALT_NAME, &names), (id, value)]);
            let strict = internal().with_on_denial(OnDenial::Refuse);
            let error = ladder.authority(strict).issue(&request).unwrap_err();
            let [reason] = error.reasons() else { panic!("{error}") };
            assert!(matches!(reason.rule, Rule::CaRequested | Rule::KeyUsageRequested), "{error}");
            let lenient = ladder.authority(internal().with_on_denial(OnDenial::LeaveOut));
            let leaf = lenient.issue(&request).unwrap().certificate().clone();
            assert!(!leaf.is_authority());
            let usage = leaf.key_usage().unwrap();
            assert!(!usage.contains(certwright::profile::KeyUsage::KEY_CERT_SIGN), "{usage}");
        }
    });
}

/// OpenSSL, easy-rsa: requested names are dropped in silence.
#[test]
fn every_requested_name_is_in_the_outcome_granted_or_denied() {
    for_each_family(|ladder| {
        let names = [
            (DNS, &b"a.internal"[..]),
            (DNS, b"b.example"),
            (0x81, b"ops@example.com"),
            (0x86, b"spiffe://example.org/x"),
            (0x87, &[10, 0, 0, 7]),
            (0x88, &[42, 3]), // registeredID
        ];
        let request = ask(ladder, &[(SUBJECT_ALT_NAME, &craft::alt_names(&names))]);
        let lenient = ladder.authority(internal().with_on_denial(OnDenial::LeaveOut));
        let issued = lenient.issue(&request).unwrap();
        let named = issued.outcome().iter().filter(|item| item.kind == "alternative name");
        let outcome: Vec<(&str, bool)> =
            named.map(|item| (item.value.as_str(), item.decision == Decision::Granted)).collect();
        let expected = [
            ("DNS:a.internal", true),
            ("DNS:b.example", false),
            ("email:ops@example.com", false),
            ("URI:spiffe://example.org/x", false),
            ("IP:10.0.0.7", false),
            ("registeredID:1.2.3", false),
        ];
        assert_eq!(outcome, expected);
        let error = ladder.authority(internal()).issue(&request).unwrap_err();
        assert_eq!(error.reasons().len(), 5, "{error}");
    });
}

/// cfssl, step-ca: a policy that says nothing allows everything.
#[test]
fn a_policy_that_says_nothing_grants_no_name() {
    for_each_family(|ladder| {
        for name in ["a.internal", "*.b.internal", "10.0.0.7", "::1", "localhost"] {
            let review = Policy::new(Profile::tls_server()).review(&ladder.request(&[name]));
            let reasons: Vec<_> = review.denied().collect();
            let rules: Vec<Rule> = reasons.iter().map(|reason| reason.rule).collect();
            assert_eq!(rules, [Rule::NameNotAllowed, Rule::SubjectNotAllowed], "{name}");
            assert_eq!(reasons[0].allowed, "no names");
            assert!(review.approve().is_err());
        }
        let no_key = internal().with_keys([]).review(&ladder.request(&["db.internal"]));
        let [reason] = no_key.denied().collect::<Vec<_>>()[..] else { panic!("{no_key}") };
        assert_eq!(reason.rule, Rule::KeyAlgorithm);
        assert!(!reason.allowed.is_empty(), "says that no key is allowed");
    });
}

/// rcgen and others: names that are none are written into certificates.
#[test]
fn names_that_are_no_names_are_refused_in_builders_and_in_requests() {
    let wrong = [
        "", "*.*.com", "foo bar", "http://x", "a..b", "*", "*.com", "a.*.com", ".a", "a.",
        "10.0.0.7", "1.2.3", "a:443", "a\0.com",
    ];
    for text in wrong {
        let error = AltName::dns(text).unwrap_err();
        assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
    }
    for_each_family(|ladder| {
        // Every name would be allowed, if it were one.
        let tops = [".com", ".internal", ".b", ".a", ".x"];
        let policy = tops.iter().fold(internal(), |policy, top| policy.allow_dns(top).unwrap());
        let policy = policy.allow_wildcards();
        for text in wrong {
            let names = craft::alt_names(&[(DNS, b"a.internal"), (DNS, text.as_bytes())]);
            let request = ask(ladder, &[(SUBJECT_ALT_NAME, &names)]);
            let error = ladder.authority(policy.clone()).issue(&request).unwrap_err();
            let [reason] = error.reasons() else { panic!("{text:?}: {error}") };
            assert_eq!(reason.rule, Rule::NameMalformed, "{error}");
            assert_eq!(reason.given, format!("DNS:{}", text.escape_default()));
        }
        for bytes in [&[][..], &[10, 0, 0], &[10, 0, 0, 0, 255, 0, 0, 0]] {
            let names = craft::alt_names(&[(DNS, b"a.internal"), (0x87, bytes)]);
            let request = ask(ladder, &[(SUBJECT_ALT_NAME, &names)]);
            let error = ladder.authority(policy.clone()).issue(&request).unwrap_err();
            assert_eq!(error.reasons()[0].rule, Rule::NameMalformed, "{error}");
        }
    });
}

/// rcgen: a country of three letters.
#[test]
fn a_country_is_two_letters_in_builders_and_in_requests() {
    for error in
        [Name::builder().country("USA").unwrap_err(), "CN=a,C=USA".parse::<Name>().unwrap_err()]
    {
        assert_eq!(error.to_string(), "malformed name, attribute C: 3 characters; at most 2");
    }
    for_each_family(|ladder| {
        for (country, good) in [(&b"US"[..], true), (b"USA", false), (b"U1", false), (b"U", false)]
        {
            let subject =
                craft::name(&[("2.5.4.6", 0x13, country), ("2.5.4.3", 0x0c, b"a.internal")]);
            let names = craft::alt_names(&[(DNS, b"a.internal")]);
            let asked =
                craft::extension_request(&[craft::extension(SUBJECT_ALT_NAME, false, &names)]);
            let request = craft::request(&subject, &[asked], &ladder.leaf_key());
            let request = CertificateRequest::from_der(&request).unwrap();
            let policy = internal().allow_subject_attribute(AttributeType::COUNTRY);
            match ladder.authority(policy).issue(&request) {
                Ok(_) => assert!(good, "{country:?}"),
                Err(error) => {
                    let [reason] = error.reasons() else { panic!("{error}") };
                    assert_eq!((good, reason.rule), (false, Rule::NameMalformed), "{error}");
                }
            }
        }
    });
}

/// cfssl: an IP address in a DNS name, and addresses that the list of names does not cover.
#[test]
fn an_address_is_an_ip_address_name_and_needs_a_rule_of_its_own() {
    assert_eq!("10.0.0.7".parse::<AltName>().unwrap(), AltName::Ip([10, 0, 0, 7].into()));
    for_each_family(|ladder| {
        let request = ladder.request(&["db.internal", "10.0.0.7", "2001:db8::7"]);
        let denied = |policy: Policy| -> Vec<String> {
            policy.review(&request).denied().map(|reason| reason.given.clone()).collect()
        };
        assert_eq!(denied(internal()), ["IP:10.0.0.7", "IP:2001:db8::7"]);
        let range = internal().allow_ip("10.0.0.0/8").unwrap();
        assert_eq!(denied(range.clone()), ["IP:2001:db8::7"], "another family");
        let policy = range.allow_ip("2001:db8::/32").unwrap();
        let chain = ladder.authority(policy).issue(&request).unwrap().into_chain();
        let names = craft::children(&san(chain.leaf()));
        assert_eq!(names[1], [0x87, 4, 10, 0, 0, 7]);
        assert_eq!(names[2][..2], [0x87, 16]);
    });
}

/// Wildcards and common names that pass a rule which was meant for hosts.
#[test]
fn no_wildcard_and_no_common_name_passes_a_rule_for_hosts() {
    for_each_family(|ladder| {
        let policy = Policy::new(Profile::tls_server())
            .allow_dns("www.example.com")
            .unwrap()
            .allow_dns(".internal")
            .unwrap()
            .allow_name(AltName::dns("*.shop.example").unwrap());
        for (name, good) in [
            ("www.example.com", true),
            ("a.internal", true),
            ("*.shop.example", true),
            ("*.example.com", false),
            ("example.com", false),
            ("a.www.example.com", false),
            ("*.a.internal", false),
            ("internal", false),
            ("xinternal", false),
            ("a.shop.example", false),
            ("a.internal.evil.com", false),
        ] {
            let review = policy.review(&ladder.request(&[name]));
            assert_eq!(review.approve().is_ok(), good, "{review}");
        }
        let builder = CertificateRequest::builder("CN=evil.com".parse().unwrap());
        let alt_name = AltName::dns("a.internal").unwrap();
        let request = builder.alt_name(alt_name).sign(&ladder.leaf_key()).unwrap();
        let error = policy.review(&request).approve().unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::SubjectNotAllowed, "{error}");
    });
}

/// istio, juju: notBefore is now, and clients whose clock is behind refuse the certificate. rcgen:
/// valid from 1975 to 4096 by default.
#[test]
fn the_period_is_90_days_from_the_given_clock_and_the_backdate_is_cut_at_the_issuer() {
    for_each_family(|ladder| {
        let valid = |policy, now| {
            let authority = ladder.authority(policy).with_clock(FixedClock(now));
            let chain = authority.issue(&ladder.request(&["db.internal"])).unwrap().into_chain();
            *chain.leaf().validity()
        };
        let usual = period("2026-06-01T00:00:00Z", "2026-08-30T00:00:00Z");
        assert_eq!(valid(internal(), now()), usual);
        let backdated = internal().with_backdate(Lifetime::hours(1));
        let usual = period("2026-05-31T23:00:00Z", "2026-08-30T00:00:00Z");
        assert_eq!(valid(backdated.clone(), now()), usual);
        // The intermediate began ten minutes ago.
        let early = valid(backdated, time("2026-01-02T00:10:00Z"));
        assert_eq!(early, period("2026-01-02T00:00:00Z", "2026-04-02T00:10:00Z"));
        let endless = internal().with_backdate(Lifetime::seconds(u64::MAX));
        assert_eq!(valid(endless, now()).not_before(), time("2026-01-02T00:00:00Z"));
    });
}

/// Vault, step-ca: a leaf that outlives its CA.
#[test]
fn a_leaf_that_outlives_its_issuer_is_refused_by_default() {
    for_each_family(|ladder| {
        let clock = FixedClock(time("2030-12-31T00:00:00Z"));
        let authority = ladder.authority(internal()).with_clock(clock);
        let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
        let [reason] = error.reasons() else { panic!("{error}") };
        assert_eq!(reason.rule, Rule::OutlivesIssuer);
        assert_eq!(reason.allowed, "until 2031-01-01T00:00:00Z, the issuer's end");
    });
}

/// Half the field: the type of a time changes between 2049 and 2050.
#[test]
fn utc_time_ends_with_2049_and_generalized_time_begins_with_2050() {
    for_each_family(|ladder| {
        let from = "2026-01-02T00:00:00Z";
        for (to, last, tag) in [
            ("2049-12-31T23:59:59Z", &b"491231235959Z"[..], 0x17),
            ("2050-01-01T00:00:00Z", b"20500101000000Z", 0x18),
            ("9999-12-31T23:59:59Z", b"99991231235959Z", 0x18),
        ] {
            let (name, profile) = ("CN=Long".parse().unwrap(), Profile::root());
            let (key, serial) = (ladder.root_key(), craft::serial(1));
            let root =
                certwright::Issuer::self_signed_at(name, profile, key, serial, period(from, to));
            let certificate = root.unwrap().certificate().clone();
            let times = craft::children(&Draft::of(&certificate).fields[VALIDITY]);
            assert_eq!(times, [craft::tlv(0x17, &[b"260102000000Z"]), craft::tlv(tag, &[last])]);
            if common::judge("openssl") {
                let folder = common::folder();
                common::write(&folder, "root.pem", certificate.to_pem());
                let arguments = ["x509", "-in", "root.pem", "-noout", "-enddate"];
                let answer = common::openssl(folder.path(), &arguments).expect_success();
                assert!(answer.text().contains(&format!("{} GMT", &to[..4])), "{}", answer.text());
            }
        }
    });
}

/// x509-cert: types chosen through turbofish, so that one function cannot serve all keys.
#[test]
fn one_function_serves_every_algorithm_and_every_kind_of_signer() {
    fn subject_of(signer: Box<dyn Signer>) -> Result<String, Error> {
        let request = CertificateRequest::builder("CN=a".parse()?).sign(&signer)?;
        Ok(request.subject().to_string())
    }
    for name in ["P-256", "RSA-2048", "SM2"] {
        let algorithm: KeyAlgorithm = name.parse().unwrap();
        if common::is_built(algorithm.family()) {
            assert_eq!(subject_of(Box::new(craft::key(algorithm, 0))).unwrap(), "CN=a");
        }
    }
}

fn for_each_family(test: impl Fn(&Ladder)) {
    common::families().into_iter().for_each(|algorithm| test(&Ladder::new(algorithm)));
}

/// A request without a subject that asks for these extensions.
fn ask(ladder: &Ladder, extensions: &[(&str, &[u8])]) -> CertificateRequest {
    let extensions: Vec<Vec<u8>> =
        extensions.iter().map(|(id, value)| craft::extension(id, false, value)).collect();
    let attributes = [craft::extension_request(&extensions)];
    let der = craft::request(&craft::name(&[]), &attributes, &ladder.leaf_key());
    CertificateRequest::from_der(&der).unwrap()
}

fn san(certificate: &Certificate) -> Vec<u8> {
    let mut extensions = certificate.extensions().iter();
    extensions
        .find(|extension| extension.oid.to_string() == SUBJECT_ALT_NAME)
        .unwrap()
        .value
        .clone()
}
