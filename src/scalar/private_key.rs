//! RSA private operations (RFC 8017 section 5.2.1, with the Chinese remainder theorem), blinded, and
//! each checked with the public exponent before it leaves.

use std::sync::Mutex;

use zeroize::{Zeroize, Zeroizing};

use super::bit_length;
use super::block::DIGITS;
use super::montgomery::{Modulus, product};
use super::number::{Number, Sums, write_bytes};

/// A blinding pair is squared for each use and drawn again after this many. (OpenSSL and BoringSSL
/// count 32 private operations; here each half has a pair of its own.)
const USES_OF_BLINDING: u32 = 128;

/// The public exponent of every private key.
const PUBLIC_EXPONENT: u64 = 65_537;

/// The numbers of a private key, in big-endian bytes; the public exponent is 65537.
pub(crate) struct PrivateNumbers<'a> {
    pub(crate) modulus: &'a [u8],
    pub(crate) p: &'a [u8],
    pub(crate) q: &'a [u8],
    /// d modulo p−1.
    pub(crate) dp: &'a [u8],
    /// d modulo q−1.
    pub(crate) dq: &'a [u8],
    /// 1/q modulo p.
    pub(crate) q_inverse: &'a [u8],
}

/// Fills bytes with random ones; `false` when there are none.
pub(crate) type Fill<'a> = &'a mut dyn FnMut(&mut [u8]) -> bool;

/// What a key can do, whatever its size.
pub(crate) trait PrivateKey: Send + Sync {
    /// A padded message as long as the modulus, raised to the private exponent: `Some(None)` where
    /// the result is wrong. Nothing at all without random numbers.
    fn raise(&self, message: &[u8], random: Fill<'_>) -> Option<Option<Vec<u8>>>;
}

/// A private key; `None` where its primes are not half as long as a modulus of 1024, 2048, 3072 or
/// 4096 bits.
pub(crate) fn private_key(numbers: &PrivateNumbers<'_>) -> Option<Box<dyn PrivateKey>> {
    let bits = bit_length(numbers.p);
    if bit_length(numbers.q) != bits || bit_length(numbers.modulus) != 2 * bits {
        return None;
    }
    Some(match bits {
        512 => Key::<2, 2>::boxed(numbers, bits),
        1024 => Key::<2, 4>::boxed(numbers, bits),
        1536 => Key::<3, 6>::boxed(numbers, bits),
        2048 => Key::<4, 8>::boxed(numbers, bits),
        _ => return None,
    })
}

/// A key with primes of `N` blocks and a modulus of `M`.
struct Key<const N: usize, const M: usize> {
    p: Half<N>,
    q: Half<N>,
    /// 1/q modulo p in Montgomery's form.
    q_inverse: Number<N>,
    whole: Modulus<M>,
    /// The bits of p and of q.
    bits: u32,
    /// In a place of its own: where there is none yet, room for one here would hold whatever the stack had on
    /// which the key was put together.
    blinding: Mutex<Option<Box<Blinding<N>>>>,
}

/// What is known modulo one prime.
struct Half<const N: usize> {
    modulus: Modulus<N>,
    exponent: Number<N>,
    /// 2^bits·R²: brings the upper half of a message into its place, and into Montgomery's form.
    upper: Number<N>,
}

/// Pairs modulo p and modulo q.
struct Blinding<const N: usize> {
    p: Pair<N>,
    q: Pair<N>,
    uses: u32,
}

/// r^e and 1/r for a random r, in Montgomery's form.
#[derive(Clone)]
struct Pair<const N: usize> {
    blind: Number<N>,
    unblind: Number<N>,
}

impl<const N: usize> Drop for Pair<N> {
    fn drop(&mut self) {
        self.blind.zeroize();
        self.unblind.zeroize();
    }
}

impl<const N: usize> Drop for Half<N> {
    fn drop(&mut self) {
        self.modulus.zeroize();
        self.exponent.zeroize();
        self.upper.zeroize();
    }
}

impl<const N: usize, const M: usize> Drop for Key<N, M> {
    fn drop(&mut self) {
        self.q_inverse.zeroize();
    }
}

impl<const N: usize, const M: usize> Key<N, M> {
    fn boxed(numbers: &PrivateNumbers<'_>, bits: u32) -> Box<dyn PrivateKey> {
        let mut sums = Sums::new(N);
        let mut key = Box::new(Self {
            p: Half::new(numbers.p, bits),
            q: Half::new(numbers.q, bits),
            q_inverse: Number::default(),
            whole: Modulus::public(numbers.modulus, 2 * bits),
            bits,
            blinding: Mutex::new(None),
        });
        // In their places, so that no copies are left.
        key.p.fill(numbers.dp, bits, &mut sums);
        key.q.fill(numbers.dq, bits, &mut sums);
        let Self { p, q_inverse, .. } = &mut *key;
        q_inverse.read_bytes(numbers.q_inverse);
        p.modulus.multiply(q_inverse, &p.modulus.square, &mut sums);
        key
    }

