//! The program as a process of its own.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use super::PASSWORD;

pub const CARNET: &str = env!("CARGO_BIN_EXE_carnet");

pub fn carnet(arguments: &[&str]) -> Command {
    let mut command = Command::new(CARNET);
    command.args(arguments).env("LANG", "fr_FR.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command
}

/// The output of a command.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Adds a coordinator with [`PASSWORD`] from the command line.
pub fn add_coordinator(name: &str, database_url: &str) {
    let mut add = carnet(&[
        "user",
        "add",
        name,
        "--role",
        "coordinator",
        "--password-stdin",
        "--database-url",
        database_url,
    ]);
    let mut process = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(process.wait().unwrap().success());
}

/// A server in a process of its own, which ends when the value is dropped.
pub struct Served {
    process: Child,
    /// The lines that it printed after the first one.
    pub printed: Lines<BufReader<ChildStdout>>,
    pub address: SocketAddr,
}

impl Served {
    pub fn start(command: Command) -> Self {
        Self::logging(command, Stdio::null())
    }

    /// Logs to a place that the test chooses.
    pub fn logging(mut command: Command, log: impl Into<Stdio>) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = printed.next().unwrap().unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        Self { process, printed, address }
    }

    /// Serves a database; `listen` is an address, with port 0 for any.
    pub fn on(database_url: &str, listen: &str) -> Self {
        Self::start(carnet(&["serve", "--listen", listen, "--database-url", database_url]))
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal by its name, such as `STOP`.
    pub fn signal(&self, name: &str) {
        signal(self.process.id(), name);
    }

    /// Waits for the end, which must come within `limit`.
    pub fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        ended_within(&mut self.process, limit)
    }
}

impl Drop for Served {
    /// By SIGKILL: unfinished work stays unfinished.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for the end of a process, which must come within `limit`.
pub fn ended_within(process: &mut Child, limit: Duration) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        assert!(begun.elapsed() < limit, "it still runs after {limit:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn signal(process: u32, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status();
    assert!(sent.unwrap().success());
}

/// `carnet` on a disk of some megabytes, in a name space of its own: it needs no privilege if the system allows name spaces.
pub fn on_small_disk(folder: &Path, megabytes: u32, arguments: &str) -> Option<Command> {
    let script = format!(
        "mount -t tmpfs -o size={megabytes}m carnet '{}' && exec '{CARNET}' {arguments}",
        folder.display()
    );
    let allowed = Command::new("unshare")
        .args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "carnet"])
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    if !allowed.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "--kill-child", "sh", "-c", &script]);
    // The temporary file of an upload is elsewhere: only the database's disk is full.
    command.env("TMPDIR", std::env::temp_dir());
    Some(command)
}
