//! The command line.

#[cfg(feature = "serve")]
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use certwright::AltName;
use certwright::cas::{OPERATIONS, OPERATOR_OPERATIONS, Operation};
use certwright::key::Sm2Id;
use certwright::ledger::Identifier;
use certwright::time::Time;
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

use super::failure::{self, Failure};
use super::place::Place;
use super::store_verb::StoreVerb;
use super::values::{Digest, Purpose, RuleProfile, digest, sm2_id, time};

/// A private CA in one file: RSA, the NIST curves and SM2.
#[derive(Debug, Parser)]
#[command(name = "certwright", version, after_help = EXAMPLES)]
pub struct Options {
    #[command(flatten)]
    pub store: StoreOptions,
    #[command(subcommand)]
    pub verb: Verb,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write the audit log as JSON lines and verify the whole store: its log, and every record
    /// against it
    Audit {
        /// The store: a file or a URL
        #[arg(long, value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
        store: Option<PathBuf>,
        /// The key file that private keys are sealed with: the log must end as its holder wrote it
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        key_file: Option<PathBuf>,
        /// The head that an earlier audit printed, in 64 hexadecimal digits: the log must still hold
        /// everything up to it
        #[arg(long, value_name = "HEX", value_parser = digest)]
        expect_head: Option<Digest>,
    },
    /// Copy a store to a new file
    Backup {
        /// The file of the store
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        store: Option<PathBuf>,
        /// The new file; an existing file is never overwritten
        #[arg(value_hint = ValueHint::FilePath)]
        path: PathBuf,
    },
    /// Call an operation: its result is JSON on standard output, its error JSON on standard error
    Call(Call),
    /// Write a script that completes the command line in a shell
    Completions {
        /// The shell
        #[arg(value_parser = shell_parser())]
        shell: Shell,
    },
    /// Create a store in a new file; every other command needs an existing one
    Init {
        /// The file of the store; an existing file is never overwritten
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        store: Option<PathBuf>,
    },
    /// Show a certificate or chain, request, revocation list or key
    Inspect(Inspect),
    /// Check certificates and revocation lists against RFC 5280: a line of JSON for each finding
    Lint(Lint),
    /// Call an operation that only the service's operator may use: AddPackage, AttestOrder, CreateCrl
    Operate(Call),
    /// List the operations, or the parameters and answers of one
    Ops {
        /// The operation
        #[arg(value_parser = actions(&[OPERATIONS, OPERATOR_OPERATIONS]))]
        action: Option<String>,
    },
    /// Print every rule of the operations with its default, as a file for `--config`
    Rules,
    /// Serve the operations over HTTP, to the service's own clients
    #[cfg(feature = "serve")]
    Serve(Box<Serve>),
    /// Make the tables of a store on PostgreSQL, or copy a store from one kind to the other
    Store {
        #[command(subcommand)]
        verb: StoreVerb,
    },
    /// Verify a chain up to a trusted certificate
    Verify(Verify),
}

/// An operation and its parameters.
#[derive(Debug, Args)]
pub struct Call {
    #[command(flatten)]
    pub store: StoreOptions,
    /// The operation, such as CreateCsr; `certwright ops` lists them
    #[arg(index = 1)]
    pub action: String,
    /// The parameters, a JSON object: nested, or flat as RPC clients send them; `@FILE` reads them
    /// from a file and `-` from standard input, where other users do not see them as they see a
    /// command line
    #[arg(index = 2, value_name = "JSON", default_value = "{}", hide_default_value = true)]
    pub parameters: String,
}

/// Where a store is, and how it is opened and used. These stand before or after `call`.
#[derive(Clone, Debug, Default, Args)]
pub struct StoreOptions {
    /// The file of the store, which `init` creates; or postgres://USER@HOST/DATABASE, whose tables `store
    /// create-schema` creates
    #[arg(long, value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
    pub store: Option<PathBuf>,
    /// A file whose one line is the password of the database's user; else PGPASSWORD in the environment
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub store_password_file: Option<PathBuf>,
    /// A file of the 32 bytes that private keys are sealed with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key_file: Option<PathBuf>,
    /// The time of this call, instead of the system's: UNIX seconds or RFC 3339
    #[arg(long, value_name = "UNIX", value_parser = time, allow_negative_numbers = true)]
    pub now: Option<Time>,
    /// Who acts, for the audit log; the user's name unless given
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Seconds to wait while another process has the store open; 5 unless given
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    pub wait: Option<u32>,
    /// A file of rules, in TOML (FILE.toml) or as a JSON object: `certwright rules` prints each with its
    /// default
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Where CRLs are published: certificates point to URL/IDENTIFIER.crl
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub crl_base_url: Option<String>,
    /// A CA that issues verified orders; given once for each family of keys
    #[arg(long, value_name = "IDENTIFIER")]
    pub order_issuer: Vec<Identifier>,
    /// Accept Years and Months too where Days, BeforeTime and AfterTime are not given
    #[arg(long)]
    pub lenient_validity: bool,
}

