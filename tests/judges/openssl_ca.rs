//! A CA moves: from `openssl ca` to us and from us to `openssl ca`. OpenSSL judges both ends.

use std::fs;
use std::sync::Arc;

use certwright::crl::{CrlRequest, IssuedCrl, RevocationReason, RevocationRequest};
use certwright::ledger::Ledger;
use certwright::name::AttributeType;
use certwright::policy::RootLeaves;
use certwright::time::Lifetime;
use certwright::{
    Authority, Certificate, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, MemoryStore,
    Profile, SerialNumber,
};
use tempfile::TempDir;

use crate::common::{self, Answer, SM2_ID, genpkey, judge, openssl};
use crate::openssl::{policy, theirs::signing};
use crate::revoked::{entries, hex, serials};

/// Subjects, the serial number that their certificate gets, and what becomes of it.
const THEIRS: &[(&str, &str, &[&str])] = &[
    ("/CN=valid", "1000", &[]),
    ("/C=DE/O=Größe 北京/CN=utf8", "1001", &["-crl_reason", "superseded"]),
    ("/O=a\\/b\\+c/CN=m+OU=n/emailAddress=a@example.test", "1002", &["-crl_reason", "unspecified"]),
    ("/SN=s/GN=g/title=t/street=s 1/dnQualifier=q/CN=b\\\\s", "1003", &[]),
    ("/CN=stolen", "1004", &["-crl_compromise", "20260101000000Z"]),
    ("/CN=ca-stolen", "1005", &["-crl_CA_compromise", "20260102030405Z"]),
    ("/CN=held", "1006", &["-crl_hold", "holdInstructionReject"]),
    ("/CN=on-hold", "1007", &["-crl_reason", "certificateHold"]),
    ("/", "1008", &["-crl_reason", "affiliationChanged"]),
    ("/jurisdictionC=DE/2.5.4.97=x/1.2.3.4=y", "1009", &["-crl_reason", "cessationOfOperation"]),
];

#[test]
fn a_folder_of_openssl_moves_in() {
    if !judge("openssl") {
        return;
    }
    for algorithm in common::families() {
        let folder = their_folder(algorithm);
        let path = folder.path();
        for (number, (subject, serial, revocation)) in THEIRS.iter().enumerate() {
            sign_request(&folder, algorithm, &number.to_string(), subject);
            if !revocation.is_empty() {
                let pem = format!("newcerts/{serial}.pem");
                let arguments = [&["-revoke", &pem][..], revocation].concat();
                ca(&folder, algorithm, &arguments).expect_success();
            }
        }
        let index = common::read(&folder, "index.txt");
        assert_eq!(index.lines().count(), THEIRS.len(), "{index}");
        let list = ca(&folder, algorithm, &["-gencrl"]).expect_success().text();

        let authority = authority(&load(&folder));
        let summary = authority.import_openssl_ca(path).unwrap();
        assert_eq!((summary.imported, summary.present, summary.revoked), (10, 0, 8));
        assert_eq!(summary.crl_number, 0x0a, "the last was the first of the file");
        let ours = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        assert_eq!(ours.number(), 0x0b);
        // OpenSSL writes a reason that RFC 5280 section 5.3.1 wants left out.
        let mut expected = told(&text(&folder, &list));
        expected.iter_mut().for_each(|entry| entry.retain(|line| line != "Unspecified"));
        assert_eq!(told(&text(&folder, &ours.to_pem())), expected);
        assert_eq!(expected.len(), 8);

        for (_, serial, revocation) in THEIRS {
            let pem = common::read(&folder, &format!("newcerts/{serial}.pem"));
            let good = is_good(&folder, algorithm, &Certificate::from_pem(&pem).unwrap(), &ours);
            assert_eq!(good, revocation.is_empty(), "{serial}");
        }

        // The one goes on.
        let request = CertificateRequest::builder("CN=www.example.test".parse().unwrap());
        let request = request.sign(&common::key(algorithm)).unwrap();
        let chain = authority.issue(&request).unwrap().into_chain();
        assert!(is_good(&folder, algorithm, chain.leaf(), &ours));
        let held: SerialNumber = "1007".parse().unwrap();
        authority.release(&held).unwrap();

        // And the other too, though it should not: what it knows more is added.
        ca(&folder, algorithm, &["-revoke", "newcerts/1000.pem"]).expect_success();
        sign_request(&folder, algorithm, "late", "/CN=late");
        let summary = authority.import_openssl_ca(path).unwrap();
        assert_eq!((summary.imported, summary.present, summary.revoked), (1, 10, 1));
        assert_eq!(summary.crl_number, 0x0b, "never back");
        let again = authority.import_openssl_ca(path).unwrap();
        assert_eq!((again.imported, again.present, again.revoked), (0, 11, 0));
        let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();
        let listed = serials(&text(&folder, &list.to_pem()));
        assert!(listed.contains(&"1000".to_owned()) && !listed.contains(&"1007".to_owned()));
        authority.ledger().verify_audit().unwrap();
    }
}

