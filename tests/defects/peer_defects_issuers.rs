//! Defects that were seen in other engines, in how they treat issuers: one test each.

use certwright::error::{ChainRule, Rule};
use certwright::name::{NameConstraints, Subtree};
use certwright::policy::RootLeaves;
use certwright::profile::{ExtendedKeyUsage, KeyUsage};
use certwright::time::FixedClock;
use certwright::{
    Authority, Certificate, CertificateRequest, Error, Issuer, KeyAlgorithm, MemoryStore, Policy,
    Profile,
};

use crate::common;
use crate::craft::{
    self, BASIC_CONSTRAINTS, Draft, ISSUER, Ladder, SUBJECT, SUBJECT_KEY_IDENTIFIER, internal, now,
};

/// rcgen, pyca, Go before 1.15: the issuer's name is encoded again, and the chain breaks.
#[test]
fn the_issuers_name_is_pasted_byte_for_byte() {
    let (utf8, printable, teletex, bmp, visible) = (0x0c, 0x13, 0x14, 0x1e, 0x1a);
    let pair = |id: &str, tag: u8, text: &[u8]| {
        craft::tlv(craft::SEQUENCE, &[&craft::oid(id), &craft::tlv(tag, &[text])])
    };
    // Repeated units, a relative name of two attributes, string types that nobody would choose, a
    // country that breaks its bound, and a type without a name.
    let relative = [
        pair("2.5.4.6", utf8, b"USA"),
        pair("2.5.4.10", teletex, b"\xd6sterreich"),
        pair("2.5.4.11", printable, b"One"),
        pair("2.5.4.11", bmp, &[0, b'T', 0, b'w', 0x4e, 0x2d]),
        pair("2.5.4.11", printable, b"One"),
        [pair("2.5.4.3", utf8, b"CA"), pair("2.5.4.5", printable, b"7")].concat(),
        pair("1.2.3.4", visible, b"x"),
    ];
    let name = craft::sequence(&relative.map(|set| craft::tlv(craft::SET, &[&set])));
    for_each_family(|ladder| {
        let ca = Draft::of(ladder.ca.certificate()).field(SUBJECT, name.clone());
        let leaf = leaf_under(ladder, ca.sign(&ladder.root_key()));
        assert_eq!(Draft::of(&leaf).fields[ISSUER], name);
    });
}

/// A name has to be pasted, not understood.
#[test]
fn a_name_with_a_string_type_of_old_is_read() {
    let (universal, general, graphic) = (0x1c, 0x1b, 0x19);
    for_each_family(|ladder| {
        for tag in [universal, general, graphic] {
            let name = craft::name(&[("2.5.4.3", tag, &[0, 0, 0, b'x'])]);
            let ca = Draft::of(ladder.ca.certificate()).field(SUBJECT, name.clone());
            let ca = Certificate::from_der(&ca.sign_der(&ladder.root_key())).unwrap();
            assert_eq!(Draft::of(&leaf_under(ladder, ca)).fields[ISSUER], name);
        }
    });
}

/// The same with names that OpenSSL writes, and with OpenSSL as the judge of the chain.
#[test]
fn a_chain_below_openssls_odd_names_holds() {
    if !common::judge("openssl") {
        return;
    }
    let masks = [("0x4", 0x14), ("0x800", 0x1e), ("0x2000", 0x0c)];
    for_each_family(|ladder| {
        for (mask, tag) in masks {
            let folder = common::folder();
            let config = format!(
                "[req]\nprompt=no\nutf8=yes\nstring_mask=MASK:{mask}\ndistinguished_name=n\n\
                 x509_extensions=x\n[n]\nC=DE\n0.O=\u{d6}sterreich\n1.O=Example\n0.OU=One\n1.OU=One\n\
                 CN=Odd\n+serialNumber=7\n[x]\nbasicConstraints=critical,CA:TRUE\n\
                 keyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n"
            );
            common::write(&folder, "odd.cnf", config);
            common::write(&folder, "key.pem", ladder.ca_key().to_pkcs8_pem().unwrap().as_str());
            let mut arguments = vec!["req", "-x509", "-new", "-key", "key.pem", "-config"];
            arguments.extend(["odd.cnf", "-days", "365"]);
            if ladder.algorithm == KeyAlgorithm::Sm2 {
                arguments.extend(["-sm3", "-sigopt", common::SM2_ID]);
            }
            let pem = common::openssl(folder.path(), &arguments).expect_success().text();
            let ca = Certificate::from_pem(&pem).unwrap();
            let subject = Draft::of(&ca).fields[SUBJECT].clone();
            let organization =
                &craft::children(&craft::children(&craft::children(&subject)[1])[0])[1];
            assert_eq!(organization[0], tag, "the string type that was asked for");

            let leaf = leaf_under(ladder, ca.clone());
            assert_eq!(Draft::of(&leaf).fields[ISSUER], subject);
            common::write(&folder, "ca.pem", pem);
            common::write(&folder, "leaf.pem", leaf.to_pem());
            let mut arguments =
                vec!["verify", "-x509_strict", "-partial_chain", "-trusted", "ca.pem"];
            if ladder.algorithm == KeyAlgorithm::Sm2 {
                arguments.extend(["-vfyopt", common::SM2_ID]);
            }
            arguments.push("leaf.pem");
            common::openssl(folder.path(), &arguments).expect_success();
        }
    });
}

