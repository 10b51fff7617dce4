//! Parameters as they are sent, and as they are signed.

use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode, utf8_percent_encode,
};
use zeroize::Zeroizing;

use super::limits::PARAMETERS;
use super::refusal::Refusal;

/// Names and values, as they came. A value may be a private key.
pub type Parameters = Vec<(String, Zeroizing<String>)>;

/// What is not unreserved (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as signatures have it.
pub fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// The parameters of a query or of a form (`application/x-www-form-urlencoded`).
pub fn parameters(text: &[u8]) -> Result<Parameters, Refusal> {
    let parts = || text.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    let count = parts().count();
    if count > PARAMETERS {
        let message = format!("given {count} parameters, at most {PARAMETERS}");
        return Err(Refusal::new(400, "InvalidParameter", message));
    }
    parts()
        .map(|part| {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next().unwrap_or_default())?;
            Ok((name.to_string(), decoded(halves.next().unwrap_or_default())?))
        })
        .collect()
}

fn decoded(text: &[u8]) -> Result<Zeroizing<String>, Refusal> {
    let spaced: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect());
    let decoded = Zeroizing::new(percent_decode(&spaced).collect::<Vec<u8>>());
    match std::str::from_utf8(&decoded) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Refusal::new(400, "InvalidParameter", "a parameter is not UTF-8")),
    }
}

/// The canonical query: sorted by name, each name and value encoded.
pub fn canonical<'p>(
    parameters: impl Iterator<Item = &'p (String, Zeroizing<String>)>,
) -> Zeroizing<String> {
    let mut sorted: Vec<_> = parameters.collect();
    sorted.sort_by(|a, b| (&a.0, &*a.1).cmp(&(&b.0, &*b.1)));
    let mut text = Zeroizing::new(String::new());
    for (name, value) in sorted {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(encoded(name));
        text.push('=');
        text.extend(encoded(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_signed_in_one_form() {
        let sent = parameters(b"b=%E4%BE%8B&a=x+y%2Bz~*&Tags.1.Key=&c").unwrap();
        let text = "Tags.1.Key=&a=x%20y%2Bz~%2A&b=%E4%BE%8B&c=";
        assert_eq!(*canonical(sent.iter()), text);
        assert_eq!(parameters(b"a=%FF").unwrap_err().code, "InvalidParameter");
        assert_eq!(parameters(b"%zz=%4").unwrap()[0].0, "%zz");
        let many = "a=1&".repeat(PARAMETERS);
        assert_eq!(parameters(many.as_bytes()).unwrap().len(), PARAMETERS);
        assert!(parameters(format!("{many}a=1").as_bytes()).is_err());
    }
}
