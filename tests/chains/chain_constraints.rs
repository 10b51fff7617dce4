//! Name constraints: ours and OpenSSL's, judged by both.

use std::slice::from_ref;

use certwright::error::{ChainRule, Rule};
use certwright::name::{GeneralSubtree, NameConstraints};
use certwright::policy::RootLeaves;
use certwright::profile::KeyIdentifierMethod;
use certwright::{Certificate, Issuer, KeyAlgorithm, Policy, Profile};

use crate::common;
use crate::craft::{self, Draft, Ladder, NAME_CONSTRAINTS, SUBJECT, SUBJECT_ALT_NAME, now, serial};
use crate::question::Question;

#[test]
fn a_name_outside_every_permitted_subtree_is_refused() {
    let permitted = constraints(&[dns("b.internal"), ip("10.0.0.0/8")], &[]);
    judge(&permitted, &["a.b.internal", "10.0.0.7"], None);
    judge(&permitted, &["b.internal", "*.b.internal"], None);
    let refused = "DNS:a.c.internal; allowed names within the permitted DNS:b.internal";
    judge(&permitted, &["a.b.internal", "a.c.internal"], Some(refused));
    judge(&permitted, &["xb.internal"], Some("DNS:xb.internal"));
    judge(&permitted, &["b.internal", "11.0.0.7"], Some("IP:11.0.0.7; allowed"));
    judge(&permitted, &["b.internal", "::a00:7"], Some("within the permitted IP:10.0.0.0/8"));
    // Where no subtree of a type is permitted, that type is free.
    judge(&constraints(&[ip("10.0.0.0/8")], &[]), &["anything.example"], None);
}

#[test]
fn a_name_inside_an_excluded_subtree_is_refused_even_where_it_is_permitted() {
    let excluded = constraints(&[dns("internal")], &[dns("secret.internal"), ip("10.0.0.0/24")]);
    judge(&excluded, &["a.internal", "10.0.1.7"], None);
    let refused = "DNS:a.secret.internal; allowed names outside the excluded DNS:secret.internal";
    judge(&excluded, &["a.secret.internal"], Some(refused));
    judge(&excluded, &["secret.internal"], Some("outside the excluded"));
    judge(&excluded, &["a.internal", "10.0.0.7"], Some("IP:10.0.0.7"));
}

#[test]
fn a_wildcard_that_could_stand_for_an_excluded_name_is_refused() {
    let excluded = constraints(&[], &[dns("secret.a.internal")]);
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, &excluded);
        let leaf = issue(&ladder, &["*.a.internal"], "CN=leaf");
        // OpenSSL compares the text and lets it pass.
        let question = chain(&ladder, &leaf, &ca);
        question.refused_by_us(0, ChainRule::NameConstraints, "DNS:*.a.internal");
    }
}

/// A common name counts as a host where no alternative name says which (as OpenSSL has it).
#[test]
fn a_common_name_that_reads_as_a_host_is_held_against_the_constraints() {
    let permitted = constraints(&[dns("b.internal")], &[]);
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, &permitted);
        let named = Draft::of(&issue(&ladder, &["a.b.internal"], "CN=leaf"));
        let leaf = |draft: &Draft, common_name: &[u8]| {
            let subject = craft::name(&[("2.5.4.3", 0x0c, common_name)]);
            draft.clone().field(SUBJECT, subject).sign(&ladder.ca_key())
        };
        let nameless = named.clone().without(SUBJECT_ALT_NAME);
        let detail = "common name of CN=bank.example; allowed names within the permitted";
        let question = chain(&ladder, &leaf(&nameless, b"bank.example"), &ca);
        question.refused(0, ChainRule::NameConstraints, detail);
        for good in [&b"a.b.internal"[..], b"Payments service", b"alice"] {
            chain(&ladder, &leaf(&nameless, good), &ca).accepted();
        }
        // Addresses, and what nobody can place, are only ours to refuse.
        let question = chain(&ladder, &leaf(&nameless, b"*.com"), &ca);
        question.refused_by_us(0, ChainRule::NameConstraints, "held against the constraints");
        chain(&ladder, &leaf(&named, b"bank.example"), &ca).accepted();
        let client = craft::sequence(&[craft::oid("1.3.6.1.5.5.7.3.2")]);
        let client = nameless.set("2.5.29.37", false, &client);
        chain(&ladder, &leaf(&client, b"bank.example"), &ca).accepted_by_us();
    }
}

