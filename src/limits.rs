//! The limits on input, each with its number and source.

#[cfg(feature = "postgres")]
use std::time::Duration;

/// The longest DER or PEM input but a CRL, in bytes. A certificate with the limits below filled stays under
/// 128 KiB; OpenSSL's own limit on a TLS certificate chain is 100 KiB.
pub(crate) const INPUT_BYTES: usize = 1024 * 1024;

/// The largest arc of an object identifier (RFC 2578 section 3.5). There are at most 39 bytes of them,
/// which is the der crate's bound.
pub(crate) const OID_ARC: u64 = 0xffff_ffff;

/// Blocks in one PEM text: seven times the roots of Debian's and Mozilla's trust files (144 in 2026), and
/// twice those that Windows knows.
pub(crate) const PEM_BLOCKS: usize = 1_024;

/// Attributes in one distinguished name. The longest seen in the public web's certificates is about
/// 20 (extended validation).
pub(crate) const NAME_ATTRIBUTES: usize = 64;

/// Bytes of the text of a distinguished name: [`NAME_ATTRIBUTES`] values of 255 characters (the
/// largest upper bound but one of RFC 5280 appendix A.1), each of four bytes.
pub(crate) const NAME_TEXT_BYTES: usize = NAME_ATTRIBUTES * 255 * 4;

/// Characters of an attribute's value that has no bound of its own: ub-name (RFC 5280 appendix A.1).
pub(crate) const ATTRIBUTE_CHARACTERS: usize = 32_768;

/// Alternative names in one certificate or request: what large public CAs accept at most is 250;
/// four times that.
pub(crate) const ALT_NAMES: usize = 1_000;

/// Extensions in one certificate or request: RFC 5280 names 17.
pub(crate) const EXTENSIONS: usize = 64;

/// Extended key usages in one certificate or request: the operations of `cas` take 100
/// (`cas::rules`).
pub(crate) const EXTENDED_KEY_USAGES: usize = 100;

/// Bytes of an authority key identifier: those of a digest, and the issuer's name and serial number,
/// of which nothing is used. 64 attributes of 255 characters fit.
pub(crate) const AUTHORITY_KEY_IDENTIFIER_BYTES: usize = 32 * 1024;

/// URLs of CRLs in one certificate or CRL: an issuer has one or two, and a reader compares those of
/// both with each other.
pub(crate) const CRL_URLS: usize = 64;

/// Bytes of one CRL, which bound its entries, too: 1,200,000 such as this crate writes, with a serial
/// number of 20 bytes and a reason, have 53 bytes each. Reading is linear, and an entry of the
/// shortest form has 20. Issuers of more have shards.
pub(crate) const CRL_BYTES: usize = 64 * 1024 * 1024;

/// Days for which a CRL without nextUpdate counts as current. RFC 5280 section 5.1.2.5 requires the
/// field and gives no life to lists without it; 10 days are the longest that one of end entities may
/// have by section 4.9.7 of the CA/Browser Forum's TLS baseline requirements.
pub(crate) const CRL_DAYS_WITHOUT_NEXT_UPDATE: u32 = 10;

/// Revocation lists that did not count which an error names one by one, each with its reason; of
/// more only the number is given.
pub(crate) const UNUSED_LISTS_NAMED: usize = 16;

/// How far ahead of the newest time in the ledger, and of the nextUpdate of the last CRL, a clock is
/// believed: 100 days, more than the quarter for which an offline CA may write nothing, and less than the
/// year by which a clock is wrong most easily (our own number). A CA that wrote nothing for longer, and is
/// late with its list, has a person look at the clock.
pub(crate) const CLOCK_AHEAD_DAYS: u32 = 100;

/// Bytes of the PEM text of one CRL: base64 with line ends has at most 11/8 of [`CRL_BYTES`], and
/// there may be text around it.
pub(crate) const CRL_TEXT_BYTES: usize = CRL_BYTES / 2 * 3;

/// Attributes in one certification request: RFC 2985 names 6.
pub(crate) const REQUEST_ATTRIBUTES: usize = 64;

/// Subtrees in one nameConstraints extension; matching costs names × subtrees.
pub(crate) const NAME_SUBTREES: usize = 256;

/// Names × subtrees that one path may ask for: what the largest certificate below the largest
/// constraints costs, its subject included. Go and rustls-webpki stop at 250,000 (CVE-2018-16875 and its likes).
pub(crate) const NAME_COMPARISONS: usize = (ALT_NAMES + NAME_ATTRIBUTES) * NAME_SUBTREES;

/// Certificates in one chain: path validation in practice stops at 10 (OpenSSL's default depth is 100).
pub(crate) const CHAIN_CERTIFICATES: usize = 10;

/// Signatures that the search for a path looks at, and ways up to a trust anchor that it judges:
/// rustls-webpki's bound for the first, and more than any hierarchy with cross certificates has.
pub(crate) const PATH_SIGNATURES: usize = 100;
pub(crate) const PATHS: usize = 64;

