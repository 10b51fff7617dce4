//! Operations by name.

use serde_json::Value;

use super::ca::create::{CreateRootCACertificate, CreateSubCACertificate};
use super::ca::crl::CreateCrl;
use super::ca::describe::{
    DescribeCACertificate, DescribeCACertificateCount, DescribeCACertificateList,
};
use super::ca::revoke::UpdateCACertificateStatus;
use super::csr::structures::{CreateCsr, DeleteCsr, GetCsrDetail, ListCsr, UpdateCsr, UploadCsr};
use super::error::{CasError, ErrorKind};
use super::json::schema::{
    Parameter, ParameterHelp, Problems, REQUEST_ID, read_whole, shown, write_answer,
};
use super::json::{flat, structures, text};
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
use super::limits::JSON_BYTES;
use super::order::{
    AddPackage, AttestOrder, CancelCertificateForPackageRequest, CancelOrderRequest,
    CreateCertificateForPackageRequest, CreateCertificateRequest, CreateCertificateWithCsrRequest,
    DeleteCertificateRequest, DescribeCertificateState, DescribePackageState,
    ListUserCertificateOrder, RenewCertificateOrderForPackageRequest,
};
use super::service::{ApplicantOperation, Cas, Operator, OperatorOperation};
use super::session::Run;

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
    check: fn(&Value) -> Result<(), CasError>,
    call: fn(&Cas, &Value) -> Result<Value, CasError>,
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

    /// Whether these parameters can be read, without doing anything: they are JSON, each is known and
    /// given once, those that are needed are there, and each is of its kind.
    ///
    /// # Errors
    /// As [`Cas::call`] for parameters that are none.
    pub fn check(&self, parameters: &str) -> Result<(), CasError> {
        (self.check)(&self.read(parameters)?.0)
    }

    /// The parameters in their nested form.
    fn read(&self, parameters: &str) -> Result<text::Wiped, CasError> {
        if parameters.len() > JSON_BYTES {
            let message = format!("the parameters: more than {JSON_BYTES} bytes");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        let mut parameters = text::read(parameters)?;
        let Value::Object(parameters) = &mut parameters.0 else {
            let given = shown(&parameters.0);
            return Err(CasError::invalid("the parameters", given, "a JSON object"));
        };
        let mut problems = Problems::default();
        let mut nested = flat::nested(std::mem::take(parameters), &mut problems);
        if let Some(version) = nested.remove("Version")
            && self.version.is_some_and(|known| version != known)
        {
            let allowed = self.version.unwrap_or_default();
            let given = shown(&version);
            problems.wrong.push(format!("Version: given {given}, allowed {allowed}"));
        }
        let nested = text::Wiped(Value::Object(nested));
        if problems.wrong.is_empty() { Ok(nested) } else { Err(problems.into()) }
    }
}

impl Cas {
    /// Calls an operation by its name, with its parameters as the text of a JSON object, and answers
    /// the text of another. Parameters are nested, or flat as RPC clients send them
    /// (`"Tags.1.Key": "k"`), numbers and booleans as such or as text. `Version` may be given. None may
    /// be given twice, in whichever form.
    ///
    /// What only operators may do is not here, but behind [`Cas::operator`].
    ///
    /// The answers of GetCsrDetail hold private keys. No other copy of them, or of what was given,
    /// stays in memory: both texts are the caller's to wipe.
    ///
    /// # Errors
    /// [`CasError`], also for an unknown operation, an unknown parameter or another version. Nothing
    /// was changed then, but for the audit log.
    pub fn call(&self, name: &str, parameters: &str) -> Result<String, CasError> {
        let found = OPERATIONS.iter().find(|operation| operation.name == name);
        let allowed = if is_in(OPERATOR_OPERATIONS, name) {
            "the name of an applicant's operation; this one is an operator's (Cas::operator, \
             certwright operate)"
        } else {
            "the name of an operation"
        };
        call(self, found, name, allowed, parameters)
    }
}

impl Operator<'_> {
    /// As [`Cas::call`], for the operations that only operators may use.
    ///
    /// # Errors
    /// As [`Cas::call`].
    pub fn call(&self, name: &str, parameters: &str) -> Result<String, CasError> {
        let found = OPERATOR_OPERATIONS.iter().find(|operation| operation.name == name);
        let allowed = if is_in(OPERATIONS, name) {
            "the name of an operator's operation; this one is everybody's (Cas::call, certwright call)"
        } else {
            "the name of an operator's operation"
        };
        call(self.cas, found, name, allowed, parameters)
    }
}

