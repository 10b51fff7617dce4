//! Other stacks judge our chains: GnuTLS, and the path validation of rustls-webpki.

use std::time::Duration;

use certwright::key::{KeyFamily, PublicKey, SignatureAlgorithm};
use certwright::{
    Authority, Certificate, Chain, Issuer, KeyAlgorithm, KeyPair, MemoryStore, Profile,
};
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, ServerName,
    SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use crate::common::{self, Answer, algorithms, families, folder, judge, key, read, run, write};
use crate::tls::{SERVER, Site, policy, request};

const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

#[test]
fn gnutls_verifies_chains_of_rsa_and_the_nist_curves() {
    for site in known_to_gnutls(algorithms()) {
        for name in [SERVER, "10.0.0.7"] {
            let extra = ["--verify-hostname", name, "--verify-purpose", SERVER_AUTH];
            gnutls(&site.server, site.root(), &extra).expect_success();
        }
        gnutls(&site.client, site.root(), &["--verify-purpose", CLIENT_AUTH]).expect_success();
    }
}

#[test]
fn gnutls_refuses_what_it_should_and_says_why() {
    for site in known_to_gnutls(families()) {
        // Of the same name, with another key.
        let other = Site::new(site.key.public_key().algorithm());
        let without_ca = Chain::new(site.server.leaf().clone(), vec![]).unwrap();
        let cases = [
            (&site.server, site.root(), vec!["--verify-hostname", "other.example.test"], NAME),
            (&site.server, site.root(), vec!["--verify-hostname", "10.0.0.8"], NAME),
            (&site.server, site.root(), vec!["--verify-purpose", CLIENT_AUTH], PURPOSE),
            (&site.client, site.root(), vec!["--verify-purpose", SERVER_AUTH], PURPOSE),
            (&site.expired, site.root(), vec![], "uses expired certificate"),
            (&site.server, other.root(), vec![], UNKNOWN),
            (&without_ca, site.root(), vec![], UNKNOWN),
        ];
        for (chain, root, extra, reason) in cases {
            let answer = gnutls(chain, root, &extra);
            assert!(!answer.success, "{extra:?}");
            assert!(verdict(&answer).contains(reason), "{reason}: {}", answer.all());
        }
    }
}

#[test]
fn gnutls_verifies_chains_below_its_own_root() {
    if !judge("certtool") {
        return;
    }
    let kinds = [(KeyFamily::Ecc, "ecdsa"), (KeyFamily::Rsa, "rsa")];
    for (_, kind) in kinds.into_iter().filter(|(family, _)| common::is_built(*family)) {
        let folder = folder();
        write(
            &folder,
            "template",
            "cn = \"GnuTLS CA\"\nca\ncert_signing_key\nexpiration_days = 999\n",
        );
        let generate = ["--generate-privkey", "--key-type", kind, "--outfile", "ca.key"];
        run("certtool", folder.path(), &generate).expect_success();
        let sign = ["--generate-self-signed", "--load-privkey", "ca.key", "--template", "template"];
        let sign = [&sign[..], &["--outfile", "ca.pem"]].concat();
        run("certtool", folder.path(), &sign).expect_success();

        let root = Certificate::from_pem(&read(&folder, "ca.pem")).unwrap();
        let signer = KeyPair::from_pem(&read(&folder, "ca.key")).unwrap();
        let algorithm = root.public_key().unwrap().algorithm();
        let ca = Issuer::load(vec![root.clone()], signer)
            .unwrap()
            .delegate("CN=CA".parse().unwrap(), Profile::intermediate(0), key(algorithm))
            .unwrap();
        let request = request(&key(algorithm));
        let chain = Authority::new(ca, policy(Profile::tls_server()), MemoryStore::default());
        let chain = chain.issue(&request).unwrap().into_chain();
        gnutls(&chain, &root, &["--verify-hostname", SERVER]).expect_success();
    }
}

#[test]
fn webpki_verifies_chains_of_every_algorithm() {
    for algorithm in algorithms() {
        let site = Site::of(algorithm);
        let root = site.root();
        assert_eq!(webpki(&site.server, root, KeyUsage::server_auth(), now()), Ok(()));
        assert_eq!(webpki(&site.client, root, KeyUsage::client_auth(), now()), Ok(()));
        let leaf = CertificateDer::from(site.server.leaf().as_der());
        let leaf = EndEntityCert::try_from(&leaf).unwrap();
        for (name, covered) in
            [(SERVER, true), ("10.0.0.7", true), ("other.example.test", false), ("10.0.0.8", false)]
        {
            let verified =
                leaf.verify_is_valid_for_subject_name(&ServerName::try_from(name).unwrap());
            match verified {
                Ok(()) => assert!(covered, "{name}"),
                Err(Error::CertNotValidForName(_)) => assert!(!covered, "{name}"),
                Err(other) => panic!("{name}: {other}"),
            }
        }
    }
}

