//! The worst input that was found for each reader, at its limits, and its time as a multiple of an
//! ordinary input: per byte, or (where that is said) of the same kind as it is. At most 20.

use std::hint::black_box;
use std::time::{Duration, Instant};

use certwright::cas::{Cas, Config};
use certwright::crl::RevocationList;
use certwright::ledger::Ledger;
use certwright::name::{IpNetwork, Uri};
use certwright::time::FixedClock;
use certwright::{
    AltName, Certificate, CertificateRequest, Chain, ChainVerifier, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Name, Policy, Profile, Store,
};
use serde_json::{Value, json};

use certwright_tests::craft::{
    self, Draft, Ladder, attribute, extension, extension_request, name, oid, sequence, tlv,
};

/// What a multiple may be at most.
const MOST: f64 = 20.0;

/// Room for the envelope below the limit of 1 MiB.
const MEGABYTE: usize = 1_040_000;

fn main() {
    if let Some(name) = std::env::var_os("CERTWRIGHT_ARITHMETIC") {
        let named = name.to_str().and_then(certwright::key::Arithmetic::named);
        named.expect("fastest, portable, rustcrypto or vectors").choose();
    }
    // `cargo test --benches` asks for no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut table = Table { rows: Vec::new() };
    requests(&mut table);
    certificates(&mut table);
    lists(&mut table);
    pem(&mut table);
    keys(&mut table);
    names(&mut table);
    chains(&mut table);
    calls(&mut table);
    records(&mut table);
    table.print();
}

struct Table {
    rows: Vec<Row>,
}

struct Row {
    reader: &'static str,
    input: String,
    bytes: usize,
    time: Duration,
    multiple: f64,
}

/// An input and the work on it.
struct Measured {
    bytes: usize,
    time: Duration,
}

fn measure<T>(bytes: usize, work: impl Fn() -> T) -> Measured {
    let mut best = Duration::MAX;
    let began = Instant::now();
    // The best of many runs, on a machine that others use as well.
    for run in 0.. {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed());
        if run >= 2 && began.elapsed() > Duration::from_millis(300) {
            break;
        }
    }
    Measured { bytes, time: best }
}

impl Table {
    /// A row whose multiple is per byte.
    fn per_byte(&mut self, reader: &'static str, input: &str, worst: Measured, usual: &Measured) {
        let rate = |m: &Measured| m.time.as_secs_f64() / m.bytes as f64;
        self.row(reader, input, &worst, rate(&worst) / rate(usual));
    }

    /// A row whose multiple is of the whole, for inputs of about the same size.
    fn whole(&mut self, reader: &'static str, input: &str, worst: Measured, usual: &Measured) {
        let multiple = worst.time.as_secs_f64() / usual.time.as_secs_f64();
        self.row(reader, &format!("{input} (as a whole)"), &worst, multiple);
    }

    fn row(&mut self, reader: &'static str, input: &str, worst: &Measured, multiple: f64) {
        let Measured { bytes, time } = *worst;
        self.rows.push(Row { reader, input: input.to_owned(), bytes, time, multiple });
    }

    fn print(&self) {
        println!(
            "{:<13} {:<62} {:>9} {:>12} {:>8}",
            "reader", "input", "bytes", "time", "multiple"
        );
        for Row { reader, input, bytes, time, multiple } in &self.rows {
            let time = format!("{time:.1?}");
            println!("{reader:<13} {input:<62} {bytes:>9} {time:>12} {multiple:>8.2}");
        }
        let above = self.rows.iter().filter(|row| row.multiple > MOST).count();
        println!("{above} of {} above {MOST}", self.rows.len());
        assert_eq!(above, 0, "work on an input is not bounded");
    }
}

