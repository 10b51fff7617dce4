//! Folders of `openssl ca`: what goes out comes back, what does not agree is refused whole, and nothing
//! half is left behind. What OpenSSL says to them is in `tests/judges/openssl_ca.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certwright::crl::{
    CrlDistribution, CrlRequest, Revocation, RevocationReason, RevocationRequest,
};
use certwright::error::Rule;
use certwright::issuance::Issuance;
use certwright::ledger::Ledger;
use certwright::testing::SeededRng;
use certwright::time::{FixedClock, Lifetime, Time};
use certwright::{Authority, Error, KeyAlgorithm, MemoryStore, SerialNumber, Store};
use tempfile::TempDir;

use crate::common;
use crate::craft::{Ladder, internal, now, time};

#[test]
fn what_goes_out_comes_back() {
    for algorithm in common::families() {
        let scene = Scene::new(algorithm);
        let since = "2026-05-04T03:02:01Z".parse().unwrap();
        let at = "2026-05-31T00:00:00Z".parse().unwrap();
        let old = scene.issue_until("2026-06-01T00:00:01Z");
        let late = scene.issue_until("2026-08-29T23:59:59Z");
        for (reason, since) in [
            (RevocationReason::AffiliationChanged, None),
            (RevocationReason::CaCompromise, None),
            (RevocationReason::CaCompromise, Some(since)),
            (RevocationReason::CertificateHold, None),
            (RevocationReason::CessationOfOperation, None),
            (RevocationReason::KeyCompromise, None),
            (RevocationReason::KeyCompromise, Some(since)),
            (RevocationReason::Superseded, None),
            (RevocationReason::Unspecified, None),
        ] {
            let request = RevocationRequest::new(reason).at(at);
            let request = since.map_or(request, |since| request.invalid_since(since));
            scene.ca.revoke(&scene.issue(), request).unwrap();
        }
        let released = scene.issue();
        scene.ca.revoke(&released, RevocationReason::CertificateHold).unwrap();
        scene.full();
        scene.ca.release(&released).unwrap();
        scene.full();

        let out = scene.ca.export_openssl_ca(scene.place("out")).unwrap();
        assert_eq!((out.certificates, out.revoked), (12, 9));
        assert_eq!(out.claimed.len() + out.shortened.len(), 0);
        let index = scene.read("out/index.txt");
        for serial in [&old, &late, &released] {
            let line = index.lines().find(|line| line.contains(&hex(serial))).unwrap();
            assert!(line.starts_with('V'), "{line}");
        }
        assert_eq!(scene.read("out/crlnumber"), "03\n");
        assert_eq!(scene.read("out/index.txt.attr"), "unique_subject = no\n");
        let serial: SerialNumber = scene.read("out/serial").trim().parse().unwrap();
        assert_eq!(scene.ca.find(&serial).unwrap(), None);

        let other = scene.empty();
        let summary = other.import_openssl_ca(scene.place("out")).unwrap();
        assert_eq!((summary.imported, summary.present, summary.revoked), (12, 0, 9));
        assert_eq!(summary.crl_number, 2);
        assert_eq!(certificates(&other), certificates(&scene.ca));
        assert_eq!(revocations(&other), revocations(&scene.ca));
        other.ledger().verify_audit().unwrap();
        let again = other.import_openssl_ca(scene.place("out")).unwrap();
        assert_eq!((again.imported, again.present, again.revoked), (0, 12, 0));
        other.export_openssl_ca(scene.place("again")).unwrap();
        assert_eq!(scene.read("again/index.txt"), index);
        assert_eq!(scene.left(), ["again", "out"]);
    }
}

