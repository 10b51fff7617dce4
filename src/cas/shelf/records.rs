//! The records: rows of the ledger under the name `cas` ([`Ledger::rows`](crate::ledger::Ledger::rows)). Each
//! value begins with one byte of version; an unknown version is refused, never guessed at.
//!
//! | place | value |
//! |---|---|
//! | `ca/` identifier | `AuthorityDocument` |
//! | `certificate/` identifier | `LeafDocument` |
//! | `certificates/` time of issue (8), identifier | identifier of the CA, kind: what lists choose by |
//! | `csr/` number (8) | `ListedCsr`: what lists show |
//! | `custom-identifier/` text | the identifier |
//! | `order/` number (8) | `OrderDocument` |
//! | `order-number` | the last number of an order, decimal |
//! | `package/` product | `Package` |
//! | `request-name/` text | the number of the CSR |
//! | `token/` operation, `/`, token | the parameters of the call and its answer |
//!
//! Those of certificates of users are in [`kept::record`](super::super::kept::record).
//!
//! Counters: `issued/` and the identifier of a CA has how many leaves it issued, `package-issued/` and a
//! product how many certificates were issued for it.

use serde_json::Value;

use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::{Parameter, read_whole};
use super::super::json::structures::structures;
use super::super::parameters::tags::AnsweredTag;
use crate::Error;
use crate::error::quoted;
use crate::ledger::{Identifier, Row, Rows, StoredRow};

structures! {
    /// What is kept of a CA beside its certificate and key, and shown.
    #[derive(Clone)]
    AuthorityRecord {
        /// A name for people.
        alias: Option<String>,
        /// The longest leaf it may issue, in days.
        cert_max_time: Option<i64>,
        /// Days until its next CRL.
        crl_day: i64,
        /// Whether it has CRLs.
        crl_status: bool,
        /// Its identifier.
        identifier: String,
        /// The identifier of the CA above; none of a root.
        parent_identifier: Option<String>,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// ISSUE or REVOKE.
        status: String,
        /// Its tags.
        tags: Vec<AnsweredTag>,
        /// The years that were asked for.
        years: i64,
    }

    /// All that is kept of a CA.
    AuthorityDocument {
        /// What is shown.
        record as ..: AuthorityRecord,
        /// When it was created, in UNIX seconds.
        created: i64,
        /// When it was revoked, in UNIX seconds.
        revoked: Option<i64>,
        /// When UpdatePcaCertificate changed it last, in UNIX seconds.
        updated: Option<i64>,
    }

    /// What is kept of a leaf beside its certificate.
    LeafDocument {
        /// Its identifier.
        identifier: String,
        /// The identifier of the CA that issued it.
        parent_identifier: String,
        /// SERVER, CLIENT or END_ENTITY.
        kind: String,
        /// When it was issued, in UNIX seconds.
        created: i64,
        /// Whether its key was generated here and is kept.
        has_key: bool,
        /// The caller's own identifier.
        custom_identifier: Option<String>,
        /// A name for people.
        alias_name: Option<String>,
        /// The resource group that it belongs to.
        resource_group_id: Option<String>,
        /// Its tags.
        tags: Vec<AnsweredTag>,
    }
}

/// Status of what is in force.
pub(crate) const ISSUE: &str = "ISSUE";
/// Status of what was revoked.
pub(crate) const REVOKE: &str = "REVOKE";

/// The kinds of leaves, as ListCert names them: for servers, for clients, and for what the request
/// of CreateCustomCertificate says.
pub(crate) const SERVER: &str = "SERVER";
pub(crate) const CLIENT: &str = "CLIENT";
pub(crate) const END_ENTITY: &str = "END_ENTITY";

const AUTHORITY: &str = "ca/";
const LEAF: &str = "certificate/";
const LEAVES: &str = "certificates/";
const CUSTOM_IDENTIFIER: &str = "custom-identifier/";
const ISSUED: &str = "issued/";

/// The version of every record.
const VERSION: u8 = 2;

/// A document with the row it was read from, which a change of it must still find.
pub(crate) struct Kept<D> {
    pub(crate) document: D,
    row: StoredRow,
}

impl<D: Parameter> Kept<D> {
    /// What puts the document, as it is now, in the place of what was read.
    pub(crate) fn replace(&self) -> Result<Row, Error> {
        self.row.replace(encode(&self.document))
    }

    /// What removes it.
    pub(crate) fn delete(&self) -> Row {
        self.row.delete()
    }

