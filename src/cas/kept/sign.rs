//! Signatures with the keys of certificates, made and verified.

use zeroize::Zeroizing;

use super::super::config::RawMessage;
use super::super::error::{CasError, ErrorKind};
use super::super::limits::MESSAGE_BYTES;
use super::super::parameters::base64;
use super::super::session::{Named, Run, Session};
use super::work_structures::{Sign, Verify};
use super::worker::{Work, Worker};
use crate::Error;
use crate::error::quoted;
use crate::key::{Data, DataSignature, SignatureAlgorithm};

impl Run for Sign {
    type Answer = String;

    const ANSWER: Named = Some(("Signature", "The signature in base64: for ECC and SM2 DER."));

    fn run(&self, at: &Session<'_>) -> Result<String, CasError> {
        let given = Given::read(at, &self.message, self.message_type.as_deref())?;
        let worker = self.which.find(at, Work::Signatures)?;
        let how = algorithm(&worker, &self.signing_algorithm)?;
        given.check(how)?;
        worker.check_in_force(at)?;
        let key = worker.key(at, &format!("signs by {}", self.signing_algorithm))?;
        let signature = key.sign_data(how, given.data())?;
        Ok(base64::encode(&signature))
    }
}

impl Run for Verify {
    type Answer = bool;

    const ANSWER: Named = Some(("SignatureValid", "Whether the key made it of the message."));

    fn run(&self, at: &Session<'_>) -> Result<bool, CasError> {
        let given = Given::read(at, &self.message, self.message_type.as_deref())?;
        let signature = base64::decode("SignatureValue", &self.signature_value)?;
        let worker = self.which.find(at, Work::Signatures)?;
        let how = algorithm(&worker, &self.signing_algorithm)?;
        given.check(how)?;
        match worker.certificate.public_key()?.verify_data(how, given.data(), &signature) {
            Ok(()) => Ok(true),
            Err(Error::InvalidSignature { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// What is signed.
struct Given {
    bytes: Zeroizing<Vec<u8>>,
    is_digest: bool,
}

impl Given {
    fn read(at: &Session<'_>, message: &str, kind: Option<&str>) -> Result<Self, CasError> {
        let as_text = at.config.raw_message == RawMessage::Text;
        let bytes = match kind.unwrap_or(RAW) {
            RAW if as_text => Zeroizing::new(message.as_bytes().to_vec()),
            RAW | BASE64 | DIGEST => base64::decode("Message", message)?,
            other => {
                // Whoever has any number raised by a private key, decrypts and forges with it.
                let allowed = [RAW, BASE64, DIGEST].join(" or ");
                return Err(CasError::invalid("MessageType", quoted(other), allowed));
            }
        };
        if bytes.len() > MESSAGE_BYTES {
            let given = bytes.len();
            let message = format!("Message: given {given} bytes, at most {MESSAGE_BYTES}");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        Ok(Self { bytes, is_digest: kind == Some(DIGEST) })
    }

    /// A digest is as long as those of the algorithm's hash function.
    fn check(&self, how: DataSignature) -> Result<(), CasError> {
        let (given, allowed) = (self.bytes.len(), how.digest_bytes());
        if self.is_digest && given != allowed {
            let allowed = format!("a digest of {allowed} bytes");
            return Err(CasError::invalid("Message", format!("{given} bytes"), allowed));
        }
        Ok(())
    }

    fn data(&self) -> Data<'_> {
        match self.is_digest {
            true => Data::Digest(&self.bytes),
            false => Data::Message(&self.bytes),
        }
    }
}

/// How a key of the certificate signs, by the service's name.
fn algorithm(worker: &Worker, name: &str) -> Result<DataSignature, CasError> {
    let family = worker.certificate.public_key()?.algorithm().family();
    let ours = || ALGORITHMS.iter().filter(|(_, how)| how.family() == family);
    let found = ours().find(|(known, _)| *known == name).map(|(_, how)| *how);
    found.ok_or_else(|| {
        let names: Vec<&str> = ours().map(|(known, _)| *known).collect();
        let allowed = format!("{}, of the certificate's key", names.join(" or "));
        CasError::invalid("SigningAlgorithm", quoted(name), allowed)
    })
}

/// The algorithms of the service (F).
const ALGORITHMS: [(&str, DataSignature); 4] = [
    ("SHA256withRSA", DataSignature::Plain(SignatureAlgorithm::RsaSha256)),
    ("SHA256withRSA/PSS", DataSignature::RsaPssSha256),
    ("SHA256withECDSA", DataSignature::Plain(SignatureAlgorithm::EcdsaSha256)),
    ("SM3withSM2", DataSignature::Plain(SignatureAlgorithm::Sm2Sm3)),
];

const RAW: &str = "RAW";
const BASE64: &str = "BASE64";
const DIGEST: &str = "DIGEST";
