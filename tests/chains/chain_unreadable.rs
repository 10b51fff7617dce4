//! Names and subtrees that cannot be read, or that can be read in two ways: whatever they mean, they
//! permit nothing.

use certwright::error::{ChainRule, Rule};
use certwright::name::{GeneralSubtree, NameConstraints, Uri};
use certwright::{AltName, CertificateRequest, Chain, Issuer, Policy, Profile};

use crate::common;
use crate::craft::{
    self, Draft, Ladder, NAME_CONSTRAINTS, SUBJECT, SUBJECT_ALT_NAME, now, serial, tlv,
};
use crate::question::Question;

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

/// A name: its tag and its bytes.
type Written<'a> = (u8, &'a [u8]);

/// A chain whose CA has one subtree and whose leaf has one name.
struct Scene(Ladder);

impl Scene {
    /// Permitted (0xa0) or excluded (0xa1).
    fn chain(&self, list: u8, base: &[u8], name: (u8, &[u8])) -> Vec<certwright::Certificate> {
        let ladder = &self.0;
        let subtree = craft::sequence(&[base.to_vec()]);
        let value = craft::sequence(&[tlv(list, &[&subtree])]);
        let ca = Draft::of(ladder.ca.certificate()).set(NAME_CONSTRAINTS, true, &value);
        let names = craft::alt_names(&[name]);
        let request = ladder.request(&["a.internal"]);
        let policy = Policy::new(Profile::tls_server()).allow_dns(".internal").unwrap();
        let grant = policy.review(&request).approve().unwrap();
        let leaf = ladder.ca.sign(ladder.ca.prepare(&grant, serial(9), now()).unwrap()).unwrap();
        let leaf = Draft::of(&leaf)
            .set(SUBJECT_ALT_NAME, false, &names)
            .field(SUBJECT, craft::name(&[("2.5.4.6", 0x13, b"DE")]));
        let leaf = leaf.sign(&ladder.ca_key());
        vec![leaf, ca.sign(&ladder.root_key()), ladder.root.certificate().clone()]
    }

    #[track_caller]
    fn refused(&self, list: u8, base: &[u8], name: (u8, &[u8])) {
        let chain = self.chain(list, base, name);
        Question::new(chain).refused_by_us(0, ChainRule::NameConstraints, "allowed names");
    }

    #[track_caller]
    fn accepted(&self, list: u8, base: &[u8], name: (u8, &[u8])) {
        let chain = self.chain(list, base, name);
        let verifier = certwright::ChainVerifier::new([chain.last().unwrap().clone()], now());
        verifier.verify(&Chain::new(chain[0].clone(), chain[1..].to_vec()).unwrap()).unwrap();
    }
}

fn scenes() -> impl Iterator<Item = Scene> {
    common::families().into_iter().map(|algorithm| Scene(Ladder::new(algorithm)))
}

#[test]
fn an_unreadable_exclusion_excludes_every_name_of_its_type() {
    let names: [(u8, &[u8]); 4] = [
        (EMAIL, b"a@b.example"),
        (DNS, b"b.example"),
        (URI, b"https://b.example/"),
        (IP, &[10, 0, 0, 1]),
    ];
    let hosts: [&[u8]; 9] = [
        b".",
        b"..b.example",
        b"*.b.example",
        b"b.example.",
        b"b.example:443",
        b"https://b.example",
        b"10.0.0.1",
        b"b%2eexample",
        b"u@.b.example",
    ];
    for scene in scenes() {
        for base in hosts {
            for (tag, name) in [EMAIL, DNS, URI].into_iter().zip(&names) {
                scene.refused(0xa1, &tlv(tag, &[base]), *name);
                scene.refused(0xa0, &tlv(tag, &[base]), *name);
                // The other types are free.
                scene.accepted(0xa1, &tlv(tag, &[base]), names[3]);
            }
        }
        for base in [&[10, 0, 0, 0, 255, 0, 255, 0][..], &[10, 0, 0, 0], &[]] {
            for list in [0xa0, 0xa1] {
                scene.refused(list, &tlv(IP, &[base]), names[3]);
                scene.accepted(list, &tlv(IP, &[base]), names[1]);
            }
        }
        for tag in [EMAIL, URI] {
            let name = names[usize::from(tag == URI) * 2];
            scene.refused(0xa1, &tlv(tag, &[b""]), name);
            scene.refused(0xa0, &tlv(tag, &[b""]), name);
        }
        scene.refused(0xa1, &tlv(DNS, &[b""]), names[1]);
    }
}