#[test]
fn a_subject_outside_the_permitted_directory_is_refused() {
    let directory = GeneralSubtree::Directory("O=Example,C=DE".parse().unwrap());
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, &constraints(from_ref(&directory), &[]));
        let leaf = |subject| issue(&ladder, &["a.internal"], subject);
        chain(&ladder, &leaf("CN=a,O=Example,C=DE"), &ca).accepted();
        for subject in ["CN=a,O=Other,C=DE", "CN=a,C=DE,O=Example", "CN=a"] {
            let detail = format!("subject {subject}; allowed names within the permitted");
            let question = chain(&ladder, &leaf(subject), &ca);
            question.refused(0, ChainRule::NameConstraints, &detail);
        }
        let (ladder, ca) = constrained(algorithm, &constraints(&[], from_ref(&directory)));
        chain(&ladder, &issue(&ladder, &["a.internal"], "CN=a,O=Other,C=DE"), &ca).accepted();
        let inside = issue(&ladder, &["a.internal"], "CN=a,O=Example,C=DE");
        chain(&ladder, &inside, &ca).refused(0, ChainRule::NameConstraints, "outside the excluded");
    }
}

/// RFC 5280 section 7.1: names are compared without regard to case, blanks and string type.
#[test]
fn an_excluded_directory_is_excluded_in_every_spelling() {
    let directory = GeneralSubtree::Directory("O=Example Org,C=DE".parse().unwrap());
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, &constraints(&[], from_ref(&directory)));
        let leaf = Draft::of(&issue(&ladder, &["a.internal"], "CN=leaf"));
        let spelled = |tag, organization: &[u8]| {
            let country = ("2.5.4.6", 0x13, &b"DE"[..]);
            let subject = craft::name(&[country, ("2.5.4.10", tag, organization)]);
            chain(&ladder, &leaf.clone().field(SUBJECT, subject).sign(&ladder.ca_key()), &ca)
        };
        spelled(0x0c, b"Example Other").accepted();
        let (utf8, printable, teletex) = (0x0c, 0x13, 0x14);
        for (tag, organization) in [
            (utf8, &b"Example Org"[..]),
            (printable, b"Example Org"),
            (teletex, b"Example Org"),
            (utf8, b"EXAMPLE ORG"),
            (utf8, b" Example  Org "),
        ] {
            let question = spelled(tag, organization);
            question.refused(0, ChainRule::NameConstraints, "outside the excluded");
        }
    }
}

#[test]
fn an_e_mail_address_in_the_subject_counts_as_a_name() {
    let permitted = constraints(&[GeneralSubtree::Email("example.com".to_owned())], &[]);
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, &permitted);
        let leaf = |subject| issue(&ladder, &["a.internal"], subject);
        chain(&ladder, &leaf("emailAddress=a@example.com,CN=a"), &ca).accepted();
        let question = chain(&ladder, &leaf("emailAddress=a@example.org,CN=a"), &ca);
        question.refused(0, ChainRule::NameConstraints, "email:example.com");
    }
}

#[test]
fn the_constraints_of_every_issuer_above_bind_also_the_intermediates() {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let leaf = issue(&ladder, &["a.internal"], "CN=leaf");
        let root = |constraints: &NameConstraints| {
            let profile = Profile::root().with_name_constraints(constraints.clone());
            let (name, validity) =
                ("CN=Root".parse().unwrap(), *ladder.ca.certificate().validity());
            Issuer::self_signed_at(name, profile, ladder.root_key(), serial(1), validity).unwrap()
        };
        let question = |constraints: &NameConstraints| {
            let (ca, root) = (ladder.ca.certificate().clone(), root(constraints));
            Question::new(vec![leaf.clone(), ca, root.certificate().clone()])
        };
        question(&constraints(&[dns("internal")], &[])).accepted();
        let refused = question(&constraints(&[dns("example")], &[]));
        refused.refused(0, ChainRule::NameConstraints, "DNS:a.internal");
        let directory = GeneralSubtree::Directory("CN=leaf".parse().unwrap());
        let refused = question(&constraints(&[directory], &[]));
        refused.refused(1, ChainRule::NameConstraints, "subject CN=CA");
    }
}

