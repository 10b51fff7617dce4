"""A life with the older Python client, aliyun-python-sdk-core and aliyun-python-sdk-cas: ENDPOINT."""

import json
import sys

from aliyunsdkcore.auth.composer import rpc_signature_composer
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.request import CommonRequest
from aliyunsdkcas.request.v20200407.CreateCertificateRequestRequest import CreateCertificateRequestRequest
from aliyunsdkcas.request.v20200407.DeleteCertificateRequestRequest import DeleteCertificateRequestRequest
from aliyunsdkcas.request.v20200407.DescribeCertificateStateRequest import DescribeCertificateStateRequest
from aliyunsdkcas.request.v20200407.DescribePackageStateRequest import DescribePackageStateRequest

endpoint = sys.argv[1]  # the rest is for other clients
secret = "secret-of-the-applicant-1234"
applicant = AcsClient("applicant", secret, "cn-hangzhou", auto_retry=False)


def call(action, parameters, version="2020-06-30", client=applicant, in_body=False):
    request = CommonRequest(domain=endpoint, version=version, action_name=action)
    request.set_accept_format("json")
    request.set_protocol_type("http")
    request.set_method("POST")
    for name, value in parameters.items():
        (request.add_body_params if in_body else request.add_query_param)(name, value)
    return json.loads(client.do_action_with_exception(request))


def refused(code, *arguments, **named):
    try:
        call(*arguments, **named)
    except ServerException as error:
        assert error.get_error_code() == code, (code, error)
        return
    raise AssertionError(f"{code}: it was answered")


subject = {"Organization": "Test", "OrganizationUnit": "IT", "Locality": "Hangzhou",
           "State": "Zhejiang", "Algorithm": "ECC_256"}
root = call("CreateRootCACertificate", {**subject, "CommonName": "Root", "Years": 10})
ca = call("CreateSubCACertificate", {
    **subject, "CommonName": "CA", "Years": 5, "ParentIdentifier": root["Identifier"],
    "EnableCrl": "true"})
csr = call("CreateCsr", {
    "Algorithm": "ECC", "KeySize": 256, "CommonName": "db.example", "CountryCode": "CN",
    "Province": "Zhejiang", "Locality": "Hangzhou"}, version="2020-04-07")
leaf = call("CreateServerCertificateWithCsr", {
    "Csr": csr["Csr"], "Domain": "db.example", "ParentIdentifier": ca["Identifier"], "Days": 30,
    "Immediately": 2, "EnableCrl": 1, "Tags.1.Key": "team", "Tags.1.Value": "a ~*+/&="}, in_body=True)
identifier = {"Identifier": leaf["Identifier"]}
assert call("DescribeClientCertificate", identifier)["Certificate"]["Status"] == "ISSUE"
listed = call("ListClientCertificate", {})["CertificateList"]
assert leaf["Identifier"] in [item["Identifier"] for item in listed], listed
tags = call("ListTagResources", {"ResourceType": "instance", "ResourceId.1": leaf["Identifier"]})
assert "a ~*+/&=" in json.dumps(tags), tags
described = call("DescribeCACertificate", {"Identifier": ca["Identifier"]})["Certificate"]
call("CreateRevokeClientCertificate", identifier)

signer = call("CreateServerCertificate", {
    "CommonName": "sign.example", "Algorithm": "ECC_256", "ParentIdentifier": ca["Identifier"],
    "Days": 30})
message = {"CertIdentifier": signer["Identifier"], "Message": "a ~*+/&=", "MessageType": "RAW",
           "SigningAlgorithm": "SHA256withECDSA"}
signed = call("Sign", message, version="2020-04-07")
signed = {**message, "SignatureValue": signed["Signature"]}
assert call("Verify", signed, version="2020-04-07")["SignatureValid"] is True
refused("InvalidVersion", "Sign", message, version="2018-07-13")