#[test]
fn a_name_that_cannot_be_matched_is_refused_where_its_type_is_constrained() {
    let quoted = (EMAIL, &b"\"a b\"@b.example"[..]);
    let cases: [(&[u8], u8, Written<'_>); 9] = [
        (b"c.example", EMAIL, quoted),
        (b"c.example", EMAIL, (EMAIL, b"a@b.example.")),
        (b"c.example", EMAIL, (EMAIL, b"b.example")),
        (b"c.example", DNS, (DNS, b"b.example.")),
        (b"c.example", DNS, (DNS, b"")),
        (b"c.example", URI, (URI, b"https://b.example./")),
        (b"c.example", URI, (URI, b"https://b%2eexample/")),
        (b"c.example", URI, (URI, b"https://10.0.0.1/")),
        (b"c.example", URI, (URI, b"urn:x:y")),
    ];
    for scene in scenes() {
        for (base, tag, name) in cases {
            scene.refused(0xa1, &tlv(tag, &[base]), name);
            scene.refused(0xa0, &tlv(tag, &[base]), name);
        }
        // What a URI carries before and behind its host does not count, nor does case.
        for uri in
            [&b"https://u:p@B.example:443/x"[..], b"HTTPS://b.EXAMPLE", b"ftp://b.example?@c"]
        {
            scene.refused(0xa1, &tlv(URI, &[b"b.Example"]), (URI, uri));
            scene.accepted(0xa0, &tlv(URI, &[b"b.Example"]), (URI, uri));
        }
        scene.refused(0xa1, &tlv(EMAIL, &[b"Root@b.example"]), (EMAIL, b"root@B.example"));
    }
}

#[test]
fn forms_of_names_that_are_not_matched_fail_where_they_are_constrained() {
    let upn = [craft::oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xa0, &[&tlv(0x0c, &[b"a@b"])])].concat();
    let forms: [(u8, &[u8]); 4] =
        [(0xa0, &upn), (0xa3, &[0x30, 0]), (0xa5, &[0xa1, 3, 0x0c, 1, b'x']), (0x88, &[0x2a, 3])];
    for scene in scenes() {
        for (tag, value) in forms {
            for list in [0xa0, 0xa1] {
                scene.refused(list, &tlv(tag, &[value]), (tag, value));
                scene.accepted(list, &tlv(tag, &[value]), (DNS, b"b.example"));
            }
        }
    }
}

#[test]
fn directory_names_among_the_alternative_names_are_held_against_directory_subtrees() {
    let directory = |organization: &[u8]| {
        craft::name(&[("2.5.4.6", 0x13, b"DE"), ("2.5.4.10", 0x0c, organization)])
    };
    let base = tlv(DIRECTORY, &[&directory("Stra\u{df}e".as_bytes())]);
    for scene in scenes() {
        for same in ["Stra\u{df}e", "STRASSE", " stra\u{ad}sse", "\u{ff33}trasse"] {
            scene.refused(0xa1, &base, (DIRECTORY, &directory(same.as_bytes())));
        }
        scene.refused(0xa1, &base, (DIRECTORY, &directory(b"\xff")));
        scene.refused(0xa1, &base, (DIRECTORY, b"\x30\x03\x02\x01"));
        scene.accepted(0xa1, &base, (DIRECTORY, &directory(b"Other")));
        // The subject of the leaf is C=DE alone, so that it lies outside.
        scene.refused(0xa0, &base, (DIRECTORY, &directory(b"Stra\xc3\x9fe")));
        let country = tlv(DIRECTORY, &[&craft::name(&[("2.5.4.6", 0x13, b"de")])]);
        scene.accepted(0xa0, &country, (DIRECTORY, &directory(b"Other")));
    }
}

#[test]
fn a_mapped_address_does_not_pass_the_exclusion_of_its_ipv4_address() {
    let mapped = [&[0; 10][..], &[0xff, 0xff, 10, 0, 0, 1]].concat();
    let ten = tlv(IP, &[&[10, 0, 0, 0, 255, 0, 0, 0]]);
    for scene in scenes() {
        for list in [0xa0, 0xa1] {
            scene.refused(list, &ten, (IP, &mapped));
        }
        // Nor is it a name that the leaf covers, by whichever of its two spellings.
        let chain = scene.chain(0xa1, &tlv(DNS, &[b"c.example"]), (IP, &mapped));
        let chain = Chain::new(chain[0].clone(), chain[1..].to_vec()).unwrap();
        let root = scene.0.root.certificate().clone();
        let four = scene.chain(0xa1, &tlv(DNS, &[b"c.example"]), (IP, &[10, 0, 0, 1]));
        let four = Chain::new(four[0].clone(), four[1..].to_vec()).unwrap();
        for name in ["10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"] {
            let asked = AltName::Ip(name.parse().unwrap());
            let verifier = certwright::ChainVerifier::new([root.clone()], now()).with_name(asked);
            assert!(verifier.verify(&chain).is_err(), "{name}");
            verifier.verify(&four).unwrap();
        }
    }
}

