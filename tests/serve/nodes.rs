//! Several services on one PostgreSQL: what one did the others know, and none is needed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use certwright::crl::RevocationList;
use certwright_tests::postgres::{Server, shared};

use crate::asked::{Asked, any_algorithm};
use crate::lives::{csr_parameters, hierarchy, list, text};
use crate::served::Served;

/// Three nodes on a new schema of a server.
fn nodes(server: &Server, schema: &str) -> [Served; 3] {
    nodes_ruled(server, schema, "")
}

/// The same by these rules.
fn nodes_ruled(server: &Server, schema: &str, rules: &str) -> [Served; 3] {
    let url = server.url(&format!("schema={schema}"));
    let first = Served::folder();
    let created = first.command().args(["store", "create-schema", &url]).output().unwrap();
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let all = [first, Served::folder(), Served::folder()];
    all.map(|mut served| {
        let public = ["--public-url", "http://ca.example"];
        let more = ["--store", &url, "--credentials", "credentials.toml"];
        std::fs::write(served.path("rules.toml"), rules).unwrap();
        served.begin(&[&more[..], &public, &["--config", "rules.toml"]].concat());
        served
    })
}

/// Issues a certificate below a CA; its identifier.
fn leaf(served: &Served, ca: &str) -> String {
    let csr = Asked::new("CreateCsr", &csr_parameters()).older().applicant().answered(served);
    let parameters = [
        ("Csr", text(&csr, "Csr")),
        ("Domain", "db.example"),
        ("ParentIdentifier", ca),
        ("Days", "30"),
        ("Immediately", "2"),
        ("EnableCrl", "1"),
    ];
    let leaf = Asked::new("CreateServerCertificateWithCsr", &parameters).applicant();
    text(&leaf.answered(served), "Identifier").to_owned()
}

fn number(served: &Served, path: &str) -> u64 {
    RevocationList::from_der(&list(served.get(path))).unwrap().number().unwrap()
}

fn stop(nodes: [Served; 3]) {
    for mut node in nodes {
        node.terminate();
        assert!(node.wait().success(), "{}", node.log());
    }
}

#[test]
fn a_request_that_one_node_took_is_refused_by_the_others_also_after_a_start() {
    let Some(server) = shared() else { return };
    let mut nodes = nodes(server, "served_nonces");
    let asked = Asked::new("ListCsr", &[]).older().bytes(&nodes[0].address);
    nodes[0].send(&asked).answered();
    for node in &nodes {
        node.send(&asked).refused(400, "SignatureNonceUsed");
    }
    // At once, one of all wins.
    let asked = Asked::new("ListCsr", &[]).older().bytes(&nodes[0].address);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let asks: Vec<_> = nodes
            .iter()
            .cycle()
            .take(9)
            .map(|node| scope.spawn(|| node.send(&asked).status))
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    let url = server.url("schema=served_nonces");
    nodes[1].kill();
    nodes[1].begin(&["--store", &url, "--credentials", "credentials.toml"]);
    nodes[1].send(&asked).refused(400, "SignatureNonceUsed");
    stop(nodes);
}

#[test]
fn lists_are_made_once_and_never_go_back_on_any_node() {
    let Some(server) = shared() else { return };
    let nodes = nodes(server, "served_lists");
    let (_, ca) = hierarchy(&nodes[0], |asked| asked);
    let ca = text(&ca, "Identifier");
    let path = format!("/crl/{ca}.crl");
    let leaves: Vec<String> = (0..6).map(|at| leaf(&nodes[at % 3], ca)).collect();
    let first = number(&nodes[0], &path);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for begin in 0..3 {
            let (nodes, path, ended) = (&nodes, &path, &ended);
            scope.spawn(move || {
                let mut last = 0;
                for at in begin.. {
                    let number = number(&nodes[at % 3], path);
                    assert!(number >= last, "{number} after {last}");
                    last = number;
                    if ended.load(Ordering::SeqCst) {
                        break;
                    }
                }
            });
        }
        for (at, leaf) in leaves.iter().enumerate() {
            let revoke = [("Identifier", leaf.as_str())];
            Asked::new("CreateRevokeClientCertificate", &revoke).answered(&nodes[at % 3]);
            sleep(Duration::from_millis(30));
        }
        ended.store(true, Ordering::SeqCst);
    });
    let lists: Vec<Vec<u8>> = nodes.iter().map(|node| list(node.get(&path))).collect();
    assert!(lists.iter().all(|list| *list == lists[0]), "all answer the same list");
    let last = RevocationList::from_der(&lists[0]).unwrap();
    assert_eq!(last.len(), 6);
    // Not one for each node.
    assert!(last.number().unwrap() <= first + 6, "{:?} after {first}", last.number());
    stop(nodes);
}

