//! What an authority, its ledger and its keys draw comes from the source that was set.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

use super::Authority;
use crate::algorithm::WeakKeys;
use crate::crl::CrlRequest;
use crate::issuer::Issuer;
use crate::key::{KeyPair, Randomness, SealingKey, tally};
use crate::ledger::Ledger;
use crate::policy::Policy;
use crate::profile::Profile;
use crate::request::CertificateRequest;
use crate::serial::SerialNumber;
use crate::store::memory::MemoryStore;
use crate::validity::{Lifetime, Time, Validity};

#[test]
fn nothing_is_drawn_from_the_system_where_a_source_was_set() {
    for kind in tally::FAMILIES {
        let mut random = Randomness::new(Sequence(7));
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

/// Numbers that look random: SplitMix64.
struct Sequence(u64);

impl TryRng for Sequence {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| number as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let number = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(number ^ (number >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.iter_mut().zip(number).for_each(|(byte, value)| *byte = value);
        }
        Ok(())
    }
}

impl TryCryptoRng for Sequence {}
