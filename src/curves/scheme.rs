//! The signatures: ECDSA (FIPS 186-5 section 6.4) and SM2 (GB/T 32918.2 sections 6 and 7), from the
//! digest of the message on.

use zeroize::Zeroizing;

use super::carry::{from_bytes, read_bytes};
use super::curve::{Curve, Scheme, width};
use super::double::{double_multiply_public, has_x_public};
#[cfg(test)]
use super::faults::{Fault, disturb};
use super::inverse::{invert, invert_public, invert_two};
use super::modulus::Residue;
use super::point::{Affine, Jacobian};
use super::tables::{Comb, Multiples};

/// r and s, below the order, of one length.
pub(crate) struct Signature {
    pub(crate) r: Vec<u8>,
    pub(crate) s: Vec<u8>,
}

/// The same as numbers, neither of them zero.
pub(super) struct Numbers<C: Curve<N>, const N: usize> {
    pub(super) r: Residue<C::Order, N>,
    pub(super) s: Residue<C::Order, N>,
}

impl<C: Curve<N>, const N: usize> Numbers<C, N> {
    /// `None` where one is zero or not below the order.
    pub(super) fn from_bytes(r: &[u8], s: &[u8]) -> Option<Self> {
        let (r, s) = (Residue::from_bytes(r)?, Residue::from_bytes(s)?);
        let is_one_zero = r.is_zero_public() || s.is_zero_public();
        (!is_one_zero).then_some(Self { r, s })
    }

    pub(super) fn to_signature(&self) -> Signature {
        let bytes = |number: Residue<C::Order, N>| {
            let mut bytes = vec![0; width::<C, N>()];
            number.to_bytes(&mut bytes);
            bytes
        };
        Signature { r: bytes(self.r), s: bytes(self.s) }
    }
}

/// A private scalar and what depends on it alone.
pub(super) struct Scalar<C: Curve<N>, const N: usize> {
    pub(super) d: Zeroizing<Residue<C::Order, N>>,
    /// 1/(1 + d) of SM2.
    pub(super) inverse: Zeroizing<Residue<C::Order, N>>,
    #[cfg(test)]
    pub(super) fault: Option<Fault>,
}

impl<C: Curve<N>, const N: usize> Scalar<C, N> {
    /// From big-endian bytes: from 1 to n − 1, with SM2 to n − 2.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let d = Zeroizing::new(Residue::<C::Order, N>::from_bytes(bytes)?);
        let mut inverse = Zeroizing::new(Residue::ZERO);
        if C::SCHEME == Scheme::Sm2 {
            let plus_one = Zeroizing::new(d.add(&Residue::ONE));
            *inverse = invert(&plus_one);
        }
        Self::new(d, inverse)
    }

    /// With 1/(1 + d) for SM2, which is 0 where there is none.
    pub(super) fn new(
        d: Zeroizing<Residue<C::Order, N>>,
        inverse: Zeroizing<Residue<C::Order, N>>,
    ) -> Option<Self> {
        let mut is_out = d.is_zero();
        if C::SCHEME == Scheme::Sm2 {
            is_out |= inverse.is_zero();
        }
        (is_out == 0).then_some(Self {
            d,
            inverse,
            #[cfg(test)]
            fault: None,
        })
    }

    /// Signs with a nonce, which is reduced modulo n, and a table of G. `None` where the standards
    /// say to draw another, and where the sum met an exception.
    pub(super) fn sign(
        &self,
        comb: &Comb<C, N>,
        digest: &[u8],
        nonce: &[u8],
    ) -> Option<Numbers<C, N>> {
        let mut k = nonce_number::<C, N>(nonce);
        let (point, _) = comb.multiply(&k);
        self.disturb_nonce(&mut k);
        let (of_z, of_k) = match C::SCHEME {
            Scheme::Ecdsa => {
                let (of_z, of_k) = invert_two(&point.z, &k);
                (Zeroizing::new(of_z), Zeroizing::new(of_k))
            }
            Scheme::Sm2 => (Zeroizing::new(invert(&point.z)), Zeroizing::new(Residue::ZERO)),
        };
        self.finish(digest, &k, &point, &of_z, &of_k)
    }

    /// The signature with the nonce k and its point, whose sign does not matter; with 1/Z, and for ECDSA
    /// 1/k.
    #[inline(never)]
    pub(super) fn finish(
        &self,
        digest: &[u8],
        k: &Residue<C::Order, N>,
        point: &Jacobian<C::Field, N>,
        of_z: &Residue<C::Field, N>,
        of_k: &Residue<C::Order, N>,
    ) -> Option<Numbers<C, N>> {
        let e = digest_number::<C, N>(digest);
        let (r, s) = match C::SCHEME {
            Scheme::Ecdsa => {
                let r = x_of::<C, N>(point, of_z);
                (r, of_k.multiply(&e.add(&self.times(&r))))
            }
            Scheme::Sm2 => {
                let r = e.add(&x_of::<C, N>(point, of_z));
                let s = self.inverse.multiply(&k.subtract(&self.times(&r)));
                // r + k = 0 would show k.
                let shown = r.add(k).is_zero();
                (r, Residue::from_words_in_form(super::carry::masked(s.words_in_form(), !shown)))
            }
        };
        let again = k.is_zero() | point.z.is_zero() | r.is_zero() | s.is_zero();
        (again == 0).then_some(Numbers { r, s })
    }

    #[inline(always)]
    pub(super) fn disturb_nonce(&self, k: &mut Residue<C::Order, N>) {
        #[cfg(test)]
        disturb(self.fault, Fault::Nonce, k);
        let _ = k;
    }
}

