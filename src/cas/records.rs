//! What the operations keep beside the ledger's own records: JSON under keys that begin with `cas/`.
//!
//! | key | value |
//! |---|---|
//! | `cas/ca/` identifier | [`AuthorityDocument`] |
//! | `cas/certificate/` identifier | [`LeafDocument`] |
//! | `cas/certificates/` time of issue (8), identifier | nothing: the order of lists |
//! | `cas/custom-identifier/` text | the identifier |
//! | `cas/issued/` identifier of the CA | how many leaves it issued (8) |
//! | `cas/order/` number (8) | [`OrderDocument`] |
//! | `cas/order-number` | the last number of an order, decimal |
//! | `cas/package/` product | [`PackageDocument`] |
//! | `cas/package-issued/` product | how many certificates were issued for it (8) |
//! | `cas/request-name/` text | the number of the CSR |

use serde_json::Value;

use super::Cas;
use super::error::{CasError, ErrorKind};
#[cfg(doc)]
use super::order::{OrderDocument, PackageDocument};
use super::schema::{Parameter, read_whole};
use super::structures::structures;
use super::types::TagParameter;
use crate::error::quoted;
use crate::ledger::{Identifier, Write};

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
pub(super) const ISSUE: &str = "ISSUE";
/// Status of what was revoked.
pub(super) const REVOKE: &str = "REVOKE";

/// The kinds of leaves, as ListCert names them: for servers, for clients, and for what the request
/// of CreateCustomCertificate says.
pub(super) const SERVER: &str = "SERVER";
pub(super) const CLIENT: &str = "CLIENT";
pub(super) const END_ENTITY: &str = "END_ENTITY";

const AUTHORITY: &str = "cas/ca/";
const LEAF: &str = "cas/certificate/";
const LEAVES: &str = "cas/certificates/";
const CUSTOM_IDENTIFIER: &str = "cas/custom-identifier/";
const ISSUED: &str = "cas/issued/";
const REQUEST_NAME: &str = "cas/request-name/";

/// A document with the octets it was read from, which a change of it must still find.
pub(super) struct Kept<D> {
    pub(super) document: D,
    place: Vec<u8>,
    octets: Vec<u8>,
}

impl<D: Parameter> Kept<D> {
    /// What puts the document, as it is now, in the place of what was read.
    pub(super) fn replace(self) -> Result<Write, CasError> {
        let octets = encode(&self.document)?;
        Ok(Write::replace(self.place, Some(self.octets), octets))
    }

    /// What removes it.
    pub(super) fn delete(self) -> Write {
        Write::delete(self.place, self.octets)
    }

    /// What makes a change fail unless the document is still what was read.
    pub(super) fn unchanged(&self) -> Write {
        Write::unchanged(self.place.clone(), Some(self.octets.clone()))
    }
}

impl Cas {
    /// The document at a place.
    pub(super) fn document<D: Parameter>(&self, place: &[u8]) -> Result<Option<Kept<D>>, CasError> {
        let Some(octets) = self.ledger.record(place)? else { return Ok(None) };
        let document = decode(place, &octets)?;
        Ok(Some(Kept { document, place: place.to_vec(), octets }))
    }

    pub(super) fn authority_document(
        &self,
        identifier: &str,
    ) -> Result<Option<Kept<AuthorityDocument>>, CasError> {
        self.document(&place(AUTHORITY, identifier))
    }

    pub(super) fn leaf_document(
        &self,
        identifier: &str,
    ) -> Result<Option<Kept<LeafDocument>>, CasError> {
        self.document(&place(LEAF, identifier))
    }

    /// The documents of CAs, in the order of their creation.
    pub(super) fn authority_documents(&self) -> Result<Vec<AuthorityDocument>, CasError> {
        let found = self.ledger.records(AUTHORITY.as_bytes(), None, usize::MAX)?;
        let read: Result<Vec<AuthorityDocument>, CasError> =
            found.iter().map(|(place, octets)| decode(place, octets)).collect();
        let mut documents = read?;
        documents.sort_by(|a, b| (a.created, &a.identifier).cmp(&(b.created, &b.identifier)));
        Ok(documents)
    }

    /// The identifiers of leaves, the latest first.
    pub(super) fn leaf_identifiers(&self) -> Result<Vec<String>, CasError> {
        let found = self.ledger.records(LEAVES.as_bytes(), None, usize::MAX)?;
        let identifier = |(key, _): &(Vec<u8>, Vec<u8>)| {
            let text = key.get(LEAVES.len() + 8..).unwrap_or_default();
            String::from_utf8_lossy(text).into_owned()
        };
        Ok(found.iter().rev().map(identifier).collect())
    }