#[test]
fn what_the_index_cannot_say_is_told() {
    let scene = Scene::any();
    let request = scene.ladder.request(&["db.internal"]);
    let claim = || *scene.ca.prepare(&request).unwrap().serial();
    let (claimed, doomed) = (claim(), claim());
    scene.ca.revoke(&doomed, RevocationReason::KeyCompromise).unwrap();
    let (withdrawn, dated) = (scene.issue(), scene.issue());
    scene.ca.revoke(&withdrawn, RevocationReason::PrivilegeWithdrawn).unwrap();
    let superseded = RevocationRequest::new(RevocationReason::Superseded);
    let since = "2026-05-04T03:02:01Z".parse().unwrap();
    scene.ca.revoke(&dated, superseded.invalid_since(since)).unwrap();
    let out = scene.ca.export_openssl_ca(scene.place("out")).unwrap();
    let set = |serials: &[SerialNumber]| serials.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(set(&out.claimed), set(&[claimed, doomed]));
    assert_eq!(out.claimed_and_revoked, [doomed]);
    assert_eq!(set(&out.shortened), set(&[withdrawn, dated]));
    let index = scene.read("out/index.txt");
    assert_eq!(index.lines().count(), 2);
    for (serial, field) in [(withdrawn, "260601000000Z"), (dated, "260601000000Z,superseded")] {
        assert!(index.contains(&format!("\t{field}\t{}\t", hex(&serial))), "{index}");
    }
}

#[test]
fn an_export_takes_no_place_that_is_taken() {
    let scene = Scene::any();
    scene.issue();
    for (name, file, problem) in [
        ("ca", Some("index.txt"), "it contains index.txt"),
        ("full", Some("notes"), "it contains notes"),
        ("file", None, "it is not a folder"),
    ] {
        let place = scene.place(name);
        match file {
            Some(file) => {
                fs::create_dir(&place).unwrap();
                fs::write(place.join(file), "mine").unwrap();
            }
            None => fs::write(&place, "mine").unwrap(),
        }
        let Err(Error::Malformed(found)) = scene.ca.export_openssl_ca(&place) else {
            panic!("{name}");
        };
        assert!(found.problem.contains(problem), "{}", found.problem);
    }
    let nowhere = scene.place("no/such/folder");
    let error = scene.ca.export_openssl_ca(&nowhere).unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
    assert!(scene.ca.export_openssl_ca(scene.place("..")).is_err());
    fs::create_dir(scene.place("empty")).unwrap();
    assert_eq!(scene.ca.export_openssl_ca(scene.place("empty")).unwrap().certificates, 1);
    assert_eq!(scene.left(), ["ca", "empty", "file", "full"]);
    assert_eq!(scene.read("ca/index.txt"), "mine");
}

#[test]
fn an_export_that_fails_leaves_nothing() {
    let mut scene = Scene::any();
    let store = Arc::new(MemoryStore::default());
    let issuer = scene.ladder.ca.clone();
    let key = issuer.certificate().public_key().unwrap().clone();
    scene.ca = Authority::new(issuer, internal(), Arc::clone(&store)).with_clock(FixedClock(now()));
    scene.issue();
    let damaged = [b"certificate/", &Ledger::issuer_digest(&key)[..], &[0x7f; 20]].concat();
    store.write(&mut |transaction| transaction.put(&damaged, b"?")).unwrap();
    fs::create_dir(scene.place("empty")).unwrap();
    for name in ["empty", "new"] {
        let error = scene.ca.export_openssl_ca(scene.place(name)).unwrap_err();
        assert!(matches!(error, Error::Store(_)), "{error}");
    }
    assert_eq!(scene.left(), ["empty"]);
}

