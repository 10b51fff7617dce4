//! Answers in XML, as clients of the service may ask for them: the tree of the JSON answer below
//! `<ActionResponse>`, a list as its name once for each item.

use serde_json::Value;
use zeroize::Zeroizing;

use super::text::Wiped;

/// Writes an answer of an operation, and wipes it. The text has its room from the beginning: one that grows
/// leaves copies of itself.
pub(crate) fn write(operation: &str, answer: Value) -> String {
    let answer = Wiped(answer);
    let name = format!("{operation}Response");
    let mut length = 0;
    element(&name, &answer.0, &mut |text| length += text.len());
    let mut written = Zeroizing::new(String::with_capacity(DECLARATION.len() + length));
    written.push_str(DECLARATION);
    element(&name, &answer.0, &mut |text| written.push_str(text));
    std::mem::take(&mut *written)
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// An element, or one for each item of a list.
fn element(name: &str, value: &Value, put: &mut impl FnMut(&str)) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| element(name, item, put));
        return;
    }
    ["<", name, ">"].into_iter().for_each(&mut *put);
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| element(name, value, put));
        }
        Value::String(text) => escaped(text, put),
        Value::Null | Value::Array(_) => {}
        Value::Bool(_) | Value::Number(_) => put(&value.to_string()),
    }
    ["</", name, ">"].into_iter().for_each(&mut *put);
}

/// Text as content (XML 1.0 section 2.4). What XML cannot hold at all (section 2.2) is the replacement
/// character; a carriage return would be read as a line feed (section 2.11).
fn escaped(text: &str, put: &mut impl FnMut(&str)) {
    for character in text.chars() {
        match character {
            '&' => put("&amp;"),
            '<' => put("&lt;"),
            '>' => put("&gt;"),
            '\r' => put("&#13;"),
            '\t' | '\n' => put(character.encode_utf8(&mut [0; 4])),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => put("\u{fffd}"),
            _ => put(character.encode_utf8(&mut [0; 4])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_tree_is_the_answers_and_text_is_escaped() {
        let answer = json!({
            "Csr": "-----BEGIN\r\n<&>\u{1}", "Tags": [{ "Key": "a" }, { "Key": "b" }], "Count": 2,
            "None": [], "Flag": true, "RequestId": "X",
        });
        // The fields of a JSON object are in the order of their names here.
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListCsrResponse><Count>2</Count>\
            <Csr>-----BEGIN&#13;\n&lt;&amp;&gt;\u{fffd}</Csr><Flag>true</Flag><RequestId>X</RequestId>\
            <Tags><Key>a</Key></Tags><Tags><Key>b</Key></Tags></ListCsrResponse>";
        assert_eq!(write("ListCsr", answer), expected);
    }
}
