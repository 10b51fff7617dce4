//! Answers and errors as they go over the wire.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use certwright::cas::Answered;
use certwright::policy::ReviewItem;
use serde_json::{Value, json};

use super::super::output::given;
use super::limits::LEFT_OUT_BYTES;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");
const LEFT_OUT: HeaderName = HeaderName::from_static("x-certwright-left-out");

/// What an error says.
pub struct Problem<'p> {
    pub status: u16,
    pub code: &'p str,
    pub message: &'p str,
    pub request_id: &'p str,
    /// The host that the request named.
    pub host: &'p str,
}

/// An answer of an operation, and beside it what of a CSR was left out.
pub fn answer(answered: Answered<String>, is_xml: bool) -> Response {
    let left_out: Vec<String> = answered.left_out().map(shown).collect();
    let request_id = answered.request_id;
    let mut response = respond(200, answered.answer, is_xml, &request_id);
    if !left_out.is_empty()
        && let Ok(value) = HeaderValue::from_str(&listed(&left_out))
    {
        response.headers_mut().insert(LEFT_OUT, value);
    }
    response
}

/// An item that was left out, as it is shown: a key that stands in a name by mistake is not.
pub fn shown(item: &ReviewItem) -> String {
    given(&item.to_string())
}

/// An error: what is wrong, in JSON or XML.
pub fn problem(problem: &Problem<'_>, is_xml: bool) -> Response {
    let Problem { status, code, message, request_id, host } = *problem;
    let fields = [
        ("Code", code),
        ("HostId", host),
        ("Message", message),
        ("Recommend", RECOMMEND),
        ("RequestId", request_id),
    ];
    let text = match is_xml {
        true => {
            let element =
                |(name, text): &(&str, &str)| format!("<{name}>{}</{name}>", escaped(text));
            let elements: String = fields.iter().map(element).collect();
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>{elements}</Error>")
        }
        false => {
            let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), json!(text)));
            Value::Object(fields.collect()).to_string()
        }
    };
    respond(status, text, is_xml, request_id)
}

const RECOMMEND: &str =
    "`certwright ops` lists the operations, and `certwright ops NAME` what one takes.";

fn respond(status: u16, text: String, is_xml: bool, request_id: &str) -> Response {
    // The clients compare these texts.
    let kind = if is_xml { "text/xml;charset=utf-8" } else { "application/json;charset=utf-8" };
    let mut response = Response::new(Body::from(Bytes::from(text)));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

/// A JSON list in ASCII, of bounded length; the last item says how many are not in it.
fn listed(items: &[String]) -> String {
    let more = |count: usize| format!("\"and {count} more\"]");
    let mut text = "[".to_owned();
    for (at, item) in items.iter().enumerate() {
        let item = ascii(&Value::from(item.as_str()).to_string());
        let rest = items.len() - at;
        if text.len() + item.len() + 2 + more(rest).len() > LEFT_OUT_BYTES {
            return text + &more(rest);
        }
        text.push_str(&item);
        text.push_str(if rest == 1 { "]" } else { ", " });
    }
    text
}

/// JSON with every character that is not printable ASCII escaped (RFC 8259 section 7).
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            ' '..='~' => text.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text
}

/// Text as content (XML 1.0 sections 2.2 and 2.4).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(character),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_a_bounded_list_in_ascii() {
        let text = |items: &[&str]| {
            listed(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            text(&["a\"\n", "例\u{1f600}\u{7f}"]),
            r#"["a\"\n", "\u4f8b\ud83d\ude00\u007f"]"#
        );
        let long = "x".repeat(1_000);
        let many = text(&vec![long.as_str(); 50]);
        assert!(many.len() <= LEFT_OUT_BYTES && many.ends_with("\"and 46 more\"]"), "{many}");
        let read: Value = serde_json::from_str(&many).unwrap();
        assert_eq!(read.as_array().unwrap().len(), 5);
        assert_eq!(text(&["x".repeat(5_000).as_str()]), "[\"and 1 more\"]");
        assert!(HeaderValue::from_str(&many).is_ok());
    }
}
