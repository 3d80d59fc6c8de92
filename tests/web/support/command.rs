//! `carnet import`, run by the tests.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::TestApp;
use super::process::carnet;

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A file, and the imports of it into one book.
pub struct Lists {
    folder: tempfile::TempDir,
    url: String,
}

impl Lists {
    pub fn of(app: &TestApp) -> Self {
        Self::at(&app.database_url)
    }

    pub fn at(url: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: url.to_owned() }
    }

    pub fn file(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("liste.csv");
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, path: &Path, name: &str, more: &[&str]) -> Command {
        let path = path.to_str().unwrap();
        let mut command = carnet(&["import", path, "--name", name, "--database-url", &self.url]);
        command.args(more);
        command
    }

    pub async fn import(&self, text: &str, name: &str, more: &[&str]) -> Output {
        let mut command = self.command(&self.file(text), name, more);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}

pub fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