    /// What makes a change fail unless the document is still what was read.
    pub(crate) fn unchanged(&self) -> Row {
        self.row.unchanged()
    }
}

/// The document at a place.
pub(crate) fn document<D: Parameter>(
    rows: &Rows,
    place: impl AsRef<[u8]>,
) -> Result<Option<Kept<D>>, CasError> {
    let Some(row) = rows.get(place)? else { return Ok(None) };
    Ok(Some(Kept { document: decode(&row)?, row }))
}

/// The documents under a prefix, in the order of their places.
pub(crate) fn documents<D: Parameter>(rows: &Rows, prefix: &str) -> Result<Vec<D>, CasError> {
    rows.list(prefix, None, usize::MAX)?.iter().map(decode).collect()
}

/// What the counter at a place has come to.
pub(crate) fn counted(rows: &Rows, place: &str) -> Result<i64, CasError> {
    let lost = || CasError::new(ErrorKind::Other, format!("the counter {place}: it is missing"));
    Ok(i64::try_from(rows.counted(place)?.ok_or_else(lost)?).unwrap_or(i64::MAX))
}

/// The text that a record is.
pub(crate) fn text(row: &StoredRow) -> Result<String, CasError> {
    let text = str::from_utf8(content(row)?);
    text.map(str::to_owned).map_err(|_| damaged(row, "not a text"))
}

/// The content of a record, after its version.
pub(crate) fn record(content: impl AsRef<[u8]>) -> Vec<u8> {
    [&[VERSION], content.as_ref()].concat()
}

pub(crate) fn authority_document(
    rows: &Rows,
    identifier: &str,
) -> Result<Option<Kept<AuthorityDocument>>, CasError> {
    document(rows, format!("{AUTHORITY}{identifier}"))
}

pub(crate) fn leaf_document(
    rows: &Rows,
    identifier: &str,
) -> Result<Option<Kept<LeafDocument>>, CasError> {
    document(rows, format!("{LEAF}{identifier}"))
}

/// The leaf whose identifier begins with a number that answers call Id.
pub(crate) fn leaf_of_id(rows: &Rows, id: i64) -> Result<Option<Kept<LeafDocument>>, CasError> {
    if !(0..1 << 52).contains(&id) {
        return Ok(None);
    }
    let mut found = rows.list(format!("{LEAF}{id:013x}"), None, 2)?;
    let Some(row) = found.pop() else { return Ok(None) };
    if !found.is_empty() {
        let allowed = "an identifier: several leaves have this Id";
        return Err(CasError::invalid("Ids", id, allowed));
    }
    Ok(Some(Kept { document: decode(&row)?, row }))
}

/// The documents of CAs, in the order of their creation.
pub(crate) fn authority_documents(rows: &Rows) -> Result<Vec<AuthorityDocument>, CasError> {
    let mut documents: Vec<AuthorityDocument> = documents(rows, AUTHORITY)?;
    documents
        .sort_by(|a, b| (a.created, &a.record.identifier).cmp(&(b.created, &b.record.identifier)));
    Ok(documents)
}

/// The documents of leaves, in the order of their identifiers.
pub(crate) fn leaf_documents(rows: &Rows) -> Result<Vec<LeafDocument>, CasError> {
    documents(rows, LEAF)
}

/// The identifiers of the leaves that are wanted, the latest first: by the time of their issue, their
/// identifier, that of their CA, and their kind. No record of a leaf is read.
pub(crate) fn leaf_identifiers(
    rows: &Rows,
    wanted: impl Fn(i64, &str, &str, &str) -> bool,
) -> Result<Vec<String>, CasError> {
    let mut identifiers = Vec::new();
    for row in rows.list(LEAVES, None, usize::MAX)?.iter().rev() {
        let content = content(row)?;
        let order = row.place().get(LEAVES.len()..).and_then(|rest| rest.split_first_chunk());
        let listed = order.and_then(|(order, identifier)| {
            let created = (u64::from_be_bytes(*order) ^ 1 << 63) as i64;
            let (parent, kind) = content.split_at_checked(identifier.len())?;
            let text = str::from_utf8;
            Some((created, text(identifier).ok()?, text(parent).ok()?, text(kind).ok()?))
        });
        let (created, identifier, parent, kind) =
            listed.ok_or_else(|| damaged(row, "not what lists need"))?;
        if wanted(created, identifier, parent, kind) {
            identifiers.push(identifier.to_owned());
        }
    }
    Ok(identifiers)
}

