//! RSA private operations of several messages under one key (RFC 8017 section 5.2.1, with the
//! Chinese remainder theorem), blinded, and each checked with the public exponent before it leaves.
//!
//! The lower half of the words works modulo p, the upper half modulo q.

use std::sync::Mutex;

use zeroize::{Zeroize, Zeroizing};

use super::montgomery::{Modulus, double, product};
use super::number::{Number, Sums};
use super::power::{Power, PowerOf65537};
pub(crate) use crate::scalar::{Fill, PrivateNumbers};
use crate::vectors::{Job, Lane};

/// A blinding pair is squared for each use and drawn again after this many. (OpenSSL and BoringSSL
/// count 32 private operations; here a use is a whole batch, and each of its halves has a pair of its
/// own.)
const USES_OF_BLINDING: u32 = 128;

/// What a key can do, whatever its size.
pub(super) trait PrivateKey: Send + Sync {
    /// Each message, a padded one as long as the modulus, raised to the private exponent: `None`
    /// for one whose result is wrong. Nothing at all without random numbers.
    fn raise(&self, messages: &[&[u8]], random: Fill<'_>) -> Option<Vec<Option<Vec<u8>>>>;
}

/// A key with primes of `N` blocks and a modulus of `M`, twice as many.
pub(super) struct Key<L: Lane, const B: usize, const N: usize, const M: usize> {
    halves: Modulus<L, B, N>,
    exponents: Number<L, B, N>,
    /// p−2 and q−2: to this power, a number is inverted.
    inverting: Number<L, B, N>,
    /// 2p, in the lower words.
    twice_p: Number<L, B, N>,
    /// q, in the lower words.
    q: Number<L, B, N>,
    /// 1/q modulo p in Montgomery's form, in the lower words.
    q_inverse: Number<L, B, N>,
    whole: Modulus<L, B, M>,
    /// The bits of p and of q.
    bits: u32,
    /// In a place of its own: where there is none yet, room for one here would hold whatever the stack had on
    /// which the key was put together.
    blinding: Mutex<Option<Box<Blinding<L, B, N>>>>,
}

/// r^e and 1/r for a random r in each word, in Montgomery's form.
struct Blinding<L: Lane, const B: usize, const N: usize> {
    blind: Number<L, B, N>,
    unblind: Number<L, B, N>,
    uses: u32,
}

impl<L: Lane, const B: usize, const N: usize> Drop for Blinding<L, B, N> {
    fn drop(&mut self) {
        self.blind.zeroize();
        self.unblind.zeroize();
    }
}

impl<L: Lane, const B: usize, const N: usize, const M: usize> Drop for Key<L, B, N, M> {
    fn drop(&mut self) {
        self.halves.zeroize();
        self.exponents.zeroize();
        self.inverting.zeroize();
        self.twice_p.zeroize();
        self.q.zeroize();
        self.q_inverse.zeroize();
    }
}

impl<L: Lane, const B: usize, const N: usize, const M: usize> Key<L, B, N, M> {
    /// A key whose primes have exactly half the bits of the modulus: `bits` each.
    pub(super) fn new(numbers: &PrivateNumbers<'_>, bits: u32) -> Self {
        let half = L::WORDS / 2;
        let both = |lower, upper| {
            let words: Vec<&[u8]> =
                (0..L::WORDS).map(|word| if word < half { lower } else { upper }).collect();
            Number::<L, B, N>::from_bytes(&words)
        };
        let digits = both(numbers.p, numbers.q);
        let halves = Modulus::new(digits, bits);
        let (inverting, _) = digits.subtract(&Number::small(2));
        let mut sums = Sums::new(N);
        let mut q_inverse = both(numbers.q_inverse, &[]);
        halves.multiply(&mut q_inverse, &halves.square, &mut sums);
        let modulus = vec![numbers.modulus; L::WORDS];
        Self {
            exponents: both(numbers.dp, numbers.dq),
            inverting,
            twice_p: double(&both(numbers.p, &[])),
            q: both(numbers.q, &[]),
            q_inverse,
            whole: Modulus::new(Number::from_bytes(&modulus), 2 * bits),
            halves,
            bits,
            blinding: Mutex::new(None),
        }
    }

    /// The blinding of the next use.
    fn next_blinding(&self, random: Fill<'_>) -> Option<Blinding<L, B, N>> {
        // A poisoned lock holds a pair as good as any.
        let mut kept = self.blinding.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let blinding = match kept.take() {
            Some(mut blinding) if blinding.uses < USES_OF_BLINDING => {
                let mut sums = Sums::new(N);
                self.halves.square(&mut blinding.blind, &mut sums);
                self.halves.square(&mut blinding.unblind, &mut sums);
                blinding.uses += 1;
                blinding
            }
            _ => Box::new(self.draw_blinding(random)?),
        };
        let Blinding { blind, unblind, uses } = *blinding;
        *kept = Some(blinding);
        Some(Blinding { blind, unblind, uses })
    }

    fn draw_blinding(&self, random: Fill<'_>) -> Option<Blinding<L, B, N>> {
        // As many bits as the digits have: at least 8 more than the primes.
        let bytes = Number::<L, B, N>::BITS as usize / 8;
        let mut drawn = Zeroizing::new(vec![0; bytes * L::WORDS]);
        if !random(&mut drawn) {
            return None;
        }
        let words: Vec<&[u8]> = drawn.chunks(bytes).collect();
        let mut base = Number::from_bytes(&words);
        self.halves.multiply(&mut base, &self.halves.square, &mut Sums::new(N));
        let modulus = &self.halves;
        let blind = L::call(PowerOf65537 { modulus, base: &base });
        let exponent = &self.inverting;
        let unblind = L::call(Power { modulus, base: &base, exponent, bits: self.bits });
        base.zeroize();
        Some(Blinding { blind, unblind, uses: 1 })
    }