#[test]
fn our_ledger_moves_out_and_back() {
    if !judge("openssl") {
        return;
    }
    for algorithm in common::families() {
        let key = Arc::new(common::key(algorithm));
        let name = "CN=Moving CA,O=Größe".parse().unwrap();
        let issuer = Issuer::self_signed(name, Profile::root(), Arc::clone(&key)).unwrap();
        let authority = authority(&issuer);
        // The first is revoked by OpenSSL, which compares the names in all their parts.
        let odd = "1.2.3.4=y,CN=b/c\\+d+OU=e,O=Größe 北京";
        let subjects = [odd, "CN=b", "CN=f", "CN=g", "CN=h", "CN=i"];
        let issued = subjects.map(|subject| {
            let request = CertificateRequest::builder(subject.parse().unwrap());
            authority.issue(&request.sign(&common::key(algorithm)).unwrap()).unwrap().into_chain()
        });
        let issued = issued.map(|chain| chain.leaf().clone());
        let ago = |days| {
            let validity = issuer.certificate().validity();
            validity.not_before().minus(Lifetime::days(days)).unwrap()
        };
        let stolen = RevocationRequest::new(RevocationReason::KeyCompromise);
        let since = RevocationRequest::new(RevocationReason::CaCompromise);
        let [_, b, f, g, h, _] = &issued;
        authority.revoke(b.serial(), stolen.at(ago(1)).invalid_since(ago(9))).unwrap();
        authority.revoke(f.serial(), since.invalid_since(ago(3))).unwrap();
        authority.revoke(g.serial(), RevocationReason::CertificateHold).unwrap();
        authority.revoke(h.serial(), RevocationReason::Unspecified).unwrap();
        let ours = authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();

        let outer = common::folder();
        let path = outer.path().join("moved");
        let summary = authority.export_openssl_ca(&path).unwrap();
        assert_eq!((summary.certificates, summary.revoked), (6, 4));
        assert!(summary.claimed.is_empty() && summary.shortened.is_empty());
        assert!(!path.join("private/cakey.pem").exists());
        fs::write(path.join("private/cakey.pem"), key.to_pkcs8_pem().unwrap().as_str()).unwrap();
        let answer = |arguments: &[&str]| {
            let arguments = [&["ca", "-config", "openssl.cnf", "-batch", "-notext"], arguments];
            openssl(&path, &[&arguments.concat()[..], &options(algorithm, arguments[1])].concat())
        };

        // The same lists.
        let theirs = answer(&["-gencrl"]).expect_success().text();
        let list = certwright::crl::RevocationList::from_pem(&theirs).unwrap();
        assert_eq!(list.number(), Some(ours.number() + 1));
        list.verify_signature(issuer.certificate().public_key().unwrap()).unwrap();
        let folder = common::folder();
        let (theirs, ours) = (text(&folder, &theirs), text(&folder, &ours.to_pem()));
        assert_eq!(told(&theirs), told(&ours));
        assert_eq!(serials(&theirs).len(), 4);

        // The same states, and the names that it finds them by.
        for (certificate, state) in issued.iter().zip("VRRRRV".chars()) {
            let told = answer(&["-status", &certificate.serial().to_string()]).all();
            let expected = format!("{}=", hex(certificate.serial()));
            assert!(told.contains(&expected) && told.contains(&format!("({state})")), "{told}");
        }
        let [a, ..] = &issued;
        let pem = format!("newcerts/{}.pem", hex(a.serial()));
        answer(&["-revoke", &pem, "-crl_reason", "superseded"]).expect_success();
        assert!(answer(&["-updatedb"]).success);

        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        // It signs, with numbers that it draws and with those that it counts up.
        let counted = read("openssl.cnf").replace("rand_serial", "#");
        let next = read("serial").trim().to_owned();
        for (name, cnf) in [("drawn", None), ("counted", Some(&counted))] {
            if let Some(cnf) = cnf {
                fs::write(path.join("openssl.cnf"), cnf).unwrap();
            }
            let request = CertificateRequest::builder(format!("CN={name}").parse().unwrap());
            let request = request.sign(&common::key(algorithm)).unwrap();
            fs::write(path.join("new.csr"), request.to_pem()).unwrap();
            answer(&["-in", "new.csr", "-out", &format!("{name}.pem")]).expect_success();
            let issued = Certificate::from_pem(&read(&format!("{name}.pem")));
            let issued = issued.unwrap();
            assert!(issuer.certificate().subject() == issued.issuer() && !issued.is_authority());
            assert_eq!(hex(issued.serial()) == next, name == "counted");
            assert!(issued.serial().as_bytes().len() > 15);
        }

        // Back: what we know stays, what it did is added.
        let summary = authority.import_openssl_ca(&path).unwrap();
        assert_eq!((summary.imported, summary.present, summary.revoked), (2, 6, 1));
        assert_eq!(summary.crl_number, list.number().unwrap());
    }
}

