//! Reads Rust source as far as the import table needs it: which paths it names, and where.

/// A path that a source file names.
#[derive(Debug, Eq, PartialEq)]
pub struct Mention {
    pub line: usize,
    /// From `crate` on for what is inside the crate (`self` and `super` are resolved), from the
    /// first segment as written for everything else.
    pub path: Vec<String>,
}

/// A token with its line. Comments, strings, characters and lifetimes are left out.
pub struct Token {
    pub line: usize,
    pub text: String,
}

/// Every path that is named by a source file of this module, in `use` and in code.
pub fn mentions(module: &[String], source: &str) -> Vec<Mention> {
    let tokens = tokens(source);
    let mut reader = Reader { tokens: &tokens, at: 0, module: module.to_vec(), found: Vec::new() };
    reader.read();
    reader.found
}

/// The tokens of a source file: words, `::`, and single characters.
pub fn tokens(source: &str) -> Vec<Token> {
    let characters: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < characters.len() {
        let length = match skipped(&characters[at..]) {
            0 => {
                let length = token_length(&characters[at..]);
                let text: String = characters[at..at + length].iter().collect();
                let text = text.strip_prefix("r#").map_or(text.clone(), str::to_owned);
                tokens.push(Token { line, text });
                length
            }
            length => length,
        };
        line += characters[at..at + length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    tokens
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    /// The module of the file, and the modules that are open in it.
    module: Vec<String>,
    found: Vec<Mention>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut depth = 0;
        // How deep each `mod name {` of this file stands.
        let mut open = Vec::new();
        while self.at < self.tokens.len() {
            match self.text(0) {
                "mod" if self.text(2) == "{" => {
                    self.module.push(self.text(1).to_owned());
                    open.push(depth);
                    depth += 1;
                    self.at += 3;
                }
                "{" => {
                    depth += 1;
                    self.at += 1;
                }
                "}" => {
                    depth -= 1;
                    if open.last() == Some(&depth) {
                        open.pop();
                        self.module.pop();
                    }
                    self.at += 1;
                }
                "use" => {
                    self.at += 1;
                    self.read_tree(&[]);
                }
                "extern" if self.text(1) == "crate" => {
                    self.note(vec![self.text(2).to_owned()]);
                    self.at += 3;
                }
                _ => self.read_path(),
            }
        }
    }

    /// A use tree, after what stands before its brace.
    fn read_tree(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        loop {
            match self.text(0) {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while !matches!(self.text(0), "}" | "") {
                        self.read_tree(&path);
                        if self.text(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "as" => {
                    self.at += 2;
                    break;
                }
                word if is_word(word) || word == "*" => {
                    path.push(word.to_owned());
                    self.at += 1;
                }
                _ => break,
            }
        }
        if path.len() > before.len() {
            // `use a::{self}` names a.
            if !before.is_empty() && path.last().is_some_and(|word| word == "self") {
                path.pop();
            }
            self.note(path);
        }
    }

    /// A path in code, or one token that is none.
    fn read_path(&mut self) {
        let mut path = Vec::new();
        while is_word(self.text(0)) {
            path.push(self.text(0).to_owned());
            self.at += 1;
            // After a keyword, `::` begins a path: `return ::rsa::BoxedUint::one()`.
            let keyword = path.len() == 1 && KEYWORDS.contains(&path[0].as_str());
            if keyword || self.text(0) != "::" || !is_word(self.text(1)) {
                break;
            }
            self.at += 1;
        }
        match path.len() {
            0 => self.at += 1,
            // One word alone is a name in scope, `pub(crate)` or a keyword.
            1 => {}
            _ => self.note(path),
        }
    }

    fn note(&mut self, path: Vec<String>) {
        let line = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |token| token.line);
        self.found.push(Mention { line, path: self.resolve(path) });
    }

    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let mut module = self.module.clone();
        let mut rest = path.as_slice();
        match path.first().map(String::as_str) {
            Some("crate") => return path,
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            _ => return path,
        }
        while rest.first().is_some_and(|word| word == "super") {
            module.pop();
            rest = &rest[1..];
        }
        [&["crate".to_owned()], module.as_slice(), rest].concat()
    }

    /// The text of a token, counted from here; empty past the end.
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(is_word_character)
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many characters at the front are no token: space, a comment, a literal, a lifetime.
fn skipped(rest: &[char]) -> usize {
    match rest {
        [c, ..] if c.is_whitespace() => 1,
        ['/', '/', ..] => rest.iter().take_while(|c| **c != '\n').count(),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => string(rest, 1),
        ['b' | 'c', '"', ..] => string(rest, 2),
        ['r', ..] => raw_string(rest, 1),
        ['b' | 'c', 'r', ..] => raw_string(rest, 2),
        ['b', '\'', ..] => 1 + character(&rest[1..]),
        ['\'', ..] => character(rest),
        _ => 0,
    }
}

fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    loop {
        match rest.get(at..).unwrap_or_default() {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] if depth == 1 => return at + 2,
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            [] => return rest.len(),
            _ => at += 1,
        }
    }
}

fn string(rest: &[char], mut at: usize) -> usize {
    while let Some(c) = rest.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A raw string whose prefix has this length; 0 for a word that only begins like one.
fn raw_string(rest: &[char], prefix: usize) -> usize {
    let marks = rest[prefix..].iter().take_while(|c| **c == '#').count();
    let begin = prefix + marks + 1;
    if rest.get(begin - 1) != Some(&'"') {
        return 0;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let found = rest[begin..].windows(end.len()).position(|window| window == end);
    found.map_or(rest.len(), |position| begin + position + end.len())
}

/// A character or a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, tail @ ..] => {
            3 + tail.iter().position(|c| *c == '\'').map_or(tail.len(), |end| end + 1)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 1 + rest[1..].iter().take_while(|c| is_word_character(**c)).count(),
    }
}

fn token_length(rest: &[char]) -> usize {
    let raw = if matches!(rest, ['r', '#', ..]) { 2 } else { 0 };
    match rest[raw..].iter().take_while(|c| is_word_character(**c)).count() {
        0 if rest.starts_with(&[':', ':']) => 2,
        0 => 1,
        length => raw + length,
    }
}

/// The keywords that may stand before a path that begins with `::`.
const KEYWORDS: [&str; 17] = [
    "as", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move",
    "mut", "ref", "return", "unsafe", "while",
];
