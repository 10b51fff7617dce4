//! Encryption of short data for a key, and what of a ciphertext is told.

use certwright::key::{DataEncryption, KeyFamily};
use certwright::testing::SeededRng;
use certwright::{Error, KeyPair};

use crate::common::{families, key, step};

/// Each with the most bytes that a key of `families` encrypts by it.
const EVERY: [(DataEncryption, usize); 3] = [
    (DataEncryption::RsaOaepSha1, 214),
    (DataEncryption::RsaOaepSha256, 190),
    (DataEncryption::Sm2, 6_047),
];

/// Each key with how it encrypts.
fn each(test: impl Fn(&KeyPair, DataEncryption, usize)) {
    for key in families().into_iter().map(key) {
        let family = key.public_key().algorithm().family();
        for (how, most) in EVERY.into_iter().filter(|(how, _)| how.family() == family) {
            test(&key, how, most);
        }
    }
}

fn wrong(found: Result<impl Sized, Error>) -> String {
    match found {
        Err(error @ Error::Malformed(_)) => error.to_string(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn what_is_encrypted_is_decrypted_up_to_the_longest() {
    each(|key, how, most| {
        let shortest = usize::from(how == DataEncryption::Sm2);
        for length in [shortest, 1, 16, 31, 32, 33, 64, 65, most] {
            let plaintext: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
            let encrypt = || key.public_key().encrypt_data(how, &plaintext).unwrap();
            let (one, two) = (encrypt(), encrypt());
            assert_ne!(one, two, "each time another");
            for ciphertext in [one, two] {
                assert_eq!(key.decrypt_data(how, &ciphertext).unwrap().as_bytes(), plaintext);
            }
        }
        let long = wrong(key.public_key().encrypt_data(how, &vec![7; most + 1]));
        assert!(long.contains(&(most + 1).to_string()), "{long}");
    });
    each(|key, how, _| {
        if how == DataEncryption::Sm2 {
            assert!(wrong(key.public_key().encrypt_data(how, b"")).contains("empty"));
        }
    });
}

#[test]
fn whatever_is_wrong_with_a_ciphertext_is_told_alike() {
    each(|own, how, _| {
        let public = own.public_key();
        let good = public.encrypt_data(how, b"the key of a cipher").unwrap();
        let told = wrong(own.decrypt_data(how, b""));
        let same = |ciphertext: &[u8]| assert_eq!(wrong(own.decrypt_data(how, ciphertext)), told);
        for at in (0..good.len()).step_by(step(7)) {
            for bit in [0, 7] {
                let mut broken = good.clone();
                broken[at] ^= 1 << bit;
                same(&broken);
            }
        }
        for length in (0..good.len()).step_by(step(5)) {
            same(&good[..length]);
        }
        same(&[&good[..], &[0]].concat());
        same(&[&[0], &good[..]].concat());
        same(&vec![0; good.len()]);
        same(&vec![0xff; good.len()]);
        same(&[4; 200]);
        same(&key(public.algorithm()).public_key().encrypt_data(how, b"another's").unwrap());
        for (other, _) in EVERY.into_iter().filter(|(other, _)| *other != how) {
            if other.family() == how.family() {
                same(&public.encrypt_data(other, b"by another").unwrap());
            }
        }
    });
}

#[test]
fn sm2_is_read_in_its_older_form_and_only_with_a_point_of_the_curve() {
    each(|key, how, _| {
        if how != DataEncryption::Sm2 {
            return;
        }
        let der = key.public_key().encrypt_data(how, &[9; 9]).unwrap();
        // Short enough for lengths of one byte.
        let mut rest = &der[2..];
        let mut next = || {
            let (value, more) = rest[2..].split_at(usize::from(rest[1]));
            rest = more;
            let zeros = value.len().saturating_sub(32);
            if value.len() < 34 { value[zeros..].to_vec() } else { value.to_vec() }
        };
        let [x, y, digest, masked] = [next(), next(), next(), next()];
        let padded = |number: &[u8]| [vec![0; 32 - number.len()], number.to_vec()].concat();
        let raw =
            |x: &[u8], y: &[u8]| [&[4], &padded(x)[..], &padded(y), &digest, &masked].concat();
        assert_eq!(key.decrypt_data(how, &raw(&x, &y)).unwrap().as_bytes(), [9; 9]);
        let told = wrong(key.decrypt_data(how, b""));
        for (x, y) in [(&x, &x), (&y, &x), (&vec![0], &vec![0]), (&vec![0xff; 32], &y)] {
            assert_eq!(wrong(key.decrypt_data(how, &raw(x, y))), told);
        }
        assert_eq!(wrong(key.decrypt_data(how, &raw(&x, &y)[..97])), told, "no plaintext");
    });
}

#[test]
fn keys_of_other_families_refuse() {
    for key in families().into_iter().map(key) {
        let family = key.public_key().algorithm().family();
        let others = EVERY.into_iter().filter(|(how, _)| how.family() != family);
        for (how, _) in others {
            let refused = key.public_key().encrypt_data(how, b"data");
            assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
            assert!(matches!(key.decrypt_data(how, b"data"), Err(Error::Unsupported { .. })));
        }
        if family == KeyFamily::Ecc {
            assert_eq!(EVERY.iter().filter(|(how, _)| how.family() == family).count(), 0);
        }
    }
}

#[test]
fn the_same_random_numbers_make_the_same_ciphertext() {
    each(|key, how, _| {
        let encrypt = |seed| {
            let mut random = SeededRng::new(seed);
            key.public_key().encrypt_data_with(how, b"data", &mut random).unwrap()
        };
        assert_eq!(encrypt(1), encrypt(1));
        assert_ne!(encrypt(1), encrypt(2));
    });
}
