//! Section 4: what CreateCustomCertificate takes and answers.

use super::structures::structures;
use super::types::{Outcome, TagParameter};

structures! {
    /// What CreateCustomCertificate takes (section 4).
    CreateCustomCertificateRequest {
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
        /// 0 answers no certificate, 1 the certificate, 2 the certificate and its chain; 0.
        immediately: Option<i64>,
        /// 1 points to the issuer's CRL; 0.
        enable_crl: Option<i64>,
        /// An identifier of the caller's own, that no other certificate has.
        custom_identifier: Option<String>,
        /// Tags.
        tags: Vec<TagParameter>,
    }

    /// What CreateCustomCertificate answers (section 4).
    CreateCustomCertificateResponse {
        /// The certificate in PEM, if it was asked for: as this operation alone names it.
        certificate: Option<String>,
        /// The same, as all other operations name it.
        x509_certificate: Option<String>,
        /// The certificates above, the issuer's first, if they were asked for.
        certificate_chain: Option<String>,
        /// The certificate's identifier.
        identifier: String,
        /// Its serial number in hexadecimal.
        serial_number: String,
        /// The request's identifier.
        request_id: String,
        /// What became of each item of the CSR; not sent.
        outcome: Outcome,
    }

    /// The content of a certificate that is issued as the caller says.
    ApiPassthrough {
        /// The extensions.
        extensions: Option<PassthroughExtensions>,
        /// A serial number of the caller's own, in decimal, or in hexadecimal after `0x`: positive,
        /// at most 20 octets, new to the issuer; drawn.
        serial_number: Option<String>,
        /// The subject. Where it is given, that of the CSR is ignored whole.
        subject: Option<PassthroughSubject>,
    }

    /// A subject. No field has a default.
    PassthroughSubject {
        /// The common name.
        common_name: Option<String>,
        /// The country, two letters.
        country: Option<String>,
        /// Further attributes, after the others.
        custom_attributes: Vec<PassthroughAttribute>,
        /// The city.
        locality: Option<String>,
        /// The organization.
        organization: Option<String>,
        /// The department.
        organization_unit: Option<String>,
        /// The province.
        state: Option<String>,
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
