//! What digits can become in lanes, for every input: the formulas are run on lanes that hold no numbers but
//! the least and the most that one can be. Where a digit that is multiplied could be negative or have more
//! than 52 bits, or a sum more than 63, the test fails.

use zeroize::DefaultIsZeroes;

use crate::curves::curve::Curve;
use crate::curves::lanes::intervals::{Affine, Number, Point};
use crate::curves::modulus::Modulus;
use crate::curves::tests::every_curve_in_lanes;
use crate::vectors::{DIGIT_BITS, DIGIT_MASK, Job, Lane};

/// What a word can be, as a number with a sign.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Interval {
    least: i128,
    most: i128,
}

impl DefaultIsZeroes for Interval {}

impl Interval {
    fn new(least: i128, most: i128) -> Self {
        assert!(least <= most, "{least} to {most}");
        assert!(least >= i64::MIN.into() && most <= i64::MAX.into(), "{least} to {most}: 63 bits");
        Self { least, most }
    }

    fn union(self, other: Self) -> Self {
        Self::new(self.least.min(other.least), self.most.max(other.most))
    }

    fn contains(self, other: Self) -> bool {
        self.least <= other.least && other.most <= self.most
    }

    /// The number, where it is one.
    fn known(self) -> i128 {
        assert_eq!(self.least, self.most);
        self.least
    }

    fn product(a: Self, b: Self) -> (i128, i128) {
        for digit in [a, b] {
            assert!(digit.least >= 0 && digit.most <= DIGIT_MASK.into(), "{digit:?}: no digit");
        }
        (a.least * b.least, a.most * b.most)
    }
}

impl Lane for Interval {
    const WORDS: usize = 1;

    type Mask = ();
    type Array = [u64; 1];

    fn from_fn(mut word: impl FnMut(usize) -> u64) -> Self {
        Self::splat(word(0))
    }

    fn to_array(self) -> [u64; 1] {
        [self.known() as u64]
    }

    fn splat(word: u64) -> Self {
        let number = word.cast_signed().into();
        Self::new(number, number)
    }

    fn add(self, other: Self) -> Self {
        Self::new(self.least + other.least, self.most + other.most)
    }

    fn subtract(self, other: Self) -> Self {
        Self::new(self.least - other.most, self.most - other.least)
    }

    fn and(self, other: Self) -> Self {
        let mask = other.known();
        assert!((mask + 1).count_ones() == 1, "{mask}: the lowest bits");
        let is_inside = self.least >= 0 && self.most <= mask;
        if is_inside { self } else { Self::new(0, mask) }
    }

    fn add_low(self, a: Self, b: Self) -> Self {
        let (least, most) = Self::product(a, b);
        let mask = i128::from(DIGIT_MASK);
        self.add(if most <= mask { Self::new(least, most) } else { Self::new(0, mask) })
    }

    fn add_high(self, a: Self, b: Self) -> Self {
        let (least, most) = Self::product(a, b);
        self.add(Self::new(least >> DIGIT_BITS, most >> DIGIT_BITS))
    }

    fn shift_right(self, counts: Self) -> Self {
        assert!(self.least >= 0);
        self.shift_right_signed(counts)
    }

    fn shift_left(self, counts: Self) -> Self {
        let count = counts.known();
        Self::new(self.least << count, self.most << count)
    }

    fn shift_right_signed(self, counts: Self) -> Self {
        let count = counts.known();
        Self::new(self.least >> count, self.most >> count)
    }

    fn test(self, _: Self) {}

    fn equal(self, _: Self) {}

    fn select((): (), yes: Self, no: Self) -> Self {
        yes.union(no)
    }

    fn call<J: Job>(job: J) -> J::Output {
        job.run()
    }

    fn not_negative(self) -> Self {
        Self::new(self.least.max(0), self.most)
    }
}

/// Every number below `times`·p with digits.
fn below<F: Modulus<N>, const N: usize, const D: usize>(times: i128) -> Number<Interval, F, N, D> {
    let top_bits = F::BITS - DIGIT_BITS * (D as u32 - 1);
    let mut digits = [Interval::new(0, DIGIT_MASK.into()); D];
    digits[D - 1].most = times << top_bits;
    Number::from_digits(digits)
}

/// Whether each digit of the one is one of the other.
fn contains<F: Modulus<N>, const N: usize, const D: usize>(
    all: &Number<Interval, F, N, D>,
    some: &Number<Interval, F, N, D>,
) -> bool {
    all.0.iter().zip(&some.0).all(|(all, some)| all.contains(*some))
}

/// Sums and doublings of points whose coordinates are in these intervals stay in them, whatever way they
/// are put together.
#[test]
fn no_digit_overflows_for_any_input() {
    fn check<C: Curve<N>, const N: usize, const D: usize>() {
        // Entries of tables are below p, or 2·p less that; X and Y have little above 2^BITS where there are
        // few bits for it, and anything up to 24·p elsewhere.
        let entry = Affine::<Interval, C::Field, N, D> { x: below(1), y: below(2) };
        let times = if C::Field::BITS == 256 { 1 } else { 20 };
        let mut point = Point { x: below(times), y: below(times), z: below(3) };
        if C::Field::BITS == 256 {
            // What is above 2^256, of at most 4 bits, times 2^256 − p, and a carry.
            point.x.0[D - 1].most += 1 << 21;
            point.y.0[D - 1].most += 1 << 21;
        }
        for (what, next) in [
            ("sum", point.add_affine(&entry)),
            ("double", point.double()),
            ("first", entry.to_point()),
        ] {
            assert!(contains(&point.x, &next.x), "{what}: X {:?} {:?}", point.x.0, next.x.0);
            assert!(contains(&point.y, &next.y), "{what}: Y {:?} {:?}", point.y.0, next.y.0);
            assert!(contains(&point.z, &next.z), "{what}: Z {:?} {:?}", point.z.0, next.z.0);
        }
        // What comes in and what goes out: any words, any coordinates.
        let words = Number::<Interval, C::Field, N, D>::from_digits(
            [Interval::new(0, DIGIT_MASK.into()); D],
        );
        let entered = words.entering();
        assert!(contains(&below(2), &entered), "entering {:?}", entered.0);
        for number in [point.x, point.y, point.z, entered] {
            let left = number.leaving_product();
            assert!(contains(&below(2), &left), "leaving {:?}", left.0);
        }
        // The odd multiples of a point.
        let q = Affine { x: entered, y: entered };
        let scaled = q.scaled(&point.z);
        let first = scaled.to_point();
        assert!(contains(&point.x, &first.x) && contains(&point.y, &first.y));
        let next = first.add_affine(&Affine { x: point.x, y: point.y });
        assert!(contains(&point.x, &next.x) && contains(&point.y, &next.y));
        assert!(contains(&point.z, &next.z));
        let inverse = entered.multiply(&entered);
        let entry = Affine { x: point.x, y: point.y }.scaled(&inverse);
        assert!(contains(&below(2), &entry.x) && contains(&below(2), &entry.y));
        let negative = entry.y.negated_where(());
        let entry = Affine { x: entry.x, y: negative };
        let next = point.add_affine(&entry);
        assert!(contains(&point.x, &next.x) && contains(&point.y, &next.y));
        assert!(contains(&point.z, &next.z));
    }
    every_curve_in_lanes!(check());
}