#[test]
fn every_bad_line_is_named_and_nothing_is_imported() {
    let scene = Scene::any();
    let good = scene.exported(2);
    let (first, second) = (good[0].as_str(), good[1].as_str());
    let serial = first.split('\t').nth(3).unwrap();
    let revoked =
        |field: &str| first.replace("V\t", "R\t").replacen("\t\t", &format!("\t{field}\t"), 1);
    let replaced = |at: usize, text: &str| {
        let mut fields: Vec<&str> = first.split('\t').collect();
        fields[at] = text;
        fields.join("\t")
    };
    for (line, given) in [
        (String::new(), "1 fields"),
        ("V\t".to_owned(), "2 fields"),
        (first.replace('\t', " "), "1 fields"),
        (format!("{first}\tmore"), "7 fields"),
        ("\t".repeat(70_000), "70000 bytes"),
        ("\t".repeat(60_000), "8 fields"),
        (replaced(0, ""), "state \"\""),
        (replaced(0, "S"), "state \"S\""),
        (replaced(0, "v"), "state \"v\""),
        (replaced(0, "R"), "R without a revocation time"),
        (replaced(2, "260601000000Z"), "V with the revocation"),
        (replaced(1, ""), "end \"\""),
        (replaced(1, "261301000000Z"), "end \"261301000000Z\""),
        (replaced(1, "2606010000Z"), "end"),
        (replaced(1, "260601000000+0000"), "end"),
        (replaced(1, "2\u{b2}0601000000"), "end"),
        (replaced(3, ""), "serial number \"\""),
        (replaced(3, "00"), "serial number \"00\""),
        (replaced(3, "123"), "serial number \"123\""),
        (replaced(3, "-01"), "serial number \"-01\""),
        (replaced(3, "0x10"), "serial number \"0x10\""),
        (replaced(3, &"7F".repeat(21)), "serial number"),
        (replaced(3, "../../../etc/passwd"), "serial number"),
        (replaced(5, "/CN=\0"), "not text"),
        (revoked("soon"), "revocation time \"soon\""),
        (revoked("260601000000Z,"), "reason \"\""),
        (revoked("260601000000Z,bored"), "reason \"bored\""),
        (revoked("260601000000Z,removeFromCRL"), "reason \"removeFromCRL\""),
        (revoked("260601000000Z,superseded,x"), "\"x\" after a reason that takes no argument"),
        (revoked("260601000000Z,holdInstruction"), "reason \"holdInstruction\""),
        (revoked("260601000000Z,holdInstruction,"), "\"\" after"),
        (revoked("260601000000Z,keyTime"), "no time of the compromise"),
        (revoked("260601000000Z,CAkeyTime,now"), "time of the compromise \"now\""),
        (revoked(&format!("260601000000Z,{}", "x".repeat(5_000))), "reason \"xxx"),
        (second.to_owned(), "the serial number of line 2"),
    ] {
        scene.write("ca/index.txt", format!("# a comment\n{second}\n{line}\n"));
        let reasons = scene.refused();
        let at = format!("line 3: {given}");
        let found =
            reasons.iter().find(|(item, text)| *item == "index.txt" && text.contains("line 3"));
        let (_, text) = found.unwrap_or_else(|| panic!("{line:.100}: {reasons:?}"));
        assert!(text.starts_with("line 3: ") && text.contains(given), "{at}, not {text}");
        assert!(text.len() < 200, "{text}");
        // The certificate of the bad line is one that nobody speaks for.
        let file = format!("\"{serial}.pem\"");
        assert!(reasons.iter().any(|(item, text)| *item == "newcerts" && *text == file));
    }
    scene.write("ca/index.txt", format!("{first}\n{second}"));
    assert!(scene.refused()[0].1.contains("line 2: no end of the line"));
    scene.write("ca/index.txt", [first.as_bytes(), b"\n\xff\n"].concat());
    assert!(scene.refused()[0].1.contains("line 2: bytes that are not text (UTF-8 without NUL)"));
    // Lines of Windows, comments and lower case are read.
    scene.write(
        "ca/index.txt",
        format!("#\n{first}\r\n{second}\r\n").replace(serial, &serial.to_lowercase()),
    );
    assert_eq!(scene.empty().import_openssl_ca(scene.place("ca")).unwrap().imported, 2);
}