#[test]
fn webpki_refuses_what_it_should_and_says_why() {
    for algorithm in families() {
        let site = Site::of(algorithm);
        let (root, server) = (site.root(), KeyUsage::server_auth);
        let refused = |chain, root, usage, time| webpki(chain, root, usage, time).unwrap_err();

        // Of the same name, with another key.
        let other = Site::new(algorithm);
        let error = refused(&site.server, other.root(), server(), now());
        assert_eq!(error, Error::InvalidSignatureForPublicKey);
        let without_ca = Chain::new(site.server.leaf().clone(), vec![]).unwrap();
        assert_eq!(refused(&without_ca, root, server(), now()), Error::UnknownIssuer);
        let error = refused(&site.client, root, server(), now());
        assert!(matches!(error, Error::RequiredEkuNotFoundContext(_)), "{error:?}");
        let error = refused(&site.expired, root, server(), now());
        assert!(matches!(error, Error::CertExpired { .. }), "{error:?}");
        let before = site.server.leaf().validity().not_before().unix() - 1;
        let before = UnixTime::since_unix_epoch(Duration::from_secs(before.try_into().unwrap()));
        let error = refused(&site.server, root, server(), before);
        assert!(matches!(error, Error::CertNotValidYet { .. }), "{error:?}");
    }
}

const NAME: &str = "The name in the certificate does not match the expected";
const PURPOSE: &str = "does not match the intended purpose";
const UNKNOWN: &str = "The certificate issuer is unknown";

/// The sites that GnuTLS can judge: its certtool knows no SM2.
fn known_to_gnutls(algorithms: Vec<KeyAlgorithm>) -> Vec<&'static Site> {
    if !judge("certtool") {
        return Vec::new();
    }
    let known = algorithms.into_iter().filter(|algorithm| algorithm.family() != KeyFamily::Sm2);
    known.map(Site::of).collect()
}

/// Has GnuTLS verify a chain, without its root, up to this one.
fn gnutls(chain: &Chain, root: &Certificate, extra: &[&str]) -> Answer {
    let folder = folder();
    write(&folder, "root.pem", root.to_pem());
    let sent: String = chain
        .certificates()
        .filter(|sent| !sent.is_self_issued())
        .map(Certificate::to_pem)
        .collect();
    write(&folder, "chain.pem", sent);
    let verify = ["--verify", "--verify-profile", "medium", "--load-ca-certificate", "root.pem"];
    let chain = ["--infile", "chain.pem"];
    run("certtool", folder.path(), &[&verify[..], &chain, extra].concat())
}

/// What GnuTLS says of the whole chain, after what it says of each link.
fn verdict(answer: &Answer) -> String {
    let text = answer.text();
    text.split_once("Chain verification output:").map_or(text.clone(), |(_, last)| last.to_owned())
}

/// Has rustls-webpki validate the path of a chain up to this root.
fn webpki(chain: &Chain, root: &Certificate, usage: KeyUsage, time: UnixTime) -> Result<(), Error> {
    let der = |certificate: &Certificate| CertificateDer::from(certificate.as_der().to_vec());
    let above: Vec<_> =
        chain.above().iter().filter(|sent| !sent.is_self_issued()).map(der).collect();
    let (leaf, root) = (der(chain.leaf()), der(root));
    let anchor = [anchor_from_trusted_cert(&root)?];
    let leaf = EndEntityCert::try_from(&leaf)?;
    leaf.verify_for_usage(&ALGORITHMS, &anchor, &above, time, usage, None, None).map(|_| ())
}

fn now() -> UnixTime {
    UnixTime::now()
}

/// Verification by this crate, so that the path alone is webpki's to judge; `tls_handshake.rs` has
/// another implementation verify the signatures too.
#[derive(Debug)]
struct Verification {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    algorithm: SignatureAlgorithm,
}

impl SignatureVerificationAlgorithm for Verification {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        // A SubjectPublicKeyInfo again from its two parts.
        let algorithm = encode(0x30, &self.key);
        let key = encode(0x03, &[&[0], public_key].concat());
        let key = PublicKey::from_der(&encode(0x30, &[algorithm, key].concat()));
        key.and_then(|key| key.verify(self.algorithm, message, signature))
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// A DER value of up to 65,535 bytes.
fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match (high, low) {
        (0, 0..=127) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&header, content].concat()
}

static ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 5] = [
    &Verification {
        key: alg_id::ECDSA_P256,
        signature: alg_id::ECDSA_SHA256,
        algorithm: SignatureAlgorithm::EcdsaSha256,
    },
    &Verification {
        key: alg_id::ECDSA_P384,
        signature: alg_id::ECDSA_SHA384,
        algorithm: SignatureAlgorithm::EcdsaSha384,
    },
    &Verification {
        key: alg_id::ECDSA_P521,
        signature: alg_id::ECDSA_SHA512,
        algorithm: SignatureAlgorithm::EcdsaSha512,
    },
    &Verification {
        key: alg_id::RSA_ENCRYPTION,
        signature: alg_id::RSA_PKCS1_SHA256,
        algorithm: SignatureAlgorithm::RsaSha256,
    },
    &Verification { key: SM2, signature: SM2_WITH_SM3, algorithm: SignatureAlgorithm::Sm2Sm3 },
];

/// id-ecPublicKey (RFC 5480) with the curve sm2p256v1 (GM/T 0006).
const SM2: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55,
    0x01, 0x82, 0x2d,
]);

/// SM2 with SM3 (GM/T 0006), without parameters.
const SM2_WITH_SM3: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(&[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]);