#[test]
fn a_mapped_address_is_never_issued() {
    let mapped = || AltName::Ip("::ffff:10.0.0.1".parse().unwrap());
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        // Asked for by bytes: refused. Asked for by value, or set by the policy: the IPv4 address.
        let bytes = [&[0; 10][..], &[0xff, 0xff, 10, 0, 0, 1]].concat();
        let names = craft::extension(SUBJECT_ALT_NAME, false, &craft::alt_names(&[(IP, &bytes)]));
        let key = common::key(algorithm);
        let der = craft::request(
            &craft::name(&[("2.5.4.3", 0x0c, b"a")]),
            &[craft::extension_request(&[names])],
            &key,
        );
        let request = CertificateRequest::from_der(&der).unwrap();
        let open = || Policy::new(Profile::tls_server()).allow_ip("0.0.0.0/0").unwrap();
        let open = || open().allow_ip("::/0").unwrap().allow_dns(".internal").unwrap();
        let error = open().review(&request).approve().unwrap_err();
        assert!(error.reasons().iter().any(|r| r.rule == Rule::NameMalformed), "{error}");
        assert!(error.to_string().contains("write 10.0.0.1 in 4 bytes"), "{error}");

        let asked = CertificateRequest::builder("CN=a.internal".parse().unwrap());
        let asked = asked.alt_name(mapped()).alt_name("a.internal".parse().unwrap());
        let asked = asked.sign(&common::key(algorithm)).unwrap();
        let fixed = Policy::new(Profile::tls_server()).with_alt_names([mapped()]);
        let fixed = fixed.with_subject("CN=a".parse().unwrap());
        let issue = |issuer: &Issuer, policy: Policy| {
            let grant = policy.review(&asked).approve().unwrap();
            issuer.sign(issuer.prepare(&grant, serial(9), now())?)
        };
        for policy in [open(), fixed.clone()] {
            let leaf = issue(&ladder.ca, policy).unwrap();
            let four: AltName = "10.0.0.1".parse().unwrap();
            assert!(leaf.alt_names().iter().any(|name| name.check().unwrap() == four));
        }
        let excluded = vec![GeneralSubtree::Ip("10.0.0.0/8".parse().unwrap())];
        let constraints = NameConstraints { permitted: vec![], excluded };
        let profile = Profile::intermediate(0).with_name_constraints(constraints);
        let ca = Ladder::below(&ladder.root, profile, ladder.ca_key());
        for policy in [open(), fixed] {
            let error = issue(&ca, policy).unwrap_err();
            assert!(error.reasons().iter().any(|r| r.rule == Rule::NameConstraints), "{error}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_not_written_into_constraints() {
    let Some(algorithm) = common::families().first().copied() else { return };
    let ladder = Ladder::new(algorithm);
    let bad =
        |base: &str| [GeneralSubtree::Email(base.to_owned()), GeneralSubtree::Uri(base.to_owned())];
    let bases =
        ["", ".", "b.example.", "*.b.example", "b.example:443", "https://b.example", "10.0.0.1"];
    let subtrees = bases.iter().flat_map(|base| bad(base));
    let dns = [".", "b.example.", "*.b.example"].map(|base| GeneralSubtree::Dns(base.to_owned()));
    for subtree in subtrees.chain(dns) {
        for excluded in [true, false] {
            let (mut constraints, list) = (NameConstraints::default(), vec![subtree.clone()]);
            match excluded {
                true => constraints.excluded = list,
                false => constraints.permitted = list,
            }
            let profile = Profile::intermediate(0).with_name_constraints(constraints);
            let name = "CN=Lower".parse().unwrap();
            let error = ladder.root.delegate(name, profile, ladder.ca_key()).unwrap_err();
            let rules: Vec<Rule> = error.reasons().iter().map(|reason| reason.rule).collect();
            assert_eq!(rules, [Rule::NameMalformed], "{subtree}: {error}");
        }
    }
    assert!(Uri::new("https://b.example").is_ok());
}
