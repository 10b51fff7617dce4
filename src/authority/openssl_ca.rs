//! Moving to `openssl ca` and from it.

use std::path::Path;

use super::Authority;
use crate::error::{Error, StoreError, StoreErrorKind};
use crate::openssl_ca::{self, ExportSummary, ImportSummary};

/// How often a serial number is drawn for the file `serial` when it was claimed before.
const SERIAL_DRAWS: usize = 8;

impl Authority {
    /// Writes everything this issuer issued and revoked into a new or empty folder in which
    /// `openssl ca -config openssl.cnf` goes on: index, certificates, CRL number, configuration. It
    /// appears at its place whole or not at all.
    ///
    /// - The private key is never written: whoever has it puts it at `private/cakey.pem`.
    /// - Serial numbers here are drawn, so the file `serial` has one that is free, and the
    ///   configuration has OpenSSL draw as well.
    /// - Certificates that ended are V in the index, as OpenSSL leaves them until
    ///   `openssl ca -updatedb`.
    /// - A policy cannot be said in `openssl.cnf`: the one it has takes any subject and no extension
    ///   of a request. Pointers to CRLs are not in it either.
    /// - What is issued during an export may be missing from it, so stop issuing before; after it, one
    ///   of the two issues and revokes.
    ///
    /// ```
    /// # #[cfg(feature = "ecc")] {
    /// use certwright::name::AttributeType;
    /// use certwright::policy::RootLeaves;
    /// use certwright::*;
    /// # let folder = format!("certwright-openssl-ca-{}", std::process::id());
    /// # let folder = std::env::temp_dir().join(folder);
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let key = || KeyPair::generate(KeyAlgorithm::EcdsaP256);
    /// # let signer = std::sync::Arc::new(key()?);
    /// # let ca = Issuer::self_signed("CN=CA".parse()?, Profile::root(), signer)?;
    /// # let policy = Policy::new(Profile::tls_client())
    /// #     .allow_subject_attribute(AttributeType::COMMON_NAME)
    /// #     .with_root_leaves(RootLeaves::Allow);
    /// let authority = Authority::new(ca.clone(), policy.clone(), MemoryStore::default());
    /// authority.issue(&CertificateRequest::builder("CN=client".parse()?).sign(&key()?)?)?;
    /// let place = folder.join("ca");
    /// assert_eq!(authority.export_openssl_ca(&place)?.certificates, 1);
    ///
    /// let other = Authority::new(ca, policy, MemoryStore::default());
    /// assert_eq!(other.import_openssl_ca(&place)?.imported, 1);
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # }
    /// # Ok::<(), certwright::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is something at the place that is no empty folder;
    /// [`Error::File`] when it cannot be written; [`Error::Store`] when the store fails.
    pub fn export_openssl_ca(&self, folder: impl AsRef<Path>) -> Result<ExportSummary, Error> {
        for _ in 0..SERIAL_DRAWS {
            let serial = self.draw_serial()?;
            if self.ledger.certificate(&self.digest, &serial)?.is_none() {
                let (issuer, ledger) = (&self.issuer, &self.ledger);
                return openssl_ca::export(folder.as_ref(), issuer, ledger, &serial);
            }
        }
        Err(StoreError::new(
            StoreErrorKind::Conflict,
            "every serial number that was drawn is in use",
        )
        .into())
    }

    /// Takes over what a folder of `openssl ca` has: its `index.txt`, the certificates in `newcerts/`
    /// and the number of the next CRL in `crlnumber`, where there is one, so that the numbers go on.
    /// All of it is taken over, in one transaction, or nothing.
    ///
    /// - Every certificate must be this issuer's, by name and signature, and agree with its line.
    /// - Revocations come with time and reason; the time of a compromise becomes the invalidityDate. An
    ///   instruction of a hold is left out: RFC 5280 no longer knows it.
    /// - What the ledger has already stays; only revocations are added to it. So an import can be
    ///   repeated.
    /// - [`ImportSummary::crl_urls`] says where certificates look for CRLs. An issuer without such a
    ///   distribution issues certificates that do not look anywhere.
    /// - `openssl.cnf`, `serial`, the private key and files of other names are not read: new serial numbers
    ///   are random, and the policy, the URL of the CRLs and whether a root issues leaves are yours to say, at
    ///   every start again.
    /// - The dates of the last CRL are not in the folder's files: pass it to
    ///   [`Authority::resume_from`] afterwards.
    ///
    /// An example is at [`crate::openssl_ca`].
    ///
    /// # Errors
    /// [`Error::Denied`] with every problem of the folder, file and line, at most 1,000 of them one
    /// by one; [`Error::File`] when there is no `index.txt` or a file cannot be read;
    /// [`Error::Store`] when the store fails.
    pub fn import_openssl_ca(&self, folder: impl AsRef<Path>) -> Result<ImportSummary, Error> {
        openssl_ca::import(folder.as_ref(), &self.issuer, &self.ledger, &self.stamp()?)
    }
}
