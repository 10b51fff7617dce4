//! Powers: with secret exponents in constant time, and with public ones.

use zeroize::Zeroizing;

use super::montgomery::Modulus;
use super::number::{Number, Sums};

/// The bits of an exponent that are looked up at once.
const WINDOW: u32 = 5;

/// The powers that are kept for them.
const TABLE: usize = 1 << WINDOW;

impl<const N: usize> Modulus<N> {
    /// `base` to the power of `exponent` into `base`, in Montgomery's form. The exponent has at most
    /// `bits` bits.
    ///
    /// The sequence of instructions and of addresses depends on `bits` alone.
    pub(super) fn raise(
        &self,
        base: &mut Number<N>,
        exponent: &Number<N>,
        bits: u32,
        sums: &mut Sums,
    ) {
        let mut table = Zeroizing::new(vec![self.one; TABLE]);
        table[1] = *base;
        for power in 2..TABLE {
            // In its own place, so that no copy is left.
            table[power] = table[power / 2];
            self.square(&mut table[power], sums);
            if power % 2 == 1 {
                self.multiply(&mut table[power], base, sums);
            }
        }
        #[cfg(all(test, feature = "fast-arithmetic"))]
        for entry in table.iter_mut() {
            super::faults::pass(super::faults::Place::Entry, entry);
        }
        let windows = bits.div_ceil(WINDOW);
        let window = |position: u32| exponent.bits(position * WINDOW, WINDOW);
        base.look_up(&table, window(windows - 1));
        let mut factor = Zeroizing::new(Number::default());
        for position in (0..windows - 1).rev() {
            for _ in 0..WINDOW {
                self.square(base, sums);
            }
            factor.look_up(&table, window(position));
            self.multiply(base, &factor, sums);
        }
    }

    /// `base` to the power of a public, odd exponent above 1, modulo m and below it. `base` is below
    /// 512·m, and neither it nor the result is in Montgomery's form.
    pub(super) fn raise_publicly(
        &self,
        base: &Number<N>,
        exponent: u64,
        sums: &mut Sums,
    ) -> Number<N> {
        let mut in_form = *base;
        self.multiply(&mut in_form, &self.square, sums);
        let mut result = in_form;
        for bit in (1..u64::BITS - 1 - exponent.leading_zeros()).rev() {
            self.square(&mut result, sums);
            if exponent >> bit & 1 == 1 {
                self.multiply(&mut result, &in_form, sums);
            }
        }
        // The last bit is set: with a factor in no form, the product leaves Montgomery's form.
        self.square(&mut result, sums);
        self.leave(&mut result, base, sums);
        result
    }

    /// `base` to the power of 65537 (2^16 + 1) into `base`, in Montgomery's form.
    pub(super) fn raise_to_65537(&self, base: &mut Number<N>, sums: &mut Sums) {
        let first = Zeroizing::new(*base);
        for _ in 0..16 {
            self.square(base, sums);
        }
        self.multiply(base, &first, sums);
    }
}