/// x509-cert: the authority key identifier is SHA-1 of the issuer's key, whatever the issuer's own.
#[test]
fn the_authority_key_identifier_is_the_issuers_own_whatever_its_bytes() {
    for_each_family(|ladder| {
        for identifier in
            [&b"x"[..], b"any bytes at all, as long as somebody liked them to be", &[0; 20]]
        {
            let ca = Draft::of(ladder.ca.certificate());
            let bytes = craft::tlv(craft::OCTET_STRING, &[identifier]);
            let ca = ca.set(SUBJECT_KEY_IDENTIFIER, false, &bytes).sign(&ladder.root_key());
            let leaf = leaf_under(ladder, ca);
            assert_eq!(leaf.authority_key_identifier(), Some(identifier));
        }
        let hash = ladder.ca.certificate().subject_key_identifier();
        let leaf = leaf_under(ladder, ladder.ca.certificate().clone());
        assert_eq!(leaf.authority_key_identifier(), hash);
        // An issuer without one gets a value that follows from its key.
        let bare = Draft::of(ladder.ca.certificate()).without(SUBJECT_KEY_IDENTIFIER);
        let leaf = leaf_under(ladder, bare.sign(&ladder.root_key()));
        assert_eq!(leaf.authority_key_identifier().map(<[u8]>::len), Some(20));
    });
}

/// rcgen: whoever has a key may issue.
#[test]
fn a_certificate_that_is_no_ca_makes_no_issuer() {
    for_each_family(|ladder| {
        let leaf = leaf_under(ladder, ladder.ca.certificate().clone());
        let error = Issuer::load(vec![leaf], ladder.leaf_key()).unwrap_err();
        let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
        assert_eq!(rules, [Rule::IssuerNotCa, Rule::IssuerKeyUsage], "{error}");
        let (name, key) = ("CN=Root".parse().unwrap(), ladder.root_key());
        let error = Issuer::self_signed(name, Profile::tls_server(), key).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::IssuerNotCa, "{error}");
        // Usages of a CA in a profile of an end entity are left out.
        let ours = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN | KeyUsage::DIGITAL_SIGNATURE;
        let custom = Profile::custom(ours, []).key_usage(ladder.algorithm.family());
        assert_eq!(custom, KeyUsage::DIGITAL_SIGNATURE);
    });
}

/// x509-cert: signs with any key, whether it is the issuer's or not.
#[test]
fn a_key_that_is_not_the_issuers_makes_no_issuer() {
    for_each_family(|ladder| {
        let ca = vec![ladder.ca.certificate().clone()];
        Issuer::load(ca.clone(), ladder.ca_key()).unwrap();
        let error = Issuer::load(ca, ladder.root_key()).unwrap_err();
        assert!(matches!(error, Error::NotAnIssuer(_)), "{error}");
        assert_eq!(error.reasons()[0].rule, Rule::IssuerKeyMismatch);
        // Nor do certificates that do not hang together.
        let strangers = vec![ladder.ca.certificate().clone(), ladder.ca.certificate().clone()];
        let error = Issuer::load(strangers, ladder.ca_key()).unwrap_err();
        let Error::Chain(chain) = &error else { panic!("{error}") };
        assert_eq!((chain.link, chain.rule), (0, ChainRule::Names));
    });
}

/// The same mistake one step later: what one issuer prepared is signed by another.
#[test]
fn what_one_issuer_prepared_is_not_signed_by_another() {
    for_each_family(|ladder| {
        let policy = internal().with_root_leaves(RootLeaves::Allow);
        let grant = policy.review(&ladder.request(&["db.internal"])).approve().unwrap();
        let prepare = || ladder.ca.prepare(&grant, craft::serial(9), now()).unwrap();
        ladder.ca.sign(prepare()).unwrap();
        if let Ok(certificate) = ladder.root.sign(prepare()) {
            panic!("by the root, in the name of {}", certificate.issuer());
        }
        let bytes = prepare().to_be_signed().to_vec();
        let signature = certwright::Signer::sign(&ladder.root_key(), &bytes).unwrap();
        assert!(ladder.root.attach(prepare(), &signature).is_err());
    });
}

/// RFC 5280 section 4.1.2.6: a CA has a name.
#[test]
fn a_ca_without_a_subject_is_refused_even_with_alternative_names() {
    for_each_family(|ladder| {
        let (profile, key) = (Profile::intermediate(0), craft::key(ladder.algorithm, 3));
        let empty = || "".parse().unwrap();
        let error = ladder.root.delegate(empty(), profile.clone(), key.clone()).unwrap_err();
        assert!(error.reasons().iter().any(|r| r.rule == Rule::EmptySubject), "{error}");
        let request = CertificateRequest::builder(empty());
        let request = request.alt_name("ca.internal".parse().unwrap()).sign(&key).unwrap();
        let policy = Policy::new(profile).allow_dns(".internal").unwrap();
        let grant = policy.review(&request).approve().unwrap();
        let error = ladder.root.prepare(&grant, craft::serial(9), now()).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::EmptySubject, "{error}");
    });
}

