//! What a list covers, by name, by scope and in time.

use certwright::Error;
use certwright::crl::RevocationList;
use certwright::verify::UnknownRevocation;

use crate::common;
use crate::craft::{self, Draft, tlv};
use crate::signed_lists::{List, POINTS, World, flag, good, point, printable, worlds};

#[test]
fn a_name_in_another_encoding_is_the_issuers() {
    for world in worlds() {
        let spelled = |tag, bytes: &[u8]| {
            let issuer = craft::name(&[("2.5.4.10", tag, bytes), ("2.5.4.3", 0x0c, b"ca")]);
            world.own(&List { issuer, ..good() })
        };
        let wide: Vec<u8> = "example ORG".bytes().flat_map(|byte| [0, byte]).collect();
        for list in [
            spelled(0x0c, b"Example Org"),
            spelled(0x0c, b"EXAMPLE  ORG "),
            spelled(0x14, b"Example Org"),
            spelled(0x1e, &wide),
        ] {
            assert!(world.accepted(&[list]).unused_lists().is_empty());
        }
        // Signed by the issuer's key under another name: it is the issuer's, and permits nothing.
        let another = List { issuer: craft::name(&[("2.5.4.3", 0x0c, b"B")]), ..good() };
        world.untold(&[world.own(&another)], "it names another issuer, CN=B");
        // A name that cannot be read may be the issuer's.
        let broken = List {
            issuer: craft::name(&[("2.5.4.10", 0x0c, b"\xff"), ("2.5.4.3", 0x0c, b"CA")]),
            ..good()
        };
        let stranger = craft::key(world.ladder.algorithm, 7);
        world.untold(&[world.make(&broken, &stranger)], "it was not signed by the key");
    }
}

#[test]
fn scopes_are_evaluated() {
    for world in worlds() {
        let scoped = |scope: &[Vec<u8>]| world.own(&List { scope: Some(scope.to_vec()), ..good() });
        let own = || point("http://a.example/1.crl");
        for scope in [
            vec![own()],
            vec![flag(0x81)],
            vec![own(), flag(0x81)],
            vec![flag(0x84)],
            vec![],
            vec![vec![0x83, 3, 7, 0x7f, 0x80]],
        ] {
            world.accepted(&[scoped(&scope)]);
        }
        for (scope, reason) in [
            (vec![point("http://a.example/2.crl")], "its distribution point is not one of those"),
            (vec![flag(0x82)], "it covers CA certificates only"),
            (vec![flag(0x81), flag(0x82)], "it covers CA certificates only"),
            (vec![own(), flag(0x85)], "it covers attribute certificates only"),
        ] {
            world.untold(&[scoped(&scope)], reason);
        }
        // Lists for some reasons count where together they cover all.
        let some = scoped(&[vec![0x83, 2, 5, 0x60]]);
        let rest = scoped(&[own(), vec![0x83, 3, 7, 0x1f, 0x80]]);
        world.accepted(&[some.clone(), rest.clone()]);
        for one in [some, rest] {
            let error = world.verify(&[one], UnknownRevocation::AllowUnlisted).unwrap_err();
            assert!(error.to_string().contains("for it and all reasons"), "{error}");
        }
        // The points of a certificate can be of some reasons, or of another issuer, too.
        for (fields, told) in [
            (vec![own(), vec![0x81, 3, 7, 0x7f, 0x80]], true),
            (vec![own(), vec![0x81, 2, 5, 0x60]], false),
            (vec![own(), tlv(0xa2, &[&tlv(0xa4, &[&printable()])])], false),
        ] {
            let points = craft::sequence(&[craft::sequence(&fields)]);
            let change = |leaf: Draft| leaf.set(POINTS, false, &points);
            let other = World::with(world.ladder.algorithm, change);
            let list = other.own(&List { scope: Some(vec![own()]), ..good() });
            assert_eq!(other.verify(&[list], UnknownRevocation::Refuse).is_ok(), told);
        }
        // A directory name, whole or below the issuer's, in any spelling.
        let below = |tag, text: &[u8]| {
            let pair = craft::sequence(&[craft::oid("2.5.4.3"), tlv(tag, &[text])]);
            tlv(0xa0, &[&tlv(0xa1, &[&pair])])
        };
        let whole = craft::name(&[
            ("2.5.4.10", 0x0c, b"Example Org"),
            ("2.5.4.3", 0x0c, b"CA"),
            ("2.5.4.3", 0x0c, b"part"),
        ]);
        let whole = tlv(0xa0, &[&tlv(0xa0, &[&tlv(0xa4, &[&whole])])]);
        for one in [below(0x13, b"part"), whole.clone()] {
            let points = craft::sequence(&[craft::sequence(&[one])]);
            let change = |leaf: Draft| leaf.set(POINTS, false, &points);
            let other = World::with(world.ladder.algorithm, change);
            for scope in [below(0x0c, b"PART"), whole.clone()] {
                other.accepted(&[other.own(&List { scope: Some(vec![scope]), ..good() })]);
            }
            let scope = Some(vec![below(0x0c, b"other")]);
            other.untold(&[other.own(&List { scope, ..good() })], "its distribution point");
        }
    }
}

