//! How the service ends: what was begun is answered, and what was answered is kept.

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::asked::{Asked, any_algorithm, authority};
use crate::served::{Answer, Served};

#[test]
fn what_was_begun_is_answered_and_nothing_new_is_taken() {
    let mut served = Served::start();
    let slow = if cfg!(feature = "rsa") { "RSA_2048" } else { any_algorithm() };
    // A connection that is kept, and asks again: it ends after its answer.
    let mut idle = served.connect();
    let request = Asked::new("ListCsr", &[]).older().bytes(&served.address);
    let kept = String::from_utf8(request).unwrap().replace("connection: close\r\n", "");
    idle.write_all(kept.as_bytes()).unwrap();
    Answer::read(&mut idle).answered();
    let asked: Vec<Asked> =
        (0..4).map(|_| Asked::new("CreateRootCACertificate", &authority("Root", slow))).collect();
    let mut streams: Vec<_> = asked
        .iter()
        .map(|asked| {
            let mut stream = served.connect();
            stream.write_all(&asked.bytes(&served.address)).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    served.terminate();
    for stream in &mut streams {
        Answer::read(stream).answered();
    }
    assert!(served.wait().success(), "{}", served.log());
    assert!(std::net::TcpStream::connect(&served.address).is_err());
    assert!(Answer::try_read(&mut idle).is_none());
    assert!(served.log().contains("ending"));
    // The store is closed, and whole.
    let audit = served.command().args(["audit", "--store", "ca.redb"]).output().unwrap();
    assert!(audit.status.success());
}

#[test]
fn what_a_client_does_not_wait_for_is_done_and_logged() {
    let mut served = Served::start();
    let root = Asked::new("CreateRootCACertificate", &authority("Root", any_algorithm()));
    // One says that it has sent all, and reads on; another goes away.
    let mut patient = served.connect();
    patient.write_all(&root.bytes(&served.address)).unwrap();
    patient.shutdown(std::net::Shutdown::Write).unwrap();
    Answer::read(&mut patient).answered();
    let slow = if cfg!(feature = "rsa") { "RSA_3072" } else { any_algorithm() };
    let root = Asked::new("CreateRootCACertificate", &authority("Gone", slow));
    served.connect().write_all(&root.bytes(&served.address)).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    served.terminate();
    assert!(served.wait().success());
    let log = served.log();
    let lines = log.lines().filter(|line| line.contains("\"action\":\"CreateRootCACertificate\""));
    assert_eq!(lines.filter(|line| line.contains("\"status\":200")).count(), 2, "{log}");
}

#[test]
fn what_was_answered_before_a_kill_is_there_after_it() {
    let mut served = Served::start();
    for round in 0..2 {
        let (answered, stop) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let root = authority("Root", any_algorithm());
                        let asked = Asked::new("CreateRootCACertificate", &root);
                        let Ok(mut stream) = std::net::TcpStream::connect(&served.address) else {
                            return;
                        };
                        if stream.write_all(&asked.bytes(&served.address)).is_err() {
                            return;
                        }
                        let Some(answer) = Answer::try_read(&mut stream) else { return };
                        let identifier =
                            answer.answered()["Identifier"].as_str().unwrap().to_owned();
                        answered.lock().unwrap().push(identifier);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(700));
            let pid = served.pid().to_string();
            assert!(
                std::process::Command::new("kill")
                    .args(["-KILL", &pid])
                    .status()
                    .unwrap()
                    .success()
            );
            stop.store(true, Ordering::Relaxed);
        });
        served.kill();
        served.begin(&["--credentials", "credentials.toml"]);
        let answered = answered.into_inner().unwrap();
        assert!(!answered.is_empty(), "round {round}");
        for identifier in &answered {
            let asked = Asked::new("DescribeCACertificate", &[("Identifier", identifier)]);
            asked.answered(&served);
        }
    }
    served.terminate();
    assert!(served.wait().success());
    let audit = ["audit", "--store", "ca.redb", "--key-file", "seal.key"];
    assert!(served.command().args(audit).output().unwrap().status.success());
}

#[test]
fn a_recorded_request_is_refused_by_the_next_process_too() {
    let mut served = Served::start();
    let address = served.address.clone();
    let recorded = Asked::new("ListCsr", &[]).older().bytes(&address);
    served.send(&recorded).answered();
    served.send(&recorded).refused(400, "SignatureNonceUsed");
    served.kill();
    served.begin(&["--credentials", "credentials.toml"]);
    served.send(&recorded).refused(400, "InvalidTimeStamp.Expired");
}
