//! PEM as people have it: text before the block, CRLF, other line widths (RFC 7468 section 2, the
//! lax grammar of figure 2).

use pem_rfc7468::LineEnding;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::limits::{INPUT_OCTETS, PEM_BLOCKS};

/// One block.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Writes one block of 64 characters a line, ended by a newline.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    // The label is one of ours and the length fits, so this cannot fail.
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap_or_default()
}

/// Every block of the text, in order.
pub(crate) fn blocks(what: &'static str, text: &str) -> Result<Vec<Block>, Error> {
    blocks_within(INPUT_OCTETS, what, text)
}

/// Every block of a text of at most `limit` octets, in order.
pub(crate) fn blocks_within(
    limit: usize,
    what: &'static str,
    text: &str,
) -> Result<Vec<Block>, Error> {
    if text.len() > limit {
        let problem = format!("{} octets; at most {limit}", text.len());
        return Err(Error::malformed(what, "PEM", problem));
    }
    let mut blocks = Vec::new();
    // Editors of Windows begin a file with a byte order mark.
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    while let Some(label) = lines.by_ref().find_map(begin_label) {
        if blocks.len() == PEM_BLOCKS {
            return Err(Error::malformed(what, "PEM", format!("more than {PEM_BLOCKS} blocks")));
        }
        blocks.push(block(what, label, &mut lines)?);
    }
    Ok(blocks)
}

/// The only block with one of these labels.
pub(crate) fn single(
    what: &'static str,
    labels: &'static [&'static str],
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    single_within(INPUT_OCTETS, what, labels, text)
}

/// The only block with one of these labels, in a text of at most `limit` octets.
pub(crate) fn single_within(
    limit: usize,
    what: &'static str,
    labels: &'static [&'static str],
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let all = blocks_within(limit, what, text)?;
    let found: Vec<String> = all.iter().map(|block| block.label.clone()).collect();
    let mut matching = all.into_iter().filter(|block| labels.contains(&block.label.as_str()));
    match (matching.next(), matching.next()) {
        (Some(block), None) => Ok(block.der),
        (None, _) => {
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            let problem = format!("found blocks: {found}; allowed: {}", labels.join(", "));
            Err(Error::malformed(what, "PEM", problem))
        }
        (Some(_), Some(_)) => Err(Error::malformed(what, "PEM", "more than one block; give one")),
    }
}

/// Reads the lines up to the end of the block that `label` began.
fn block<'a>(
    what: &'static str,
    label: &str,
    lines: &mut (impl Clone + Iterator<Item = &'a str>),
) -> Result<Block, Error> {
    let malformed = |problem: &str| Error::malformed(what, format!("PEM block {label:?}"), problem);
    let inside = lines.clone();
    let (mut count, mut length) = (0, 0);
    loop {
        let line = lines.next().ok_or_else(|| malformed("no END line"))?;
        if let Some(end) = line.strip_prefix("-----END ").and_then(|l| l.strip_suffix("-----")) {
            if end == label {
                break;
            }
            return Err(malformed("the END line names another label"));
        }
        if line.contains(':') {
            // RFC 1421 headers are written only where the block is encrypted with a password.
            return Err(malformed(
                "RFC 1421 headers; convert the key with `openssl pkcs8 -topk8` first",
            ));
        }
        (count, length) = (count + 1, length + line.len());
    }
    // Room for all of it at once: a string that grows leaves copies of a private key behind.
    let mut body = Zeroizing::new(String::with_capacity(length));
    inside.take(count).for_each(|line| body.push_str(line));
    // The decoder wants lines of 64 characters, and is constant-time.
    let newlines = body.len() / 64 + 1;
    let markers = 2 * (label.len() + "-----BEGIN -----\n".len());
    let mut canonical = Zeroizing::new(String::with_capacity(body.len() + newlines + markers));
    canonical.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest: &str = &body;
    while !rest.is_empty() {
        let (line, tail) = rest.split_at_checked(64).unwrap_or((rest, ""));
        canonical.push_str(line);
        canonical.push('\n');
        rest = tail;
    }
    canonical.push_str(&format!("-----END {label}-----\n"));
    let (_, der) = pem_rfc7468::decode_vec(canonical.as_bytes())
        .map_err(|error| malformed(&error.to_string()))?;
    Ok(Block { label: label.to_owned(), der: Zeroizing::new(der) })
}

fn begin_label(line: &str) -> Option<&str> {
    line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lax_text_is_read() {
        let der: Vec<u8> = (0..100).collect();
        let strict = encode("CERTIFICATE", &der);
        let crlf = strict.replace('\n', "\r\n");
        let wide = strict.replacen("ERTIFICATE-----\n", "ERTIFICATE-----\r\n", 1);
        let one_line: String = {
            let body: String = strict.lines().filter(|l| !l.starts_with('-')).collect();
            format!(
                "Subject: x\nnoise\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
            )
        };
        for text in [strict.clone(), crlf, wide, one_line, format!("  {strict}")] {
            assert_eq!(*single("certificate", &["CERTIFICATE"], &text).unwrap(), der, "{text}");
        }
        assert_eq!(blocks("certificate", &strict.repeat(3)).unwrap().len(), 3);
    }

    #[test]
    fn broken_text_is_refused() {
        let strict = encode("CERTIFICATE", &[1, 2, 3]);
        for text in [
            strict.replace("END", "ENDE"),
            strict.replace("-----END CERT", "-----END XCERT"),
            strict.replace("AQID", "AQ*D"),
            strict.replace("AQID", "\u{fc}\u{fc}"),
            strict.replace("AQID", "Proc-Type: 4,ENCRYPTED"),
            strict.repeat(2),
            strict.replace("CERTIFICATE", "X509 CRL"),
            String::new(),
        ] {
            assert!(single("certificate", &["CERTIFICATE"], &text).is_err(), "{text}");
        }
    }
}
