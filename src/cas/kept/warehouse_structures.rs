//! What the operations on warehouses of certificates take and answer.

use super::super::json::schema::Secret;
use super::super::json::structures::structures;
use super::super::parameters::list::{Listed, PageAsked};

structures! {
    /// Lists the warehouses of certificates. There are two, always: of the leaves that CAs issue here, and of what
    /// [`UploadPCACert`] keeps.
    ///
    /// # Errors
    /// `InvalidParameter` for a filter or a page out of bounds.
    ListCertWarehouse {
        /// Only the one that is called by this.
        instance_id: Option<String>,
        /// Only those with this text in their name.
        name: Option<String>,
        /// Only those of this type: aliyunPCA, uploadPCA; uploadCA, of which there are none.
        kind as "Type": Option<String>,
        /// The page.
        page as ..: PageAsked,
    }

    /// A warehouse in the list. It never ends.
    ListedWarehouse {
        /// What it is called by: `cas-warehouse-` and its number.
        instance_id: String,
        /// false.
        is_expired: bool,
        /// Its name.
        name: String,
        /// aliyunPCA or uploadPCA.
        kind as "Type": String,
        /// Its number, which is what WarehouseId means.
        wh_id: i64,
    }

    /// Keeps a certificate that was issued elsewhere in a warehouse, its private key sealed beside it. It is read and
    /// never trusted.
    ///
    /// # Errors
    /// `NotFound` for a warehouse; `InvalidParameter` for that of leaves, a certificate of a CA, a kind of key that is
    /// not known here; `CertificateFormatException` for what does not parse, and a chain out of order;
    /// `NotMatch.CsrAndPrivateKey` when the key is not the certificate's; `ParamRepeat` for a certificate that is
    /// there; `DataTooLongException` for what is too long; `NotRemainCount` when no more are kept.
    UploadPCACert {
        /// The certificate in PEM, and after it, where they are given, those above it, its issuer first: at most
        /// 10 certificates and 65,536 bytes.
        cert: String,
        /// A name for people: at most 63 characters.
        name: Option<String>,
        /// Its private key in PEM. Without it the certificate verifies and encrypts.
        private_key: Option<Secret>,
        /// The warehouse: 2.
        warehouse_id: i64,
    }

    /// Deletes a certificate that [`UploadPCACert`] kept, and its private key.
    ///
    /// # Errors
    /// `NotFound`: leaves are deleted by DeleteClientCertificate.
    DeletePCACert {
        /// The identifier that [`UploadPCACert`] answered.
        identifier: String,
    }
}

impl Listed for ListedWarehouse {
    const LIST: &'static str = "CertWarehouseList";
    const OF_CERTIFICATES: bool = false;
}
