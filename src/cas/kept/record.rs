//! What is kept of certificates of users, beside the table of [`records`](super::super::shelf::records):
//!
//! | place | value |
//! |---|---|
//! | `user-certificate/` number (8) | [`UserCertificate`]: what lists choose by |
//! | `user-certificate-leaf/` identifier | the number of the copy of a leaf |
//! | `user-certificate-name/` text | the number |
//! | `user-certificate-numbers` | [`Numbers`] |
//! | `user-certificate-text/` number (8) | [`Texts`]: the certificates |

use super::super::config::Config;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::tags::AnsweredTag;
use super::super::session::Session;
use super::super::shelf::records::{
    Kept, decode, document, encode, numbered, record, text as record_text,
};
use crate::error::quoted;
use crate::ledger::{Row, StoredRow};
use crate::{Certificate, Chain};

structures! {
    /// What is kept of a certificate of a user beside the certificate and its key.
    UserCertificate {
        /// Its number.
        number: i64,
        /// Its name.
        name: String,
        /// The common name.
        common_name: Option<String>,
        /// The alternative names, separated by commas.
        sans: Option<String>,
        /// notAfter, in UNIX seconds.
        not_after: i64,
        /// The identifier of the leaf that it is a copy of.
        leaf: Option<String>,
        /// Whether its key is kept.
        has_key: bool,
        /// Whether it is a double certificate of SM2.
        is_double: bool,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// Its tags.
        tags: Vec<AnsweredTag>,
    }

    /// The certificates, in PEM, the leaf first.
    Texts {
        /// The certificate, of a double one that for signatures.
        cert: String,
        /// Of a double one that for encryption.
        encrypt_cert: Option<String>,
    }

    /// How many there are, and the last number.
    Numbers {
        /// How many there are.
        count: i64,
        /// The last number that was given.
        last: i64,
    }
}

const DOCUMENT: &str = "user-certificate/";
const LEAF: &str = "user-certificate-leaf/";
const NAME: &str = "user-certificate-name/";
const NUMBERS: &str = "user-certificate-numbers";
const TEXTS: &str = "user-certificate-text/";

impl UserCertificate {
    /// What it is called by as a resource.
    pub(crate) fn instance_id(&self) -> String {
        format!("{INSTANCE}{}", self.number)
    }

    /// What other services of the cloud call it by.
    pub(crate) fn cert_identifier(&self, config: &Config) -> String {
        format!("{}-{}", self.number, config.region)
    }

    /// The name that its key is kept under.
    pub(crate) fn key_name(&self) -> String {
        format!("user-certificate/{}", self.number)
    }

    /// The name that the key of the one for encryption is kept under.
    pub(crate) fn encryption_key_name(&self) -> String {
        format!("user-certificate/{}/encryption", self.number)
    }

    fn place(&self, prefix: &str) -> Vec<u8> {
        // A number is positive.
        numbered(prefix, self.number.unsigned_abs())
    }

    /// The certificates.
    pub(crate) fn texts(&self, at: &Session<'_>) -> Result<Texts, CasError> {
        let kept = document::<Texts>(at.rows, self.place(TEXTS))?;
        // Another may have deleted it meanwhile, which the next attempt sees.
        let lost = || gone(format!("the certificates of {}", self.instance_id()));
        Ok(kept.ok_or_else(lost)?.document)
    }

    /// The certificate and those above it that were given.
    pub(crate) fn chain(&self, at: &Session<'_>) -> Result<Chain, CasError> {
        Ok(Chain::from_pem(&self.texts(at)?.cert)?)
    }

    /// What records a new one, but for its number and its keys.
    pub(crate) fn rows(&self, at: &Session<'_>, texts: &Texts) -> Result<Vec<Row>, CasError> {
        let number = record(self.number.to_string());
        let mut rows = vec![
            at.rows.insert(self.place(DOCUMENT), encode(self))?,
            at.rows.insert(self.place(TEXTS), encode(texts))?,
            at.rows.insert(format!("{NAME}{}", self.name), &number)?,
        ];
        if let Some(leaf) = &self.leaf {
            rows.push(at.rows.insert(format!("{LEAF}{leaf}"), &number)?);
        }
        Ok(rows)
    }
}

/// The one of a number.
pub(crate) fn numbered_certificate(
    at: &Session<'_>,
    name: &str,
    number: i64,
) -> Result<Kept<UserCertificate>, CasError> {
    let found = match u64::try_from(number) {
        Ok(place) => document(at.rows, numbered(DOCUMENT, place))?,
        Err(_) => None,
    };
    found.ok_or_else(|| CasError::not_found(name, format!("certificate {number}")))
}

/// The one that an InstanceId or ResourceId names, where it names one.
pub(crate) fn certificate_of_instance(
    at: &Session<'_>,
    text: &str,
) -> Result<Option<Kept<UserCertificate>>, CasError> {
    match exact(text.strip_prefix(INSTANCE)) {
        Some(number) => document(at.rows, numbered(DOCUMENT, number)),
        None => Ok(None),
    }
}

