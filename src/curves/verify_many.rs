//! Many signatures verified at once: of one key with tables of its multiples, or of a key each.
//!
//! Where lanes say that a signature is wrong, the arithmetic of words has the last word: a sum may have
//! met an exception.

use super::curve::Scheme;
use super::double::has_x_public;
use super::inverse_many::invert_many;
use super::lanes::{
    InLanes, Lanes, OfEach, PublicTable, multiples_of_each_public, multiples_public,
};
use super::modulus::Residue;
use super::point::{Affine, Jacobian};
use super::recoding::odd_or_negative;
use super::scheme::{Claim, Numbers};

/// Of a key each, fewer than these are verified faster one after the other.
pub(super) const FEWEST_OF_EACH: usize = 3;

/// A signature of a digest, big-endian.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) digest: &'a [u8],
    pub(crate) r: &'a [u8],
    pub(crate) s: &'a [u8],
}

/// What signatures claim, in order; `None` where one cannot be right.
fn claims<C: InLanes<N, D>, const N: usize, const D: usize>(
    signed: &[Signed<'_>],
) -> Vec<Option<Claim<C, N>>> {
    let numbers: Vec<_> =
        signed.iter().map(|signed| Numbers::<C, N>::from_bytes(signed.r, signed.s)).collect();
    let of_s = numbers.iter().map(|numbers| numbers.as_ref().map_or(Residue::ZERO, |both| both.s));
    let mut inverses: Vec<_> = of_s.collect();
    if C::SCHEME == Scheme::Ecdsa {
        invert_many(&mut inverses);
    }
    let all = signed.iter().zip(&numbers).zip(&inverses);
    all.map(|((signed, numbers), inverse)| {
        Claim::new_public(signed.digest, numbers.as_ref()?, inverse)
    })
    .collect()
}

/// Whether each sum has the x that was claimed.
fn answers<C: InLanes<N, D>, const N: usize, const D: usize>(
    claims: &[Option<Claim<C, N>>],
    sums: &[Jacobian<C::Field, N>],
) -> Vec<bool> {
    let right = claims.iter().zip(sums).map(|(claim, sum)| {
        claim.as_ref().is_some_and(|claim| has_x_public::<C, N>(sum, &claim.x))
    });
    right.collect()
}

/// For each signature whether it was found to be one of the key that this is a table of. `None` where lanes
/// do not work.
pub(super) fn of_table_public<C: InLanes<N, D>, const N: usize, const D: usize>(
    lanes: Lanes,
    table: &PublicTable<N, D>,
    signed: &[Signed<'_>],
) -> Option<Vec<bool>> {
    let claims = claims::<C, N, D>(signed);
    let words = |number: fn(&Claim<C, N>) -> &Residue<C::Order, N>| -> Vec<[u64; N]> {
        let words = claims
            .iter()
            .map(|claim| claim.as_ref().map_or([0; N], |claim| number(claim).to_words()));
        words.collect()
    };
    let of_key = words(|claim| &claim.of_key);
    let of_generator = words(|claim| &claim.of_generator);
    let generator = PublicTable::of_generator::<C>();
    let sums = multiples_public(lanes, &[(table, &of_key), (generator, &of_generator)])?;
    Some(answers::<C, N, D>(&claims, &sums))
}

/// For each signature whether it was found to be one of the key Q beside it. `None` where lanes do not
/// work.
pub(super) fn of_each_public<C: InLanes<N, D>, const N: usize, const D: usize>(
    lanes: Lanes,
    points: &[Affine<C::Field, N>],
    signed: &[Signed<'_>],
) -> Option<Vec<bool>> {
    let claims = claims::<C, N, D>(signed);
    let mut points = points.to_vec();
    let (mut of_points, mut of_generator) = (Vec::new(), Vec::new());
    for (claim, point) in claims.iter().zip(&mut points) {
        let one = || (Residue::ONE, Residue::ZERO);
        let (of_key, of_g) =
            claim.as_ref().map_or_else(one, |claim| (claim.of_key, claim.of_generator));
        let mut words = [0; N];
        let is_negative = odd_or_negative(&of_key, &mut words);
        // (−b)·(−Q) = b·Q.
        *point = point.negate_if_public(is_negative != 0);
        of_points.push(words);
        of_generator.push(of_g.to_words());
    }
    let asked = OfEach { points: &points, of_points: &of_points, of_generator: &of_generator };
    let sums = multiples_of_each_public::<C, N, D>(lanes, &asked)?;
    Some(answers::<C, N, D>(&claims, &sums))
}
