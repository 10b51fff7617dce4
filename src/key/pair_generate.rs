//! How key pairs are generated: one, or many together.

use rand_core::{CryptoRng, TryCryptoRng};

use super::generation::KeyGeneration;
use super::pair::{KeyPair, check_strength};
use super::random::seeded;
use super::randomness::Randomness;
use crate::algorithm::{KeyAlgorithm, KeyFamily, WeakKeys};
use crate::error::Error;

impl KeyGeneration<'_> {
    /// Generates the key from the system's random numbers.
    ///
    /// # Errors
    /// As [`KeyPair::generate`], and [`Error::Cancelled`] when the observer breaks off.
    pub fn generate(self) -> Result<KeyPair, Error> {
        self.generate_with(&mut Randomness::default())
    }

    /// Generates the key from `rng`, of which 32 bytes are drawn; the same bytes give the same
    /// key.
    ///
    /// # Errors
    /// As [`KeyGeneration::generate`].
    pub fn generate_with<R: TryCryptoRng + ?Sized>(self, rng: &mut R) -> Result<KeyPair, Error> {
        KeyPair::from_generation(self, rng)
    }

    /// Generates so many keys from the system's random numbers: as [`KeyPair::generate_many`].
    ///
    /// # Errors
    /// As [`KeyGeneration::generate`].
    pub fn generate_many(self, count: usize) -> Result<Vec<KeyPair>, Error> {
        self.generate_many_with(count, &mut Randomness::default())
    }

    /// Generates so many keys from `rng`. For keys on curves 32 bytes are drawn for every 256 keys, for
    /// RSA keys 32 bytes for each; the same bytes give the same keys.
    ///
    /// # Errors
    /// As [`KeyGeneration::generate`].
    pub fn generate_many_with<R: TryCryptoRng + ?Sized>(
        self,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<KeyPair>, Error> {
        KeyPair::from_generation_of_many(self, count, rng)
    }
}

impl KeyPair {
    /// Generates a key from the system's random numbers.
    ///
    /// # Errors
    /// [`Error::Denied`] for [`KeyAlgorithm::Rsa1024`], [`Error::Unsupported`] for
    /// [`KeyAlgorithm::RsaOther`] and a family that this build leaves out, [`Error::Random`] when the system has no random numbers.
    pub fn generate(algorithm: KeyAlgorithm) -> Result<Self, Error> {
        Self::generate_with(algorithm, WeakKeys::Refuse, &mut Randomness::default())
    }

    /// Generates a key from `rng`, of which 32 bytes are drawn; the same bytes give the same key.
    ///
    /// # Errors
    /// As [`KeyPair::generate`]; `weak_keys` can allow RSA of 1024 bits.
    pub fn generate_with<R: TryCryptoRng + ?Sized>(
        algorithm: KeyAlgorithm,
        weak_keys: WeakKeys,
        rng: &mut R,
    ) -> Result<Self, Error> {
        KeyGeneration::new(algorithm).weak_keys(weak_keys).generate_with(rng)
    }

    /// Generates so many keys from the system's random numbers. Of keys on curves several are made at once
    /// where the processor has vectors for it; RSA keys come one after the other.
    ///
    /// # Errors
    /// As [`KeyPair::generate`].
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::{KeyAlgorithm, KeyPair};
    /// let keys = KeyPair::generate_many(KeyAlgorithm::EcdsaP256, 10)?;
    /// assert_eq!(keys.len(), 10);
    /// assert_ne!(keys[0].public_key(), keys[9].public_key());
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    pub fn generate_many(algorithm: KeyAlgorithm, count: usize) -> Result<Vec<Self>, Error> {
        KeyGeneration::new(algorithm).generate_many(count)
    }

    fn from_generation<R: TryCryptoRng + ?Sized>(
        mut generation: KeyGeneration<'_>,
        rng: &mut R,
    ) -> Result<Self, Error> {
        check(&generation)?;
        Self::draw(&mut generation, &mut seeded(rng)?)
    }

    fn from_generation_of_many<R: TryCryptoRng + ?Sized>(
        mut generation: KeyGeneration<'_>,
        count: usize,
        rng: &mut R,
    ) -> Result<Vec<Self>, Error> {
        check(&generation)?;
        let mut keys = Vec::new();
        while keys.len() < count {
            let mut rng = seeded(rng)?;
            let more = AT_ONCE.min(count - keys.len());
            match Self::draw_many(&generation, more, &mut rng)? {
                Some(made) => keys.extend(made),
                None => keys.push(Self::draw(&mut generation, &mut rng)?),
            }
        }
        Ok(keys)
    }

    fn draw(generation: &mut KeyGeneration<'_>, rng: &mut impl CryptoRng) -> Result<Self, Error> {
        let (algorithm, arithmetic) = (generation.algorithm(), generation.chosen_arithmetic());
        #[cfg(feature = "ecc")]
        if let Some(secret) = super::ecdsa::Secret::generate(arithmetic, algorithm, rng) {
            return Ok(Self::from_ecdsa(algorithm, secret).worked_on_by(arithmetic));
        }
        #[cfg(feature = "rsa")]
        if algorithm.family() == KeyFamily::Rsa {
            let secret = super::rsa::Secret::generate(generation, rng)?;
            return Ok(Self::from_rsa(secret)?.worked_on_by(arithmetic));
        }
        #[cfg(feature = "sm2")]
        if algorithm == KeyAlgorithm::Sm2 {
            let secret = super::sm2::Secret::generate(arithmetic, rng);
            return Ok(Self::from_sm2(secret)?.worked_on_by(arithmetic));
        }
        Err(super::public::not_built(algorithm.family()))
    }

    /// `None` for keys that come one after the other.
    #[cfg_attr(not(any(feature = "ecc", feature = "sm2")), allow(unused_variables))]
    fn draw_many(
        generation: &KeyGeneration<'_>,
        count: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<Option<Vec<Self>>, Error> {
        let (algorithm, arithmetic) = (generation.algorithm(), generation.chosen_arithmetic());
        match algorithm.family() {
            #[cfg(feature = "ecc")]
            KeyFamily::Ecc => {
                let made = super::ecdsa::Secret::generate_many(arithmetic, algorithm, count, rng);
                let pair = |secret| Self::from_ecdsa(algorithm, secret).worked_on_by(arithmetic);
                Ok(made.map(|secrets| secrets.into_iter().map(pair).collect()))
            }
            #[cfg(feature = "sm2")]
            KeyFamily::Sm2 => {
                let made = super::sm2::Secret::generate_many(arithmetic, count, rng).into_iter();
                let pair = |secret| Ok(Self::from_sm2(secret)?.worked_on_by(arithmetic));
                made.map(pair).collect::<Result<_, Error>>().map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// As many keys on curves are made at once, by one inversion.
const AT_ONCE: usize = 256;

/// Fails for a key that is not generated.
fn check(generation: &KeyGeneration<'_>) -> Result<(), Error> {
    let algorithm = generation.algorithm();
    check_strength(algorithm, generation.allowed_weak_keys())?;
    if let KeyAlgorithm::RsaOther(_) = algorithm {
        let allowed = "RSA of exactly 2048, 3072 or 4096 bits";
        return Err(Error::unsupported("key generation", algorithm.to_string(), allowed));
    }
    Ok(())
}
