//! Requests that nobody would send: each is answered, none with a status of 500, and no secret is logged.

use std::io::Write as _;

use certwright::testing::SeededRng;
use rand_core::Rng as _;

use crate::asked::{Asked, FORMS, any_algorithm, authority};
use crate::served::{Answer, Served};

/// How many, unless `SERVE_REQUESTS` in the environment says how many.
const COUNT: usize = 3_000;

#[test]
fn no_mutated_request_is_answered_with_500() {
    let count = std::env::var("SERVE_REQUESTS").ok().and_then(|count| count.parse().ok());
    let count = count.unwrap_or(COUNT);
    let mut served = Served::folder();
    served.begin(&["--insecure-any-caller"]);
    let root = Asked::new("CreateRootCACertificate", &authority("Root", any_algorithm()));
    let identifier = root.answered(&served)["Identifier"].as_str().unwrap().to_owned();
    let seeds = seeds(&identifier, &served.address);
    let mut rng = SeededRng::new(15);
    let mut stream = served.connect();
    let mut statuses = std::collections::BTreeMap::new();
    for round in 0..count {
        let mut request = seeds[rng.next_u32() as usize % seeds.len()].clone();
        for _ in 0..1 + rng.next_u32() % 4 {
            mutate(&mut request, &mut rng);
        }
        // Half of it may be waited for; then the end of what is sent shows.
        let sent = stream.write_all(&request).is_ok();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let answer = if sent { Answer::try_read(&mut stream) } else { None };
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        assert!(status < 500, "round {round}: {answer:?} to {}", String::from_utf8_lossy(&request));
        *statuses.entry(status).or_insert(0) += 1;
        stream = served.connect();
    }
    // They got far enough to mean something.
    assert!(statuses.get(&200).copied().unwrap_or(0) > count / 200, "{statuses:?}");
    assert!(statuses.get(&400).copied().unwrap_or(0) > count / 50, "{statuses:?}");
    let metrics = served.get("/metrics");
    assert!(metrics.text().contains("certwright_panics_total 0\n"), "{}", metrics.text());
}

fn seeds(identifier: &str, host: &str) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (action, version, parameters) in [
        ("ListCsr", "2020-04-07", vec![("ShowSize", "10"), ("CurrentPage", "1")]),
        ("DescribeCACertificate", "2020-06-30", vec![("Identifier", identifier)]),
        (
            "TagResources",
            "2020-06-30",
            vec![
                ("ResourceType", "instance"),
                ("ResourceId.1", identifier),
                ("Tag.1.Key", "a"),
                ("Tag.1.Value", "例"),
            ],
        ),
        ("DescribeCACertificateList", "2020-06-30", vec![("Format", "XML")]),
        (
            "UploadCsr",
            "2020-04-07",
            vec![("Name", "a"), ("Csr", "-----BEGIN CERTIFICATE REQUEST-----\nMIIB")],
        ),
    ] {
        for form in FORMS {
            for in_body in [false, true] {
                let asked = Asked {
                    in_body,
                    version: version.to_owned(),
                    ..Asked::new(action, &parameters)
                };
                seeds.push(asked.form(form).bytes(host));
            }
        }
    }
    seeds.push(
        format!("GET /crl/{identifier}.crl HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
            .into(),
    );
    seeds
}

fn mutate(request: &mut Vec<u8>, rng: &mut SeededRng) {
    let at = rng.next_u32() as usize % request.len().max(1);
    let byte = b"%&=+.;, \r\n:/\0\xff\x80\x1fA0"[rng.next_u32() as usize % 18];
    match rng.next_u32() % 6 {
        0 => request[at] ^= 1 << (rng.next_u32() % 8),
        1 => request[at] = byte,
        2 => request.insert(at, byte),
        3 => drop(request.remove(at)),
        4 => {
            let end = (at + 1 + rng.next_u32() as usize % 40).min(request.len());
            let part = request[at..end].to_vec();
            request.splice(at..at, part);
        }
        _ => {
            let end = (at + 1 + rng.next_u32() as usize % 20).min(request.len());
            request.drain(at..end);
        }
    }
    if request.is_empty() {
        request.push(b'\n');
    }
}

#[test]
fn no_secret_is_logged_whatever_it_stands_in() {
    let served = Served::start();
    let secret = "-----BEGIN PRIVATE KEY-----MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg";
    for form in FORMS {
        for name in ["Key", "Csr", "CommonName", "Identifier", secret] {
            Asked::new("UploadCsr", &[("Name", "n"), (name, secret)])
                .older()
                .form(form)
                .send(&served);
        }
        Asked::new(secret, &[]).form(form).send(&served);
        let version = Asked { version: secret.to_owned(), ..Asked::new("ListCsr", &[]) };
        version.form(form).send(&served);
        let nonce = Asked { nonce: secret.to_owned(), ..Asked::new("ListCsr", &[]).older() };
        nonce.form(form).send(&served);
        // As its signature, and as who signs.
        Asked::new("ListCsr", &[("Key", secret)]).of(secret, secret).form(form).send(&served);
        let answer = Asked::new("ListCsr", &[("Key", secret)]).of("operator", secret).form(form);
        let answer = answer.send(&served);
        assert_eq!(answer.status, 400);
        assert!(!answer.text().contains("MIGHAgEA"), "{}", answer.text());
    }
    let log = served.log();
    assert!(log.lines().count() >= 20, "{log}");
    assert!(!log.contains("MIGHAgEA") && !log.contains("secret-of"), "{log}");
    log.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap()));
}