fn requests(table: &mut Table) {
    let ladder = ladder();
    let key = ladder.leaf_key();
    let request = |attributes: &[Vec<u8>]| craft::request(&name(&[]), attributes, &key);
    let policy = Policy::new(Profile::tls_server()).allow_dns(".internal").unwrap();
    let read = |der: &[u8]| {
        measure(der.len(), || {
            CertificateRequest::from_der(der).map(|request| policy.review(&request).items().len())
        })
    };
    let usual = ladder.request(&["a.internal", "b.internal"]);
    let usual = read(usual.as_der());
    let asking = |names: &[Vec<u8>]| {
        let names: Vec<(u8, &[u8])> = names.iter().map(|name| (0x82, name.as_slice())).collect();
        let names = extension("2.5.29.17", false, &craft::alt_names(&names));
        request(&[extension_request(&[names])])
    };
    let granted: Vec<Vec<u8>> = (0..1000).map(|at| long_name(at, "internal")).collect();
    let short: Vec<Vec<u8>> = (0..1000).map(|at| format!("{at}.b").into_bytes()).collect();
    let controls: Vec<Vec<u8>> = (0..1000).map(|_| vec![1; 1000]).collect();
    let many: Vec<Vec<u8>> =
        (0..64).map(|at| attribute(&format!("1.2.{at}"), &[5, 0].repeat(8000))).collect();
    for (input, der) in [
        ("1000 names of 250 characters, all granted", asking(&granted)),
        ("1000 names, all denied", asking(&short)),
        ("1000 names of 1000 control characters", asking(&controls)),
        ("64 attributes of 16 kB", request(&many)),
        ("an attribute of 1 MB", request(&[attribute("1.2.3", &vec![0x05; MEGABYTE])])),
    ] {
        table.per_byte("csr", input, read(&der), &usual);
    }
    rsa(table, read);
}

/// The highest exponent and the longest modulus, beside that modulus with the usual exponent; the
/// signature is wrong, but was computed.
fn rsa(table: &mut Table, read: impl Fn(&[u8]) -> Measured) {
    let request = |bits: usize, exponent: &[u8]| {
        let modulus = [vec![0, 0xc1], vec![0x35; bits / 8 - 1]].concat();
        let numbers = sequence(&[tlv(0x02, &[&modulus]), tlv(0x02, &[exponent])]);
        let algorithm = sequence(&[oid("1.2.840.113549.1.1.1"), vec![5, 0]]);
        let key = sequence(&[algorithm, tlv(0x03, &[&[0], &numbers])]);
        let info = sequence(&[tlv(0x02, &[&[0]]), name(&[]), key, tlv(0xa0, &[])]);
        let signed_with = sequence(&[oid("1.2.840.113549.1.1.11"), vec![5, 0]]);
        sequence(&[info, signed_with, tlv(0x03, &[&[0], &vec![0x11; bits / 8]])])
    };
    let usual = read(&request(4096, &[1, 0, 1]));
    let high = request(4096, &[1, 0xff, 0xff, 0xff, 0xff]);
    table.whole("csr", "RSA of 4096 bits, exponent 2^33 - 1", read(&high), &usual);
    let huge = request(4096, &vec![0x7f; MEGABYTE]);
    table.whole("csr", "RSA with an exponent of 8,000,000 bits", read(&huge), &usual);
}