    /// The results of at most half as many messages as there are words, in the lower words.
    fn raise_half(&self, messages: &[&[u8]], random: Fill<'_>) -> Option<Number<L, B, M>> {
        let blinding = self.next_blinding(random)?;
        let half = L::WORDS / 2;
        let twice: Vec<&[u8]> = (0..L::WORDS)
            .map(|word| messages.get(word % half).copied().unwrap_or_default())
            .collect();
        let message = Number::<L, B, M>::from_bytes(&twice);
        Some(L::call(RaiseHalf { key: self, message: &message, blinding: &blinding }))
    }
}

impl<L: Lane, const B: usize, const N: usize, const M: usize> PrivateKey for Key<L, B, N, M> {
    fn raise(&self, messages: &[&[u8]], random: Fill<'_>) -> Option<Vec<Option<Vec<u8>>>> {
        let half = L::WORDS / 2;
        let mut answers = Vec::with_capacity(messages.len());
        for messages in messages.chunks(L::WORDS) {
            let (first, second) = messages.split_at(messages.len().min(half));
            let mut results = self.raise_half(first, random)?;
            if !second.is_empty() {
                let others = self.raise_half(second, random)?.rearranged(|word| word % half);
                let lower = L::from_fn(|word| u64::from(word < half)).test(L::splat(1));
                results = Number::select(lower, &results, &others);
            }
            let expected = Number::<L, B, M>::from_bytes(messages);
            let check = Check { modulus: &self.whole, base: &results, expected: &expected };
            let is_right = L::call(check);
            answers.extend(messages.iter().enumerate().map(|(word, message)| {
                (is_right.as_ref()[word] == 1).then(|| {
                    let mut bytes = vec![0; message.len()];
                    results.write_bytes(word, &mut bytes);
                    bytes
                })
            }));
        }
        Some(answers)
    }
}

struct RaiseHalf<'a, L: Lane, const B: usize, const N: usize, const M: usize> {
    key: &'a Key<L, B, N, M>,
    message: &'a Number<L, B, M>,
    blinding: &'a Blinding<L, B, N>,
}

impl<L: Lane, const B: usize, const N: usize, const M: usize> Job for RaiseHalf<'_, L, B, N, M> {
    type Output = Number<L, B, M>;

    #[inline(always)]
    fn run(self) -> Number<L, B, M> {
        let Self { key, message, blinding } = self;
        let (halves, mut sums) = (&key.halves, Sums::new(N));
        let (mut low, mut high) = (Number::default(), Number::default());
        low.0.copy_from_slice(&message.0[..N]);
        high.0.copy_from_slice(&message.0[N..]);
        // low·R + high·R²: the message in Montgomery's form.
        halves.multiply(&mut low, &halves.square, &mut sums);
        halves.multiply(&mut high, &halves.square, &mut sums);
        halves.multiply(&mut high, &halves.square, &mut sums);
        let mut base = Zeroizing::new(low.add(&high));
        base.carry();
        halves.multiply(&mut base, &blinding.blind, &mut sums);
        let (exponent, bits) = (&key.exponents, key.bits);
        let power = Power { modulus: halves, base: &base, exponent, bits };
        let mut result = Zeroizing::new(L::call(power));
        halves.multiply(&mut result, &blinding.unblind, &mut sums);
        halves.multiply(&mut result, &Number::small(1), &mut sums);
        let result = Zeroizing::new(halves.canonical(&result));
        // Garner: s = s_q + q·((s_p − s_q)/q modulo p).
        let half = L::WORDS / 2;
        let modulo_q = Zeroizing::new(result.rearranged(|word| word % half + half));
        let mut above = Zeroizing::new(result.add(&key.twice_p));
        above.carry();
        let mut quotient = Zeroizing::new(above.subtract(&modulo_q).0);
        halves.multiply(&mut quotient, &key.q_inverse, &mut sums);
        let quotient = Zeroizing::new(halves.canonical(&quotient));
        product(&quotient, &key.q, &mut sums);
        for (block, digits) in modulo_q.0.iter().enumerate() {
            for (sum, digit) in sums.at(block).0.iter_mut().zip(digits) {
                *sum = sum.add(*digit);
            }
        }
        let mut signature = Number::default();
        sums.carried(0, &mut signature);
        signature
    }
}

/// Whether a number to the power of 65537 is the expected one: 1 or 0 in each word.
pub(super) struct Check<'a, L, const B: usize, const M: usize> {
    pub(super) modulus: &'a Modulus<L, B, M>,
    pub(super) base: &'a Number<L, B, M>,
    pub(super) expected: &'a Number<L, B, M>,
}

impl<L: Lane, const B: usize, const M: usize> Job for Check<'_, L, B, M> {
    type Output = L::Array;

    #[inline(always)]
    fn run(self) -> L::Array {
        let Self { modulus, base, expected } = self;
        let (mut base, mut sums) = (*base, Sums::new(M));
        modulus.multiply(&mut base, &modulus.square, &mut sums);
        let mut result = L::call(PowerOf65537 { modulus, base: &base });
        modulus.multiply(&mut result, &Number::small(1), &mut sums);
        let is_right = modulus.canonical(&result).equals(expected);
        L::select(is_right, L::splat(1), L::default()).to_array()
    }
}
