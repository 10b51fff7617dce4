//! The crate x509-cert: its certificates, requests and revocation lists are structures whose fields can be
//! looked at and changed.

use der::{Decode, Encode};
use x509_cert::crl::CertificateList;
use x509_cert::request::CertReq;

use crate::certificate::Certificate;
use crate::error::Error;
use crate::request::CertificateRequest;
use crate::revocation_list::RevocationList;

/// Both ways between a type of ours, which keeps the bytes it was read from, and one of theirs.
macro_rules! conversions {
    ($($ours:ident, $theirs:ty, $what:literal;)+) => { $(
        impl TryFrom<&$ours> for $theirs {
            type Error = Error;

            /// # Errors
            /// [`Error::Malformed`] where x509-cert reads less than we do.
            fn try_from(ours: &$ours) -> Result<Self, Error> {
                Self::from_der(ours.as_der()).map_err(|error| refused($what, &error))
            }
        }

        impl TryFrom<&$theirs> for $ours {
            type Error = Error;

            /// # Errors
            /// As those of `from_der`: nothing is taken over unread.
            fn try_from(theirs: &$theirs) -> Result<Self, Error> {
                Self::from_der(&theirs.to_der().map_err(|error| refused($what, &error))?)
            }
        }
    )+ };
}

conversions! {
    Certificate, x509_cert::Certificate, "certificate";
    CertificateRequest, CertReq, "certificate request";
    RevocationList, CertificateList, "certificate revocation list";
}

fn refused(what: &'static str, error: &der::Error) -> Error {
    Error::malformed(what, "", format!("the crate x509-cert: {error}"))
}
