//! Keys of any of the curves.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use super::curve::{Curve, P256, P384, P521, Sm2, width};
use super::inverse::invert;
use super::point::Affine;
use super::scheme::{Numbers, Scalar, Signature, verify_public};
use super::tables::{Comb, Multiples};

/// Which curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CurveName {
    P256,
    P384,
    P521,
    Sm2,
}

/// A point that was checked to be on its curve.
#[derive(Clone)]
pub(crate) struct PublicKey(Arc<dyn Public>);

/// A private key; its drop wipes it.
pub(crate) struct SecretKey(Box<dyn Secret>);

/// Signatures of a key after which a table of its multiples pays: until then each costs some 35 µs
/// more, and the table takes 0.5 ms and 88 KB (curves of 256 bits).
const VERIFIED_BEFORE_TABLE: u32 = 13;

/// The bits of a digit in such a table.
const WINDOW_OF_KEYS: u32 = 6;

impl PublicKey {
    /// From x and y, one after the other and each as long as the field; `None` where they are no point
    /// on the curve.
    pub(crate) fn from_coordinates(curve: CurveName, coordinates: &[u8]) -> Option<Self> {
        fn read<C: Curve<N>, const N: usize>(coordinates: &[u8]) -> Option<PublicKey> {
            if coordinates.len() != 2 * width::<C, N>() {
                return None;
            }
            let (x, y) = coordinates.split_at(width::<C, N>());
            let point = Affine::from_coordinates::<C>(x, y)?;
            Some(PublicKey(Arc::new(PublicOf::<C, N>::new(point))))
        }
        match curve {
            CurveName::P256 => read::<P256, 4>(coordinates),
            CurveName::P384 => read::<P384, 6>(coordinates),
            CurveName::P521 => read::<P521, 9>(coordinates),
            CurveName::Sm2 => read::<Sm2, 4>(coordinates),
        }
    }

    pub(crate) fn coordinates(&self) -> Vec<u8> {
        self.0.coordinates()
    }

    /// Whether r and s, big-endian, are a signature of the digest.
    pub(crate) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.0.verify(digest, r, s)
    }

    /// The same, and once many were asked for, with a table of the key's multiples.
    pub(crate) fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.0.verify_often(digest, r, s)
    }
}

impl SecretKey {
    /// From a big-endian scalar: from 1 to n − 1, with SM2 to n − 2. `None` also for the few scalars
    /// of which this arithmetic cannot compute the point.
    pub(crate) fn from_scalar(curve: CurveName, scalar: &[u8]) -> Option<Self> {
        fn read<C: Curve<N>, const N: usize>(scalar: &[u8]) -> Option<SecretKey> {
            Some(SecretKey(Box::new(SecretOf::<C, N>::from_bytes(scalar)?)))
        }
        match curve {
            CurveName::P256 => read::<P256, 4>(scalar),
            CurveName::P384 => read::<P384, 6>(scalar),
            CurveName::P521 => read::<P521, 9>(scalar),
            CurveName::Sm2 => read::<Sm2, 4>(scalar),
        }
    }

    /// Big-endian, as long as the order.
    pub(crate) fn scalar(&self) -> Zeroizing<Vec<u8>> {
        self.0.scalar()
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// Signs a digest; the nonce is big-endian and reduced modulo n. `None` where another nonce must
    /// be drawn, and for the few of which this arithmetic cannot compute the point.
    pub(crate) fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature> {
        self.0.sign(digest, nonce)
    }

    /// A key whose signatures are wrong.
    #[cfg(test)]
    pub(crate) fn with_fault(mut self, fault: super::faults::Fault) -> Self {
        self.0.spoil(fault);
        self
    }
}

trait Public: Send + Sync {
    fn coordinates(&self) -> Vec<u8>;
    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool;
    fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool;
}

trait Secret: Send + Sync {
    fn scalar(&self) -> Zeroizing<Vec<u8>>;
    fn public(&self) -> PublicKey;
    fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature>;
    #[cfg(test)]
    fn spoil(&mut self, fault: super::faults::Fault);
}

struct PublicOf<C: Curve<N>, const N: usize> {
    point: Affine<C::Field, N>,
    /// How many signatures were verified by [`PublicKey::verify_often`], and the table for more.
    verified: AtomicU32,
    /// In a place of its own: room for it here would hold, until it is made, whatever the stack had on
    /// which the key was put together.
    multiples: OnceLock<Box<Multiples<C, N>>>,
}

impl<C: Curve<N>, const N: usize> PublicOf<C, N> {
    fn new(point: Affine<C::Field, N>) -> Self {
        Self { point, verified: AtomicU32::new(0), multiples: OnceLock::new() }
    }

    fn verify_with(
        &self,
        table: Option<&Multiples<C, N>>,
        digest: &[u8],
        r: &[u8],
        s: &[u8],
    ) -> bool {
        Numbers::from_bytes(r, s)
            .is_some_and(|numbers| verify_public::<C, N>(&self.point, table, digest, &numbers))
    }
}

impl<C: Curve<N>, const N: usize> Public for PublicOf<C, N> {
    fn coordinates(&self) -> Vec<u8> {
        let mut out = vec![0; 2 * width::<C, N>()];
        let (x, y) = out.split_at_mut(width::<C, N>());
        self.point.x.to_bytes(x);
        self.point.y.to_bytes(y);
        out
    }

    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.verify_with(None, digest, r, s)
    }

    fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        let table = match self.multiples.get() {
            None if self.verified.load(Ordering::Relaxed) >= VERIFIED_BEFORE_TABLE => {
                let new = || Box::new(Multiples::new_public(&self.point, WINDOW_OF_KEYS));
                Some(&**self.multiples.get_or_init(new))
            }
            None => {
                self.verified.fetch_add(1, Ordering::Relaxed);
                None
            }
            table => table.map(|table| &**table),
        };
        self.verify_with(table, digest, r, s)
    }
}

struct SecretOf<C: Curve<N>, const N: usize> {
    scalar: Scalar<C, N>,
    point: Affine<C::Field, N>,
    /// The table that signatures are made with.
    comb: &'static Comb<C, N>,
}

impl<C: Curve<N>, const N: usize> SecretOf<C, N> {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let scalar = Scalar::from_bytes(bytes)?;
        let comb = Comb::of_generator();
        let (point, is_negative) = comb.multiply(&scalar.d);
        if point.z.is_zero() != 0 {
            return None;
        }
        // Z tells of the scalar: of how the sum was made.
        let inverse = Zeroizing::new(invert(&point.z));
        let mut point = point.to_affine_with(&inverse);
        point.y = point.y.negate_if(is_negative);
        Some(Self { scalar, point, comb })
    }
}

impl<C: Curve<N>, const N: usize> Secret for SecretOf<C, N> {
    fn scalar(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; width::<C, N>()]);
        self.scalar.d.to_bytes(&mut bytes);
        bytes
    }

    fn public(&self) -> PublicKey {
        PublicKey(Arc::new(PublicOf::<C, N>::new(self.point)))
    }

    fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature> {
        Some(self.scalar.sign(self.comb, digest, nonce)?.to_signature())
    }

    #[cfg(test)]
    fn spoil(&mut self, fault: super::faults::Fault) {
        super::spoiled::spoil(&mut self.scalar, &mut self.comb, fault);
    }
}
