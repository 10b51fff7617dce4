//! Inverses modulo a prime, in the same time for every number: Bernstein and Yang's divsteps
//! ("Fast constant-time gcd computation and modular inversion", 2019), in the variant that begins
//! with δ = 1/2, many steps at a time on the lowest words of f and g as in libsecp256k1.
//!
//! Numbers stand in signed digits of 62 bits, so that a matrix of 62 steps times a digit fits 128
//! bits. The steps that suffice for b bits are (45907·b + 26313) / 19929 rounded up (Wuille's bound of
//! the convex hull): 592, 886 and 1202.

use std::hint::black_box;

use zeroize::{Zeroize, Zeroizing};

use super::modulus::{Modulus, Residue};

/// Digits of 62 bits: 521 bits and a sign fit nine; one more is not used.
const DIGITS: usize = 9;
const BITS: u32 = 62;
const LOW: i64 = (1 << BITS) - 1;

/// A prime in digits.
struct Prime {
    digits: [i64; DIGITS],
    /// 1/p modulo 2^62.
    inverse: i64,
}

/// The state of one number: f and g, and d and e, by which the number's multiples are f and g.
struct State {
    f: [i64; DIGITS],
    g: [i64; DIGITS],
    d: [i64; DIGITS],
    e: [i64; DIGITS],
    /// −(δ + 1/2).
    zeta: i64,
}

/// What a number of steps do to f and g, times 2^62.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// The lowest words of f and g, and the matrix of the steps since the last [`Low::take`]: u and v in
/// one word and q and r in another, as u + 2^32·v, since every step does the same to both.
struct Low {
    f: u64,
    g: u64,
    zeta: i64,
    uv: u64,
    qr: u64,
}

/// The most steps whose matrix fits half words: after so many, an entry may be 2^30, and −2^31 is the
/// least and 2^31 − 1 the most that a half holds.
const MOST_PACKED: u32 = 30;

/// 1/a modulo p; zero has none and gives zero.
pub(super) fn invert<M: Modulus<N>, const N: usize>(a: &Residue<M, N>) -> Residue<M, N> {
    let (prime, plan) = const { (&Prime::of::<M, N>(), &Plan::of::<M, N>()) };
    let mut state = Zeroizing::new(State::new(to_digits(a.words_in_form()), prime));
    for _ in 0..plan.batches {
        let matrix = state.steps(plan.steps);
        state.update_de(&matrix, prime, plan.digits);
        state.update_fg(&matrix, plan.digits);
    }
    Residue::mend_inverse(&state.result(prime, plan.digits))
}

/// The same in fewer steps, for what anybody may know.
pub(super) fn invert_public<M: Modulus<N>, const N: usize>(a: &Residue<M, N>) -> Residue<M, N> {
    let (prime, plan) = const { (&Prime::of::<M, N>(), &Plan::of::<M, N>()) };
    let mut state = State::new(to_digits(a.words_in_form()), prime);
    while state.g != [0; DIGITS] {
        let matrix = state.steps_public();
        state.update_de(&matrix, prime, plan.digits);
        state.update_fg(&matrix, plan.digits);
    }
    Residue::mend_inverse(&state.result(prime, plan.digits))
}

/// 1/a and 1/b modulo two primes of as many bits, in little more time than one takes.
pub(super) fn invert_two<A: Modulus<N>, B: Modulus<N>, const N: usize>(
    a: &Residue<A, N>,
    b: &Residue<B, N>,
) -> (Residue<A, N>, Residue<B, N>) {
    const { assert!(A::BITS == B::BITS) };
    let (of_a, of_b) = const { (&Prime::of::<A, N>(), &Prime::of::<B, N>()) };
    let plan = const { &Plan::of::<A, N>() };
    let mut a = Zeroizing::new(State::new(to_digits(a.words_in_form()), of_a));
    let mut b = Zeroizing::new(State::new(to_digits(b.words_in_form()), of_b));
    for _ in 0..plan.batches {
        let (matrix_a, matrix_b) = a.steps_of_two(&mut b, plan.steps);
        a.update_de(&matrix_a, of_a, plan.digits);
        b.update_de(&matrix_b, of_b, plan.digits);
        a.update_fg(&matrix_a, plan.digits);
        b.update_fg(&matrix_b, plan.digits);
    }
    let (a, b) = (a.result(of_a, plan.digits), b.result(of_b, plan.digits));
    (Residue::mend_inverse(&a), Residue::mend_inverse(&b))
}

/// How a number of so many bits is inverted.
struct Plan {
    /// Batches of so many steps.
    batches: u32,
    steps: u32,
    /// How many digits there are.
    digits: usize,
}

impl Plan {
    const fn of<M: Modulus<N>, const N: usize>() -> Self {
        assert!(M::BITS < DIGITS as u32 * BITS);
        let (batches, steps) = match M::BITS {
            ..=256 => (10, 60),
            257..=384 => (15, 60),
            _ => (21, 60),
        };
        assert!(steps <= BITS && steps.div_ceil(2) <= MOST_PACKED);
        Self { batches, steps, digits: (M::BITS / BITS + 1) as usize }
    }
}

