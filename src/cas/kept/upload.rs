//! Certificates of users: uploaded and deleted.

use super::super::csr::operations::{key_from_pem, with_line_ends};
use super::super::described::names_of;
use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::Secret;
use super::super::limits::USER_CERTIFICATE_BYTES;
use super::super::parameters::tags::{check_tags, kept, resource_group};
use super::super::session::{Run, Session};
use super::super::shelf::token;
use super::record::{
    UserCertificate, check_name, forget_rows, next_numbers, numbered_certificate, texts,
};
use super::structures::*;
use crate::name::AttributeType;
use crate::{Certificate, Chain, KeyAlgorithm, KeyPair};

impl Run for UploadUserCertificate {
    type Answer = UploadedCertificate;

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<UploadedCertificate, CasError> {
        let Given { certificate: (chain, key), encryption } = self.given(at)?;
        check_name(at, &self.name)?;
        check_tags(at.config, &self.tags)?;
        let (number, taken) = next_numbers(at, 1)?;
        let certificate = UserCertificate {
            has_key: true,
            is_double: encryption.is_some(),
            resource_group_id: resource_group(self.resource_group_id.as_deref(), &self.tags)?,
            tags: kept(&self.tags),
            ..described(number, self.name.clone(), chain.leaf())
        };
        let above = encryption.as_ref().map(|(chain, _)| chain);
        let mut rows = certificate.rows(at, &texts(&chain, above))?;
        rows.push(taken);
        rows.push(at.ledger.key_row(&certificate.key_name(), &key)?);
        if let Some((_, key)) = &encryption {
            rows.push(at.ledger.key_row(&certificate.encryption_key_name(), key)?);
        }
        let resource_id = certificate.instance_id();
        let detail = format!("certificate {resource_id} uploaded");
        let answer = UploadedCertificate { cert_id: number, resource_id };
        rows.extend(token::row(at, &answer)?);
        at.write(rows, &detail)?;
        Ok(answer)
    }
}

/// The certificates that are given, each with those above it and its key.
struct Given {
    certificate: (Chain, KeyPair),
    encryption: Option<(Chain, KeyPair)>,
}

impl UploadUserCertificate {
    fn given(&self, at: &Session<'_>) -> Result<Given, CasError> {
        let Self { sign_cert, sign_private_key, encrypt_cert, encrypt_private_key, .. } = self;
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            let double = [
                ("SignCert", sign_cert.is_some()),
                ("SignPrivateKey", sign_private_key.is_some()),
                ("EncryptCert", encrypt_cert.is_some()),
                ("EncryptPrivateKey", encrypt_private_key.is_some()),
            ];
            let certificate = certificate(at, ("Cert", cert), ("Key", key))?;
            for (name, _) in double.into_iter().filter(|(_, is_given)| *is_given) {
                at.tell_overruled(name, "a text", "Cert and Key");
            }
            return Ok(Given { certificate, encryption: None });
        }
        let (Some(sign_cert), Some(sign_key), Some(encrypt_cert), Some(encrypt_key)) =
            (sign_cert, sign_private_key, encrypt_cert, encrypt_private_key)
        else {
            let message = "Cert and Key: missing; or, of a double certificate of SM2, all of SignCert, \
                           SignPrivateKey, EncryptCert and EncryptPrivateKey";
            return Err(CasError::new(ErrorKind::MissingParameter, message));
        };
        let signing = certificate(at, ("SignCert", sign_cert), ("SignPrivateKey", sign_key))?;
        let encryption =
            certificate(at, ("EncryptCert", encrypt_cert), ("EncryptPrivateKey", encrypt_key))?;
        for (name, (_, key)) in [("SignCert", &signing), ("EncryptCert", &encryption)] {
            let algorithm = key.public_key().algorithm();
            if algorithm != KeyAlgorithm::Sm2 {
                return Err(CasError::invalid(name, format!("a key of {algorithm}"), "SM2"));
            }
        }
        Ok(Given { certificate: signing, encryption: Some(encryption) })
    }
}

/// A certificate with those above it, and its key.
pub(super) fn certificate(
    at: &Session<'_>,
    (name, text): (&str, &str),
    (key_name, key): (&str, &Secret),
) -> Result<(Chain, KeyPair), CasError> {
    let chain = checked_chain(name, text)?;
    let key = key_from_pem(at, key_name, key)?;
    let public = chain.leaf().public_key();
    if key.public_key() != public.map_err(|error| CasError::from(error).about(name))? {
        let message = format!("{key_name}: it is not the key of {name}");
        return Err(CasError::new(ErrorKind::KeyMismatch, message));
    }
    Ok((chain, key))
}

/// A certificate with those above it: of a key that is known here, and not of a CA.
pub(super) fn checked_chain(name: &str, text: &str) -> Result<Chain, CasError> {
    if text.len() > USER_CERTIFICATE_BYTES {
        let message =
            format!("{name}: given {} bytes, at most {USER_CERTIFICATE_BYTES}", text.len());
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    let format = |error| CasError::of(error, ErrorKind::CertificateFormat).about(name);
    let chain = Chain::from_pem(&with_line_ends(text)).map_err(format)?;
    check_order(name, &chain)?;
    let leaf = chain.leaf();
    // Whoever may have messages signed by the key of a CA has certificates of his own.
    if leaf.is_authority() {
        let given = format!("the certificate of the CA {}", leaf.subject());
        return Err(CasError::invalid(name, given, "that of a server or client"));
    }
    leaf.public_key().map_err(|error| CasError::from(error).about(name))?;
    Ok(chain)
}

/// Each certificate is followed by the one that its issuer's name means. Whether it issued it, whoever verifies the
/// chain finds out.
fn check_order(name: &str, chain: &Chain) -> Result<(), CasError> {
    let links = chain.certificates().zip(chain.above());
    for (position, (below, above)) in links.enumerate() {
        if !below.issuer().matches(above.subject()) {
            let message = format!(
                "{name}: certificate {} is of {}, and certificate {} is issued by {}; allowed the \
                 certificate, then its issuer's, and so on",
                position + 2,
                above.subject(),
                position + 1,
                below.issuer()
            );
            return Err(CasError::new(ErrorKind::CertificateFormat, message));
        }
    }
    Ok(())
}

/// What lists choose by of a certificate that is kept under a number and a name.
pub(super) fn described(number: i64, name: String, certificate: &Certificate) -> UserCertificate {
    UserCertificate {
        number,
        name,
        common_name: certificate.subject().value(AttributeType::COMMON_NAME),
        sans: names_of(certificate.alt_names()),
        not_after: certificate.validity().not_after().unix(),
        ..UserCertificate::default()
    }
}

impl Run for DeleteUserCertificate {
    type Answer = ();

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let kept = numbered_certificate(at, "CertId", self.cert_id)?;
        let mut rows = forget_rows(at, &kept)?;
        rows.extend(token::row(at, &())?);
        at.write(rows, &format!("certificate {} deleted", kept.document.instance_id()))
    }
}
