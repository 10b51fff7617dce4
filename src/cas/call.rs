//! Operations by name.

use serde_json::Value;

use super::error::{CasError, ErrorKind};
use super::json;
use super::limits::JSON_OCTETS;
use super::schema::{Parameter, ParameterHelp, Problems, read_whole, shown};
use super::*;

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
    fn read(&self, parameters: &str) -> Result<json::Wiped, CasError> {
        if parameters.len() > JSON_OCTETS {
            let message = format!("the parameters: more than {JSON_OCTETS} octets");
            return Err(CasError::new(ErrorKind::DataTooLong, message));
        }
        let mut parameters = json::read(parameters)?;
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
        let nested = json::Wiped(Value::Object(nested));
        if problems.wrong.is_empty() { Ok(nested) } else { Err(problems.into()) }
    }
}

impl Cas {
    /// Calls an operation by its name, with its parameters as the text of a JSON object, and answers
    /// the text of another. Parameters are nested, or flat as RPC clients send them
    /// (`"Tags.1.Key": "k"`), numbers and booleans as such or as text. `Version` may be given. None may
    /// be given twice, in whichever form.
    ///
    /// What only operators may do is not here, but beyond [`Cas::operator`].
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
        Ok(json::write((operation.call)(cas, &parameters.0)?))
    };
    called().map_err(|error: CasError| match error.request_id().is_empty() {
        // It was refused before the operation began.
        true => match request_id() {
            Ok(request_id) => error.with_request_id(&request_id),
            Err(_) => error,
        },
        false => error,
    })
}