fn certificates(table: &mut Table) {
    let ladder = ladder();
    let draft = Draft::of(ladder.ca.certificate());
    let read = |der: &[u8]| measure(der.len(), || Certificate::from_der(der).is_ok());
    let usual = read(ladder.ca.certificate().as_der());
    let signed = |draft: Draft| draft.sign_der(&ladder.root_key());
    let with = |id: &str, value: &[u8]| signed(draft.clone().set(id, false, value));
    let names = vec![(0x82, &[b'a'; 1000][..]); 1000];
    let usages: Vec<Vec<u8>> = (0..200_000).map(|_| oid("1.2.3")).collect();
    let issuers = tlv(0xa1, &[&[0x82, 1, b'a'].repeat(MEGABYTE / 3)]);
    let fewer = sequence(&[tlv(0xa1, &[&[0x82, 1, b'a'].repeat(10_000)])]);
    let attributes = vec![("2.5.4.11", 0x0c, &[b'a'; 16_000][..]); 64];
    let deep = nested(0x30, 200_000);
    let points = sequence(&[tlv(
        0x30,
        &[&tlv(0xa0, &[&tlv(0xa0, &[&[0x86, 1, b'a'].repeat(MEGABYTE / 3)])])],
    )]);
    let mut full = draft.clone();
    full.extensions =
        (0..64).map(|at| extension(&format!("1.2.{at}"), false, &[0; 16_000])).collect();
    let lint = |der: &[u8]| measure(der.len(), || certwright::lint::lint(der).findings().len());
    let usual_lint = lint(ladder.ca.certificate().as_der());
    for (input, der) in [
        ("1000 names of 1000 characters", with("2.5.29.17", &craft::alt_names(&names))),
        ("200,000 extended key usages", with("2.5.29.37", &sequence(&usages))),
        (
            "350,000 names of the issuer",
            with("2.5.29.35", &sequence(std::slice::from_ref(&issuers))),
        ),
        ("64 attributes of 16 kB", signed(draft.clone().field(5, name(&attributes)))),
        ("64 extensions of 16 kB", signed(full.clone())),
        ("nested 200,000 deep", with("2.5.29.35", &deep)),
        ("350,000 URLs of lists", with("2.5.29.31", &points)),
    ] {
        table.per_byte("lint", input, lint(&der), &usual_lint);
    }
    for (input, der) in [
        ("1000 names of 1000 characters", with("2.5.29.17", &craft::alt_names(&names))),
        ("200,000 extended key usages", with("2.5.29.37", &sequence(&usages))),
        (
            "350,000 names of the issuer in the key identifier",
            with("2.5.29.35", &sequence(&[issuers])),
        ),
        ("a subject of 64 attributes of 16 kB", signed(draft.clone().field(5, name(&attributes)))),
        ("64 extensions of 16 kB", signed(full)),
        ("10,000 names of the issuer in the key identifier", with("2.5.29.35", &fewer)),
        ("nested 200,000 deep", with("2.5.29.35", &deep)),
        ("350,000 URLs of lists", with("2.5.29.31", &points)),
    ] {
        table.per_byte("certificate", input, read(&der), &usual);
    }
}

fn lists(table: &mut Table) {
    let ladder = ladder();
    let list = |entries: Vec<Vec<u8>>| {
        let parts = [
            tlv(0x02, &[&[1]]),
            craft::signature_algorithm(certwright::Signer::algorithm(&ladder.ca_key())),
            name(&[]),
            tlv(0x17, &[b"260101000000Z"]),
            sequence(&entries),
        ];
        craft::signed(&sequence(&parts), &ladder.ca_key())
    };
    let entry = |serial: &[u8], more: Vec<u8>| {
        sequence(&[tlv(0x02, &[serial]), tlv(0x17, &[b"260101000000Z"]), more])
    };
    let read = |der: &[u8]| measure(der.len(), || RevocationList::from_der(der).is_ok());
    let number = |at: u32| [&[0x40], &at.to_be_bytes()[..], &[7; 15]].concat();
    let reason = sequence(&[extension("2.5.29.21", false, &[0x0a, 1, 1])]);
    let usual = read(&list((0..1000).map(|at| entry(&number(at), reason.clone())).collect()));
    let short = (0..50_000).map(|at: u32| entry(&[1 + (at % 127) as u8], Vec::new())).collect();
    let falling = (0..20_000).rev().map(|at| entry(&number(at), Vec::new())).collect();
    let unknown: Vec<Vec<u8>> =
        (0..64).map(|at| extension(&format!("1.2.{at}"), false, &[])).collect();
    let full = (0..1200).map(|at| entry(&number(at), sequence(&unknown))).collect();
    let lint = |der: &[u8]| measure(der.len(), || certwright::lint::lint(der).findings().len());
    let (usual_lint, most) = (lint(ladder.ca.certificate().as_der()), list(short));
    table.per_byte("lint", "50,000 of the shortest entries", lint(&most), &usual_lint);
    for (input, der) in [
        ("50,000 of the shortest entries", most),
        ("20,000 entries in falling order", list(falling)),
        ("1200 entries of 64 extensions", list(full)),
    ] {
        table.per_byte("crl", input, read(&der), &usual);
    }
}

