//! The typed records above a store, and their rules, written once for every store.
//!
//! # The bytes
//!
//! Numbers are big-endian. A *text* is its length in two bytes and UTF-8. Every value begins with
//! one byte of version; an unknown version is refused, never guessed at.
//!
//! | key | value |
//! |---|---|
//! | `alt-name/` digest of the name (16), identifier (16) | version 1 |
//! | `audit/` number (8) | version 2, time as the caller says (8), time of the system (8, 2^63 - 1 where there is no clock), action (1), issuer (32, zero where there is none), serial (20, zero where there is none), actor (text), process (text), detail (text), the digests of the records that were removed or replaced: their count (4), 32 each; those of the records that were written, likewise; digest of the entry before (32) |
//! | `audit-head` | version 2, number of the last entry (8), its digest (32); where something is sealed, the last such state that a holder of the sealing key wrote: number (8), digest (32), time of the system (8), nonce (24) and tag (16) of no bytes, sealed for `audit-head`, this number, digest and time |
//! | `certificate/` issuer (32), serial (20) | version 2, state (1 claimed, 2 issued, 3 cancelled), time of the claim (8), number of the audit entry of that (8), time of issue (8, zero before), then of a claim, and of one that was cancelled, the to-be-signed bytes, of a certificate its tags and the certificate |
//! | `counter/` name of rows, `/`, place | version 1, the number (8) |
//! | `crl-full/` issuer (32), shard (2) | version 2, the number of the shard's last full CRL (8), its time (8), the sequence of the last revocation before it (8) |
//! | `crl-number/` issuer (32) | version 2, the last CRL number (8); then, of a CRL that was made here, its thisUpdate (8) and the latest nextUpdate (8) |
//! | `expiry/` notAfter (8, plus 2^63), identifier (16) | version 1 |
//! | `identifier/` identifier (16) | version 1, issuer (32), serial (20) |
//! | `issuer/` identifier (16) | version 1, whether the key is kept (1), time (8), tags, then the chain: of each certificate its length (4) and bytes |
//! | `key/` name | version 1, then the number of the signature algorithm (1: ECDSA 1 to 3, RSA 4 to 6 with SHA-256, 384, 512; SM2 7), the SM2 identifier (text) and the PKCS #8 private key, sealed for this key of the store: nonce (24), ciphertext, tag (16) of XChaCha20-Poly1305 |
//! | `newest-time` | version 1, the newest time of an audit entry (8), but of one that was far ahead of the newest before it |
//! | `request/` number (8) | version 2, whether the key is kept (1), time (8), name (text), the SM2 identifier it was signed with (text), the request |
//! | `request-number` | version 1, the last number of a request (8) |
//! | `revocation-count/` issuer (32) | version 1, how many revocations, holds and releases there were (8) |
//! | `revocation/` issuer (32), serial (20) | version 2, released (1: 0 or 1), reason (1, of RFC 5280 section 5.3.1), time of revocation (8), the certificate's notAfter (8, of a claim the latest time), its sequence, which is that count with it (8), invalidityDate (8, or nothing) |
//! | `row/` name of rows, `/`, place | version 1, the value: an embedder's ([`Ledger::rows`]) |
//! | `seal` | version 1, then how keys are sealed: kind (1: 1 under 32 bytes that are given, 2 under a passphrase); of kind 2 the KiB (4), passes (4), lanes (4) and salt (16) of Argon2id; nonce (24) and tag (16) of no bytes, sealed for what goes before in this list |
//! | `subject/` digest of the name (16), identifier (16) | version 1 |
//! | `token/` token | version 1, digest of the request (32), time (8), the answer: of a certificate its identifier (16) |
//! | `waiting/` 1, issuer (32), serial (20) | version 2, of a certificate that waits for a signature from elsewhere the token (text, empty where there is none), its tags and what of its request was left out (text) |
//! | `waiting/` 2, issuer (32), zeros (12), number (8) | version 1, of a CRL that waits its time (8), the number of the audit entry before its own (8), its nextUpdate (8), whether it is a delta (1) and to which number (8), its shard (2), the sequence of the last revocation it lists (8), the to-be-signed bytes |
//!
//! An issuer is the SHA-256 of its SubjectPublicKeyInfo; a serial number has zeros in front; an
//! [`Identifier`] says itself what it is. Tags are their count (1), then key and value of each as
//! texts. The digest of a name is the first half of the SHA-256 of its text in lower case: RFC 4514
//! for a subject, type, colon and value for an alternative name. The digest of an audit entry is the
//! SHA-256 of its number and its value; that of a record, the SHA-256 of the length of its key (4), its
//! key and its value.
//!
//! # What the log holds against the records
//!
//! Every write to the store is a change of this module, and the entry of a change has the digests of
//! all records that it removed or replaced and wrote, of whichever kind: certificates and indexes,
//! counters, revocations, sealed keys and the seal, and the rows of embedders. So what
//! was written less what was removed, over the whole log, is what must be there
//! ([`Ledger::verify`]). A record that no entry wrote, one that is not as an entry wrote it, and one
//! that is missing are all found in one walk, in memory that does not grow with the store.
//!
//! | who alters the file | found by |
//! |---|---|
//! | a disk, a stray program: anything but log and records together | [`Ledger::verify`] |
//! | somebody without the sealing key, who writes log and records as he likes, or cuts both back | [`Ledger::verify`] of a ledger that is unlocked, where something is sealed: the head of the log is authenticated by everyone who writes with the key. What ledgers that were not unlocked added since is told apart, and can be cut off unseen |
//! | somebody who puts an older copy of the file, or of its head, in its place | [`Ledger::verify_since`], with a digest that was kept elsewhere; nothing in the file can tell |
//! | who has the sealing key | [`Ledger::verify_since`] |
//!
//! Where a record is damaged, what needs it is answered [`StoreErrorKind::Corrupt`] and writes nothing;
//! changes of others in the same transaction are made. A counter that is damaged, or missing where
//! there is what it counted, is damage too and never begins again.