impl Prime {
    const fn of<M: Modulus<N>, const N: usize>() -> Self {
        Self {
            digits: to_digits(&M::P),
            inverse: (M::NEGATIVE_INVERSE.wrapping_neg() & LOW as u64) as i64,
        }
    }
}

impl Low {
    #[inline(always)]
    fn new(state: &State) -> Self {
        Self { f: state.f[0] as u64, g: state.g[0] as u64, zeta: state.zeta, uv: 1, qr: 1 << 32 }
    }

    #[inline(always)]
    fn run(&mut self, steps: u32) -> Matrix {
        for _ in 0..steps {
            self.step();
        }
        self.take()
    }

    #[inline(always)]
    fn run_with(&mut self, other: &mut Self, steps: u32) -> (Matrix, Matrix) {
        for _ in 0..steps {
            self.step();
            other.step();
        }
        (self.take(), other.take())
    }

    #[inline(always)]
    fn step(&mut self) {
        // Ones where δ > 0; ones where g is odd.
        let mut swap = (self.zeta >> 63) as u64;
        let odd = (self.g & 1).wrapping_neg();
        let signed = |number: u64| (number ^ swap).wrapping_sub(swap);
        let (f, uv) = (signed(self.f), signed(self.uv));
        self.g = self.g.wrapping_add(f & odd);
        self.qr = self.qr.wrapping_add(uv & odd);
        swap &= odd;
        self.zeta = (self.zeta ^ swap as i64) - 1;
        self.f = self.f.wrapping_add(self.g & swap);
        self.uv = self.uv.wrapping_add(self.qr & swap);
        self.g >>= 1;
        self.uv <<= 1;
    }

    /// The matrix of the steps so far; the next ones begin another.
    #[inline(always)]
    fn take(&mut self) -> Matrix {
        let halves = |packed: u64| {
            let low = i64::from(packed as i32);
            (low, (packed as i64).wrapping_sub(low) >> 32)
        };
        let ((u, v), (q, r)) = (halves(self.uv), halves(self.qr));
        (self.uv, self.qr) = (1, 1 << 32);
        Matrix { u, v, q, r }
    }
}

impl Matrix {
    /// What this does to what another did, together `steps` steps, times 2^62.
    #[inline(always)]
    fn after(&self, Self { u, v, q, r }: &Self, steps: u32) -> Self {
        let row = |x: i64, y: i64| {
            let unit = BITS - steps;
            ((x * u + y * q) << unit, (x * v + y * r) << unit)
        };
        let ((u, v), (q, r)) = (row(self.u, self.v), row(self.q, self.r));
        Self { u, v, q, r }
    }
}

impl Zeroize for State {
    fn zeroize(&mut self) {
        let Self { f, g, d, e, zeta } = self;
        for number in [f, g, d, e] {
            number.zeroize();
        }
        zeta.zeroize();
    }
}

impl State {
    #[inline(always)]
    fn new(g: [i64; DIGITS], prime: &Prime) -> Self {
        let mut one = [0; DIGITS];
        one[0] = 1;
        Self { f: prime.digits, g, d: [0; DIGITS], e: one, zeta: -1 }
    }

    /// So many steps on the lowest digits of f and g, of which the steps need no more.
    #[inline(always)]
    fn steps(&mut self, steps: u32) -> Matrix {
        let mut low = Low::new(self);
        let first = low.run(steps / 2);
        let second = low.run(steps - steps / 2);
        self.zeta = low.zeta;
        second.after(&first, steps)
    }

    /// The same on two numbers at once, which the processor works on side by side.
    #[inline(always)]
    fn steps_of_two(&mut self, other: &mut Self, steps: u32) -> (Matrix, Matrix) {
        let (mut low, mut other_low) = (Low::new(self), Low::new(other));
        let (first, other_first) = low.run_with(&mut other_low, steps / 2);
        let (second, other_second) = low.run_with(&mut other_low, steps - steps / 2);
        (self.zeta, other.zeta) = (low.zeta, other_low.zeta);
        (second.after(&first, steps), other_second.after(&other_first, steps))
    }

    /// 62 steps of the variant that begins with δ = 1, for what anybody may know: the zeros that g ends
    /// in are shifted out at once, and a multiple of f makes up to six more (libsecp256k1,
    /// `modinv64_divsteps_62_var`). `zeta` is −δ.
    fn steps_public(&mut self) -> Matrix {
        let (mut f, mut g) = (self.f[0] as u64, self.g[0] as u64);
        let (mut u, mut v, mut q, mut r) = (1_u64, 0_u64, 0_u64, 1_u64);
        let mut left = BITS;
        loop {
            let zeros = (g | u64::MAX << left).trailing_zeros();
            g >>= zeros;
            (u, v) = (u << zeros, v << zeros);
            self.zeta -= i64::from(zeros);
            left -= zeros;
            if left == 0 {
                break;
            }
            if self.zeta < 0 {
                self.zeta = -self.zeta;
                (f, g) = (g, f.wrapping_neg());
                (u, q) = (q, u.wrapping_neg());
                (v, r) = (r, v.wrapping_neg());
            }
            // Of −g/f, as many bits as δ stays what it is for: f·(f² − 2) is −1/f modulo 2^6.
            let bits = (self.zeta + 1).min(i64::from(left)).min(6);
            let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
            let w = inverse.wrapping_mul(g) & ((1 << bits) - 1);
            g = g.wrapping_add(f.wrapping_mul(w));
            q = q.wrapping_add(u.wrapping_mul(w));
            r = r.wrapping_add(v.wrapping_mul(w));
        }
        Matrix { u: u as i64, v: v as i64, q: q as i64, r: r as i64 }
    }