fn pem(table: &mut Table) {
    let ladder = ladder();
    let read = |text: &str| measure(text.len(), || Certificate::many_from_pem(text).is_ok());
    let usual =
        read(&Chain::new(ladder.ca.certificate().clone(), vec![]).unwrap().to_pem().repeat(3));
    let one = ladder.ca.certificate().to_pem();
    let block =
        |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}-----END {label}-----\n");
    let long = block("X", &format!("{}\n", "A".repeat(MEGABYTE / 4 * 4)));
    let thin = block("X", &"A\n".repeat(MEGABYTE / 8 * 4));
    let last = format!("{}{}", block("X", "AAAA\n").repeat(127), "\n".repeat(MEGABYTE - 6000));
    for (input, text) in [
        ("128 certificates", one.repeat(128)),
        ("128 small blocks in 1 MB", last),
        ("one line of 1 MB", long),
        ("lines of one character", thin),
        ("a label of 1 MB", block(&"A".repeat(MEGABYTE / 2), "")),
        ("1 MB without a block", "-----BEGIN \n".repeat(MEGABYTE / 12)),
    ] {
        table.per_byte("pem", input, read(&text), &usual);
    }
}

fn keys(table: &mut Table) {
    let plain = KeyPair::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let usual = plain.to_pkcs8_der_encrypted("x").unwrap();
    let read =
        |der: &[u8]| measure(der.len(), || KeyPair::from_pkcs8_der_encrypted(der, "x").is_ok());
    let usual = read(&usual);
    let aes = sequence(&[oid("2.16.840.1.101.3.4.1.42"), tlv(0x04, &[&[2; 16]])]);
    let encrypted = |kdf: Vec<u8>| {
        let scheme = sequence(&[oid("1.2.840.113549.1.5.13"), sequence(&[kdf, aes.clone()])]);
        sequence(&[scheme, tlv(0x04, &[&[3; 160]])])
    };
    let pbkdf2 = |prf: &str, rounds: u32| {
        let rounds = tlv(0x02, &[&rounds.to_be_bytes()[1..]]);
        let prf = sequence(&[oid(prf), vec![5, 0]]);
        let parameters = sequence(&[tlv(0x04, &[&[1; 16]]), rounds, prf]);
        encrypted(sequence(&[oid("1.2.840.113549.1.5.12"), parameters]))
    };
    let scrypt = |n: &[u8], r: u8, p: &[u8]| {
        let parameters = sequence(&[
            tlv(0x04, &[&[1; 16]]),
            tlv(0x02, &[n]),
            tlv(0x02, &[&[r]]),
            tlv(0x02, &[p]),
        ]);
        encrypted(sequence(&[oid("1.3.6.1.4.1.11591.4.11"), parameters]))
    };
    for (input, der) in [
        ("PBKDF2, 2,000,000 rounds of SHA-224", pbkdf2("1.2.840.113549.2.8", 2_000_000)),
        ("PBKDF2, 2,000,000 rounds of SHA-256", pbkdf2("1.2.840.113549.2.9", 2_000_000)),
        ("PBKDF2, 2,000,000 rounds of SHA-512", pbkdf2("1.2.840.113549.2.11", 2_000_000)),
        ("scrypt, 256 MiB at once", scrypt(&[4, 0, 0], 8, &[1])),
        ("scrypt, 16 MiB 16 times", scrypt(&[0x40, 0], 8, &[16])),
        ("scrypt, 2 KiB 32,767 times", scrypt(&[2], 8, &[0x7f, 0xff])),
    ] {
        table.whole("encrypted key", input, read(&der), &usual);
    }
    let rsa = |algorithm| KeyPair::generate(algorithm).unwrap().to_pkcs8_der().unwrap();
    let read = |der: &[u8]| measure(der.len(), || KeyPair::from_pkcs8_der(der).is_ok());
    let usual = read(rsa(KeyAlgorithm::Rsa2048).as_bytes());
    let largest = read(rsa(KeyAlgorithm::Rsa4096).as_bytes());
    table.whole("pkcs8", "RSA of 4096 bits, to one of 2048", largest, &usual);
}

