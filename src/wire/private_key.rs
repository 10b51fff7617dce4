//! Private keys: PKCS #8 (RFC 5958), SEC 1 (RFC 5915), PKCS #1 (RFC 8017 appendix A.1.2).

use zeroize::Zeroizing;

use super::public_key::{KeyKind, encode_key_algorithm, read_curve, read_key_algorithm};
use super::tlv::{
    OCTET_STRING, SEQUENCE, Values, context, encode, encode_bit_string, encode_unsigned,
};
use crate::algorithm::KeyAlgorithm;
use crate::error::Error;

const WHAT: &str = "private key";

/// What a private key's encoding holds, before the numbers are checked. It borrows: no copy of the
/// secret is made.
pub(crate) enum PrivateKeyParts<'a> {
    /// A scalar of a curve, and the public point where it is there.
    Scalar {
        algorithm: KeyAlgorithm,
        scalar: &'a [u8],
        point: Option<&'a [u8]>,
    },
    Rsa(RsaParts<'a>),
}

/// The numbers of an RSA key, big-endian. The CRT values are recomputed, not read.
#[derive(Clone, Copy)]
pub(crate) struct RsaParts<'a> {
    pub(crate) modulus: &'a [u8],
    pub(crate) public_exponent: &'a [u8],
    pub(crate) private_exponent: &'a [u8],
    pub(crate) prime1: &'a [u8],
    pub(crate) prime2: &'a [u8],
    pub(crate) crt: [&'a [u8]; 3],
}

/// Reads PrivateKeyInfo or OneAsymmetricKey, whose public key comes second.
pub(crate) fn split_pkcs8(der: &[u8]) -> Result<(PrivateKeyParts<'_>, Option<&[u8]>), Error> {
    let mut values = Values::inside(WHAT, "outermost value", SEQUENCE, der)?;
    let version = values.unsigned("version")?;
    if !matches!(version, [] | [1]) {
        return Err(Error::malformed(WHAT, "version", "neither v1 (0) nor v2 (1)"));
    }
    let kind = read_key_algorithm(&mut values, "privateKeyAlgorithm")?;
    let key = values.content(OCTET_STRING, "privateKey")?;
    // Attributes are of no use here.
    values.optional(context(0), "attributes")?;
    // IMPLICIT BIT STRING.
    let public = match values.optional(0x81, "publicKey")? {
        Some([0, public @ ..]) => Some(public),
        Some(_) => {
            let problem = "a BIT STRING not of whole bytes";
            return Err(Error::malformed(WHAT, "publicKey", problem));
        }
        None => None,
    };
    values.finish("after the private key")?;
    let parts = match kind {
        KeyKind::Rsa => split_pkcs1(key)?,
        KeyKind::Curve(algorithm) => split_sec1_on(key, Some(algorithm))?,
    };
    Ok((parts, public))
}

/// Reads ECPrivateKey with its curve inside.
pub(crate) fn split_sec1(der: &[u8]) -> Result<PrivateKeyParts<'_>, Error> {
    split_sec1_on(der, None)
}

/// Reads RSAPrivateKey of two primes.
pub(crate) fn split_pkcs1(der: &[u8]) -> Result<PrivateKeyParts<'_>, Error> {
    let mut values = Values::inside(WHAT, "outermost value", SEQUENCE, der)?;
    if !values.unsigned("version")?.is_empty() {
        return Err(Error::unsupported("RSA private key", "more than two primes", "two primes"));
    }
    let parts = RsaParts {
        modulus: values.unsigned("modulus")?,
        public_exponent: values.unsigned("publicExponent")?,
        private_exponent: values.unsigned("privateExponent")?,
        prime1: values.unsigned("prime1")?,
        prime2: values.unsigned("prime2")?,
        crt: [
            values.unsigned("exponent1")?,
            values.unsigned("exponent2")?,
            values.unsigned("coefficient")?,
        ],
    };
    values.finish("after coefficient")?;
    Ok(PrivateKeyParts::Rsa(parts))
}