/// What is served, where and to whom.
#[cfg(feature = "serve")]
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub store: StoreOptions,
    /// The address of the operations; port 0 takes a free one, and the first line printed says which
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// Who may call: a file in TOML, which only its owner can read (docs/tests-without-the-cloud.md)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub credentials: Option<PathBuf>,
    /// Let anybody on this machine call, signed or not, whatever is not an operator's
    #[arg(long, conflicts_with = "credentials")]
    pub insecure_any_caller: bool,
    /// The server's chain in PEM, its certificate first
    #[arg(long, value_name = "FILE", requires = "tls_key", value_hint = ValueHint::FilePath)]
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert", value_hint = ValueHint::FilePath)]
    pub tls_key: Option<PathBuf>,
    /// A second address, of plain HTTP, for what needs no credential: revocation lists, certificates of
    /// CAs, health and metrics
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub publish: Option<SocketAddr>,
    /// How others reach what is published: certificates point to URL/crl/IDENTIFIER.crl; the address of
    /// --publish, or of --listen, unless given
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub public_url: Option<String>,
}

/// What is to be shown.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A file in PEM or DER, or `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// A file whose one line is the passphrase of an encrypted key
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub passphrase_file: Option<PathBuf>,
    /// Read also keys whose encryption protects little: RFC 1421 headers, and PBES1 with 3DES
    #[arg(long, requires = "passphrase_file")]
    pub dangerously_read_weak_encryption: bool,
    /// The identifier that SM2 signatures of requests were made with
    #[arg(long, value_name = "ID", value_parser = sm2_id, default_value = Sm2Id::DEFAULT)]
    pub sm2_id: Sm2Id,
}

/// What is to be linted.
#[derive(Debug, Args)]
pub struct Lint {
    /// A file of certificates and revocation lists in PEM, or of one in DER; `-` for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Further rules; may be given more than once
    #[arg(long, value_enum)]
    pub profile: Vec<RuleProfile>,
}

/// What is to be verified.
#[derive(Debug, Args)]
pub struct Verify {
    /// Trusted certificates, in PEM or DER; may be given more than once
    #[arg(long, value_name = "FILE", required = true, num_args = 1..,
        value_hint = ValueHint::FilePath)]
    pub trust: Vec<PathBuf>,
    /// The time at which the chain must be valid, instead of now: UNIX seconds or RFC 3339
    #[arg(long, value_name = "UNIX", value_parser = time, allow_negative_numbers = true)]
    pub at: Option<Time>,
    /// At most so many intermediates between the leaf and the trusted certificate, self-issued ones not
    /// counted
    #[arg(long, value_name = "NUMBER")]
    pub max_intermediates: Option<usize>,
    /// Accept RSA keys of 1024 bits, which are too short
    #[arg(long)]
    pub dangerously_allow_rsa_1024: bool,
    /// What the leaf must be for: a DNS name or an IP address, or a name behind its type, such as
    /// `upn:tom@corp.example`, `email:`, `uri:`, `dirname:CN=…`, `rid:1.2.3`, `srv:` or `othername:OID:HEX`
    #[arg(long, value_parser = AltName::typed)]
    pub name: Option<AltName>,
    /// What the leaf must be for
    #[arg(long, value_enum, default_value_t = Purpose::Any)]
    pub purpose: Purpose,
    /// Revocation lists, in PEM (any number) or DER (one); may be given more than once. What an
    /// issuer of one of the lists issued is refused unless a current one of its lists tells that it is
    /// not revoked, and so is a file whose lists tell nothing of the chain
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub crl: Vec<PathBuf>,
    /// Refuse the chain also where an issuer has no list among those given
    #[arg(long)]
    pub require_crl: bool,
    /// The identifier that SM2 signatures were made with
    #[arg(long, value_name = "ID", value_parser = sm2_id, default_value = Sm2Id::DEFAULT)]
    pub sm2_id: Sm2Id,
    /// The chain: the leaf first, then intermediates in any order, in PEM (or a leaf in DER); `-` for
    /// standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub chain: Option<PathBuf>,
}

impl Options {
    /// Reads the command line, and ends the process where it is wrong or asks for help.
    pub fn read() -> Self {
        let matches = Self::command().try_get_matches().unwrap_or_else(failure::end);
        let mut options = Self::from_arg_matches(&matches).unwrap_or_else(failure::end);
        if let Verb::Verify(verify) = &mut options.verb
            && verify.chain.is_none()
        {
            // `--trust root.pem chain.pem`: the last of several files is the chain.
            let matches = matches.subcommand_matches("verify");
            let trust = matches.and_then(|matches| matches.get_occurrences::<PathBuf>("trust"));
            if trust.and_then(Iterator::last).is_some_and(|files| files.len() > 1) {
                verify.chain = verify.trust.pop();
            }
        }
        options
    }
}

impl Verify {
    /// The file of the chain, which must have been given.
    pub fn chain(&self) -> Result<&Path, Failure> {
        let missing = || usage(ErrorKind::MissingRequiredArgument, "<CHAIN> is missing");
        self.chain.as_deref().ok_or_else(missing)
    }
}

