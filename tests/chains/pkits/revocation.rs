//! Revocation: lists that are missing, stale, of another or damaged, what they list, what they cover.
//!
//! Left out of 4.14: lists by another than the issuer (4.14.23 to 4.14.35, indirect CRLs), which do
//! not count. Delta CRLs (4.15) stand with the tests of revocation.

use certwright::crl::RevocationList;
use certwright::error::{ChainError, ChainRule};
use certwright::verify::UnknownRevocation;
use certwright::{Certificate, Chain, ChainVerifier, Error, SerialNumber};

use super::*;
use crate::craft::{KEY_USAGE, SERIAL, now, tlv};

const REASON: &str = "2.5.29.21";
const NUMBER: &str = "2.5.29.20";
const SCOPE: &str = "2.5.29.28";
const POINTS: &str = "2.5.29.31";
const UNKNOWN: &str = "2.16.840.1.101.2.1.12.2";

/// A list to be signed.
#[derive(Clone)]
struct List {
    issuer: Vec<u8>,
    algorithm: Vec<u8>,
    times: [Vec<u8>; 2],
    /// Serial numbers, as whole INTEGERs, and whole extensions.
    entries: Vec<(Vec<u8>, Vec<u8>)>,
    extensions: Vec<Vec<u8>>,
}

impl List {
    fn of(node: &Node) -> Self {
        Self {
            issuer: node.subject(),
            algorithm: Draft::of(&node.certificate).fields[2].clone(),
            times: [utc("260501000000Z"), utc("270501000000Z")],
            entries: vec![],
            extensions: vec![craft::extension(NUMBER, false, &[2, 1, 1])],
        }
    }

    fn until(mut self, time: Vec<u8>) -> Self {
        self.times[1] = time;
        self
    }

    fn entry(mut self, certificate: &Certificate, extension: Vec<u8>) -> Self {
        self.entries.push((serial_of(certificate), extension));
        self
    }

    fn revoking(self, certificate: &Certificate) -> Self {
        self.entry(certificate, craft::extension(REASON, false, &[10, 1, 1]))
    }

    fn extension(mut self, id: &str, value: &[u8]) -> Self {
        self.extensions.push(craft::extension(id, true, value));
        self
    }

    fn der(&self, key: &KeyPair) -> Vec<u8> {
        let entry = |(serial, extension): &(Vec<u8>, Vec<u8>)| {
            let extensions = craft::sequence(std::slice::from_ref(extension));
            craft::sequence(&[serial.clone(), utc("260510000000Z"), extensions])
        };
        let entries: Vec<Vec<u8>> = self.entries.iter().map(entry).collect();
        let entries = if entries.is_empty() { vec![] } else { craft::sequence(&entries) };
        let extensions = tlv(0xa0, &[&craft::sequence(&self.extensions)]);
        let [from, to] = self.times.clone();
        let (algorithm, issuer) = (self.algorithm.clone(), self.issuer.clone());
        let version = vec![2, 1, 1];
        let parts = [version, algorithm, issuer, from, to, entries, extensions];
        craft::signed(&craft::sequence(&parts), key)
    }

    /// None where the list cannot be read, so that nobody can give it to a verifier.
    fn sign(&self, key: &KeyPair) -> Option<RevocationList> {
        RevocationList::from_der(&self.der(key)).ok()
    }
}

fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, &[text.as_bytes()])
}

fn serial_of(certificate: &Certificate) -> Vec<u8> {
    Draft::of(certificate).fields[SERIAL].clone()
}

/// One CA, one leaf, and lists that revoke neither.
struct Scene {
    ca: Node,
    leaf: Certificate,
    by_root: RevocationList,
    by_ca: List,
}

impl Scene {
    fn new(pki: &Pki, ca: impl FnOnce(Draft) -> Draft, leaf: impl FnOnce(Draft) -> Draft) -> Self {
        let ca = pki.authority(&pki.anchor, "CA", 1, ca);
        let leaf = pki.leaf(&ca, leaf);
        let by_root = List::of(&pki.anchor).sign(&pki.anchor.key).unwrap();
        let by_ca = List::of(&ca);
        Self { ca, leaf, by_root, by_ca }
    }

