//! `certwright inspect`: certificates, requests, revocation lists and keys for people.

mod key;
mod show;

use std::io::{self, Write as _};
use std::path::Path;

use certwright::crl::RevocationList;
use certwright::key::PublicKeyInfo;
use certwright::request::UnverifiedRequest;
use certwright::{Certificate, Error, KeyPair};

use self::key::PrivateKey;
use super::arithmetic;
use super::failure::Failure;
use super::input::{self, LIST_BYTES, file_error};
use super::options::Inspect;
use super::output::{Output, given_path, notice};

/// PEM blocks of one file: as many as the engine reads.
const BLOCKS: usize = 1_024;

/// Something that can be shown.
enum Item {
    Certificate(Box<Certificate>),
    PrivateKey(PrivateKey),
    PublicKey(Box<PublicKeyInfo>),
    Request(Box<Request>),
    RevocationList(Box<RevocationList>),
}

/// A request, and what came of verifying it.
struct Request {
    read: UnverifiedRequest,
    verified: Result<(), Error>,
}

impl Request {
    fn item(read: UnverifiedRequest, options: &Inspect) -> Item {
        let verified = read.clone().with_arithmetic(arithmetic::chosen());
        let verified =
            verified.verify_with_sm2_ids(std::slice::from_ref(&options.sm2_id)).map(drop);
        Item::Request(Box::new(Self { read, verified }))
    }
}

pub fn run(options: &Inspect, output: &mut Output) -> Result<(), Failure> {
    let path = &options.file;
    let bytes = input::read(path, LIST_BYTES)?;
    let read = match input::text(&bytes) {
        Some(text) if text.contains(BEGIN) => return show_blocks(options, &text, output),
        Some(text) => read_text(options, &text),
        None => read_der(options, &bytes),
    };
    let item = read.map_err(|error| of_file(path, error))?;
    show(&item, output)?;
    item.check().map_err(|error| of_file(path, error))
}

/// Shows every block of a PEM text. One of several that cannot be read is named on standard error, and
/// the run fails in the end.
fn show_blocks(options: &Inspect, text: &str, output: &mut Output) -> Result<(), Failure> {
    let path = &options.file;
    let several = blocks(text).nth(1).is_some();
    let (mut shown, mut unread) = (0, 0);
    let mut checked = Ok(());
    for (index, block) in blocks(text).enumerate() {
        if index == BLOCKS {
            return Err(file_error(path, format!("more than {BLOCKS} PEM blocks")).into());
        }
        let item = match read_block(options, &block) {
            Ok(Some(item)) => item,
            // Parameters of a curve stand before a key that repeats them.
            Ok(None) => continue,
            Err(error) if several => {
                unread += 1;
                notice(&format!("{}: {}", given_path(path), of_block(index, &error)));
                continue;
            }
            Err(error) => return Err(of_file(path, error)),
        };
        if shown > 0 {
            writeln!(output)?;
        }
        show(&item, output)?;
        checked = checked.and(item.check());
        shown += 1;
    }
    match (shown, unread) {
        (_, 1..) => Err(file_error(path, format!("{unread} PEM blocks could not be read")).into()),
        (0, 0) => Err(file_error(path, "nothing but parameters of a curve").into()),
        _ => checked.map_err(|error| of_file(path, error)),
    }
}

impl Item {
    /// Fails for a request that was shown and whose sender does not have the key.
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Request(request) => match &request.verified {
                Err(Error::InvalidSignature { what }) => Err(Error::InvalidSignature { what }),
                // The sender has the key, and signed with another identifier, or wrote r and s alone.
                Err(Error::Unsupported { what, given, allowed }) if what.starts_with("SM2 id") => {
                    Err(Error::unsupported(what, given, format!("{allowed} (here by --sm2-id)")))
                }
                Err(Error::Malformed(read)) if read.place == "signature" => {
                    Err(Error::malformed(read.what, &*read.place, &*read.problem))
                }
                // One that the engine cannot verify says so in what is shown.
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn show(item: &Item, output: &mut Output) -> io::Result<()> {
    match item {
        Item::Certificate(certificate) => show::certificate(certificate, output),
        Item::PrivateKey(key) => key.show(output),
        Item::PublicKey(key) => {
            output.heading("Public key")?;
            show::public_key_info(key, output)
        }
        Item::Request(request) => {
            show::request(&request.read, request.verified.as_ref().err(), output)
        }
        Item::RevocationList(list) => show::revocation_list(list, output),
    }
}

/// A PEM block with its two lines of dashes.
struct Block<'t> {
    label: &'t str,
    text: &'t str,
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let starts: Vec<usize> = text.match_indices(BEGIN).map(|(start, _)| start).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).filter_map(move |(start, end)| {
        let text = text.get(start..end)?;
        let label = text.strip_prefix(BEGIN).and_then(|rest| rest.split("-----").next());
        Some(Block { label: label.unwrap_or_default(), text })
    })
}