/// rcgen: an exceeded pathLenConstraint.
#[test]
fn no_ca_is_made_below_a_path_length_that_is_used_up_anywhere_above() {
    for_each_family(|ladder| {
        let lower = |issuer: &Issuer, profile| {
            let (name, key) = ("CN=Lower".parse().unwrap(), craft::key(ladder.algorithm, 3));
            let validity = *ladder.ca.certificate().validity();
            issuer.delegate_at(name, profile, key, craft::serial(5), validity)
        };
        let roomy = Ladder::below(&ladder.root, Profile::intermediate(1), ladder.ca_key());
        lower(&roomy, Profile::intermediate(0)).unwrap();
        for (issuer, profile) in [
            (&ladder.ca, Profile::intermediate(0)),
            (&roomy, Profile::intermediate(1)),
            (&roomy, Profile::root()),
        ] {
            let error = lower(issuer, profile).unwrap_err();
            assert_eq!(error.reasons()[0].rule, Rule::PathLength, "{error}");
        }
        // The intermediate does not limit, the root above it does.
        let below = |length: u8| {
            let limit = [0x30, 6, 1, 1, 0xff, 2, 1, length];
            let root = Draft::of(ladder.root.certificate()).set(BASIC_CONSTRAINTS, true, &limit);
            let ca = Draft::of(ladder.ca.certificate());
            let ca = ca.set(BASIC_CONSTRAINTS, true, &[0x30, 3, 1, 1, 0xff]);
            vec![ca.sign(&ladder.root_key()), root.sign(&ladder.root_key())]
        };
        let delegate = |length| {
            let ca = Issuer::load(below(length), ladder.ca_key())?;
            lower(&ca, Profile::intermediate(0))
        };
        delegate(2).unwrap();
        let issue = |length| {
            let ca = Issuer::load(below(length), ladder.ca_key())?;
            let grant = internal().review(&ladder.request(&["db.internal"])).approve()?;
            ca.prepare(&grant, craft::serial(9), now())
        };
        issue(1).unwrap();
        for error in [delegate(1).unwrap_err(), delegate(0).unwrap_err(), issue(0).unwrap_err()] {
            assert!(error.reasons().iter().any(|r| r.rule == Rule::PathLength), "{error}");
        }
    });
}

/// Every verifier nests extended key usages; an issuer that looks at its own alone issues in vain.
#[test]
fn extended_key_usages_of_every_certificate_above_bind() {
    for_each_family(|ladder| {
        let client = craft::sequence(&[craft::oid("1.3.6.1.5.5.7.3.2")]);
        let root = Draft::of(ladder.root.certificate()).set("2.5.29.37", false, &client);
        let chain = vec![ladder.ca.certificate().clone(), root.sign(&ladder.root_key())];
        let ca = Issuer::load(chain, ladder.ca_key()).unwrap();
        let authority = Authority::new(ca, internal(), MemoryStore::default());
        let authority = authority.with_clock(FixedClock(now()));
        let error = authority.issue(&ladder.request(&["db.internal"])).unwrap_err();
        assert_eq!(error.reasons()[0].rule, Rule::IssuerExtendedKeyUsage, "{error}");
        assert_eq!(error.reasons()[0].given, ExtendedKeyUsage::SERVER_AUTH.to_string());
    });
}

/// Constraints that cannot be written must not be left out in silence.
#[test]
fn name_constraints_are_written_whole_or_refused_before_anything_is_signed() {
    for_each_family(|ladder| {
        let dns = Subtree::Dns("internal".to_owned());
        let make = |permitted: Vec<Subtree>| {
            let constraints = NameConstraints { permitted, excluded: vec![] };
            let profile = Profile::root().with_name_constraints(constraints);
            Issuer::self_signed("CN=Root".parse().unwrap(), profile, ladder.root_key())
        };
        make(vec![dns.clone()]).unwrap();
        let error = make(vec![Subtree::Other { tag: 0 }, dns]).unwrap_err();
        assert!(matches!(error, Error::Denied(_)), "{error}");
        assert_eq!(error.reasons()[0].given, "a subtree of name type [0]");
        // Constraints without a subtree limit nothing.
        assert_eq!(make(vec![]).unwrap().certificate().name_constraints(), None);
    });
}

fn for_each_family(test: impl Fn(&Ladder)) {
    common::families().into_iter().for_each(|algorithm| test(&Ladder::new(algorithm)));
}

/// A leaf under this certificate of the intermediate's key, at the beginning of its validity.
fn leaf_under(ladder: &Ladder, ca: Certificate) -> Certificate {
    let now = ca.validity().not_before();
    let issuer = Issuer::load(vec![ca], ladder.ca_key()).unwrap();
    let policy = internal().with_root_leaves(RootLeaves::Allow);
    let grant = policy.review(&ladder.request(&["db.internal"])).approve().unwrap();
    issuer.sign(issuer.prepare(&grant, craft::serial(9), now).unwrap()).unwrap()
}
