//! Signatures and keys of many scalars at once: their points in lanes, and one inversion for all.

use zeroize::Zeroizing;

use super::curve::{Curve, Scheme};
#[cfg(test)]
use super::faults::{Fault, disturb};
use super::inverse_many::invert_many;
use super::lanes::{InLanes, Lanes, SecretTable, multiples_of_generator};
use super::modulus::Residue;
use super::point::{Affine, Jacobian};
use super::recoding::odd_or_negative;
use super::scheme::{Numbers, Scalar, nonce_number};
use super::tables::Comb;

/// Fewer points than these are computed faster one after the other: eight in lanes take as long as one
/// and a half.
pub(super) const FEWEST: usize = 3;

/// A digest, and the nonce to sign it with, which is reduced modulo n.
#[derive(Clone, Copy)]
pub(crate) struct ToSign<'a> {
    pub(crate) digest: &'a [u8],
    pub(crate) nonce: &'a [u8],
}

/// k·G or −k·G, and ones where it is the latter.
type Signed<F, const N: usize> = (Jacobian<F, N>, u64);

/// Those of many scalars; `None` where lanes do not work.
fn multiply_many<'t, C: InLanes<N, D>, const N: usize, const D: usize>(
    lanes: Lanes,
    table: impl FnOnce() -> &'t SecretTable<N, D>,
    scalars: &[Residue<C::Order, N>],
) -> Option<Zeroizing<Vec<Signed<C::Field, N>>>> {
    if scalars.len() < FEWEST || lanes == Lanes::None {
        return None;
    }
    let mut odd = Zeroizing::new(vec![[0; N]; scalars.len()]);
    let mut negative = Zeroizing::new(Vec::with_capacity(scalars.len()));
    for (scalar, words) in scalars.iter().zip(odd.iter_mut()) {
        negative.push(odd_or_negative(scalar, words));
    }
    let points = multiples_of_generator::<C, N, D>(lanes, table(), &odd)?;
    Some(Zeroizing::new(points.iter().copied().zip(negative.iter().copied()).collect()))
}

impl<C: Curve<N>, const N: usize> Scalar<C, N> {
    /// As [`Scalar::sign`] for each, in order; `None` where lanes do not work.
    pub(super) fn sign_many<'t, const D: usize>(
        &self,
        lanes: Lanes,
        table: impl FnOnce() -> &'t SecretTable<N, D>,
        all: &[ToSign<'_>],
    ) -> Option<Vec<Option<Numbers<C, N>>>>
    where
        C: InLanes<N, D>,
    {
        let mut nonces = Zeroizing::new(Vec::with_capacity(all.len()));
        for to_sign in all {
            nonces.push(*nonce_number::<C, N>(to_sign.nonce));
        }
        #[cfg_attr(not(test), allow(unused_mut))]
        let mut points = multiply_many::<C, N, D>(lanes, table, &nonces)?;
        #[cfg(test)]
        disturb(self.fault, Fault::Lane, &mut points[0].0.x);
        let mut of_z = Zeroizing::new(Vec::with_capacity(all.len()));
        of_z.extend(points.iter().map(|(point, _)| point.z));
        invert_many(&mut of_z);
        nonces.iter_mut().for_each(|nonce| self.disturb_nonce(nonce));
        let mut of_k = Zeroizing::new(vec![Residue::ZERO; all.len()]);
        if C::SCHEME == Scheme::Ecdsa {
            of_k.copy_from_slice(&nonces);
            invert_many(&mut of_k);
        }
        let finish = |at: usize| {
            self.finish(all[at].digest, &nonces[at], &points[at].0, &of_z[at], &of_k[at])
        };
        Some((0..all.len()).map(finish).collect())
    }
}

/// A scalar and its point.
pub(super) struct Pair<C: Curve<N>, const N: usize> {
    pub(super) scalar: Scalar<C, N>,
    pub(super) point: Affine<C::Field, N>,
}

/// The keys of many scalars, big-endian: as [`Scalar::from_bytes`] for each, and its point. `None`
/// also for the few whose sum meets an exception. Nothing at all where lanes do not work.
pub(super) fn keys<C: InLanes<N, D>, const N: usize, const D: usize>(
    lanes: Lanes,
    scalars: &[&[u8]],
) -> Option<Vec<Option<Pair<C, N>>>> {
    let mut d = Zeroizing::new(Vec::with_capacity(scalars.len()));
    for scalar in scalars {
        // Zero is none, and is refused below.
        d.push(Residue::<C::Order, N>::from_bytes(scalar).unwrap_or(Residue::ZERO));
    }
    let table = || C::secret_table().get_or_init(|| SecretTable::new(Comb::<C, N>::of_generator()));
    let points = multiply_many::<C, N, D>(lanes, table, &d)?;
    let mut of_z = Zeroizing::new(Vec::with_capacity(d.len()));
    of_z.extend(points.iter().map(|(point, _)| point.z));
    invert_many(&mut of_z);
    let mut inverses = Zeroizing::new(vec![Residue::ZERO; d.len()]);
    if C::SCHEME == Scheme::Sm2 {
        for (inverse, d) in inverses.iter_mut().zip(d.iter()) {
            *inverse = d.add(&Residue::ONE);
        }
        invert_many(&mut inverses);
    }
    let key = |at: usize| {
        let (point, is_negative) = &points[at];
        let scalar = Scalar::new(Zeroizing::new(d[at]), Zeroizing::new(inverses[at]))?;
        if point.z.is_zero() != 0 {
            return None;
        }
        let mut point = point.to_affine_with(&of_z[at]);
        point.y = point.y.negate_if(*is_negative);
        Some(Pair { scalar, point })
    };
    Some((0..d.len()).map(key).collect())
}
