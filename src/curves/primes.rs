//! The primes of the four curves: of their fields, each reduced by its shape, and of their orders.
//!
//! Sources: SP 800-186 section 3.2.1 (P-256, P-384, P-521), GB/T 32918.5 section 2 (SM2).

use super::carry::{add, add_carry, sub_borrow};
use super::constants::words;
use super::modulus::{Modulus, check_constants};

/// A prime; what is in braces, if anything, replaces the reduction that works for all.
macro_rules! prime {
    ($(#[$about:meta])* $name:ident, $words:literal, $bits:literal, $p:expr, {$($step:item)*}) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name;

        impl Modulus<$words> for $name {
            const P: [u64; $words] = words($p);
            const BITS: u32 = $bits;
            $($step)*
        }

        const _: () = check_constants::<$name, $words>();
    };
}

prime!(
    /// 2^256 − 2^224 + 2^192 + 2^96 − 1.
    P256Field, 4, 256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    {
        #[inline(always)]
        fn reduce_step(t: &[u64; 4]) -> [u64; 4] {
            let q = t[0];
            // q·(2^64 − 2^32 + 1), which stands three words higher.
            let (low, borrow) = sub_borrow(q, q << 32, 0);
            let (last, _) = sub_borrow(q, q >> 32, borrow);
            let (first, carry) = add_carry(t[1], q << 32, 0);
            let (second, carry) = add_carry(t[2], q >> 32, carry);
            let (third, carry) = add_carry(t[3], low, carry);
            [first, second, third, last.wrapping_add(u64::from(carry))]
        }
    }
);

prime!(
    /// The order of P-256.
    P256Order, 4, 256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    {}
);

prime!(
    /// 2^256 − 2^224 − 2^96 + 2^64 − 1.
    Sm2Field, 4, 256, "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
    {
        #[inline(always)]
        fn reduce_step(t: &[u64; 4]) -> [u64; 4] {
            let q = t[0];
            // q·(2^192 + 1) − q·2^32·(2^128 + 1), which stands one word higher.
            let (first, borrow) = sub_borrow(q, q << 32, 0);
            let (second, borrow) = sub_borrow(0, q >> 32, borrow);
            let (third, borrow) = sub_borrow(0, q << 32, borrow);
            let (fourth, _) = sub_borrow(q, q >> 32, borrow);
            let (first, carry) = add_carry(t[1], first, 0);
            let (second, carry) = add_carry(t[2], second, carry);
            let (third, carry) = add_carry(t[3], third, carry);
            [first, second, third, fourth.wrapping_add(u64::from(carry))]
        }
    }
);

prime!(
    /// The order of SM2's curve.
    Sm2Order, 4, 256, "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
    {}
);

prime!(
    /// 2^384 − 2^128 − 2^96 + 2^32 − 1.
    P384Field, 6, 384, "ffffffffffffffffffffffffffffffffffffffffffffffff\
                        fffffffffffffffeffffffff0000000000000000ffffffff",
    {
        #[inline(always)]
        fn reduce_step(t: &[u64; 6]) -> [u64; 6] {
            let q = t[0].wrapping_add(t[0] << 32);
            // q·(2^128 + 2^96 − 2^32 + 1), whose lowest word is that of t.
            let (_, borrow) = sub_borrow(q, q << 32, 0);
            let (first, borrow) = sub_borrow(q << 32, q >> 32, borrow);
            let (second, carry) = add_carry(q, q >> 32, 0);
            let (second, borrow) = sub_borrow(second, 0, borrow);
            let third = u64::from(carry.wrapping_sub(borrow));
            let (first, borrow) = sub_borrow(t[1], first, 0);
            let (second, borrow) = sub_borrow(t[2], second, borrow);
            let (third, borrow) = sub_borrow(t[3], third, borrow);
            let (fourth, borrow) = sub_borrow(t[4], 0, borrow);
            let (fifth, borrow) = sub_borrow(t[5], 0, borrow);
            // The whole is not negative.
            [first, second, third, fourth, fifth, q.wrapping_sub(u64::from(borrow))]
        }
    }
);

prime!(
    /// The order of P-384.
    P384Order, 6, 384, "ffffffffffffffffffffffffffffffffffffffffffffffff\
                        c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    {}
);

prime!(
    /// 2^521 − 1.
    P521Field, 9, 521, "1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    {
        // Since 2^521 is 1, so is 2^-576 = 2^-55 = 2^466: low is turned right by 55 bits, and high, which
        // has 466 bits at most, is added.
        #[inline(always)]
        fn fold(low: &[u64; 9], high: &[u64; 9]) -> ([u64; 9], u8) {
            let mut turned = [0; 9];
            for at in 0..8 {
                turned[at] = low[at] >> 55 | low[at + 1] << 9;
            }
            turned[8] = low[8] >> 55;
            let lowest = low[0] & ((1 << 55) - 1);
            let mut rest = *high;
            rest[7] |= lowest << 18;
            rest[8] = lowest >> 46;
            add(&turned, &rest)
        }
    }
);

prime!(
    /// The order of P-521.
    P521Order, 9, 521, "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                        a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    {}
);