fn names(table: &mut Table) {
    let read = |text: &str| measure(text.len(), || text.parse::<Name>().is_ok());
    let usual = read("CN=www.example.org,OU=Security,O=Example Inc,L=Hangzhou,ST=Zhejiang,C=CN");
    for (input, text) in [
        (
            "64 attributes of 250 escaped bytes",
            vec![format!("OU={}", "\\41".repeat(64)); 64].join(","),
        ),
        ("65,000 commas", ",".repeat(65_000)),
        ("65,000 backslashes", "\\".repeat(65_000)),
        ("an unknown type of 65,000 characters", format!("{}=a", "\u{1}".repeat(65_000))),
        ("an identifier of 65,000 characters", format!("{}1=a", "1.".repeat(32_000))),
    ] {
        table.per_byte("name", input, read(&text), &usual);
    }
    let read = |text: &str| measure(text.len(), || AltName::dns(text).is_ok());
    let usual = read("www.example.org");
    table.per_byte("dns", "127 labels", read(&vec!["a"; 127].join(".")), &usual);
    table.per_byte("dns", "1 MB of control characters", read(&"\u{1}".repeat(MEGABYTE)), &usual);
    let read = |text: &str| measure(text.len(), || Uri::new(text).is_ok());
    let usual = read("https://www.example.org/path?query");
    let longest = format!("https://{}@a.b/{}", ":".repeat(1000), "@".repeat(1000));
    table.per_byte("uri", "2048 characters", read(&longest), &usual);
    table.per_byte("uri", "1 MB of control characters", read(&"\u{1}".repeat(MEGABYTE)), &usual);
    let read = |text: &str| measure(text.len(), || AltName::email(text).is_ok());
    let usual = read("somebody@example.org");
    table.per_byte("e-mail", "1 MB of @", read(&"@".repeat(MEGABYTE)), &usual);
    let read = |text: &str| measure(text.len(), || text.parse::<IpNetwork>().is_ok());
    let usual = read("10.0.0.0/8");
    table.per_byte("ip network", "1 MB of colons", read(&":".repeat(MEGABYTE)), &usual);
    table.per_byte(
        "ip network",
        "the longest",
        read("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"),
        &usual,
    );
}