/// Declares the operations: the method, its name, its version, what it takes and answers.
macro_rules! operations {
    (
        $(#[doc = $what:literal])+ $list:ident;
        $( $(#[doc = $doc:literal])+ $version:expr, $name:ident($request:ident) -> $response:ident = $method:ident; )+
    ) => {
        $(#[doc = $what])+
        pub const $list: &[Operation] = &[$(
            Operation {
                name: stringify!($name),
                version: $version,
                description: concat!($($doc),+),
                parameters: <$request as Parameter>::parts,
                answers: <$response as Parameter>::parts,
                check: |given| Ok(read_whole::<$request>(given).map(drop)?),
                call: |cas, given| {
                    let request: $request = read_whole(given)?;
                    let answer = cas.$method(&request)?;
                    answer.write().ok_or_else(|| CasError::new(ErrorKind::Other, "no answer"))
                },
            },
        )+];
    };
}

const CSR: Option<&str> = Some("2020-04-07");
const CA: Option<&str> = Some("2020-06-30");

operations! {
    /// The operations of [`Cas::call`], by sections of the service: CSRs, CAs, leaves, orders.
    OPERATIONS;

    /// Creates a key and a certificate signing request.
    CSR, CreateCsr(CreateCsrRequest) -> CreateCsrResponse = create_csr;
    /// Keeps a CSR that was made elsewhere.
    CSR, UploadCsr(UploadCsrRequest) -> UploadCsrResponse = upload_csr;
    /// Adds the private key to a CSR that has none.
    CSR, UpdateCsr(UpdateCsrRequest) -> UpdateCsrResponse = update_csr;
    /// Shows a CSR and its private key.
    CSR, GetCsrDetail(GetCsrDetailRequest) -> GetCsrDetailResponse = get_csr_detail;
    /// Lists CSRs.
    CSR, ListCsr(ListCsrRequest) -> ListCsrResponse = list_csr;
    /// Deletes a CSR and its private key.
    CSR, DeleteCsr(DeleteCsrRequest) -> DeleteCsrResponse = delete_csr;

    /// Creates a root CA.
    CA, CreateRootCACertificate(CreateRootCACertificateRequest) -> CreateRootCACertificateResponse = create_root_ca_certificate;
    /// Creates an intermediate CA.
    CA, CreateSubCACertificate(CreateSubCACertificateRequest) -> CreateSubCACertificateResponse = create_sub_ca_certificate;

    /// Describes a CA.
    CA, DescribeCACertificate(DescribeCACertificateRequest) -> DescribeCACertificateResponse = describe_ca_certificate;
    /// Lists CAs.
    CA, DescribeCACertificateList(DescribeCACertificateListRequest) -> DescribeCACertificateListResponse = describe_ca_certificate_list;
    /// Counts CAs.
    CA, DescribeCACertificateCount(DescribeCACertificateCountRequest) -> DescribeCACertificateCountResponse = describe_ca_certificate_count;
    /// Revokes a CA.
    CA, UpdateCACertificateStatus(UpdateCACertificateStatusRequest) -> UpdateCACertificateStatusResponse = update_ca_certificate_status;

    /// Issues a server certificate for a CSR.
    CA, CreateServerCertificateWithCsr(CreateServerCertificateWithCsrRequest) -> CreateServerCertificateWithCsrResponse = create_server_certificate_with_csr;
    /// Issues a server certificate for a key that is generated and kept here.
    CA, CreateServerCertificate(CreateServerCertificateRequest) -> CreateServerCertificateResponse = create_server_certificate;
    /// Issues a client certificate for a CSR.
    CA, CreateClientCertificateWithCsr(CreateClientCertificateWithCsrRequest) -> CreateClientCertificateWithCsrResponse = create_client_certificate_with_csr;
    /// Issues a client certificate for a key that is generated and kept here.
    CA, CreateClientCertificate(CreateClientCertificateRequest) -> CreateClientCertificateResponse = create_client_certificate;
    /// Issues a certificate with the content that the caller says.
    CA, CreateCustomCertificate(CreateCustomCertificateRequest) -> CreateCustomCertificateResponse = create_custom_certificate;

    /// Describes a leaf.
    CA, DescribeClientCertificate(DescribeClientCertificateRequest) -> DescribeClientCertificateResponse = describe_client_certificate;
    /// Says of leaves whether they are revoked.
    CA, DescribeClientCertificateStatus(DescribeClientCertificateStatusRequest) -> DescribeClientCertificateStatusResponse = describe_client_certificate_status;
    /// Lists leaves.
    CA, ListClientCertificate(ListClientCertificateRequest) -> ListClientCertificateResponse = list_client_certificate;
    /// Lists leaves by issuer, status, kind and time.
    CA, ListCert(ListCertRequest) -> ListCertResponse = list_cert;
    /// Revokes a leaf.
    CA, CreateRevokeClientCertificate(CreateRevokeClientCertificateRequest) -> CreateRevokeClientCertificateResponse = create_revoke_client_certificate;
    /// Lists leaves that were revoked.
    CA, ListRevokeCertificate(ListRevokeCertificateRequest) -> ListRevokeCertificateResponse = list_revoke_certificate;
    /// Deletes a leaf that was revoked, and its private key.
    CA, DeleteClientCertificate(DeleteClientCertificateRequest) -> DeleteClientCertificateResponse = delete_client_certificate;
    /// Answers the private key of a leaf, encrypted.
    CA, DescribeCertificatePrivateKey(DescribeCertificatePrivateKeyRequest) -> DescribeCertificatePrivateKeyResponse = describe_certificate_private_key;

    /// Shows how many orders of a product were bought, used and issued.
    CSR, DescribePackageState(DescribePackageStateRequest) -> DescribePackageStateResponse = describe_package_state;
    /// Orders a certificate for a domain, with a key that is generated and kept here.
    CSR, CreateCertificateRequest(CreateCertificateRequestRequest) -> CreateCertificateRequestResponse = create_certificate_request;
    /// Orders a certificate for a CSR.
    CSR, CreateCertificateWithCsrRequest(CreateCertificateWithCsrRequestRequest) -> CreateCertificateWithCsrRequestResponse = create_certificate_with_csr_request;
    /// Orders a certificate for up to five domains.
    CSR, CreateCertificateForPackageRequest(CreateCertificateForPackageRequestRequest) -> CreateCertificateForPackageRequestResponse = create_certificate_for_package_request;
    /// Shows how far an order is, and moves it on.
    CSR, DescribeCertificateState(DescribeCertificateStateRequest) -> DescribeCertificateStateResponse = describe_certificate_state;
    /// Cancels an order whose certificate is not issued yet.
    CSR, CancelOrderRequest(CancelOrderRequestRequest) -> CancelOrderRequestResponse = cancel_order_request;
    /// Deletes an order that failed or was cancelled; its quota is given back.
    CSR, DeleteCertificateRequest(DeleteCertificateRequestRequest) -> DeleteCertificateRequestResponse = delete_certificate_request;
    /// Revokes the certificate of an order.
    CSR, CancelCertificateForPackageRequest(CancelCertificateForPackageRequestRequest) -> CancelCertificateForPackageRequestResponse = cancel_certificate_for_package_request;
    /// Orders the certificate of an order once more.
    CSR, RenewCertificateOrderForPackageRequest(RenewCertificateOrderForPackageRequestRequest) -> RenewCertificateOrderForPackageRequestResponse = renew_certificate_order_for_package_request;
    /// Lists orders.
    CSR, ListUserCertificateOrder(ListUserCertificateOrderRequest) -> ListUserCertificateOrderResponse = list_user_certificate_order;
}

operations! {
    /// The operations of [`Operator::call`]. Only this engine has them: whoever may use them can have a
    /// certificate for any domain, and more orders than were sold.
    OPERATOR_OPERATIONS;

    /// Adds to the quota of a product. Only this engine has it: the service sells packages.
    None, AddPackage(AddPackageRequest) -> AddPackageResponse = add_package_operation;
    /// Says that the challenge of an order is met. Only this engine has it: the service looks itself.
    None, AttestOrder(AttestOrderRequest) -> AttestOrderResponse = attest_order_operation;
    /// Signs the CRL of a CA, which the service does by itself.
    None, CreateCrl(CreateCrlRequest) -> CreateCrlResponse = create_crl_operation;
}
