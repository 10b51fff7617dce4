//! Section 2: certificate signing requests.

use zeroize::Zeroizing;

use super::Cas;
use super::csr_structures::*;
use super::error::{CasError, ErrorKind};
use super::names::domains;
use super::page::page;
use super::records::{forget_request_name_write, request_name_write};
use super::schema::Secret;
use super::subject::{self, Fields};
use crate::algorithm::KeyAlgorithm;
use crate::error::{Error, quoted};
use crate::hexadecimal::hexadecimal;
use crate::key::{KeyPair, fingerprint};
use crate::ledger::{AuditAction, RequestRecord, request_key_name};
use crate::name::{AltName, AttributeType};
use crate::request::CertificateRequest;

impl Cas {
    /// Creates a key and a CSR, and keeps both, the key sealed (seed page CreateCsr).
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds, `NameRepeat` for a
    /// name that is taken, `CreateCsrFailed` when the key cannot be made, `Error` when the store
    /// fails or may not keep a private key.
    pub fn create_csr(&self, request: &CreateCsrRequest) -> Result<CreateCsrResponse, CasError> {
        self.operate(|request_id| {
            let key = self.csr_key(&request.algorithm, request.key_size)?;
            let fields = Fields {
                country: Some(request.country_code.clone()),
                state: Some(request.province.clone()),
                locality: Some(request.locality.clone()),
                organization: request.corp_name.clone(),
                organization_unit: request.department.clone(),
                common_name: Some(request.common_name.clone()),
            };
            let subject = fields.name(&subject::CSR)?;
            let mut names = domains("Sans", request.sans.as_deref())?;
            let name = request.name.as_deref();
            self.check_csr_name(name)?;
            self.check_keys_can_be_kept()?;
            // Clients look for the main name among the alternative ones too (RFC 9525 section 2).
            if let Ok(main) = request.common_name.parse::<AltName>()
                && !names.contains(&main)
            {
                names.insert(0, main);
            }
            let failed = |error| CasError::of(error, ErrorKind::CreateCsrFailed);
            let key = KeyPair::generate(key).map_err(failed)?;
            let builder = CertificateRequest::builder(subject);
            let builder = names.into_iter().fold(builder, |builder, name| builder.alt_name(name));
            let csr = builder.sign(&key).map_err(failed)?;
            let csr_id = self.keep_csr(name, &csr, Some(&key))?;
            Ok(CreateCsrResponse { csr: csr.to_pem(), csr_id, request_id })
        })
    }

    /// Keeps a CSR that was made elsewhere, with its private key where that is given (section 2).
    ///
    /// # Errors
    /// `CertificateFormatException` when the CSR or the key does not parse, its signature is wrong or
    /// the key is not the CSR's; `NameRepeat` for a name that is taken.
    pub fn upload_csr(&self, request: &UploadCsrRequest) -> Result<UploadCsrResponse, CasError> {
        let UploadCsrRequest { csr, key, name } = request;
        self.operate(|request_id| {
            let csr = read_csr(csr)?;
            let key = key.as_ref().map(|key| self.read_key(key, &csr)).transpose()?;
            self.check_csr_name(name.as_deref())?;
            let csr_id = self.keep_csr(name.as_deref(), &csr, key.as_ref())?;
            Ok(UploadCsrResponse { csr_id, request_id })
        })
    }

    /// Adds the private key to a CSR that has none (section 2).
    ///
    /// # Errors
    /// `NotFound`; `CertificatePrivateKey.Existed` where there is one; `CertificateFormatException`
    /// when the key does not parse or is another's.
    pub fn update_csr(&self, request: &UpdateCsrRequest) -> Result<UpdateCsrResponse, CasError> {
        let UpdateCsrRequest { csr_id, key } = request;
        self.operate(|request_id| {
            let kept = self.csr(*csr_id)?;
            if kept.has_key {
                let message = format!("CsrId: the private key of CSR {csr_id} is kept already");
                return Err(CasError::new(ErrorKind::PrivateKeyExists, message));
            }
            let key = self.read_key(key, &kept.request)?;
            let writes = self.ledger.request_key_writes(kept.number, &key)?;
            self.write(writes, AuditAction::Recorded, format!("private key of request {csr_id}"))?;
            Ok(UpdateCsrResponse { request_id })
        })
    }

