//! Completing certificates whose signature was made elsewhere.

use super::Authority;
use super::filed::Filed;
use crate::chain::Chain;
use crate::error::{Denied, Error, StoreError, StoreErrorKind};
use crate::ledger::RecordState;
use crate::lint;
use crate::serial::SerialNumber;

impl Authority {
    /// Completes a certificate that was prepared, with a signature made elsewhere over its
    /// to-be-signed octets.
    ///
    /// What waits in the store may have been exchanged while the signature was made, by whoever can
    /// write to it. So it is held against the digest that the audit log has of it
    /// ([`Ledger::verify_audit`](crate::ledger::Ledger::verify_audit) says whether the log is
    /// whole), linted, and held against the issuer's rules again, as of now.
    ///
    /// # Errors
    /// [`Error::Store`] when nothing with this serial number waits for a signature, or it was revoked;
    /// or it is not what the audit log says was claimed;
    /// [`Error::Denied`] when the issuer was revoked, or what waits breaks its rules;
    /// [`Error::Signer`] when the signature is not the issuer's over it (it goes on waiting).
    pub fn complete(&self, serial: &SerialNumber, signature: &[u8]) -> Result<Chain, Error> {
        let record = self.ledger.certificate(&self.digest, serial)?;
        let Some(RecordState::Claimed { to_be_signed }) = record.map(|record| record.state) else {
            let message = format!("nothing with serial number {serial} waits for a signature");
            return Err(StoreError::new(StoreErrorKind::NotFound, message).into());
        };
        if let Some(reason) = self.revoked()? {
            return Err(Error::Denied(Denied { reasons: vec![reason] }));
        }
        let stamp = self.stamp()?;
        if !self.ledger.was_claimed(&self.digest, serial, &to_be_signed)? {
            return Err(corrupt(serial, "not what the audit log says was claimed"));
        }
        lint::refuse(&to_be_signed)?;
        let certificate = self.issuer.attach_recorded(&to_be_signed, signature)?;
        if certificate.serial() != serial {
            let problem = format!("serial number {}, which is not its own", certificate.serial());
            return Err(corrupt(serial, &problem));
        }
        let reasons = self.issuer.objections_to(&certificate, stamp.at);
        if !reasons.is_empty() {
            return Err(Error::Denied(Denied { reasons }));
        }
        let change = Filed::default().change(&certificate)?;
        self.ledger.change_one(&stamp, change).map_err(|error| self.refusal(error))?;
        self.chain(certificate)
    }
}

fn corrupt(serial: &SerialNumber, problem: &str) -> Error {
    let message = format!("what waits with serial number {serial} for a signature: {problem}");
    StoreError::new(StoreErrorKind::Corrupt, message).into()
}
