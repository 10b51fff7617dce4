//! What an authority, its ledger and its keys draw comes from the source that was set.

use super::Authority;
use crate::algorithm::{KeyAlgorithm, WeakKeys};
use crate::crl::CrlRequest;
use crate::issuer::Issuer;
use crate::key::{KeyPair, Randomness, SealingKey, tally};
use crate::ledger::Ledger;
use crate::policy::Policy;
use crate::profile::Profile;
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::store::memory::MemoryStore;
use crate::testing::SeededRng;
use crate::validity::{Lifetime, Time, Validity};

#[test]
fn nothing_is_drawn_from_the_system_where_a_source_was_set() {
    let kinds: &[KeyAlgorithm] = &[
        #[cfg(feature = "ecc")]
        KeyAlgorithm::EcdsaP256,
        #[cfg(feature = "rsa")]
        KeyAlgorithm::Rsa2048,
        #[cfg(feature = "sm2")]
        KeyAlgorithm::Sm2,
    ];
    for kind in kinds {
        let mut random = Randomness::new(SeededRng::new(7));
        let before = tally::system_draws();
        let mut key = || {
            let key = KeyPair::generate_with(*kind, WeakKeys::Refuse, &mut random).unwrap();
            key.with_rng(random.clone())
        };
        let (root_key, ca_key, leaf_key) = (key(), key(), key());
        let now = Time::now().unwrap();
        let validity = Validity::new(now, now.plus(Lifetime::days(3650)).unwrap()).unwrap();
        let serial = SerialNumber::generate(&mut random).unwrap();
        let name = "CN=Root".parse().unwrap();
        let root =
            Issuer::self_signed_at(name, Profile::root(), root_key, serial, validity).unwrap();

        let ledger = Ledger::new(MemoryStore::default()).with_rng(random);
        let policy = Policy::new(Profile::tls_server()).allow_dns("a.example").unwrap();
        let above = Authority::on(root, policy.clone(), ledger.clone());
        let profile = Profile::intermediate(0);
        let ca = above.delegate("CN=CA".parse().unwrap(), profile, ca_key).unwrap();
        let authority = Authority::on(ca, policy, ledger.clone());
        let builder = CertificateRequest::builder("CN=a.example".parse().unwrap());
        let request = builder.alt_name("a.example".parse().unwrap()).sign(&leaf_key).unwrap();
        authority.issue(&request).unwrap();
        authority.issue_crl(&CrlRequest::full(Lifetime::days(1))).unwrap();

        #[cfg(feature = "sealed-keys")]
        {
            let writer = ledger.writer("test", now);
            writer.put_key("leaf", &leaf_key).unwrap();
            writer
                .rotate_sealing_key(&SealingKey::from_passphrase("open sesame").unwrap())
                .unwrap();
            let kept = ledger.key("leaf").unwrap().unwrap();
            CertificateRequest::builder("CN=b".parse().unwrap()).sign(&kept).unwrap();
        }
        #[cfg(feature = "encrypted-keys")]
        leaf_key.to_pkcs8_der_encrypted("open sesame").unwrap();
        ledger.verify().unwrap();
        assert_eq!(tally::system_draws(), before, "{kind}");

        // The count counts.
        KeyPair::generate(*kind).unwrap();
        assert!(tally::system_draws() > before);
    }
}
