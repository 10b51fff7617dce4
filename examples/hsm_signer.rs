//! A CA whose key is in an HSM, and whose certificates are recorded together with the application's
//! own rows, in one transaction.
//!
//! ```text
//! cargo run --example hsm_signer
//! ```

use std::error::Error;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use certwright::error::SignerError;
use certwright::issuance::{Issuance, Issued};
use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::time::Time;
use certwright::{
    AltName, Authority, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Name,
    Policy, Profile, Signer,
};

/// A message to be signed, and where the answer goes.
type Job = (Vec<u8>, Sender<Result<Vec<u8>, certwright::Error>>);

/// The client of an HSM. Here the device is a thread that never gives its key away; for a real one, its
/// methods call PKCS #11 or a network protocol.
struct Hsm {
    jobs: Sender<Job>,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
}

impl Hsm {
    /// Connects. The public key and the algorithm are asked for once.
    fn connect() -> Result<Self, certwright::Error> {
        let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
        let (public_key, algorithm) = (key.public_key().clone(), key.algorithm());
        let (jobs, queue): (Sender<Job>, Receiver<Job>) = mpsc::channel();
        thread::spawn(move || {
            for (message, answer) in queue {
                if answer.send(key.sign(&message)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { jobs, public_key, algorithm })
    }
}

impl Signer for Hsm {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Signs. The answer need not be trusted: the engine verifies every signature before it records and
    /// returns a certificate.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, certwright::Error> {
        let (answer, answered) = mpsc::channel();
        let lost = |error| SignerError::with_source("the HSM does not answer", error);
        self.jobs.send((message.to_vec(), answer)).map_err(|_| SignerError::new("no session"))?;
        answered.recv().map_err(lost)?
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // The root stays offline; the HSM holds the key of the CA that issues.
    let root_key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), root_key)?;
    let ca = root.delegate("CN=Device CA".parse()?, Profile::intermediate(0), Hsm::connect()?)?;

    let policy = Policy::new(Profile::tls_server()).allow_dns(".devices.example")?;
    // A program that stays would use `RedbStore::create` once, and `RedbStore::open` from then on.
    let authority = Authority::new(ca, policy, MemoryStore::default());

    // The application's rows: one for each device, and a counter, which is made once.
    let inventory = authority.ledger().rows("inventory")?;
    let setup = authority.ledger().writer("setup", Time::now()?);
    setup.write_rows([inventory.counter("devices")?], "inventory made")?;

    let issued = enrol(&authority, "pump-17")?;
    println!("issued, the leaf first:\n{}", issued.chain());
    let row = inventory.get("pump-17")?.ok_or("no row was recorded with the certificate")?;
    println!("inventory: pump-17 has serial number {}", String::from_utf8_lossy(row.value()));

    // A device is enrolled once. The second call is refused before the HSM is asked.
    match enrol(&authority, "pump-17") {
        Err(error) if error.is_conflict() => println!("again: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("a device was enrolled twice".into()),
    }
    println!("devices: {}", inventory.counted("devices")?.unwrap_or_default());
    Ok(())
}

/// Issues the certificate of a device and records it in the inventory: both, or neither.
fn enrol(authority: &Authority, device: &str) -> Result<Issued, certwright::Error> {
    let name = AltName::dns(&format!("{device}.devices.example"))?;
    // The device makes its key and sends the request; here one program plays both.
    let key = KeyPair::generate(KeyAlgorithm::EcdsaP256)?;
    let request = CertificateRequest::builder(Name::default()).alt_name(name).sign(&key)?;

    let inventory = authority.ledger().rows("inventory")?;
    authority.issue(
        Issuance::for_request(&request)
            // Checked before anything is signed, so that a refusal costs no serial number.
            .while_unchanged([inventory.absent(device)?])
            // Computed from the signed certificate, recorded in the same transaction.
            .with_rows(move |certificate| {
                let serial = certificate.serial().to_string();
                Ok(vec![inventory.insert(device, serial)?, inventory.count("devices")?])
            }),
    )
}
