//! A service that runs in a folder of its own, and what it answers.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The file of credentials of these tests.
pub const CREDENTIALS: &str = r#"
[[credential]]
access_key_id = "operator"
access_key_secret = "secret-of-the-operator-1234"
actor = "olga"
allow = ["yundun-cert:*"]
operator = true

[[credential]]
access_key_id = "applicant"
access_key_secret = "secret-of-the-applicant-1234"
actor = "anna"
allow = ["yundun-cert:*"]

[[credential]]
access_key_id = "reader"
access_key_secret = "secret-of-the-reader-123456"
allow = ["yundun-cert:Describe*", "yundun-cert:ListCsr"]
"#;

/// A folder with a key file, a store and credentials, and the service once it was started.
pub struct Served {
    pub folder: TempDir,
    child: Option<Child>,
    /// Such as `127.0.0.1:40123`.
    pub address: String,
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Served {
    /// A folder where nothing runs.
    pub fn folder() -> Self {
        let served =
            Self { folder: tempfile::tempdir().unwrap(), child: None, address: String::new() };
        served.secret("seal.key", [7; 32]);
        served.secret("credentials.toml", CREDENTIALS);
        let init = served.command().args(["--store", "ca.redb", "init"]).status().unwrap();
        assert!(init.success());
        served
    }

    /// The service of the folder's credentials, over plain HTTP.
    pub fn start() -> Self {
        let mut served = Self::folder();
        served.begin(&["--credentials", "credentials.toml"]);
        served
    }

    pub fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let store = if more.contains(&"--store") { &[][..] } else { &["--store", "ca.redb"] };
        let rest = ["--key-file", "seal.key", "--listen", "127.0.0.1:0"];
        [&["serve"][..], store, &rest, more].concat()
    }

    /// Starts it, and waits until it listens.
    pub fn begin(&mut self, more: &[&str]) -> Vec<String> {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = self
            .command()
            .args(Self::arguments(more))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let lines = if more.contains(&"--publish") { 2 } else { 1 };
        let output = BufReader::new(child.stdout.take().unwrap());
        let lines: Vec<String> = output.lines().take(lines).map(Result::unwrap).collect();
        let first = lines.first().unwrap_or_else(|| panic!("{}", self.log()));
        let url = first.strip_prefix("listening on ").unwrap();
        self.address = url.split_once("://").unwrap().1.to_owned();
        self.child = Some(child);
        lines
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(certwright_tests::built::certwright());
        command.current_dir(self.folder.path());
        command
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file for its owner only.
    pub fn secret(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(self.path(name), mode).unwrap();
        }
    }

    /// What it logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        stream
    }

    /// Sends a request as it is, and reads its answer.
    pub fn send(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_ref()).unwrap();
        Answer::read(&mut stream)
    }

    pub fn get(&self, path: &str) -> Answer {
        let host = &self.address;
        self.send(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"))
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let kill = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let since = Instant::now();
        let mut child = self.child.take().unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            if since.elapsed() > Duration::from_secs(90) {
                child.kill().unwrap();
                panic!("it does not end: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it with SIGKILL.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Answer {
    /// Reads one, up to its `content-length`.
    pub fn read(stream: &mut impl std::io::Read) -> Self {
        Self::try_read(stream).expect("an answer")
    }

    /// The same, or nothing where the connection ended before it.
    pub fn try_read(stream: &mut impl std::io::Read) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
            Some(line.trim_end().to_owned())
        };
        let status = line()?.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            match line()? {
                end if end.is_empty() => break,
                header => {
                    let (name, value) = header.split_once(':')?;
                    headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
        let mut answer = Self { status, headers, body: Vec::new() };
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        answer.body = vec![0; length];
        reader.read_exact(&mut answer.body).ok()?;
        Some(answer)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The answer of an operation.
    #[track_caller]
    pub fn answered(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json;charset=utf-8"));
        let json = self.json();
        assert_eq!(json["RequestId"].as_str(), self.header("x-acs-request-id"));
        json
    }

    /// The error of an operation, with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let json = self.json();
        assert_eq!((self.status, &json["Code"]), (status, &Value::from(code)), "{json}");
        let fields: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["Code", "HostId", "Message", "Recommend", "RequestId"]);
        assert_eq!(json["RequestId"].as_str(), self.header("x-acs-request-id"));
        assert_eq!(json["RequestId"].as_str().unwrap().len(), 36);
        json
    }
}
