//! A private key in every form that people have, or make by mistake, and what no message may show of it.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{Debug, Display};
use std::sync::{LazyLock, Mutex};

use certwright::KeyAlgorithm;

use crate::common::families;
use crate::key_files::{content, sec1, seeded, whole};

pub const PASSPHRASE: &str = "correct horse battery staple";

/// A key file and where in it the secret is.
pub struct KeyFile {
    pub label: &'static str,
    pub der: Vec<u8>,
    pub secret: std::ops::Range<usize>,
}

/// What no message may hold.
pub struct Secret {
    windows: HashSet<String>,
    /// What shows nothing: readers say the same of most forms.
    checked: Mutex<HashSet<String>>,
}

impl Secret {
    fn of(file: &KeyFile) -> Self {
        let base64 = base64(&file.der);
        let (from, to) = ((file.secret.start * 8).div_ceil(6), file.secret.end * 8 / 6);
        let secret = &file.der[file.secret.clone()];
        let url = base64_of(secret).replace('+', "-").replace('/', "_");
        let texts = [
            base64[from..to].to_owned(),
            url[..secret.len() * 8 / 6].to_owned(),
            hexadecimal(secret),
            hexadecimal(secret).to_uppercase(),
        ];
        let mut windows = HashSet::new();
        for text in texts {
            let characters: Vec<char> = text.chars().collect();
            windows.extend(characters.windows(8).map(|window| window.iter().collect::<String>()));
        }
        // As Debug shows bytes.
        windows.extend(
            secret
                .windows(8)
                .map(|window| window.iter().map(u8::to_string).collect::<Vec<_>>().join(",")),
        );
        Self { windows, checked: Mutex::default() }
    }

    /// Folding, quoting and escaping do not hide it.
    #[track_caller]
    pub fn check(&self, message: &str, of: &str) {
        if self.checked.lock().unwrap().contains(message) {
            return;
        }
        for line in message.lines().filter(|line| line.len() < message.len()) {
            if let Some(shown) = self.find(line) {
                panic!("{of} shows {shown}: {line}");
            }
        }
        assert_eq!(self.find(message), None, "{of}: {message}");
        self.checked.lock().unwrap().insert(message.to_owned());
    }

    fn find(&self, message: &str) -> Option<&str> {
        let plain = ["\\n", "\\r", "\\t"].iter().fold(message.to_owned(), |m, e| m.replace(e, ""));
        let kept = |keep: &dyn Fn(char) -> bool| plain.chars().filter(|c| keep(*c)).collect();
        let url: String = kept(&|c| c.is_ascii_alphanumeric() || "+/-_".contains(c));
        let base64: String = kept(&|c| c.is_ascii_alphanumeric() || "+/".contains(c));
        let found = [&url, &base64].into_iter().find_map(|text| {
            let windows = (0..text.len().saturating_sub(7)).map(|at| &text[at..at + 8]);
            windows.into_iter().find_map(|window| self.windows.get(window))
        });
        let in_list = || {
            let lists = plain.split(|c: char| !c.is_ascii_digit() && !", ".contains(c));
            lists.filter(|list| list.len() >= 16).find_map(|list| {
                let numbers: Vec<&str> = list.split(',').map(str::trim).collect();
                numbers.windows(8).find_map(|window| self.windows.get(&window.join(",")))
            })
        };
        found.or_else(in_list).map(String::as_str)
    }
}

/// Key files in every format, of every family. To encrypt them takes a while: it is done once.
pub fn key_files() -> &'static [(KeyFile, Secret)] {
    static FILES: LazyLock<Vec<(KeyFile, Secret)>> = LazyLock::new(make_key_files);
    &FILES
}

fn make_key_files() -> Vec<(KeyFile, Secret)> {
    let mut files = Vec::new();
    for algorithm in families() {
        let key = seeded(algorithm, 11);
        let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
        let inner = content(&pkcs8);
        // Version, algorithm, and then the OCTET STRING with the key of the older form.
        let rest = &inner[whole(inner).len()..];
        let older = content(&rest[whole(rest).len()..]).to_vec();
        let at = |file: &[u8], part: &[u8]| {
            let start = file.windows(part.len()).position(|window| window == part).unwrap();
            start..start + part.len()
        };
        if algorithm == KeyAlgorithm::Rsa2048 {
            let numbers = content(&older);
            let public: usize = [0; 3].iter().fold(0, |at, _| at + whole(&numbers[at..]).len());
            let secret = numbers[public..].to_vec();
            files.push(KeyFile { label: "PRIVATE KEY", secret: at(&pkcs8, &secret), der: pkcs8 });
            files.push(KeyFile {
                label: "RSA PRIVATE KEY",
                secret: at(&older, &secret),
                der: older,
            });
        } else {
            let scalar = content(&content(&older)[3..]).to_vec();
            let sec1 = sec1(&scalar, Some(algorithm), Some(key.public_key().as_bytes()));
            files.push(KeyFile { label: "PRIVATE KEY", secret: at(&pkcs8, &scalar), der: pkcs8 });
            files.push(KeyFile { label: "EC PRIVATE KEY", secret: at(&sec1, &scalar), der: sec1 });
        }
        let sealed = key.to_pkcs8_der_encrypted(PASSPHRASE).unwrap();
        let algorithm = whole(content(&sealed)).len();
        let ciphertext = content(&content(&sealed)[algorithm..]).to_vec();
        let secret = at(&sealed, &ciphertext);
        files.push(KeyFile { label: "ENCRYPTED PRIVATE KEY", secret, der: sealed });
    }
    files.into_iter().map(|file| (Secret::of(&file), file)).map(|(a, b)| (b, a)).collect()
}

