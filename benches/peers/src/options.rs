//! The command line.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use crate::measure::Effort;

/// What `--help` prints.
pub const HELP: &str = "\
Times certwright beside its peers: the same work in one process, on one core, in turns.

Usage: certwright-peers [OPTIONS]

  --only SUBSTRING  the operations that have this in their names
  --seconds S       time for the rounds of an operation (default: 3); slow ones take longer
  --quick           three short rounds, and 4 keys of each generator instead of 60: it shows that
                    everything runs, not how fast
  --json FILE       writes the medians (of keygen the means) in microseconds
  --chart FILE.svg  draws the ratios to the best peer
  --help            print this

Operations, where ALG is rsa2048, rsa3072, rsa4096, p256, p384, p521 or sm2:

  ALG-sign-one      a signature over 900 bytes, hashing included, and blinding or a check of its
                    own where the library does it by itself
                    in:  aws-lc-rs (not sm2), openssl, purecrypto, ring (not p521, sm2), rustcrypto
  ALG-sign-batch    64 messages of 900 bytes under one key, each answer verified; a signature's share
                    in:  as sign-one
  ALG-verify        a signature over 900 bytes is verified
                    in:  as sign-one
  ALG-keygen        a key pair; the mean of at least 60 keys, of as many for all
                    in:  aws-lc-rs (not sm2), openssl, purecrypto, ring (p256, p384), rustcrypto
  issue-ALG         a request is parsed and verified, reviewed, the certificate encoded, signed,
                    verified and recorded in memory
                    in:  openssl, rcgen (not p521, sm2)
                    out: aws-lc-rs, ring and rustcrypto, which issue no certificates, and purecrypto, whose
                         certificates keep no rule of a profile
  issue-batch-ALG   64 requests, ours in one call; a certificate's share
                    in:  as issue

Algorithms: RSA is PKCS #1 v1.5 with SHA-256, of two primes and exponent 65537; P-256 with SHA-256,
P-384 with SHA-384, P-521 with SHA-512, SM2 with SM3.

  certwright   issuing has more steps than its peers have: it lints what it signs, reads the
               certificate again, claims the serial number first and writes an audit log.
  openssl      the newest that openssl-src brings, with enable-ec_nistp_64_gcc_128 as distributions
               build it, by the crate openssl. SM2 is in by way of EVP; the crate cannot set its
               identifier, so everybody uses OpenSSL's default, the empty one.
  purecrypto   in pure Rust; P-256 by its own type, which is faster than the one for all curves.
  rcgen        on aws-lc-rs. The certificate's signature is verified by x509-parser, which rcgen reads
               requests with; it does not know ecdsa-with-SHA512, so P-521 is out.
  ring         its keygen is to PKCS #8.
  rustcrypto   rsa (blinded), p256, p384, p521 and sm2, with tables of the base point.

Before an operation is timed, everybody verifies everybody's signatures and certificates.
";

/// What the command line says.
pub struct Options {
    pub only: String,
    pub effort: Effort,
    pub json: Option<PathBuf>,
    pub chart: Option<PathBuf>,
}

/// The options, or none where help is asked for.
pub fn options() -> Result<Option<Options>, Box<dyn Error>> {
    use lexopt::prelude::*;
    let (mut only, mut seconds, mut quick, mut json, mut chart) =
        (String::new(), None, false, None, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("chart") => chart = Some(parser.value()?.into()),
            Long("json") => json = Some(parser.value()?.into()),
            Long("only") => only = parser.value()?.string()?,
            Long("quick") => quick = true,
            Long("seconds") => seconds = Some(parser.value()?.parse::<f64>()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    let seconds = seconds.unwrap_or(if quick { 0.1 } else { 3.0 });
    let effort = Effort { time: Duration::try_from_secs_f64(seconds)?, quick };
    Ok(Some(Options { only, effort, json, chart }))
}