/// The one that a CertIdentifier names, where it names one.
pub(super) fn certificate_of_identifier(
    at: &Session<'_>,
    text: &str,
) -> Result<Option<Kept<UserCertificate>>, CasError> {
    let number = text.strip_suffix(&at.config.region).and_then(|rest| rest.strip_suffix('-'));
    match exact(number) {
        Some(number) => document(at.rows, numbered(DOCUMENT, number)),
        None => Ok(None),
    }
}

/// The number that a text is, written as it is answered.
fn exact(text: Option<&str>) -> Option<u64> {
    let text = text?;
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

/// All, the latest first.
pub(crate) fn user_certificates(at: &Session<'_>) -> Result<Vec<UserCertificate>, CasError> {
    at.rows.list(DOCUMENT, None, usize::MAX)?.iter().rev().map(decode).collect()
}

/// Whether there is a copy of a leaf.
pub(crate) fn has_copy(at: &Session<'_>, leaf: &str) -> Result<bool, CasError> {
    Ok(at.rows.get(format!("{LEAF}{leaf}"))?.is_some())
}

/// A name is in order, and free.
pub(crate) fn check_name(at: &Session<'_>, name: &str) -> Result<(), CasError> {
    let (count, most) = (name.chars().count(), at.config.user_certificate_name_characters);
    if count > most {
        let message = format!("Name: given {count} characters, at most {most}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    if name.chars().any(char::is_control) {
        return Err(CasError::invalid("Name", quoted(name), "no control characters"));
    }
    if at.rows.get(format!("{NAME}{name}"))?.is_some() {
        let message = format!("Name: {} is another certificate's", quoted(name));
        return Err(CasError::new(ErrorKind::NameRepeat, message));
    }
    Ok(())
}

/// The first of so many new numbers, and what makes them taken. A number never comes again, not even that of one
/// that was deleted.
pub(crate) fn next_numbers(at: &Session<'_>, more: usize) -> Result<(i64, Row), CasError> {
    let (kept, numbers) = numbers(at)?;
    let after = numbered(DOCUMENT, numbers.last.unsigned_abs());
    if !at.rows.list(DOCUMENT, Some(&after), 1)?.is_empty() {
        // It was taken between the two looks, or the record was lost: then no attempt succeeds.
        return Err(gone("the last number of a certificate of a user".to_owned()));
    }
    let most = at.config.user_certificates;
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    let (count, last) = (numbers.count.saturating_add(more), numbers.last.checked_add(more));
    let Some(last) = last.filter(|_| count <= most) else {
        let message = format!("certificates of users: {} are kept, at most {most}", numbers.count);
        return Err(CasError::new(ErrorKind::NotRemainCount, message));
    };
    let taken = encode(&Numbers { count, last });
    let row = match kept {
        Some(kept) => kept.replace(taken)?,
        None => at.rows.insert(NUMBERS, taken)?,
    };
    Ok((numbers.last + 1, row))
}

fn numbers(at: &Session<'_>) -> Result<(Option<StoredRow>, Numbers), CasError> {
    let kept = at.rows.get(NUMBERS)?;
    let numbers = kept.as_ref().map(decode::<Numbers>).transpose()?;
    let numbers = numbers.unwrap_or_default();
    match numbers.last >= 0 && numbers.count >= 0 {
        true => Ok((kept, numbers)),
        false => Err(gone("the last number of a certificate of a user".to_owned())),
    }
}

/// What removes one, with its keys.
pub(crate) fn forget_rows(
    at: &Session<'_>,
    kept: &Kept<UserCertificate>,
) -> Result<Vec<Row>, CasError> {
    let certificate = &kept.document;
    let lost = || gone(format!("a record of {}", certificate.instance_id()));
    let (counted, mut numbers) = numbers(at)?;
    numbers.count -= 1;
    let mut rows = vec![
        counted.ok_or_else(lost)?.replace(encode(&numbers))?,
        kept.delete(),
        at.rows.get(certificate.place(TEXTS))?.ok_or_else(lost)?.delete(),
        at.ledger.delete_key_row(&certificate.key_name())?,
        at.ledger.delete_key_row(&certificate.encryption_key_name())?,
    ];
    let named = [
        Some(format!("{NAME}{}", certificate.name)),
        certificate.leaf.as_ref().map(|leaf| format!("{LEAF}{leaf}")),
    ];
    for place in named.into_iter().flatten() {
        let row = at.rows.get(place)?.ok_or_else(lost)?;
        if record_text(&row)? != certificate.number.to_string() {
            return Err(lost());
        }
        rows.push(row.delete());
    }
    Ok(rows)
}

/// A record that is not there: another change may have come first, which the next attempt sees.
fn gone(what: String) -> CasError {
    let mut gone = CasError::new(ErrorKind::Other, format!("{what}: it is missing"));
    gone.conflict = true;
    gone
}

/// The certificates of a chain in PEM.
pub(crate) fn texts(chain: &Chain, encryption: Option<&Chain>) -> Texts {
    let pem = |chain: &Chain| chain.certificates().map(Certificate::to_pem).collect();
    Texts { cert: pem(chain), encrypt_cert: encryption.map(pem) }
}

const INSTANCE: &str = "cas-upload-";
