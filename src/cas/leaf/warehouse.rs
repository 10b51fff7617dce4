//! Client certificates of a warehouse, which the service's older version has beside those of CAs: here they are the
//! same certificates, of the same CAs.

use super::super::ca::describe::kept_authority;
use super::super::error::CasError;
use super::super::json::structures::structures;
use super::super::parameters::groups::{IssuedLeaf, LeafOptions};
use super::super::parameters::subject::SubjectFields;
use super::super::parameters::validity::LeafValidity;
use super::super::session::{Run, Session};
use super::found_structures::CreateRevokeClientCertificate;
use super::tls_structures::{CreateClientCertificate, CreateClientCertificateWithCsr, TlsLeaf};

structures! {
    /// Issues a client certificate for a CSR or, without one, for a key that is generated here and kept sealed.
    ///
    /// # Errors
    /// As [`CreateClientCertificateWithCsr`] and [`CreateClientCertificate`].
    CreateWHClientCertificate {
        /// The CSR in PEM. It contributes its key and its common name; what else it asks for is left out.
        csr: Option<String>,
        /// The common name, where the CSR has none.
        common_name: Option<String>,
        /// The key, such as `ECC_256`: of the issuer's family, and that of the CSR where there is one.
        algorithm: Option<String>,
        /// What SanValue holds: 1 e-mail addresses, 2 DNS names, 6 URIs, 7 IP addresses. Only with SanValue.
        san_type: Option<i64>,
        /// Alternative names, separated by commas. Only with SanType.
        san_value: Option<String>,
        /// The identifier of the CA that issues it: an intermediate.
        parent_identifier: String,
        /// For whom.
        subject as ..: SubjectFields,
        /// For how long.
        validity as ..: LeafValidity,
        /// 0 answers no certificate, 1 the certificate, 2 it and those above it; 0.
        immediately: Option<i64>,
    }

    /// What is answered of a client certificate of a warehouse.
    WarehouseLeaf {
        /// The certificates above, the issuer's first, if they were asked for.
        certificate_chain: Option<String>,
        /// The certificate's identifier.
        identifier: String,
        /// The issuer's certificate in PEM, if those above were asked for.
        parent_x509_certificate: Option<String>,
        /// The root's certificate in PEM, if those above were asked for.
        root_x509_certificate: Option<String>,
        /// The certificate in PEM, if it was asked for.
        x509_certificate: Option<String>,
    }

    /// Revokes a leaf, as [`CreateRevokeClientCertificate`] does.
    ///
    /// # Errors
    /// As [`CreateRevokeClientCertificate`].
    RevokeWHClientCertificate {
        /// The certificate's identifier, or its CustomIdentifier.
        identifier: String,
    }
}

impl Run for CreateWHClientCertificate {
    type Answer = WarehouseLeaf;

    fn run(&self, at: &Session<'_>) -> Result<WarehouseLeaf, CasError> {
        let Self { csr, common_name, algorithm, san_type, san_value, parent_identifier, .. } = self;
        if let Some(given) = san_type.filter(|given| !SAN_TYPES.contains(given)) {
            return Err(CasError::invalid("SanType", given, "1, 2, 6 or 7"));
        }
        let leaf = TlsLeaf {
            parent_identifier: parent_identifier.clone(),
            subject: self.subject.clone(),
            validity: self.validity,
            options: LeafOptions { immediately: self.immediately, ..LeafOptions::default() },
            ..TlsLeaf::default()
        };
        let (common_name, algorithm) = (common_name.clone(), algorithm.clone());
        let (san_type, san_value, alias_name) = (*san_type, san_value.clone(), None);
        let issued = match csr.clone() {
            Some(csr) => CreateClientCertificateWithCsr {
                csr,
                common_name,
                algorithm,
                san_type,
                san_value,
                leaf,
                alias_name,
            }
            .run(at)?,
            None => CreateClientCertificate {
                common_name,
                algorithm,
                san_type,
                san_value,
                leaf,
                alias_name,
            }
            .run(at)?,
        };
        let IssuedLeaf { certificate_chain, identifier, x509_certificate, .. } = issued;
        let above = match certificate_chain {
            Some(_) => Some(kept_authority(at, parent_identifier)?.chain),
            None => None,
        };
        let parent = above.as_ref().map(|above| above.leaf().to_pem());
        let root = above.and_then(|above| above.certificates().last().map(|root| root.to_pem()));
        Ok(WarehouseLeaf {
            certificate_chain,
            identifier,
            parent_x509_certificate: parent,
            root_x509_certificate: root,
            x509_certificate,
        })
    }
}

impl Run for RevokeWHClientCertificate {
    type Answer = ();

    fn run(&self, at: &Session<'_>) -> Result<(), CasError> {
        CreateRevokeClientCertificate { identifier: self.identifier.clone() }.run(at)
    }
}

/// What SanValue may hold (F).
const SAN_TYPES: [i64; 4] = [1, 2, 6, 7];
