//! Certificate policies (sections 4.8 to 4.12), judged by OpenSSL too.
//!
//! A path is written from the top: of each certificate `p` the policies, `m` its mappings, `r`, `i` and `a`
//! the numbers of requireExplicitPolicy, inhibitPolicyMapping and inhibitAnyPolicy, `s` where it is
//! self-issued. Policy 0 is anyPolicy.

use certwright::profile::Oid;
use certwright::verify::{PolicyRules, Verified};
use certwright::{Chain, ChainVerifier, Error};

use super::*;

const POLICIES: &str = "2.5.29.32";
const POLICY_MAPPINGS: &str = "2.5.29.33";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const INHIBIT_ANY_POLICY: &str = "2.5.29.54";

/// What the caller asks: `accept` these numbers, and words.
type Inputs = (&'static [u8], &'static str);

/// The policies that the path is valid for; or the link that is refused.
type Outcome = Result<&'static [u8], usize>;

const NOTHING: Inputs = (&[], "");
const REQUIRED: Inputs = (&[], "require");
const ONE: Inputs = (&[1], "require");
const TWO: Inputs = (&[2], "require");

const CASES: &[(&str, &[&str], Inputs, Outcome)] = &[
    ("4.8.1", &["p1", "p1"], NOTHING, Ok(&[1])),
    ("4.8.1", &["p1", "p1"], REQUIRED, Ok(&[1])),
    ("4.8.1", &["p1", "p1"], ONE, Ok(&[1])),
    ("4.8.1", &["p1", "p1"], TWO, Err(0)),
    ("4.8.1", &["p1", "p1"], (&[1, 2], "require"), Ok(&[1])),
    ("4.8.2 no policies", &["", ""], NOTHING, Ok(&[])),
    ("4.8.2 no policies", &["", ""], REQUIRED, Err(1)),
    ("4.8.3 none in the middle", &["p1", "", "p1"], NOTHING, Ok(&[])),
    ("4.8.3 none in the middle", &["p1", "", "p1"], REQUIRED, Err(1)),
    ("4.8.5 different", &["p1", "p2", "p1"], NOTHING, Ok(&[])),
    ("4.8.5 different", &["p1", "p2", "p1"], REQUIRED, Err(1)),
    ("4.8.6 overlapping", &["p1,2", "p2,3", "p2"], TWO, Ok(&[2])),
    ("4.8.6 overlapping", &["p1,2", "p2,3", "p2"], ONE, Err(0)),
    ("4.8.10 two", &["p1,2", "p1,2"], NOTHING, Ok(&[1, 2])),
    ("4.8.11 any", &["p0", "p0"], NOTHING, Ok(&[0])),
    ("4.8.11 any", &["p0", "p0"], ONE, Ok(&[1])),
    ("4.8.12 none but of the leaf", &["", "p3"], REQUIRED, Err(1)),
    ("4.8.14 any above", &["p0", "p1"], ONE, Ok(&[1])),
    ("4.8.14 any above", &["p0", "p1"], TWO, Err(0)),
    ("4.8.14 any below", &["p1", "p0"], REQUIRED, Ok(&[1])),
    ("4.9.1 far away", &["r10", "", "", ""], NOTHING, Ok(&[])),
    ("4.9.2 right behind", &["r4", "", "", ""], NOTHING, Ok(&[])),
    ("4.9.3 at the end", &["r3", "", "", ""], NOTHING, Err(0)),
    ("4.9.3 at once", &["r0", "", ""], NOTHING, Err(2)),
    ("4.9.4 with policies", &["p1 r0", "p1", "p1"], NOTHING, Ok(&[1])),
    ("4.9.5 the lowest counts", &["r4", "r0", ""], NOTHING, Err(1)),
    ("4.9.5 of the leaf", &["", "r0"], NOTHING, Err(0)),
    ("4.9.5 of the leaf, for later", &["", "r1"], NOTHING, Ok(&[])),
    ("4.9.6 self-issued", &["r2", "s", ""], NOTHING, Ok(&[])),
    ("4.9.7 self-issued twice", &["r1", "s", ""], NOTHING, Err(0)),
    ("4.10.1", &["p1 m1>2", "p2"], ONE, Ok(&[1])),
    ("4.10.1", &["p1 m1>2", "p2"], TWO, Err(0)),
    ("4.10.2 not mapped", &["p1 m1>2", "p1"], REQUIRED, Err(0)),
    ("4.10.3 one after the other", &["p1 m1>2", "p2 m2>3", "p3"], ONE, Ok(&[1])),
    ("4.10.5 into two", &["p1 m1>2,1>3", "p3"], ONE, Ok(&[1])),
    ("4.10.7 from any", &["p1 m0>1", "p1"], NOTHING, Err(1)),
    ("4.10.8 to any", &["p1 m1>0", "p1"], NOTHING, Err(1)),
    ("4.10.9 of what it has not", &["p1 m2>3", "p3"], REQUIRED, Err(0)),
    ("4.10.13 under any", &["p0 m1>2", "p2"], ONE, Ok(&[1])),
    ("4.10.14 any comes through", &["p1 m1>2", "p0"], ONE, Ok(&[1])),
    ("4.11.1 inhibited", &["p1 i0", "p1 m1>2", "p2"], REQUIRED, Err(1)),
    ("4.11.2 not yet", &["p1 i1", "p1 m1>2", "p2"], REQUIRED, Ok(&[1])),
    ("4.11.3 by the caller", &["p1 m1>2", "p2"], (&[], "require forbid-mapping"), Err(1)),
    ("4.11.7 self-issued", &["p1 i1", "s p1", "p1 m1>2", "p2"], REQUIRED, Ok(&[1])),
    ("4.12.1 inhibited", &["p1 a0", "p0"], REQUIRED, Err(0)),
    ("4.12.2 beside another", &["p1 a0", "p0,1"], REQUIRED, Ok(&[1])),
    ("4.12.3 not yet", &["p1 a1", "p0"], REQUIRED, Ok(&[1])),
    ("4.12.3 by the caller", &["p0", "p1"], (&[], "require forbid-any"), Err(1)),
    ("4.12.7 self-issued", &["p1 a0", "s p0", "p1"], REQUIRED, Ok(&[1])),
    ("4.12.9 self-issued leaf", &["p1 a0", "p1", "s p0"], REQUIRED, Err(0)),
];