/// A nonce modulo n.
pub(super) fn nonce_number<C: Curve<N>, const N: usize>(
    nonce: &[u8],
) -> Zeroizing<Residue<C::Order, N>> {
    let (mut low, mut high) = (Zeroizing::new([0; N]), Zeroizing::new([0; N]));
    read_bytes(nonce, &mut low);
    let above = nonce.len().saturating_sub(8 * N);
    read_bytes(nonce.get(..above).unwrap_or_default(), &mut high);
    Zeroizing::new(Residue::reduce_wide(&low, &high))
}

impl<C: Curve<N>, const N: usize> Scalar<C, N> {
    /// r·d.
    #[inline(always)]
    fn times(&self, r: &Residue<C::Order, N>) -> Residue<C::Order, N> {
        #[cfg_attr(not(test), allow(unused_mut))]
        let mut product = r.multiply(&self.d);
        #[cfg(test)]
        disturb(self.fault, Fault::Product, &mut product);
        product
    }
}

/// x modulo n, with 1/Z: of which Z tells of the nonce, by how the sum was made.
fn x_of<C: Curve<N>, const N: usize>(
    point: &Jacobian<C::Field, N>,
    inverse: &Residue<C::Field, N>,
) -> Residue<C::Order, N> {
    Residue::reduce(&point.x.multiply(&inverse.square()).to_words())
}

/// The digest as a number modulo n: of a digest that is longer than n, the leftmost bits (FIPS 186-5
/// section 6.4.1; all orders that are shorter than a digest have whole bytes).
fn digest_number<C: Curve<N>, const N: usize>(digest: &[u8]) -> Residue<C::Order, N> {
    let length = digest.len().min(width::<C, N>());
    Residue::reduce(&from_bytes(digest.get(..length).unwrap_or_default()))
}

/// What a signature says of its digest: that x of a·G + b·Q is this number.
pub(super) struct Claim<C: Curve<N>, const N: usize> {
    pub(super) of_generator: Residue<C::Order, N>,
    pub(super) of_key: Residue<C::Order, N>,
    pub(super) x: Residue<C::Order, N>,
}

impl<C: Curve<N>, const N: usize> Claim<C, N> {
    /// With 1/s for ECDSA. `None` where it cannot be right.
    pub(super) fn new_public(
        digest: &[u8],
        Numbers { r, s }: &Numbers<C, N>,
        inverse: &Residue<C::Order, N>,
    ) -> Option<Self> {
        let e = digest_number::<C, N>(digest);
        let (of_generator, of_key, x) = match C::SCHEME {
            Scheme::Ecdsa => (e.multiply(inverse), r.multiply(inverse), *r),
            Scheme::Sm2 => (*s, r.add(s), r.subtract(&e)),
        };
        (!of_key.is_zero_public()).then_some(Self { of_generator, of_key, x })
    }
}

/// Whether a signature of the digest is one of the key Q, whose multiples there may be a table of.
pub(super) fn verify_public<C: Curve<N>, const N: usize>(
    q: &Affine<C::Field, N>,
    table: Option<&Multiples<C, N>>,
    digest: &[u8],
    numbers: &Numbers<C, N>,
) -> bool {
    let inverse = match C::SCHEME {
        Scheme::Ecdsa => invert_public(&numbers.s),
        Scheme::Sm2 => Residue::ZERO,
    };
    let Some(claim) = Claim::new_public(digest, numbers, &inverse) else {
        return false;
    };
    let (of_g, of_q) = (claim.of_generator.to_words(), claim.of_key.to_words());
    let sum = match table {
        Some(table) => {
            let sum = table.add_multiple_public(Jacobian::INFINITY, &of_q);
            Multiples::<C, N>::of_generator().add_multiple_public(sum, &of_g)
        }
        None => double_multiply_public::<C, N>(&of_g, &of_q, q),
    };
    has_x_public::<C, N>(&sum, &claim.x)
}