    /// The leaf that a caller calls by its own identifier.
    pub(super) fn custom_identifier(&self, text: &str) -> Result<Option<String>, CasError> {
        let found = self.ledger.record(&place(CUSTOM_IDENTIFIER, text))?;
        Ok(found.map(|identifier| String::from_utf8_lossy(&identifier).into_owned()))
    }

    /// How many leaves a CA issued.
    pub(super) fn issued_count(&self, identifier: &str) -> Result<i64, CasError> {
        self.counted(&place(ISSUED, identifier))
    }

    /// What the counter at a place has come to.
    pub(super) fn counted(&self, place: &[u8]) -> Result<i64, CasError> {
        Ok(i64::try_from(self.ledger.counted(place)?).unwrap_or(i64::MAX))
    }

    /// The number of the CSR with a name.
    pub(super) fn request_named(&self, name: &str) -> Result<Option<Vec<u8>>, CasError> {
        Ok(self.ledger.record(&place(REQUEST_NAME, name))?)
    }
}

/// What records a new CA, which has issued nothing yet.
pub(super) fn authority_writes(document: &AuthorityDocument) -> Result<Vec<Write>, CasError> {
    Ok(vec![
        Write::new(place(AUTHORITY, &document.identifier), encode(document)?),
        Write::counter(place(ISSUED, &document.identifier)),
    ])
}

/// What records a new leaf.
pub(super) fn leaf_writes(document: &LeafDocument) -> Result<Vec<Write>, CasError> {
    let LeafDocument { identifier, parent_identifier, created, custom_identifier, .. } = document;
    let mut writes = vec![
        Write::new(place(LEAF, identifier), encode(document)?),
        Write::new(listed(*created, identifier), Vec::new()),
        Write::count(place(ISSUED, parent_identifier)),
    ];
    writes.extend(custom_identifier.as_ref().map(|custom| {
        Write::new(place(CUSTOM_IDENTIFIER, custom), identifier.clone().into_bytes())
    }));
    Ok(writes)
}

/// What removes a leaf from lists; its certificate stays in the ledger.
pub(super) fn forget_leaf_writes(kept: Kept<LeafDocument>) -> Vec<Write> {
    let LeafDocument { identifier, created, custom_identifier, .. } = &kept.document;
    let mut writes = vec![Write::delete(listed(*created, identifier), Vec::new())];
    writes.extend(custom_identifier.as_ref().map(|custom| {
        Write::delete(place(CUSTOM_IDENTIFIER, custom), identifier.clone().into_bytes())
    }));
    writes.push(kept.delete());
    writes
}

/// What gives a name to a CSR.
pub(super) fn request_name_write(name: &str, number: u64) -> Write {
    Write::new(place(REQUEST_NAME, name), number.to_string().into_bytes())
}

/// What takes it away again.
pub(super) fn forget_request_name_write(name: &str, number: u64) -> Write {
    Write::delete(place(REQUEST_NAME, name), number.to_string().into_bytes())
}

/// An identifier that was given as text.
pub(super) fn identifier(name: &str, text: &str) -> Result<Identifier, CasError> {
    // What is no identifier names nothing, as an unknown one does.
    let unknown = |_| CasError::not_found(name, format!("certificate {}", quoted(text)));
    text.parse().map_err(unknown)
}

pub(super) fn place(prefix: &str, name: &str) -> Vec<u8> {
    [prefix.as_bytes(), name.as_bytes()].concat()
}

pub(super) fn encode(document: &impl Parameter) -> Result<Vec<u8>, CasError> {
    let value = document.write().unwrap_or(Value::Null);
    serde_json::to_vec(&value).map_err(|error| CasError::new(ErrorKind::Other, error.to_string()))
}

pub(super) fn decode<D: Parameter>(place: &[u8], octets: &[u8]) -> Result<D, CasError> {
    let damaged = |problem: String| {
        let place = String::from_utf8_lossy(place);
        CasError::new(ErrorKind::Other, format!("the record {}: {problem}", place.escape_debug()))
    };
    let value: Value =
        serde_json::from_slice(octets).map_err(|error| damaged(error.to_string()))?;
    read_whole(&value).map_err(|problems| damaged(problems.to_string()))
}

/// Where a leaf stands in lists.
fn listed(created: i64, identifier: &str) -> Vec<u8> {
    let order = (created as u64 ^ 1 << 63).to_be_bytes();
    [LEAVES.as_bytes(), &order, identifier.as_bytes()].concat()
}
