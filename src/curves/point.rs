//! Points of y² = x³ − 3·x + b, in Jacobian coordinates: x = X/Z², y = Y/Z³, and Z = 0 at infinity.
//!
//! The formulas are dbl-2001-b, madd and add of the Explicit-Formulas Database. Those for secrets are
//! incomplete: where they meet a point twice, its negative, or infinity, they give Z = 0, and Z stays
//! 0 from there on, so that one look at the end finds every exception. Those for what anybody may know
//! (`_public`) handle every case.

use zeroize::DefaultIsZeroes;

use super::curve::Curve;
use super::modulus::{Modulus, Residue};

/// A point that is not at infinity.
pub(crate) struct Affine<F, const N: usize> {
    pub(super) x: Residue<F, N>,
    pub(super) y: Residue<F, N>,
}

/// Any point.
pub(crate) struct Jacobian<F, const N: usize> {
    pub(super) x: Residue<F, N>,
    pub(super) y: Residue<F, N>,
    pub(super) z: Residue<F, N>,
}

impl<F, const N: usize> Clone for Affine<F, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, const N: usize> Copy for Affine<F, N> {}

impl<F, const N: usize> Clone for Jacobian<F, N> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, const N: usize> Copy for Jacobian<F, N> {}

impl<F, const N: usize> Default for Jacobian<F, N> {
    fn default() -> Self {
        Self { x: Residue::default(), y: Residue::default(), z: Residue::default() }
    }
}

impl<F, const N: usize> DefaultIsZeroes for Jacobian<F, N> {}

impl<F: Modulus<N>, const N: usize> Affine<F, N> {
    /// A point from big-endian coordinates of the field's length; `None` where they are not below p or
    /// the point is not on the curve.
    pub(super) fn from_coordinates<C>(x: &[u8], y: &[u8]) -> Option<Self>
    where
        C: Curve<N, Field = F>,
    {
        let point = Self { x: Residue::from_bytes(x)?, y: Residue::from_bytes(y)? };
        point.is_on_curve_public::<C>().then_some(point)
    }

    /// Whether y² = x³ − 3·x + b.
    pub(super) fn is_on_curve_public<C: Curve<N, Field = F>>(&self) -> bool {
        let b = Residue::from_words(&C::B);
        let three = Residue::ONE.double().add(&Residue::ONE);
        let right = self.x.square().subtract(&three).multiply(&self.x).add(&b);
        self.y.square().equals_public(&right)
    }

    #[inline(always)]
    pub(super) fn to_jacobian(self) -> Jacobian<F, N> {
        Jacobian { x: self.x, y: self.y, z: Residue::ONE }
    }

    /// x·z² and y·z³.
    #[inline]
    pub(super) fn scaled(&self, z: &Residue<F, N>) -> Self {
        let square = z.square();
        Self { x: self.x.multiply(&square), y: self.y.multiply(&square).multiply(z) }
    }

    #[inline(always)]
    pub(super) fn negate_if_public(mut self, is_negative: bool) -> Self {
        if is_negative {
            self.y = self.y.negate();
        }
        self
    }
}

impl<F: Modulus<N>, const N: usize> Jacobian<F, N> {
    pub(super) const INFINITY: Self = Self { x: Residue::ONE, y: Residue::ONE, z: Residue::ZERO };

    /// Twice a point: 5 products and 3 squares. At infinity it stays there.
    #[inline]
    pub(super) fn double_public(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let two_gamma = gamma.double_public();
        let four_gamma = two_gamma.double_public();
        let four_beta = self.x.multiply(&four_gamma);
        let product = self.x.subtract(&delta).multiply(&self.x.add_public(&delta));
        let alpha = product.double_public().add_public(&product);
        let z = self.y.multiply(&self.z).double_public();
        let x = alpha.square().subtract(&four_beta.double_public());
        let eight_gamma_square = two_gamma.multiply(&four_gamma);
        let y = alpha.multiply(&four_beta.subtract(&x)).subtract(&eight_gamma_square);
        Self { x, y, z }
    }

