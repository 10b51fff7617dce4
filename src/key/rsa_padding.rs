//! What RSA raises for PSS, and what of OAEP it finds (RFC 8017 sections 9.1.1 and 7.1.2).

use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

/// EMSA-PSS with SHA-256 of a digest and a salt of 32 bytes each, for a modulus of `length` whole bytes whose first bit
/// is set; `None` where that is too short.
pub(super) fn pss_encoded(digest: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let hash = Sha256::new().chain_update([0; 8]).chain_update(digest).chain_update(salt);
    let hash: [u8; 32] = hash.finalize().into();
    let zeros = length.checked_sub(hash.len() + salt.len() + 2)?;
    let mut encoded = vec![0; zeros];
    encoded.push(1);
    encoded.extend_from_slice(salt);
    mask::<Sha256>(&hash, &mut encoded);
    // One bit fewer than the modulus has.
    encoded.iter_mut().take(1).for_each(|first| *first &= 0x7f);
    encoded.extend_from_slice(&hash);
    encoded.push(0xbc);
    Some(encoded)
}

/// The plaintext of EME-OAEP without a label, of as many bytes as the modulus has; `None` for whatever is wrong. What is
/// wrong decides no branch, and no address but those of a plaintext that is right.
pub(super) fn oaep_decoded<D: Digest>(
    mut encoded: Zeroizing<Vec<u8>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let label = D::digest([]);
    let (first, rest) = encoded.split_first_mut()?;
    let (seed, data) = rest.split_at_mut_checked(label.len())?;
    mask::<D>(data, seed);
    mask::<D>(seed, data);
    let (found, padded) = data.split_at_checked(label.len())?;
    let mut is_right = first.ct_eq(&0) & found.ct_eq(&label);
    let (mut is_padding, mut end) = (Choice::from(1), 0);
    for (at, byte) in (1_u32..).zip(padded) {
        let is_one = byte.ct_eq(&1);
        is_right &= !is_padding | is_one | byte.ct_eq(&0);
        end.conditional_assign(&at, is_padding & is_one);
        is_padding &= !is_one;
    }
    is_right &= !is_padding;
    if !bool::from(is_right) {
        return None;
    }
    padded.get(end as usize..).map(|plaintext| Zeroizing::new(plaintext.to_vec()))
}

/// MGF1 (appendix B.2.1), added to data modulo 2.
fn mask<D: Digest>(seed: &[u8], data: &mut [u8]) {
    let size = <D as Digest>::output_size();
    for (counter, block) in (0_u32..).zip(data.chunks_mut(size)) {
        let stream = D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        block.iter_mut().zip(stream).for_each(|(byte, mask)| *byte ^= mask);
    }
}

#[cfg(test)]
mod tests {
    use sha1::Sha1;

    use super::*;

    /// EME-OAEP of a plaintext (section 7.1.1).
    fn oaep_encoded<D: Digest>(plaintext: &[u8], length: usize) -> Vec<u8> {
        let label = D::digest([]);
        let mut seed = vec![0x5a; label.len()];
        let mut data = label.to_vec();
        data.resize(length - label.len() - 2 - plaintext.len(), 0);
        data.push(1);
        data.extend_from_slice(plaintext);
        mask::<D>(&seed, &mut data);
        mask::<D>(&data, &mut seed);
        [&[0][..], &seed, &data].concat()
    }

    fn decoded<D: Digest>(encoded: &[u8]) -> Option<Vec<u8>> {
        oaep_decoded::<D>(Zeroizing::new(encoded.to_vec())).map(|plaintext| plaintext.to_vec())
    }

    fn every_plaintext<D: Digest>(length: usize) {
        let most = length - 2 * <D as Digest>::output_size() - 2;
        for bytes in [0, 1, 2, most - 1, most] {
            for value in [0, 1, 2, 0xff] {
                let plaintext = vec![value; bytes];
                let encoded = oaep_encoded::<D>(&plaintext, length);
                assert_eq!(decoded::<D>(&encoded), Some(plaintext));
                let first = [&[1], &encoded[1..]].concat();
                assert_eq!(decoded::<D>(&first), None, "the first byte");
            }
        }
        for at in 0..length {
            let mut broken = oaep_encoded::<D>(b"plaintext", length);
            broken[at] ^= 0x80;
            // The mask of the seed is that of all data, so that nothing is left of the label.
            assert_eq!(decoded::<D>(&broken), None, "{at}");
        }
        for short in [0, 1, 20, 33, 65] {
            assert_eq!(decoded::<D>(&vec![0; short]), None, "{short}");
        }
    }

    #[test]
    fn oaep_is_decoded_and_nothing_else_is() {
        every_plaintext::<Sha1>(128);
        every_plaintext::<Sha256>(256);
    }

    #[test]
    fn padding_that_never_ends_or_has_others_is_none() {
        let length = 128;
        let encoded = |data: &[u8]| {
            let mut seed = [7; 20];
            let mut data = data.to_vec();
            mask::<Sha1>(&seed, &mut data);
            mask::<Sha1>(&data, &mut seed);
            [&[0][..], &seed, &data].concat()
        };
        let label = Sha1::digest([]);
        for (padding, is_right) in
            [(&[0, 0, 0][..], false), (&[0, 2, 1], false), (&[1, 2, 0], true), (&[2], false)]
        {
            let mut data = [&label[..], padding].concat();
            data.resize(length - 21, 0);
            assert_eq!(decoded::<Sha1>(&encoded(&data)).is_some(), is_right, "{padding:?}");
        }
    }

    #[test]
    fn pss_needs_room_for_its_digest_and_salt() {
        assert!(pss_encoded(&[1; 32], &[2; 32], 65).is_none());
        let encoded = pss_encoded(&[1; 32], &[2; 32], 66).unwrap();
        assert_eq!((encoded.len(), encoded[65], encoded[0] & 0x80), (66, 0xbc, 0));
    }
}
