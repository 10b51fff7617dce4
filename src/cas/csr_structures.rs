//! Section 2: what the operations on CSRs take and answer.

use super::schema::Secret;
use super::structures::structures;

structures! {
    /// What CreateCsr takes (seed page CreateCsr).
    CreateCsrRequest {
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

    /// What CreateCsr answers (seed page CreateCsr).
    CreateCsrResponse {
        /// The CSR in PEM.
        csr: String,
        /// Its number.
        csr_id: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What UploadCsr takes (section 2).
    UploadCsrRequest {
        /// The CSR in PEM.
        csr: String,
        /// Its private key in PEM.
        key: Option<Secret>,
        /// A name for the CSR, that no other has.
        name: Option<String>,
    }

    /// What UploadCsr answers (section 2).
    UploadCsrResponse {
        /// The CSR's number.
        csr_id: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// What UpdateCsr takes (section 2).
    UpdateCsrRequest {
        /// The CSR's number.
        csr_id: i64,
        /// Its private key in PEM.
        key: Secret,
    }

    /// What UpdateCsr answers (section 2).
    UpdateCsrResponse {
        /// The request's identifier.
        request_id: String,
    }

    /// What GetCsrDetail takes (section 2).
    GetCsrDetailRequest {
        /// The CSR's number.
        csr_id: i64,
    }

    /// What GetCsrDetail answers (section 2).
    GetCsrDetailResponse {
        /// The CSR in PEM.
        csr: String,
        /// Its private key in PEM, where it is kept.
        private_key: Option<Secret>,
        /// The request's identifier.
        request_id: String,
    }

    /// What ListCsr takes (section 2).
    ListCsrRequest {
        /// Only those of this algorithm: RSA, ECC or SM2.
        algorithm: Option<String>,
        /// Only those with this text in a domain name or the name.
        key_word: Option<String>,
        /// The page, from 1 on.
        current_page: Option<i64>,
        /// Items of a page; 50.
        show_size: Option<i64>,
    }

    /// What ListCsr answers (section 2).
    ListCsrResponse {
        /// The CSRs, the latest first.
        csr_list: Vec<ListedCsr>,
        /// The page.
        current_page: i64,
        /// Items of a page.
        show_size: i64,
        /// How many there are.
        total_count: i64,
        /// The request's identifier.
        request_id: String,
    }

    /// A CSR in a list (section 2).
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

    /// What DeleteCsr takes (section 2).
    DeleteCsrRequest {
        /// The CSR's number.
        csr_id: i64,
    }

    /// What DeleteCsr answers (section 2).
    DeleteCsrResponse {
        /// The request's identifier.
        request_id: String,
    }
}