/// The record of the leaf that a caller calls by its own identifier.
pub(crate) fn custom_identifier(rows: &Rows, custom: &str) -> Result<Option<StoredRow>, Error> {
    rows.get(format!("{CUSTOM_IDENTIFIER}{custom}"))
}

/// How many leaves a CA issued.
pub(crate) fn issued_count(rows: &Rows, identifier: &str) -> Result<i64, CasError> {
    counted(rows, &format!("{ISSUED}{identifier}"))
}

/// What records a new CA, which has issued nothing yet.
pub(crate) fn authority_rows(rows: &Rows, document: &AuthorityDocument) -> Result<Vec<Row>, Error> {
    let identifier = &document.record.identifier;
    Ok(vec![
        rows.insert(format!("{AUTHORITY}{identifier}"), encode(document))?,
        rows.counter(format!("{ISSUED}{identifier}"))?,
    ])
}

/// What records a new leaf.
pub(crate) fn leaf_rows(rows: &Rows, document: &LeafDocument) -> Result<Vec<Row>, Error> {
    let LeafDocument { identifier, parent_identifier, kind, custom_identifier, .. } = document;
    let listed = record(format!("{parent_identifier}{kind}"));
    let mut written = vec![
        rows.insert(format!("{LEAF}{identifier}"), encode(document))?,
        rows.insert(listed_place(document), listed)?,
        rows.count(format!("{ISSUED}{parent_identifier}"))?,
    ];
    if let Some(custom) = custom_identifier {
        written.push(rows.insert(format!("{CUSTOM_IDENTIFIER}{custom}"), record(identifier))?);
    }
    Ok(written)
}

/// What removes a leaf from lists; its certificate stays in the ledger.
pub(crate) fn forget_leaf_rows(
    rows: &Rows,
    kept: &Kept<LeafDocument>,
) -> Result<Vec<Row>, CasError> {
    let mut found = vec![rows.get(listed_place(&kept.document))?];
    if let Some(custom) = &kept.document.custom_identifier {
        found.push(custom_identifier(rows, custom)?);
    }
    let lost = || {
        let identifier = &kept.document.identifier;
        let message = format!("the records of the certificate {identifier}: one is missing");
        // Another may have deleted it meanwhile, which the next attempt sees.
        let mut lost = CasError::new(ErrorKind::Other, message);
        lost.conflict = true;
        lost
    };
    let deleted = |row: Option<StoredRow>| Ok(row.ok_or_else(lost)?.delete());
    found.into_iter().map(deleted).chain([Ok(kept.delete())]).collect()
}

/// An identifier that was given as text.
pub(crate) fn identifier(name: &str, text: &str) -> Result<Identifier, CasError> {
    // What is no identifier names nothing, as an unknown one does.
    let unknown = |_| CasError::not_found(name, format!("certificate {}", quoted(text)));
    text.parse().map_err(unknown)
}

/// The place of what has a number.
pub(crate) fn numbered(prefix: &str, number: u64) -> Vec<u8> {
    [prefix.as_bytes(), &number.to_be_bytes()].concat()
}

/// A document as it is recorded.
pub(crate) fn encode(document: &impl Parameter) -> Vec<u8> {
    record(document.write().unwrap_or_default().to_string())
}

/// The document that a record is.
pub(crate) fn decode<D: Parameter>(row: &StoredRow) -> Result<D, CasError> {
    let value: Value =
        serde_json::from_slice(content(row)?).map_err(|error| damaged(row, error))?;
    read_whole(&value).map_err(|problems| damaged(row, problems))
}

/// What a record holds after its version.
pub(crate) fn content(row: &StoredRow) -> Result<&[u8], CasError> {
    match row.value().split_first() {
        Some((&VERSION, content)) => Ok(content),
        Some((version, _)) => {
            let problem = format!("it has version {version}; this engine reads version {VERSION}");
            Err(damaged(row, problem))
        }
        None => Err(damaged(row, "it is empty")),
    }
}

pub(crate) fn damaged(row: &StoredRow, problem: impl ToString) -> CasError {
    let (place, problem) = (String::from_utf8_lossy(row.place()), problem.to_string());
    CasError::new(ErrorKind::Other, format!("the record cas/{}: {problem}", place.escape_debug()))
}

/// Where a leaf stands in lists.
fn listed_place(leaf: &LeafDocument) -> Vec<u8> {
    let order = (leaf.created as u64 ^ 1 << 63).to_be_bytes();
    [LEAVES.as_bytes(), &order, leaf.identifier.as_bytes()].concat()
}