#[test]
fn a_delta_is_made_once_and_is_to_the_complete_list_that_every_node_answers() {
    let Some(server) = shared() else { return };
    let nodes = nodes_ruled(server, "served_deltas", "crl_delta_hours = 1\n");
    let (_, ca) = hierarchy(&nodes[0], |asked| asked);
    let ca = text(&ca, "Identifier");
    let [complete, delta] = ["", "-delta"].map(|kind| format!("/crl/{ca}{kind}.crl"));
    let read = |node: &Served, path: &str| RevocationList::from_der(&list(node.get(path))).unwrap();
    let base = read(&nodes[2], &complete);
    for at in 0..4 {
        let leaf = leaf(&nodes[at % 3], ca);
        let revoke = [("Identifier", leaf.as_str())];
        Asked::new("CreateRevokeClientCertificate", &revoke).answered(&nodes[at % 3]);
        // Each asks for it at the same time.
        let deltas: Vec<RevocationList> = std::thread::scope(|scope| {
            let asks: Vec<_> =
                nodes.iter().map(|node| scope.spawn(|| read(node, &delta))).collect();
            asks.into_iter().map(|ask| ask.join().unwrap()).collect()
        });
        for list in &deltas {
            assert_eq!(list.as_der(), deltas[0].as_der());
            assert_eq!((list.delta_base(), list.len()), (base.number(), at + 1));
            assert_eq!(list.number(), base.number().map(|base| base + 1 + at as u64));
        }
    }
    for node in &nodes {
        assert_eq!(read(node, &complete).as_der(), base.as_der());
    }
    stop(nodes);
}

#[test]
fn without_its_database_a_node_says_so_and_recovers_by_itself() {
    let Some(server) = Server::start("") else { return };
    let mut nodes = nodes(&server, "certwright");
    let (_, ca) = hierarchy(&nodes[0], |asked| asked);
    let ca = text(&ca, "Identifier").to_owned();
    let path = format!("/crl/{ca}.crl");
    let ready = |served: &Served| served.get("/.well-known/certwright/ready").status;
    let before = number(&nodes[1], &path);
    assert_eq!(nodes.each_ref().map(ready), [200; 3]);
    server.crash();
    for node in &nodes {
        assert_eq!(ready(node), 503);
        assert_eq!(node.get("/.well-known/certwright/health").status, 200);
        Asked::new("ListCsr", &[]).older().send(node).refused(503, "ServiceUnavailable");
        assert_eq!(node.get(&path).status, 503);
    }
    server.run_server();
    for node in &nodes {
        assert_eq!(ready(node), 200, "{}", node.log());
        leaf(node, &ca);
        assert!(number(node, &path) >= before);
    }
    // One that is killed is not missed.
    nodes[2].kill();
    let begun = Instant::now();
    leaf(&nodes[0], &ca);
    assert!(begun.elapsed() < Duration::from_secs(5));
    let url = server.url("");
    let audit = nodes[0].command().args(["--store", &url, "audit"]).output().unwrap();
    let told = String::from_utf8_lossy(&audit.stderr).into_owned();
    assert!(audit.status.success() && told.contains("verified"), "{told}");
    assert!(told.contains("no data checksums"), "{told}");
    let _ = any_algorithm();
}