#[test]
fn sections_4_8_to_4_12() {
    Pki::run(|pki| {
        for (name, path, inputs, expected) in CASES {
            // Shown where the case fails.
            eprintln!("PKITS {name} {path:?} {inputs:?}");
            let question = question(pki, path);
            let answer = verify(&question, inputs);
            match (answer, expected) {
                (Ok(verified), Ok(numbers)) => {
                    let numbers: Vec<Oid> = numbers.iter().map(|it| policy(*it)).collect();
                    assert_eq!(verified.policies(), numbers, "{name}");
                }
                (Err(Error::Chain(error)), Err(link)) => {
                    assert_eq!((error.link, error.rule), (*link, ChainRule::Policies), "{error}");
                }
                (answer, _) => panic!("{name}: {answer:?}"),
            }
            if let Some(theirs) = openssl(&question, inputs) {
                assert_eq!(theirs, expected.is_ok(), "OpenSSL, {name}");
            }
        }
    });
}

#[test]
fn extensions_that_cannot_be_read_are_refused() {
    let many: Vec<u8> = (1..=65).collect();
    let twice = craft::sequence(&[one(1), one(1)]);
    let too_many = craft::sequence(&many.iter().map(|it| one(*it)).collect::<Vec<_>>());
    let cases: [(&str, &[u8], &str); 8] = [
        (POLICIES, &[0x30, 0], "no policy"),
        (POLICIES, &[5, 0], "certificatePolicies"),
        (POLICIES, &twice, "twice (RFC 5280 section 4.2.1.4)"),
        (POLICIES, &too_many, "more than 64 policies"),
        (POLICY_CONSTRAINTS, &[0x30, 3, 0x80, 1, 0xff], "negative"),
        (POLICY_CONSTRAINTS, &[0x30, 2, 0x81, 0], "without content"),
        (INHIBIT_ANY_POLICY, &[2, 1, 0x80], "negative"),
        (POLICY_MAPPINGS, &[0x30, 2, 0x30, 0], "policyMappings"),
    ];
    Pki::run(|pki| {
        for (id, value, words) in cases {
            let ca = pki.authority(&pki.anchor, "CA", 1, |d| d.set(id, false, value));
            let question = pki.question(&[&ca], pki.leaf(&ca, same));
            question.refused_by_us(1, ChainRule::Policies, words);
        }
        // A number that no path is as long as, and one of many bytes.
        for number in [&[0x7f][..], &[1, 0, 0, 0, 0, 0]] {
            let value = craft::sequence(&[craft::tlv(0x80, &[number])]);
            let ca =
                pki.authority(&pki.anchor, "CA", 1, |d| d.set(POLICY_CONSTRAINTS, true, &value));
            pki.question(&[&ca], pki.leaf(&ca, same)).accepted_by_us();
        }
    });
}

