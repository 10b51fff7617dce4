//! Chains out of certificates in any order.

use certwright::key::Sm2Id;
use certwright::{Certificate, Chain, Error};

use super::super::arithmetic;

/// Certificates of one chain at most, as the engine has it.
const CERTIFICATES: usize = 10;

/// Ways up that are tried: more than any hierarchy with cross certificates has.
const CHAINS: usize = 64;

/// What a chain can be made of, above its leaf.
pub struct Order<'a> {
    pub rest: &'a [Certificate],
    pub anchors: &'a [Certificate],
    pub sm2_id: &'a Sm2Id,
}

impl Order<'_> {
    /// Every way up from a leaf, as far as it goes: to a trust anchor, or until nothing fits.
    pub fn chains(&self, leaf: &Certificate) -> Result<Vec<Chain>, Error> {
        let mut ways = Vec::new();
        self.climb(&mut vec![leaf], &mut ways);
        let chain = |way: &Vec<&Certificate>| {
            let above = way.iter().skip(1).map(|certificate| (*certificate).clone());
            Chain::new(leaf.clone(), above.collect())
        };
        ways.iter().map(chain).collect()
    }

    fn climb<'c>(&'c self, way: &mut Vec<&'c Certificate>, ways: &mut Vec<Vec<&'c Certificate>>) {
        let above = match way.last() {
            Some(last) if way.len() < CERTIFICATES && !self.anchors.contains(last) => {
                self.issuers(last, way)
            }
            _ => Vec::new(),
        };
        if above.is_empty() && ways.len() < CHAINS {
            ways.push(way.clone());
        }
        for issuer in above {
            if ways.len() == CHAINS {
                return;
            }
            way.push(issuer);
            self.climb(way, ways);
            way.pop();
        }
    }

    /// The certificates whose subject issued this one, by name, and which made the signature. Where
    /// none did, the one whose key identifier fits best, for the failure to be about it.
    fn issuers<'c>(
        &'c self,
        certificate: &Certificate,
        below: &[&Certificate],
    ) -> Vec<&'c Certificate> {
        // Above a root there is nothing.
        if certificate.is_self_issued() && self.is_signed(certificate, certificate) {
            return Vec::new();
        }
        let named: Vec<&Certificate> = self
            .rest
            .iter()
            .filter(|other| other.subject().matches(certificate.issuer()) && !below.contains(other))
            .collect();
        let signers: Vec<&Certificate> =
            named.iter().copied().filter(|other| self.is_signed(certificate, other)).collect();
        if !signers.is_empty() {
            return signers;
        }
        let identifier = certificate.authority_key_identifier();
        let fits = |other: &&&Certificate| other.subject_key_identifier() == identifier;
        named.iter().find(fits).or(named.first()).copied().into_iter().collect()
    }

    fn is_signed(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let key = issuer.public_key().map(|key| {
            let key = key.clone().with_arithmetic(arithmetic::chosen());
            key.with_sm2_id(self.sm2_id.clone())
        });
        key.is_ok_and(|key| certificate.verify_signature(&key).is_ok())
    }
}