    fn ours(&self, change: impl FnOnce(List) -> List) -> Option<RevocationList> {
        change(self.by_ca.clone()).sign(&self.ca.key)
    }
}

type Row = (&'static str, Vec<Option<RevocationList>>, Verdict);

#[track_caller]
fn judge(pki: &Pki, scene: &Scene, rows: Vec<Row>) {
    let above = vec![scene.ca.certificate.clone(), pki.anchor.certificate.clone()];
    let chain = Chain::new(scene.leaf.clone(), above).unwrap();
    for (name, lists, verdict) in rows {
        let verifier = ChainVerifier::new([pki.anchor.certificate.clone()], now())
            .with_revocation_lists(lists.into_iter().flatten(), UnknownRevocation::Refuse);
        match (verifier.verify(&chain), verdict) {
            (Ok(_), Accepted) => {}
            (
                Err(Error::Chain(ChainError { link, rule, .. })),
                Refused(at, broken) | Stricter(at, broken, _),
            ) if (link, rule) == (at, broken) => {}
            (Ok(_), _) => panic!("PKITS {name}: it was accepted"),
            (Err(error), _) => panic!("PKITS {name}: {error}"),
        }
    }
}

fn revoked(link: usize) -> Verdict {
    Refused(link, ChainRule::Revocation)
}

fn stricter(reason: &'static str) -> Verdict {
    Stricter(0, ChainRule::Revocation, reason)
}

#[test]
fn section_4_4_basic_certificate_revocation() {
    Pki::run(|pki| {
        let scene = Scene::new(pki, same, same);
        let root = || Some(scene.by_root.clone());
        let with = |list: Option<RevocationList>| vec![root(), list];
        let good = || scene.ours(|list| list);
        let revoking = |list: List| list.revoking(&scene.leaf);
        let root_revokes =
            List::of(&pki.anchor).revoking(&scene.ca.certificate).sign(&pki.anchor.key);
        let another = |key: usize, name: &str| {
            let list = List { issuer: common_name(name), ..scene.by_ca.clone() };
            list.sign(&pki.key(key))
        };
        let unknown_entry = craft::extension(UNKNOWN, true, &[5, 0]);
        let in_2050 = tlv(0x18, &[b"20500101120100Z"]);
        judge(
            pki,
            &scene,
            vec![
                ("4.4 valid, both lists", with(good()), Accepted),
                ("4.4.1 missing CRL", vec![root()], revoked(0)),
                ("4.4.1 missing CRL of the root", vec![good()], revoked(1)),
                ("4.4.2 revoked CA", vec![root_revokes, good()], revoked(1)),
                ("4.4.3 revoked EE", with(scene.ours(revoking)), revoked(0)),
                ("4.4.4 bad CRL signature", with(another(3, "CA")), revoked(0)),
                ("4.4.5 bad CRL issuer name", with(another(1, "Another")), revoked(0)),
                ("4.4.6 wrong CRL", vec![root(), root()], revoked(0)),
                ("4.4.7 valid two CRLs", vec![root(), another(3, "Another"), good()], Accepted),
                (
                    "4.4.8 unknown critical CRL entry extension",
                    with(scene.ours(|list| list.entry(&scene.leaf, unknown_entry))),
                    revoked(0),
                ),
                (
                    "4.4.9 unknown critical CRL extension",
                    with(scene.ours(|list| list.extension(UNKNOWN, &[5, 0]))),
                    revoked(0),
                ),
                (
                    "4.4.10 unknown critical CRL extension, revoked",
                    with(scene.ours(|list| revoking(list).extension(UNKNOWN, &[5, 0]))),
                    revoked(0),
                ),
                (
                    "4.4.11 old nextUpdate",
                    with(scene.ours(|list| list.until(utc("260515000000Z")))),
                    revoked(0),
                ),
                (
                    "4.4.12 pre-2000 nextUpdate",
                    with(scene.ours(|list| list.until(utc("990101120100Z")))),
                    revoked(0),
                ),
                (
                    "4.4.13 valid GeneralizedTime nextUpdate",
                    with(scene.ours(|list| list.until(in_2050))),
                    Accepted,
                ),
            ],
        );
    });
}

/// PKITS has a serial number that is the negative of another's, or as long as can be.
#[test]
fn section_4_4_serial_numbers() {
    Pki::run(|pki| {
        let negative = vec![2, 1, 0xff];
        let scene = Scene::new(pki, same, same);
        let draft = Draft::of(&scene.leaf).field(SERIAL, negative.clone());
        let leaf = Certificate::from_der(&draft.sign_der(&*scene.ca.key)).unwrap();
        // RFC 5280 section 4.1.2.2: positive. Stricter than 4.4.14 and 4.4.15, which want it accepted.
        let question = pki.question(&[&scene.ca], leaf.clone());
        question.refused_by_us(0, ChainRule::SerialNumber, "-01");
        let mut list = scene.by_ca.clone();
        list.entries.push((negative, craft::extension(REASON, false, &[10, 1, 1])));
        let list = list.sign(&scene.ca.key).unwrap();
        assert!(list.find(leaf.serial()).is_some() && list.find(scene.leaf.serial()).is_none());

        let long = |last: u8| tlv(2, &[&[0x7f; 19], &[last]]);
        let scene = Scene::new(pki, same, |draft| draft.field(SERIAL, long(1)));
        assert_eq!(scene.leaf.serial(), &SerialNumber::from_bytes(&long(1)[2..]).unwrap());
        let root = || Some(scene.by_root.clone());
        let other = |list: List| {
            let sibling = pki.leaf(&scene.ca, |draft| draft.field(SERIAL, long(2)));
            list.revoking(&sibling)
        };
        judge(
            pki,
            &scene,
            vec![
                ("4.4.16 valid long serial", vec![root(), scene.ours(|list| list)], Accepted),
                ("4.4.17 valid long serial, another", vec![root(), scene.ours(other)], Accepted),
                (
                    "4.4.18 long serial, revoked",
                    vec![root(), scene.ours(|list| list.revoking(&scene.leaf))],
                    revoked(0),
                ),
            ],
        );
    });
}

/// A CA changes its key and certifies the new one itself: what its keys above in the path sign counts.
#[test]
fn section_4_5_lists_by_a_key_above_in_the_path() {
    Pki::run(|pki| {
        let old = pki.authority(&pki.anchor, "CA", 1, same);
        let new = pki.authority(&old, "CA", 3, same);
        let leaf = pki.leaf(&new, same);
        let [above, lower] = [&old, &new].map(|node| node.certificate.clone());
        let chain = Chain::new(leaf.clone(), vec![lower, above]).unwrap();
        let by_root = List::of(&pki.anchor).sign(&pki.anchor.key).unwrap();
        let verify = |lists: Vec<Option<RevocationList>>| {
            let lists = lists.into_iter().flatten().chain([by_root.clone()]);
            ChainVerifier::new([pki.anchor.certificate.clone()], now())
                .with_revocation_lists(lists, UnknownRevocation::Refuse)
                .verify(&chain)
        };
        // Of the leaf by the old key, of the new key's certificate by the old one.
        verify(vec![List::of(&new).sign(&old.key)]).unwrap();
        let revoked = List::of(&new).revoking(&leaf).sign(&old.key);
        let Error::Chain(error) = verify(vec![revoked]).unwrap_err() else { panic!() };
        assert_eq!((error.link, error.rule), (0, ChainRule::Revocation), "{error}");
        // By the new key alone nobody tells of the new key's own certificate.
        let Error::Chain(error) = verify(vec![List::of(&new).sign(&new.key)]).unwrap_err() else {
            panic!()
        };
        assert_eq!((error.link, error.rule), (1, ChainRule::Revocation), "{error}");
        // One that must not sign lists does not.
        let mute = pki.authority(&pki.anchor, "CA", 1, |d| d.set(KEY_USAGE, true, &[3, 2, 2, 4]));
        let chain = Chain::new(leaf.clone(), vec![new.certificate.clone(), mute.certificate]);
        let verifier = ChainVerifier::new([pki.anchor.certificate.clone()], now())
            .with_revocation_lists(
                [List::of(&new).sign(&old.key).unwrap(), by_root.clone()],
                UnknownRevocation::Refuse,
            );
        assert!(verifier.verify(&chain.unwrap()).is_err());
    });
}

#[test]
fn sections_4_4_and_4_5_another_key_for_lists() {
    Pki::run(|pki| {
        let scene = Scene::new(pki, same, same);
        let reason = "a list is verified with the keys of the path, and no other is looked for";
        let by_another_key = scene.by_ca.sign(&pki.key(3));
        let revoking = scene.by_ca.clone().revoking(&scene.leaf).sign(&pki.key(3));
        let root = || Some(scene.by_root.clone());
        judge(
            pki,
            &scene,
            vec![
                (
                    "4.4.19 valid separate certificate and CRL keys",
                    vec![root(), by_another_key.clone()],
                    stricter(reason),
                ),
                ("4.4.20 separate keys, revoked", vec![root(), revoking.clone()], revoked(0)),
                ("4.5.4 valid, CRL by the old key", vec![root(), by_another_key], stricter(reason)),
                ("4.5.5 new with old, revoked", vec![root(), revoking], revoked(0)),
            ],
        );
    });
}

#[test]
fn section_4_7_crl_sign() {
    Pki::run(|pki| {
        for (name, critical) in [("4.7.4 critical", true), ("4.7.5 not critical", false)] {
            let scene = Scene::new(pki, |d| d.set(KEY_USAGE, critical, &[3, 2, 2, 4]), same);
            let lists = vec![Some(scene.by_root.clone()), scene.ours(|list| list)];
            judge(pki, &scene, vec![(name, lists, revoked(0))]);
        }
    });
}

#[test]
fn section_4_14_distribution_points() {
    Pki::run(|pki| {
        let point = |url: &str| tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[url.as_bytes()])])]);
        let points = craft::sequence(&[craft::sequence(&[point("http://a.example/1.crl")])]);
        let scene = Scene::new(pki, same, |draft| draft.set(POINTS, false, &points));
        let root = || Some(scene.by_root.clone());
        let scope = |parts: &[Vec<u8>]| {
            let value = craft::sequence(parts);
            scene.ours(|list| list.extension(SCOPE, &value))
        };
        let own = point("http://a.example/1.crl");
        let flag = |tag: u8| vec![tag, 1, 0xff];
        let reasons = vec![0x83, 2, 5, 0x60];
        let revoking = {
            let value = craft::sequence(std::slice::from_ref(&own));
            scene.ours(|list| list.revoking(&scene.leaf).extension(SCOPE, &value))
        };
        let rows = vec![
            ("4.14.1 valid distribution point", scope(std::slice::from_ref(&own)), Accepted),
            ("4.14.2 revoked there", revoking, revoked(0)),
            ("4.14.3 another point", scope(&[point("http://a.example/2.crl")]), revoked(0)),
            ("4.14.7 valid list without a point", scene.ours(|list| list), Accepted),
            ("4.14.11 onlyContainsUserCerts", scope(&[own.clone(), flag(0x81)]), Accepted),
            ("4.14.12 onlyContainsCACerts", scope(&[own.clone(), flag(0x82)]), revoked(0)),
            ("4.14.14 onlyContainsAttributeCerts", scope(&[own.clone(), flag(0x85)]), revoked(0)),
            ("4.14.15 onlySomeReasons", scope(&[own.clone(), reasons]), revoked(0)),
            ("4.14.22 indirectCRL", scope(&[own, flag(0x84)]), Accepted),
        ];
        let rows =
            rows.into_iter().map(|(name, list, verdict)| (name, vec![root(), list], verdict));
        judge(pki, &scene, rows.collect());
    });
}