    /// 2^times of a point on the curve where `unit` is 1, to which x·unit² and y·unit³ lead: each time 4
    /// products, 4 squares and few sums, since Z⁴ goes along (Itoh and others, 1999).
    pub(super) fn double_times_public(self, times: u32, unit: &Residue<F, N>) -> Self {
        let Self { mut x, y, mut z } = self;
        let mut w = z.multiply(unit).square().square();
        let mut y = y.double_public();
        for left in (0..times).rev() {
            let half = x.square().subtract(&w);
            let alpha = half.double_public().add_public(&half);
            let y_square = y.square();
            let beta = x.multiply(&y_square);
            x = alpha.square().subtract(&beta.double_public());
            z = z.multiply(&y);
            let y_fourth = y_square.square();
            y = alpha.multiply(&beta.subtract(&x)).double_public().subtract(&y_fourth);
            if left > 0 {
                w = w.multiply(&y_fourth);
            }
        }
        Self { x, y: y.halve_public(), z }
    }

    /// The sum with a point that is neither the same nor the negative: 8 products and 3 squares. With
    /// one of those, and at infinity, Z is 0.
    #[inline]
    pub(super) fn add_affine(&self, other: &Affine<F, N>) -> Self {
        self.add_affine_ratio(other).0
    }

    /// The same, and what Z was multiplied by.
    #[inline(always)]
    pub(super) fn add_affine_ratio(&self, other: &Affine<F, N>) -> (Self, Residue<F, N>) {
        let z_square = self.z.square();
        let u = other.x.multiply(&z_square);
        let s = other.y.multiply(&self.z).multiply(&z_square);
        let h = u.subtract(&self.x);
        let r = s.subtract(&self.y);
        let z = self.z.multiply(&h);
        (self.sum(&self.x, &self.y, &h, &r, z), h)
    }

    /// As [`Jacobian::add_affine`], with a point that has a Z: 12 products and 4 squares.
    #[inline]
    fn add(&self, other: &Self) -> (Self, Residue<F, N>, Residue<F, N>) {
        let (z_square, other_square) = (self.z.square(), other.z.square());
        let u = self.x.multiply(&other_square);
        let s = self.y.multiply(&other.z).multiply(&other_square);
        let h = other.x.multiply(&z_square).subtract(&u);
        let r = other.y.multiply(&self.z).multiply(&z_square).subtract(&s);
        let z = self.z.multiply(&other.z).multiply(&h);
        (self.sum(&u, &s, &h, &r, z), h, r)
    }

    /// What both sums have in common: U1, S1, H = U2 − U1, r = S2 − S1.
    #[inline(always)]
    fn sum(
        &self,
        u: &Residue<F, N>,
        s: &Residue<F, N>,
        h: &Residue<F, N>,
        r: &Residue<F, N>,
        z: Residue<F, N>,
    ) -> Self {
        let h_square = h.square();
        let h_cube = h_square.multiply(h);
        let v = u.multiply(&h_square);
        let x = r.square().subtract(&h_cube).subtract(&v.double());
        let y = r.multiply(&v.subtract(&x)).subtract(&s.multiply(&h_cube));
        Self { x, y, z }
    }

    /// The sum with any other point.
    pub(super) fn add_affine_public(&self, other: &Affine<F, N>) -> Self {
        if self.z.is_zero_public() {
            return other.to_jacobian();
        }
        let sum = self.add_affine(other);
        if !sum.z.is_zero_public() {
            return sum;
        }
        self.add_public(&other.to_jacobian())
    }

    /// The sum with any other point.
    pub(super) fn add_public(&self, other: &Self) -> Self {
        if self.z.is_zero_public() {
            return *other;
        }
        if other.z.is_zero_public() {
            return *self;
        }
        let (sum, h, r) = self.add(other);
        match (h.is_zero_public(), r.is_zero_public()) {
            (true, true) => self.double_public(),
            (true, false) => Self::INFINITY,
            _ => sum,
        }
    }

    #[cfg(any(fuzzing, test))]
    pub(super) fn negate_if_public(mut self, is_negative: bool) -> Self {
        if is_negative {
            self.y = self.y.negate();
        }
        self
    }

    /// x and y with 1/Z.
    pub(super) fn to_affine_with(self, inverse: &Residue<F, N>) -> Affine<F, N> {
        Affine { x: self.x, y: self.y }.scaled(inverse)
    }
}
