//! Keys on curves: scalars in range, points on the curve, and the two that belong together; the forms
//! a public key has in files.

use std::sync::LazyLock;

use certwright::key::{KeyFamily, PublicKey};
use certwright::{KeyAlgorithm, KeyPair, Signer};

use crate::common::is_built;
use crate::key_files::{
    self, BIT_STRING, EC_PUBLIC_KEY, NULL, OCTET_STRING, RSA_ENCRYPTION, SEQUENCE, SM2, bit_string,
    content, curve, hex, integer, malformed, pkcs8, public_key, sec1, seeded, unsupported, value,
    whole,
};

/// A curve that is built in, its order n, and a key on it.
struct Curve {
    algorithm: KeyAlgorithm,
    order: Vec<u8>,
    key: KeyPair,
}

/// SP 800-186 section 3.2.1 and GB/T 32918.5.
static CURVES: LazyLock<Vec<Curve>> = LazyLock::new(|| {
    let p256 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let p384 = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
        581a0db248b0a77aecec196accc52973";
    let p521 = "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa\
        51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";
    let sm2 = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let curves = [
        (KeyAlgorithm::EcdsaP256, p256),
        (KeyAlgorithm::EcdsaP384, p384),
        (KeyAlgorithm::EcdsaP521, p521),
        (KeyAlgorithm::Sm2, sm2),
    ];
    let built = curves.into_iter().filter(|(algorithm, _)| is_built(algorithm.family()));
    built
        .map(|(algorithm, order)| Curve { algorithm, order: hex(order), key: seeded(algorithm, 1) })
        .collect()
});

impl Curve {
    /// The order less a small number.
    fn order_less(&self, small: u8) -> Vec<u8> {
        let mut bytes = self.order.clone();
        *bytes.last_mut().unwrap() -= small;
        bytes
    }

    fn width(&self) -> usize {
        self.order.len()
    }

    fn point(&self) -> &[u8] {
        self.key.public_key().as_bytes()
    }

    /// The scalar of the key.
    fn scalar(&self) -> Vec<u8> {
        let der = self.key.to_pkcs8_der().unwrap();
        let after_version = &content(der.as_bytes())[3..];
        let key = content(&after_version[whole(after_version).len()..]);
        content(&content(key)[3..]).to_vec()
    }

