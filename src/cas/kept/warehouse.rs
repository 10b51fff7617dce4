//! Warehouses of certificates, and what was put into one:
//!
//! | place | value |
//! |---|---|
//! | `warehouse-certificate/` identifier | [`WarehouseCertificate`] |
//! | `warehouse-certificates` | how many there are |

use super::super::described::hexadecimal;
use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::parameters::list::{List, one_of};
use super::super::session::{Named, Run, Session};
use super::super::shelf::records::{Kept, document, documents, encode, record, text};
use super::upload::{certificate, checked_chain};
use super::warehouse_structures::*;
use crate::error::quoted;
use crate::ledger::{Identifier, Row};
use crate::{Certificate, Chain};

structures! {
    /// A certificate that was put into a warehouse.
    WarehouseCertificate {
        /// Its identifier: the first half of its SHA-256.
        identifier: String,
        /// A name for people.
        name: Option<String>,
        /// When it was put there, in UNIX seconds.
        created: i64,
        /// Whether its private key is kept.
        has_key: bool,
        /// It in PEM, and those above it that were given.
        chain: String,
    }
}

/// A warehouse.
struct Warehouse {
    number: i64,
    kind: &'static str,
}

const ALL: [Warehouse; 2] = [
    Warehouse { number: LEAVES, kind: "aliyunPCA" },
    Warehouse { number: UPLOADED, kind: "uploadPCA" },
];

/// The warehouse of what CAs issued here.
pub(crate) const LEAVES: i64 = 1;
/// The warehouse of what was issued elsewhere.
pub(crate) const UPLOADED: i64 = 2;

/// What a warehouse is called by.
pub(crate) fn instance_of(number: i64) -> String {
    format!("cas-warehouse-{number}")
}

impl Run for ListCertWarehouse {
    type Answer = List<ListedWarehouse>;

    fn run(&self, at: &Session<'_>) -> Result<List<ListedWarehouse>, CasError> {
        let Self { instance_id, name, kind, page } = self;
        one_of("Type", kind, &["uploadCA", "uploadPCA", "aliyunPCA"])?;
        let wanted: Vec<&Warehouse> = ALL
            .iter()
            .filter(|it| {
                instance_id.as_ref().is_none_or(|wanted| *wanted == instance_of(it.number))
                    && name.as_ref().is_none_or(|word| it.kind.contains(word))
                    && kind.as_ref().is_none_or(|wanted| wanted == it.kind)
            })
            .collect();
        List::page(&wanted, *page, at.config, |warehouse| {
            Ok(Some(ListedWarehouse {
                instance_id: instance_of(warehouse.number),
                is_expired: false,
                name: warehouse.kind.to_owned(),
                kind: warehouse.kind.to_owned(),
                wh_id: warehouse.number,
            }))
        })
    }
}

impl Run for UploadPCACert {
    type Answer = String;

    const ANSWER: Named = Some(("Identifier", "The certificate's identifier."));

    fn run(&self, at: &Session<'_>) -> Result<String, CasError> {
        match self.warehouse_id {
            UPLOADED => {}
            LEAVES => {
                let allowed = format!("{UPLOADED}: what is in {LEAVES} is issued here");
                return Err(CasError::invalid("WarehouseId", LEAVES, allowed));
            }
            other => return Err(CasError::not_found("WarehouseId", format!("warehouse {other}"))),
        }
        let (chain, key) = match &self.private_key {
            Some(key) => {
                let (chain, key) = certificate(at, ("Cert", &self.cert), ("PrivateKey", key))?;
                (chain, Some(key))
            }
            None => (checked_chain("Cert", &self.cert)?, None),
        };
        check_name(at, self.name.as_deref())?;
        let fingerprint = hexadecimal(&chain.leaf().fingerprint());
        let identifier: String = fingerprint.chars().take(IDENTIFIER).collect();
        if warehouse_certificate(at, &identifier)?.is_some() {
            let message = format!("Cert: it is kept as {identifier}");
            return Err(CasError::new(ErrorKind::ParameterRepeat, message));
        }
        let kept = WarehouseCertificate {
            identifier: identifier.clone(),
            name: self.name.clone(),
            created: at.now.unix(),
            has_key: key.is_some(),
            chain: chain.certificates().map(Certificate::to_pem).collect(),
        };
        let mut rows = vec![count_row(at, 1)?, at.rows.insert(place(&identifier), encode(&kept))?];
        if let Some(key) = &key {
            rows.push(at.ledger.key_row(&kept.key_name(), key)?);
        }
        at.write(rows, &format!("certificate {identifier} put into warehouse {UPLOADED}"))?;
        Ok(identifier)
    }
}

