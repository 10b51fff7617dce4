//! The one envelope of everything that is signed: SEQUENCE { to be signed, algorithm, signature }.

use std::ops::Range;

use super::algorithm::{encode_signature_algorithm, read_signature_identifier};
use super::tlv::{SEQUENCE, Values, encode, encode_bit_string, header};
use crate::algorithm::{SignatureAlgorithm, SignatureIdentifier};
use crate::error::Error;

/// Where a part stands in the bytes that it was split from.
pub(crate) fn range_within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}

/// A signed object, split.
#[derive(Clone)]
pub(crate) struct Envelope<'a> {
    /// The bytes that were signed.
    pub(crate) to_be_signed: &'a [u8],
    pub(crate) algorithm: SignatureIdentifier,
    /// The AlgorithmIdentifier as it was written: the one inside must be the same.
    pub(crate) algorithm_bytes: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl Envelope<'_> {
    /// Holds the algorithm that the signed part names against the one beside the signature: where they
    /// differ, nothing can be verified (RFC 5280 sections 4.1.1.2 and 5.1.1.2).
    pub(crate) fn compare(self, what: &'static str, inside: &[u8]) -> SignatureIdentifier {
        if inside == self.algorithm_bytes {
            return self.algorithm;
        }
        let problem =
            "not the same bytes as signatureAlgorithm (RFC 5280 sections 4.1.1.2, 5.1.1.2)";
        self.algorithm.refused(Error::malformed(what, "signature", problem))
    }
}

pub(crate) fn assemble(
    to_be_signed: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> Vec<u8> {
    let algorithm = encode_signature_algorithm(algorithm);
    encode(SEQUENCE, &[to_be_signed, &algorithm, &encode_bit_string(signature)])
}

/// To-be-signed bytes in an envelope whose signature is empty, with the AlgorithmIdentifier that they name.
pub(crate) fn unsigned(to_be_signed: &[u8], algorithm: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[to_be_signed, algorithm, &encode_bit_string(&[])])
}

/// What stands before and after to-be-signed bytes of this length.
pub(crate) fn around(
    length: usize,
    algorithm: SignatureAlgorithm,
    signature: &[u8],
) -> (Vec<u8>, Vec<u8>) {
    let tail = [encode_signature_algorithm(algorithm), encode_bit_string(signature)].concat();
    (header(SEQUENCE, length + tail.len()), tail)
}

/// Splits an object of at most `limit` bytes.
pub(crate) fn split<'a>(
    limit: usize,
    what: &'static str,
    der: &'a [u8],
) -> Result<Envelope<'a>, Error> {
    let mut values = Values::within(limit, what, der)?.only(SEQUENCE, "outermost value")?;
    let to_be_signed = values.whole("to-be-signed part")?;
    let algorithm_bytes = values.whole("signatureAlgorithm")?;
    let algorithm =
        read_signature_identifier(&mut Values::new(what, algorithm_bytes)?, "signatureAlgorithm")?;
    let signature = values.bit_string("signature")?;
    values.finish("after the signature")?;
    Ok(Envelope { to_be_signed, algorithm, algorithm_bytes, signature })
}