/// Certificates that the search for a path steps on: a mesh of ten CAs that all certify each other has
/// fewer ways that are no longer than five. rustls-webpki takes 200,000 steps, each cheaper.
pub(crate) const PATH_STEPS: usize = 10_000;

/// Policies in one certificate: the public web's have one to four.
pub(crate) const POLICIES: usize = 64;

/// Pairs in policyMappings: the federal bridge CA's certificates have a dozen.
pub(crate) const POLICY_MAPPINGS: usize = 64;

/// Bytes in a serial number (RFC 5280 section 4.1.2.2).
pub(crate) const SERIAL_BYTES: usize = 20;

/// Bytes of a serial number that is read, its sign included: RFC 5280 section 4.1.2.2 has readers take
/// those that others made against its rules; the longest that are made are digests of SHA-512.
pub(crate) const READ_SERIAL_BYTES: usize = 65;

/// Characters in a DNS name without the final dot (RFC 1035 section 2.3.4).
pub(crate) const DNS_NAME_CHARACTERS: usize = 253;

/// Characters in a DNS label (RFC 1035 section 2.3.4).
pub(crate) const DNS_LABEL_CHARACTERS: usize = 63;

/// Characters before the @ of an e-mail address (RFC 5321 section 4.5.3.1.1).
pub(crate) const EMAIL_LOCAL_CHARACTERS: usize = 64;

/// Characters in a URI: SPIFFE's bound of 2048 (SPIFFE-ID section 2.3).
pub(crate) const URI_CHARACTERS: usize = 2_048;

/// Characters in a user principal name: rangeUpper of Active Directory's attribute ([MS-ADA3],
/// userPrincipalName).
pub(crate) const UPN_CHARACTERS: usize = 1_024;

/// Bytes of the value of an otherName that is granted: a user principal name of that length, each
/// character of four bytes, behind tag and length; what devices write is shorter (our own number).
pub(crate) const OTHER_NAME_BYTES: usize = 4_100;

/// Bytes of an SM2 identifier: ENTL counts bits in 16 bits (GB/T 32918.2 section 5.5).
pub(crate) const SM2_ID_BYTES: usize = 8_191;

/// Bytes that SM2 encrypts at once: the most that the service's page on Encrypt allows. More is for a symmetric cipher.
pub(crate) const SM2_PLAINTEXT_BYTES: usize = 6_047;

/// SM2 identifiers that are tried for one request: each costs a verification; a site with more kinds of
/// requesters than this has none.
pub(crate) const SM2_IDS: usize = 16;

/// Bits of an RSA modulus: the bound of the rsa crate, and of Go's TLS (crypto/tls, CVE-2023-29409).
pub(crate) const RSA_BITS: u32 = 8_192;

/// Bits of an RSA public exponent. Verifying costs its length: 2^33 is the bound of the rsa crate, as
/// of other libraries; FIPS 186-5 section 5.4 allows 256 bits, and nobody uses them.
pub(crate) const RSA_EXPONENT_BITS: u32 = 33;

/// Iterations of PBKDF2 that an encrypted key may ask for: about three times what OWASP advises in
/// 2023 (600,000 of SHA-256), since those of SHA-512 cost up to four times as much and SHA-224 needs
/// each twice for a key of 32 bytes.
pub(crate) const PBKDF2_ITERATIONS: u32 = 2_000_000;

/// Memory times passes that scrypt may ask for, in bytes (128·N·r·p): 16 times what
/// `openssl pkcs8 -scrypt` asks for (N = 16384, r = 8, p = 1).
pub(crate) const SCRYPT_BYTES: u64 = 256 * 1024 * 1024;

/// Bytes of a passphrase.
pub(crate) const PASSPHRASE_BYTES: usize = 1_024;

/// Memory that Argon2id may ask for, in KiB: 1 GiB, half of what RFC 9106 section 4 advises at most.
pub(crate) const ARGON2_KIBIBYTES: u32 = 1024 * 1024;

/// Passes of Argon2id over that memory: RFC 9106 section 4 advises 1 to 3.
pub(crate) const ARGON2_PASSES: u32 = 16;

/// Lanes of Argon2id: RFC 9106 section 4 advises 4.
pub(crate) const ARGON2_LANES: u32 = 16;

/// Tags of one certificate: the operations of `cas` take 20 (`cas::rules`).
pub(crate) const TAGS: usize = 20;

/// Bytes of a tag's key; its value may have twice as many. The operations of `cas` take 64 and 128
/// characters (`cas::rules`), which may have two bytes.
pub(crate) const TAG_BYTES: usize = 128;

/// Bytes of an idempotency token: twice the 64 of the operations of `cas` (`cas::rules`).
pub(crate) const TOKEN_BYTES: usize = 128;

/// Bytes of the name that a key or a request is kept under.
pub(crate) const KEPT_NAME_BYTES: usize = 128;

/// Bytes of the name of an embedder's rows: a word or some.
pub(crate) const ROWS_NAME_BYTES: usize = 32;

