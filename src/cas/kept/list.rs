//! Certificates of users, listed.

use super::super::error::CasError;
use super::super::parameters::list::{List, PageAsked, one_of};
use super::super::session::{Run, Session};
use super::describe::{EXPIRED, EXPIRING, ISSUED, REVOKED, UPLOAD, said, status};
use super::record::{UserCertificate, user_certificates};
use super::structures::{ListCertificates, ListedCertificate};

impl Run for ListCertificates {
    type Answer = List<ListedCertificate>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedCertificate>, CasError> {
        let Self { certificate_source, certificate_status, page, .. } = self;
        one_of("CertificateSource", certificate_source, &[UPLOAD, "BUY", "TEST"])?;
        let statuses = [ISSUED, REVOKED, EXPIRING, EXPIRED];
        one_of("CertificateStatus", certificate_status, &statuses)?;
        let mut wanted = Vec::new();
        for certificate in user_certificates(at)? {
            if self.wants(&certificate)
                && match certificate_status {
                    Some(wanted) => status(at, &certificate)? == wanted,
                    None => true,
                }
            {
                wanted.push(certificate);
            }
        }
        let page = PageAsked { show_size: page.show_size.or(Some(PAGE)), ..*page };
        List::page(&wanted, page, at.config, |certificate| {
            Ok(Some(ListedCertificate {
                facts: said(
                    at,
                    certificate,
                    certificate.chain(at)?.leaf(),
                    status(at, certificate)?,
                ),
                certificate_id: certificate.number.to_string(),
            }))
        })
    }
}

impl ListCertificates {
    fn wants(&self, certificate: &UserCertificate) -> bool {
        let Self { certificate_source, instance_id, keyword, resource_group_id, .. } = self;
        let named = certificate.instance_id();
        let texts = [
            certificate.common_name.as_ref(),
            certificate.sans.as_ref(),
            Some(&certificate.name),
            Some(&named),
        ];
        let has = |word: &String| texts.into_iter().flatten().any(|text| text.contains(word));
        certificate_source.as_ref().is_none_or(|source| source == UPLOAD)
            && instance_id.as_ref().is_none_or(|wanted| *wanted == named)
            && keyword.as_ref().is_none_or(has)
            && (resource_group_id.is_none() || *resource_group_id == certificate.resource_group_id)
    }
}

/// Items of a page (F).
const PAGE: i64 = 10;
