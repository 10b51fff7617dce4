//! The lanes against other crates' arithmetic, and against each other.

#![allow(clippy::unwrap_used)]

mod oracle;

mod millions;
mod montgomery;
mod number;
mod power;
mod prime;
mod pseudoprime;
mod residues;
mod rsa;
mod rsa_faults;
mod search;
mod sieve;

use std::sync::Once;

use crate::scalar::tests::{Random, rsa_keys};

/// What a function, generic over the lane, the digits of a block and the blocks, answers: with
/// every lane the same.
///
/// `answers!(function::<10, 1>(arguments))`
macro_rules! answers {
    ($function:ident $(::<$($number:literal),+>)? ($($argument:expr),*)) => {{
        use crate::vectors::Portable;
        let expected = $function::<Portable<2> $($(, $number)+)?>($($argument),*);
        let four = $function::<Portable<4> $($(, $number)+)?>($($argument),*);
        assert!(four == expected, "Portable<4> and Portable<2> differ");
        let eight = $function::<Portable<8> $($(, $number)+)?>($($argument),*);
        assert!(eight == expected, "Portable<8> and Portable<2> differ");
        #[cfg(target_arch = "x86_64")]
        if super::has_vectors() {
            use crate::vectors::ifma::{Ifma4, Ifma8};
            let four = $function::<Ifma4 $($(, $number)+)?>($($argument),*);
            assert!(four == expected, "Ifma4 and Portable<2> differ");
            let eight = $function::<Ifma8 $($(, $number)+)?>($($argument),*);
            assert!(eight == expected, "Ifma8 and Portable<2> differ");
        }
        expected
    }};
}
pub(crate) use answers;

/// What a function, generic over the lane, answers with vectors where the processor has them: for
/// what takes long otherwise.
macro_rules! answers_of_vectors {
    ($function:ident ($($argument:expr),*)) => {{
        #[cfg(target_arch = "x86_64")]
        let of_vectors = super::has_vectors().then(|| {
            use crate::vectors::ifma::{Ifma4, Ifma8};
            let expected = $function::<Ifma4>($($argument),*);
            assert!(expected == $function::<Ifma8>($($argument),*), "Ifma8 and Ifma4 differ");
            expected
        });
        #[cfg(not(target_arch = "x86_64"))]
        let of_vectors = None;
        let portable = || $function::<crate::vectors::Portable<4>>($($argument),*);
        of_vectors.unwrap_or_else(portable)
    }};
}
pub(crate) use answers_of_vectors;

/// Whether the processor has vectors; says so when it has not.
fn has_vectors() -> bool {
    static SAID: Once = Once::new();
    let has = crate::arithmetic::Arithmetic::has_vectors();
    if !has {
        SAID.call_once(|| eprintln!("NO AVX-512 IFMA: the vectors are not tested"));
    }
    has
}
