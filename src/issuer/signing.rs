//! What an issuer signs. Every signature is verified once, with the key and the algorithm that were
//! taken when the issuer was made.

use super::Issuer;
use super::prepared::{self, Prepared, Unattached};
use crate::certificate::Certificate;
use crate::error::{Error, SignerError};

const CRL: &str = "certificate revocation list";

impl Issuer {
    /// Signs a prepared certificate. The signature is verified, the certificate read again and
    /// compared before it leaves.
    ///
    /// # Errors
    /// [`Error::NotAnIssuer`] when another issuer prepared it, [`Error::Signer`] when the signer fails
    /// or answers with a wrong signature.
    pub fn sign(&self, prepared: Prepared) -> Result<Certificate, Error> {
        self.check_prepared(&prepared)?;
        prepared.sign(&self.signer)
    }

    /// Signs many prepared certificates; one answer each, in order. A failure of one is no failure
    /// of the others.
    pub fn sign_many(&self, prepared: Vec<Prepared>) -> Vec<Result<Certificate, Error>> {
        let checked: Vec<Result<Prepared, Error>> = prepared
            .into_iter()
            .map(|prepared| self.check_prepared(&prepared).map(|()| prepared))
            .collect();
        let messages: Vec<&[u8]> =
            checked.iter().flatten().map(|prepared| prepared.to_be_signed()).collect();
        let signed = self.signer.sign_many(prepared::WHAT, &messages);
        let mut signatures = signed.into_iter();
        let mut sign = |prepared: Prepared| match signatures.next() {
            Some(signature) => prepared.finish_verified(&signature?),
            None => Err(SignerError::new("it returned fewer signatures than messages").into()),
        };
        checked.into_iter().map(|prepared| sign(prepared?)).collect()
    }

    /// Attaches a signature that was made elsewhere over [`Prepared::to_be_signed`].
    ///
    /// # Errors
    /// [`Unattached`] when it is no signature of this issuer's key, or another issuer prepared the
    /// certificate; it gives the prepared certificate back.
    pub fn attach(&self, prepared: Prepared, signature: &[u8]) -> Result<Certificate, Unattached> {
        let checked = self.check_prepared(&prepared);
        match checked.and_then(|()| prepared.finish(&self.signer, signature)) {
            Ok(certificate) => Ok(certificate),
            Err(error) => Err(Unattached::new(error, prepared)),
        }
    }

    fn check_prepared(&self, prepared: &Prepared) -> Result<(), Error> {
        let own = self.certificate();
        prepared.check_issuer(own.subject(), self.public_key())
    }

    /// The same for bytes that were recorded when they were prepared.
    pub(crate) fn attach_recorded(
        &self,
        to_be_signed: &[u8],
        signature: &[u8],
    ) -> Result<Certificate, Error> {
        prepared::assemble(&self.signer, to_be_signed, signature)
    }

    /// Verifies the signature of a CRL that was made elsewhere.
    pub(crate) fn check_crl(&self, to_be_signed: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.signer.check(CRL, to_be_signed, signature)
    }

    /// Signs a CRL; the signature is verified before it leaves.
    pub(crate) fn sign_crl(&self, to_be_signed: &[u8]) -> Result<Vec<u8>, Error> {
        self.signer.sign(CRL, to_be_signed)
    }
}
