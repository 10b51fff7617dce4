//! One question to two verifiers: ours and, where it can, OpenSSL.

use certwright::error::ChainRule;
use certwright::key::KeyFamily;
use certwright::policy::{OnDenial, Outliving};
use certwright::profile::ExtendedKeyUsage;
use certwright::time::Time;
use certwright::{AltName, Certificate, Chain, ChainVerifier, Error, Issuer, Policy};

use crate::common;
use crate::craft::{Ladder, internal, now, serial};

/// Whether a chain is to be believed, by these anchors, at this time, for this use.
#[derive(Clone)]
pub struct Question {
    /// The leaf first.
    pub chain: Vec<Certificate>,
    pub anchors: Vec<Certificate>,
    pub at: Time,
    pub purpose: Option<ExtendedKeyUsage>,
    pub name: Option<AltName>,
}

impl Question {
    /// A chain whose last certificate is the anchor, and is not sent with the others.
    pub fn new(mut certificates: Vec<Certificate>) -> Self {
        let anchors = vec![certificates.pop().unwrap()];
        Self { chain: certificates, anchors, at: now(), purpose: None, name: None }
    }

    pub fn at(mut self, at: Time) -> Self {
        self.at = at;
        self
    }

    pub fn purpose(mut self, purpose: ExtendedKeyUsage) -> Self {
        self.purpose = Some(purpose);
        self
    }

    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.parse().unwrap());
        self
    }

    /// Both accept.
    #[track_caller]
    pub fn accepted(&self) {
        self.ours().unwrap();
        if let Some(answer) = self.openssl(&[]) {
            answer.expect_success();
        }
    }

    /// Ours accepts; OpenSSL is not asked.
    #[track_caller]
    pub fn accepted_by_us(&self) {
        self.ours().unwrap();
    }

    /// Both refuse, ours with this link and rule.
    #[track_caller]
    pub fn refused(&self, link: usize, rule: ChainRule, detail: &str) {
        self.refused_by_us(link, rule, detail);
        if let Some(answer) = self.openssl(&[]) {
            assert!(!answer.success, "OpenSSL accepts what breaks the rule on {rule}");
        }
    }

    /// Ours refuses with this link and rule; OpenSSL is not asked.
    #[track_caller]
    pub fn refused_by_us(&self, link: usize, rule: ChainRule, detail: &str) {
        let error = self.ours().unwrap_err();
        let Error::Chain(chain) = &error else { panic!("{error}") };
        assert_eq!((chain.link, chain.rule), (link, rule), "{error}");
        assert!(chain.detail.contains(detail), "{error}");
        let at_fault = self.chain.get(link).or(self.anchors.first()).unwrap();
        assert_eq!(chain.subject, at_fault.subject().to_string());
    }

    fn ours(&self) -> Result<(), Error> {
        let mut verifier = ChainVerifier::new(self.anchors.clone(), self.at);
        if let Some(purpose) = self.purpose {
            verifier = verifier.with_purpose(purpose);
        }
        if let Some(name) = &self.name {
            verifier = verifier.with_name(name.clone());
        }
        verifier.verify(&Chain::new(self.chain[0].clone(), self.chain[1..].to_vec())?).map(drop)
    }

    /// OpenSSL's answer, with further arguments; none where it cannot judge: it verifies SM2 chains with an
    /// empty identifier.
    pub fn openssl(&self, more: &[&str]) -> Option<common::Answer> {
        let family = self.chain[0].public_key().unwrap().algorithm().family();
        if family == KeyFamily::Sm2 || !common::judge("openssl") {
            return None;
        }
        let folder = common::folder();
        let bundle = |all: &[Certificate]| all.iter().map(Certificate::to_pem).collect::<String>();
        common::write(&folder, "leaf.pem", self.chain[0].to_pem());
        common::write(&folder, "above.pem", bundle(&self.chain[1..]));
        common::write(&folder, "anchors.pem", bundle(&self.anchors));
        let time = self.at.unix().to_string();
        let mut arguments = vec!["verify", "-no-CApath", "-partial_chain", "-attime", &time];
        arguments.extend(["-CAfile", "anchors.pem"]);
        arguments.extend(more);
        if self.chain.len() > 1 {
            arguments.extend(["-untrusted", "above.pem"]);
        }
        match self.purpose {
            Some(ExtendedKeyUsage::SERVER_AUTH) => arguments.extend(["-purpose", "sslserver"]),
            Some(ExtendedKeyUsage::CLIENT_AUTH) => arguments.extend(["-purpose", "sslclient"]),
            Some(other) => panic!("{other} has no purpose in OpenSSL"),
            None => {}
        }
        let name = match &self.name {
            Some(AltName::Dns(name)) => vec!["-verify_hostname".to_owned(), name.to_string()],
            Some(AltName::Ip(address)) => vec!["-verify_ip".to_owned(), address.to_string()],
            Some(other) => panic!("{other} has no option in OpenSSL"),
            None => vec![],
        };
        arguments.extend(name.iter().map(String::as_str));
        arguments.push("leaf.pem");
        Some(common::openssl(folder.path(), &arguments))
    }
}

/// Runs a test for each family, with a leaf for `db.internal`, `*.web.internal` and 10.0.0.7.
pub fn for_each_family(test: impl Fn(&Ladder, &Certificate)) {
    for algorithm in common::families() {
        let ladder = Ladder::new(algorithm);
        let policy = internal().allow_wildcards().allow_ip("10.0.0.7").unwrap();
        let leaf = issue(&ladder, ladder.ca.clone(), policy);
        test(&ladder, &leaf);
    }
}

pub fn issue(ladder: &Ladder, issuer: Issuer, policy: Policy) -> Certificate {
    let policy = policy.with_on_denial(OnDenial::LeaveOut).with_outliving(Outliving::Permit);
    let names = ["db.internal", "*.web.internal", "10.0.0.7"];
    let grant = policy.review(&ladder.request(&names)).approve().unwrap();
    issuer.sign(issuer.prepare(&grant, serial(9), now()).unwrap()).unwrap()
}

pub fn chain(ladder: &Ladder, leaf: &Certificate) -> Question {
    above(leaf, &ladder.ca, ladder)
}

pub fn above(leaf: &Certificate, ca: &Issuer, ladder: &Ladder) -> Question {
    swapped(leaf, ca.certificate().clone(), ladder)
}

/// The leaf below another certificate of the same intermediate: same name, same key.
pub fn swapped(leaf: &Certificate, ca: Certificate, ladder: &Ladder) -> Question {
    Question::new(vec![leaf.clone(), ca, ladder.root.certificate().clone()])
}
