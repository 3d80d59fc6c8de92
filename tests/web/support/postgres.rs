//! A PostgreSQL for the tests: the one that `CARNET_TEST_POSTGRES_URL` names, otherwise one started for this run if its programs
//! are installed. It runs on loopback without syncing to the disk, and ends with this process.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use carnet::base::random::random_hex;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use tempfile::TempDir;

/// A URL with a schema of its own.
pub fn fresh_schema() -> Option<String> {
    let base = shared_url()?;
    // Not the process id: ids are reused, and a killed test leaves its schema behind.
    let name = format!("t_{}", random_hex::<8>());
    PgConnection::establish(base).unwrap().batch_execute(&format!("CREATE SCHEMA {name}")).unwrap();
    Some(format!("{base}?options=-c%20search_path%3D{name}"))
}

/// A URL with a database of its own: empty, or a copy of another one that is not in use. [`drop_database`] removes it.
pub fn fresh_database(template: Option<&str>) -> Option<String> {
    let base = shared_url()?;
    let name = format!("carnet_{}", random_hex::<8>());
    let template = template.map_or_else(String::new, |url| format!(" TEMPLATE {}", name_in(url)));
    PgConnection::establish(base)
        .unwrap()
        .batch_execute(&format!("CREATE DATABASE {name}{template}"))
        .unwrap();
    let mut url = url::Url::parse(base).unwrap();
    url.set_path(&name);
    Some(url.into())
}

pub fn drop_database(url: &str) {
    let Some(base) = shared_url() else { return };
    let name = name_in(url);
    PgConnection::establish(base)
        .unwrap()
        .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
        .unwrap();
}

fn name_in(url: &str) -> String {
    let path = url::Url::parse(url).unwrap().path().to_owned();
    path.trim_start_matches('/').to_owned()
}

fn shared_url() -> Option<&'static str> {
    static SHARED: OnceLock<Option<(String, Option<Cluster>)>> = OnceLock::new();
    SHARED
        .get_or_init(|| {
            if let Ok(url) = std::env::var("CARNET_TEST_POSTGRES_URL") {
                return Some((url, None));
            }
            // A static is never dropped: the server removes its folder itself.
            let cluster = Cluster::start_as(true, false)?;
            Some((cluster.url(), Some(cluster)))
        })
        .as_ref()
        .map(|(url, _)| url.as_str())
}

/// A PostgreSQL of its own that can be stopped and started again.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    /// `true` if the folder is removed when the server ends.
    once: bool,
    server: Option<Child>,
    /// `true` if acknowledged data is synced to the disk: most tests do without.
    is_durable: bool,
}

impl Cluster {
    /// `None` if PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        Self::start_as(false, false)
    }

    /// A server that syncs acknowledged data.
    pub fn durable() -> Option<Self> {
        Self::start_as(true, true)
    }

    fn start_as(once: bool, is_durable: bool) -> Option<Self> {
        let mut cluster = Self::placed(once, is_durable, programs()?);
        let made = cluster
            .command("initdb")
            .args([
                "--username=carnet",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(cluster.data())
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "initdb failed");
        cluster.resume();
        Some(cluster)
    }

    /// A folder and a port for a server that is not started yet.
    fn placed(once: bool, is_durable: bool, programs: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            // initdb refuses to run as root; Debian's package adds the user.
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(owned.unwrap().success());
        }
        Self {
            port: TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(),
            folder,
            programs,
            once,
            server: None,
            is_durable,
        }
    }

    pub fn url(&self) -> String {
        format!("postgres://carnet@127.0.0.1:{}/postgres", self.port)
    }

    /// A URL with a schema of its own.
    #[allow(dead_code, reason = "benchmarks use it")]
    pub fn schema(&self, name: &str) -> String {
        PgConnection::establish(&self.url())
            .unwrap()
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
            .unwrap();
        format!("{}?options=-c%20search_path%3D{name}", self.url())
    }

    /// Starts the server (again) on the same port and data.
    pub fn resume(&mut self) {
        // The shell ends the server when this process is gone and its standard input closes.
        let mut script = "\"$@\" & server=$!; cat > /dev/null; kill -QUIT $server; wait $server".to_owned();
        if self.once {
            script = format!("{script}; rm -rf '{}'", self.folder.path().display());
        }
        let mut shell = self.command("sh");
        let server = shell
            .args(["-c", &script, "sh"])
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.data())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", if self.is_durable { "fsync=on" } else { "fsync=off" }])
            .args(["-c", "max_connections=300"])
            .args(["-c", &format!("port={}", self.port)])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.server = Some(server);
        let begun = Instant::now();
        while PgConnection::establish(&self.url()).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the server without warning, as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            if let Some(mut stdin) = server.stdin.take() {
                let _ = stdin.flush();
            }
            let _ = server.wait();
        }
    }

    /// Kills the server; no connection gets an answer any more.
    #[allow(dead_code, reason = "benchmarks do without")]
    pub fn kill(&mut self) {
        let killed = Command::new("kill").args(["-KILL", &self.process()]).status();
        assert!(killed.unwrap().success());
        self.stop();
    }

    /// The ids of the server's present child processes: those of its connections, and its own writers.
    #[allow(dead_code, reason = "benchmarks do without")]
    pub fn writers(&self) -> Vec<String> {
        let process = self.process();
        let children = format!("/proc/{process}/task/{process}/children");
        let children = std::fs::read_to_string(children).unwrap();
        children.split_whitespace().map(str::to_owned).collect()
    }

    fn process(&self) -> String {
        let told = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        told.lines().next().unwrap().to_owned()
    }

    /// Another server that follows this one, which from now on acknowledges only what the other one has too.
    #[allow(dead_code, reason = "benchmarks do without")]
    pub fn synchronous_standby(&self) -> Self {
        let mut standby = Self::placed(false, self.is_durable, self.programs.clone());
        let copied = standby
            .command("pg_basebackup")
            .args(["--no-sync", "--write-recovery-conf", "--wal-method=stream"])
            .args(["--checkpoint=fast", "--username=carnet", "--host=127.0.0.1"])
            .arg(format!("--port={}", self.port))
            .arg("--pgdata")
            .arg(standby.data())
            .status();
        assert!(copied.unwrap().success(), "pg_basebackup failed");
        standby.resume();
        let mut conn = PgConnection::establish(&self.url()).unwrap();
        conn.batch_execute("ALTER SYSTEM SET synchronous_standby_names = '*'").unwrap();
        conn.batch_execute("SELECT pg_reload_conf()").unwrap();
        let begun = Instant::now();
        let is_synchronous =
            "DO $$ BEGIN ASSERT EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'); END $$";
        while conn.batch_execute(is_synchronous).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the standby does not follow");
            std::thread::sleep(Duration::from_millis(50));
        }
        standby
    }

    /// Makes a standby the primary.
    #[allow(dead_code, reason = "benchmarks do without")]
    pub fn promote(&self) {
        PgConnection::establish(&self.url()).unwrap().batch_execute("SELECT pg_promote()").unwrap();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let path = if program == "sh" { PathBuf::from("sh") } else { self.programs.join(program) };
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(path);
        command.current_dir("/");
        command
    }
}

/// The URL of whichever of the two takes writes.
#[allow(dead_code, reason = "benchmarks do without")]
pub fn url_of_either(one: &Cluster, other: &Cluster) -> String {
    format!(
        "postgres://carnet@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
        one.port, other.port
    )
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|me| me.uid() == 0)
}
