//! The folders of `openssl ca`: a CA moves out of the ledger into one, or out of one into the ledger.
//!
//! | file | what it holds |
//! |---|---|
//! | `index.txt` | a line for each certificate: its state, end, revocation, serial number and subject |
//! | `index.txt.attr` | whether a subject may have several certificates |
//! | `serial` | the next serial number, in hexadecimal |
//! | `crlnumber` | the number of the next CRL, in hexadecimal |
//! | `newcerts/` | each certificate, named by its serial number |
//! | `cacert.pem` | the CA's own certificate |
//! | `private/cakey.pem` | its key, which is never written here |
//! | `openssl.cnf` | the configuration that says all this to `openssl ca` |

mod configuration;
mod export;
mod import;
mod index;
mod problems;
mod revoked;
mod subject;

pub use self::export::ExportSummary;
pub use self::import::ImportSummary;

pub(crate) use self::export::export;
pub(crate) use self::import::import;

const ATTRIBUTES: &str = "index.txt.attr";
const CERTIFICATE: &str = "cacert.pem";
const CERTIFICATES: &str = "newcerts";
const CONFIGURATION: &str = "openssl.cnf";
const CRL_NUMBER: &str = "crlnumber";
const INDEX: &str = "index.txt";
const PRIVATE: &str = "private";
const SERIAL: &str = "serial";

/// A number as OpenSSL writes it: hexadecimal of upper case, two digits a byte.
fn hexadecimal(bytes: &[u8]) -> String {
    crate::hexadecimal::hexadecimal(bytes).to_uppercase()
}