/// A folder with a CA of OpenSSL that has issued nothing.
fn their_folder(algorithm: KeyAlgorithm) -> TempDir {
    let folder = common::folder();
    let path = folder.path();
    fs::create_dir(path.join("newcerts")).unwrap();
    let digest = if algorithm == KeyAlgorithm::Sm2 { "sm3" } else { "sha256" };
    for (name, content) in [
        ("index.txt", ""),
        ("serial", "1000\n"),
        ("crlnumber", "0A\n"),
        ("ca.cnf", &CONFIGURATION.replace("DIGEST", digest)),
    ] {
        common::write(&folder, name, content);
    }
    for name in ["cakey.pem", "leaf.key"] {
        openssl(path, &[&["genpkey"], &genpkey(algorithm)[..], &["-out", name]].concat())
            .expect_success();
    }
    let root = ["req", "-x509", "-key", "cakey.pem", "-subj", "/O=Größe/CN=Their CA", "-utf8"];
    let usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign", "-days", "3650"];
    let out = ["-out", "cacert.pem"];
    openssl(path, &[&root[..], &usage, &out, &signing(algorithm)].concat()).expect_success();
    folder
}

/// Has the CA of OpenSSL issue a certificate for a subject.
fn sign_request(folder: &TempDir, algorithm: KeyAlgorithm, name: &str, subject: &str) {
    let csr = format!("{name}.csr");
    let request = ["req", "-new", "-utf8", "-key", "leaf.key", "-subj", subject, "-out", &csr];
    openssl(folder.path(), &[&request[..], &signing(algorithm)].concat()).expect_success();
    ca(folder, algorithm, &["-in", &csr, "-out", &format!("{name}.pem")]).expect_success();
}

