//! CRLs that OpenSSL made: read, verified, and believed as far as their scope goes.
#![cfg(feature = "ecc")]

use certwright::crl::RevocationList;
use certwright::time::Time;
use certwright::verify::UnknownRevocation;
use certwright::{Certificate, Chain, ChainVerifier, Error, KeyAlgorithm, SerialNumber};
use tempfile::TempDir;

use crate::common::{self, openssl};

const REVOKED: &str = "260601000000Z";

#[test]
fn a_list_of_openssl_is_read_with_its_reasons_and_times() {
    if !common::judge("openssl") {
        return;
    }
    let ca = Ca::new();
    ca.index(&[
        ("R", &format!("{REVOKED},keyCompromise"), "1000"),
        ("R", REVOKED, "1001"),
        ("V", "", "1002"),
        ("R", &format!("{REVOKED},CAkeyTime,20260501120000Z"), "1003"),
        ("R", &format!("{REVOKED},holdInstruction,holdInstructionReject"), "1004"),
    ]);
    let list = ca.list("2a", "");
    list.verify_signature(ca.certificate().public_key().unwrap()).unwrap();
    assert_eq!((list.number(), list.delta_base()), (Some(0x2a), None));
    assert_eq!((list.len(), list.is_empty(), list.distribution_urls().len()), (4, false, 0));
    assert_eq!(list.issuer(), ca.certificate().subject());
    assert_eq!(list.authority_key_identifier(), ca.certificate().subject_key_identifier());
    let at: Time = "2026-06-01T00:00:00Z".parse().unwrap();
    for (serial, reason) in [(0, Some(1)), (1, None), (3, Some(2)), (4, Some(6))] {
        assert_eq!(list.find(&number(0x1000 + serial)), Some((at, reason)), "{serial}");
    }
    assert_eq!(list.find(&number(0x1002)), None);
    let lifetime = list.next_update().unwrap().unix() - list.this_update().unix();
    assert_eq!(lifetime, 30 * 86_400);
    assert_eq!(RevocationList::from_der(list.as_der()).unwrap().as_der(), list.as_der());
}

#[test]
fn the_signature_of_another_key_is_refused() {
    if !common::judge("openssl") {
        return;
    }
    let (ca, other) = (Ca::new(), Ca::new());
    ca.index(&[]);
    let list = ca.list("01", "");
    assert!(list.is_empty());
    list.verify_signature(ca.certificate().public_key().unwrap()).unwrap();
    let error = list.verify_signature(other.certificate().public_key().unwrap()).unwrap_err();
    assert!(matches!(error, Error::InvalidSignature { .. }), "{error}");
}

#[test]
fn a_number_of_twenty_bytes_is_read() {
    if !common::judge("openssl") {
        return;
    }
    let ca = Ca::new();
    ca.index(&[("R", REVOKED, "1000")]);
    let list = ca.list(&"7f".repeat(20), "");
    assert_eq!(list.number(), None, "it does not fit");
    assert!(!list.is_delta());
    assert!(list.find(&number(0x1000)).is_some());
    assert_eq!(ca.list("ffffffffffffffff", "").number(), Some(u64::MAX));
}

#[test]
fn a_chain_of_openssl_is_judged_by_its_list() {
    if !common::judge("openssl") {
        return;
    }
    let ca = Ca::new();
    let leaf = ca.leaf("1000");
    ca.index(&[("R", REVOKED, "1001")]);
    ca.verify(&leaf, vec![ca.list("01", "")]).unwrap();
    ca.index(&[("R", &format!("{REVOKED},superseded"), "1000")]);
    let error = ca.verify(&leaf, vec![ca.list("02", "")]).unwrap_err().to_string();
    assert!(error.contains("revoked at 2026-06-01T00:00:00Z, reason 4"), "{error}");
    let error = ca.verify(&leaf, Vec::new()).unwrap_err().to_string();
    assert!(error.contains("none of the 0 revocation lists"), "{error}");
}

#[test]
fn a_list_for_a_part_tells_nothing_of_the_rest() {
    if !common::judge("openssl") {
        return;
    }
    let ca = Ca::new();
    let leaf = ca.leaf("1000");
    ca.index(&[]);
    for scope in [
        "fullname = URI:http://crl.example/other",
        // A scope in other words than URLs is a scope all the same.
        "fullname = dirName:part",
        "relativename = part",
        "onlyCA = TRUE",
        "onlyAA = TRUE",
        "onlysomereasons = keyCompromise",
        "onlysomereasons = keyCompromise\nonlyuser = TRUE",
    ] {
        let extension = format!("issuingDistributionPoint = critical,@scope\n[scope]\n{scope}\n");
        let error = ca.verify(&leaf, vec![ca.list("01", &extension)]).unwrap_err().to_string();
        assert!(error.contains("none of the 1 revocation lists"), "{scope}: {error}");
    }
    // What covers this certificate counts, with or without a point.
    for scope in [
        "onlyuser = TRUE",
        "indirectCRL = TRUE",
        "fullname = dirName:same",
        "onlysomereasons = keyCompromise, CACompromise, affiliationChanged, superseded, \
         cessationOfOperation, certificateHold, privilegeWithdrawn, AACompromise",
    ] {
        let same = "[same]\nO = example\nCN = foreign  CA\n";
        let extension =
            format!("issuingDistributionPoint = critical,@scope\n{same}[scope]\n{scope}\n");
        ca.verify(&leaf, vec![ca.list("01", &extension)])
            .unwrap_or_else(|error| panic!("{scope}: {error}"));
    }
}