    /// The blinding of the next use.
    fn next_blinding(&self, random: Fill<'_>, sums: &mut Sums) -> Option<[Pair<N>; 2]> {
        // A poisoned lock holds a pair as good as any.
        let mut kept = self.blinding.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match &mut *kept {
            Some(blinding) if blinding.uses < USES_OF_BLINDING => {
                for (half, pair) in [(&self.p, &mut blinding.p), (&self.q, &mut blinding.q)] {
                    half.modulus.square(&mut pair.blind, sums);
                    half.modulus.square(&mut pair.unblind, sums);
                }
                blinding.uses += 1;
            }
            kept => {
                *kept = None;
                let p = self.p.draw_pair(self.bits, random, sums)?;
                let q = self.q.draw_pair(self.bits, random, sums)?;
                *kept = Some(Box::new(Blinding { p, q, uses: 1 }));
            }
        }
        kept.as_ref().map(|blinding| [blinding.p.clone(), blinding.q.clone()])
    }
}

impl<const N: usize> Half<N> {
    fn new(prime: &[u8], bits: u32) -> Self {
        let modulus = Modulus::new(prime, bits);
        Self { modulus, exponent: Number::default(), upper: Number::default() }
    }

    fn fill(&mut self, exponent: &[u8], bits: u32, sums: &mut Sums) {
        self.exponent.read_bytes(exponent);
        let Self { modulus, upper, .. } = self;
        // R²·R²/R = R³, and 2^bits·R³/R = 2^bits·R².
        *upper = modulus.square;
        modulus.square(upper, sums);
        modulus.multiply(upper, &Number::power_of_two(bits), sums);
    }

    fn draw_pair(&self, bits: u32, random: Fill<'_>, sums: &mut Sums) -> Option<Pair<N>> {
        // At least 64 more than the prime has.
        let mut drawn = Zeroizing::new(vec![0; Number::<N>::BITS as usize / 8]);
        if !random(&mut drawn) {
            return None;
        }
        let modulus = &self.modulus;
        let mut pair = Pair { blind: Number::default(), unblind: Number::default() };
        pair.blind.read_bytes(&drawn);
        modulus.multiply(&mut pair.blind, &modulus.square, sums);
        pair.unblind = pair.blind;
        modulus.raise_to_65537(&mut pair.blind, sums);
        // To the power of p−2, a number is inverted.
        let mut inverting = Zeroizing::new(modulus.number);
        inverting.subtract(&Number::small(2));
        modulus.raise(&mut pair.unblind, &inverting, bits, sums);
        Some(pair)
    }

    /// A message as long as the modulus to the private exponent: below the prime, into `result`.
    fn raise(&self, message: &[u8], pair: &Pair<N>, result: &mut Number<N>, sums: &mut Sums) {
        let modulus = &self.modulus;
        let (upper, lower) = message.split_at(message.len() / 2);
        let mut above = Zeroizing::new(Number::default());
        above.read_bytes(upper);
        modulus.multiply(&mut above, &self.upper, sums);
        result.read_bytes(lower);
        modulus.multiply(result, &modulus.square, sums);
        result.add(&above);
        modulus.multiply(result, &pair.blind, sums);
        modulus.raise(result, &self.exponent, lower.len() as u32 * 8, sums);
        modulus.multiply(result, &pair.unblind, sums);
        modulus.leave(result, &Number::small(1), sums);
    }
}

impl<const N: usize, const M: usize> PrivateKey for Key<N, M> {
    fn raise(&self, message: &[u8], random: Fill<'_>) -> Option<Option<Vec<u8>>> {
        if message.len() != self.bits as usize / 4 {
            return Some(None);
        }
        let mut sums = Sums::new(N);
        let [blinding_p, blinding_q] = self.next_blinding(random, &mut sums)?;
        let mut modulo_p = Zeroizing::new(Number::default());
        let mut modulo_q = Zeroizing::new(Number::default());
        self.p.raise(message, &blinding_p, &mut modulo_p, &mut sums);
        self.q.raise(message, &blinding_q, &mut modulo_q, &mut sums);
        // Garner: s = s_q + q·((s_p − s_q)/q modulo p). Twice p is above q.
        let p = &self.p.modulus;
        modulo_p.add(&p.number);
        modulo_p.add(&p.number);
        modulo_p.subtract(&modulo_q);
        p.leave(&mut modulo_p, &self.q_inverse, &mut sums);
        product(&modulo_p, &self.q.modulus.number, &mut sums);
        sums.add(&modulo_q);
        let mut digits = Zeroizing::new(vec![[0; DIGITS]; 2 * N]);
        sums.carried(0, Number::<N>::DIGIT, &mut digits);
        let mut signature = vec![0; message.len()];
        write_bytes(digits.as_flattened(), Number::<N>::DIGIT, &mut signature);
        let raised = self.whole.raise_publicly(
            &Number::from_bytes(&signature),
            PUBLIC_EXPONENT,
            &mut Sums::new(M),
        );
        let is_right = raised.equals(&Number::from_bytes(message)) == 1;
        if !is_right {
            signature.zeroize();
        }
        Some(is_right.then_some(signature))
    }
}
