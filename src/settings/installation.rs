//! What is configured where the server is started, for the page of the settings. Nothing here is secret.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDateTime;

/// How long the page waits for the folder of the emergency copies, which can be on another machine.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Installation {
    /// `true` if `carnet backup` makes the backups of this book: for SQLite.
    pub backs_up_itself: bool,
    pub company: Option<CompanyFacts>,
    pub metrics: Option<SocketAddr>,
    pub emergency_copies: Option<CopiesFacts>,
}

/// The company's provider.
#[derive(Debug, Clone)]
pub struct CompanyFacts {
    pub issuer: String,
    /// The claim that gives people their roles.
    pub roles_claim: String,
}

/// The folder of the emergency copies.
#[derive(Debug, Clone)]
pub struct CopiesFacts {
    pub folder: PathBuf,
    /// The number of copies that are kept.
    pub keep: u16,
    /// Returns the time of the latest copy in a folder.
    pub latest: fn(&Path) -> io::Result<Option<NaiveDateTime>>,
}

/// The latest emergency copy in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatestCopy {
    At(NaiveDateTime),
    None,
    /// The folder cannot be read.
    Unknown,
}

impl CopiesFacts {
    pub async fn latest(&self) -> LatestCopy {
        let (folder, latest) = (self.folder.clone(), self.latest);
        let found = tokio::task::spawn_blocking(move || latest(&folder));
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(Ok(Ok(Some(at)))) => LatestCopy::At(at),
            Ok(Ok(Ok(None))) => LatestCopy::None,
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "the folder of the emergency copies could not be read");
                LatestCopy::Unknown
            }
            Ok(Err(_)) | Err(_) => LatestCopy::Unknown,
        }
    }
}
