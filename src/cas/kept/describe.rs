//! Certificates of users, described.

use super::super::described::{facts, hexadecimal, key_of, milliseconds, name_list, names_of};
use super::super::error::CasError;
use super::super::json::schema::Secret;
use super::super::leaf::found::leaf_status;
use super::super::session::{Run, Session};
use super::record::{Texts, UserCertificate, numbered_certificate};
use super::structures::*;
use crate::name::AttributeType;
use crate::time::{Lifetime, Time};
use crate::{Certificate, Chain, Name};

impl Run for GetUserCertificateDetail {
    type Answer = UserCertificateDetail;

    fn run(&self, at: &Session<'_>) -> Result<UserCertificateDetail, CasError> {
        let kept = numbered_certificate(at, "CertId", self.cert_id)?.document;
        let texts = kept.texts(at)?;
        let chain = Chain::from_pem(&texts.cert)?;
        let (leaf, said) = (chain.leaf(), facts(chain.leaf()));
        let validity = leaf.validity();
        let mut detail = UserCertificateDetail {
            algorithm: said.algorithm,
            cert_chain: chain.certificates().map(|link| chain_link(at, link)).collect(),
            cert_identifier: kept.cert_identifier(at.config),
            cert_sha2: said.sha2.clone(),
            city: said.locality,
            common: said.common_name,
            country: said.country_code,
            end_date: day(validity.not_after()),
            expired: at.now > validity.not_after(),
            fingerprint: said.sha2.clone(),
            id: kept.number,
            instance_id: kept.instance_id(),
            issuer: common_name(leaf.issuer()),
            name: kept.name.clone(),
            not_after: milliseconds(validity.not_after()),
            not_before: milliseconds(validity.not_before()),
            org_name: said.organization,
            province: said.state,
            resource_group_id: kept.resource_group_id.clone(),
            sans: names_of(leaf.alt_names()),
            serial_no: said.serial_number,
            sha2: said.sha2,
            start_date: day(validity.not_before()),
            tags: kept.tags.clone(),
            ..UserCertificateDetail::default()
        };
        if !self.cert_filter.unwrap_or_default() {
            let Texts { cert, encrypt_cert } = texts;
            let key = match kept.has_key {
                true => exported(at, &kept.key_name())?,
                false => None,
            };
            if kept.is_double {
                (detail.sign_cert, detail.sign_private_key) = (Some(cert), key);
                detail.encrypt_cert = encrypt_cert;
                detail.encrypt_private_key = exported(at, &kept.encryption_key_name())?;
            } else {
                (detail.cert, detail.key) = (Some(cert), key);
            }
        }
        Ok(detail)
    }
}

/// A private key in PEM, which the audit log tells of first.
fn exported(at: &Session<'_>, name: &str) -> Result<Option<Secret>, CasError> {
    let key = at.exported_key(name)?;
    let pem = key.map(|key| key.to_pkcs8_pem()).transpose()?;
    Ok(pem.map(|pem| Secret::new(pem.as_str())))
}

impl Run for GetCertificateDetail {
    type Answer = CertificateDetail;

    fn run(&self, at: &Session<'_>) -> Result<CertificateDetail, CasError> {
        let kept = numbered_certificate(at, "CertificateId", self.certificate_id)?.document;
        let chain = kept.chain(at)?;
        let link = |certificate: &Certificate| {
            let ChainLink { common_name, issuer_common_name, not_after, not_before, remain_day } =
                chain_link(at, certificate);
            let (issuer, subject) = (issuer_common_name, common_name);
            CertificateLink { issuer, not_after, not_before, remain_day, subject }
        };
        Ok(CertificateDetail {
            facts: said(at, &kept, chain.leaf(), status(at, &kept)?),
            certificate_chain_list: chain.certificates().map(link).collect(),
            certificate_id: kept.number,
            tags: kept.tags,
        })
    }
}

/// What a certificate says.
pub(super) fn said(
    at: &Session<'_>,
    kept: &UserCertificate,
    certificate: &Certificate,
    status: &str,
) -> UserCertificateFacts {
    let (algorithm, key_size) = key_of(certificate);
    let public = certificate.public_key().map(|key| hexadecimal(&key.fingerprint()));
    UserCertificateFacts {
        algorithm,
        cert_identifier: kept.cert_identifier(at.config),
        certificate_name: kept.name.clone(),
        certificate_source: UPLOAD.to_owned(),
        certificate_status: status.to_owned(),
        common_name: common_name(certificate.subject()),
        domain: names_of(certificate.alt_names()),
        exist_private_key: kept.has_key,
        finger_print: public.unwrap_or_default(),
        instance_id: kept.instance_id(),
        issuer: common_name(certificate.issuer()),
        key_size,
        not_after: milliseconds(certificate.validity().not_after()),
        not_before: milliseconds(certificate.validity().not_before()),
        serial: certificate.serial().to_string(),
        subject_alternative_names: name_list(certificate.alt_names()),
    }
}

/// The status of one: the ledger knows of leaves whether they are revoked, of others nobody here does.
pub(super) fn status(at: &Session<'_>, kept: &UserCertificate) -> Result<&'static str, CasError> {
    if let Some(leaf) = &kept.leaf
        && leaf_status(at, leaf)?.status == "revoked"
    {
        return Ok(REVOKED);
    }
    let left = kept.not_after.saturating_sub(at.now.unix());
    let expiring = i64::try_from(at.config.expiring.as_seconds()).unwrap_or(i64::MAX);
    Ok(match left {
        ..0 => EXPIRED,
        left if left <= expiring => EXPIRING,
        _ => ISSUED,
    })
}

fn chain_link(at: &Session<'_>, certificate: &Certificate) -> ChainLink {
    let (validity, day) = (certificate.validity(), Lifetime::days(1).as_seconds());
    let left = validity.not_after().unix().saturating_sub(at.now.unix());
    let days = u64::try_from(left).unwrap_or_default() / day;
    ChainLink {
        common_name: common_name(certificate.subject()),
        issuer_common_name: common_name(certificate.issuer()),
        not_after: milliseconds(validity.not_after()),
        not_before: milliseconds(validity.not_before()),
        remain_day: i64::try_from(days).unwrap_or(i64::MAX),
    }
}

fn common_name(name: &Name) -> Option<String> {
    name.value(AttributeType::COMMON_NAME)
}

/// The day of a time: `yyyy-MM-dd`.
fn day(time: Time) -> String {
    time.to_string().chars().take_while(|character| *character != 'T').collect()
}

pub(super) const UPLOAD: &str = "UPLOAD";
pub(super) const ISSUED: &str = "issued";
pub(super) const REVOKED: &str = "revoked";
pub(super) const EXPIRING: &str = "willExpire";
pub(super) const EXPIRED: &str = "expired";
