//! Requests that are too long, too slow or too many.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use crate::asked::{Asked, Form};
use crate::served::{Answer, Served};

const MIB: usize = 1024 * 1024;

#[test]
fn a_body_of_more_than_a_mebibyte_is_refused_before_it_is_read() {
    let served = Served::start();
    let host = served.address.clone();
    // It says so, and sends none of it.
    let head = |length: &str| format!("POST / HTTP/1.1\r\nhost: {host}\r\n{length}\r\n\r\n");
    let declared = head(&format!("content-length: {}", 10 * MIB));
    served.send(declared).refused(413, "RequestBodyTooLarge");
    let endless = head(&format!("content-length: {}", i64::MAX));
    served.send(endless).refused(413, "RequestBodyTooLarge");
    assert!(served.send(head(&format!("content-length: {}", u64::MAX))).status < 500);
    // It ends too early.
    let mut stream = served.connect();
    stream.write_all(head("content-length: 10").as_bytes()).unwrap();
    stream.write_all(b"a=1").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    if let Some(answer) = Answer::try_read(&mut stream) {
        answer.refused(400, "IncompleteBody");
    }
    // It does not say so, and sends until it is refused.
    let mut stream = served.connect();
    stream.write_all(head("transfer-encoding: chunked").as_bytes()).unwrap();
    let chunk = [format!("{:x}\r\n", 64 * 1024).as_bytes(), &[b'a'; 64 * 1024], b"\r\n"].concat();
    for _ in 0..10 * MIB / (64 * 1024) {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    // Where the connection was reset the answer may be lost; it was not taken.
    if let Some(answer) = Answer::try_read(&mut stream) {
        answer.refused(413, "RequestBodyTooLarge");
    }
    // Up to the limit it is read.
    let value = "a".repeat(MIB - 400);
    let long = Asked { in_body: true, ..Asked::new("ListCsr", &[("KeyWord", &value)]).older() };
    long.form(Form::Parameters).answered(&served);
    Asked::new("ListCsr", &[]).older().answered(&served);
}

#[test]
fn heads_have_limits_too() {
    let served = Served::start();
    let host = &served.address;
    let header = |count: usize, length: usize| {
        let lines: String =
            (0..count).map(|at| format!("x-{at}: {}\r\n", "a".repeat(length))).collect();
        format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{lines}\r\n")
    };
    served.send(header(90, 10)).refused(400, "IncompleteSignature");
    assert_eq!(served.send(header(200, 10)).status, 431);
    assert_eq!(served.send(header(2, 150_000)).status, 431);
    // All that clients send is in the query: much fits, and not everything.
    let value = "a".repeat(40_000);
    Asked::new("ListCsr", &[("KeyWord", &value)]).older().answered(&served);
    let address = format!("GET /?{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "a".repeat(70_000));
    assert_eq!(served.send(address).status, 414);
    let many: Vec<(String, String)> =
        (0..1_100).map(|at| (format!("P{at}"), "1".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    let refused = Asked::new("ListCsr", &many).older().send(&served);
    refused.refused(400, "InvalidParameter");
}

#[test]
fn who_sends_a_head_slowly_is_cut_off() {
    let served = Served::start();
    let mut slow = served.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").unwrap();
    let mut idle = served.connect();
    let since = Instant::now();
    // A little now and then does not help.
    let mut ended = false;
    while since.elapsed() < Duration::from_secs(40) && !ended {
        std::thread::sleep(Duration::from_secs(2));
        ended = slow.write_all(b"x: y\r\n").is_err();
    }
    assert!(ended && since.elapsed() >= Duration::from_secs(10), "{:?}", since.elapsed());
    let mut read = Vec::new();
    let _ = idle.read_to_end(&mut read);
    assert!(read.is_empty() || read.starts_with(b"HTTP/1.1 408"));
    Asked::new("ListCsr", &[]).older().answered(&served);
}
