//! Takes over a CA of `openssl ca`: its certificates, its revocations, its CRL number and the URL of its
//! CRL. Then it issues on, also for an RSA key under this CA of P-256.
//!
//! ```text
//! cargo run --example take_over_openssl_ca [FOLDER]
//! ```
//!
//! The folder that comes with it was made by OpenSSL 3.0 with `openssl.cnf` as it is there.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use certwright::crl::{CrlDistribution, CrlRequest, RevocationList};
use certwright::key::KeyFamily;
use certwright::ledger::Ledger;
use certwright::policy::RootLeaves;
use certwright::time::{Lifetime, Time};
use certwright::verify::UnknownRevocation;
use certwright::{
    Authority, Certificate, CertificateRequest, ChainVerifier, Issuer, KeyPair, Policy, Profile,
    RedbStore,
};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/take_over_openssl_ca");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(HERE).join("openssl-ca"));
    let work = std::env::temp_dir().join(format!("certwright-take-over-{}", std::process::id()));
    fs::create_dir_all(&work)?;
    let done = take_over(&folder, &work.join("ca.redb"));
    fs::remove_dir_all(&work)?;
    done
}

fn take_over(folder: &Path, store: &Path) -> Result<(), Box<dyn Error>> {
    // A key under a passphrase is read by `KeyPair::from_pem_encrypted`.
    let certificate = Certificate::from_pem(&fs::read_to_string(folder.join("cacert.pem"))?)?;
    let key = KeyPair::from_pem(&fs::read_to_string(folder.join("private/cakey.pem"))?)?;
    let issuer = Issuer::load(vec![certificate], key)?;
    let ledger = Ledger::new(RedbStore::create(store)?);

    // What OpenSSL issued, revoked and numbered: all of it in one transaction, or an error with every
    // file and line that does not agree.
    let importer = Authority::on(issuer.clone(), policy()?, ledger.clone()).with_actor("take-over");
    let taken = importer.import_openssl_ca(folder)?;
    println!("taken over: {} certificates, {} revoked", taken.imported, taken.revoked);

    // Certificates that are out there point to a URL, so that is where the CRL stays. OpenSSL writes no
    // issuingDistributionPoint unless it is told to, and old readers may not know it.
    let url = taken.crl_urls.first().ok_or("no certificate says where its CRLs are")?;
    let distribution = CrlDistribution::at(url)?.without_issuing_distribution_point()?;
    let issuer = issuer.with_crl_distribution(distribution);
    let authority = Authority::on(issuer, policy()?, ledger);
    println!("the CRL stays at {url}");

    // The next certificate: of an old device, which has an RSA key.
    let request = fs::read_to_string(Path::new(HERE).join("legacy.csr"))?;
    let issued = authority.issue(&CertificateRequest::from_pem(&request)?)?;
    let key = issued.certificate().public_key()?.algorithm();
    println!("issued for a key {key}:\n{}", issued.chain());

    // The next CRL: the number after OpenSSL's last, with OpenSSL's revocations.
    let list = authority.issue_crl(&CrlRequest::full(Lifetime::days(7)))?;
    let list = RevocationList::from_pem(&list.to_pem())?;
    println!("CRL number {} with {} entries", list.number().unwrap_or_default(), list.len());

    // A reader that trusts the old CA believes the new certificate, and the new list.
    let trusted = [authority.issuer().certificate().clone()];
    ChainVerifier::new(trusted, Time::now()?)
        .with_revocation_lists([list], UnknownRevocation::Refuse)
        .verify(issued.chain())?;
    println!("the new certificate verifies, and is not on the list");
    Ok(())
}

/// What may be issued. The CA is a root that issues to servers itself, as many of OpenSSL are, and its
/// owner permits keys of another family than its own: both are refused unless a policy says so.
fn policy() -> Result<Policy, certwright::Error> {
    Ok(Policy::new(Profile::tls_server())
        .allow_dns(".internal")?
        .allow_key_families([KeyFamily::Rsa])
        .with_root_leaves(RootLeaves::Allow))
}