fn is_in(operations: &[Operation], name: &str) -> bool {
    operations.iter().any(|operation| operation.name == name)
}

fn call(
    cas: &Cas,
    found: Option<&Operation>,
    name: &str,
    allowed: &str,
    parameters: &str,
) -> Result<String, CasError> {
    let called = || {
        let unknown = || CasError::invalid("Action", shown(&Value::from(name)), allowed);
        let operation = found.ok_or_else(unknown)?;
        let parameters = operation.read(parameters)?;
        Ok(text::write((operation.call)(cas, &parameters.0)?))
    };
    called().map_err(|error: CasError| match error.request_id().is_empty() {
        // It was refused before the operation began.
        true => match cas.request_id() {
            Ok(request_id) => error.with_request_id(&request_id),
            Err(_) => error,
        },
        false => error,
    })
}

/// Declares the operations for applicants, or for operators: its version and its name each.
macro_rules! operations {
    (
        $(#[doc = $what:literal])+ $list:ident, $trait:ident;
        $( $(#[doc = $doc:literal])+ $version:expr, $name:ident; )+
    ) => {
        $( impl $trait for $name { const NAME: &'static str = stringify!($name); } )+

        $(#[doc = $what])+
        pub const $list: &[Operation] = &[$(
            Operation {
                name: stringify!($name),
                version: $version,
                description: concat!($($doc),+),
                parameters: <$name as Parameter>::parts,
                answers: answers::<$name>,
                check: |given| Ok(read_whole::<$name>(given).map(drop)?),
                call: |cas, given| {
                    let operation: $name = read_whole(given)?;
                    let (answer, request_id) = cas.answer(stringify!($name), &operation)?;
                    let name = <$name as Run>::ANSWER.map(|(name, _)| name);
                    Ok(write_answer(&answer, name, &request_id))
                },
            },
        )+];
    };
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
    /// The operations of [`Cas::call`], by sections of the service: CSRs, CAs, leaves, orders.
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

    /// Describes a CA.
    CA, DescribeCACertificate;
    /// Lists CAs.
    CA, DescribeCACertificateList;
    /// Counts CAs.
    CA, DescribeCACertificateCount;
    /// Revokes a CA.
    CA, UpdateCACertificateStatus;

    /// Issues a server certificate for a CSR.
    CA, CreateServerCertificateWithCsr;
    /// Issues a server certificate for a key that is generated and kept here.
    CA, CreateServerCertificate;
    /// Issues a client certificate for a CSR.
    CA, CreateClientCertificateWithCsr;
    /// Issues a client certificate for a key that is generated and kept here.
    CA, CreateClientCertificate;
    /// Issues a certificate with the content that the caller says.
    CA, CreateCustomCertificate;

    /// Describes a leaf.
    CA, DescribeClientCertificate;
    /// Says of leaves whether they are revoked.
    CA, DescribeClientCertificateStatus;
    /// Lists leaves.
    CA, ListClientCertificate;
    /// Lists leaves by issuer, status, kind and time.
    CA, ListCert;
    /// Revokes a leaf.
    CA, CreateRevokeClientCertificate;
    /// Lists leaves that were revoked.
    CA, ListRevokeCertificate;
    /// Deletes a leaf that was revoked, and its private key.
    CA, DeleteClientCertificate;
    /// Answers the private key of a leaf, encrypted.
    CA, DescribeCertificatePrivateKey;

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
    /// Orders the certificate of an order once more.
    CSR, RenewCertificateOrderForPackageRequest;
    /// Lists orders.
    CSR, ListUserCertificateOrder;
}

operations! {
    /// The operations of [`Operator::call`]. Only this engine has them: whoever may use them can have a
    /// certificate for any domain, and more orders than were sold.
    OPERATOR_OPERATIONS, OperatorOperation;

    /// Adds to the quota of a product. Only this engine has it: the service sells packages.
    None, AddPackage;
    /// Says that the challenge of an order is met. Only this engine has it: the service looks itself.
    None, AttestOrder;
    /// Signs the CRL of a CA, which the service does by itself.
    None, CreateCrl;
}