sm2 = {**subject, "Algorithm": "SM2_256"}
sm2_root = call("CreateRootCACertificate", {**sm2, "CommonName": "SM2 root", "Years": 10})
sm2_ca = call("CreateSubCACertificate", {
    **sm2, "CommonName": "SM2 CA", "Years": 5, "ParentIdentifier": sm2_root["Identifier"]})
reader_of_sm2 = call("CreateServerCertificate", {
    "CommonName": "read.example", "Algorithm": "SM2_256", "ParentIdentifier": sm2_ca["Identifier"],
    "Days": 30})
which = {"CertIdentifier": reader_of_sm2["Identifier"], "Algorithm": "SM2PKE", "MessageType": "RAW"}
encrypted = call("Encrypt", {**which, "Plaintext": "a ~*+/&="}, version="2020-04-07")
decrypted = call("Decrypt", {**which, "CiphertextBlob": encrypted["CiphertextBlob"]}, version="2020-04-07")
assert decrypted["Plaintext"] == "a ~*+/&=", decrypted
houses = call("ListCertWarehouse", {"Type": "uploadPCA"}, version="2020-04-07")["CertWarehouseList"]
put = call("UploadPCACert", {"Cert": leaf["X509Certificate"], "Name": "put", "WarehouseId": houses[0]["WhId"]},
           version="2020-04-07")
kept = call("ListCert", {"WarehouseId": houses[0]["WhId"]}, version="2020-04-07")["CertList"]
assert [item["Identifier"] for item in kept] == [put["Identifier"]], kept
call("DeletePCACert", {"Identifier": put["Identifier"]}, version="2020-04-07")


def typed(request, **parameters):
    """By the classes of aliyun-python-sdk-cas, which has four operations."""
    request.set_endpoint(endpoint)
    request.set_accept_format("json")
    request.set_protocol_type("http")
    for name, value in parameters.items():
        getattr(request, "set_" + name)(value)
    return json.loads(applicant.do_action_with_exception(request))


def typed_refused(code, *arguments, **named):
    try:
        typed(*arguments, **named)
    except ServerException as error:
        assert error.get_error_code() == code, (code, error)
        return
    raise AssertionError(f"{code}: it was answered")


product = "digicert-free-1-free"
typed_refused("NotFoundPackage", DescribePackageStateRequest(), ProductCode=product)
typed_refused("NotFoundPackage", CreateCertificateRequestRequest(), ProductCode=product,
              Username="a", Phone="13000000000", Email="a@example.com", Domain="db.example.com",
              ValidateType="DNS")
typed_refused("NotFoundOrder", DescribeCertificateStateRequest(), OrderId=1)
typed_refused("NotFoundOrder", DeleteCertificateRequestRequest(), OrderId=1)

count = "DescribeCACertificateCount"
wrong = AcsClient("applicant", secret + "x", "cn-hangzhou", auto_retry=False)
refused("SignatureDoesNotMatch", count, {}, client=wrong)
refused("InvalidAccessKeyId.NotFound", count, {},
        client=AcsClient("nobody", secret, "cn-hangzhou", auto_retry=False))
reader = AcsClient("reader", "secret-of-the-reader-123456", "cn-hangzhou", auto_retry=False)
call(count, {}, client=reader)
refused("Forbidden.RAM", "CreateRevokeClientCertificate", identifier, client=reader)
refused("InvalidAction.NotFound", "DropTables", {})
refused("InvalidVersion", count, {}, version="2018-07-13")
helper = rpc_signature_composer.helper
nonce, helper.get_uuid = helper.get_uuid, lambda: "the same, older"
call(count, {})
refused("SignatureNonceUsed", count, {})
helper.get_uuid = nonce
now, helper.get_iso_8061_date = helper.get_iso_8061_date, lambda: "2026-01-01T00:00:00Z"
refused("InvalidTimeStamp.Expired", count, {})
helper.get_iso_8061_date = now

print(json.dumps({"root": root["Certificate"], "ca": ca["Certificate"],
                  "leaf": leaf["X509Certificate"], "url": described["CrlUrl"]}))
