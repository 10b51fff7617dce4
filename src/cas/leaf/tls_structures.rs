//! What the operations that issue server and client certificates take.

use super::super::json::structures::structures;
use super::super::parameters::groups::LeafOptions;
use super::super::parameters::subject::SubjectFields;
use super::super::parameters::validity::LeafValidity;

structures! {
    /// For whom a certificate is, who issues it and for how long.
    TlsLeaf {
        /// Who and where it is for.
        subject as ..: SubjectFields,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// How long it is valid.
        validity as ..: LeafValidity,
        /// How it is kept, and what is answered.
        options as ..: LeafOptions,
        /// An identifier of the caller's own, that no other certificate has.
        custom_identifier: Option<String>,
        /// Whether the service may issue it later. Here it is issued at once, in any case.
        asynchronous_flag: Option<bool>,
        /// Names this call: repeated with the same parameters, it is answered as the first time. At
        /// most 64 ASCII characters.
        client_token: Option<String>,
    }

    /// Issues a server certificate for a CSR.
    ///
    /// # Errors
    /// `MissingParameter` for the rule on Days, BeforeTime and AfterTime; `InvalidParameter` for
    /// values out of bounds, another family than the issuer's, a root as issuer and an end after the
    /// issuer's; `CertificateFormatException` for a CSR that does not parse or whose signature is
    /// wrong; `NotFound` for the issuer, `InvalidStatus.UpdateProtection` when it is revoked,
    /// `CertificateExpired` when it has expired; `ParamRepeat` for a CustomIdentifier that is taken.
    CreateServerCertificateWithCsr {
        /// The CSR in PEM. It contributes its key and its common name; what else it asks for is left
        /// out.
        csr: String,
        /// Further domain names and IP addresses, separated by commas.
        domain: Option<String>,
        /// The common name, where the CSR has none.
        common_name: Option<String>,
        /// The key of the CSR, such as `ECC_256`: of the issuer's family. Another than the CSR's is
        /// refused.
        algorithm: Option<String>,
        /// For whom, by whom and for how long.
        leaf as ..: TlsLeaf,
    }

    /// Issues a server certificate for a key that is generated here and kept sealed.
    ///
    /// # Errors
    /// As [`CreateServerCertificateWithCsr`]; `Error` when the store may not keep a private key.
    CreateServerCertificate {
        /// Further domain names and IP addresses, separated by commas.
        domain: Option<String>,
        /// The common name.
        common_name: String,
        /// The key, such as `ECC_256`: of the issuer's family.
        algorithm: String,
        /// For whom, by whom and for how long.
        leaf as ..: TlsLeaf,
    }

    /// Issues a client certificate for a key that is generated here and kept sealed.
    ///
    /// # Errors
    /// As [`CreateClientCertificateWithCsr`]; `Error` when the store may not keep a private key.
    CreateClientCertificate {
        /// The common name: a person, a company or a program. There may be none.
        common_name: Option<String>,
        /// The key, such as `ECC_256`: of the issuer's family; RSA_2048, ECC_256 or SM2_256.
        algorithm: Option<String>,
        /// What SanValue holds: 0 other names, 1 e-mail addresses, 2 DNS names, 4 a distinguished name, 6 URIs, 7 IP
        /// addresses, 8 object identifiers. Only with SanValue.
        san_type: Option<i64>,
        /// Alternative names, separated by commas; an other name is the identifier of its type, a plus sign and its
        /// value, or a user principal name alone. Only with SanType.
        san_value: Option<String>,
        /// For whom, by whom and for how long.
        leaf as ..: TlsLeaf,
        /// A name for people, that lists show.
        alias_name: Option<String>,
    }

    /// Issues a client certificate for a CSR.
    ///
    /// # Errors
    /// As [`CreateServerCertificateWithCsr`], and `MissingParameter` for one of SanType and SanValue
    /// without the other.
    CreateClientCertificateWithCsr {
        /// The CSR in PEM. It contributes its key and its common name; what else it asks for is left
        /// out.
        csr: String,
        /// The common name, where the CSR has none.
        common_name: Option<String>,
        /// The key of the CSR, such as `ECC_256`: of the issuer's family. Another than the CSR's is
        /// refused.
        algorithm: Option<String>,
        /// What SanValue holds: 0 other names, 1 e-mail addresses, 2 DNS names, 4 a distinguished name, 6 URIs, 7 IP
        /// addresses, 8 object identifiers. Only with SanValue.
        san_type: Option<i64>,
        /// Alternative names, separated by commas; an other name is the identifier of its type, a plus sign and its
        /// value, or a user principal name alone. Only with SanType.
        san_value: Option<String>,
        /// For whom, by whom and for how long.
        leaf as ..: TlsLeaf,
        /// A name for people, that lists show.
        alias_name: Option<String>,
    }
}
