//! The records, under keys that begin with `cas/`. Each begins with one byte of version; an unknown
//! version is refused, never guessed at. Counters are the ledger's.
//!
//! | key | value |
//! |---|---|
//! | `cas/ca/` identifier | `AuthorityDocument` |
//! | `cas/certificate/` identifier | `LeafDocument` |
//! | `cas/certificates/` time of issue (8), identifier | identifier of the CA, kind: what lists choose by |
//! | `cas/csr/` number (8) | `ListedCsr`: what lists show |
//! | `cas/custom-identifier/` text | the identifier |
//! | `cas/issued/` identifier of the CA | how many leaves it issued (8) |
//! | `cas/order/` number (8) | `OrderDocument` |
//! | `cas/order-number` | the last number of an order, decimal |
//! | `cas/package/` product | `PackageDocument` |
//! | `cas/package-issued/` product | how many certificates were issued for it (8) |
//! | `cas/request-name/` text | the number of the CSR |

use serde_json::Value;

use super::super::error::{CasError, ErrorKind};
use super::super::json::schema::{Parameter, read_whole};
use super::super::json::structures::structures;
use super::super::parameters::tags::TagParameter;
use crate::error::quoted;
use crate::ledger::{Identifier, Ledger, Write};

structures! {
    /// What is kept of a CA beside its certificate and key.
    AuthorityDocument {
        /// Its identifier.
        identifier: String,
        /// The identifier of the CA above; none of a root.
        parent_identifier: Option<String>,
        /// The years that were asked for.
        years: i64,
        /// When it was created, in UNIX seconds.
        created: i64,
        /// ISSUE or REVOKE.
        status: String,
        /// When it was revoked, in UNIX seconds.
        revoked: Option<i64>,
        /// Whether it has CRLs.
        enable_crl: bool,
        /// Days until the next CRL.
        crl_day: i64,
        /// The longest leaf it may issue, in days.
        cert_max_time: Option<i64>,
        /// Its tags.
        tags: Vec<TagParameter>,
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
        /// Its tags.
        tags: Vec<TagParameter>,
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

const AUTHORITY: &str = "cas/ca/";
const LEAF: &str = "cas/certificate/";
const LEAVES: &str = "cas/certificates/";
const CUSTOM_IDENTIFIER: &str = "cas/custom-identifier/";
const ISSUED: &str = "cas/issued/";

/// The version of every record.
const VERSION: u8 = 1;

/// A document with the bytes it was read from, which a change of it must still find.
pub(crate) struct Kept<D> {
    pub(crate) document: D,
    place: Vec<u8>,
    bytes: Vec<u8>,
}

impl<D: Parameter> Kept<D> {
    /// What puts the document, as it is now, in the place of what was read.
    pub(crate) fn replace(self) -> Result<Write, CasError> {
        let bytes = encode(&self.document)?;
        Ok(Write::replace(self.place, Some(self.bytes), bytes))
    }

    /// What removes it.
    pub(crate) fn delete(self) -> Write {
        Write::delete(self.place, self.bytes)
    }

    /// What makes a change fail unless the document is still what was read.
    pub(crate) fn unchanged(&self) -> Write {
        Write::unchanged(self.place.clone(), Some(self.bytes.clone()))
    }
}

/// The document at a place.
pub(crate) fn document<D: Parameter>(
    ledger: &Ledger,
    place: Vec<u8>,
) -> Result<Option<Kept<D>>, CasError> {
    let Some(bytes) = ledger.record(&place)? else { return Ok(None) };
    let document = decode(&place, &bytes)?;
    Ok(Some(Kept { document, place, bytes }))
}

/// The documents under a prefix, in the order of their keys.
pub(crate) fn documents<D: Parameter>(ledger: &Ledger, prefix: &str) -> Result<Vec<D>, CasError> {
    let found = ledger.records(prefix.as_bytes(), None, usize::MAX)?;
    found.iter().map(|(place, bytes)| decode(place, bytes)).collect()
}

/// What the counter at a place has come to.
pub(crate) fn counted(ledger: &Ledger, place: &[u8]) -> Result<i64, CasError> {
    Ok(i64::try_from(ledger.counted(place)?).unwrap_or(i64::MAX))
}

/// The text that a record is.
pub(crate) fn text(ledger: &Ledger, place: &[u8]) -> Result<Option<String>, CasError> {
    let Some(bytes) = ledger.record(place)? else { return Ok(None) };
    let text = str::from_utf8(content(place, &bytes)?);
    text.map(|text| Some(text.to_owned())).map_err(|_| damaged(place, "not a text"))
}

/// A record that is a text.
pub(crate) fn text_bytes(text: &str) -> Vec<u8> {
    [&[VERSION], text.as_bytes()].concat()
}

pub(crate) fn authority_document(
    ledger: &Ledger,
    identifier: &str,
) -> Result<Option<Kept<AuthorityDocument>>, CasError> {
    document(ledger, place(AUTHORITY, identifier))
}

pub(crate) fn leaf_document(
    ledger: &Ledger,
    identifier: &str,
) -> Result<Option<Kept<LeafDocument>>, CasError> {
    document(ledger, place(LEAF, identifier))
}

/// The documents of CAs, in the order of their creation.
pub(crate) fn authority_documents(ledger: &Ledger) -> Result<Vec<AuthorityDocument>, CasError> {
    let mut documents: Vec<AuthorityDocument> = documents(ledger, AUTHORITY)?;
    documents.sort_by(|a, b| (a.created, &a.identifier).cmp(&(b.created, &b.identifier)));
    Ok(documents)
}

/// The identifiers of the leaves that are wanted, the latest first: by the time of their issue, their
/// identifier, that of their CA, and their kind. No record of a leaf is read.
pub(crate) fn leaf_identifiers(
    ledger: &Ledger,
    wanted: impl Fn(i64, &str, &str, &str) -> bool,
) -> Result<Vec<String>, CasError> {
    let mut identifiers = Vec::new();
    for (key, value) in ledger.records(LEAVES.as_bytes(), None, usize::MAX)?.iter().rev() {
        let order = key.get(LEAVES.len()..).and_then(|rest| rest.split_first_chunk());
        let row = order.and_then(|(order, identifier)| {
            let created = (u64::from_be_bytes(*order) ^ 1 << 63) as i64;
            let (parent, kind) = content(key, value).ok()?.split_at_checked(identifier.len())?;
            let text = str::from_utf8;
            Some((created, text(identifier).ok()?, text(parent).ok()?, text(kind).ok()?))
        });
        let Some((created, identifier, parent, kind)) = row else {
            content(key, value)?;
            return Err(damaged(key, "not what lists need"));
        };
        if wanted(created, identifier, parent, kind) {
            identifiers.push(identifier.to_owned());
        }
    }
    Ok(identifiers)
}

/// The leaf that a caller calls by its own identifier.
pub(crate) fn custom_identifier(ledger: &Ledger, custom: &str) -> Result<Option<String>, CasError> {
    text(ledger, &place(CUSTOM_IDENTIFIER, custom))
}

/// How many leaves a CA issued.
pub(crate) fn issued_count(ledger: &Ledger, identifier: &str) -> Result<i64, CasError> {
    counted(ledger, &place(ISSUED, identifier))
}

/// What records a new CA, which has issued nothing yet.
pub(crate) fn authority_writes(document: &AuthorityDocument) -> Result<Vec<Write>, CasError> {
    Ok(vec![
        Write::new(place(AUTHORITY, &document.identifier), encode(document)?),
        Write::counter(place(ISSUED, &document.identifier)),
    ])
}

/// What records a new leaf.
pub(crate) fn leaf_writes(document: &LeafDocument) -> Result<Vec<Write>, CasError> {
    let LeafDocument { identifier, parent_identifier, custom_identifier, .. } = document;
    let mut writes = vec![
        Write::new(place(LEAF, identifier), encode(document)?),
        Write::new(listed(document), listed_bytes(document)),
        Write::count(place(ISSUED, parent_identifier)),
    ];
    writes.extend(
        custom_identifier
            .as_ref()
            .map(|custom| Write::new(place(CUSTOM_IDENTIFIER, custom), text_bytes(identifier))),
    );
    Ok(writes)
}

/// What removes a leaf from lists; its certificate stays in the ledger.
pub(crate) fn forget_leaf_writes(kept: Kept<LeafDocument>) -> Vec<Write> {
    let LeafDocument { identifier, custom_identifier, .. } = &kept.document;
    let mut writes = vec![Write::delete(listed(&kept.document), listed_bytes(&kept.document))];
    writes.extend(
        custom_identifier
            .as_ref()
            .map(|custom| Write::delete(place(CUSTOM_IDENTIFIER, custom), text_bytes(identifier))),
    );
    writes.push(kept.delete());
    writes
}

/// An identifier that was given as text.
pub(crate) fn identifier(name: &str, text: &str) -> Result<Identifier, CasError> {
    // What is no identifier names nothing, as an unknown one does.
    let unknown = |_| CasError::not_found(name, format!("certificate {}", quoted(text)));
    text.parse().map_err(unknown)
}

pub(crate) fn place(prefix: &str, name: &str) -> Vec<u8> {
    [prefix.as_bytes(), name.as_bytes()].concat()
}

/// The place of what has a number.
pub(crate) fn numbered(prefix: &str, number: u64) -> Vec<u8> {
    [prefix.as_bytes(), &number.to_be_bytes()].concat()
}

pub(crate) fn encode(document: &impl Parameter) -> Result<Vec<u8>, CasError> {
    let mut bytes = vec![VERSION];
    let written = serde_json::to_writer(&mut bytes, &document.write());
    written.map_err(|error| CasError::new(ErrorKind::Other, error.to_string()))?;
    Ok(bytes)
}

pub(crate) fn decode<D: Parameter>(place: &[u8], bytes: &[u8]) -> Result<D, CasError> {
    let value: Value =
        serde_json::from_slice(content(place, bytes)?).map_err(|error| damaged(place, error))?;
    read_whole(&value).map_err(|problems| damaged(place, problems))
}

/// What a record holds after its version.
fn content<'b>(place: &[u8], bytes: &'b [u8]) -> Result<&'b [u8], CasError> {
    match bytes.split_first() {
        Some((&VERSION, content)) => Ok(content),
        Some((version, _)) => {
            let problem = format!("it has version {version}; this engine reads version {VERSION}");
            Err(damaged(place, problem))
        }
        None => Err(damaged(place, "it is empty")),
    }
}

fn damaged(place: &[u8], problem: impl ToString) -> CasError {
    let (place, problem) = (String::from_utf8_lossy(place), problem.to_string());
    CasError::new(ErrorKind::Other, format!("the record {}: {problem}", place.escape_debug()))
}

/// Where a leaf stands in lists.
fn listed(leaf: &LeafDocument) -> Vec<u8> {
    let order = (leaf.created as u64 ^ 1 << 63).to_be_bytes();
    [LEAVES.as_bytes(), &order, leaf.identifier.as_bytes()].concat()
}

/// What lists choose it by.
fn listed_bytes(leaf: &LeafDocument) -> Vec<u8> {
    [&[VERSION], leaf.parent_identifier.as_bytes(), leaf.kind.as_bytes()].concat()
}
