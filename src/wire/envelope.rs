//! The one envelope of everything that is signed: SEQUENCE { to be signed, algorithm, signature }.

use super::algorithm::{encode_signature_algorithm, read_signature_algorithm};
use super::tlv::{SEQUENCE, Values, encode, encode_bit_string, header};
use crate::algorithm::SignatureAlgorithm;
use crate::error::Error;

/// A signed object, split.
pub(crate) struct Envelope<'a> {
    /// The octets that were signed.
    pub(crate) to_be_signed: &'a [u8],
    pub(crate) algorithm: SignatureAlgorithm,
    /// The AlgorithmIdentifier as it was written: the one inside must be the same.
    pub(crate) algorithm_octets: &'a [u8],
    pub(crate) signature: &'a [u8],
}

pub(crate) fn assemble(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> Vec<u8> {
    let algorithm = encode_signature_algorithm(algorithm);
    encode(SEQUENCE, &[to_be_signed, &algorithm, &encode_bit_string(signature)])
}

/// What stands before and after to-be-signed octets of this length.
pub(crate) fn around(
    length: usize,
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> (Vec<u8>, Vec<u8>) {
    let tail = [encode_signature_algorithm(algorithm), encode_bit_string(signature)].concat();
    (header(SEQUENCE, length + tail.len()), tail)
}

/// Splits an object of at most `limit` octets.
pub(crate) fn split<'a>(
    limit: usize,
    what: &'static str,
    der: &'a [u8],
) -> Result<Envelope<'a>, Error> {
    let mut values = Values::within(limit, what, der)?.only(SEQUENCE, "outermost value")?;
    let to_be_signed = values.whole("to-be-signed part")?;
    let algorithm_octets = values.whole("signatureAlgorithm")?;
    let algorithm =
        read_signature_algorithm(&mut Values::new(what, algorithm_octets)?, "signatureAlgorithm")?;
    let signature = values.bit_string("signature")?;
    values.finish("after the signature")?;
    Ok(Envelope { to_be_signed, algorithm, algorithm_octets, signature })
}
