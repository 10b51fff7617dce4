//! A PostgreSQL of the tests' own, in a folder that goes when the process does.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use certwright::store::{PostgresSettings, PostgresStore};

/// A server. Whoever drops it, or dies, stops it and removes its folder.
pub struct Server {
    keeper: Child,
    end: Option<ChildStdin>,
    folder: PathBuf,
    port: u16,
}

/// What every server of the tests is started with: little memory, and nothing that it should not do.
const USUAL: &str = "shared_buffers = 16MB\nmax_connections = 100\nautovacuum = on\n";

/// The server that tests share which do not stop it: each has a schema of its own. None where PostgreSQL is not
/// installed: in CI it must be, elsewhere its tests are skipped loudly.
pub fn shared() -> Option<&'static Server> {
    static SHARED: LazyLock<Option<Server>> = LazyLock::new(|| Server::start(""));
    SHARED.as_ref()
}

/// The settings of a store in a new schema of the shared server.
pub fn settings(name: &str) -> Option<PostgresSettings> {
    let server = shared()?;
    Some(PostgresSettings::from_url(&server.url(&format!("schema={name}"))).unwrap())
}

/// A store in a new schema of the shared server.
pub fn store(name: &str) -> Option<PostgresStore> {
    Some(PostgresStore::create(&settings(name)?).unwrap())
}

impl Server {
    /// Makes a cluster and starts it with further lines of `postgresql.conf`.
    pub fn start(lines: &str) -> Option<Self> {
        let server = Self::make(
            "initdb -D \"$folder/data\" -U ca -A trust -E UTF8 --locale=C --no-sync >/dev/null",
        )?;
        server.configure(&format!("{USUAL}{lines}"));
        server.run_server();
        Some(server)
    }

    /// Makes a standby of another, which has the name `standby` there, and starts it.
    pub fn standby_of(primary: &Self) -> Self {
        let script = format!(
            "pg_basebackup -h 127.0.0.1 -p {} -U ca -D \"$folder/data\" --no-sync -c fast; \
             touch \"$folder/data/standby.signal\"",
            primary.port
        );
        let server = Self::make(&script).unwrap();
        server.configure(&format!(
            "primary_conninfo = 'host=127.0.0.1 port={} user=ca application_name=standby'\n\
             synchronous_standby_names = ''\n",
            primary.port
        ));
        server.run_server();
        server
    }

    fn make(script: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is missing, and CI needs it");
            eprintln!("SKIPPED: PostgreSQL's initdb is not on this machine, so nothing ran on it");
            return None;
        };
        // The keeper reads until this process ends, however it does.
        let script = format!(
            "set -e; export PATH={}:$PATH; folder=$(mktemp -d); chmod 700 \"$folder\"; {script}; \
             echo \"$folder\"; set +e; while read -r line; do :; done; \
             pg_ctl -D \"$folder/data\" -m immediate stop >/dev/null 2>&1; rm -rf \"$folder\"",
            programs.display()
        );
        let mut keeper = as_nobody("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut folder = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        assert!(!folder.is_empty(), "PostgreSQL's cluster cannot be made");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let end = keeper.stdin.take();
        Some(Self { keeper, end, folder: folder.trim().into(), port })
    }

    /// The URL of its database, with parameters.
    pub fn url(&self, parameters: &str) -> String {
        self.url_at(self.port, parameters)
    }

    /// The same by another port, of what stands between.
    pub fn url_at(&self, port: u16, parameters: &str) -> String {
        format!("postgres://ca@127.0.0.1:{port}/postgres?sslmode=disable&{parameters}")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds lines to `postgresql.conf`.
    pub fn configure(&self, lines: &str) {
        let port = self.port;
        let folder = self.folder.display();
        let lines = format!(
            "{lines}port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\n"
        );
        self.run_with("cat >>\"$0\"", "data/postgresql.conf", &lines);
    }

    /// Writes a file into its folder, for its user only.
    pub fn write(&self, name: &str, content: &str) {
        self.run_with("umask 077; cat >\"$0\"", name, content);
    }

    /// Runs a line of a shell on a file of the folder, as its user.
    fn run_with(&self, line: &str, name: &str, input: &str) {
        let written = as_nobody("sh")
            .args(["-c", line])
            .arg(self.folder.join(name))
            .stdin(Stdio::piped())
            .spawn()
            .and_then(|mut child| {
                std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes())?;
                child.wait()
            });
        assert!(written.unwrap().success());
    }

    /// Starts it, once it was stopped.
    pub fn run_server(&self) {
        let log = self.folder.join("log");
        self.control(&["-l", log.to_str().unwrap(), "-w", "-t", "60", "start"]);
    }

    /// Stops it as a crash does.
    pub fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Makes a primary of a standby.
    pub fn promote(&self) {
        self.control(&["-w", "-t", "60", "promote"]);
    }

    pub fn reload(&self) {
        self.control(&["reload"]);
        // It tells its sessions, which look between statements.
        std::thread::sleep(std::time::Duration::from_millis(300));
    }

    fn control(&self, arguments: &[&str]) {
        let data = self.folder.join("data");
        let output = as_nobody(programs().unwrap().join("pg_ctl").to_str().unwrap())
            .arg("-D")
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(output.unwrap().success(), "pg_ctl {arguments:?}");
    }

    /// Runs SQL, and gives the first column of what it answers, a line for each row.
    #[track_caller]
    pub fn sql(&self, sql: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answered = runtime.block_on(async {
            let url = self.url("");
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            client.simple_query(sql).await
        });
        let messages = answered.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default()),
            _ => None,
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        let _ = self.keeper.wait();
    }
}

/// Where PostgreSQL's programs are: Debian has them in no folder of PATH.
pub fn programs() -> Option<PathBuf> {
    static FOUND: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut found = FOUND.lock().unwrap();
    if found.is_none() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut versions: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
        *found = folders.into_iter().find(|folder| folder.join("initdb").is_file());
    }
    found.clone()
}

/// A program as a user other than root, as whom PostgreSQL does not start.
fn as_nobody(program: &str) -> Command {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = Command::new(if is_root { "setpriv" } else { program });
    if is_root {
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
    }
    command.current_dir("/tmp").env("LC_ALL", "C.UTF-8");
    command
}
