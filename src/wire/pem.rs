//! PEM as people have it: RFC 7468 section 3, the lax grammar of figure 2, with white space anywhere in
//! the body, text before and after the block, and every kind of line end.
//!
//! A text may be or hold a private key, so no byte of it reaches a message; buffers are wiped, have
//! their room from the beginning, and are decoded in constant time.

use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use super::base64;
use super::foreign;
use super::headers::{self, Encrypted};
use super::label::{Label, split_label};
use crate::error::Error;
use crate::limits::{INPUT_BYTES, PEM_BLOCKS};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// One block.
pub(crate) struct Block {
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// A block by its place among all, or why it cannot be decoded.
pub(crate) type Placed = (usize, Result<Block, Error>);

/// Writes one block of 64 characters a line, ended by a newline.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    // It refuses labels that are none; ours are constants.
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

/// Every block with one of these labels, in order; others are passed over. A text that is nothing but
/// base64 counts as one block, of whatever label.
pub(crate) fn blocks(what: &'static str, labels: &[&str], text: &str) -> Result<Vec<Block>, Error> {
    blocks_within(INPUT_BYTES, what, labels, text)
}

/// The same in a text of at most `limit` bytes.
pub(crate) fn blocks_within(
    limit: usize,
    what: &'static str,
    labels: &[&str],
    text: &str,
) -> Result<Vec<Block>, Error> {
    let found = scan(limit, what, text)?;
    if found.is_empty() {
        return Ok(foreign::bare(text).into_iter().map(|der| Block { der }).collect());
    }
    let wanted = found.iter().enumerate().filter(|(_, raw)| raw.label.is(labels));
    wanted.map(|(index, raw)| raw.decode(what, index)).collect()
}

/// Every block with one of these labels, by its place among all, whether it can be decoded or not. One
/// with one of the `other` labels is named as what cannot.
pub(crate) fn each(
    what: &'static str,
    labels: &[&str],
    other: &[&str],
    text: &str,
) -> Result<Vec<Placed>, Error> {
    let found = scan(INPUT_BYTES, what, text)?;
    if found.is_empty() {
        return Ok(foreign::bare(text).into_iter().map(|der| (0, Ok(Block { der }))).collect());
    }
    let each = found.iter().enumerate().filter_map(|(index, raw)| match raw.label {
        label if label.is(labels) => Some((index, raw.decode(what, index))),
        label if label.is(other) => {
            let way = foreign::way(label).unwrap_or_default();
            let problem = format!("{} is not read{way}", label.shown());
            Some((index, Err(Error::malformed(what, "PEM", problem))))
        }
        _ => None,
    });
    Ok(each.collect())
}

/// The only block with one of these labels.
pub(crate) fn single(
    what: &'static str,
    labels: &[&str],
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    single_within(INPUT_BYTES, what, labels, text)
}

/// The only block with one of these labels, in a text of at most `limit` bytes.
pub(crate) fn single_within(
    limit: usize,
    what: &'static str,
    labels: &[&str],
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut matching = blocks_within(limit, what, labels, text)?.into_iter();
    match (matching.next(), matching.next()) {
        (Some(block), None) => Ok(block.der),
        (None, _) => Err(no_block_within(limit, what, labels, text)),
        (Some(_), Some(_)) => Err(Error::malformed(what, "PEM", "more than one block; give one")),
    }
}

/// The only block with one of these labels, where it is encrypted under RFC 1421 headers; nothing where
/// there is another number of blocks, or headers of other kinds.
pub(crate) fn single_encrypted(
    what: &'static str,
    labels: &[&str],
    text: &str,
) -> Result<Option<Encrypted>, Error> {
    let found = scan(INPUT_BYTES, what, text)?;
    let mut wanted = found.iter().enumerate().filter(|(_, raw)| raw.label.is(labels));
    let (Some((index, raw)), None) = (wanted.next(), wanted.next()) else { return Ok(None) };
    if !headers::is_encrypted(raw.body) {
        return Ok(None);
    }
    let read = headers::read(raw.body);
    read.map(Some).map_err(|problem| malformed(what, index, Some(raw.label), problem))
}

/// What a text holds in which no block with one of these labels was found.
pub(crate) fn no_block(what: &'static str, labels: &[&str], text: &str) -> Error {
    no_block_within(INPUT_BYTES, what, labels, text)
}

/// The same of a text of at most `limit` bytes.
pub(crate) fn no_block_within(
    limit: usize,
    what: &'static str,
    labels: &[&str],
    text: &str,
) -> Error {
    let found = match scan(limit, what, text) {
        Ok(found) => found,
        Err(error) => return error,
    };
    let allowed = labels.join(", ");
    if found.is_empty() {
        let (kind, way) = foreign::kind_of_text(text);
        let problem = format!("given {kind}, allowed PEM of {allowed}{way}");
        return Error::malformed(what, "", problem);
    }
    let mut names: Vec<String> = Vec::new();
    for raw in &found {
        let name = raw.label.shown();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let way = found.iter().find_map(|raw| foreign::way(raw.label)).unwrap_or_default();
    let names = names.join(", ");
    Error::malformed(what, "", format!("given PEM of {names}, allowed PEM of {allowed}{way}"))
}

/// The first block whose label is another than this one but has this word, in letters of either case.
pub(crate) fn other_label(
    limit: usize,
    what: &'static str,
    label: &str,
    word: &str,
    text: &str,
) -> Result<Option<usize>, Error> {
    let is_other =
        |raw: &Raw<'_>| raw.name != label && raw.name.to_ascii_uppercase().contains(word);
    Ok(scan(limit, what, text)?.iter().position(is_other))
}

/// A block whose body is not decoded.
struct Raw<'t> {
    label: Label,
    /// The label as it was written, which is not shown.
    name: &'t str,
    body: &'t str,
}

/// Every block of a text, in order.
fn scan<'t>(limit: usize, what: &'static str, text: &'t str) -> Result<Vec<Raw<'t>>, Error> {
    if text.len() > limit {
        let problem = format!("{} bytes; at most {limit}", text.len());
        return Err(Error::malformed(what, "PEM", problem));
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let index = found.len();
        if index == PEM_BLOCKS {
            return Err(Error::malformed(what, "PEM", format!("more than {PEM_BLOCKS} blocks")));
        }
        let Some((label, name, after)) = split_label(after) else {
            let problem = "the BEGIN line has no label, or does not end in five dashes";
            return Err(malformed(what, index, None, problem));
        };
        let failed = |problem: &str| malformed(what, index, Some(label), problem);
        let (body, after) = after.split_once(DASHES).ok_or_else(|| failed(NO_END))?;
        // The five dashes that end the body are those that begin the END line.
        let end = after.strip_prefix("END ").ok_or_else(|| failed(NO_END))?;
        rest = match end.strip_prefix(name).and_then(|end| end.strip_prefix(DASHES)) {
            Some(rest) => rest,
            None if split_label(end).is_some() => {
                return Err(failed("the END line names another label"));
            }
            None => return Err(failed("the END line does not end in five dashes")),
        };
        found.push(Raw { label, name, body });
    }
    Ok(found)
}

impl Raw<'_> {
    fn decode(&self, what: &'static str, index: usize) -> Result<Block, Error> {
        let der = decode(what, self.body);
        let der = der.map_err(|problem| malformed(what, index, Some(self.label), problem))?;
        Ok(Block { der })
    }
}

/// The bytes of a body, behind headers that do not encrypt it.
fn decode(what: &'static str, body: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    if body.contains('\\') {
        return Err(foreign::BACKSLASHES);
    }
    if !body.contains(':') {
        return base64::decode(body);
    }
    if headers::is_encrypted(body) {
        return Err(if what.ends_with("key") { ENCRYPTED_KEY } else { ENCRYPTED });
    }
    base64::decode(headers::pass_over(body)?)
}

fn malformed(what: &'static str, index: usize, label: Option<Label>, problem: &str) -> Error {
    let label = label.map_or(String::new(), |label| format!(", {}", label.shown()));
    Error::malformed(what, format!("PEM block {}{label}", index + 1), problem)
}

const NO_END: &str = "no END line";
const ENCRYPTED: &str = "RFC 1421 headers say that it is encrypted (Proc-Type, DEK-Info), and it has \
                         nothing to hide; remove them if that is not so";
const ENCRYPTED_KEY: &str = "a key encrypted as RFC 1421 has it (Proc-Type, DEK-Info), with a key \
                             derivation that protects little; `openssl pkcs8 -topk8 -in OLD -out NEW` \
                             converts it";