fn split_sec1_on(der: &[u8], outer: Option<KeyAlgorithm>) -> Result<PrivateKeyParts<'_>, Error> {
    let mut values = Values::inside(WHAT, "outermost value", SEQUENCE, der)?;
    if values.unsigned("version")? != [1] {
        return Err(Error::malformed(WHAT, "version", "not ecPrivkeyVer1 (1)"));
    }
    let scalar = values.content(OCTET_STRING, "privateKey")?;
    let inner = match values.optional(context(0), "parameters")? {
        Some(content) => {
            let mut inside = Values::new(WHAT, content)?;
            let curve = read_curve(&mut inside, "parameters")?;
            inside.finish("parameters")?;
            Some(curve)
        }
        None => None,
    };
    let point = match values.optional(context(1), "publicKey")? {
        Some(content) => {
            let mut inside = Values::new(WHAT, content)?;
            let point = inside.bit_string("publicKey")?;
            inside.finish("publicKey")?;
            Some(point)
        }
        None => None,
    };
    values.finish("after the public key")?;
    let algorithm = match (outer, inner) {
        (Some(outer), Some(inner)) if outer != inner => {
            let problem = format!("{inner}, while the algorithm says {outer}");
            return Err(Error::malformed(WHAT, "parameters", problem));
        }
        (Some(algorithm), _) | (None, Some(algorithm)) => algorithm,
        (None, None) => return Err(Error::malformed(WHAT, "parameters", "no curve is named")),
    };
    Ok(PrivateKeyParts::Scalar { algorithm, scalar, point })
}

/// PrivateKeyInfo of a curve's key, with the public point (as OpenSSL writes it).
pub(crate) fn encode_scalar(
    algorithm: KeyAlgorithm,
    scalar: &[u8],
    point: &[u8],
) -> Zeroizing<Vec<u8>> {
    let scalar = Zeroizing::new(encode(OCTET_STRING, &[scalar]));
    let point = encode(context(1), &[&encode_bit_string(point)]);
    let key = Zeroizing::new(encode(SEQUENCE, &[&encode_unsigned(&[1]), &scalar, &point]));
    encode_pkcs8(algorithm, &key)
}

/// PrivateKeyInfo of an RSA key.
#[cfg(feature = "rsa")]
pub(crate) fn encode_rsa_private(
    algorithm: KeyAlgorithm,
    parts: RsaParts<'_>,
) -> Zeroizing<Vec<u8>> {
    let RsaParts { modulus, public_exponent, private_exponent, prime1, prime2, crt } = parts;
    let [exponent1, exponent2, coefficient] = crt;
    let numbers: Vec<Zeroizing<Vec<u8>>> = [
        modulus,
        public_exponent,
        private_exponent,
        prime1,
        prime2,
        exponent1,
        exponent2,
        coefficient,
    ]
    .iter()
    .map(|number| Zeroizing::new(encode_unsigned(number)))
    .collect();
    let version = encode_unsigned(&[0]);
    let mut content: Vec<&[u8]> = vec![&version];
    content.extend(numbers.iter().map(|number| number.as_slice()));
    let key = Zeroizing::new(encode(SEQUENCE, &content));
    encode_pkcs8(algorithm, &key)
}

fn encode_pkcs8(algorithm: KeyAlgorithm, key: &[u8]) -> Zeroizing<Vec<u8>> {
    let key = Zeroizing::new(encode(OCTET_STRING, &[key]));
    let version = encode_unsigned(&[0]);
    Zeroizing::new(encode(SEQUENCE, &[&version, &encode_key_algorithm(algorithm), &key]))
}

/// The two parts of an EncryptedPrivateKeyInfo: the whole AlgorithmIdentifier and the ciphertext.
pub(crate) fn split_encrypted(der: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let what = "encrypted private key";
    let mut values = Values::inside(what, "outermost value", SEQUENCE, der)?;
    let algorithm = values.whole("encryptionAlgorithm")?;
    // SEC 1 has a number here.
    Values::inside(what, "encryptionAlgorithm", SEQUENCE, algorithm)?;
    let ciphertext = values.content(OCTET_STRING, "encryptedData")?;
    values.finish("after encryptedData")?;
    Ok((algorithm, ciphertext))
}

pub(crate) fn encode_encrypted(algorithm: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[algorithm, &encode(OCTET_STRING, &[ciphertext])])
}