/// What a trust anchor requires counts, the policies that it has do not.
#[test]
fn of_the_anchor_the_constraints_count() {
    Pki::run(|pki| {
        let root = |id: &str, value: &[u8]| {
            let root = Draft::of(&pki.anchor.certificate).set(id, true, value);
            root.sign(&*pki.anchor.key)
        };
        let mut question = question(pki, &["p1", "p1"]);
        question.anchors = vec![root(POLICIES, &craft::sequence(&[one(2)]))];
        question.chain.truncate(2);
        assert_eq!(verify(&question, &ONE).unwrap().policies(), [policy(1)]);
        let required = craft::sequence(&[craft::tlv(0x80, &[&[0]])]);
        question.anchors = vec![root(POLICY_CONSTRAINTS, &required)];
        verify(&question, &NOTHING).unwrap();
        let none = self::question(pki, &["", ""]);
        question.chain = none.chain[..2].to_vec();
        question.refused_by_us(1, ChainRule::Policies, "a certificate policy is required");
    });
}

fn question(pki: &Pki, path: &[&str]) -> Question {
    let (leaf, above) = path.split_last().unwrap();
    let mut nodes: Vec<Node> = Vec::new();
    for (depth, text) in above.iter().enumerate() {
        let upper = nodes.last().unwrap_or(&pki.anchor);
        let node = pki.authority(upper, &format!("CA {depth}"), 1 + depth, |d| {
            let d = if text.contains('s') { d.field(SUBJECT, upper.subject()) } else { d };
            extended(d, text)
        });
        nodes.push(node);
    }
    let upper = nodes.last().unwrap();
    let leaf = pki.leaf(upper, |d| {
        let d = if leaf.contains('s') { d.field(SUBJECT, upper.subject()) } else { d };
        extended(d, leaf)
    });
    pki.question(&nodes.iter().collect::<Vec<_>>(), leaf)
}

fn extended(draft: Draft, text: &str) -> Draft {
    let mut constraints = [vec![], vec![]];
    let mut draft = draft;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let (kind, rest) = word.split_at(1);
        let number = |text: &str| text.parse::<u8>().unwrap();
        match kind {
            "p" => {
                let all: Vec<Vec<u8>> = rest.split(',').map(|it| one(number(it))).collect();
                draft = draft.set(POLICIES, true, &craft::sequence(&all));
            }
            "m" => {
                let pairs = rest.split(',').map(|pair| {
                    let (ours, theirs) = pair.split_once('>').unwrap();
                    craft::sequence(&[oid(number(ours)), oid(number(theirs))])
                });
                let value = craft::sequence(&pairs.collect::<Vec<_>>());
                draft = draft.set(POLICY_MAPPINGS, true, &value);
            }
            "r" => constraints[0] = craft::tlv(0x80, &[&[number(rest)]]),
            "i" => constraints[1] = craft::tlv(0x81, &[&[number(rest)]]),
            "a" => draft = draft.set(INHIBIT_ANY_POLICY, true, &[2, 1, number(rest)]),
            "s" => {}
            _ => panic!("{word}"),
        }
    }
    match constraints.iter().all(Vec::is_empty) {
        true => draft,
        false => draft.set(POLICY_CONSTRAINTS, true, &craft::sequence(&constraints)),
    }
}

fn policy(number: u8) -> Oid {
    let text = match number {
        0 => "2.5.29.32.0".to_owned(),
        number => format!("2.16.840.1.101.3.2.1.48.{number}"),
    };
    text.parse().unwrap()
}

fn oid(number: u8) -> Vec<u8> {
    craft::oid(&policy(number).to_string())
}

fn one(number: u8) -> Vec<u8> {
    craft::sequence(&[oid(number)])
}

fn verify(question: &Question, (accepted, words): &Inputs) -> Result<Verified, Error> {
    let rules = words.split(' ').fold(PolicyRules::new(), |rules, word| match word {
        "require" => rules.require(),
        "forbid-mapping" => rules.forbid_mapping(),
        "forbid-any" => rules.forbid_any(),
        _ => rules,
    });
    let rules = match accepted {
        [] => rules,
        numbers => rules.accept(numbers.iter().map(|number| policy(*number))),
    };
    let chain = Chain::new(question.chain[0].clone(), question.chain[1..].to_vec()).unwrap();
    let verifier = ChainVerifier::new(question.anchors.clone(), question.at);
    verifier.with_policies(rules).verify(&chain)
}

/// Whether OpenSSL accepts; none where it cannot judge.
fn openssl(question: &Question, (accepted, words): &Inputs) -> Option<bool> {
    // Without a policy it accepts none.
    let accepted = if accepted.is_empty() { &[0] } else { *accepted };
    let numbers: Vec<String> = accepted.iter().map(|number| policy(*number).to_string()).collect();
    let mut arguments = vec!["-policy_check"];
    arguments.extend(numbers.iter().flat_map(|number| ["-policy", number]));
    for (word, option) in [
        ("require", "-explicit_policy"),
        ("forbid-mapping", "-inhibit_map"),
        ("forbid-any", "-inhibit_any"),
    ] {
        arguments.extend(words.contains(word).then_some(option));
    }
    question.openssl(&arguments).map(|answer| answer.success)
}
