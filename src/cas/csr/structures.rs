//! What the operations on CSRs take and answer.

use super::super::json::schema::Secret;
use super::super::json::structures::structures;
use super::super::parameters::list::{Listed, PageAsked};

structures! {
    /// Creates a key and a CSR, and keeps both, the key sealed.
    ///
    /// # Errors
    /// `InvalidParameter` and `DataTooLongException` for values out of bounds, `NameRepeat` for a
    /// name that is taken, `CreateCsrFailed` when the key cannot be made, `Error` when the store
    /// fails or may not keep a private key.
    CreateCsr {
        /// RSA, ECC or SM2.
        algorithm: String,
        /// Bits: RSA 2048, 3072 or 4096; ECC 256, 384 or 521 (also called 512); SM2 256.
        key_size: i64,
        /// The main domain name.
        common_name: String,
        /// Further domain names and IP addresses, separated by commas.
        sans: Option<String>,
        /// The country, two letters.
        country_code: String,
        /// The province.
        province: String,
        /// The city.
        locality: String,
        /// The company.
        corp_name: Option<String>,
        /// The department.
        department: Option<String>,
        /// A name for the CSR, that no other has: at most 50 letters, digits, `_`, `-` and `.`.
        name: Option<String>,
    }

    /// A CSR that was created.
    CreatedCsr {
        /// The CSR in PEM.
        csr: String,
        /// Its number.
        csr_id: i64,
    }

    /// Keeps a CSR that was made elsewhere, with its private key where that is given.
    ///
    /// # Errors
    /// `CertificateFormatException` when the CSR or the key does not parse or its signature is wrong;
    /// `NotMatch.CsrAndPrivateKey` when the key is not the CSR's; `NameRepeat` for a name that is taken.
    UploadCsr {
        /// The CSR in PEM.
        csr: String,
        /// Its private key in PEM.
        key: Option<Secret>,
        /// A name for the CSR, that no other has.
        name: Option<String>,
    }

    /// Adds the private key to a CSR that has none.
    ///
    /// # Errors
    /// `NotFound`; `CertificatePrivateKey.Existed` where there is one; `CertificateFormatException`
    /// when the key does not parse; `NotMatch.CsrAndPrivateKey` when it is another's.
    UpdateCsr {
        /// The CSR's number.
        csr_id: i64,
        /// Its private key in PEM.
        key: Secret,
    }

    /// Shows a CSR and its private key.
    ///
    /// # Errors
    /// `NotFound`.
    GetCsrDetail {
        /// The CSR's number.
        csr_id: i64,
    }

    /// A CSR that is kept.
    CsrDetail {
        /// The CSR in PEM.
        csr: String,
        /// Its private key in PEM, where it is kept.
        private_key: Option<Secret>,
    }

    /// Lists CSRs, the latest first.
    ///
    /// # Errors
    /// `InvalidParameter` for a page out of bounds.
    ListCsr {
        /// Only those of this algorithm: RSA, ECC or SM2.
        algorithm: Option<String>,
        /// Only those with this text in a domain name or the name.
        key_word: Option<String>,
        /// The page.
        page as ..: PageAsked,
    }

    /// A CSR in a list.
    ListedCsr {
        /// RSA, ECC or SM2.
        algorithm: String,
        /// The common name.
        common_name: Option<String>,
        /// The company.
        corp_name: Option<String>,
        /// The country.
        country_code: Option<String>,
        /// The CSR's number.
        csr_id: i64,
        /// The department.
        department: Option<String>,
        /// Whether the private key is kept.
        has_private_key: bool,
        /// The SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal.
        key_sha2: String,
        /// Bits.
        key_size: i64,
        /// The city.
        locality: Option<String>,
        /// The CSR's name.
        name: Option<String>,
        /// The province.
        province: Option<String>,
        /// The alternative names, separated by commas.
        sans: Option<String>,
    }

    /// Deletes a CSR and its private key.
    ///
    /// # Errors
    /// `NotFound`.
    DeleteCsr {
        /// The CSR's number.
        csr_id: i64,
    }
}

impl Listed for ListedCsr {
    const LIST: &'static str = "CsrList";
    const OF_CERTIFICATES: bool = false;
}
