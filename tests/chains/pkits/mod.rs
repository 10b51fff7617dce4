//! Chains in the spirit of NIST PKITS, the Public Key Interoperability Test Suite; each case bears the
//! number of its section there.
//!
//! Left out, because they do not apply: DSA signatures (4.1.4 to 4.1.6; we read no such key). Where we refuse
//! what PKITS accepts, the row says so and why. `nist` runs the suite itself, where its files are.

mod constraints;
mod names;
mod paths;
mod policies;
mod revocation;

use std::sync::Arc;

use certwright::error::ChainRule;
use certwright::{Certificate, KeyAlgorithm, KeyPair, Signer};

use crate::common;
use crate::craft::{
    self, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, Draft, ISSUER, KEY, Ladder, SUBJECT,
    SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER, internal,
};
use crate::question::{Question, chain, issue};

const COMMON_NAME: &str = "2.5.4.3";
const PRINTABLE: u8 = 0x13;
const UTF8: u8 = 0x0c;

/// What is to be said of a chain.
enum Verdict {
    Accepted,
    Refused(usize, ChainRule),
    /// PKITS accepts it and we do not, for this reason.
    Stricter(usize, ChainRule, &'static str),
}

use Verdict::{Accepted, Refused, Stricter};

type Row = (&'static str, Question, Verdict);

/// Puts the questions of a table to us and, where nothing is stricter, to OpenSSL.
#[track_caller]
fn judge(rows: Vec<Row>) {
    for (name, question, verdict) in rows {
        // Shown where the case fails.
        eprintln!("PKITS {name}");
        match verdict {
            Accepted => question.accepted(),
            Refused(link, rule) => question.refused(link, rule, ""),
            Stricter(link, rule, reason) => {
                eprintln!("stricter: {reason}");
                question.refused_by_us(link, rule, "");
            }
        }
    }
}

/// A certificate whose key is at hand.
struct Node {
    certificate: Certificate,
    key: Arc<KeyPair>,
    /// What stands for the key in key identifiers.
    number: usize,
}

impl Node {
    fn subject(&self) -> Vec<u8> {
        Draft::of(&self.certificate).fields[SUBJECT].clone()
    }
}

/// What the certificates of a case are made of.
struct Pki {
    algorithm: KeyAlgorithm,
    anchor: Node,
    authority: Draft,
    leaf: Draft,
}

impl Pki {
    /// One family is enough: no rule here depends on the keys, and the tests beside these put the same
    /// rules to every family.
    fn run(test: impl Fn(&Self)) {
        let Some(algorithm) = common::families().into_iter().next() else { return };
        let ladder = Ladder::new(algorithm);
        let leaf = issue(&ladder, ladder.ca.clone(), internal());
        test(&Self::new(&ladder, &leaf));
    }

    fn new(ladder: &Ladder, leaf: &Certificate) -> Self {
        chain(ladder, leaf).accepted_by_us();
        let bare = |certificate: &Certificate| {
            let draft = Draft::of(certificate).without(SUBJECT_KEY_IDENTIFIER);
            draft.without(AUTHORITY_KEY_IDENTIFIER)
        };
        let anchor = Node {
            certificate: bare(ladder.root.certificate()).sign(&ladder.root_key()),
            key: ladder.root_key(),
            number: 0,
        };
        let authority =
            bare(ladder.ca.certificate()).set(BASIC_CONSTRAINTS, true, &constraint(None));
        Self { algorithm: ladder.algorithm, anchor, authority, leaf: bare(leaf) }
    }

    fn key(&self, number: usize) -> Arc<KeyPair> {
        craft::key(self.algorithm, number)
    }

    /// A CA of this name and key without a path length.
    fn authority(
        &self,
        above: &Node,
        name: &str,
        key: usize,
        change: impl FnOnce(Draft) -> Draft,
    ) -> Node {
        let (number, key) = (key, self.key(key));
        let draft = below(above, self.authority.clone())
            .field(SUBJECT, common_name(name))
            .field(KEY, key.public_key().to_der())
            .set(SUBJECT_KEY_IDENTIFIER, false, &craft::tlv(4, &[&[number as u8; 20]]));
        Node { certificate: change(draft).sign(&above.key), key, number }
    }

    fn leaf(&self, above: &Node, change: impl FnOnce(Draft) -> Draft) -> Certificate {
        change(below(above, self.leaf.clone())).sign(&above.key)
    }

    /// A chain whose CAs are given from the top; the root is sent with it.
    fn question(&self, authorities: &[&Node], leaf: Certificate) -> Question {
        let above = authorities.iter().rev().map(|node| node.certificate.clone());
        let anchor = self.anchor.certificate.clone();
        let certificates = std::iter::once(leaf).chain(above).chain([anchor.clone(), anchor]);
        Question::new(certificates.collect())
    }
}

/// A certificate that names its issuer and the issuer's key.
fn below(above: &Node, draft: Draft) -> Draft {
    let identifier = craft::sequence(&[craft::tlv(0x80, &[&[above.number as u8; 20]])]);
    draft.field(ISSUER, above.subject()).set(AUTHORITY_KEY_IDENTIFIER, false, &identifier)
}

fn same(draft: Draft) -> Draft {
    draft
}

fn common_name(text: &str) -> Vec<u8> {
    craft::name(&[(COMMON_NAME, UTF8, text.as_bytes())])
}

/// The value of basicConstraints of a CA.
fn constraint(path_len: Option<u8>) -> Vec<u8> {
    let path_len = path_len.map_or(Vec::new(), |limit| vec![2, 1, limit]);
    craft::sequence(&[vec![1, 1, 0xff], path_len])
}

fn flipped(certificate: &Certificate) -> Certificate {
    let mut der = certificate.as_der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    Certificate::from_der(&der).unwrap()
}
