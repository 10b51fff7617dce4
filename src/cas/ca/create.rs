//! Root and intermediate CAs.

use std::slice;
use std::sync::Arc;

use super::super::described::pems;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::AuthoritySubject;
use super::super::parameters::subject::{self, SubjectFields};
use super::super::parameters::tags::{TagParameter, check_tags, kept, resource_group};
use super::super::parameters::usages::extended_key_usages;
use super::super::parameters::validity::years;
use super::super::session::{Run, Session};
use super::super::shelf::records::{AuthorityDocument, AuthorityRecord, ISSUE, authority_rows};
use super::super::shelf::token;
use super::parent::{self, Parent, algorithm, check_family, crl_url, generated};
use crate::issuance::Issuance;
use crate::ledger::{Identifier, Row};
use crate::profile::ExtendedKeyUsage;
use crate::time::Validity;
use crate::{Certificate, Chain, Error, Issuer, Name, Profile, SerialNumber};

structures! {
    /// Creates a root CA; its key is kept sealed.
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds; `Error` when the store
    /// fails or may not keep a private key.
    CreateRootCACertificate {
        /// Who and where it is.
        subject as ..: AuthoritySubject,
        /// How long it is valid, in calendar years from now.
        years: i64,
        /// The key, such as `ECC_256`; RSA_2048.
        algorithm: Option<String>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
        /// The resource group that it belongs to; else the value of the tag `acs:rm:rgId`, where there is one.
        resource_group_id: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// Creates an intermediate CA below another; its key is kept sealed.
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds, another family, or
    /// more years than the parent's; `NotFound` for the parent; `InvalidStatus.UpdateProtection` when
    /// it is revoked, `CertificateExpired` when it has expired.
    CreateSubCACertificate {
        /// Who and where it is.
        subject as ..: AuthoritySubject,
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
        /// The resource group that it belongs to; else the value of the tag `acs:rm:rgId`, where there is one.
        resource_group_id: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// A CA that was created.
    CreatedAuthority {
        /// The CA's identifier.
        identifier: String,
        /// Its certificate in PEM.
        certificate: String,
        /// The certificates above, its issuer's first; of a root, the root.
        certificate_chain: String,
    }
}

impl Run for CreateRootCACertificate {
    type Answer = CreatedAuthority;

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<CreatedAuthority, CasError> {
        let name = name(at, &self.subject)?;
        let algorithm = match &self.algorithm {
            Some(text) => algorithm(at, "Algorithm", text)?,
            None => at.config.root_algorithm,
        };
        let validity = Validity::new(at.now, years(self.years, at.now)?)?;
        check_tags(at.config, &self.tags)?;
        let resource_group_id = resource_group(self.resource_group_id.as_deref(), &self.tags)?;
        let key = at.key_once(|| generated(at, algorithm))?;
        let serial = SerialNumber::generate(&mut at.randomness.clone())?;
        let root =
            Issuer::self_signed_at(name, Profile::root(), Arc::clone(key), serial, validity)?;
        let chain = root.chain();
        let record = AuthorityRecord {
            years: self.years,
            crl_status: true,
            crl_day: at.config.crl_day,
            resource_group_id,
            tags: kept(&self.tags),
            ..Default::default()
        };
        let identifier = at.writer().put_root(&root, created(at, record, &chain)?)?;
        Ok(answer(&identifier, &chain))
    }
}

impl Run for CreateSubCACertificate {
    type Answer = CreatedAuthority;

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<CreatedAuthority, CasError> {
        let parent = parent::find(at, "ParentIdentifier", &self.parent_identifier)?;
        let name = name(at, &self.subject)?;
        let algorithm = algorithm(at, "Algorithm", &self.algorithm)?;
        check_family(at, "Algorithm", algorithm, &parent)?;
        let above = parent.kept.document.record.years;
        if self.years > above {
            let allowed = format!("1 to {above}, the years of its parent");
            return Err(CasError::invalid("Years", self.years, allowed));
        }
        // Compared in years; the end is cut to the parent's.
        let end = parent.issuer.certificate().validity().not_after();
        let validity = Validity::new(at.now, years(self.years, at.now)?.min(end))?;
        let path_len = path_len(at, "PathLenConstraint", self.path_len_constraint)?;
        check_path_len(&parent, "ParentIdentifier", "PathLenConstraint", path_len)?;
        let usages = extended_key_usages("ExtendedKeyUsages", &self.extended_key_usages)?;
        let crl_day = self.crl_day.unwrap_or(at.config.crl_day);
        if !(1..=365).contains(&crl_day) {
            return Err(CasError::invalid("CrlDay", crl_day, "1 to 365"));
        }
        check_cert_max_time(self.cert_max_time)?;
        let enable_crl = self.enable_crl.unwrap_or_default();
        if enable_crl {
            crl_url(at, "EnableCrl", &parent.identifier)?;
        }
        check_tags(at.config, &self.tags)?;
        let resource_group_id = resource_group(self.resource_group_id.as_deref(), &self.tags)?;

        let profile = intermediate(path_len, usages);
        let key = at.key_once(|| generated(at, algorithm))?;
        let record = || AuthorityRecord {
            years: self.years,
            crl_status: enable_crl,
            crl_day,
            cert_max_time: self.cert_max_time,
            resource_group_id: resource_group_id.clone(),
            tags: kept(&self.tags),
            ..Default::default()
        };
        let rows = |certificate: &Certificate| created_below(at, record(), &parent, certificate);
        let policy = parent::policy(at, profile.clone());
        let issuance = Issuance::for_authority(key.public_key().clone(), name, profile)
            .under(&policy)
            .validity(validity)
            .with_rows(rows);
        let issued = parent::authority(at, &parent, true)?.issue(issuance)?;
        Ok(answer(issued.identifier(), issued.chain()))
    }
}

/// How many CAs may follow below a new one.
pub(super) fn path_len(at: &Session<'_>, place: &str, given: Option<i64>) -> Result<u8, CasError> {
    let Some(given) = given else { return Ok(at.config.path_len) };
    u8::try_from(given).map_err(|_| CasError::invalid(place, given, "0 to 255"))
}

pub(super) fn check_cert_max_time(given: Option<i64>) -> Result<(), CasError> {
    match given {
        Some(days) if !(1..=3_650_000).contains(&days) => {
            Err(CasError::invalid("CertMaxTime", days, "1 to 3650000 days"))
        }
        _ => Ok(()),
    }
}

/// As many CAs as the parent allows may follow (RFC 5280 section 4.2.1.9).
pub(super) fn check_path_len(
    parent: &Parent,
    parent_place: &str,
    place: &str,
    path_len: u8,
) -> Result<(), CasError> {
    match parent.issuer.certificate().path_len() {
        Some(0) => {
            let given = format!("{}, whose PathLenConstraint is 0", parent.identifier);
            let allowed = "a CA that may have others below it";
            Err(CasError::invalid(parent_place, given, allowed))
        }
        Some(most) if path_len >= most => {
            let allowed = format!("0 to {}: that of its parent is {most}", most - 1);
            Err(CasError::invalid(place, path_len, allowed))
        }
        _ => Ok(()),
    }
}

/// What a CA may do.
pub(super) fn intermediate(path_len: u8, usages: Vec<ExtendedKeyUsage>) -> Profile {
    let profile = Profile::intermediate(path_len);
    if usages.is_empty() { profile } else { profile.with_extended_key_usage(usages) }
}

/// The rows that record a new CA below another.
pub(super) fn created_below(
    at: &Session<'_>,
    record: AuthorityRecord,
    parent: &Parent,
    certificate: &Certificate,
) -> Result<Vec<Row>, Error> {
    let record =
        AuthorityRecord { parent_identifier: Some(parent.identifier.to_string()), ..record };
    let above = parent.issuer.chain().certificates().cloned().collect();
    created(at, record, &Chain::new(certificate.clone(), above)?)
}

/// The rows that record a new CA.
fn created(at: &Session<'_>, record: AuthorityRecord, chain: &Chain) -> Result<Vec<Row>, Error> {
    let key = at.key.get().map(Arc::as_ref);
    let (identifier, kept) = at.writer().issuer_row(chain, key, &[])?;
    let (identifier_text, status) = (identifier.to_string(), ISSUE.to_owned());
    let record = AuthorityRecord { identifier: identifier_text, status, ..record };
    let document =
        AuthorityDocument { record, created: at.now.unix(), revoked: None, updated: None };
    let mut rows = authority_rows(at.rows, &document)?;
    rows.push(kept);
    rows.extend(token::row(at, &answer(&identifier, chain))?);
    Ok(rows)
}

pub(super) fn answer(identifier: &Identifier, chain: &Chain) -> CreatedAuthority {
    let above =
        if chain.above().is_empty() { slice::from_ref(chain.leaf()) } else { chain.above() };
    CreatedAuthority {
        identifier: identifier.to_string(),
        certificate: chain.leaf().to_pem(),
        certificate_chain: pems(above),
    }
}

fn name(at: &Session<'_>, given: &AuthoritySubject) -> Result<Name, CasError> {
    let AuthoritySubject { common_name, organization, organization_unit, locality, state, .. } =
        given;
    let country = given.country_code.as_ref().unwrap_or(&at.config.authority_country);
    let fields = SubjectFields {
        organization: Some(organization.clone()),
        organization_unit: Some(organization_unit.clone()),
        country: Some(country.clone()),
        state: Some(state.clone()),
        locality: Some(locality.clone()),
    };
    fields.name(Some(common_name), &subject::AUTHORITY)
}
