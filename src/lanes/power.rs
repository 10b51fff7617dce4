//! Powers: with secret exponents in constant time, and with 65537.

use zeroize::Zeroizing;

use super::montgomery::Modulus;
use super::number::{Number, Sums};
use crate::vectors::{Job, Lane};

/// The bits of an exponent that are looked up at once.
const WINDOW: u32 = 4;

/// The powers that are kept for them.
const TABLE: usize = 1 << WINDOW;

/// `base` to the power of `exponent`, both of their own in each word; `base` and the result are in
/// Montgomery's form. Exponents have at most `bits` bits.
///
/// The sequence of instructions and of addresses depends on `bits` alone.
pub(super) struct Power<'a, L, const B: usize, const N: usize> {
    pub(super) modulus: &'a Modulus<L, B, N>,
    pub(super) base: &'a Number<L, B, N>,
    pub(super) exponent: &'a Number<L, B, N>,
    pub(super) bits: u32,
}

impl<L: Lane, const B: usize, const N: usize> Job for Power<'_, L, B, N> {
    type Output = Number<L, B, N>;

    #[inline(always)]
    fn run(self) -> Number<L, B, N> {
        let Self { modulus, base, exponent, bits } = self;
        let mut table = Zeroizing::new(vec![modulus.one; TABLE]);
        let mut sums = Sums::new(N);
        let mut result = Number::default();
        for power in 1..TABLE {
            result = table[power - 1];
            modulus.multiply(&mut result, base, &mut sums);
            table[power] = result;
        }
        let windows = bits.div_ceil(WINDOW);
        let window = |position: u32| exponent.bits(position * WINDOW, WINDOW);
        L::call(LookUp { table: &table, position: window(windows - 1), to: &mut result });
        let mut factor = Zeroizing::new(Number::default());
        for position in (0..windows - 1).rev() {
            for _ in 0..WINDOW {
                modulus.square(&mut result, &mut sums);
            }
            L::call(LookUp { table: &table, position: window(position), to: &mut factor });
            modulus.multiply(&mut result, &factor, &mut sums);
        }
        result
    }
}

/// The entry at each word's own position; every entry is read.
struct LookUp<'a, L, const B: usize, const N: usize> {
    table: &'a [Number<L, B, N>],
    position: L,
    to: &'a mut Number<L, B, N>,
}

impl<L: Lane, const B: usize, const N: usize> Job for LookUp<'_, L, B, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Some(table) = self.table.first_chunk::<TABLE>() else { return };
        let bit = |bit: u32| self.position.test(L::splat(1 << bit));
        let bits = [bit(0), bit(1), bit(2), bit(3)];
        for (digit, to) in self.to.0.as_flattened_mut().iter_mut().enumerate() {
            let mut level = [L::default(); TABLE];
            for (to, entry) in level.iter_mut().zip(table) {
                *to = entry.0.as_flattened()[digit];
            }
            for (bit, left) in bits.into_iter().zip([8, 4, 2, 1]) {
                for entry in 0..left {
                    level[entry] = L::select(bit, level[2 * entry + 1], level[2 * entry]);
                }
            }
            *to = level[0];
        }
    }
}

/// `base` to the power of 65537 (2^16 + 1), in Montgomery's form.
pub(super) struct PowerOf65537<'a, L, const B: usize, const N: usize> {
    pub(super) modulus: &'a Modulus<L, B, N>,
    pub(super) base: &'a Number<L, B, N>,
}

impl<L: Lane, const B: usize, const N: usize> Job for PowerOf65537<'_, L, B, N> {
    type Output = Number<L, B, N>;

    #[inline(always)]
    fn run(self) -> Number<L, B, N> {
        let Self { modulus, base } = self;
        let (mut result, mut sums) = (*base, Sums::new(N));
        for _ in 0..16 {
            modulus.square(&mut result, &mut sums);
        }
        modulus.multiply(&mut result, base, &mut sums);
        result
    }
}
