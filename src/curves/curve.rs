//! The four curves: SP 800-186 section 3.2.1 and GB/T 32918.5 section 2. a is −3 and the order a prime
//! in all of them.

use std::sync::OnceLock;

use super::constants::words;
use super::modulus::Modulus;
use super::primes::{
    P256Field, P256Order, P384Field, P384Order, P521Field, P521Order, Sm2Field, Sm2Order,
};
use super::tables::{Comb, Multiples};

/// Which signatures a curve is for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Scheme {
    Ecdsa,
    Sm2,
}

/// A curve whose numbers have N words.
pub(crate) trait Curve<const N: usize>: Copy + Send + Sync + 'static {
    type Field: Modulus<N>;
    type Order: Modulus<N>;
    const B: [u64; N];
    const GX: [u64; N];
    const GY: [u64; N];
    const SCHEME: Scheme;

    /// For secret multiples of G. Made when it is used first.
    fn comb() -> &'static OnceLock<Comb<Self, N>>;

    /// For other multiples of G. Made when it is used first, and apart from the other: what one of
    /// them got wrong, the other finds.
    fn multiples() -> &'static OnceLock<Multiples<Self, N>>;
}

/// Bytes of a coordinate or a scalar.
pub(super) const fn width<C: Curve<N>, const N: usize>() -> usize {
    C::Order::BITS.div_ceil(8) as usize
}

macro_rules! curve {
    ($name:ident, $scheme:ident, $words:literal, $field:ident, $order:ident, $b:expr, $x:expr, $y:expr) => {
        #[derive(Clone, Copy)]
        pub(crate) struct $name;

        impl Curve<$words> for $name {
            type Field = $field;
            type Order = $order;
            const B: [u64; $words] = words($b);
            const GX: [u64; $words] = words($x);
            const GY: [u64; $words] = words($y);
            const SCHEME: Scheme = Scheme::$scheme;

            fn comb() -> &'static OnceLock<Comb<Self, $words>> {
                static COMB: OnceLock<Comb<$name, $words>> = OnceLock::new();
                &COMB
            }

            fn multiples() -> &'static OnceLock<Multiples<Self, $words>> {
                static MULTIPLES: OnceLock<Multiples<$name, $words>> = OnceLock::new();
                &MULTIPLES
            }
        }

        const _: () = assert!($field::BITS == $order::BITS);
    };
}

curve!(
    P256,
    Ecdsa,
    4,
    P256Field,
    P256Order,
    "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
);

curve!(
    P384,
    Ecdsa,
    6,
    P384Field,
    P384Order,
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112\
     0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98\
     59f741e082542a385502f25dbf55296c3a545e3872760ab7",
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c\
     e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f"
);

curve!(
    P521,
    Ecdsa,
    9,
    P521Field,
    P521Order,
    "051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef10\
     9e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
    "0c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d\
     baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66\
     2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650"
);

curve!(
    Sm2,
    Sm2,
    4,
    Sm2Field,
    Sm2Order,
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
);