    /// Shows a CSR and its private key (section 2).
    ///
    /// # Errors
    /// `NotFound`.
    pub fn get_csr_detail(
        &self,
        request: &GetCsrDetailRequest,
    ) -> Result<GetCsrDetailResponse, CasError> {
        self.operate(|request_id| {
            let kept = self.csr(request.csr_id)?;
            let name = request_key_name(kept.number);
            let key = if kept.has_key { self.exported_key(&name)? } else { None };
            let private_key = key.map(|key| key.to_pkcs8_pem()).transpose()?;
            let private_key = private_key.map(|pem| Secret::new(pem.as_str()));
            Ok(GetCsrDetailResponse { csr: kept.request.to_pem(), private_key, request_id })
        })
    }

    /// Lists CSRs, the latest first (section 2).
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    pub fn list_csr(&self, request: &ListCsrRequest) -> Result<ListCsrResponse, CasError> {
        let ListCsrRequest { algorithm, key_word, current_page, show_size } = request;
        self.operate(|request_id| {
            let families: Vec<&str> =
                self.config.csr_keys.iter().map(|rule| rule.algorithm).collect();
            if let Some(algorithm) = algorithm
                && !families.contains(&algorithm.as_str())
            {
                let given = quoted(algorithm);
                return Err(CasError::invalid("Algorithm", given, "RSA, ECC or SM2"));
            }
            let wanted = |listed: &ListedCsr| {
                let texts = [&listed.common_name, &listed.sans, &listed.name];
                algorithm.as_ref().is_none_or(|algorithm| listed.algorithm == *algorithm)
                    && key_word.as_ref().is_none_or(|word| {
                        texts.into_iter().flatten().any(|text| text.contains(word.as_str()))
                    })
            };
            let mut all = Vec::new();
            let mut after = 0;
            loop {
                let kept = self.ledger.requests(after, 1_000)?;
                let Some(last) = kept.last() else { break };
                after = last.number;
                all.extend(kept.iter().map(listed).filter(wanted));
            }
            all.reverse();
            let (csr_list, page) =
                page(all, *current_page, *show_size, self.config.page_sizes.0, &self.config)?;
            Ok(ListCsrResponse {
                csr_list,
                current_page: page.current,
                show_size: page.size,
                total_count: page.total,
                request_id,
            })
        })
    }

    /// Deletes a CSR and its private key (section 2).
    ///
    /// # Errors
    /// `NotFound`.
    pub fn delete_csr(&self, request: &DeleteCsrRequest) -> Result<DeleteCsrResponse, CasError> {
        self.operate(|request_id| {
            let kept = self.csr(request.csr_id)?;
            let mut writes = self.ledger.forget_request_writes(kept.number)?;
            if !kept.name.is_empty() {
                writes.push(forget_request_name_write(&kept.name, kept.number));
            }
            self.write(writes, AuditAction::Deleted, format!("request {}", kept.number))?;
            Ok(DeleteCsrResponse { request_id })
        })
    }

    /// The key that an algorithm and a size of CreateCsr mean.
    fn csr_key(&self, algorithm: &str, key_size: i64) -> Result<KeyAlgorithm, CasError> {
        let rules = &self.config.csr_keys;
        let found = rules
            .iter()
            .find(|rule| rule.algorithm == algorithm && rule.key_size == key_size)
            .map(|rule| rule.key);
        found.ok_or_else(|| {
            let allowed: Vec<String> = rules
                .iter()
                .map(|rule| format!("{} of {}", rule.algorithm, rule.key_size))
                .collect();
            let given = format!("{} of {key_size}", quoted(algorithm));
            CasError::invalid("Algorithm and KeySize", given, allowed.join(", "))
        })
    }

    /// A CSR that is kept.
    pub(super) fn csr(&self, csr_id: i64) -> Result<RequestRecord, CasError> {
        let number = u64::try_from(csr_id).ok();
        let kept = number.map(|number| self.ledger.request(number)).transpose()?.flatten();
        kept.ok_or_else(|| CasError::not_found("CsrId", format!("CSR {csr_id}")))
    }