mod audit;
mod backup;
mod bytes;
mod chain;
mod change;
mod choices;
mod claim;
mod export;
mod group;
mod identifier;
mod index;
mod kept;
mod kept_issuers;
mod key_rows;
mod key_use;
pub(crate) mod lists;
mod log;
mod newest;
mod record;
mod refusal;
mod retry;
pub(crate) mod revocation;
mod revoke;
mod row;
mod rows;
mod standing;
mod tag;
mod token;
mod transfer;
mod unlocked;
mod vault;
mod verify;
mod waiting;
mod write;
mod writer;

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::key::{Arithmetic, PublicKey, Randomness, fingerprint};
use crate::serial::SerialNumber;
use crate::store::Store;

pub use self::audit::{AuditAction, AuditEntry};
pub use self::identifier::Identifier;
pub use self::kept::RequestRecord;
pub use self::kept_issuers::IssuerRecord;
pub use self::record::{CertificateRecord, RecordState};
pub use self::row::Row;
pub use self::rows::{Rows, StoredRow};
pub use self::tag::Tag;

/// A key of the store and its value.
pub(crate) type KeyAndValue = (Vec<u8>, Vec<u8>);

/// Goes through revocations, in the order of serial numbers.
pub(crate) type EachRevocation<'e> =
    dyn FnMut(&mut dyn FnMut(&Revocation)) -> Result<(), StoreError> + 'e;

pub(crate) use self::audit::Stamp;
pub(crate) use self::change::Change;
pub(crate) use self::index::identifier_write;
pub(crate) use self::lists::CrlMoment;
pub(crate) use self::newest::believed_until;
pub(crate) use self::retry::Line;
pub(crate) use self::revocation::{Revocation, RevocationReason, RevocationRequest};
pub(crate) use self::row::writes_of;
pub(crate) use self::standing::{Link, Standing};
pub(crate) use self::tag::add_tag;
pub(crate) use self::token::{TokenRecord, check_token, token_write};
pub use self::verify::{AuditHead, Verification};
pub use self::waiting::{Waiting, WaitingFor};
pub(crate) use self::waiting::{WaitingCertificate, WaitingCrl, certificate_write, crl_write};
pub(crate) use self::write::Write;
pub use self::writer::LedgerWriter;

