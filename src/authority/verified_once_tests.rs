//! Every signature is verified exactly once on its way out.

use super::Authority;
use crate::crl::CrlRequest;
use crate::issuer::Issuer;
use crate::key::{KeyPair, Signer as _, tally};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::request::CertificateRequest;
use crate::store::memory::MemoryStore;
use crate::validity::Lifetime;

#[track_caller]
fn counted<T>(expected: usize, what: &str, work: impl FnOnce() -> T) -> T {
    let (verified, result) = tally::during(work);
    assert_eq!(verified, expected, "{what}");
    result
}

#[test]
fn each_signature_is_verified_once() {
    for kind in tally::FAMILIES {
        let key = || KeyPair::generate(*kind).unwrap();
        let (root_key, ca_key, leaf_key) = (key(), key(), key());
        let der = ca_key.to_pkcs8_der().unwrap();
        let root = counted(1, "self_signed", || {
            Issuer::self_signed("CN=Root".parse().unwrap(), Profile::root(), root_key).unwrap()
        });
        let ca = counted(1, "delegate", || {
            let profile = Profile::intermediate(1);
            root.delegate("CN=CA".parse().unwrap(), profile, ca_key).unwrap()
        });
        // What is read from outside: one for each certificate, the root's own among them.
        let certificates = ca.chain();
        let again = KeyPair::from_pkcs8_der(der.as_bytes()).unwrap();
        let ca = counted(2, "load", || Issuer::load(certificates, again).unwrap());

        let request = counted(1, "sign a request", || {
            let builder = CertificateRequest::builder("CN=a.example".parse().unwrap());
            builder.alt_name("a.example".parse().unwrap()).sign(&leaf_key).unwrap()
        });
        let request = counted(1, "read a request", || {
            CertificateRequest::from_der(request.as_der()).unwrap()
        });
        let policy = Policy::new(Profile::tls_server()).allow_dns("a.example").unwrap();
        let authority = Authority::new(ca, policy, MemoryStore::default());
        counted(1, "issue", || authority.issue(&request).unwrap());
        counted(3, "issue_many", || {
            let requests = [request.clone(), request.clone(), request.clone()];
            authority.issue_many(&requests).into_iter().for_each(|issued| drop(issued.unwrap()));
        });
        counted(1, "issue_crl", || {
            authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap()
        });
        counted(1, "delegate of an authority", || {
            let profile = Profile::intermediate(0);
            authority.delegate("CN=Below".parse().unwrap(), profile, key()).unwrap()
        });
        let prepared = authority.prepare(&request).unwrap();
        let signature =
            KeyPair::from_pkcs8_der(der.as_bytes()).unwrap().sign(prepared.to_be_signed()).unwrap();
        counted(1, "complete", || authority.complete(prepared.serial(), &signature).unwrap());
    }
}
