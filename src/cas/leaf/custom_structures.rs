//! What CreateCustomCertificate takes and answers.

use super::super::json::structures::structures;
use super::super::parameters::groups::{IssuedLeaf, LeafOptions};
use super::super::parameters::subject::SubjectFields;

structures! {
    /// Issues a certificate for a CSR with the subject, names, usages and serial number that the
    /// caller says.
    ///
    /// # Errors
    /// `MissingParameter` when there is neither a key usage nor an extended one, or no name at all;
    /// `InvalidParameter` for values out of bounds, another family than the issuer's, a root as
    /// issuer and an end after the issuer's; `CertificateFormatException` for a CSR that does not
    /// parse or whose signature is wrong; `NotFound` for the issuer, `InvalidStatus.UpdateProtection`
    /// when it is revoked, `CertificateExpired` when it has expired; `ParamRepeat` for a
    /// customIdentifier or a serial number that is taken.
    CreateCustomCertificate {
        /// The content of the certificate. At least one key usage or extended key usage is needed.
        api_passthrough: Option<ApiPassthrough>,
        /// The CSR in PEM. It contributes its key, and its subject where none is given; what else it
        /// asks for is left out.
        csr: String,
        /// The identifier of the issuing intermediate CA.
        parent_identifier: String,
        /// `Ny`, `Nm` or `Nd`: so many calendar years, calendar months or days from now;
        /// `yyyy-MM-ddTHH:mm:ssZ`: until then; two such times joined by `/`: from the first until the
        /// second.
        validity: String,
        /// How it is kept, and what is answered.
        options as ..: LeafOptions,
        /// An identifier of the caller's own, that no other certificate has. This operation alone writes its
        /// name with a small letter.
        custom_identifier as "customIdentifier": Option<String>,
    }

    /// A certificate that was issued.
    IssuedCustomCertificate {
        /// The certificate in PEM, if it was asked for: as this operation alone names it.
        certificate: Option<String>,
        /// What all operations answer.
        issued as ..: IssuedLeaf,
    }

    /// The content of a certificate that is issued as the caller says.
    ApiPassthrough {
        /// The extensions.
        extensions: Option<PassthroughExtensions>,
        /// A serial number of the caller's own, in decimal, or in hexadecimal after `0x`: positive,
        /// at most 20 bytes, new to the issuer; drawn.
        serial_number: Option<String>,
        /// The subject. Where it is given, that of the CSR is ignored whole.
        subject: Option<PassthroughSubject>,
    }

    /// A subject. No field has a default.
    PassthroughSubject {
        /// The common name.
        common_name: Option<String>,
        /// Who and where it is for.
        fields as ..: SubjectFields,
        /// Further attributes, after the others.
        custom_attributes: Vec<PassthroughAttribute>,
    }

    /// An attribute of a subject.
    PassthroughAttribute {
        /// Its type, an object identifier such as `2.5.4.12`.
        object_identifier: String,
        /// Its value.
        value: String,
    }

    /// Extensions of a certificate.
    PassthroughExtensions {
        /// Those that are critical: KeyUsage, which always is, ExtendedKeyUsages and
        /// SubjectAlternativeNames.
        criticals: Vec<String>,
        /// What it is for: any, serverAuth, clientAuth, codeSigning, emailProtection, timeStamping,
        /// OCSPSigning, or an object identifier.
        extended_key_usages: Vec<String>,
        /// What its key is for. A leaf signs neither certificates nor CRLs.
        key_usage: Option<PassthroughKeyUsage>,
        /// The alternative names.
        subject_alternative_names: Vec<PassthroughName>,
    }

    /// What a key is for (RFC 5280 section 4.2.1.3).
    PassthroughKeyUsage {
        /// contentCommitment.
        content_commitment: Option<bool>,
        /// dataEncipherment.
        data_encipherment: Option<bool>,
        /// decipherOnly.
        decipher_only: Option<bool>,
        /// digitalSignature.
        digital_signature: Option<bool>,
        /// encipherOnly.
        encipher_only: Option<bool>,
        /// keyAgreement.
        key_agreement: Option<bool>,
        /// keyEncipherment.
        key_encipherment: Option<bool>,
        /// The old name of contentCommitment.
        non_repudiation: Option<bool>,
    }

    /// An alternative name.
    PassthroughName {
        /// rfc822Name, dNSName, uniformResourceIdentifier or iPAddress.
        kind as "Type": String,
        /// The name.
        value: String,
    }
}