/// Bytes of the place of a row: some identifiers and a time, eight times over. Stores keep keys in
/// their inner nodes, so that long ones make every search slower.
pub(crate) const ROW_PLACE_BYTES: usize = 512;

/// Bytes of the value of a row: that of any other input ([`INPUT_BYTES`]); it is hashed for the audit
/// log each time it changes.
pub(crate) const ROW_VALUE_BYTES: usize = INPUT_BYTES;

/// Bytes of an `index.txt`: about 200,000 lines of 160 bytes. `openssl ca` reads and writes the
/// whole of it for every certificate, so that its folders stay far below.
pub(crate) const OPENSSL_INDEX_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of a line of `index.txt`: a name of [`NAME_ATTRIBUTES`] values of 255 bytes, each byte
/// written as four (`\xE5`), with 256 for the fields before it.
pub(crate) const OPENSSL_INDEX_LINE_BYTES: usize = NAME_ATTRIBUTES * 255 * 4 + 256;

/// Bytes of a `crlnumber`: a number of 20 bytes (RFC 5280 section 5.2.3) in hexadecimal, and room
/// for blanks and line ends.
pub(crate) const OPENSSL_NUMBER_BYTES: usize = 64;

/// Problems that the refusal of an import lists one by one: more than anybody mends by hand.
pub(crate) const IMPORT_PROBLEMS: usize = 1_000;

/// Findings that a lint lists: more than anybody reads; a list of revoked certificates can break one
/// rule in every entry.
pub(crate) const LINT_FINDINGS: usize = 1_000;

/// Bytes of an actor, a process or a detail that an audit entry keeps: enough for a sentence or
/// some, so that an entry stays small.
pub(crate) const AUDIT_TEXT_BYTES: usize = 1_024;

/// Bytes of what was left out that the audit entry of an issue lists item by item; how many more there are
/// stands after it, within [`AUDIT_TEXT_BYTES`].
pub(crate) const LEFT_OUT_BYTES: usize = AUDIT_TEXT_BYTES - 64;

/// Refusals that get an audit entry of their own at once; more of them have to wait until a second
/// has passed for each ([`REFUSALS_A_SECOND`]). A day's work of somebody who tries things out.
pub(crate) const REFUSALS_AT_ONCE: u64 = 256;

/// Refusals that get an audit entry of their own for each second that passes: at some 400 bytes each,
/// whoever does nothing but be refused adds 35 MB a day to the log. The rest are counted.
pub(crate) const REFUSALS_A_SECOND: u64 = 1;

/// Connections of one store to PostgreSQL: six processes fit into its default `max_connections`, 100 less 3.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_CONNECTIONS: usize = 16;

/// Time to connect to one host: a TCP connection that lost two packets takes 3 s (RFC 6298 section 2).
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_CONNECT_TIME: Duration = Duration::from_secs(5);

/// Time of silence after which a connection to PostgreSQL is asked whether it is there; twice that ends it.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_KEEPALIVE_TIME: Duration = Duration::from_secs(10);

/// Time for a statement, and for a free connection: what the service's clients wait at most is 10 to 60 s.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_STATEMENT_TIME: Duration = Duration::from_secs(30);
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_ROOM_TIME: Duration = Duration::from_secs(30);

/// Time to wait for other writers: some 1,000 transactions.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_LOCK_TIME: Duration = Duration::from_secs(10);

/// Time that a process may do nothing in a transaction, and hold up all other writers, before the server ends it: a
/// signature takes some ms, and verifying a copy before its commit asks all the time.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_IDLE_TIME: Duration = Duration::from_secs(10);

/// The same for a transaction that only reads, which holds up nobody: a copy of 1,000,000 certificates is verified in
/// some minutes.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_READING_TIME: Duration = Duration::from_secs(3_600);

/// Time for a commit: longer than a statement, because a standby may have to write, too.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_COMMIT_TIME: Duration = Duration::from_secs(30);

/// Time in which it is tried to find out whether a commit without an answer was made: a server that crashed is
/// mostly back by then.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_SETTLE_TIME: Duration = Duration::from_secs(30);

/// How often a transaction that conflicts is run: with pauses up to 250 ms, some 15 s.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_CONFLICTS: usize = 64;

/// How often a transaction is run whose connection is lost: one server may go down while the other comes up.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_RECONNECTIONS: usize = 4;

/// Rows and bytes of values that a scan of PostgreSQL holds at once; it is one row at least.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_PAGE_ROWS: i64 = 1_024;
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_PAGE_BYTES: i64 = 1024 * 1024;

/// Bytes of changes that a transaction holds before it sends them to PostgreSQL: what a message takes is 1 GiB.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_BUFFER_BYTES: usize = 16 * 1024 * 1024;

/// Bytes of a password of PostgreSQL: libpq reads lines of 1,024 from its password file before version 13.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_PASSWORD_BYTES: usize = 1_024;

/// Bytes of a file of trusted roots: that of a whole system has some 250,000.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_ROOTS_BYTES: u64 = 4 * 1024 * 1024;
