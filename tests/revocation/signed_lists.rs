//! A leaf, its CA and its root, and lists of every form signed by the CA's key.

use certwright::crl::RevocationList;
use certwright::error::ChainRule;
use certwright::verify::{RevocationStatus, UnknownRevocation, Verified};
use certwright::{Certificate, Chain, ChainVerifier, Error, KeyAlgorithm, KeyPair};

use crate::common;
use crate::craft::{self, Draft, ISSUER, Ladder, SERIAL, SUBJECT, now, tlv};

pub const NUMBER: &str = "2.5.29.20";
pub const DELTA: &str = "2.5.29.27";
pub const SCOPE: &str = "2.5.29.28";
pub const POINTS: &str = "2.5.29.31";
pub const REASON: &str = "2.5.29.21";

pub const EVERY: [UnknownRevocation; 3] =
    [UnknownRevocation::Allow, UnknownRevocation::AllowUnlisted, UnknownRevocation::Refuse];

/// A list to be made.
#[derive(Clone, Debug)]
pub struct List {
    pub issuer: Vec<u8>,
    pub from: &'static str,
    pub to: Option<&'static str>,
    /// Whether it names the leaf, and with which reason.
    pub names: Option<Option<u8>>,
    pub number: u8,
    pub base: Option<u8>,
    /// The fields of issuingDistributionPoint.
    pub scope: Option<Vec<Vec<u8>>>,
}

pub struct World {
    pub ladder: Ladder,
    pub leaf: Certificate,
    pub ca: Certificate,
}

impl World {
    pub fn new(algorithm: KeyAlgorithm) -> Self {
        Self::with(algorithm, |leaf| leaf)
    }

    pub fn with(algorithm: KeyAlgorithm, change: impl Fn(Draft) -> Draft) -> Self {
        let ladder = Ladder::new(algorithm);
        let ca = Draft::of(ladder.ca.certificate()).field(SUBJECT, printable());
        let ca = ca.sign(&ladder.root_key());
        let points = craft::sequence(&[craft::sequence(&[point("http://a.example/1.crl")])]);
        let grant = craft::internal().review(&ladder.request(&["a.internal"])).approve().unwrap();
        let prepared = ladder.ca.prepare(&grant, craft::serial(9), now()).unwrap();
        let leaf = Draft::of(&ladder.ca.sign(prepared).unwrap()).field(ISSUER, printable());
        let leaf = change(leaf.set(POINTS, false, &points)).sign(&ladder.ca_key());
        Self { ladder, leaf, ca }
    }

    pub fn make(&self, list: &List, key: &KeyPair) -> RevocationList {
        let List { issuer, from, to, names, number, base, scope } = list;
        let utc = |text: &str| tlv(0x17, &[text.as_bytes()]);
        let algorithm = Draft::of(&self.ca).fields[2].clone();
        let entries = names.map_or(vec![], |reason| {
            let reason = reason.map_or(vec![], |reason| {
                let reason = craft::extension(REASON, false, &[10, 1, reason]);
                craft::sequence(&[reason])
            });
            let serial = Draft::of(&self.leaf).fields[SERIAL].clone();
            craft::sequence(&[craft::sequence(&[serial, utc("260510000000Z"), reason])])
        });
        let mut extensions = vec![craft::extension(NUMBER, false, &[2, 1, *number])];
        extensions.extend(base.map(|base| craft::extension(DELTA, true, &[2, 1, base])));
        let scope = scope.as_ref().map(|parts| craft::sequence(parts));
        extensions.extend(scope.map(|scope| craft::extension(SCOPE, true, &scope)));
        let extensions = tlv(0xa0, &[&craft::sequence(&extensions)]);
        let to = to.map_or(vec![], utc);
        let parts = [vec![2, 1, 1], algorithm, issuer.clone(), utc(from), to, entries, extensions];
        RevocationList::from_der(&craft::signed(&craft::sequence(&parts), key)).unwrap()
    }

    pub fn own(&self, list: &List) -> RevocationList {
        self.make(list, &self.ladder.ca_key())
    }

    /// A list of the root that revokes nothing.
    pub fn by_root(&self) -> RevocationList {
        let list = List { issuer: craft::name(&[("2.5.4.3", 0x0c, b"Root")]), ..good() };
        self.make(&list, &self.ladder.root_key())
    }

    pub fn verify(
        &self,
        lists: &[RevocationList],
        unknown: UnknownRevocation,
    ) -> Result<Verified, Error> {
        let root = self.ladder.root.certificate().clone();
        let chain = Chain::new(self.leaf.clone(), vec![self.ca.clone()]).unwrap();
        let lists = [&[self.by_root()], lists].concat();
        ChainVerifier::new([root], now()).with_revocation_lists(lists, unknown).verify(&chain)
    }

    #[track_caller]
    pub fn accepted(&self, lists: &[RevocationList]) -> Verified {
        let verified = self.verify(lists, UnknownRevocation::Refuse).unwrap();
        assert_eq!(verified.revocation(), [RevocationStatus::NotRevoked; 2]);
        verified
    }

    /// It is refused whatever becomes of the unknown.
    #[track_caller]
    pub fn revoked(&self, lists: &[RevocationList]) {
        for unknown in EVERY {
            let error = self.verify(lists, unknown).unwrap_err();
            assert!(is_revoked(&error), "{unknown:?}: {error}");
        }
    }

    /// No list tells: refused once a list is of the issuer, for this reason.
    #[track_caller]
    pub fn untold(&self, lists: &[RevocationList], reason: &str) {
        let verified = self.verify(lists, UnknownRevocation::Allow).unwrap();
        assert_eq!(verified.revocation()[0], RevocationStatus::Unknown);
        assert_eq!(verified.unused_lists().len(), lists.len());
        for (unused, position) in verified.unused_lists().iter().zip(1..) {
            assert_eq!(unused.position, position);
            assert!(unused.reason.contains(reason), "{unused:?}");
        }
        for unknown in [UnknownRevocation::AllowUnlisted, UnknownRevocation::Refuse] {
            let error = self.verify(lists, unknown).unwrap_err();
            assert!(!is_revoked(&error) && error.to_string().contains(reason), "{error}");
        }
    }
}

pub fn is_revoked(error: &Error) -> bool {
    match error {
        Error::Chain(chain) if chain.rule == ChainRule::Revocation => {
            chain.detail.starts_with("revoked at")
        }
        _ => panic!("{error}"),
    }
}

/// The CA's name as it is in the certificates.
pub fn printable() -> Vec<u8> {
    craft::name(&[("2.5.4.10", 0x13, b"Example Org"), ("2.5.4.3", 0x13, b"CA")])
}

pub fn good() -> List {
    List {
        issuer: printable(),
        from: "260525000000Z",
        to: Some("260608000000Z"),
        names: None,
        number: 5,
        base: None,
        scope: None,
    }
}

pub fn point(url: &str) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[url.as_bytes()])])])
}

pub fn flag(tag: u8) -> Vec<u8> {
    vec![tag, 1, 0xff]
}

pub fn worlds() -> impl Iterator<Item = World> {
    common::families().into_iter().map(World::new)
}
