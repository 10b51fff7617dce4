//! Points in each word of the lanes, in Jacobian coordinates, and the incomplete formulas of
//! [`crate::curves::point`]: where one meets a point twice, its negative or infinity, Z becomes 0 and
//! stays 0.

use zeroize::DefaultIsZeroes;

use super::number::Number;
use crate::curves::modulus::Modulus;
use crate::vectors::Lane;

/// Points that are not at infinity: x and y below 2·p.
pub(in crate::curves) struct Affine<L, F, const N: usize, const D: usize> {
    pub(in crate::curves) x: Number<L, F, N, D>,
    pub(in crate::curves) y: Number<L, F, N, D>,
}

/// Any points.
pub(in crate::curves) struct Point<L, F, const N: usize, const D: usize> {
    pub(in crate::curves) x: Number<L, F, N, D>,
    pub(in crate::curves) y: Number<L, F, N, D>,
    pub(in crate::curves) z: Number<L, F, N, D>,
}

impl<L: Copy, F, const N: usize, const D: usize> Clone for Affine<L, F, N, D> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Copy, F, const N: usize, const D: usize> Copy for Affine<L, F, N, D> {}

impl<L: Copy, F, const N: usize, const D: usize> Clone for Point<L, F, N, D> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Copy, F, const N: usize, const D: usize> Copy for Point<L, F, N, D> {}

impl<L: Lane, F, const N: usize, const D: usize> Default for Point<L, F, N, D> {
    #[inline(always)]
    fn default() -> Self {
        Self { x: Number::default(), y: Number::default(), z: Number::default() }
    }
}

impl<L: Lane, F, const N: usize, const D: usize> DefaultIsZeroes for Point<L, F, N, D> {}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Affine<L, F, N, D> {
    /// With the negative of y where the mask says so.
    #[inline(always)]
    pub(super) fn negated_where(&self, mask: L::Mask) -> Self {
        Self { x: self.x, y: self.y.negated_where(mask) }
    }

    #[inline(always)]
    pub(in crate::curves) fn to_point(self) -> Point<L, F, N, D> {
        Point { x: self.x.shortened(), y: self.y.shortened(), z: Number::one() }
    }

    /// x·z² and y·z³.
    #[inline(always)]
    pub(in crate::curves) fn scaled(&self, z: &Number<L, F, N, D>) -> Self {
        let square = z.square();
        Self { x: self.x.multiply(&square), y: self.y.multiply(&square).multiply(z) }
    }
}

impl<L: Lane, F: Modulus<N>, const N: usize, const D: usize> Point<L, F, N, D> {
    /// The sum with points that are neither the same nor the negative: 8 products and 3 squares.
    #[inline(always)]
    pub(in crate::curves) fn add_affine(&self, other: &Affine<L, F, N, D>) -> Self {
        let z_square = self.z.square();
        let u = other.x.multiply(&z_square);
        let s = other.y.multiply(&self.z).multiply(&z_square);
        let (h, r) = (u.less_coordinate(&self.x), s.less_coordinate(&self.y));
        let z = self.z.multiply(&h);
        let h_square = h.square();
        let h_cube = h_square.multiply(&h);
        let v = self.x.multiply(&h_square);
        let x = r.square().subtract_with_twice::<6>(&h_cube, &v).shortened();
        let to_x = v.less_coordinate(&x);
        let y = r.multiply(&to_x).subtract::<2>(&self.y.multiply(&h_cube)).shortened();
        Self { x, y, z }
    }

    /// The point twice: 4 products and 4 squares.
    #[inline(always)]
    pub(in crate::curves) fn double(&self) -> Self {
        let z_square = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.multiply(&gamma);
        let less = self.x.less_coordinate(&z_square);
        let third = less.multiply(&self.x.add(&z_square));
        let alpha = third.add(&third.times_power(1));
        let z = self.y.multiply(&self.z).times_power(1);
        let x = alpha.square().less_eight(&beta).shortened();
        let to_x = beta.times_power(2).less_coordinate(&x);
        let y = alpha.multiply(&to_x).less_eight(&gamma.square()).shortened();
        Self { x, y, z }
    }

    /// Where the mask says so the one, elsewhere the other.
    #[inline(always)]
    pub(super) fn select(mask: L::Mask, yes: &Self, no: &Self) -> Self {
        Self {
            x: Number::select(mask, &yes.x, &no.x),
            y: Number::select(mask, &yes.y, &no.y),
            z: Number::select(mask, &yes.z, &no.z),
        }
    }
}