#[test]
fn a_name_of_a_type_that_is_not_understood_is_refused_where_it_is_constrained() {
    // otherName { 1.2.3.4, [0] NULL }
    let other = [craft::oid("1.2.3.4"), craft::tlv(0xa0, &[&[5, 0]])].concat();
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let names = craft::alt_names(&[(0x82, b"a.internal"), (0xa0, &other)]);
        let leaf = Draft::of(&issue(&ladder, &["a.internal"], "CN=leaf"))
            .set(SUBJECT_ALT_NAME, false, &names)
            .sign(&ladder.ca_key());
        let ca = |subtree: Vec<u8>| {
            let value = craft::sequence(&[craft::tlv(0xa0, &[&craft::sequence(&[subtree])])]);
            let ca = Draft::of(ladder.ca.certificate()).set(NAME_CONSTRAINTS, true, &value);
            ca.sign(&ladder.root_key())
        };
        let dns_only = ca(craft::tlv(0x82, &[b"internal"]));
        chain(&ladder, &leaf, &dns_only).accepted();
        let other_too = ca(craft::tlv(0xa0, &[&other]));
        let question = chain(&ladder, &leaf, &other_too);
        question.refused_by_us(
            0,
            ChainRule::NameConstraints,
            "otherName:1.2.3.4:#0500; allowed names within the permitted otherName of 1.2.3.4, for which",
        );
        // What is not a DNS name at all cannot be shown to lie inside.
        let text = craft::alt_names(&[(0x82, b"a b.internal")]);
        let leaf = Draft::of(&leaf).set(SUBJECT_ALT_NAME, false, &text).sign(&ladder.ca_key());
        let question = chain(&ladder, &leaf, &dns_only);
        question.refused_by_us(0, ChainRule::NameConstraints, "DNS:a b.internal");
    }
}

#[test]
fn constraints_that_openssl_writes_mean_the_same_to_us() {
    if !common::judge("openssl") {
        return;
    }
    let config = "permitted;DNS:.example.org, permitted;DNS:example.com, permitted;IP:10.0.0.0/\
                  255.0.0.0, excluded;DNS:secret.example.com, excluded;IP:10.9.0.0/255.255.0.0";
    // OpenSSL's constraint with a leading dot holds names below, as ours does.
    let cases: [(&[&str], Option<&str>); 7] = [
        (&["a.example.org", "example.com", "10.1.0.7"], None),
        (&["a.b.example.com"], None),
        (&["example.org"], Some("DNS:example.org")),
        (&["a.example.net"], Some("DNS:a.example.net")),
        (&["x.secret.example.com"], Some("outside the excluded DNS:secret.example.com")),
        (&["example.com", "10.9.1.1"], Some("outside the excluded IP:10.9.0.0/16")),
        (&["example.com", "192.168.0.1"], Some("within the permitted IP:10.0.0.0/8")),
    ];
    for algorithm in common::families() {
        let (root, twin) = openssl_root(algorithm, config);
        let at = root.validity().not_before();
        for (names, refused) in cases {
            let policy = open().with_subject("CN=leaf".parse().unwrap());
            let grant = policy.review(&Ladder::new(algorithm).request(names)).approve().unwrap();
            let leaf = twin.sign(twin.prepare(&grant, serial(9), at).unwrap()).unwrap();
            let question = Question::new(vec![leaf, root.clone()]).at(at);
            match refused {
                None => question.accepted(),
                Some(detail) => question.refused(0, ChainRule::NameConstraints, detail),
            }
            // The issuer refuses what the verifiers would.
            let issuer = Issuer::load(vec![root.clone()], craft::key(algorithm, 5)).unwrap();
            let reasons = issuer.objections(&grant, at);
            assert_eq!(reasons.len(), usize::from(refused.is_some()), "{names:?}: {reasons:?}");
            assert!(reasons.iter().all(|reason| reason.rule == Rule::NameConstraints));
        }
    }
}

