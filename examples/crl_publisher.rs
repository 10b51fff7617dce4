//! Publishes CRLs: a full one every day, a delta in between, each made again before it ends and put in
//! place whole. A web server or a CDN serves the folder.
//!
//! ```text
//! cargo run --example crl_publisher
//! ```

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use certwright::crl::{CrlDistribution, CrlRequest, RevocationList, RevocationReason};
use certwright::time::{FixedClock, Lifetime, Time};
use certwright::{
    AltName, Authority, CertificateRequest, Error as CaError, Issuer, KeyAlgorithm, KeyPair,
    MemoryStore, Name, Policy, Profile,
};

/// How long a full CRL is valid, and how long before its end the next is made: the margin is the time
/// that operators have to repair a publisher before anybody is without a list.
const FULL: (Lifetime, Lifetime) = (Lifetime::hours(36), Lifetime::hours(12));
/// The same for a delta CRL.
const DELTA: (Lifetime, Lifetime) = (Lifetime::hours(8), Lifetime::hours(4));

struct Publisher<'a> {
    authority: &'a Authority,
    folder: PathBuf,
}

impl Publisher<'_> {
    /// Makes what is due. What was published is read from the folder, so that a restart changes nothing.
    fn publish_due(&self, now: Time) -> Result<(), Box<dyn Error>> {
        let mut full = self.published("full.crl")?;
        if is_due(full.as_ref(), FULL.1, now)? {
            full = Some(self.publish("full.crl", &CrlRequest::full(FULL.0))?);
        }
        let base = full.and_then(|full| full.number()).ok_or("a full CRL has a number")?;
        // A delta of an older full CRL helps no reader who has the new one.
        let delta = self.published("delta.crl")?.filter(|delta| delta.delta_base() == Some(base));
        if is_due(delta.as_ref(), DELTA.1, now)? {
            self.publish("delta.crl", &CrlRequest::delta(base, DELTA.0))?;
        }
        Ok(())
    }

    fn published(&self, name: &str) -> Result<Option<RevocationList>, Box<dyn Error>> {
        let path = self.folder.join(name);
        if !path.try_exists()? {
            return Ok(None);
        }
        Ok(Some(RevocationList::from_der(&fs::read(path)?)?))
    }

    /// Makes a CRL and puts it in place: readers see the old file or the new one, never half of one, also
    /// after a power cut.
    fn publish(&self, name: &str, request: &CrlRequest) -> Result<RevocationList, Box<dyn Error>> {
        let issued = self.authority.issue_crl(request)?;
        let new = self.folder.join(format!("{name}.new"));
        let mut file = File::create(&new)?;
        issued.write_der(&mut file)?;
        file.sync_all()?;
        fs::rename(&new, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()?; // The rename is durable once the folder is.
        let list = self.published(name)?.ok_or("the list was just published")?;
        println!("{}  {name:<9}  {} entries", list.this_update(), list.len());
        Ok(list)
    }
}

/// Whether a list must be made again: there is none, or it ends within the margin.
fn is_due(list: Option<&RevocationList>, margin: Lifetime, now: Time) -> Result<bool, CaError> {
    match list.and_then(|list| list.next_update()) {
        Some(end) => Ok(now.plus(margin)? >= end),
        None => Ok(true),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("certwright-crl-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let done = run(&folder);
    fs::remove_dir_all(&folder)?;
    done
}

fn run(folder: &Path) -> Result<(), Box<dyn Error>> {
    let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
    let root = Issuer::self_signed("CN=Example Root".parse()?, Profile::root(), key()?)?;
    let ca = root.delegate("CN=Example CA 1".parse()?, Profile::intermediate(0), key()?)?;
    // Certificates say where the full CRL is, from the first one on.
    let ca = ca.with_crl_distribution(CrlDistribution::at("http://crl.example/full.crl")?);
    let policy = Policy::new(Profile::tls_server()).allow_dns(".internal")?;
    let authority = Authority::new(ca, policy, MemoryStore::default());

    // Three days pass at once. A service has the system's clock, and sleeps for some minutes after each turn.
    let (mut now, mut revoked) = (Time::now()?, Vec::new());
    for hour in 0..72 {
        let authority = authority.clone().with_clock(FixedClock(now));
        let publisher = Publisher { authority: &authority, folder: folder.to_owned() };
        publisher.publish_due(now)?;
        if hour % 20 == 5 {
            let request = CertificateRequest::builder(Name::default())
                .alt_name(AltName::dns("db.internal")?)
                .sign(&key()?)?;
            let serial = *authority.issue(&request)?.certificate().serial();
            authority.revoke(&serial, RevocationReason::KeyCompromise)?;
            revoked.push(serial);
        }
        now = now.plus(Lifetime::hours(1))?;
    }

    let [full, delta] = ["full.crl", "delta.crl"].map(|name| fs::read(folder.join(name)));
    let (full, delta) = (RevocationList::from_der(&full?)?, RevocationList::from_der(&delta?)?);
    let told = |serial| full.find(serial).or(delta.find(serial)).is_some();
    if !revoked.iter().all(told) {
        return Err("a revocation is on neither list".into());
    }
    println!("all {} revocations are on the lists", revoked.len());
    Ok(())
}