#[test]
fn certificates_must_be_those_of_their_lines() {
    let scene = Scene::any();
    let good = scene.exported(3);
    let index = good.iter().map(|line| format!("{line}\n")).collect::<String>();
    let serial = |at: usize| good[at].split('\t').nth(3).unwrap();
    let file = |at: usize| format!("ca/newcerts/{}.pem", serial(at));
    let kept = [0, 1, 2].map(|at| scene.read(&file(at)));
    let stranger = Ladder::new(scene.ladder.algorithm);
    let root = stranger.root.certificate().to_pem();
    let change = |at: usize, field: usize, text: &str| {
        let mut fields: Vec<&str> = good[at].split('\t').collect();
        fields[field] = text;
        index.replace(&good[at], &fields.join("\t"))
    };
    let first = good[0].replace("V\t", "R\t");
    let revoked =
        |field: &str| index.replace(&good[0], &first.replacen("\t\t", &format!("\t{field}\t"), 1));
    let line = |at: usize, text: &str| format!("line {}, {}.pem: {text}", at + 1, serial(at));
    let cases: Vec<(&str, String, &str, String)> = vec![
        ("ca/index.txt", change(1, 5, "/CN=x"), "newcerts", line(1, "subject \"/CN=db.internal\"")),
        ("ca/index.txt", change(1, 1, "270101000000Z"), "newcerts", line(1, "end 2026-")),
        (
            "ca/index.txt",
            revoked("260601000001Z"),
            "newcerts",
            line(0, "revoked at 2026-06-01T00:00:01Z"),
        ),
        (
            "ca/index.txt",
            revoked("260531000000Z,keyTime,20260531000001Z"),
            "newcerts",
            line(0, "invalid since 2026-05-31T00:00:01Z"),
        ),
        ("ca/newcerts/00AA.pem", kept[0].clone(), "newcerts", "\"00AA.pem\"".to_owned()),
        ("ca/crlnumber", "xyz\n".to_owned(), "crlnumber", "\"xyz\\n\"".to_owned()),
        ("ca/crlnumber", "+1".to_owned(), "crlnumber", "\"+1\"".to_owned()),
        ("ca/crlnumber", String::new(), "crlnumber", "\"\"".to_owned()),
        ("ca/crlnumber", "1".repeat(17), "crlnumber", "\"1111".to_owned()),
        ("ca/cacert.pem", root.clone(), "cacert.pem", "another key".to_owned()),
        ("ca/cacert.pem", "none".to_owned(), "cacert.pem", "malformed certificate".to_owned()),
    ];
    for (name, content, item, given) in cases {
        let before = fs::read(scene.place(name)).ok();
        scene.write(name, content);
        let reasons = scene.refused();
        assert!(reasons.len() == 1 && reasons[0].0 == item, "{name}: {reasons:?}");
        assert!(reasons[0].1.contains(&given), "{given}, not {}", reasons[0].1);
        match before {
            Some(before) => scene.write(name, before),
            None => fs::remove_file(scene.place(name)).unwrap(),
        }
    }
    // All at once: one that is another's, one that is exchanged, one that is missing.
    scene.write(file(0), root);
    scene.write(file(1), &kept[2]);
    fs::remove_file(scene.place(&file(2))).unwrap();
    scene.write("ca/crlnumber", "zz");
    let reasons = scene.refused();
    let texts: Vec<&str> = reasons.iter().map(|(_, text)| text.as_str()).collect();
    for expected in [
        line(0, "issuer \"CN=Root\""),
        line(0, "a signature that does not verify"),
        line(0, "serial number 01"),
        line(0, "subject \"/CN=Root\""),
        line(1, &format!("serial number {}", serial(2).to_lowercase())),
        line(2, "no file"),
        "\"zz\"".to_owned(),
    ] {
        assert!(texts.contains(&expected.as_str()), "{expected}: {texts:#?}");
    }
    fs::create_dir(scene.place(&file(2))).unwrap();
    let error = scene.empty().import_openssl_ca(scene.place("ca")).unwrap_err();
    assert!(
        matches!(&error, Error::File { path, .. } if path.ends_with(serial(2).to_owned() + ".pem"))
    );
    let error = scene.empty().import_openssl_ca(scene.place("nothing")).unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if path.ends_with("index.txt")), "{error}");
}

