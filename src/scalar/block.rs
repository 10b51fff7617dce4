//! Products of blocks of nine digits, column by column.
//!
//! A column is the sum of the products whose digits' positions have the same sum. It is carried only
//! when all are added, because digits are shorter than words: two words hold the sum of as many as
//! the longest number has, and that is what makes this faster than sums of three words.

use crate::carry::add_carry;

/// Digits in a block. Longer blocks would not stay in the registers, shorter ones come back to
/// memory more often.
pub(super) const DIGITS: usize = 9;

/// Digits, the lowest first.
pub(super) type Block = [u64; DIGITS];

/// Sums of products, not carried.
pub(super) type Columns = [u128; DIGITS];

/// Runs a block of code for each column, written out, so that the ends of the sums are constants.
macro_rules! columns {
    (low $column:ident => $block:block) => {
        columns!($column => $block, 0 1 2 3 4 5 6 7 8)
    };
    (high $column:ident => $block:block) => {
        columns!($column => $block, 0 1 2 3 4 5 6 7)
    };
    ($column:ident => $block:block, $($number:literal)*) => {
        $({
            const $column: usize = $number;
            $block
        })*
    };
}

/// a + b, which is below 2^128. Not as one addition of 128 bits: the compiler would add the products
/// of a column in another order, when all of them are there, and run out of registers.
#[inline(always)]
fn sum(a: u128, b: u128) -> u128 {
    let (low, carry) = add_carry(a as u64, b as u64, 0);
    let (high, _) = add_carry((a >> 64) as u64, (b >> 64) as u64, carry);
    u128::from(low) | u128::from(high) << 64
}

/// sum + a·b.
#[inline(always)]
fn add_product(to: u128, a: u64, b: u64) -> u128 {
    sum(to, u128::from(a) * u128::from(b))
}

/// a·b into the columns, or added to them.
#[inline(never)]
pub(super) fn multiply<const ADD: bool>(
    low: &mut Columns,
    high: &mut Columns,
    a: &Block,
    b: &Block,
) {
    columns!(low AT => {
        let mut column = if ADD { low[AT] } else { 0 };
        for digit in 0..AT + 1 {
            column = add_product(column, a[digit], b[AT - digit]);
        }
        low[AT] = column;
    });
    columns!(high AT => {
        let mut column = if ADD { high[AT] } else { 0 };
        for digit in AT + 1..DIGITS {
            column = add_product(column, a[digit], b[DIGITS + AT - digit]);
        }
        high[AT] = column;
    });
    if !ADD {
        high[DIGITS - 1] = 0;
    }
}

/// a² into the columns, where `twice` is 2·a, digit by digit.
#[inline(never)]
pub(super) fn square(low: &mut Columns, high: &mut Columns, a: &Block, twice: &Block) {
    columns!(low AT => {
        let mut column = 0;
        for digit in 0..AT.div_ceil(2) {
            column = add_product(column, twice[digit], a[AT - digit]);
        }
        if AT.is_multiple_of(2) {
            column = add_product(column, a[AT / 2], a[AT / 2]);
        }
        low[AT] = column;
    });
    columns!(high AT => {
        let mut column = 0;
        for digit in AT + 1..(DIGITS + AT).div_ceil(2) {
            column = add_product(column, twice[digit], a[DIGITS + AT - digit]);
        }
        if (DIGITS + AT).is_multiple_of(2) {
            column = add_product(column, a[(DIGITS + AT) / 2], a[(DIGITS + AT) / 2]);
        }
        high[AT] = column;
    });
    high[DIGITS - 1] = 0;
}

/// Adds q·M with the q that makes the low columns multiples of 2^(bits·9), and carries them to the high
/// ones. M ≡ −1 modulo 2^bits, so that each digit of q is what stands in its column already; `m` is of
/// M + 1, whose lowest digit is 0: to subtract q from a column is to let it be carried without.
#[inline(always)]
#[allow(clippy::reversed_empty_ranges)] // the first column has no product yet
pub(super) fn reduce(low: &Columns, high: &mut Columns, m: &Block, bits: u32) -> Block {
    let mut q = [0; DIGITS];
    let mut carry = 0;
    columns!(low AT => {
        let mut column = low[AT];
        for digit in 0..AT {
            column = add_product(column, q[digit], m[AT - digit]);
        }
        column = sum(column, carry);
        q[AT] = column as u64 & ((1 << bits) - 1);
        carry = column >> bits;
    });
    high[0] = sum(high[0], carry);
    add_high(high, m, &q);
    q
}

/// The same for any m, whose `inverse` is −1/m modulo 2^bits.
#[inline(always)]
pub(super) fn reduce_any(
    low: &Columns,
    high: &mut Columns,
    m: &Block,
    inverse: u64,
    bits: u32,
) -> Block {
    let mut q = [0; DIGITS];
    let mut carry = 0;
    for at in 0..DIGITS {
        let mut column = low[at];
        for digit in 0..at {
            column = add_product(column, q[digit], m[at - digit]);
        }
        column = sum(column, carry);
        q[at] = (column as u64).wrapping_mul(inverse) & ((1 << bits) - 1);
        carry = add_product(column, q[at], m[0]) >> bits;
    }
    high[0] = sum(high[0], carry);
    add_high(high, m, &q);
    q
}

/// The high columns of q·m.
#[inline(always)]
fn add_high(high: &mut Columns, m: &Block, q: &Block) {
    columns!(high AT => {
        let mut column = high[AT];
        for digit in AT + 1..DIGITS {
            column = add_product(column, q[digit], m[DIGITS + AT - digit]);
        }
        high[AT] = column;
    });
}