fn chains(table: &mut Table) {
    let ladder = ladder();
    let draft = Draft::of(ladder.ca.certificate());
    // The leaf is signed by the key of the CA, which is the anchor's.
    let anchor = |value: Option<Vec<u8>>| {
        let draft = draft.clone().field(craft::ISSUER, name(&[])).field(craft::SUBJECT, name(&[]));
        let draft = draft.without(craft::AUTHORITY_KEY_IDENTIFIER);
        let draft = match value {
            Some(value) => draft.set(craft::NAME_CONSTRAINTS, true, &value),
            None => draft,
        };
        draft.sign(&ladder.ca_key())
    };
    let leaf = |subject: Vec<u8>, names: &[(u8, &[u8])]| {
        draft
            .clone()
            .field(craft::ISSUER, name(&[]))
            .field(craft::SUBJECT, subject)
            .without(craft::AUTHORITY_KEY_IDENTIFIER)
            .set(craft::SUBJECT_ALT_NAME, false, &craft::alt_names(names))
            .sign(&ladder.ca_key())
    };
    let verify = |leaf: &Certificate, anchor: &Certificate| {
        let chain = Chain::new(leaf.clone(), Vec::new()).unwrap();
        let verifier = ChainVerifier::new([anchor.clone()], craft::now());
        let bytes = leaf.as_der().len() + anchor.as_der().len();
        measure(bytes, || verifier.verify(&chain).is_ok())
    };
    let subtrees = |tag: u8, bases: Vec<(u8, Vec<u8>)>| {
        let bases: Vec<u8> =
            bases.iter().flat_map(|(kind, base)| sequence(&[tlv(*kind, &[base])])).collect();
        sequence(&[tlv(tag, &[&bases])])
    };
    let longest = |at: usize| long_name(at, "internal");
    let names: Vec<Vec<u8>> = (0..1000).map(longest).collect();
    let dns: Vec<(u8, &[u8])> = names.iter().map(|name| (0x82, name.as_slice())).collect();
    let mails: Vec<Vec<u8>> = names.iter().map(|name| [b"a@", name.as_slice()].concat()).collect();
    let mails: Vec<(u8, &[u8])> = mails.iter().map(|mail| (0x81, mail.as_slice())).collect();
    let uris: Vec<Vec<u8>> = names.iter().map(|name| [b"x://", name.as_slice()].concat()).collect();
    let uris: Vec<(u8, &[u8])> = uris.iter().map(|uri| (0x86, uri.as_slice())).collect();
    let other = |at: usize| long_name(at, "external");
    let plain = anchor(None);
    for (input, tag, kind, names) in [
        ("1000 DNS names, outside 256 excluded subtrees", 0xa1, 0x82, &dns),
        ("1000 DNS names, inside the last of 256 permitted", 0xa0, 0x82, &dns),
        ("1000 mailboxes, outside 256 excluded", 0xa1, 0x81, &mails),
        ("1000 URIs, outside 256 excluded", 0xa1, 0x86, &uris),
    ] {
        let mut bases: Vec<(u8, Vec<u8>)> = (0..255).map(|at| (kind, other(at))).collect();
        bases.push((kind, if tag == 0xa0 { b"internal".to_vec() } else { other(255) }));
        let constrained = anchor(Some(subtrees(tag, bases)));
        let leaf = leaf(name(&[]), names);
        table.whole("chain", input, verify(&leaf, &constrained), &verify(&leaf, &plain));
    }
    // Every base agrees but for the last attribute, which is long in the subject.
    let long = [b'a'; 900_000];
    let subject = name(&[("2.5.4.10", 0x0c, b"x"), ("2.5.4.11", 0x0c, &long)]);
    let base = name(&[("2.5.4.10", 0x0c, b"x"), ("2.5.4.11", 0x0c, b"b")]);
    let constrained = anchor(Some(subtrees(0xa1, vec![(0xa4, base); 256])));
    let leaf = leaf(subject, &[(0x82, b"a.internal")]);
    let usual = verify(&leaf, &plain);
    table.whole(
        "chain",
        "a subject of 900 kB, 256 directory names",
        verify(&leaf, &constrained),
        &usual,
    );
}

