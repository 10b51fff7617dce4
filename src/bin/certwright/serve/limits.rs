//! Bounds on what the service takes and does at once, each with its source.

use std::time::Duration;

/// Bytes of a request's body: what the engine reads of one text parameter.
pub const BODY_BYTES: usize = 1024 * 1024;

/// Bytes of a request's head. Clients send every parameter in the query, certificates in PEM among them;
/// the crate http reads addresses of at most 65,534 bytes, and this is twice that.
pub const HEAD_BYTES: usize = 128 * 1024;

/// Header fields of a request: the service's clients send some 15; hyper's own limit.
pub const HEADERS: usize = 100;

/// Parameters of a request: the engine takes 1,000, and those of a signature come to them.
pub const PARAMETERS: usize = 1_020;

/// Seconds in which the head of a request must come, and in which an idle connection is kept: the
/// default of Apache's mod_reqtimeout is 20, nginx waits for 60.
pub const HEAD_TIME: Duration = Duration::from_secs(20);

/// Seconds in which the body must come: 1 MiB at 280 kbit/s.
pub const BODY_TIME: Duration = Duration::from_secs(30);

/// Seconds in which a TLS connection must be made.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// Seconds that a call waits for its turn; the service's clients give up after 10 to 60.
pub const WAITING_TIME: Duration = Duration::from_secs(30);

/// Seconds after which a connection ends when its request is answered, so that who reads nothing holds
/// none for ever.
pub const CONNECTION_TIME: Duration = Duration::from_secs(600);

/// Seconds in which an answer must be taken, after a connection is to end, and in which calls that were
/// begun are answered before the process ends: an RSA-4096 key takes up to some 10 on a slow machine.
pub const ENDING_TIME: Duration = Duration::from_secs(60);

/// Connections at once. Each may hold [`HEAD_BYTES`] and [`BODY_BYTES`], so some 1.1 GiB at worst; others wait
/// in the system's queue.
pub const CONNECTIONS: usize = 1_024;

/// Calls at once, running and waiting: at 10 ms each, some 10 s of work on two processors.
pub const CALLS: usize = 2_048;

/// Requests that are worked on at once, also where the client is gone: each connection's, and the calls of
/// those that ended.
pub const REQUESTS: usize = CONNECTIONS + CALLS;

/// Quick calls that run at once. They wait for the disk together, so that more than the processors pay:
/// calls that meet share a commit.
pub const QUICK_CALLS: usize = 64;

/// How far a request's time may be from the service's, in seconds, both ways (15 minutes: the real service).
pub const CLOCK_SKEW: i64 = 15 * 60;

/// Nonces that are remembered: each for up to 30 minutes, so some 1,100 requests a second for ever, in
/// some 100 MiB. When they are full, requests are refused, never forgotten.
pub const NONCES: usize = 2_000_000;

/// Characters of a nonce: clients send 32 to 36.
pub const NONCE_CHARACTERS: usize = 128;

/// Credentials in a file: more than one machine's callers.
pub const CREDENTIALS: usize = 10_000;

/// Bytes of a credentials file: so many credentials of some 400 bytes.
pub const CREDENTIALS_BYTES: usize = 4 * 1024 * 1024;

/// Characters of a secret at least: 30 are what the real service gives out; 128 bits in base64 are 22.
pub const SECRET_CHARACTERS: usize = 22;

/// Bytes of the header of what was left out: half of the 8 KiB that clients and proxies take of all headers.
pub const LEFT_OUT_BYTES: usize = 4 * 1024;

/// How often the lists of all CAs are looked at: revocations are listed at once where they are asked for.
pub const LISTS_TIME: Duration = Duration::from_secs(10);
