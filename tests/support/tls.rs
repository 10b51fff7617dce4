//! What the tests with TLS stacks have in common: chains for servers and clients, good and expired.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use certwright::testing::SeededRng;
use certwright::time::{FixedClock, Time, Validity};
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Chain, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Policy, Profile, SerialNumber, Signer,
};

use crate::common::{algorithms, key};

/// The name of the server in these tests.
pub const SERVER: &str = "www.example.test";

/// An intermediate that is valid from 2020 to 2049, and certificates below it for one key.
pub struct Site {
    pub ca: Issuer,
    pub key: KeyPair,
    pub server: Chain,
    pub client: Chain,
    /// A server's, valid in the first 90 days of 2021 only.
    pub expired: Chain,
}

impl Site {
    pub fn new(algorithm: KeyAlgorithm) -> Self {
        let ca = long_lived(algorithm);
        let key = key(algorithm);
        let request = request(&key);
        let authority =
            |profile| Authority::new(ca.clone(), policy(profile), MemoryStore::default());
        let past = FixedClock("2021-01-01T00:00:00Z".parse().unwrap());
        Self {
            server: authority(Profile::tls_server()).issue(&request).unwrap().into_chain(),
            client: authority(Profile::tls_client()).issue(&request).unwrap().into_chain(),
            expired: authority(Profile::tls_server())
                .with_clock(past)
                .issue(&request)
                .unwrap()
                .into_chain(),
            key,
            ca,
        }
    }

    /// That of an algorithm, made once: RSA keys take their time.
    pub fn of(algorithm: KeyAlgorithm) -> &'static Self {
        static ALL: LazyLock<BTreeMap<KeyAlgorithm, Site>> = LazyLock::new(|| {
            algorithms().into_iter().map(|algorithm| (algorithm, Site::new(algorithm))).collect()
        });
        &ALL[&algorithm]
    }

    /// The root.
    pub fn root(&self) -> &Certificate {
        &self.server.above()[1]
    }
}

/// A request for the server's name and address.
pub fn request(signer: &dyn Signer) -> CertificateRequest {
    CertificateRequest::builder(format!("CN={SERVER}").parse().unwrap())
        .alt_name(AltName::dns(SERVER).unwrap())
        .alt_name(AltName::Ip([10, 0, 0, 7].into()))
        .sign(signer)
        .unwrap()
}

/// A policy that grants it.
pub fn policy(profile: Profile) -> Policy {
    Policy::new(profile).allow_dns(SERVER).unwrap().allow_ip("10.0.0.7").unwrap()
}

/// An intermediate below a root, both valid long enough to have certificates that expired.
fn long_lived(algorithm: KeyAlgorithm) -> Issuer {
    let time = |text: &str| text.parse::<Time>().unwrap();
    let validity =
        Validity::new(time("2020-01-01T00:00:00Z"), time("2049-12-31T23:59:59Z")).unwrap();
    let mut rng = SeededRng::new(1);
    let mut serial = || SerialNumber::generate(&mut rng).unwrap();
    let [root, ca] = ["CN=Root", "CN=CA"].map(|name| name.parse().unwrap());
    Issuer::self_signed_at(root, Profile::root(), key(algorithm), serial(), validity)
        .and_then(|root| {
            root.delegate_at(ca, Profile::intermediate(0), key(algorithm), serial(), validity)
        })
        .unwrap()
}