/// The digest of an issuer's key that names the issuer in every record.
pub type IssuerDigest = [u8; 32];

/// The records of every authority that shares a store.
///
/// ```
/// # #[cfg(feature = "ecc")] {
/// use std::sync::Arc;
/// use certwright::ledger::Ledger;
/// use certwright::name::AttributeType;
/// use certwright::policy::RootLeaves;
/// use certwright::*;
/// let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
/// let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), key()?)?;
/// let policy = Policy::new(Profile::tls_client())
///     .allow_subject_attribute(AttributeType::COMMON_NAME)
///     .with_root_leaves(RootLeaves::Allow);
/// let store = Arc::new(MemoryStore::default());
/// let authority = Authority::new(ca, policy, Arc::clone(&store));
/// authority.issue(&CertificateRequest::builder("CN=client".parse()?).sign(&key()?)?)?;
///
/// let ledger = Ledger::new(store);
/// assert_eq!(ledger.certificates(None, 10)?.len(), 1);
/// assert_eq!(ledger.verify_audit()?, 2, "the claim and the certificate");
/// # }
/// # Ok::<(), certwright::Error>(())
/// ```
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    group: Arc<group::Group>,
    vault: Arc<vault::Vault>,
    /// Where those who write what they computed stand in line, once another was faster.
    line: Arc<Line>,
    /// The same for those who make CRLs, which takes longer.
    pub(crate) crl_line: Arc<Line>,
    arithmetic: Arithmetic,
    randomness: Randomness,
}

impl Ledger {
    /// The ledger of a store.
    pub fn new(store: impl Store + 'static) -> Self {
        Self {
            store: Arc::new(store),
            group: Arc::default(),
            vault: Arc::default(),
            line: Arc::default(),
            crl_line: Arc::default(),
            arithmetic: Arithmetic::default(),
            randomness: Randomness::default(),
        }
    }

    /// The digest that names an issuer in the records: the SHA-256 of its SubjectPublicKeyInfo.
    pub fn issuer_digest(key: &PublicKey) -> IssuerDigest {
        fingerprint(&key.to_der())
    }

    /// The digest of what a certificate issues; that of its key as it was written, where the key is one that
    /// this crate does not know.
    pub(crate) fn digest_of(certificate: &Certificate) -> IssuerDigest {
        let info = certificate.public_key_info();
        info.key().map_or_else(|_| fingerprint(info.as_der()), Self::issuer_digest)
    }