fn calls(table: &mut Table) {
    let cas = Cas::new(MemoryStore::default(), FixedClock(craft::now()), Config::default());
    let call = |name: &str, value: &Value| {
        let text = value.to_string();
        measure(text.len(), || cas.call(name, &text).is_ok())
    };
    let csr = ladder().request(&["a.internal"]).to_pem();
    let usual = json!({"Name": "a", "Csr": csr, "Tags.1.Key": "k", "Tags.1.Value": "v"});
    let usual = call("CreateServerCertificateWithCsr", &usual);
    let object = |count: usize, name: &dyn Fn(usize) -> String| {
        Value::Object((0..count).map(|at| (name(at), json!("x"))).collect())
    };
    for (input, value) in [
        ("100,000 unknown parameters", object(100_000, &|at| format!("x{at}"))),
        ("1000 flat parameters of 8 levels", object(1000, &|at| format!("a.b.c.d.e.f.{at}.h"))),
        (
            "100,000 unknown parameters in a tag",
            json!({"Tags": [object(100_000, &|at| format!("x{at}"))]}),
        ),
        ("a list of 300,000 tags", json!({"Tags": vec![json!({}); 300_000]})),
        ("a CSR of 1 MB", json!({"Csr": "A\n".repeat(MEGABYTE / 2)})),
        ("domains of 1 MB", json!({"Csr": csr, "Domain": "a.b,".repeat(MEGABYTE / 4)})),
    ] {
        table.per_byte("cas call", input, call("CreateServerCertificateWithCsr", &value), &usual);
    }
}

fn records(table: &mut Table) {
    let ladder = ladder();
    let store = std::sync::Arc::new(MemoryStore::default());
    let authority = ladder_authority(&ladder, &store);
    let chain = authority.issue(&ladder.request(&["a.internal"])).unwrap().into_chain();
    let serial = *chain.leaf().serial();
    let issuer = Ledger::issuer_digest(ladder.ca.certificate().public_key().unwrap());
    let key = [
        b"certificate/",
        issuer.as_slice(),
        &vec![0; 20 - serial.as_bytes().len()],
        serial.as_bytes(),
    ]
    .concat();
    let ledger = authority.ledger();
    let read = |bytes: usize| measure(bytes, || ledger.certificate(&issuer, &serial).is_ok());
    let usual = read(chain.leaf().as_der().len());
    let names = vec![(0x82, &[b'a'; 1000][..]); 1000];
    let large = Draft::of(ladder.ca.certificate())
        .set(craft::SUBJECT_ALT_NAME, false, &craft::alt_names(&names))
        .sign_der(&ladder.root_key());
    let tags = [vec![255], [0, 1, b'k', 0, 1, b'v'].repeat(255)].concat();
    for (input, rest) in [
        ("a certificate of 1 MB", [vec![0], large.clone()].concat()),
        ("255 tags", [tags, chain.leaf().as_der().to_vec()].concat()),
        ("a damaged certificate of 1 MB", [vec![0], nested(0x30, 200_000)].concat()),
    ] {
        let value = [vec![1, 2], vec![0; 16], rest].concat();
        store.write(&mut |transaction| transaction.put(&key, &value)).unwrap();
        table.per_byte("record", input, read(value.len()), &usual);
    }
}

fn ladder_authority(ladder: &Ladder, store: &std::sync::Arc<MemoryStore>) -> certwright::Authority {
    let issuer: Issuer = ladder.ca.clone();
    certwright::Authority::new(issuer, craft::internal(), std::sync::Arc::clone(store))
        .with_clock(FixedClock(craft::now()))
}

fn ladder() -> Ladder {
    Ladder::new(KeyAlgorithm::EcdsaP256)
}

/// A DNS name of 250 characters, another for each number.
fn long_name(at: usize, top: &str) -> Vec<u8> {
    let label = "a".repeat(58);
    format!("{at:05}.{label}.{label}.{label}.{label}.{top}").into_bytes()
}

/// Values one inside the other.
fn nested(tag: u8, depth: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut length = 0;
    for _ in 0..depth {
        let header = match length {
            0..=127 => vec![tag, length as u8],
            128..=255 => vec![tag, 0x81, length as u8],
            256..=65_535 => [&[tag, 0x82], &(length as u16).to_be_bytes()[..]].concat(),
            _ => [&[tag, 0x83], &(length as u32).to_be_bytes()[1..]].concat(),
        };
        length += header.len();
        bytes.extend(header.into_iter().rev());
    }
    bytes.reverse();
    bytes
}