fn ca(folder: &TempDir, algorithm: KeyAlgorithm, arguments: &[&str]) -> Answer {
    let all = [&["ca", "-config", "ca.cnf", "-batch"], arguments, &options(algorithm, arguments)];
    openssl(folder.path(), &all.concat())
}

/// What `openssl ca` has to be told for SM2.
fn options(algorithm: KeyAlgorithm, arguments: &[&str]) -> Vec<&'static str> {
    match (algorithm, arguments.first()) {
        (KeyAlgorithm::Sm2, Some(&"-in")) => vec!["-sigopt", SM2_ID, "-vfyopt", SM2_ID],
        (KeyAlgorithm::Sm2, Some(&"-gencrl")) => vec!["-sigopt", SM2_ID],
        _ => Vec::new(),
    }
}

fn load(folder: &TempDir) -> Issuer {
    let certificate = Certificate::from_pem(&common::read(folder, "cacert.pem")).unwrap();
    let key = KeyPair::from_pem(&common::read(folder, "cakey.pem")).unwrap();
    Issuer::load(vec![certificate], key).unwrap()
}

fn authority(issuer: &Issuer) -> Authority {
    let policy = policy(Profile::tls_client())
        .allow_subject_attribute(AttributeType::other("1.2.3.4".parse().unwrap()))
        .with_root_leaves(RootLeaves::Allow);
    Authority::on(issuer.clone(), policy, Ledger::new(MemoryStore::default()))
}

/// What OpenSSL says of a CRL.
fn text(folder: &TempDir, pem: &str) -> String {
    common::write(folder, "list.pem", pem);
    let arguments = ["crl", "-in", "list.pem", "-text", "-noout"];
    openssl(folder.path(), &arguments).expect_success().text()
}

/// The lines of each entry that count: serial number, time, and the values of extensions but the
/// instruction of a hold.
fn told(text: &str) -> Vec<Vec<String>> {
    let headings = ["CRL entry extensions", "X509v3 CRL Reason Code", "Invalidity Date"];
    let entries = entries(text).into_iter().map(|(serial, rest)| {
        let (rest, _) = rest.split_once("    Signature Algorithm").unwrap_or((&rest, ""));
        let mut lines = rest.lines().map(|line| line.trim().trim_end_matches([':', ' ']));
        let mut told = vec![serial];
        while let Some(line) = lines.next() {
            if line == "Hold Instruction Code" {
                lines.next();
            } else if !headings.contains(&line) {
                told.push(line.to_owned());
            }
        }
        told
    });
    entries.collect()
}

/// Whether `openssl verify -crl_check` finds a certificate good; if not, it must be revoked.
fn is_good(
    folder: &TempDir,
    algorithm: KeyAlgorithm,
    certificate: &Certificate,
    list: &IssuedCrl,
) -> bool {
    common::write(folder, "judged.pem", certificate.to_pem());
    common::write(folder, "list.pem", list.to_pem());
    let mut arguments = vec!["verify", "-CAfile", "cacert.pem", "-crl_check"];
    arguments.extend(["-CRLfile", "list.pem"]);
    if algorithm == KeyAlgorithm::Sm2 {
        // `openssl verify` cannot be told the identifier for CRLs, so the entry is looked up.
        let entries = told(&text(folder, &list.to_pem()));
        return entries.iter().all(|entry| entry[0] != hex(certificate.serial()));
    }
    arguments.push("judged.pem");
    let answer = openssl(folder.path(), &arguments);
    assert!(answer.success || answer.all().contains("certificate revoked"), "{}", answer.all());
    answer.success
}

const CONFIGURATION: &str = "
[ca]
default_ca = own
preserve = yes
[own]
database = index.txt
serial = serial
crlnumber = crlnumber
certificate = cacert.pem
private_key = cakey.pem
new_certs_dir = newcerts
default_md = DIGEST
default_days = 30
default_crl_days = 7
policy = any
[any]
commonName = optional
";
