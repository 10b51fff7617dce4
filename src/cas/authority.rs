//! Section 3: root and intermediate CAs.

use super::error::CasError;
use super::parent::check_family;
use super::records::{AuthorityDocument, ISSUE, authority_writes};
use super::structures::structures;
use super::subject::{self, Fields, authority_fields};
use super::types::{TagParameter, check_tags, copied};
use super::usages::extended_key_usages;
use super::{Cas, token};
use crate::algorithm::KeyAlgorithm;
use crate::authority::Issuance;
use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::issuer::Issuer;
use crate::key::{Signer as _, system};
use crate::ledger::{Identifier, Row};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::serial::SerialNumber;
use crate::validity::{Lifetime, Time, Validity};
use std::sync::Arc;

structures! {
    /// What CreateRootCACertificate takes (section 3).
    CreateRootCACertificateRequest {
        /// The common name.
        common_name: String,
        /// The organization.
        organization: String,
        /// The department.
        organization_unit: String,
        /// The city.
        locality: String,
        /// The province.
        state: String,
        /// The country, two letters; CN.
        country_code: Option<String>,
        /// How long it is valid, in calendar years from now.
        years: i64,
        /// The key, such as `ECC_256`; RSA_2048.
        algorithm: Option<String>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateRootCACertificate answers (section 3).
    CreateRootCACertificateResponse {
        /// The CA's identifier.
        identifier: String,
        /// Its certificate in PEM.
        certificate: String,
        /// The chain above; of a root, the root.
        certificate_chain: String,
        /// The request's identifier.
        request_id: String,
    }

    /// What CreateSubCACertificate takes (section 3).
    CreateSubCACertificateRequest {
        /// The common name.
        common_name: String,
        /// The organization.
        organization: String,
        /// The department.
        organization_unit: String,
        /// The city.
        locality: String,
        /// The province.
        state: String,
        /// The country, two letters; CN.
        country_code: Option<String>,
        /// How long it is valid, in calendar years from now; no more than its parent's years, and no
        /// longer than its parent.
        years: i64,
        /// The key, such as `ECC_256`: of the parent's family.
        algorithm: String,
        /// The identifier of the CA above.
        parent_identifier: String,
        /// How many intermediates may follow below; 0.
        path_len_constraint: Option<i64>,
        /// What its leaves may be for, at most 100: any, serverAuth, clientAuth, codeSigning,
        /// emailProtection, timeStamping, OCSPSigning, or an object identifier.
        extended_key_usages: Vec<String>,
        /// Whether it has CRLs.
        enable_crl: Option<bool>,
        /// Days until its next CRL, 1 to 365; 7.
        crl_day: Option<i64>,
        /// The longest leaf it may issue, in days.
        cert_max_time: Option<i64>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateSubCACertificate answers (section 3).
    CreateSubCACertificateResponse {
        /// The CA's identifier.
        identifier: String,
        /// Its certificate in PEM.
        certificate: String,
        /// The certificates above, its issuer's first.
        certificate_chain: String,
        /// The request's identifier.
        request_id: String,
    }
}

impl Cas {
    /// Creates a root CA; its key is kept sealed (section 3).
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds; `Error` when the store
    /// fails or may not keep a private key.
    pub fn create_root_ca_certificate(
        &self,
        request: &CreateRootCACertificateRequest,
    ) -> Result<CreateRootCACertificateResponse, CasError> {
        let token = token::of("CreateRootCACertificate", request, &request.client_token);
        self.operate_once(&token, |request_id, now| {
            let fields = authority_fields!(request);
            let name = self.authority_name(fields)?;
            let algorithm = match &request.algorithm {
                Some(algorithm) => self.algorithm("Algorithm", algorithm)?,
                None => self.config.root_algorithm,
            };
            let end = years(request.years, now)?;
            check_tags(&self.config, &request.tags)?;
            self.check_keys_can_be_kept()?;
            let key = Arc::new(self.generate(algorithm)?);
            let serial = SerialNumber::generate(&mut system())?;
            let validity = Validity::new(now, end)?;
            let signer = Arc::clone(&key);
            let root = Issuer::self_signed_at(name, Profile::root(), signer, serial, validity)?;
            let chain = root.chain();
            let writer = self.ledger.writer(&self.actor, now);
            let (identifier, kept) = writer.issuer_row(&chain, Some(&key), &[])?;
            let mut writes = Vec::new();
            let document = AuthorityDocument {
                identifier: identifier.to_string(),
                parent_identifier: None,
                years: request.years,
                created: now.unix(),
                status: ISSUE.to_owned(),
                revoked: None,
                enable_crl: true,
                crl_day: self.config.crl_day,
                cert_max_time: None,
                tags: copied(&request.tags),
            };
            writes.extend(authority_writes(&document)?);
            let answer = CreateRootCACertificateResponse {
                identifier: identifier.to_string(),
                certificate: chain.leaf().to_pem(),
                certificate_chain: chain.leaf().to_pem(),
                request_id,
            };
            writes.extend(token::write(&token, &answer, now)?);
            writer.put_root(&root, [kept, Row::of(writes)])?;
            Ok(answer)
        })
    }

    /// Creates an intermediate CA below another; its key is kept sealed (section 3).
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds, another family, or
    /// more years than the parent's; `NotFound` for the parent; `InvalidStatus.UpdateProtection` when
    /// it is revoked, `CertificateExpired` when it is over.
    pub fn create_sub_ca_certificate(
        &self,
        request: &CreateSubCACertificateRequest,
    ) -> Result<CreateSubCACertificateResponse, CasError> {
        let token = token::of("CreateSubCACertificate", request, &request.client_token);
        self.operate_once(&token, |request_id, now| {
            let parent = self.parent("ParentIdentifier", &request.parent_identifier, now)?;
            let fields = authority_fields!(request);
            let name = self.authority_name(fields)?;
            let algorithm = self.algorithm("Algorithm", &request.algorithm)?;
            check_family("Algorithm", algorithm, &parent)?;
            let above = parent.kept.document.years;
            if request.years > above {
                let allowed = format!("1 to {above}, the years of its parent");
                return Err(CasError::invalid("Years", request.years, allowed));
            }
            // Compared in years; the end is cut to the parent's.
            let end =
                years(request.years, now)?.min(parent.issuer.certificate().validity().not_after());
            let path_len = match request.path_len_constraint {
                None => self.config.path_len,
                Some(given) => u8::try_from(given)
                    .map_err(|_| CasError::invalid("PathLenConstraint", given, "0 to 255"))?,
            };
            let usages = extended_key_usages("ExtendedKeyUsages", &request.extended_key_usages)?;
            let crl_day = request.crl_day.unwrap_or(self.config.crl_day);
            if !(1..=365).contains(&crl_day) {
                return Err(CasError::invalid("CrlDay", crl_day, "1 to 365"));
            }
            if let Some(days) = request.cert_max_time
                && !(1..=3_650_000).contains(&days)
            {
                return Err(CasError::invalid("CertMaxTime", days, "1 to 3650000 days"));
            }
            let enable_crl = request.enable_crl.unwrap_or_default();
            if enable_crl {
                self.crl_url("EnableCrl", &parent.identifier)?;
            }
            check_tags(&self.config, &request.tags)?;
            self.check_keys_can_be_kept()?;

            let mut profile = Profile::intermediate(path_len);
            if !usages.is_empty() {
                profile = profile.with_extended_key_usage(usages);
            }
            let profile = self.with_crl_pointer(profile, &parent)?;
            let validity = Validity::new(now, end)?;
            let key = Arc::new(self.generate(algorithm)?);
            let document = |identifier: &Identifier| AuthorityDocument {
                identifier: identifier.to_string(),
                parent_identifier: Some(parent.identifier.to_string()),
                years: request.years,
                created: now.unix(),
                status: ISSUE.to_owned(),
                revoked: None,
                enable_crl,
                crl_day,
                cert_max_time: request.cert_max_time,
                tags: copied(&request.tags),
            };
            let above: Vec<Certificate> = parent.issuer.chain().certificates().cloned().collect();
            let answer = |certificate: &Certificate, identifier: &Identifier| {
                CreateSubCACertificateResponse {
                    identifier: identifier.to_string(),
                    certificate: certificate.to_pem(),
                    certificate_chain: above.iter().map(Certificate::to_pem).collect(),
                    request_id: request_id.clone(),
                }
            };
            let writes = |certificate: &Certificate| {
                let chain = Chain::new(certificate.clone(), above.clone())?;
                let writer = self.ledger.writer(&self.actor, now);
                let (identifier, kept) = writer.issuer_row(&chain, Some(&key), &[])?;
                let mut writes =
                    authority_writes(&document(&identifier)).map_err(CasError::into_error)?;
                let answer = answer(certificate, &identifier);
                writes.extend(token::write(&token, &answer, now).map_err(CasError::into_error)?);
                Ok(vec![kept, Row::of(writes)])
            };
            let policy = Policy::new(profile.clone())
                .with_max_lifetime(Lifetime::seconds(u64::MAX))
                .with_backdate(Lifetime::seconds(u64::MAX));
            let weak = self.config.weak_keys.allow(KeyAlgorithm::Rsa1024);
            let policy = if weak { policy.dangerously_allow_rsa_1024() } else { policy };
            let issuance = Issuance::for_authority(key.public_key().clone(), name, profile)
                .under(&policy)
                .validity(validity)
                .with_rows(writes);
            let issued = self.authority(&parent, None).issue(issuance)?;
            Ok(answer(issued.certificate(), issued.identifier()))
        })
    }

    fn authority_name(&self, fields: Fields) -> Result<crate::name::Name, CasError> {
        let country = Some(self.config.authority_country.clone());
        fields.or(Fields { country, ..Fields::default() }).name(&subject::AUTHORITY)
    }
}

/// So many calendar years from now.
fn years(years: i64, now: Time) -> Result<Time, CasError> {
    let months = u32::try_from(years.saturating_mul(12)).ok().filter(|months| *months > 0);
    let end = months.and_then(|months| now.plus_months(months).ok());
    end.ok_or_else(|| {
        CasError::invalid("Years", years, "1 or more, and an end before the year 10000")
    })
}
