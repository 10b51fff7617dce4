//! The operations, by their names and versions.

use serde_json::Value;

use super::ca::create::{CreateRootCACertificate, CreateSubCACertificate};
use super::ca::crl::CreateCrl;
use super::ca::describe::{
    DescribeCACertificate, DescribeCACertificateCount, DescribeCACertificateList,
};
use super::ca::external::CreateExternalCACertificate;
use super::ca::history::{GetCaInstanceCrlAddress, ListCACertificateLog};
use super::ca::lists::{DescribePcaAndExternalCACertificateList, ListPcaCaCertificate};
use super::ca::revoke::UpdateCACertificateStatus;
use super::csr::structures::{CreateCsr, DeleteCsr, GetCsrDetail, ListCsr, UpdateCsr, UploadCsr};
use super::error::CasError;
use super::json::schema::{Parameter, ParameterHelp, REQUEST_ID, read_whole, write_answer};
use super::json::structures;
use super::kept::structures::{
    DeleteUserCertificate, GetCertificateDetail, GetUserCertificateDetail, ListCertificates,
    UploadPcaCertToCas, UploadUserCertificate,
};
use super::kept::warehouse_structures::{DeletePCACert, ListCertWarehouse, UploadPCACert};
use super::kept::work_structures::{Decrypt, Encrypt, Sign, Verify};
use super::leaf::all::ListCert20200407;
use super::leaf::by_serial::{
    DescribeClientCertificateForSerialNumber, DescribeClientCertificateStatusForSerialNumber,
};
use super::leaf::custom_structures::CreateCustomCertificate;
use super::leaf::found_structures::{
    CreateRevokeClientCertificate, DeleteClientCertificate, DescribeCertificatePrivateKey,
    DescribeClientCertificate, DescribeClientCertificateStatus,
};
use super::leaf::list_structures::{ListCert, ListClientCertificate, ListRevokeCertificate};
use super::leaf::tls_structures::{
    CreateClientCertificate, CreateClientCertificateWithCsr, CreateServerCertificate,
    CreateServerCertificateWithCsr,
};
use super::leaf::warehouse::{CreateWHClientCertificate, RevokeWHClientCertificate};
use super::order::{
    AddPackage, AttestOrder, CancelCertificateForPackageRequest, CancelOrderRequest,
    CreateCertificateForPackageRequest, CreateCertificateRequest, CreateCertificateWithCsrRequest,
    DeleteCertificateRequest, DescribeCertificateState, DescribePackageState,
    ListUserCertificateOrder, RenewCertificateOrderForPackageRequest, RevokeCertificate,
};
use super::resource::group::MoveResourceGroup;
use super::resource::tag::{TagResources, UntagResources};
use super::resource::tag_list::{ListTagKeys, ListTagResources, ListTagResources20200407};
use super::resource::update::UpdatePcaCertificate;
use super::service::{ApplicantOperation, Cas, OperatorOperation};
use super::session::{Answered, Run};

/// An operation, for help.
#[derive(Debug)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// Its API version; none of those that only this engine has.
    pub version: Option<&'static str>,
    /// What it does.
    pub description: &'static str,
    parameters: fn() -> Vec<ParameterHelp>,
    answers: fn() -> Vec<ParameterHelp>,
    /// Reads its parameters, and does nothing.
    pub(super) read: fn(&Value) -> Result<(), CasError>,
    pub(super) call: fn(&Cas, &str, &Value) -> Result<Answered<Value>, CasError>,
}

impl Operation {
    /// What it takes.
    pub fn parameters(&self) -> Vec<ParameterHelp> {
        (self.parameters)()
    }

    /// What it answers.
    pub fn answers(&self) -> Vec<ParameterHelp> {
        (self.answers)()
    }
}

