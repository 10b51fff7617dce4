//! A CA whose key is on a machine without a network. The online machine decides, records and publishes;
//! the offline one shows what it is asked to sign, and signs. Files are carried between the two.
//!
//! ```text
//! cargo run --example air_gap
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;

use certwright::crl::{CrlRequest, RevocationList};
use certwright::issuance::Issuance;
use certwright::key::SignatureAlgorithm;
use certwright::ledger::WaitingFor;
use certwright::lint::lint;
use certwright::time::Lifetime;
use certwright::{
    AltName, Authority, Certificate, CertificateRequest, Issuer, KeyAlgorithm, KeyPair, Name,
    Policy, Profile, RedbStore, Signer,
};

const PASSPHRASE: &str = "typed by two custodians";

fn main() -> Result<(), Box<dyn Error>> {
    let place = std::env::temp_dir().join(format!("certwright-air-gap-{}", std::process::id()));
    let done = run(&place);
    fs::remove_dir_all(&place)?;
    done
}

fn run(place: &Path) -> Result<(), Box<dyn Error>> {
    let folders = ["online", "stick", "offline"].map(|name| place.join(name));
    folders.iter().try_for_each(fs::create_dir_all)?;
    let [online, stick, offline] = folders;
    ceremony(&online, &offline)?;

    // The online machine checks everything but the signature, and claims the numbers.
    let authority = open(&online, RedbStore::create(online.join("ca.redb"))?)?;
    for (name, days) in [("db.internal", 30), ("old.internal", 90)] {
        let request = CertificateRequest::builder(Name::default())
            .alt_name(AltName::dns(name)?)
            .sign(&KeyPair::generate(KeyAlgorithm::EcdsaP256)?)?;
        authority.prepare(Issuance::for_request(&request).lifetime(Lifetime::days(days)))?;
    }
    authority.prepare_crl(&CrlRequest::full(Lifetime::days(30)))?;
    for waiting in authority.ledger().waiting(None, 1_000)? {
        fs::write(stick.join(file(&waiting.what, "tbs")), &waiting.to_be_signed)?;
    }
    drop(authority);

    sign_offline(&offline, &stick)?;

    // Days may have passed, and the program was started again: what waits is in the store.
    let authority = open(&online, RedbStore::open(online.join("ca.redb"))?)?;
    for waiting in authority.ledger().waiting(None, 1_000)? {
        let path = stick.join(file(&waiting.what, "sig"));
        let signature = path.try_exists()?.then(|| fs::read(path)).transpose()?;
        match (waiting.what, signature) {
            // The signature is verified, and what waited is checked again, before anything is recorded.
            (WaitingFor::Certificate { serial }, Some(signature)) => {
                println!("issued:\n{}", authority.complete(&serial, &signature)?.chain());
            }
            (WaitingFor::Certificate { serial }, None) => authority.cancel(&serial)?,
            (WaitingFor::Crl { number }, Some(signature)) => {
                println!("CRL:\n{}", authority.complete_crl(number, &signature)?.to_pem());
            }
            (WaitingFor::Crl { number }, None) => authority.cancel_crl(number)?,
            (other, _) => return Err(format!("unknown to this program: {other}").into()),
        }
    }
    Ok(())
}

/// Once: makes the CA. Its key stays on the offline machine, under a passphrase.
fn ceremony(online: &Path, offline: &Path) -> Result<(), Box<dyn Error>> {
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
    let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
    let ca_key = key()?;
    fs::write(offline.join("ca.key"), ca_key.to_pkcs8_pem_encrypted(PASSPHRASE)?)?;
    let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), ca_key)?;
    fs::write(offline.join("ca.pem"), ca.certificate().to_pem())?;
    Ok(fs::write(online.join("ca.pem"), ca.chain().to_pem())?)
}

/// The authority of the online machine: an issuer that has no key and refuses to sign.
fn open(online: &Path, store: RedbStore) -> Result<Authority, Box<dyn Error>> {
    let chain = Certificate::many_from_pem(&fs::read_to_string(online.join("ca.pem"))?)?;
    let issuer = Issuer::without_key(chain, SignatureAlgorithm::EcdsaSha256)?;
    let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?;
    Ok(Authority::new(issuer, policy, store))
}

/// The offline machine: reads what it is asked to sign, and signs what its own rules permit.
fn sign_offline(offline: &Path, stick: &Path) -> Result<(), Box<dyn Error>> {
    let ca = Certificate::from_pem(&fs::read_to_string(offline.join("ca.pem"))?)?;
    let key = fs::read_to_string(offline.join("ca.key"))?;
    let key = KeyPair::from_pem_encrypted(&key, PASSPHRASE)?;
    for entry in fs::read_dir(stick)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        let permitted = if let Ok(asked) = Certificate::from_to_be_signed(&bytes) {
            println!("asked to sign: {:?}, {}", asked.alt_names(), asked.validity());
            let short = asked.validity().lifetime() <= Lifetime::days(45);
            short && !asked.is_authority() && asked.issuer() == ca.subject()
        } else {
            let asked = RevocationList::from_to_be_signed(&bytes)?;
            println!("asked to sign: a CRL of {} entries", asked.len());
            asked.issuer() == ca.subject()
        };
        if permitted && !lint(&bytes).has_errors() {
            fs::write(path.with_extension("sig"), key.sign(&bytes)?)?;
        }
    }
    Ok(())
}

/// The name of a file that is about what waits, such as `CRL-1.tbs`.
fn file(what: &WaitingFor, extension: &str) -> String {
    format!("{what}.{extension}").replace(' ', "-")
}