    /// Reads a scalar and a point from both kinds of file, which must agree.
    fn read(&self, scalar: &[u8], point: Option<&[u8]>) -> Result<KeyPair, certwright::Error> {
        let answer = KeyPair::from_sec1_der(&sec1(scalar, Some(self.algorithm), point));
        let other =
            KeyPair::from_pkcs8_der(&pkcs8(&curve(self.algorithm), &sec1(scalar, None, point)));
        match (&answer, &other) {
            (Ok(one), Ok(other)) => assert_eq!(one.public_key(), other.public_key()),
            (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
            (one, other) => panic!("{one:?} and {other:?}"),
        }
        answer
    }
}

#[test]
fn a_scalar_is_read_with_its_point_or_without() {
    for curve in CURVES.iter() {
        let scalar = curve.scalar();
        assert_eq!(scalar.len(), curve.width());
        let compressed = compress(curve.point());
        for point in [None, Some(curve.point()), Some(&compressed)] {
            let key = curve.read(&scalar, point).unwrap();
            assert_eq!(key.public_key(), curve.key.public_key());
            let written = key.to_pkcs8_der().unwrap();
            assert!(written == curve.key.to_pkcs8_der().unwrap());
        }
    }
}

#[test]
fn scalars_end_below_the_order_and_sm2_one_earlier() {
    for curve in CURVES.iter() {
        let sm2 = curve.algorithm.family() == KeyFamily::Sm2;
        let reason =
            if sm2 { "the scalar is not in [1, n-2]" } else { "the scalar is not in [1, n-1]" };
        let refused = |scalar: &[u8]| {
            let answer = malformed(curve.read(scalar, None));
            assert_eq!(answer, (curve.algorithm.to_string(), reason.to_owned()), "{scalar:02x?}");
        };
        let mut one = vec![0; curve.width()];
        refused(&one);
        one[curve.width() - 1] = 1;
        curve.read(&one, None).unwrap();
        curve.read(&curve.order_less(2), None).unwrap();
        match sm2 {
            true => refused(&curve.order_less(1)),
            false => drop(curve.read(&curve.order_less(1), None).unwrap()),
        }
        refused(&curve.order);
        let mut above = curve.order.clone();
        *above.last_mut().unwrap() += 1;
        refused(&above);
        refused(&vec![0xff; curve.width()]);
        refused(&[]);
    }
}

#[test]
fn the_largest_scalars_sign() {
    for curve in CURVES.iter() {
        let key = curve.read(&curve.order_less(2), None).unwrap();
        let signature = key.sign(b"message").unwrap();
        key.public_key().verify(key.algorithm(), b"message", &signature).unwrap();
    }
}

#[test]
fn a_scalar_longer_than_the_order_is_refused() {
    for curve in CURVES.iter() {
        let long = vec![1; curve.width() + 1];
        let problem =
            format!("a number of {} bytes; allowed at most {}", curve.width() + 1, curve.width());
        assert_eq!(malformed(curve.read(&long, None)).1, problem);
        // Zeros in front, as some writers have them, change nothing.
        let padded = [&[0][..], &curve.scalar()].concat();
        assert_eq!(curve.read(&padded, None).unwrap().public_key(), curve.key.public_key());
    }
}

#[test]
fn a_point_that_is_not_the_scalars_is_refused() {
    for curve in CURVES.iter() {
        let one = [vec![0; curve.width() - 1], vec![1]].concat();
        let generator = curve.read(&one, None).unwrap();
        let answer = curve.read(&curve.scalar(), Some(generator.public_key().as_bytes()));
        let problem = "not the public key of this private key";
        assert_eq!(malformed(answer), ("publicKey".to_owned(), problem.to_owned()));
        // The negative of the right point.
        let mut negative = compress(curve.point());
        negative[0] ^= 1;
        assert_eq!(malformed(curve.read(&curve.scalar(), Some(&negative))).1, problem);
    }
}

#[test]
fn the_public_key_of_rfc_5958_is_checked_as_well() {
    for curve in CURVES.iter() {
        let version_2 = |point: &[u8]| {
            let key = value(OCTET_STRING, &[&sec1(&curve.scalar(), None, None)]);
            let point = value(0x81, &[&[0], point]);
            let algorithm = key_files::curve(curve.algorithm);
            let der = value(SEQUENCE, &[&integer(&[1]), &algorithm, &key, &point]);
            KeyPair::from_pkcs8_der(&der)
        };
        assert_eq!(version_2(curve.point()).unwrap().public_key(), curve.key.public_key());
        let mut negative = compress(curve.point());
        negative[0] ^= 1;
        let problem = "not the public key of this private key";
        assert_eq!(malformed(version_2(&negative)).1, problem);
    }
}

#[test]
fn a_key_file_that_names_two_curves_or_none_is_refused() {
    for pair in CURVES.windows(2) {
        let (one, other) = (&pair[0], &pair[1]);
        let der = pkcs8(&curve(one.algorithm), &sec1(&one.scalar(), Some(other.algorithm), None));
        let problem = format!("{}, while the algorithm says {}", other.algorithm, one.algorithm);
        assert_eq!(malformed(KeyPair::from_pkcs8_der(&der)), ("parameters".to_owned(), problem));
        let der = sec1(&one.scalar(), None, None);
        assert_eq!(malformed(KeyPair::from_sec1_der(&der)).1, "no curve is named");
    }
}

#[test]
fn a_point_off_the_curve_is_no_key() {
    for curve in CURVES.iter() {
        let read = |point: &[u8]| {
            PublicKey::from_der(&public_key(&key_files::curve(curve.algorithm), point))
        };
        let good = curve.point();
        assert_eq!(&read(good).unwrap(), curve.key.public_key());
        assert_eq!(read(good).unwrap().weaknesses(), [""; 0]);
        let flipped = |position: usize| {
            let mut point = good.to_vec();
            point[position] ^= 1;
            point
        };
        let zero = [&[4][..], &vec![0; 2 * curve.width()]].concat();
        // 06 or 07 before both coordinates: RFC 5480 section 2.2 leaves this form out.
        let hybrid = [&[6 | (good[good.len() - 1] & 1)], &good[1..]].concat();
        let beyond_the_field = [&[4][..], &vec![0xff; 2 * curve.width()]].concat();
        for point in [
            flipped(good.len() - 1),
            flipped(curve.width()),
            zero,
            beyond_the_field,
            vec![0],
            vec![],
            good[..good.len() - 1].to_vec(),
            [good, &[0]].concat(),
            flipped(0),
            hybrid,
        ] {
            let (place, problem) = malformed(read(&point));
            assert_eq!(place, curve.algorithm.to_string(), "{point:02x?}");
            assert!(problem.starts_with("not a point on the curve"), "{point:02x?}: {problem}");
            assert!(curve.read(&curve.scalar(), Some(&point)).is_err(), "{point:02x?}");
        }
    }
}

#[test]
fn compressed_points_are_read_and_written_uncompressed() {
    for curve in CURVES.iter() {
        let algorithm = key_files::curve(curve.algorithm);
        let key = PublicKey::from_der(&public_key(&algorithm, &compress(curve.point()))).unwrap();
        assert_eq!(&key, curve.key.public_key());
        assert_eq!(key.to_der(), public_key(&algorithm, curve.point()));
        let mut negative = compress(curve.point());
        negative[0] ^= 1;
        let other = PublicKey::from_der(&public_key(&algorithm, &negative)).unwrap();
        assert_eq!(other.as_bytes()[1..=curve.width()], key.as_bytes()[1..=curve.width()]);
        assert_ne!(other, key);
    }
}

#[test]
fn the_sm2_curve_is_read_where_the_algorithm_belongs() {
    for curve in CURVES.iter().filter(|curve| curve.algorithm == KeyAlgorithm::Sm2) {
        let sm2 = hex(SM2);
        for algorithm in [
            value(SEQUENCE, &[&sm2]),
            value(SEQUENCE, &[&sm2, NULL]),
            value(SEQUENCE, &[&sm2, &sm2]),
        ] {
            let key = PublicKey::from_der(&public_key(&algorithm, curve.point())).unwrap();
            assert_eq!(&key, curve.key.public_key());
            // Written in the one form: id-ecPublicKey with the curve as its parameter.
            assert_eq!(key.to_der(), curve.key.public_key().to_der());
            let private = pkcs8(&algorithm, &sec1(&curve.scalar(), None, Some(curve.point())));
            let private = KeyPair::from_pkcs8_der(&private).unwrap();
            assert_eq!(private.public_key(), curve.key.public_key());
        }
        let other = value(SEQUENCE, &[&sm2, &hex(key_files::P256)]);
        let answer = PublicKey::from_der(&public_key(&other, curve.point()));
        assert!(answer.is_err(), "the parameters name another curve");
    }
}

#[test]
fn other_curves_and_algorithms_are_unsupported_by_name() {
    let point = [&[4][..], &[1; 64]].concat();
    let with = |algorithm: &[&[u8]]| {
        unsupported(PublicKey::from_der(&public_key(&value(SEQUENCE, algorithm), &point)))
    };
    let ec = hex(EC_PUBLIC_KEY);
    let curves = "P-256, P-384, P-521, sm2p256v1";
    let (what, given, allowed) = with(&[&ec, &hex("06052b8104000a")]);
    assert_eq!(
        (what, given.as_str(), allowed.as_str()),
        ("curve", "secp256k1 (1.3.132.0.10)", curves)
    );
    let (what, given, allowed) = with(&[&ec, &value(SEQUENCE, &[&integer(&[1])])]);
    assert_eq!((what, given.as_str()), ("curve parameters", "a curve that is not named"));
    assert_eq!(allowed, curves);
    let (what, given, _) = with(&[&hex("06032b6570")]);
    assert_eq!((what, given.as_str()), ("public key algorithm", "Ed25519 (1.3.101.112)"));
    let (what, given, _) = with(&[&hex("06092a864886f70d01010a")]);
    assert_eq!(
        (what, given.as_str()),
        ("public key algorithm", "RSASSA-PSS (1.2.840.113549.1.1.10)"),
        "PSS"
    );
}

#[test]
fn a_public_key_is_read_to_its_last_byte_and_strictly() {
    for curve in CURVES.iter() {
        let good = curve.key.public_key().to_der();
        assert_eq!(&PublicKey::from_der(&good).unwrap(), curve.key.public_key());
        let tail = [&good[..], &[0]].concat();
        assert_eq!(malformed(PublicKey::from_der(&tail)).1, "1 byte too many");
        for length in 0..good.len() {
            malformed(PublicKey::from_der(&good[..length]));
        }
        let unused_bits = value(BIT_STRING, &[&[1], curve.point()]);
        let der = value(SEQUENCE, &[&key_files::curve(curve.algorithm), &unused_bits]);
        assert_eq!(malformed(PublicKey::from_der(&der)).1, "a BIT STRING not of whole bytes");
    }
    let algorithm = value(SEQUENCE, &[&hex(RSA_ENCRYPTION), &bit_string(&[])]);
    malformed(PublicKey::from_der(&public_key(&algorithm, &[])));
}

/// The compressed SEC 1 form of an uncompressed point.
fn compress(point: &[u8]) -> Vec<u8> {
    let (x, y) = point[1..].split_at(point.len() / 2);
    [&[2 + (y[y.len() - 1] & 1)], x].concat()
}