impl Run for DeletePCACert {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let text = &self.identifier;
        let unknown = || {
            CasError::not_found(
                "Identifier",
                format!("certificate {} in a warehouse", quoted(text)),
            )
        };
        let kept = warehouse_certificate(at, text)?.ok_or_else(unknown)?;
        let rows = [
            count_row(at, -1)?,
            kept.delete(),
            at.ledger.delete_key_row(&kept.document.key_name())?,
        ];
        at.write(rows, &format!("certificate {text} deleted from warehouse {UPLOADED}"))
    }
}

impl WarehouseCertificate {
    /// The name that its key is kept under.
    pub(super) fn key_name(&self) -> String {
        format!("warehouse-certificate/{}", self.identifier)
    }

    /// It, and those above it that were given.
    pub(crate) fn chain(&self) -> Result<Chain, CasError> {
        Ok(Chain::from_pem(&self.chain)?)
    }
}

/// The one of an identifier.
pub(super) fn warehouse_certificate(
    at: &Session<'_>,
    identifier: &str,
) -> Result<Option<Kept<WarehouseCertificate>>, CasError> {
    match identifier.parse::<Identifier>() {
        Ok(_) => document(at.rows, place(identifier)),
        Err(_) => Ok(None),
    }
}

/// All, the latest first.
pub(crate) fn warehouse_certificates(
    at: &Session<'_>,
) -> Result<Vec<WarehouseCertificate>, CasError> {
    let mut all: Vec<WarehouseCertificate> = documents(at.rows, DOCUMENT)?;
    all.sort_by_key(|kept| std::cmp::Reverse(kept.created));
    Ok(all)
}

/// What counts one more, or one fewer.
fn count_row(at: &Session<'_>, more: i64) -> Result<Row, CasError> {
    let counted = at.rows.get(COUNT)?;
    let count = match &counted {
        Some(row) => text(row)?.parse::<i64>().map_err(|_| {
            CasError::new(ErrorKind::Other, format!("the record {COUNT} is damaged"))
        })?,
        None => 0,
    };
    let (next, most) = (count.saturating_add(more), at.config.user_certificates);
    if more > 0 && next > most {
        let message = format!("warehouse {UPLOADED}: {count} are kept, at most {most}");
        return Err(CasError::new(ErrorKind::NotRemainCount, message));
    }
    let next = record(next.to_string());
    Ok(match counted {
        Some(row) => row.replace(next)?,
        None => at.rows.insert(COUNT, next)?,
    })
}

fn check_name(at: &Session<'_>, name: Option<&str>) -> Result<(), CasError> {
    let Some(name) = name else { return Ok(()) };
    let (count, most) = (name.chars().count(), at.config.user_certificate_name_characters);
    if count > most {
        let message = format!("Name: given {count} characters, at most {most}");
        return Err(CasError::new(ErrorKind::DataTooLong, message));
    }
    match name.chars().any(char::is_control) {
        true => Err(CasError::invalid("Name", quoted(name), "no control characters")),
        false => Ok(()),
    }
}

fn place(identifier: &str) -> String {
    format!("{DOCUMENT}{identifier}")
}

const DOCUMENT: &str = "warehouse-certificate/";
const COUNT: &str = "warehouse-certificates";
/// Characters of an identifier.
const IDENTIFIER: usize = 32;
