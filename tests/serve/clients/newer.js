// A life with the service's own client for Node, @alicloud/cas20200407: FOLDER ENDPOINT.
'use strict';

const path = require('path');
const [folder, endpoint] = process.argv.slice(2);
const own = (name) => require(path.join(folder, 'node_modules', name));
const cas = own('@alicloud/cas20200407');
const core = own('@alicloud/openapi-core');
const { life } = require('./life.js');

const secret = 'secret-of-the-applicant-1234';
const config = (accessKeyId, accessKeySecret) =>
  new core.$OpenApiUtil.Config({ accessKeyId, accessKeySecret, endpoint, protocol: 'HTTP' });
const client = (id, key) => new cas.default(config(id, key));
const applicant = client('applicant', secret);
const utils = core.OpenApiUtil;

async function call(action, query, version = '2020-06-30', by = applicant) {
  if (action === 'CreateCsr') {
    // The typed method, and not only the way below.
    const answer = await by.createCsr(new cas.CreateCsrRequest({
      algorithm: query.Algorithm, keySize: Number(query.KeySize), commonName: query.CommonName,
      countryCode: query.CountryCode, province: query.Province, locality: query.Locality,
    }));
    return { Csr: answer.body.csr };
  }
  const params = new core.$OpenApiUtil.Params({
    action, version, protocol: 'HTTP', pathname: '/', method: 'POST', authType: 'AK', style: 'RPC',
    reqBodyType: 'formData', bodyType: 'json',
  });
  const request = new core.$OpenApiUtil.OpenApiRequest({ query });
  return (await by.callApi(params, request, new (own('@darabonba/typescript').RuntimeOptions)({}))).body;
}

async function altered(name, value, calls) {
  const before = utils[name];
  utils[name] = () => value;
  try {
    await calls();
  } finally {
    utils[name] = before;
  }
}

const count = (by) => call('DescribeCACertificateCount', {}, '2020-06-30', by);
const reader = client('reader', 'secret-of-the-reader-123456');
life(call, (identifier) => ({
  SignatureDoesNotMatch: () => count(client('applicant', `${secret}x`)),
  'InvalidAccessKeyId.NotFound': () => count(client('nobody', secret)),
  'Forbidden.RAM': () => call('CreateRevokeClientCertificate', identifier, '2020-06-30', reader),
  'InvalidAction.NotFound': () => call('DropTables', {}),
  InvalidVersion: () => call('DescribeCACertificateCount', {}, '2018-07-13'),
  SignatureNonceUsed: () => altered('getNonce', 'the same, node', async () => {
    await count();
    await count();
  }),
  'InvalidTimeStamp.Expired': () => altered('getTimestamp', '2026-01-01T00:00:00Z', () => count()),
})).catch((error) => {
  console.error(error);
  process.exit(1);
});
