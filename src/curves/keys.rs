//! Keys of any of the curves.

use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use super::curve::{P256, P384, P521, Sm2, width};
use super::inverse::invert;
use super::lanes::{InLanes, Lanes, PublicTable, SecretTable};
use super::point::Affine;
use super::scheme::{Numbers, Scalar, Signature, verify_public};
use super::sign_many::{FEWEST, Pair, ToSign, keys};
use super::tables::{Comb, Multiples};
use super::verify_many::{FEWEST_OF_EACH, Signed, of_each_public, of_table_public};

/// Which curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CurveName {
    P256,
    P384,
    P521,
    Sm2,
}

/// Calls a generic function for the curve.
macro_rules! of_curve {
    ($curve:expr, $function:ident($($argument:expr),*)) => {
        match $curve {
            CurveName::P256 => $function::<P256, 4, 5>($($argument),*),
            CurveName::P384 => $function::<P384, 6, 8>($($argument),*),
            CurveName::P521 => $function::<P521, 9, 11>($($argument),*),
            CurveName::Sm2 => $function::<Sm2, 4, 5>($($argument),*),
        }
    };
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
        fn read<C: InLanes<N, D>, const N: usize, const D: usize>(
            coordinates: &[u8],
        ) -> Option<PublicKey> {
            if coordinates.len() != 2 * width::<C, N>() {
                return None;
            }
            let (x, y) = coordinates.split_at(width::<C, N>());
            let point = Affine::from_coordinates::<C>(x, y)?;
            Some(PublicKey(Arc::new(PublicOf::<C, N, D>::new(point))))
        }
        of_curve!(curve, read(coordinates))
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

    /// For each signature whether it is one of this key. `is_often` says that more will be asked for.
    pub(crate) fn verify_many(
        &self,
        lanes: Lanes,
        signed: &[Signed<'_>],
        is_often: bool,
    ) -> Vec<bool> {
        self.0.verify_many(lanes, signed, is_often)
    }

    /// For each signature whether it is one of the key beside it.
    pub(crate) fn verify_each(lanes: Lanes, signed: &[(&Self, Signed<'_>)]) -> Vec<bool> {
        let first = signed.first();
        let in_lanes = first.and_then(|(first, _)| first.0.verify_each(lanes, signed));
        in_lanes.unwrap_or_else(|| {
            signed
                .iter()
                .map(|(key, signed)| key.0.verify(signed.digest, signed.r, signed.s))
                .collect()
        })
    }
}

impl SecretKey {
    /// From a big-endian scalar: from 1 to n − 1, with SM2 to n − 2. `None` also for the few scalars
    /// of which this arithmetic cannot compute the point.
    pub(crate) fn from_scalar(curve: CurveName, scalar: &[u8]) -> Option<Self> {
        fn read<C: InLanes<N, D>, const N: usize, const D: usize>(
            scalar: &[u8],
        ) -> Option<SecretKey> {
            Some(SecretKey(Box::new(SecretOf::<C, N, D>::from_bytes(scalar)?)))
        }
        of_curve!(curve, read(scalar))
    }

    /// As [`SecretKey::from_scalar`] for each scalar.
    pub(crate) fn from_scalars(
        curve: CurveName,
        lanes: Lanes,
        scalars: &[&[u8]],
    ) -> Vec<Option<Self>> {
        fn read<C: InLanes<N, D>, const N: usize, const D: usize>(
            lanes: Lanes,
            scalars: &[&[u8]],
        ) -> Option<Vec<Option<SecretKey>>> {
            let pairs = keys::<C, N, D>(lanes, scalars)?;
            let key = |pair: Option<_>| {
                let Pair { scalar, point } = pair?;
                Some(SecretKey(Box::new(SecretOf::<C, N, D>::new(scalar, point))))
            };
            Some(pairs.into_iter().map(key).collect())
        }
        let in_lanes = of_curve!(curve, read(lanes, scalars));
        in_lanes.unwrap_or_else(|| {
            scalars.iter().map(|scalar| Self::from_scalar(curve, scalar)).collect()
        })
    }

    /// Big-endian, as long as the order.
    pub(crate) fn scalar(&self) -> Zeroizing<Vec<u8>> {
        self.0.scalar()
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// Signs a digest with a nonce.
    #[cfg(test)]
    pub(crate) fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature> {
        self.0.sign(digest, nonce)
    }

    /// Signs each digest; its nonce is big-endian and reduced modulo n. `None` where another nonce must be
    /// drawn, and for the few of which this arithmetic cannot compute the point.
    pub(crate) fn sign_many(&self, lanes: Lanes, all: &[ToSign<'_>]) -> Vec<Option<Signature>> {
        self.0.sign_many(lanes, all)
    }

    /// A key whose signatures are wrong.
    #[cfg(test)]
    pub(crate) fn with_fault(mut self, fault: super::faults::Fault) -> Self {
        self.0.spoil(fault);
        self
    }
}

trait Public: Any + Send + Sync {
    fn coordinates(&self) -> Vec<u8>;
    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool;
    fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool;
    fn verify_many(&self, lanes: Lanes, signed: &[Signed<'_>], is_often: bool) -> Vec<bool>;
    /// `None` where lanes do not work, and where the keys are not all of this curve.
    fn verify_each(&self, lanes: Lanes, signed: &[(&PublicKey, Signed<'_>)]) -> Option<Vec<bool>>;
}

trait Secret: Send + Sync {
    fn scalar(&self) -> Zeroizing<Vec<u8>>;
    fn public(&self) -> PublicKey;
    fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature>;
    fn sign_many(&self, lanes: Lanes, all: &[ToSign<'_>]) -> Vec<Option<Signature>>;
    #[cfg(test)]
    fn spoil(&mut self, fault: super::faults::Fault);
}

struct PublicOf<C: InLanes<N, D>, const N: usize, const D: usize> {
    point: Affine<C::Field, N>,
    /// How many signatures were verified by [`PublicKey::verify_often`], and the table for more.
    verified: AtomicU32,
    /// In a place of its own: room for it here would hold, until it is made, whatever the stack had on
    /// which the key was put together.
    multiples: OnceLock<Box<Multiples<C, N>>>,
    /// The same for lanes.
    in_lanes: OnceLock<Box<PublicTable<N, D>>>,
}

impl<C: InLanes<N, D>, const N: usize, const D: usize> PublicOf<C, N, D> {
    fn new(point: Affine<C::Field, N>) -> Self {
        Self {
            point,
            verified: AtomicU32::new(0),
            multiples: OnceLock::new(),
            in_lanes: OnceLock::new(),
        }
    }

    fn verify_with(&self, table: Option<&Multiples<C, N>>, signed: &Signed<'_>) -> bool {
        Numbers::from_bytes(signed.r, signed.s).is_some_and(|numbers| {
            verify_public::<C, N>(&self.point, table, signed.digest, &numbers)
        })
    }

    /// The table, where there is one or so many more signatures make it pay.
    fn table(&self, more: u32) -> Option<&Multiples<C, N>> {
        if let Some(table) = self.multiples.get() {
            return Some(table);
        }
        let before = self.verified.fetch_add(more, Ordering::Relaxed);
        (before.saturating_add(more) > VERIFIED_BEFORE_TABLE).then(|| {
            let new = || Box::new(Multiples::new_public(&self.point, WINDOW_OF_KEYS));
            &**self.multiples.get_or_init(new)
        })
    }
}

impl<C: InLanes<N, D>, const N: usize, const D: usize> Public for PublicOf<C, N, D> {
    fn coordinates(&self) -> Vec<u8> {
        let mut out = vec![0; 2 * width::<C, N>()];
        let (x, y) = out.split_at_mut(width::<C, N>());
        self.point.x.to_bytes(x);
        self.point.y.to_bytes(y);
        out
    }

    fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.verify_with(None, &Signed { digest, r, s })
    }

    fn verify_often(&self, digest: &[u8], r: &[u8], s: &[u8]) -> bool {
        self.verify_with(self.table(1), &Signed { digest, r, s })
    }

    fn verify_many(&self, lanes: Lanes, signed: &[Signed<'_>], is_often: bool) -> Vec<bool> {
        let count = u32::try_from(signed.len()).unwrap_or(u32::MAX);
        let table =
            if is_often { self.table(count) } else { self.multiples.get().map(|table| &**table) };
        let in_lanes = match table {
            _ if signed.len() < FEWEST || lanes == Lanes::None => None,
            Some(table) => {
                let table = self.in_lanes.get_or_init(|| Box::new(PublicTable::new(table)));
                of_table_public::<C, N, D>(lanes, table, signed)
            }
            None => {
                let points = vec![self.point; signed.len()];
                of_each_public::<C, N, D>(lanes, &points, signed)
            }
        };
        let found = in_lanes.unwrap_or_else(|| vec![false; signed.len()]);
        found
            .into_iter()
            .zip(signed)
            .map(|(found, signed)| found || self.verify_with(table, signed))
            .collect()
    }

    fn verify_each(&self, lanes: Lanes, signed: &[(&PublicKey, Signed<'_>)]) -> Option<Vec<bool>> {
        if signed.len() < FEWEST_OF_EACH || lanes == Lanes::None {
            return None;
        }
        let keys: Option<Vec<&Self>> = signed
            .iter()
            .map(|(key, _)| {
                let key: &dyn Any = &*key.0;
                key.downcast_ref()
            })
            .collect();
        let keys = keys?;
        let points: Vec<_> = keys.iter().map(|key| key.point).collect();
        let signed: Vec<_> = signed.iter().map(|(_, signed)| *signed).collect();
        let found = of_each_public::<C, N, D>(lanes, &points, &signed)?;
        let all = found.into_iter().zip(keys).zip(&signed);
        Some(all.map(|((found, key), signed)| found || key.verify_with(None, signed)).collect())
    }
}

struct SecretOf<C: InLanes<N, D>, const N: usize, const D: usize> {
    scalar: Scalar<C, N>,
    point: Affine<C::Field, N>,
    /// The tables that signatures are made with.
    comb: &'static Comb<C, N>,
    in_lanes: &'static OnceLock<SecretTable<N, D>>,
}

impl<C: InLanes<N, D>, const N: usize, const D: usize> SecretOf<C, N, D> {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let scalar = Scalar::from_bytes(bytes)?;
        let (point, is_negative) = Comb::<C, N>::of_generator().multiply(&scalar.d);
        if point.z.is_zero() != 0 {
            return None;
        }
        // Z tells of the scalar: of how the sum was made.
        let inverse = Zeroizing::new(invert(&point.z));
        let mut point = point.to_affine_with(&inverse);
        point.y = point.y.negate_if(is_negative);
        Some(Self::new(scalar, point))
    }

    fn new(scalar: Scalar<C, N>, point: Affine<C::Field, N>) -> Self {
        Self { scalar, point, comb: Comb::of_generator(), in_lanes: C::secret_table() }
    }
}

impl<C: InLanes<N, D>, const N: usize, const D: usize> Secret for SecretOf<C, N, D> {
    fn scalar(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; width::<C, N>()]);
        self.scalar.d.to_bytes(&mut bytes);
        bytes
    }

    fn public(&self) -> PublicKey {
        PublicKey(Arc::new(PublicOf::<C, N, D>::new(self.point)))
    }

    fn sign(&self, digest: &[u8], nonce: &[u8]) -> Option<Signature> {
        Some(self.scalar.sign(self.comb, digest, nonce)?.to_signature())
    }

    fn sign_many(&self, lanes: Lanes, all: &[ToSign<'_>]) -> Vec<Option<Signature>> {
        let table = || self.in_lanes.get_or_init(|| SecretTable::new(self.comb));
        match self.scalar.sign_many(lanes, table, all) {
            Some(signed) => {
                signed.into_iter().map(|numbers| Some(numbers?.to_signature())).collect()
            }
            None => all.iter().map(|one| self.sign(one.digest, one.nonce)).collect(),
        }
    }

    #[cfg(test)]
    fn spoil(&mut self, fault: super::faults::Fault) {
        super::spoiled::spoil(&mut self.scalar, &mut self.comb, fault);
        self.in_lanes = Box::leak(Box::new(OnceLock::new()));
    }
}
