//! The identifiers of SM2 requesters, which requests do not carry: several are tried, and where none verifies,
//! what would is named.

use super::unverified::{UnverifiedRequest, WHAT};
use crate::algorithm::{KeyAlgorithm, SignatureAlgorithm};
use crate::error::{Error, quoted};
use crate::key::{PublicKey, Sm2Id};
use crate::limits::SM2_IDS;
use crate::wire::signature::encode_pair;

/// The identifiers that are tried; the one of GM/T 0009 where none is given.
pub(super) fn tried(ids: &[Sm2Id]) -> Result<Vec<Sm2Id>, Error> {
    if ids.len() > SM2_IDS {
        let problem = format!("{} identifiers; at most {SM2_IDS}", ids.len());
        return Err(Error::malformed("SM2 identifiers", "", problem));
    }
    Ok(if ids.is_empty() { vec![Sm2Id::default()] } else { ids.to_vec() })
}

/// The key with the first of the identifiers that the signature of a request verifies with.
pub(super) fn verified(
    request: &UnverifiedRequest,
    key: &PublicKey,
    ids: &[Sm2Id],
) -> Option<PublicKey> {
    let (message, signature) = (request.to_be_signed(), request.signature());
    with(key, ids).find(|key| key.verify(SignatureAlgorithm::Sm2Sm3, message, signature).is_ok())
}

/// Why the signature of a request verifies with none of the identifiers that were tried: who signed with
/// another, or wrote the signature in another form, has the key all the same, and is told what to change.
pub(super) fn refusal(request: &UnverifiedRequest, key: &PublicKey, tried: &[Sm2Id]) -> Error {
    let unproven = Error::InvalidSignature { what: WHAT };
    if key.algorithm() != KeyAlgorithm::Sm2 {
        return unproven;
    }
    let listed = tried.iter().map(shown).collect::<Vec<_>>().join(", ");
    if let Some(other) = verified(request, key, &known()) {
        let given = format!("{}, with which it verifies", shown(other.sm2_id()));
        let allowed = format!(
            "{listed}; sign with one of these, or add {} to the identifiers that are tried",
            quoted(other.sm2_id().as_str())
        );
        return Error::unsupported("SM2 identifier of the certificate request", given, allowed);
    }
    let all: Vec<Sm2Id> = tried.iter().cloned().chain(known()).collect();
    let (r, s) = request.signature().split_at(request.signature().len() / 2);
    let (pair, message) = (encode_pair(r, s), request.to_be_signed());
    let is_raw = request.signature().len() == RAW_BYTES
        && with(key, &all)
            .any(|key| key.verify(SignatureAlgorithm::Sm2Sm3, message, &pair).is_ok());
    if is_raw {
        let problem = "r and s one after the other (64 bytes), which would verify; allowed is the DER of \
                       SEQUENCE { r, s } (GM/T 0009 section 7.3), so encode them so";
        return Error::malformed(WHAT, "signature", problem);
    }
    unproven
}

/// What an SM2 key is said to have signed with that is no algorithm of SM2 keys: ECDSA over the curve of SM2,
/// or SM2 under the name of ECDSA.
pub(super) fn misnamed(request: &UnverifiedRequest, key: &PublicKey) -> &'static str {
    match verified(request, key, &known()) {
        Some(_) => "; the signature is SM2 with SM3, so name it SM2-with-SM3 (1.2.156.10197.1.501)",
        None => "; sign with SM2 and SM3 (1.2.156.10197.1.501): ECDSA is not for SM2 keys",
    }
}

fn with<'k>(key: &'k PublicKey, ids: &'k [Sm2Id]) -> impl Iterator<Item = PublicKey> + 'k {
    ids.iter().map(|id| key.clone().with_sm2_id(id.clone()))
}

/// The identifiers that people sign with without saying so: GM/T 0009's, and the empty one, which is what
/// OpenSSL 3.0 signs with where none is given.
fn known() -> Vec<Sm2Id> {
    let known = [Sm2Id::DEFAULT, ""].into_iter().map(Sm2Id::new);
    known.filter_map(Result::ok).collect()
}

fn shown(id: &Sm2Id) -> String {
    match id.as_str() {
        "" => "the empty one (\"\")".to_owned(),
        text => quoted(text),
    }
}

/// r and s of SM2, 32 bytes each.
const RAW_BYTES: usize = 64;
