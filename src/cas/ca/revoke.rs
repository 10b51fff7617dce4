//! Revoking CAs.

use super::super::error::{CasError, ErrorKind};
use super::super::json::structures::structures;
use super::super::session::{Run, Session};
use super::super::shelf::records::{ISSUE, REVOKE, authority_document, identifier};
use super::super::shelf::token;
use super::describe::kept_authority;
use super::parent::listing;
use crate::crl::{RevocationReason, RevocationRequest};
use crate::error::quoted;
use crate::ledger::{Ledger, Row};

structures! {
    /// Revokes a CA: it issues nothing more, what is below it is no longer valid, and it is in the
    /// next CRL of the CA above.
    ///
    /// # Errors
    /// `NotFound`; `InvalidParameter` for another status than REVOKE; `InvalidStatus.UpdateProtection`
    /// when it is revoked already.
    UpdateCACertificateStatus {
        /// The CA's identifier.
        identifier: String,
        /// REVOKE.
        status: String,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
    }
}

impl Run for UpdateCACertificateStatus {
    type Answer = ();

    fn client_token(&self) -> Option<&str> {
        self.client_token.as_deref()
    }

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        let text = &self.identifier;
        if self.status != REVOKE {
            return Err(CasError::invalid("Status", quoted(&self.status), REVOKE));
        }
        let identifier = identifier("Identifier", text)?;
        let unknown = || CasError::not_found("Identifier", format!("CA {text}"));
        let mut kept = authority_document(at.rows, text)?.ok_or_else(unknown)?;
        if kept.document.record.status != ISSUE {
            let message = format!("Identifier: CA {text} is revoked already");
            return Err(CasError::new(ErrorKind::UpdateProtection, message));
        }
        kept.document.record.status = REVOKE.to_owned();
        kept.document.revoked = Some(at.now.unix());
        let above = kept.document.record.parent_identifier.clone();
        let rows: Vec<Row> =
            [Some(kept.replace()?), token::row(at, &())?].into_iter().flatten().collect();
        let Some(above) = above else {
            // Nobody's CRL lists a root.
            return at.write(rows, &format!("CA {identifier} revoked"));
        };
        let chain = kept_authority(at, text)?.chain;
        let revocation = RevocationRequest::new(RevocationReason::CessationOfOperation);
        let above = Ledger::issuer_digest(listing(at, &above)?.issuer().public_key());
        at.writer().revoke(&above, chain.leaf().serial(), revocation, rows)?;
        Ok(())
    }
}
