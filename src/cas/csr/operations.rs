//! The operations on CSRs.

use zeroize::Zeroizing;

use super::super::described::{family, hexadecimal, names_of};
use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::Secret;
use super::super::parameters::list::List;
use super::super::parameters::names::{domains, host, in_ascii};
use super::super::parameters::subject::{self, SubjectFields};
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{Kept, decode, document, encode, numbered, record};
use super::structures::*;
use crate::error::quoted;
use crate::key::WeakKeys;
use crate::ledger::RequestRecord;
use crate::name::AttributeType;
use crate::{CertificateRequest, Error, KeyAlgorithm, KeyPair};

const LISTED: &str = "csr/";
const NAME: &str = "request-name/";

impl Run for CreateCsr {
    type Answer = CreatedCsr;

    fn run(&self, at: &Session<'_>) -> Result<CreatedCsr, CasError> {
        let algorithm = csr_key(at, &self.algorithm, self.key_size)?;
        let fields = SubjectFields {
            organization: self.corp_name.clone(),
            organization_unit: self.department.clone(),
            country: Some(self.country_code.clone()),
            state: Some(self.province.clone()),
            locality: Some(self.locality.clone()),
        };
        let common_name = in_ascii(&self.common_name);
        let subject = fields.name(Some(&common_name), &subject::CSR)?;
        let mut names = domains("Sans", self.sans.as_deref())?;
        check_name(at, self.name.as_deref())?;
        // Clients look for the main name among the alternative ones too (RFC 9525 section 2).
        if let Some(main) = host(&common_name)
            && !names.contains(&main)
        {
            names.insert(0, main);
        }
        let failed = |error| CasError::of(error, ErrorKind::CreateCsrFailed);
        let key = at.key_once(|| at.generate_key(algorithm, WeakKeys::Refuse).map_err(failed))?;
        let builder = CertificateRequest::builder(subject).alt_names(names);
        let csr = builder.sign(key).map_err(failed)?;
        let csr_id = keep(at, self.name.as_deref(), &csr, Some(key))?;
        Ok(CreatedCsr { csr: csr.to_pem(), csr_id })
    }
}

impl Run for UploadCsr {
    type Answer = i64;

    const ANSWER: Named = Some(("CsrId", "The CSR's number."));

    fn run(&self, at: &Session<'_>) -> Result<i64, CasError> {
        let csr = read_csr(at, &self.csr)?;
        let key = self.key.as_ref().map(|key| read_key(at, key, &csr)).transpose()?;
        check_name(at, self.name.as_deref())?;
        keep(at, self.name.as_deref(), &csr, key.as_ref())
    }
}

impl Run for UpdateCsr {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let (csr_id, kept) = (self.csr_id, kept(at, self.csr_id)?);
        if kept.has_key {
            let message = format!("CsrId: the private key of CSR {csr_id} is kept already");
            return Err(CasError::new(ErrorKind::PrivateKeyExists, message));
        }
        let key = read_key(at, &self.key, &kept.request)?;
        let mut rows = vec![at.writer().request_key_row(kept.number, &key)?];
        if let Some(mut listed) = listed_document(at, kept.number)? {
            listed.document.has_private_key = true;
            rows.push(listed.replace()?);
        }
        at.write(rows, &format!("private key of request {csr_id}"))
    }
}

impl Run for GetCsrDetail {
    type Answer = CsrDetail;

    fn run(&self, at: &Session<'_>) -> Result<CsrDetail, CasError> {
        let kept = kept(at, self.csr_id)?;
        let name = format!("request/{}", kept.number);
        let key = if kept.has_key { at.exported_key(&name)? } else { None };
        let private_key = key.map(|key| key.to_pkcs8_pem()).transpose()?;
        let private_key = private_key.map(|pem| Secret::new(pem.as_str()));
        Ok(CsrDetail { csr: kept.request.to_pem(), private_key })
    }
}

impl Run for ListCsr {
    type Answer = List<ListedCsr>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedCsr>, CasError> {
        let Self { algorithm, key_word, page } = self;
        if let Some(algorithm) = algorithm
            && !at.config.csr_keys.iter().any(|rule| rule.algorithm == *algorithm)
        {
            return Err(CasError::invalid("Algorithm", quoted(algorithm), "RSA, ECC or SM2"));
        }
        let mut all = at.rows.list(LISTED, None, usize::MAX)?;
        all.reverse();
        if algorithm.is_none() && key_word.is_none() {
            return List::page(&all, *page, at.config, |row| decode(row).map(Some));
        }
        let mut wanted = Vec::new();
        for (index, row) in all.iter().enumerate() {
            let listed: ListedCsr = decode(row)?;
            let texts = [&listed.common_name, &listed.sans, &listed.name];
            let has = |word: &String| texts.into_iter().flatten().any(|text| text.contains(word));
            if algorithm.as_ref().is_none_or(|algorithm| listed.algorithm == *algorithm)
                && key_word.as_ref().is_none_or(has)
            {
                wanted.push(index);
            }
        }
        List::page(&wanted, *page, at.config, |index| all.get(*index).map(decode).transpose())
    }
}

impl Run for DeleteCsr {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let RequestRecord { number, name, .. } = kept(at, self.csr_id)?;
        let mut rows = vec![at.writer().delete_request_row(number)?];
        if !name.is_empty() {
            let named = at.rows.get(format!("{NAME}{name}"))?;
            let own = named.filter(|row| row.value() == record(number.to_string()));
            rows.extend(own.map(|row| row.delete()));
        }
        rows.extend(listed_document(at, number)?.map(|listed| listed.delete()));
        at.write(rows, &format!("request {number}"))
    }
}