#[test]
fn a_list_with_an_unknown_critical_extension_is_refused() {
    if !common::judge("openssl") {
        return;
    }
    let ca = Ca::new();
    ca.index(&[("R", REVOKED, "1000")]);
    assert_eq!(ca.list("01", "1.2.3.4 = ASN1:NULL\n").len(), 1);
    // It is read, and refused where it would count.
    let list = ca.try_list("02", "1.2.3.4 = critical,ASN1:NULL\n").unwrap();
    let error = list.check_usable().unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("1.2.3.4"), "{error}");
    ca.index(&[]);
    let list = ca.try_list("03", "1.2.3.4 = critical,ASN1:NULL\n").unwrap();
    ca.verify(&ca.leaf("1000"), vec![list]).unwrap_err();
    ca.verify(&ca.leaf("1000"), vec![ca.list("04", "1.2.3.4 = ASN1:NULL\n")]).unwrap();
}

/// A folder as `openssl ca` wants it.
struct Ca(TempDir);

impl Ca {
    fn new() -> Self {
        let ca = Self(common::folder());
        let arguments = common::genpkey(KeyAlgorithm::EcdsaP256);
        let key = |name| [&["genpkey"], &arguments[..], &["-out", name]].concat();
        openssl(ca.0.path(), &key("ca.key")).expect_success();
        openssl(ca.0.path(), &key("leaf.key")).expect_success();
        let subject = "/O=Example/CN=Foreign CA";
        let usage = "keyUsage=critical,keyCertSign,cRLSign";
        ca.run(&[
            "req", "-x509", "-key", "ca.key", "-subj", subject, "-days", "3650", "-addext", usage,
        ])
        .then(|bytes| common::write(&ca.0, "ca.pem", bytes));
        ca
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Output(openssl(self.0.path(), arguments).expect_success().stdout)
    }

    fn certificate(&self) -> Certificate {
        Certificate::from_pem(&common::read(&self.0, "ca.pem")).unwrap()
    }

    /// A certificate of it with this serial number.
    fn leaf(&self, serial: &str) -> Certificate {
        self.run(&["req", "-new", "-key", "leaf.key", "-subj", "/CN=leaf"])
            .then(|bytes| common::write(&self.0, "leaf.csr", bytes));
        let serial = format!("0x{serial}");
        let arguments = ["x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key"];
        let pem = self.run(&[&arguments[..], &["-set_serial", &serial, "-days", "90"]].concat());
        Certificate::from_pem(&String::from_utf8(pem.0).unwrap()).unwrap()
    }

    /// Its database: state, revocation, serial number.
    fn index(&self, rows: &[(&str, &str, &str)]) {
        let rows = rows.iter().map(|(state, revocation, serial)| {
            format!("{state}\t360101000000Z\t{revocation}\t{serial}\tunknown\t/CN={serial}\n")
        });
        common::write(&self.0, "index.txt", rows.collect::<String>());
    }

    fn list(&self, number: &str, extensions: &str) -> RevocationList {
        self.try_list(number, extensions).unwrap()
    }

    fn try_list(&self, number: &str, extensions: &str) -> Result<RevocationList, Error> {
        common::write(&self.0, "crlnumber", format!("{number}\n"));
        let configuration = format!(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ncrlnumber = crlnumber\n\
             certificate = ca.pem\nprivate_key = ca.key\ndefault_md = sha256\n\
             default_crl_days = 30\ncrl_extensions = list\n[part]\nCN = part\n[list]\n\
             authorityKeyIdentifier = keyid\n{extensions}"
        );
        common::write(&self.0, "ca.cnf", configuration);
        let pem = self.run(&["ca", "-config", "ca.cnf", "-gencrl"]);
        RevocationList::from_pem(&String::from_utf8(pem.0).unwrap())
    }

    /// Verifies a certificate of it, now.
    fn verify(&self, leaf: &Certificate, lists: Vec<RevocationList>) -> Result<(), Error> {
        let at = lists.first().map_or(leaf.validity().not_before(), |list| list.this_update());
        let root = self.certificate();
        let chain = Chain::new(leaf.clone(), vec![root.clone()]).unwrap();
        ChainVerifier::new([root], at)
            .with_revocation_lists(lists, UnknownRevocation::Refuse)
            .verify(&chain)
            .map(drop)
    }
}

struct Output(Vec<u8>);

impl Output {
    fn then<T>(self, work: impl FnOnce(Vec<u8>) -> T) -> T {
        work(self.0)
    }
}

fn number(number: u32) -> SerialNumber {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    SerialNumber::from_bytes(&bytes[zeros..]).unwrap()
}