    /// The record of a certificate.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn certificate(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
    ) -> Result<Option<CertificateRecord>, Error> {
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = record::get(transaction, issuer, serial)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// At most `limit` records of certificates, in the order of issuer and serial number, after the
    /// given one: those that were issued, prepared, claimed and cancelled, of every issuer; of CAs those that
    /// an authority issued, or `put_root` recorded. All that is answered is held in memory, so read page by
    /// page.
    ///
    /// ```
    /// # use certwright::ledger::Ledger;
    /// # use certwright::MemoryStore;
    /// # let ledger = Ledger::new(MemoryStore::default());
    /// let (mut page, mut issued) = (ledger.certificates(None, 1_000)?, 0);
    /// while let Some(last) = page.last() {
    ///     issued += page.iter().filter(|record| record.certificate().is_some()).count();
    ///     page = ledger.certificates(Some((&last.issuer, &last.serial)), 1_000)?;
    /// }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or a record cannot be read.
    pub fn certificates(
        &self,
        after: Option<(&IssuerDigest, &SerialNumber)>,
        limit: usize,
    ) -> Result<Vec<CertificateRecord>, Error> {
        let from = match after {
            // The byte more makes it the next key.
            Some((issuer, serial)) => [record::key(issuer, serial), vec![0]].concat(),
            None => Vec::new(),
        };
        let mut found: Vec<Result<CertificateRecord, StoreError>> = Vec::new();
        self.store.read(&mut |transaction| {
            found.clear();
            if limit == 0 {
                return Ok(());
            }
            transaction.scan(record::PREFIX, &from, &mut |key, value| {
                found.push(record::decode(key, value));
                if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            Ok(())
        })?;
        found.into_iter().map(|record| record.map_err(Error::from)).collect()
    }

    /// The revocation of a certificate, if it is revoked or on hold.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or the record cannot be read.
    pub fn revocation(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
    ) -> Result<Option<Revocation>, Error> {
        let found = self.revocation_or_release(issuer, serial)?;
        Ok(found.filter(|found| !found.released))
    }

    /// The same, but also what was on hold and was released.
    pub(crate) fn revocation_or_release(
        &self,
        issuer: &IssuerDigest,
        serial: &SerialNumber,
    ) -> Result<Option<Revocation>, Error> {
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = revocation::get(transaction, issuer, serial)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// At most `limit` revocations of an issuer in the order of serial numbers, after the given one;
    /// holds that were released are not among them.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or a record cannot be read.
    pub fn revocations(
        &self,
        issuer: &IssuerDigest,
        after: Option<&SerialNumber>,
        limit: usize,
    ) -> Result<Vec<Revocation>, Error> {
        let mut found = Vec::new();
        self.store.read(&mut |transaction| {
            found = revocation::page(transaction, issuer, after, limit)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// At most `limit` entries of the audit log, from this number on; the first is 1.
    ///
    /// # Errors
    /// [`Error::Store`] when the store fails or an entry cannot be read.
    pub fn audit(&self, from: u64, limit: usize) -> Result<Vec<AuditEntry>, Error> {
        Ok(audit::page(self.store.as_ref(), from, limit)?)
    }

    /// Makes changes, each with its entry in the audit log, in one transaction; one answer each. A
    /// change that its rule refuses leaves nothing and does not touch the others; when the store
    /// fails, none is made. Calls that meet share one transaction.
    pub(crate) fn change(
        &self,
        stamp: &Stamp,
        changes: Vec<Change>,
    ) -> Vec<Result<(), StoreError>> {
        self.group.commit(self.store.as_ref(), &self.vault, stamp, changes)
    }

    /// Makes one change.
    pub(crate) fn change_one(&self, stamp: &Stamp, change: Change) -> Result<(), StoreError> {
        self.change(stamp, vec![change]).pop().unwrap_or_else(|| {
            Err(StoreError::new(StoreErrorKind::Backend, "the change was not answered"))
        })
    }

    /// Works on an issuer's revocations as they are at one moment, which `work` may go through more
    /// than once. Released holds are among them.
    pub(crate) fn with_revocations<T>(
        &self,
        issuer: &IssuerDigest,
        work: &mut dyn FnMut(&mut EachRevocation<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Error> {
        let mut answer = None;
        self.store.read(&mut |transaction| {
            let mut each = |visit: &mut dyn FnMut(&Revocation)| {
                revocation::each(transaction, issuer, |revocation| visit(revocation))
            };
            answer = Some(work(&mut each)?);
            Ok(())
        })?;
        answer.ok_or_else(|| StoreError::ran_nothing().into())
    }

    /// The value of a key of the store.
    pub(crate) fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let mut found = None;
        self.store.read(&mut |transaction| {
            found = transaction.get(key)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// At most `limit` keys that begin with `prefix`, and their values, after the given key.
    pub(crate) fn records(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<KeyAndValue>, Error> {
        // The byte more makes it the next key.
        let from = after.map_or(Vec::new(), |after| [after, &[0]].concat());
        let mut found = Vec::new();
        self.store.read(&mut |transaction| {
            found.clear();
            transaction.scan(prefix, &from, &mut |key, value| {
                if found.len() == limit {
                    return ControlFlow::Break(());
                }
                found.push((key.to_vec(), value.to_vec()));
                ControlFlow::Continue(())
            })
        })?;
        Ok(found)
    }
}