#[test]
fn a_number_that_is_given_here_is_a_problem() {
    let scene = Scene::any();
    let request = scene.ladder.request(&["db.internal"]);
    let seeded = || scene.empty().with_rng(SeededRng::new(7));
    let (theirs, ours) = (seeded(), seeded());
    theirs.issue(&request).unwrap();
    theirs.export_openssl_ca(scene.place("ca")).unwrap();
    ours.prepare(&request).unwrap();
    let error = ours.import_openssl_ca(scene.place("ca")).unwrap_err();
    let [reason] = error.reasons() else { panic!("{error}") };
    assert_eq!(reason.rule, Rule::ForeignRecord);
    assert_eq!(reason.given, "line 1: a serial number that was assigned here");
}

#[test]
fn where_lists_must_stay_is_told() {
    let scene = Scene::any();
    scene.issue();
    let pointing = |url: &str| {
        let issuer = scene.ladder.ca.clone();
        let issuer = issuer.with_crl_distribution(CrlDistribution::at(url).unwrap());
        Authority::on(issuer, internal(), scene.ca.ledger().clone()).with_clock(FixedClock(now()))
    };
    let request = scene.ladder.request(&["db.internal"]);
    let (first, ended) = ("http://crl.example/a.crl", "http://crl.example/ended.crl");
    pointing(first).issue(&request).unwrap();
    let soon = "2026-06-01T00:00:01Z";
    pointing(ended).issue(Issuance::for_request(&request).not_after(time(soon))).unwrap();
    scene.ca.export_openssl_ca(scene.place("ca")).unwrap();
    let later = FixedClock(time("2026-06-01T00:00:02Z"));
    let summary = scene.empty().with_clock(later).import_openssl_ca(scene.place("ca")).unwrap();
    assert_eq!(summary.imported, 3);
    assert_eq!(summary.crl_urls.into_iter().collect::<Vec<_>>(), [first]);
}

#[test]
fn the_next_delta_lists_what_was_imported() {
    let scene = Scene::any();
    scene.ca.revoke(&scene.issue(), RevocationReason::KeyCompromise).unwrap();
    scene.ca.export_openssl_ca(scene.place("ca")).unwrap();
    let other = scene.empty();
    let week = Lifetime::days(7);
    for _ in 0..3 {
        other.issue_crl(&CrlRequest::full(week)).unwrap();
    }
    assert_eq!(other.import_openssl_ca(scene.place("ca")).unwrap().revoked, 1);
    let delta = other.issue_crl(&CrlRequest::delta(3, week)).unwrap();
    assert_eq!(certwright::crl::RevocationList::from_der(&delta.to_der()).unwrap().len(), 1);
}

#[test]
fn what_is_too_much_is_refused() {
    let scene = Scene::any();
    scene.exported(1);
    scene.write("ca/index.txt", "x\n".repeat(2_000));
    let reasons = scene.refused();
    assert_eq!(reasons.len(), 1_001);
    // The certificate without a line is one of them.
    assert_eq!(reasons[1_000].1, "1001 further problems");
    scene.write("ca/index.txt", vec![b'#'; 32 * 1024 * 1024 + 1]);
    assert_eq!(scene.refused()[0].1, "more than 33554432 bytes");
}

