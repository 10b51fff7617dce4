//! Constants computed at compile time, so that none but p itself is written out.

/// −1/p modulo 2^64 for an odd p: Newton's iteration doubles the bits that are right, from 3.
pub(super) const fn negative_inverse(p: u64) -> u64 {
    let mut inverse = p;
    let mut round = 0;
    while round < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(p.wrapping_mul(inverse)));
        round += 1;
    }
    inverse.wrapping_neg()
}

/// 2^exponent modulo p, by doubling 1.
pub(super) const fn power_of_two<const N: usize>(p: &[u64; N], exponent: usize) -> [u64; N] {
    let mut power = [0; N];
    power[0] = 1;
    let mut done = 0;
    while done < exponent {
        power = double(p, &power);
        done += 1;
    }
    power
}

/// a / 2^halvings modulo p.
pub(super) const fn halved<const N: usize>(
    p: &[u64; N],
    a: &[u64; N],
    halvings: usize,
) -> [u64; N] {
    let mut number = *a;
    let mut done = 0;
    while done < halvings {
        let mut carry = 0;
        if number[0] & 1 == 1 {
            (number, carry) = sum(&number, p);
        }
        let mut at = N;
        while at > 0 {
            at -= 1;
            let next = number[at] & 1;
            number[at] = number[at] >> 1 | carry << 63;
            carry = next;
        }
        done += 1;
    }
    number
}

/// 2·a modulo p.
const fn double<const N: usize>(p: &[u64; N], a: &[u64; N]) -> [u64; N] {
    let (twice, carry) = sum(a, a);
    let (less, borrow) = difference(&twice, p);
    if carry == 0 && borrow == 1 { twice } else { less }
}

const fn sum<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let (mut out, mut carry, mut at) = ([0; N], 0, 0);
    while at < N {
        let sum = a[at] as u128 + b[at] as u128 + carry as u128;
        (out[at], carry) = (sum as u64, (sum >> 64) as u64);
        at += 1;
    }
    (out, carry)
}

const fn difference<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], u64) {
    let (mut out, mut borrow, mut at) = ([0; N], 0, 0);
    while at < N {
        let (first, one) = a[at].overflowing_sub(b[at]);
        let (second, two) = first.overflowing_sub(borrow);
        (out[at], borrow) = (second, (one | two) as u64);
        at += 1;
    }
    (out, borrow)
}

pub(super) const fn same<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    let mut at = 0;
    while at < N {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A number from 16·N hexadecimal digits.
pub(super) const fn words<const N: usize>(hexadecimal: &str) -> [u64; N] {
    let digits = hexadecimal.as_bytes();
    assert!(digits.len() <= 16 * N);
    let (mut out, mut at) = ([0; N], 0);
    while at < digits.len() {
        let digit = digits[digits.len() - 1 - at];
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            // Constants alone are read, by the compiler: one that is no number does not build.
            _ => panic!("not a hexadecimal digit"),
        };
        out[at / 16] |= (value as u64) << (4 * (at % 16));
        at += 1;
    }
    out
}
