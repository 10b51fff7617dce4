//! Standard output, whose reader may go away, and the forms of what is printed.

use std::fmt;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::Path;

use certwright::key::SecretText;
use serde_json::Value;

/// Says something beside the output, on standard error. Nobody is left to be told where that fails.
pub fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "certwright: {text}");
}

/// Standard output.
pub struct Output {
    inner: BufWriter<Stdout>,
    closed: bool,
}

impl Output {
    pub fn new() -> Self {
        Self { inner: BufWriter::new(io::stdout()), closed: false }
    }

    /// Whether its reader went away.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// A heading.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        writeln!(self, "{text}")
    }

    /// A line below a heading.
    pub fn field(&mut self, name: &str, value: impl fmt::Display) -> io::Result<()> {
        writeln!(self, "  {name:<WIDTH$} {value}")
    }

    /// Lines below a heading, of which the first has the name; nothing where there are none.
    pub fn list<T: fmt::Display>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        let mut name = name;
        for value in values {
            self.field(name, value)?;
            name = "";
        }
        Ok(())
    }

    fn noticed<T>(&mut self, answer: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &answer {
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        answer
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let answer = self.inner.write(bytes);
        self.noticed(answer)
    }

    fn flush(&mut self) -> io::Result<()> {
        let answer = self.inner.flush();
        self.noticed(answer)
    }
}

/// Bytes in pairs of digits with colons, as OpenSSL prints them.
pub fn colons(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// A text that was given, for messages: a private key that was given by mistake is not shown.
pub fn given(text: &str) -> String {
    match SecretText::is_likely(text) {
        true => format!("(a text of {} characters that may be a key)", text.chars().count()),
        false => text.to_owned(),
    }
}

/// A path for messages.
pub fn given_path(path: &Path) -> String {
    given(&path.to_string_lossy())
}

/// A text that somebody else wrote, with everything escaped that could steer a terminal.
pub fn escaped(text: &str) -> String {
    text.escape_default().to_string()
}

/// The same in letters of any script, where only what could steer a terminal is escaped.
pub fn plain(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    given(&text.chars().map(shown).collect::<String>())
}

/// Columns of names.
const WIDTH: usize = 14;

/// JSON with a line for each value.
pub fn pretty(json: &str) -> String {
    serde_json::from_str::<Value>(json).map_or(json.to_owned(), |json| format!("{json:#}"))
}

/// A text in lines of at most 100 columns.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    lines.push(line);
    lines.iter().map(|line| format!("{:indent$}{line}", "")).collect::<Vec<_>>().join("\n")
}

const COLUMNS: usize = 100;
