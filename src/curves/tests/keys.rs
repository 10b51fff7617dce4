//! Keys that sign and verify, and what is refused.

use super::{Random, exceptional, plain};
use crate::curves::carry::to_bytes;
use crate::curves::curve::{Curve, P256, P384, P521, Sm2};
use crate::curves::modulus::Modulus;
use crate::curves::{CurveName, PublicKey, SecretKey};

const CURVES: [(CurveName, usize); 4] =
    [(CurveName::P256, 32), (CurveName::Sm2, 32), (CurveName::P384, 48), (CurveName::P521, 66)];

/// The quick ones without optimisation.
fn curves() -> &'static [(CurveName, usize)] {
    if cfg!(debug_assertions) { &CURVES[..2] } else { &CURVES }
}

fn bytes<const N: usize>(number: &[u64; N], width: usize) -> Vec<u8> {
    let mut out = vec![0; width];
    to_bytes(number, &mut out);
    out
}

/// n.
fn order(curve: CurveName) -> Vec<u8> {
    match curve {
        CurveName::P256 => bytes(&<P256 as Curve<4>>::Order::P, 32),
        CurveName::P384 => bytes(&<P384 as Curve<6>>::Order::P, 48),
        CurveName::P521 => bytes(&<P521 as Curve<9>>::Order::P, 66),
        CurveName::Sm2 => bytes(&<Sm2 as Curve<4>>::Order::P, 32),
    }
}

/// One less, of numbers that do not end in 0.
fn less(number: &[u8]) -> Vec<u8> {
    let mut out = number.to_vec();
    *out.last_mut().unwrap() -= 1;
    out
}

#[test]
fn signatures_verify_with_and_without_tables_and_others_do_not() {
    let mut random = Random(9);
    for (curve, width) in curves() {
        let rounds = if cfg!(debug_assertions) { 16 } else { 300 };
        let mut draw =
            |length: usize| -> Vec<u8> { (0..length).map(|_| random.word() as u8).collect() };
        let mut scalar = draw(*width);
        scalar[0] = 0;
        let key = SecretKey::from_scalar(*curve, &scalar).unwrap();
        assert_eq!(*key.scalar(), scalar);
        let public = key.public();
        let read = PublicKey::from_coordinates(*curve, &public.coordinates()).unwrap();
        for round in 0..rounds {
            let (digest, nonce) = (draw(32 + 16 * (round % 3)), draw(64 + 64 * (round % 2)));
            let signature = key.sign(&digest, &nonce).unwrap();
            let (r, s) = (&signature.r, &signature.s);
            // The fourteenth and further ones by a table.
            assert!(public.verify_often(&digest, r, s));
            assert!(read.verify(&digest, r, s));
            let mut wrong = digest.clone();
            wrong[round % 32] ^= 1;
            let zero = vec![0; *width];
            let n = order(*curve);
            for (digest, r, s) in [
                (&wrong, r, s),
                (&digest, s, r),
                (&digest, &zero, s),
                (&digest, r, &zero),
                (&digest, &n, s),
                (&digest, r, &n),
            ] {
                assert!(!public.verify_often(digest, r, s));
                assert!(!read.verify(digest, r, s));
            }
        }
    }
}

#[test]
fn scalars_from_1_to_the_last_are_keys() {
    for (curve, width) in curves() {
        let n = order(*curve);
        let mut last = less(&n);
        if *curve == CurveName::Sm2 {
            assert!(SecretKey::from_scalar(*curve, &last).is_none(), "1 + d = n");
            last = less(&last);
        }
        let mut one = vec![0; *width];
        assert!(SecretKey::from_scalar(*curve, &one).is_none());
        assert!(SecretKey::from_scalar(*curve, &n).is_none());
        assert!(SecretKey::from_scalar(*curve, &vec![0xff; *width]).is_none());
        one[width - 1] = 1;
        let first = SecretKey::from_scalar(*curve, &one).unwrap();
        let last = SecretKey::from_scalar(*curve, &last).unwrap();
        if *curve != CurveName::Sm2 {
            // G and −G.
            let (first, last) = (first.public().coordinates(), last.public().coordinates());
            assert_eq!(first[..*width], last[..*width]);
            assert_ne!(first, last);
        }
    }
}

#[test]
fn a_scalar_or_nonce_that_the_table_cannot_multiply_by_is_refused() {
    let k = bytes(&exceptional::<P256, 4>(), 32);
    assert!(SecretKey::from_scalar(CurveName::P256, &k).is_none());
    let mut one = vec![0; 32];
    one[31] = 1;
    let key = SecretKey::from_scalar(CurveName::P256, &one).unwrap();
    assert!(key.sign(&[1; 32], &k).is_none());
    assert!(key.sign(&[1; 32], &[0; 64]).is_none(), "no nonce");
    assert!(key.sign(&[1; 32], &order(CurveName::P256)).is_none(), "n is no nonce either");
    let negative = plain::sub(&<P256 as Curve<4>>::Order::P, &exceptional::<P256, 4>());
    assert!(key.sign(&[1; 32], &bytes(&negative, 32)).is_none());
}

#[test]
fn coordinates_that_are_no_point_are_refused() {
    for (curve, width) in CURVES {
        let read = |coordinates: &[u8]| PublicKey::from_coordinates(curve, coordinates);
        assert!(read(&vec![0; 2 * width]).is_none());
        assert!(read(&vec![0xff; 2 * width]).is_none());
        assert!(read(&[]).is_none());
        let mut one = vec![0; width];
        one[width - 1] = 1;
        let good = match curve {
            CurveName::P256 => [bytes(&P256::GX, 32), bytes(&P256::GY, 32)].concat(),
            CurveName::P384 => [bytes(&P384::GX, 48), bytes(&P384::GY, 48)].concat(),
            CurveName::P521 => [bytes(&P521::GX, 66), bytes(&P521::GY, 66)].concat(),
            CurveName::Sm2 => [bytes(&Sm2::GX, 32), bytes(&Sm2::GY, 32)].concat(),
        };
        assert_eq!(read(&good).unwrap().coordinates(), good);
        for at in [0, width - 1, width, 2 * width - 1] {
            let mut wrong = good.clone();
            wrong[at] ^= 1;
            assert!(read(&wrong).is_none(), "{curve:?} {at}");
        }
        assert!(read(&good[1..]).is_none());
        assert!(read(&[&good[..], &[0]].concat()).is_none());
    }
}