/// The key that an algorithm and a size of CreateCsr mean.
fn csr_key(at: &Session<'_>, algorithm: &str, key_size: i64) -> Result<KeyAlgorithm, CasError> {
    let rules = &at.config.csr_keys;
    let found = rules
        .iter()
        .find(|rule| rule.algorithm == algorithm && rule.key_size == key_size)
        .map(|rule| rule.key);
    found.ok_or_else(|| {
        let allowed: Vec<String> =
            rules.iter().map(|rule| format!("{} of {}", rule.algorithm, rule.key_size)).collect();
        let given = format!("{} of {key_size}", quoted(algorithm));
        CasError::invalid("Algorithm and KeySize", given, allowed.join(", "))
    })
}

/// A CSR that is kept.
fn kept(at: &Session<'_>, csr_id: i64) -> Result<RequestRecord, CasError> {
    let number = u64::try_from(csr_id).ok();
    let kept = number.map(|number| at.ledger.request(number)).transpose()?.flatten();
    kept.ok_or_else(|| CasError::not_found("CsrId", format!("CSR {csr_id}")))
}

fn listed_document(at: &Session<'_>, number: u64) -> Result<Option<Kept<ListedCsr>>, CasError> {
    document(at.rows, numbered(LISTED, number))
}

/// Keeps a CSR, its key, its name and what lists show of it together.
fn keep(
    at: &Session<'_>,
    name: Option<&str>,
    csr: &CertificateRequest,
    key: Option<&KeyPair>,
) -> Result<i64, CasError> {
    let (number, kept) = at.writer().request_row(name.unwrap_or_default(), csr, key)?;
    let csr_id =
        i64::try_from(number).map_err(|_| CasError::new(ErrorKind::Other, "no number is left"))?;
    let listed = listed(csr_id, name, csr, key.is_some());
    let mut rows = vec![kept, at.rows.insert(numbered(LISTED, number), encode(&listed))?];
    if let Some(name) = name {
        rows.push(at.rows.insert(format!("{NAME}{name}"), record(number.to_string()))?);
    }
    at.write(rows, &format!("request {number}"))?;
    Ok(csr_id)
}

/// A name of a CSR is in order, and free.
fn check_name(at: &Session<'_>, name: Option<&str>) -> Result<(), CasError> {
    let Some(name) = name else { return Ok(()) };
    let (count, most) = (name.chars().count(), at.config.csr_name_characters);
    if count > most {
        let message = format!("Name: given {count} characters, at most {most}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        let allowed = "letters, digits, '_', '-' and '.'";
        return Err(CasError::invalid("Name", quoted(name), allowed));
    }
    if at.rows.get(format!("{NAME}{name}"))?.is_some() {
        let message = format!("Name: {} is another CSR's", quoted(name));
        return Err(CasError::new(ErrorKind::NameRepeat, message));
    }
    Ok(())
}

/// The private key of a CSR, from PEM.
fn read_key(at: &Session<'_>, key: &Secret, csr: &CertificateRequest) -> Result<KeyPair, CasError> {
    let key = key_from_pem(at, "Key", key)?;
    if key.public_key() == csr.public_key() {
        return Ok(key);
    }
    Err(CasError::new(ErrorKind::KeyMismatch, "Key: it is not the key of the CSR"))
}

/// A private key from the PEM of a parameter.
pub(crate) fn key_from_pem(
    at: &Session<'_>,
    name: &str,
    key: &Secret,
) -> Result<KeyPair, CasError> {
    let format = |error| CasError::of(error, ErrorKind::CertificateFormat).about(name);
    let text = with_line_ends(key.as_str());
    KeyPair::from_pem_with(&text, at.config.weak_keys).map_err(format)
}

/// PEM whose line ends were escaped once more than JSON wants: a backslash and an n each.
pub(crate) fn with_line_ends(text: &str) -> Zeroizing<String> {
    // Room for all of it at once: a text that grows leaves copies of a private key behind.
    let mut ended = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split("\\n").enumerate() {
        ended.push_str(if index > 0 { "\n" } else { "" });
        ended.push_str(line.strip_suffix("\\r").unwrap_or(line));
    }
    ended
}

/// A CSR from PEM, its signature verified.
pub(crate) fn read_csr(at: &Session<'_>, text: &str) -> Result<CertificateRequest, CasError> {
    let text = with_line_ends(text);
    let read = CertificateRequest::from_pem_with_sm2_ids(&text, &at.config.sm2_ids);
    read.map_err(|error| match error {
        // What is well formed and merely not supported is a parameter out of bounds.
        Error::Unsupported { .. } => CasError::of(error, ErrorKind::InvalidParameter).about("Csr"),
        error => CasError::of(error, ErrorKind::CertificateFormat).about("Csr"),
    })
}

/// What lists show of a CSR.
fn listed(csr_id: i64, name: Option<&str>, csr: &CertificateRequest, has_key: bool) -> ListedCsr {
    let (subject, algorithm) = (csr.subject(), csr.public_key().algorithm());
    ListedCsr {
        algorithm: family(algorithm).to_owned(),
        common_name: subject.value(AttributeType::COMMON_NAME),
        corp_name: subject.value(AttributeType::ORGANIZATION),
        country_code: subject.value(AttributeType::COUNTRY),
        csr_id,
        department: subject.value(AttributeType::ORGANIZATIONAL_UNIT),
        has_private_key: has_key,
        key_sha2: hexadecimal(&csr.public_key().fingerprint()),
        key_size: i64::from(algorithm.bits()),
        locality: subject.value(AttributeType::LOCALITY),
        name: name.filter(|name| !name.is_empty()).map(str::to_owned),
        province: subject.value(AttributeType::STATE_OR_PROVINCE),
        sans: names_of(csr.requested_alt_names()),
    }
}