/// Declares the operations for applicants, or for operators: its version and its name each.
macro_rules! operations {
    (
        $(#[doc = $what:literal])+ $list:ident, $trait:ident;
        $( $(#[doc = $doc:literal])+ $version:expr, $name:ident $(as $wire:ident)?; )+
        $( also $again:expr, $same:ident; )*
    ) => {
        $( impl $trait for $name { const NAME: &'static str = operations!(@name $name $($wire)?); } )+

        $(#[doc = $what])+
        pub const $list: &[Operation] = &[
            $( operation::<$name>(<$name as $trait>::NAME, $version, concat!($($doc),+)), )+
            $( operation::<$same>(<$same as $trait>::NAME, $again, "The same in the older version."), )*
        ];
    };
    (@name $name:ident $wire:ident) => { stringify!($wire) };
    (@name $name:ident) => { stringify!($name) };
}

/// An operation of the table.
const fn operation<O: Run>(
    name: &'static str,
    version: Option<&'static str>,
    description: &'static str,
) -> Operation {
    Operation {
        name,
        version,
        description,
        parameters: O::parts,
        answers: answers::<O>,
        read: |given| Ok(read_whole::<O>(given).map(drop)?),
        call: |cas, name, given| {
            let operation: O = read_whole(given)?;
            let answered = cas.answer(name, &operation)?;
            let name = O::ANSWER.map(|(name, _)| name);
            Ok(answered.map(|answer, request_id| write_answer(&answer, name, request_id)))
        },
    }
}

/// What an operation answers, and the identifier of its request.
fn answers<O: Run>() -> Vec<ParameterHelp> {
    let mut help = match O::ANSWER {
        Some((name, description)) => {
            vec![structures::help::<O::Answer>(name.to_owned(), description)]
        }
        None => O::Answer::parts(),
    };
    let request_id = "The request's identifier.";
    help.push(structures::help::<String>(REQUEST_ID.to_owned(), request_id));
    help
}

const CSR: Option<&str> = Some("2020-04-07");
const CA: Option<&str> = Some("2020-06-30");

operations! {
    /// The operations of [`Cas::call`], by sections of the service: CSRs, CAs, leaves, certificates of users, orders,
    /// tags.
    OPERATIONS, ApplicantOperation;

    /// Creates a key and a certificate signing request.
    CSR, CreateCsr;
    /// Keeps a CSR that was made elsewhere.
    CSR, UploadCsr;
    /// Adds the private key to a CSR that has none.
    CSR, UpdateCsr;
    /// Shows a CSR and its private key.
    CSR, GetCsrDetail;
    /// Lists CSRs.
    CSR, ListCsr;
    /// Deletes a CSR and its private key.
    CSR, DeleteCsr;

    /// Creates a root CA.
    CA, CreateRootCACertificate;
    /// Creates an intermediate CA.
    CA, CreateSubCACertificate;
    /// Makes an intermediate CA of another's CSR.
    CA, CreateExternalCACertificate;

    /// Describes a CA.
    CA, DescribeCACertificate;
    /// Lists CAs.
    CA, DescribeCACertificateList;
    /// Lists CAs, own and others'.
    CA, DescribePcaAndExternalCACertificateList;
    /// Lists CAs shortly.
    CA, ListPcaCaCertificate;
    /// Counts CAs.
    CA, DescribeCACertificateCount;
    /// Revokes a CA.
    CA, UpdateCACertificateStatus;
    /// Changes a CA's alias, resource group and tags.
    CA, UpdatePcaCertificate;
    /// Lists what was done with a CA.
    CA, ListCACertificateLog;
    /// Says where the CRL of a CA is.
    CA, GetCaInstanceCrlAddress;

    /// Issues a server certificate for a CSR.
    CA, CreateServerCertificateWithCsr;
    /// Issues a server certificate for a key that is generated and kept here.
    CA, CreateServerCertificate;
    /// Issues a client certificate for a CSR.
    CA, CreateClientCertificateWithCsr;
    /// Issues a client certificate for a key that is generated and kept here.
    CA, CreateClientCertificate;
    /// Issues a client certificate, in the form of the older version.
    CSR, CreateWHClientCertificate;
    /// Issues a certificate with the content that the caller says.
    CA, CreateCustomCertificate;

    /// Describes a leaf.
    CA, DescribeClientCertificate;
    /// Says of leaves whether they are revoked.
    CA, DescribeClientCertificateStatus;
    /// Describes leaves by their serial numbers.
    CA, DescribeClientCertificateForSerialNumber;
    /// Says of leaves by their serial numbers whether they are revoked.
    CA, DescribeClientCertificateStatusForSerialNumber;
    /// Lists leaves.
    CA, ListClientCertificate;
    /// Lists leaves by issuer, status, kind and time.
    CA, ListCert;
    /// Revokes a leaf.
    CA, CreateRevokeClientCertificate;
    /// Revokes a leaf, in the form of the older version.
    CSR, RevokeWHClientCertificate;
    /// Lists certificates of leaves and CAs, in the form of the older version.
    CSR, ListCert20200407 as ListCert;
    /// Lists leaves that were revoked.
    CA, ListRevokeCertificate;
    /// Deletes a leaf that was revoked, and its private key.
    CA, DeleteClientCertificate;
    /// Answers the private key of a leaf, encrypted.
    CA, DescribeCertificatePrivateKey;

    /// Keeps a certificate of a user, issued elsewhere, with its private key.
    CSR, UploadUserCertificate;
    /// Puts copies of leaves beside the certificates of users.
    CA, UploadPcaCertToCas;
    /// Shows a certificate of a user and its private key.
    CSR, GetUserCertificateDetail;
    /// Shows a certificate of a user.
    CSR, GetCertificateDetail;
    /// Lists certificates of users.
    CSR, ListCertificates;
    /// Deletes a certificate of a user and its private key.
    CSR, DeleteUserCertificate;
    /// Lists the warehouses of certificates.
    CSR, ListCertWarehouse;
    /// Keeps a certificate that was issued elsewhere in a warehouse, and its private key if it is given.
    CSR, UploadPCACert;
    /// Deletes a certificate of a warehouse and its private key.
    CSR, DeletePCACert;
    /// Signs a message with the private key of a certificate.
    CSR, Sign;
    /// Verifies a signature with the public key of a certificate.
    CSR, Verify;
    /// Encrypts short data with the public key of a certificate.
    CSR, Encrypt;
    /// Decrypts short data with the private key of a certificate.
    CSR, Decrypt;

    /// Shows how many orders of a product were bought, used and issued.
    CSR, DescribePackageState;
    /// Orders a certificate for a domain, with a key that is generated and kept here.
    CSR, CreateCertificateRequest;
    /// Orders a certificate for a CSR.
    CSR, CreateCertificateWithCsrRequest;
    /// Orders a certificate for up to five domains.
    CSR, CreateCertificateForPackageRequest;
    /// Shows how far an order is, and moves it on.
    CSR, DescribeCertificateState;
    /// Cancels an order whose certificate is not issued yet.
    CSR, CancelOrderRequest;
    /// Deletes an order that failed or was cancelled; its quota is given back.
    CSR, DeleteCertificateRequest;
    /// Revokes the certificate of an order.
    CSR, CancelCertificateForPackageRequest;
    /// Revokes the certificate of an order, by its InstanceId.
    CSR, RevokeCertificate;
    /// Orders the certificate of an order once more.
    CSR, RenewCertificateOrderForPackageRequest;
    /// Lists orders.
    CSR, ListUserCertificateOrder;

    /// Puts tags on CAs, leaves, orders and certificates of users.
    CA, TagResources;
    /// Takes tags off CAs, leaves, orders and certificates of users.
    CA, UntagResources;
    /// Lists tags of CAs, leaves, orders and certificates of users.
    CA, ListTagResources;
    /// Lists tags of CAs, leaves, orders and certificates of users, in the form of the older version.
    CSR, ListTagResources20200407 as ListTagResources;
    /// Lists the keys of tags.
    CSR, ListTagKeys;
    /// Puts a CA, a leaf or a certificate of a user into another resource group.
    CA, MoveResourceGroup;

    also CSR, TagResources;
    also CSR, UntagResources;
    also CSR, MoveResourceGroup;
}

operations! {
    /// The operations of [`Operator::call`](super::Operator::call). Only this engine has them: whoever may use them can have a
    /// certificate for any domain, and more orders than were sold.
    OPERATOR_OPERATIONS, OperatorOperation;

    /// Adds to the quota of a product. Only this engine has it: the service sells packages.
    None, AddPackage;
    /// Says that the challenge of an order is met. Only this engine has it: the service looks itself.
    None, AttestOrder;
    /// Signs the CRL of a CA, which the service does by itself.
    None, CreateCrl;
}
