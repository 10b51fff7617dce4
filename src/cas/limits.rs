//! Bounds on what operations take, each with its source. Those that are the service's rules are in
//! [`super::Config`]; these keep the work on hostile input bounded.

/// Bytes of the JSON of one call: two of the longest texts, escaped.
pub(crate) const JSON_BYTES: usize = 4 * 1024 * 1024;

/// Levels of the JSON of one call: serde_json reads as many, and parameters have 5.
pub(crate) const JSON_LEVELS: usize = 127;

/// Bytes of one text parameter: a PEM of the largest request or chain that the engine reads.
pub(crate) const TEXT_BYTES: usize = 1024 * 1024;

/// Items of one list: the service allows 100 of its longest list, ExtendedKeyUsages
/// (CreateSubCACertificate).
pub(crate) const LIST_ITEMS: usize = 100;

/// Unknown parameters of one structure that a refusal lists: more than anybody mistypes.
pub(crate) const UNKNOWN_LISTED: usize = 20;

/// Parameters in a flat request: 20 tags and 100 usages and names would be some 250.
pub(crate) const FLAT_PARAMETERS: usize = 1_000;

/// Levels of a flat name: `ApiPassthrough.Extensions.SubjectAlternativeNames.1.Value` has 5.
pub(crate) const FLAT_LEVELS: usize = 8;

/// Names in one `Domain` or `Sans`: what the engine takes in one certificate is more; a service
/// certificate holds 250 at most.
pub(crate) const DOMAINS: usize = 250;

/// Bytes of a CustomIdentifier, and of an identifier that is looked for: twice the 64 of a ClientToken.
pub(crate) const IDENTIFIER_BYTES: usize = 128;

/// Bytes of the identifier of a resource group: those of the service have some 20.
pub(crate) const RESOURCE_GROUP_BYTES: usize = 64;

/// Bytes of the PEM of a certificate of a user with those above it: 10 certificates (`CHAIN_CERTIFICATES`) of
/// 4,800 bytes; those on the web have some 1,000 to 2,500.
pub(crate) const USER_CERTIFICATE_BYTES: usize = 64 * 1024;

/// Bytes of a message that is signed or verified (F: the pages of Sign and Verify).
pub(crate) const MESSAGE_BYTES: usize = 4 * 1024;

/// Bytes of a serial number (RFC 5280 section 4.1.2.2).
pub(crate) const SERIAL_BYTES: usize = 20;

/// Characters of a DNS name without the final dot (RFC 1035 section 2.3.4).
pub(crate) const DNS_NAME_CHARACTERS: usize = 253;

/// TXT records of one name that a probe may answer: providers stop at some 50 to 100.
pub(crate) const PROBE_RECORDS: usize = 100;

/// Bytes of a challenge file that a probe may answer: a token has 64.
pub(crate) const PROBE_BYTES: usize = 1_024;
