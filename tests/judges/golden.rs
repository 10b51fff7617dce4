//! Deterministic mode: with seeded keys and serial numbers, a clock that stands still and RFC 6979,
//! a whole hierarchy repeats byte for byte, from run to run and from version to version.
//!
//! `golden/ALGORITHM.pem` holds root, intermediate, request and server certificate. To write them
//! again after a change that is meant: `UPDATE_GOLDEN=1 cargo test --test judges golden`.

use std::fs;
use std::path::PathBuf;

use certwright::key::{Nonces, WeakKeys};
use certwright::profile::ExtendedKeyUsage;
use certwright::testing::SeededRng;
use certwright::time::{FixedClock, Time, Validity};
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Chain, ChainVerifier, Issuer,
    KeyAlgorithm, KeyPair, MemoryStore, Profile, SerialNumber,
};

use crate::common::{SM2_ID, algorithms, families, folder, judge, openssl as run, write};
use crate::openssl::{alt_names, policy, verify_every_link, verify_leaf, write_chain};

/// When everything is issued.
const NOW: &str = "2026-01-01T00:00:00Z";

/// Seeds for the keys of root, intermediate and server that find RSA primes soon.
const SEEDS: [u64; 3] = [4, 17, 14];

#[test]
fn two_runs_write_the_same_bytes() {
    for algorithm in families() {
        assert!(make(algorithm) == make(algorithm), "{algorithm}");
    }
}

#[test]
fn bytes_are_those_of_the_golden_files() {
    for algorithm in algorithms() {
        let (path, made) = (golden(algorithm), make(algorithm));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &made).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == made,
            "{} is another hierarchy than is made now. If the change is meant, run \
             `UPDATE_GOLDEN=1 cargo test --test judges golden` and look at the difference.",
            path.display()
        );
    }
}

#[test]
fn golden_chains_verify_at_their_time_by_our_own_rules() {
    for algorithm in algorithms() {
        let (request, chain) = read(algorithm);
        assert_eq!(request.public_key(), chain.leaf().public_key().unwrap());
        assert_eq!(request.public_key().algorithm(), algorithm);
        ChainVerifier::new([chain.above()[1].clone()], now())
            .with_purpose(ExtendedKeyUsage::SERVER_AUTH)
            .with_name(AltName::dns("www.example.test").unwrap())
            .verify(&chain)
            .unwrap();
    }
}

#[test]
fn openssl_verifies_golden_chains_at_their_time() {
    if !judge("openssl") {
        return;
    }
    for algorithm in algorithms() {
        let ((request, chain), folder) = (read(algorithm), folder());
        write_chain(folder.path(), &chain);
        let [within, after] = [now().unix(), now().unix() + 91 * 86_400].map(|t| t.to_string());
        let name = ["-verify_hostname", "www.example.test", "-purpose", "sslserver"];
        verify_every_link(folder.path(), algorithm, &[&name[..], &["-attime", &within]].concat());
        let late = verify_leaf(folder.path(), algorithm, &["-attime", &after]);
        assert!(late.all().contains("certificate has expired"), "{}", late.all());

        write(&folder, "request.pem", request.to_pem());
        let mut verify = vec!["req", "-in", "request.pem", "-verify", "-noout"];
        if algorithm == KeyAlgorithm::Sm2 {
            verify.extend(["-vfyopt", SM2_ID]);
        }
        let said = run(folder.path(), &verify).all();
        assert!(said.contains("verify OK"), "{algorithm}: {said}");
    }
}

/// Root, intermediate, request and server certificate as PEM.
fn make(algorithm: KeyAlgorithm) -> String {
    let [root_key, ca_key, server_key] = SEEDS.map(|seed| {
        KeyPair::generate_with(algorithm, WeakKeys::Refuse, &mut SeededRng::new(seed))
            .unwrap()
            .with_nonces(Nonces::Deterministic)
    });
    let mut rng = SeededRng::new(1);
    let mut serial = || SerialNumber::generate(&mut rng).unwrap();
    let until = |text: &str| Validity::new(now(), text.parse().unwrap()).unwrap();
    let root = Issuer::self_signed_at(
        "CN=Golden Root,O=Example,C=DE".parse().unwrap(),
        Profile::root(),
        root_key,
        serial(),
        // Past 2049, where UTCTime ends.
        until("2055-12-31T23:59:59Z"),
    );
    let ca = root.and_then(|root| {
        let name = "CN=Golden CA,O=Example,C=DE".parse()?;
        let validity = until("2045-12-31T23:59:59Z");
        root.delegate_at(name, Profile::intermediate(0), ca_key, serial(), validity)
    });
    let request = CertificateRequest::builder("CN=www.example.test".parse().unwrap())
        .alt_names(alt_names())
        .challenge_password("a challenge!")
        .unwrap()
        .sign(&server_key)
        .unwrap();
    let policy = policy(Profile::tls_server());
    let chain = Authority::new(ca.unwrap(), policy, MemoryStore::default())
        .with_clock(FixedClock(now()))
        .with_rng(SeededRng::new(2))
        .issue(&request)
        .unwrap()
        .into_chain();
    let certificate = |link| chain.certificates().nth(link).unwrap().to_pem();
    [certificate(2), certificate(1), request.to_pem(), certificate(0)].concat()
}

/// The request and the chain of a golden file.
fn read(algorithm: KeyAlgorithm) -> (CertificateRequest, Chain) {
    let text = fs::read_to_string(golden(algorithm)).unwrap();
    let mut certificates = Certificate::many_from_pem(&text).unwrap();
    assert_eq!(certificates.len(), 3);
    let leaf = certificates.pop().unwrap();
    certificates.reverse();
    (CertificateRequest::from_pem(&text).unwrap(), Chain::new(leaf, certificates).unwrap())
}

fn golden(algorithm: KeyAlgorithm) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");
    PathBuf::from(folder).join(format!("{algorithm}.pem"))
}

fn now() -> Time {
    NOW.parse().unwrap()
}