/// Every form of a key file that people have, or make by mistake.
pub fn forms(file: &KeyFile) -> Vec<String> {
    let label = file.label;
    let base64 = base64(&file.der);
    let mut forms = Vec::new();
    // Reading an RSA key takes a while.
    let widths: &[usize] = match file.der.len() {
        0..600 => &[1, 2, 3, 7, 8, 16, 32, 63, 64, 65, 76, 9_999],
        _ => &[1, 7, 64, 9_999],
    };
    for &width in widths {
        for fold in
            ["\n", "\r\n", "\r", " ", "\t", "\\n", "\\r\\n", "\u{a0}", "\u{200b}", ",", "|", ""]
        {
            let body = folded(&base64, width, fold);
            forms.push(block(label, &format!("{fold}{body}{fold}")));
            if width >= 64 || width == 8 {
                forms.push(body);
            }
        }
    }
    let body = folded(&base64, 64, "\n");
    let pem = block(label, &format!("\n{body}\n"));
    let line = pem.replace('\n', "");
    let half = &pem[..pem.len() / 2];
    for other in [
        "",
        "CERTIFICATE",
        "CERTIFICATE REQUEST",
        "X509 CRL",
        "PUBLIC KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PRIVATE KEY",
        "private key",
        "OPENSSH PRIVATE KEY",
        "PKCS7",
        "MY KEY",
        &base64[..60.min(base64.len())],
        &base64,
    ] {
        forms.push(block(other, &format!("\n{body}\n")));
        forms.push(block(other, &base64));
        forms.push(format!("-----BEGIN {other}-----\n{body}\n-----END {label}-----\n"));
        forms.push(format!("-----BEGIN {label}-----\n{body}\n-----END {other}-----\n"));
    }
    forms.extend([
        pem.replace("-----", ""),
        pem.replace("-----", "----"),
        pem.replace("-----", "\u{2014}"),
        pem.replace("-----END", "END"),
        pem.replace("-----\n", "\n"),
        pem.replace("-----\n", "-"),
        pem.replace("-----BEGIN", "BEGIN"),
        pem.replace("KEY-----\n", "KEY "),
        half.to_owned(),
        half.replace('\n', ""),
        pem[pem.len() / 2..].to_owned(),
        pem.replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1),
        pem.replacen('\n', "\nComment: x\n\n", 1),
        pem.replace('\n', "\nKey: "),
        format!("-----BEGIN {label}-----{base64}: {base64}-----END {label}-----"),
        format!("\u{feff}{pem}"),
        format!("text before\n{pem}text after\n"),
        format!("KEY=\"{}\"", pem.replace('\n', "\\n")),
        format!("password {line} and more"),
        format!("{pem}{pem}"),
        pem.chars().flat_map(|c| [c, '\0']).collect(),
        pem.chars().map(|c| format!("{c} ")).collect(),
        format!("<html><body>{pem}</body></html>"),
        format!("- {}", pem.replace('\n', "\n  ")),
        pem.replace('\n', ";"),
        pem.replace('=', ""),
        base64.replace('+', "-").replace('/', "_"),
        format!("{base64}="),
        base64[1..].to_owned(),
        base64[..base64.len() - 3].to_owned(),
        hexadecimal(&file.der),
        hexadecimal(&file.der).to_uppercase(),
        folded(&hexadecimal(&file.der), 2, ":"),
        folded(&hexadecimal(&file.der), 32, "\n"),
        format!("0x{}", hexadecimal(&file.der)),
        format!("CN={base64}"),
        format!("CN=a,O={line}"),
        format!("DNS:{base64}.example"),
        format!("https://{base64}/"),
        format!("{base64}@example.com"),
        String::from_utf8_lossy(&file.der).into_owned(),
    ]);
    let url = base64_of(&file.der[file.secret.clone()]).replace('+', "-").replace('/', "_");
    let url = url.trim_end_matches('=');
    forms.push(format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"{url}\"}}"));
    forms.push(format!("{{\"key\":\"{}\"}}", pem.replace('\n', "\\n")));
    forms
}

/// All that was said, each once.
#[derive(Default)]
pub struct Said(pub BTreeSet<String>);

impl Said {
    pub fn hear<T, E: std::error::Error>(&mut self, answer: Result<T, E>) {
        if let Err(error) = answer {
            self.error(&error);
        }
    }

    pub fn error(&mut self, error: &dyn std::error::Error) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.show(&error);
            cause = error.source();
        }
    }

    pub fn show(&mut self, shown: &(impl Debug + Display)) {
        self.0.extend([format!("{shown}"), format!("{shown:?}"), format!("{shown:#?}")]);
    }

    pub fn report(&mut self, report: &certwright::lint::Report) {
        report.findings().iter().for_each(|finding| self.show(finding));
    }
}

fn block(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----{body}-----END {label}-----\n")
}

pub fn folded(text: &str, width: usize, fold: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let lines: Vec<String> = characters.chunks(width).map(|line| line.iter().collect()).collect();
    lines.join(fold)
}

pub fn base64(der: &[u8]) -> String {
    base64_of(der)
}

fn base64_of(bytes: &[u8]) -> String {
    let pem = pem_rfc7468::encode_string("X", pem_rfc7468::LineEnding::LF, bytes).unwrap();
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