    /// (f, g) = matrix · (f, g) / 2^62, which is exact.
    #[inline(always)]
    fn update_fg(&mut self, Matrix { u, v, q, r }: &Matrix, digits: usize) {
        let (u, v, q, r) = (*u as i128, *v as i128, *q as i128, *r as i128);
        let (mut f, mut g) = (0_i128, 0_i128);
        for at in 0..digits {
            let (old_f, old_g) = (self.f[at] as i128, self.g[at] as i128);
            f += u * old_f + v * old_g;
            g += q * old_f + r * old_g;
            if at > 0 {
                self.f[at - 1] = f as i64 & LOW;
                self.g[at - 1] = g as i64 & LOW;
            }
            f >>= BITS;
            g >>= BITS;
        }
        self.f[digits - 1] = f as i64;
        self.g[digits - 1] = g as i64;
    }

    /// (d, e) = matrix · (d, e) / 2^62 modulo p: multiples of p make it exact. Both stay above −2·p and
    /// below p.
    #[inline(always)]
    fn update_de(&mut self, Matrix { u, v, q, r }: &Matrix, prime: &Prime, digits: usize) {
        let negative_d = black_box(self.d[digits - 1] >> 63);
        let negative_e = black_box(self.e[digits - 1] >> 63);
        let mut multiple_d = (u & negative_d) + (v & negative_e);
        let mut multiple_e = (q & negative_d) + (r & negative_e);
        let (u, v, q, r) = (*u as i128, *v as i128, *q as i128, *r as i128);
        let (mut d, mut e) = (0_i128, 0_i128);
        for at in 0..digits {
            let (old_d, old_e) = (self.d[at] as i128, self.e[at] as i128);
            d += u * old_d + v * old_e;
            e += q * old_d + r * old_e;
            if at == 0 {
                let mend = |low: i128, multiple: i64| {
                    let more = prime.inverse.wrapping_mul(low as i64).wrapping_add(multiple);
                    multiple - (more & LOW)
                };
                multiple_d = mend(d, multiple_d);
                multiple_e = mend(e, multiple_e);
            }
            d += multiple_d as i128 * prime.digits[at] as i128;
            e += multiple_e as i128 * prime.digits[at] as i128;
            if at > 0 {
                self.d[at - 1] = d as i64 & LOW;
                self.e[at - 1] = e as i64 & LOW;
            }
            d >>= BITS;
            e >>= BITS;
        }
        self.d[digits - 1] = d as i64;
        self.e[digits - 1] = e as i64;
    }

    /// The inverse, which is d with the sign of f, from 0 to p − 1.
    #[inline(always)]
    fn result<const N: usize>(&self, prime: &Prime, digits: usize) -> [u64; N] {
        let mut number = self.d;
        // Masks, which the compiler must not make branches of.
        let sign = black_box(self.f[digits - 1] >> 63);
        let add = |number: &mut [i64; DIGITS]| {
            let negative = black_box(number[digits - 1] >> 63);
            for (digit, of_prime) in number.iter_mut().zip(&prime.digits).take(digits) {
                *digit += of_prime & negative;
            }
        };
        let carry = |number: &mut [i64; DIGITS]| {
            for at in 0..digits - 1 {
                number[at + 1] += number[at] >> BITS;
                number[at] &= LOW;
            }
        };
        add(&mut number);
        for digit in &mut number {
            *digit = (*digit ^ sign) - sign;
        }
        carry(&mut number);
        add(&mut number);
        carry(&mut number);
        to_words(&number)
    }
}

const fn to_digits<const N: usize>(words: &[u64; N]) -> [i64; DIGITS] {
    let (mut digits, mut at) = ([0; DIGITS], 0);
    while at < DIGITS {
        let bit = at * BITS as usize;
        let (word, shift) = (bit / 64, bit % 64);
        if word < N {
            let mut digit = words[word] >> shift;
            if shift > 2 && word + 1 < N {
                digit |= words[word + 1] << (64 - shift);
            }
            digits[at] = (digit & LOW as u64) as i64;
        }
        at += 1;
    }
    digits
}

fn to_words<const N: usize>(digits: &[i64; DIGITS]) -> [u64; N] {
    let mut words = [0; N];
    for (at, digit) in digits.iter().enumerate() {
        let bit = at * BITS as usize;
        let (word, shift) = (bit / 64, bit % 64);
        if word < N {
            words[word] |= (*digit as u64) << shift;
            if shift > 2 && word + 1 < N {
                words[word + 1] |= *digit as u64 >> (64 - shift);
            }
        }
    }
    words
}