    /// Keeps a CSR, its key and its name together.
    fn keep_csr(
        &self,
        name: Option<&str>,
        csr: &CertificateRequest,
        key: Option<&KeyPair>,
    ) -> Result<i64, CasError> {
        let text = name.unwrap_or_default();
        let (number, mut writes) = self.ledger.request_writes(text, csr, key, self.now()?)?;
        writes.extend(name.map(|name| request_name_write(name, number)));
        self.write(writes, AuditAction::Recorded, format!("request {number}"))?;
        i64::try_from(number).map_err(|_| CasError::new(ErrorKind::Other, "no number is left"))
    }

    /// A name of a CSR is in order, and free.
    fn check_csr_name(&self, name: Option<&str>) -> Result<(), CasError> {
        let Some(name) = name else { return Ok(()) };
        let most = self.config.csr_name_characters;
        let count = name.chars().count();
        if count > most {
            let message = format!("Name: given {count} characters, at most {most}");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
            let allowed = "letters, digits, '_', '-' and '.'";
            return Err(CasError::invalid("Name", quoted(name), allowed));
        }
        if self.request_named(name)?.is_some() {
            let message = format!("Name: {} is another CSR's", quoted(name));
            return Err(CasError::new(ErrorKind::NameRepeat, message));
        }
        Ok(())
    }

    /// The private key of a CSR, from PEM.
    fn read_key(&self, key: &Secret, csr: &CertificateRequest) -> Result<KeyPair, CasError> {
        let format = |error| CasError::of(error, ErrorKind::CertificateFormat);
        let text = with_line_ends(key.as_str());
        let key = KeyPair::from_pem_with(&text, self.config.weak_keys).map_err(format)?;
        if key.public_key() == csr.public_key() {
            return Ok(key);
        }
        Err(CasError::new(ErrorKind::CertificateFormat, "Key: it is not the key of the CSR"))
    }
}

/// PEM whose line ends were escaped once more than JSON wants: a backslash and an n each.
fn with_line_ends(text: &str) -> Zeroizing<String> {
    // Room for all of it at once: a text that grows leaves copies of a private key behind.
    let mut ended = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split("\\n").enumerate() {
        ended.push_str(if index > 0 { "\n" } else { "" });
        ended.push_str(line.strip_suffix("\\r").unwrap_or(line));
    }
    ended
}

/// A CSR from PEM, its signature verified.
pub(super) fn read_csr(text: &str) -> Result<CertificateRequest, CasError> {
    CertificateRequest::from_pem(&with_line_ends(text)).map_err(|error| match error {
        // What is well formed and merely not supported is a parameter out of bounds.
        Error::Unsupported { .. } => CasError::of(error, ErrorKind::InvalidParameter),
        error => CasError::of(error, ErrorKind::CertificateFormat),
    })
}

fn listed(kept: &RequestRecord) -> ListedCsr {
    let subject = kept.request.subject();
    let algorithm = kept.request.public_key().algorithm();
    let fields = Fields::of(subject);
    let names: Vec<String> = kept
        .request
        .requested_alt_names()
        .iter()
        .map(|name| {
            let text = name.to_string();
            text.split_once(':').map_or(text.clone(), |(_, value)| value.to_owned())
        })
        .collect();
    let digest = fingerprint(&kept.request.public_key().to_der());
    ListedCsr {
        algorithm: algorithm.family().to_string(),
        common_name: subject.value(AttributeType::COMMON_NAME),
        corp_name: fields.organization,
        country_code: fields.country,
        csr_id: i64::try_from(kept.number).unwrap_or(i64::MAX),
        department: fields.organization_unit,
        has_private_key: kept.has_key,
        key_sha2: hexadecimal(&digest),
        key_size: i64::from(algorithm.bits()),
        locality: fields.locality,
        name: Some(kept.name.clone()).filter(|name| !name.is_empty()),
        province: fields.state,
        sans: Some(names.join(",")).filter(|names| !names.is_empty()),
    }
}
