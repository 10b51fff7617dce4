"""A life with the service's own Python clients: ENDPOINT SCHEME KEY-FILE.

SCHEME is how they sign: ACS3-HMAC-SHA256, ACS3-HMAC-SM3, ACS3-RSA-SHA256, or v2, which is version 1.0 in parameters.
"""

import json
import sys

from alibabacloud_cas20200407 import models as older_models
from alibabacloud_cas20200407.client import Client as OlderClient
from alibabacloud_cas20200630 import models
from alibabacloud_cas20200630.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

endpoint, scheme, key_file = sys.argv[1:]


def config(access_key_id, secret):
    return Config(access_key_id=access_key_id, access_key_secret=secret, endpoint=endpoint,
                  protocol="http", signature_algorithm=scheme)


secret = "secret-of-the-applicant-1234"
applicant = config("applicant", secret)
if scheme == "ACS3-RSA-SHA256":
    applicant = config("rsa", open(key_file).read())
client, older = Client(applicant), OlderClient(applicant)

subject = dict(organization="Test", organization_unit="IT", locality="Hangzhou", state="Zhejiang",
               algorithm="ECC_256")
root = client.create_root_cacertificate(models.CreateRootCACertificateRequest(
    common_name="Root", years=10, **subject)).body
ca = client.create_sub_cacertificate(models.CreateSubCACertificateRequest(
    common_name="CA", years=5, parent_identifier=root.identifier, enable_crl=True, **subject)).body
csr = older.create_csr(older_models.CreateCsrRequest(
    algorithm="ECC", key_size=256, common_name="db.example", country_code="CN",
    province="Zhejiang", locality="Hangzhou")).body
names = [item.csr_id for item in older.list_csr(older_models.ListCsrRequest()).body.csr_list]
assert csr.csr_id in names, names
leaf = client.create_server_certificate_with_csr(models.CreateServerCertificateWithCsrRequest(
    csr=csr.csr, domain="db.example", parent_identifier=ca.identifier, days=30, immediately=2,
    enable_crl=1,
    tags=[models.CreateServerCertificateWithCsrRequestTags(key="team", value="例 ~*+/&=")])).body

described = client.describe_client_certificate(
    models.DescribeClientCertificateRequest(identifier=leaf.identifier)).body.certificate
assert described.status == "ISSUE", described
listed = client.list_client_certificate(models.ListClientCertificateRequest()).body
assert leaf.identifier in [item.identifier for item in listed.certificate_list]
client.tag_resources(models.TagResourcesRequest(
    resource_type="instance", resource_id=[leaf.identifier],
    tag=[models.TagResourcesRequestTag(key="more", value="1")]))
tags = client.list_tag_resources(models.ListTagResourcesRequest(
    resource_type="instance", resource_id=[leaf.identifier])).body.data.tag_resources.tag_resources
found = sorted((tag.tag_key, tag.tag_value) for tag in tags)
assert found == [("more", "1"), ("team", "例 ~*+/&=")], found
url = client.describe_cacertificate(
    models.DescribeCACertificateRequest(identifier=ca.identifier)).body.certificate.crl_url
client.create_revoke_client_certificate(
    models.CreateRevokeClientCertificateRequest(identifier=leaf.identifier))
revoked = client.list_revoke_certificate(models.ListRevokeCertificateRequest()).body
assert leaf.identifier in [item.identifier for item in revoked.certificate_list]

# Keys that are kept work: those of leaves, and of what is put into a warehouse.
subject["algorithm"] = "SM2_256"
sm2_root = client.create_root_cacertificate(models.CreateRootCACertificateRequest(
    common_name="SM2 root", years=10, **subject)).body
sm2_ca = client.create_sub_cacertificate(models.CreateSubCACertificateRequest(
    common_name="SM2 CA", years=5, parent_identifier=sm2_root.identifier, **subject)).body
signer = client.create_server_certificate(models.CreateServerCertificateRequest(
    common_name="sign.example", algorithm="SM2_256", parent_identifier=sm2_ca.identifier, days=30)).body
which = dict(cert_identifier=signer.identifier, warehouse_id=1)
message = dict(message="例 ~*+/&=", message_type="RAW", signing_algorithm="SM3withSM2")
signature = older.sign(older_models.SignRequest(**which, **message)).body.signature


def verified(**changed):
    given = {**which, **message, "signature_value": signature, **changed}
    return older.verify(older_models.VerifyRequest(**given)).body.signature_valid


assert verified() is True
assert verified(message="another") is False
encrypted = older.encrypt(older_models.EncryptRequest(
    algorithm="SM2PKE", plaintext="例 ~*+/&=", message_type="RAW", **which)).body
assert encrypted.cert_identifier == signer.identifier
decrypted = older.decrypt(older_models.DecryptRequest(
    algorithm="SM2PKE", ciphertext_blob=encrypted.ciphertext_blob, message_type="RAW", **which)).body
assert decrypted.plaintext == "例 ~*+/&=", decrypted
warehouses = older.list_cert_warehouse(older_models.ListCertWarehouseRequest(type="uploadPCA")).body
warehouse = warehouses.cert_warehouse_list[0].wh_id
put = older.upload_pcacert(older_models.UploadPCACertRequest(
    cert=leaf.x_509certificate, name="put", warehouse_id=warehouse)).body
listed = older.list_cert(older_models.ListCertRequest(warehouse_id=warehouse)).body.cert_list
assert [item.identifier for item in listed] == [put.identifier], listed
older.delete_pcacert(older_models.DeletePCACertRequest(identifier=put.identifier))


def refused(code, call):
    try:
        call()
    except Exception as error:
        assert error.code == code, (code, error.code, error)
        return
    raise AssertionError(f"{code}: it was answered")


def count(of=client):
    return of.describe_cacertificate_count()


count()
if scheme != "ACS3-RSA-SHA256":
    refused("SignatureDoesNotMatch", lambda: count(Client(config("applicant", secret + "x"))))
    refused("InvalidAccessKeyId.NotFound", lambda: count(Client(config("nobody", secret))))
    reader = Client(config("reader", "secret-of-the-reader-123456"))
    count(reader)
    refused("Forbidden.RAM", lambda: reader.create_revoke_client_certificate(
        models.CreateRevokeClientCertificateRequest(identifier=leaf.identifier)))
refused("NotFound", lambda: client.describe_client_certificate(
    models.DescribeClientCertificateRequest(identifier="x")))


def any_action(action):
    params = Params(action=action, version="2020-06-30", protocol="HTTP", pathname="/",
                    method="POST", auth_type="AK", style="RPC", req_body_type="formData",
                    body_type="json")
    return client.call_api(params, OpenApiRequest(query={}), RuntimeOptions())


refused("InvalidAction.NotFound", lambda: any_action("DropTables"))
refused("NoPermission", lambda: any_action("CreateCrl"))

nonce, Utils.get_nonce = Utils.get_nonce, staticmethod(lambda: "the same, " + scheme)
count()
refused("SignatureNonceUsed", count)
Utils.get_nonce = staticmethod(nonce)
now, Utils.get_timestamp = Utils.get_timestamp, staticmethod(lambda: "2026-01-01T00:00:00Z")
refused("InvalidTimeStamp.Expired", count)
Utils.get_timestamp = staticmethod(now)

print(json.dumps({"root": root.certificate, "ca": ca.certificate, "leaf": leaf.x_509certificate,
                  "url": url}))
