// A life with what a client gives: call(action, parameters, version, options) answers an object or throws an error
// that has a code.
'use strict';

const assert = require('assert');

exports.life = async function (call, refusals) {
  const subject = {
    Organization: 'Test', OrganizationUnit: 'IT', Locality: 'Hangzhou', State: 'Zhejiang', Algorithm: 'ECC_256',
  };
  const root = await call('CreateRootCACertificate', { ...subject, CommonName: 'Root', Years: '10' });
  const ca = await call('CreateSubCACertificate', {
    ...subject, CommonName: 'CA', Years: '5', ParentIdentifier: root.Identifier, EnableCrl: 'true',
  });
  const csr = await call('CreateCsr', {
    Algorithm: 'ECC', KeySize: '256', CommonName: 'db.example', CountryCode: 'CN', Province: 'Zhejiang',
    Locality: 'Hangzhou',
  }, '2020-04-07');
  const leaf = await call('CreateServerCertificateWithCsr', {
    Csr: csr.Csr, Domain: 'db.example', ParentIdentifier: ca.Identifier, Days: '30', Immediately: '2', EnableCrl: '1',
    'Tags.1.Key': 'team', 'Tags.1.Value': "例 ~*+/&='()!",
  });
  const identifier = { Identifier: leaf.Identifier };
  const described = await call('DescribeClientCertificate', identifier);
  assert.strictEqual(described.Certificate.Status, 'ISSUE');
  const listed = await call('ListClientCertificate', {});
  assert(listed.CertificateList.some((item) => item.Identifier === leaf.Identifier));
  const tags = await call('ListTagResources', { ResourceType: 'instance', 'ResourceId.1': leaf.Identifier });
  assert(JSON.stringify(tags).includes("例 ~*+/&='()!"), JSON.stringify(tags));
  const authority = await call('DescribeCACertificate', { Identifier: ca.Identifier });
  await call('CreateRevokeClientCertificate', identifier);
  await keptKeysWork(call, subject, leaf);
  for (const [code, refused] of Object.entries(refusals(identifier))) {
    await assert.rejects(refused, (error) => {
      assert.strictEqual(error.code, code, `${code}: ${error}`);
      return true;
    });
  }
  console.log(JSON.stringify({
    root: root.Certificate, ca: ca.Certificate, leaf: leaf.X509Certificate, url: authority.Certificate.CrlUrl,
  }));
};

// The keys of leaves, and of what is put into a warehouse.
async function keptKeysWork(call, subject, leaf) {
  const older = (action, parameters) => call(action, parameters, '2020-04-07');
  const sm2 = { ...subject, Algorithm: 'SM2_256' };
  const root = await call('CreateRootCACertificate', { ...sm2, CommonName: 'SM2 root', Years: '10' });
  const ca = await call('CreateSubCACertificate', {
    ...sm2, CommonName: 'SM2 CA', Years: '5', ParentIdentifier: root.Identifier,
  });
  const signer = await call('CreateServerCertificate', {
    CommonName: 'sign.example', Algorithm: 'SM2_256', ParentIdentifier: ca.Identifier, Days: '30',
  });
  const text = "例 ~*+/&='()!";
  const message = {
    CertIdentifier: signer.Identifier, Message: text, MessageType: 'RAW', SigningAlgorithm: 'SM3withSM2',
  };
  const { Signature } = await older('Sign', message);
  const verify = (Message) => older('Verify', { ...message, Message, SignatureValue: Signature });
  assert.strictEqual((await verify(text)).SignatureValid, true);
  assert.strictEqual((await verify('another')).SignatureValid, false);
  const which = { CertIdentifier: signer.Identifier, Algorithm: 'SM2PKE', MessageType: 'RAW' };
  const { CiphertextBlob } = await older('Encrypt', { ...which, Plaintext: text });
  assert.strictEqual((await older('Decrypt', { ...which, CiphertextBlob })).Plaintext, text);
  const houses = await older('ListCertWarehouse', { Type: 'uploadPCA' });
  const WarehouseId = String(houses.CertWarehouseList[0].WhId);
  const put = await older('UploadPCACert', { Cert: leaf.X509Certificate, Name: 'put', WarehouseId });
  const kept = await older('ListCert', { WarehouseId });
  assert.deepStrictEqual(kept.CertList.map((item) => item.Identifier), [put.Identifier]);
  await older('DeletePCACert', { Identifier: put.Identifier });
}