/// What a block is; nothing where it says nothing by itself.
fn read_block(options: &Inspect, block: &Block<'_>) -> Result<Option<Item>, Error> {
    let text = block.text;
    Ok(Some(match block.label {
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            Item::Certificate(Box::new(Certificate::from_pem(text)?))
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            Request::item(UnverifiedRequest::from_pem(text)?, options)
        }
        "EC PARAMETERS" | "SM2 PARAMETERS" => return Ok(None),
        "PUBLIC KEY" => Item::PublicKey(Box::new(PublicKeyInfo::from_pem(text)?)),
        "X509 CRL" => Item::RevocationList(Box::new(RevocationList::from_pem(text)?)),
        label if label.ends_with("PRIVATE KEY") => {
            Item::PrivateKey(PrivateKey::from_pem(text, options)?)
        }
        // A certificate it is not: the reader names the block, without showing a label of somebody's.
        _ => Item::Certificate(Box::new(Certificate::from_pem(text)?)),
    }))
}

/// What a text without PEM blocks is: bare base64, perhaps.
fn read_text(options: &Inspect, text: &str) -> Result<Item, Error> {
    let readers: [&dyn Fn() -> Result<Item, Error>; 5] = [
        &|| PrivateKey::from_pem(text, options).map(Item::PrivateKey),
        &|| Ok(Item::Certificate(Box::new(Certificate::from_pem(text)?))),
        &|| Ok(Request::item(UnverifiedRequest::from_pem(text)?, options)),
        &|| Ok(Item::RevocationList(Box::new(RevocationList::from_pem(text)?))),
        &|| Ok(Item::PublicKey(Box::new(PublicKeyInfo::from_pem(text)?))),
    ];
    first_of(&readers).map_err(|error| match error {
        Error::Malformed(_) => {
            // The reader of keys, the first, names what the text is instead.
            let named = PrivateKey::from_pem(text, options).err().unwrap_or(error);
            Error::malformed("input", "", format!("neither PEM nor DER of {KINDS}: {named}"))
        }
        error => error,
    })
}

/// What DER is. None of the kinds can be taken for another.
fn read_der(options: &Inspect, der: &[u8]) -> Result<Item, Error> {
    if KeyPair::is_pkcs8_der_encrypted(der) {
        return PrivateKey::from_der_encrypted(der, options).map(Item::PrivateKey);
    }
    let private = |key: KeyPair| Item::PrivateKey(PrivateKey::Open(Box::new(key)));
    let readers: [&dyn Fn() -> Result<Item, Error>; 7] = [
        &|| Ok(Item::Certificate(Box::new(Certificate::from_der(der)?))),
        &|| Ok(Request::item(UnverifiedRequest::from_der(der)?, options)),
        &|| Ok(Item::RevocationList(Box::new(RevocationList::from_der(der)?))),
        &|| Ok(Item::PublicKey(Box::new(PublicKeyInfo::from_der(der)?))),
        &|| KeyPair::from_pkcs8_der_with(der, key::WEAK).map(private),
        &|| KeyPair::from_sec1_der(der).map(private),
        &|| KeyPair::from_pkcs1_der(der).map(private),
    ];
    first_of(&readers)
}

/// What one of the readers could read, or why the reader for it could not.
fn first_of(readers: &[&dyn Fn() -> Result<Item, Error>]) -> Result<Item, Error> {
    let mut reasons = Vec::new();
    let mut other_kind = None;
    for read in readers {
        match read() {
            Ok(item) => return Ok(item),
            // It knows of what kind the input is, which is not its own.
            Err(Error::Unsupported { what: "input", given, allowed }) => {
                let way =
                    allowed.split_once(';').map_or(String::new(), |(_, way)| format!(";{way}"));
                other_kind = Some(Error::unsupported("input", given, format!("{KINDS}{way}")));
            }
            // Refused for what it says.
            Err(
                error @ (Error::Denied(_)
                | Error::InvalidSignature { .. }
                | Error::WrongPassphrase { .. }),
            ) => return Err(error),
            Err(error) => reasons.push(error),
        }
    }
    match (reasons.len(), other_kind) {
        (0, Some(other)) => Err(other),
        // All others knew that it is none of theirs.
        (1, Some(_)) => Err(reasons.remove(0)),
        _ => Err(Error::malformed(
            "input",
            "",
            format!("neither PEM nor DER of {KINDS}{}", shared(&reasons)),
        )),
    }
}

/// What is wrong for every reader, such as that the input is cut off.
fn shared(reasons: &[Error]) -> String {
    let mut problems: Vec<&str> = reasons
        .iter()
        .map(|error| match error {
            Error::Malformed(malformed) => malformed.problem.as_str(),
            _ => "",
        })
        .collect();
    problems.dedup();
    match problems[..] {
        [problem] if !problem.is_empty() => format!(": {problem}"),
        _ => String::new(),
    }
}

fn of_file(path: &Path, error: Error) -> Failure {
    Failure::Reason(format!("{}: {error}", given_path(path)))
}

fn of_block(index: usize, error: &Error) -> Error {
    Error::malformed("input", format!("PEM block {}", index + 1), error.to_string())
}

const BEGIN: &str = "-----BEGIN ";
const KINDS: &str = "certificate, certificate request, revocation list, key";
