// A life with the older client for Node, @alicloud/pop-core: FOLDER ENDPOINT.
'use strict';

const path = require('path');
const [folder, endpoint] = process.argv.slice(2);
const Core = require(path.join(folder, 'node_modules', '@alicloud/pop-core'));
const { life } = require('./life.js');

const secret = 'secret-of-the-applicant-1234';
const clients = (accessKeyId, accessKeySecret) => (apiVersion) =>
  new Core({ accessKeyId, accessKeySecret, endpoint: `http://${endpoint}`, apiVersion });
const applicant = clients('applicant', secret);

function call(action, parameters, version = '2020-06-30', by = applicant) {
  // Both ways in which it sends parameters.
  const method = Object.keys(parameters).length > 1 ? 'POST' : 'GET';
  return by(version).request(action, parameters, { method });
}

const count = (by, parameters = {}) => call('DescribeCACertificateCount', parameters, '2020-06-30', by);
const reader = clients('reader', 'secret-of-the-reader-123456');
life(call, (identifier) => ({
  SignatureDoesNotMatch: () => count(clients('applicant', `${secret}x`)),
  'InvalidAccessKeyId.NotFound': () => count(clients('nobody', secret)),
  'Forbidden.RAM': () => call('CreateRevokeClientCertificate', identifier, '2020-06-30', reader),
  'InvalidAction.NotFound': () => call('DropTables', {}),
  InvalidVersion: () => call('DescribeCACertificateCount', {}, '2018-07-13'),
  SignatureNonceUsed: async () => {
    await count(applicant, { SignatureNonce: 'the same, pop' });
    await count(applicant, { SignatureNonce: 'the same, pop' });
  },
  'InvalidTimeStamp.Expired': () => count(applicant, { Timestamp: '2026-01-01T00:00:00Z' }),
})).catch((error) => {
  console.error(error);
  process.exit(1);
});
