//! Chains, judged by rustls-webpki too. An input is a list of certificates, the leaf first and the
//! trust anchor last; each is signed again by the key that the next one names.

use std::time::Duration;

use certwright::key::{PublicKey, SignatureAlgorithm};
use certwright::name::GeneralSubtree;
use certwright::profile::ExtendedKeyUsage;
use certwright::time::Time;
use certwright::{AltName, Certificate, Chain, ChainVerifier, KeyPair, Signer};
use pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName,
    SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use crate::INPUT_BYTES;
use crate::der::{encode, parse, tlv};
use crate::keys::{CA, LEAF, ROOT, sign_again};

const NAME: &str = "a.example.org";
const AT: &str = "2026-06-01T00:00:00Z";

pub fn check(input: &[u8]) {
    if input.len() > INPUT_BYTES {
        return;
    }
    if let Some((true, Err(reason), all)) = verdicts(input) {
        assert!(is_listed(&reason, &all), "we accept and webpki says {reason:?}");
    }
}

/// Whether we accept a chain, whether webpki does, and its certificates.
pub fn verdicts(input: &[u8]) -> Option<(bool, Result<(), Error>, Vec<Certificate>)> {
    let certificates = certificates(input)?;
    let (anchor, sent) = certificates.split_last()?;
    let (leaf, above) = sent.split_first()?;
    let chain = Chain::new(leaf.clone(), above.to_vec()).ok()?;
    let at: Time = AT.parse().unwrap();
    let verifier = ChainVerifier::new([anchor.clone()], at)
        .with_purpose(ExtendedKeyUsage::SERVER_AUTH)
        .with_name(AltName::dns(NAME).unwrap());
    let ours = verifier.verify(&chain).is_ok();
    // What we refuse webpki need not judge.
    let theirs = if ours { webpki(leaf, above, anchor, at) } else { Ok(()) };
    Some((ours, theirs, certificates))
}

/// Why webpki may refuse what we accept.
fn is_listed(reason: &Error, all: &[Certificate]) -> bool {
    match reason {
        // It takes no anyExtendedKeyUsage (RFC 5280 section 4.2.1.12 lets it).
        Error::RequiredEkuNotFoundContext(_) => all.iter().any(|certificate| {
            certificate
                .extended_key_usage()
                .is_some_and(|usages| usages.contains(&ExtendedKeyUsage::ANY))
        }),
        // It counts self-issued CAs, which RFC 5280 section 6.1.4 (l) does not, and checks their names,
        // which section 6.1.3 (b) does not.
        Error::PathLenConstraintViolated | Error::NameConstraintViolation
            if all.iter().any(Certificate::is_self_issued) =>
        {
            true
        }
        // It refuses whatever directory names, mailboxes and URIs constrain.
        Error::NameConstraintViolation => all
            .iter()
            .filter_map(Certificate::name_constraints)
            .flat_map(|constraints| constraints.permitted.iter().chain(&constraints.excluded))
            .any(|subtree| !matches!(subtree, GeneralSubtree::Dns(_) | GeneralSubtree::Ip(_))),
        // It refuses subtrees that it cannot read wherever they stand. To us they exclude all names of
        // their type and permit none, so that chains without such names pass (RFC 5280 section
        // 4.2.1.10).
        Error::InvalidNetworkMaskConstraint
        | Error::MalformedDnsIdentifier
        | Error::MalformedNameConstraint => {
            all.iter().any(|certificate| certificate.name_constraints().is_some())
        }
        // Its own bounds: six intermediates, and how much it tries.
        Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => true,
        // It reads no path length above 255, which we hold for 255: no path is longer.
        Error::BadDer => all.iter().any(|certificate| certificate.path_len() == Some(u8::MAX)),
        // It knows no key identifiers, and takes them for unknown where they are critical, which RFC
        // 5280 sections 4.2.1.1 and 4.2.1.2 forbid issuers only.
        Error::UnsupportedCriticalExtension => all.iter().any(|certificate| {
            let critical = |last| [0x06, 0x03, 0x55, 0x1d, last, 0x01, 0x01, 0xff];
            let der = certificate.as_der();
            // Nor does it evaluate policies.
            let unknown = [0x0e, 0x20, 0x21, 0x23, 0x24, 0x36].map(critical);
            der.windows(8).any(|bytes| unknown.iter().any(|it| it == bytes))
        }),
        // Of an anchor we look at the name and the key alone.
        Error::InvalidSerialNumber => all.last().is_some_and(|it| !it.serial().is_conforming()),
        Error::SignatureAlgorithmMismatch => {
            all.last().is_some_and(|it| it.signature_algorithm().is_err())
        }
        // It reads version 3 only.
        Error::UnsupportedCertVersion => true,
        _ => false,
    }
}

fn certificates(input: &[u8]) -> Option<Vec<Certificate>> {
    let ders: Vec<Vec<u8>> = parse(input)?.iter().map(encode).collect();
    if !(2..=8).contains(&ders.len()) {
        return None;
    }
    (0..ders.len())
        .map(|link| {
            let above = ders.get(link + 1).unwrap_or(&ders[link]);
            let signed = sign_again(&ders[link], holder(above)?)?;
            Certificate::from_der(&signed).ok()
        })
        .collect()
}

/// The key that a certificate names.
fn holder(der: &[u8]) -> Option<&'static KeyPair> {
    let keys: [&'static KeyPair; 3] = [&CA, &ROOT, &LEAF];
    keys.into_iter().find(|key| {
        let point = key.public_key().as_bytes();
        der.windows(point.len()).any(|window| window == point)
    })
}

fn webpki(
    leaf: &Certificate,
    above: &[Certificate],
    anchor: &Certificate,
    at: Time,
) -> Result<(), Error> {
    let der = |certificate: &Certificate| CertificateDer::from(certificate.as_der().to_vec());
    let above: Vec<_> = above.iter().map(der).collect();
    let (leaf, anchor) = (der(leaf), der(anchor));
    let anchor = [anchor_from_trusted_cert(&anchor)?];
    let leaf = EndEntityCert::try_from(&leaf)?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(at.unix().unsigned_abs()));
    let usage = KeyUsage::server_auth();
    leaf.verify_for_usage(&[&Verification], &anchor, &above, time, usage, None, None)?;
    leaf.verify_is_valid_for_subject_name(&ServerName::try_from(NAME).unwrap())
}

/// Signatures are ours to verify, so that the path alone is compared.
#[derive(Debug)]
struct Verification;

impl SignatureVerificationAlgorithm for Verification {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = tlv(0x03, &[&[0], public_key].concat());
        let key = PublicKey::from_der(&tlv(0x30, &[tlv(0x30, &alg_id::ECDSA_P256), key].concat()));
        key.and_then(|key| key.verify(SignatureAlgorithm::EcdsaSha256, message, signature))
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