/// Leaves for these names, below our constrained intermediate.
fn judge(constraints: &NameConstraints, names: &[&str], refused: Option<&str>) {
    for algorithm in common::families() {
        let (ladder, ca) = constrained(algorithm, constraints);
        let question = chain(&ladder, &issue(&ladder, names, "CN=leaf"), &ca);
        match refused {
            None => question.accepted(),
            Some(detail) => question.refused(0, ChainRule::NameConstraints, detail),
        }
    }
}

/// The ladder, and another certificate of its intermediate: same name, same key, constrained.
fn constrained(algorithm: KeyAlgorithm, constraints: &NameConstraints) -> (Ladder, Certificate) {
    let ladder = Ladder::new(algorithm);
    let profile = Profile::intermediate(0).with_name_constraints(constraints.clone());
    let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
    assert_eq!(ca.certificate().name_constraints(), Some(constraints), "written and read");
    let certificate = ca.certificate().clone();
    (ladder, certificate)
}

/// A leaf that the unconstrained intermediate issues.
fn issue(ladder: &Ladder, names: &[&str], subject: &str) -> Certificate {
    let policy = open().with_subject(subject.parse().unwrap());
    let grant = policy.review(&ladder.request(names)).approve().unwrap();
    ladder.ca.sign(ladder.ca.prepare(&grant, serial(9), now()).unwrap()).unwrap()
}

/// A policy that leaves names to the constraints.
fn open() -> Policy {
    let tops = [".internal", ".example", ".com", ".org", ".net"];
    let policy =
        tops.iter().fold(Policy::new(Profile::tls_server()), |p, top| p.allow_dns(top).unwrap());
    let policy = policy.allow_ip("0.0.0.0/0").unwrap().allow_ip("::/0").unwrap();
    policy.allow_wildcards().with_root_leaves(RootLeaves::Allow)
}

/// A root of OpenSSL's for key 5, and its unconstrained twin of ours: same name, same key.
fn openssl_root(algorithm: KeyAlgorithm, constraints: &str) -> (Certificate, Issuer) {
    let folder = common::folder();
    let key = craft::key(algorithm, 5);
    common::write(&folder, "key.pem", key.to_pkcs8_pem().unwrap().as_str());
    let constraints = format!("nameConstraints=critical,{constraints}");
    let mut arguments = vec!["req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=Own"];
    arguments.extend(["-days", "3650", "-addext", "keyUsage=critical,keyCertSign"]);
    arguments.extend(["-addext", &constraints]);
    if algorithm == KeyAlgorithm::Sm2 {
        arguments.extend(["-sm3", "-sigopt", common::SM2_ID]);
    }
    let pem = common::openssl(folder.path(), &arguments).expect_success().text();
    let root = Certificate::from_pem(&pem).unwrap();
    let profile = Profile::root().with_key_identifier_method(KeyIdentifierMethod::Rfc5280Method1);
    let (name, validity) = ("CN=Own".parse().unwrap(), *root.validity());
    let twin = Issuer::self_signed_at(name, profile, key, serial(1), validity).unwrap();
    (root, twin)
}

fn chain(ladder: &Ladder, leaf: &Certificate, ca: &Certificate) -> Question {
    Question::new(vec![leaf.clone(), ca.clone(), ladder.root.certificate().clone()])
}

fn constraints(permitted: &[GeneralSubtree], excluded: &[GeneralSubtree]) -> NameConstraints {
    NameConstraints { permitted: permitted.to_vec(), excluded: excluded.to_vec() }
}

fn dns(base: &str) -> GeneralSubtree {
    GeneralSubtree::Dns(base.to_owned())
}

fn ip(range: &str) -> GeneralSubtree {
    GeneralSubtree::Ip(range.parse().unwrap())
}