impl StoreOptions {
    /// What was given before the verb together with what was given after it.
    pub fn and(self, after: Self) -> Result<Self, Failure> {
        let twice = self.given().into_iter().find(|name| after.given().contains(name));
        if let Some(name) = twice {
            let message = format!("{name} is given before and after the verb; give it once");
            return Err(usage(ErrorKind::ArgumentConflict, message));
        }
        Ok(Self {
            store: self.store.or(after.store),
            store_password_file: self.store_password_file.or(after.store_password_file),
            key_file: self.key_file.or(after.key_file),
            now: self.now.or(after.now),
            actor: self.actor.or(after.actor),
            wait: self.wait.or(after.wait),
            config: self.config.or(after.config),
            crl_base_url: self.crl_base_url.or(after.crl_base_url),
            order_issuer: [self.order_issuer, after.order_issuer].concat(),
            lenient_validity: self.lenient_validity || after.lenient_validity,
        })
    }

    /// The same, for a verb that has no other options of these than the store and its key.
    pub fn store_and_key(
        self,
        store: Option<PathBuf>,
        key_file: Option<PathBuf>,
        verb: &str,
    ) -> Result<(Place, Option<PathBuf>), Failure> {
        let others =
            Self { store: None, store_password_file: None, key_file: None, ..self.clone() };
        others.none(verb)?;
        let both = self.and(Self { store, key_file, ..Self::default() })?;
        Ok((both.store()?, both.key_file))
    }

    /// The same, for a verb that has no other option of these than the store.
    pub fn only_store(self, store: Option<PathBuf>, verb: &str) -> Result<Place, Failure> {
        Self { store: None, store_password_file: None, ..self.clone() }.none(verb)?;
        self.and(Self { store, ..Self::default() })?.store()
    }

    /// For a verb that has none of these.
    pub fn none(&self, verb: &str) -> Result<(), Failure> {
        match self.given().first() {
            Some(name) => {
                let message = format!("{name} cannot be used with `{verb}`");
                Err(usage(ErrorKind::ArgumentConflict, message))
            }
            None => Ok(()),
        }
    }

    /// Where the store is, which must have been given.
    pub fn store(&self) -> Result<Place, Failure> {
        let missing = || usage(ErrorKind::MissingRequiredArgument, "--store <FILE> is missing");
        let store = self.store.clone().ok_or_else(missing)?;
        Ok(Place::new(store, self.store_password_file.clone()))
    }

    fn given(&self) -> Vec<&'static str> {
        let Self { store, store_password_file, key_file, now, actor, wait, config, .. } = self;
        let Self { crl_base_url, order_issuer, lenient_validity, .. } = self;
        [
            (store.is_some(), "--store"),
            (store_password_file.is_some(), "--store-password-file"),
            (key_file.is_some(), "--key-file"),
            (now.is_some(), "--now"),
            (actor.is_some(), "--actor"),
            (wait.is_some(), "--wait"),
            (config.is_some(), "--config"),
            (crl_base_url.is_some(), "--crl-base-url"),
            (!order_issuer.is_empty(), "--order-issuer"),
            (*lenient_validity, "--lenient-validity"),
        ]
        .into_iter()
        .filter_map(|(given, name)| given.then_some(name))
        .collect()
    }
}

pub fn usage(kind: ErrorKind, message: impl std::fmt::Display) -> Failure {
    Failure::Usage(Options::command().error(kind, message))
}

pub fn actions(lists: &'static [&'static [Operation]]) -> PossibleValuesParser {
    PossibleValuesParser::new(names(lists))
}

pub fn names(lists: &[&'static [Operation]]) -> impl Iterator<Item = &'static str> {
    let all = lists.iter().flat_map(|list| list.iter().map(|operation| operation.name));
    // Some are in both versions of the service.
    all.collect::<std::collections::BTreeSet<_>>().into_iter()
}

fn shell_parser() -> impl clap::builder::TypedValueParser<Value = Shell> {
    use clap::builder::TypedValueParser as _;
    PossibleValuesParser::new(["bash", "fish", "zsh"]).try_map(|name| name.parse::<Shell>())
}

const EXAMPLES: &str = "\
Examples:
  certwright ops CreateRootCACertificate
  head -c 32 /dev/urandom >seal.key && chmod 600 seal.key
  certwright --store ca.redb init
  certwright --store ca.redb --key-file seal.key call CreateRootCACertificate '{
    \"CommonName\": \"Example Root\", \"Organization\": \"Example\", \"OrganizationUnit\": \"IT\",
    \"Locality\": \"Hangzhou\", \"State\": \"Zhejiang\", \"Years\": 10, \"Algorithm\": \"ECC_256\"}'
  certwright inspect server.pem
  certwright verify --trust root.pem --name db.example --purpose server --crl ca.crl chain.pem
  certwright lint --profile private-tls server.pem
  certwright audit --store ca.redb >audit.jsonl

Exit codes: 0 done, 1 refused or failed, 2 wrong usage. No option takes a secret: keys and
passphrases are read from files.";