#[test]
fn no_damage_to_an_index_is_a_panic() {
    let scene = Scene::any();
    let good = scene.exported(2).join("\n") + "\n";
    let rng = &mut SeededRng::new(1);
    let mut draw = |below: usize| {
        let mut bytes = [0; 4];
        let Ok(()) = rand_core::TryRng::try_fill_bytes(rng, &mut bytes);
        u32::from_be_bytes(bytes) as usize % below
    };
    let special = b"\t\n\r\\,/#VRE\0\xff";
    for _ in 0..300 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=draw(3) {
            let at = draw(bytes.len());
            match draw(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes.insert(at, special[draw(special.len())]),
                2 => drop(bytes.remove(at)),
                _ => bytes[at] = draw(256) as u8,
            }
            if bytes.is_empty() {
                bytes.push(b'\n');
            }
        }
        scene.write("ca/index.txt", bytes);
        let ledger = scene.empty();
        if ledger.import_openssl_ca(scene.place("ca")).is_err() {
            assert!(certificates(&ledger).is_empty());
        }
    }
}

/// An authority whose clock stands still, and a folder.
struct Scene {
    ladder: Ladder,
    ca: Authority,
    folder: TempDir,
}

impl Scene {
    fn new(algorithm: KeyAlgorithm) -> Self {
        let ladder = Ladder::new(algorithm);
        Self { ca: ladder.authority(internal()), ladder, folder: common::folder() }
    }

    fn any() -> Self {
        Self::new(common::families()[0])
    }

    /// The same authority without any record.
    fn empty(&self) -> Authority {
        let issuer = self.ladder.ca.clone();
        Authority::new(issuer, internal(), MemoryStore::default()).with_clock(FixedClock(now()))
    }

    fn issue(&self) -> SerialNumber {
        let chain = self.ca.issue(&self.ladder.request(&["db.internal"])).unwrap().into_chain();
        *chain.leaf().serial()
    }

    fn issue_until(&self, end: &str) -> SerialNumber {
        let request = self.ladder.request(&["db.internal"]);
        let issuance = Issuance::for_request(&request).not_after(time(end));
        *self.ca.issue(issuance).unwrap().certificate().serial()
    }

    fn full(&self) {
        self.ca.issue_crl(&CrlRequest::full(Lifetime::days(7))).unwrap();
    }

    /// Exports this many certificates to `ca`, and answers the lines of the index.
    fn exported(&self, count: usize) -> Vec<String> {
        (0..count).for_each(|_| _ = self.issue());
        self.ca.export_openssl_ca(self.place("ca")).unwrap();
        self.read("ca/index.txt").lines().map(str::to_owned).collect()
    }

    /// Why `ca` is refused, of which an empty ledger keeps nothing.
    fn refused(&self) -> Vec<(&'static str, String)> {
        let other = self.empty();
        let error = other.import_openssl_ca(self.place("ca")).unwrap_err();
        assert!(certificates(&other).is_empty() && revocations(&other).is_empty());
        assert_eq!(other.ledger().verify_audit().unwrap(), 0);
        assert!(error.reasons().iter().all(|reason| reason.rule == Rule::ForeignRecord), "{error}");
        error.reasons().iter().map(|reason| (reason.item, reason.given.clone())).collect()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.place(name)).unwrap()
    }

    fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    /// What is in the folder.
    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn certificates(authority: &Authority) -> Vec<Vec<u8>> {
    let records = authority.ledger().certificates(None, 100).unwrap();
    records.iter().map(|record| record.certificate().unwrap().as_der().to_vec()).collect()
}

/// All of the revocations but since which CRL.
fn revocations(
    authority: &Authority,
) -> Vec<(SerialNumber, RevocationReason, Time, Option<Time>, Time)> {
    let digest = Ledger::issuer_digest(authority.issuer().certificate().public_key().unwrap());
    let found = authority.ledger().revocations(&digest, None, 100).unwrap();
    let parts = found.iter().map(|revocation| {
        let Revocation { serial, reason, at, invalid_since, not_after, .. } = *revocation;
        (serial, reason, at, invalid_since, not_after)
    });
    parts.collect()
}

fn hex(serial: &SerialNumber) -> String {
    serial.to_string().to_uppercase()
}