#[test]
fn a_list_without_next_update_counts_for_ten_days() {
    for world in worlds() {
        let from = |from| world.own(&List { from, to: None, ..good() });
        world.accepted(&[from("260522000000Z")]);
        world.untold(&[from("260521235959Z")], "has no nextUpdate: it counts for 10 days");
        let expired = List { from: "260501000000Z", to: Some("260531235959Z"), ..good() };
        world.untold(&[world.own(&expired)], "it expired at 2026-05-31T23:59:59Z");
        let early = List { from: "260601000001Z", ..good() };
        world.untold(&[world.own(&early)], "it is from 2026-06-01T00:00:01Z, after");
    }
}

#[test]
fn every_list_of_one_text_is_read() {
    let world = World::new(common::families()[0]);
    let pem = |list: &RevocationList| {
        let body = list.as_der().to_vec();
        let (begin, end) = ("-----BEGIN X509 CRL-----", "-----END X509 CRL-----");
        format!("{begin}\n{}\n{end}\n", base64(&body))
    };
    let (first, second) = (world.own(&good()), world.own(&List { names: Some(Some(1)), ..good() }));
    let text = [pem(&first), world.ca.to_pem(), pem(&second)].concat();
    let lists = RevocationList::many_from_pem(&text).unwrap();
    assert_eq!(lists.len(), 2);
    world.revoked(&lists);
    assert!(RevocationList::from_pem(&text).is_err());
    assert!(RevocationList::many_from_pem(&world.ca.to_pem()).is_err());
    let mislabelled = text.replacen("X509 CRL", "CRL", 2);
    let error = RevocationList::many_from_pem(&mislabelled).unwrap_err().to_string();
    assert!(error.contains("the label is not \"X509 CRL\""), "{error}");
    // Whatever became of its line ends, none is overlooked beside another.
    let (whole, folded) = (pem(&first), pem(&second));
    for folded in [
        folded.replace('\n', " "),
        folded.replace('\n', "\r"),
        folded.replace('\n', "\\n"),
        format!("list 2: {folded}"),
        folded.replacen("-----\n", "-----", 1),
    ] {
        for text in [format!("{whole}{folded}\n"), format!("{folded}\n{whole}")] {
            match RevocationList::many_from_pem(&text) {
                Ok(lists) => assert_eq!(lists.len(), 2, "{text}"),
                Err(error) => assert!(matches!(error, Error::Malformed(_)), "{error}"),
            }
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let mut bits = three.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
        bits <<= 8 * (3 - three.len());
        let digit = |at: usize| match at <= three.len() {
            true => char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]),
            false => '=',
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
