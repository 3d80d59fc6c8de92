//! What the program can be told, by option or environment variable; every value has a use.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use url::Url;

mod company;
mod export_format;

use crate::domain::Role;

pub use company::{Company, CompanyArgs, RETURN_PATH, is_safe};
pub use export_format::ExportFormat;

/// An address book for customer-contact centres.
///
/// Without a command, `carnet` serves.
#[derive(Debug, Parser)]
#[command(name = "carnet", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: ServeArgs,
}

impl Cli {
    /// Whether it is to serve, which lasts.
    pub fn serves(&self) -> bool {
        matches!(self.command, None | Some(Command::Serve(_)))
    }
}

const CHECK_STATUS: &str = "\
Exit status:
  0  every line can be imported
  1  lines are rejected
  2  the file is refused whole, or cannot be read
  3  the report could not be written";

const IMPORT_STATUS: &str = "\
Exit status:
  0    imported, or imported before; --again imports it once more
       with --on-error import-valid, also when lines are rejected
       with --preview, when no line is rejected
  1    lines are rejected and nothing was written, or the same file
       waits for a decision on its page, or its import is being undone
  2    refused: the file, the name, an option, or no such database
  3    the database cannot be reached, or something else failed; an
       import that was begun goes on with the server
  130  Ctrl-C: the import goes on with the server, or at its next start";

const EXPORT_STATUS: &str = "\
A file that is given is whole when the command ends with 0, and for its owner
alone to read; else it is left as it was.

Exit status:
  0    written; contacts that the strict file cannot hold are left out, and
       counted on standard error
  2    refused: the file cannot be written, an option, or no such database
  3    the database cannot be reached, or something else failed
  130  Ctrl-C, or told to end";

const BACKUP_STATUS: &str = "\
Writers are not held up, and the server need not stop. The file is whole when
the command ends with 0, and for its owner alone to read; one that is there is
replaced at that moment, else left as it was. To go back to a backup: stop the
server, remove the database's files (also those that end in -wal and -shm), put
the file in their place, and start.

Exit status:
  0    written
  2    refused: the file cannot be written or is a database in use, an option,
       no such database, or it is on PostgreSQL, where pg_dump is the tool
  3    the disk is full, the database cannot be read, or something else failed
  130  Ctrl-C, or told to end";

const COPY_STATUS: &str = "\
Stop the servers first: what is saved in the old book afterwards is not in the
new one. The new one is made, or must be empty; it holds everything at the end,
or nothing. Sessions and the counts of failed sign-ins stay behind: everybody
signs in again, with the same password. Each table is told with its number of
rows and the SHA-256 of all that is in it, as each database by itself has it.

Exit status:
  0    copied, and the same
  1    the copy differs; nothing is kept of it
  2    refused: the new book holds something, the books are not of this
       version (carnet migrate), an option, or no such database
  3    a database cannot be reached, or something else failed
  130  Ctrl-C, or told to end";

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
pub enum Command {
    /// Serve the address book (the default)
    Serve(ServeArgs),
    /// Check a file against the import format; needs no database
    #[command(after_help = CHECK_STATUS)]
    Check {
        /// The CSV file
        file: PathBuf,
    },
    /// Import a file as the import page does, beside a running server too
    #[command(after_help = IMPORT_STATUS)]
    Import(ImportArgs),
    /// Write the book to a file, beside a running server too
    #[command(after_help = EXPORT_STATUS)]
    Export(ExportArgs),
    /// Write a consistent copy of a SQLite book to a file, while the server runs
    #[command(after_help = BACKUP_STATUS)]
    Backup(BackupArgs),
    /// Move a whole book to another database: SQLite to `PostgreSQL`, back, or to another of its kind
    #[command(after_help = COPY_STATUS)]
    Copy(CopyArgs),
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Bring the database to this version's shape, and exit
    Migrate(DatabaseArgs),
}

#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// Where the data lives: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "CARNET_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://data/carnet.db"
    )]
    pub database_url: String,
    /// A file that holds the database URL, so that its password is in no process list
    #[arg(long, env = "CARNET_DATABASE_URL_FILE")]
    pub database_url_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "CARNET_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Answer /metrics (Prometheus) on this address and port, to whoever can reach it; without, nowhere
    #[arg(long, env = "CARNET_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<std::net::SocketAddr>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The address people type, when a proxy stands in front (`https://carnet.example.org`); with https, cookies are Secure
    #[arg(long, env = "CARNET_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// The proxies in front, as addresses or networks (`10.0.0.5,10.1.0.0/16`): their `X-Forwarded-For` says who asks
    #[arg(long = "trusted-proxy", env = "CARNET_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Largest file that can be imported, in MiB
    #[arg(long, env = "CARNET_MAX_UPLOAD_MIB", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub max_upload_mib: u64,
    /// Days that the file of an import is kept after the import has ended; 0 deletes it within a minute
    #[arg(long, env = "CARNET_KEEP_IMPORT_FILES", value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub keep_import_files: u32,
    /// A folder for a copy of the book for the day when nothing else works: once a day pages to read and a table
    #[arg(long, env = "CARNET_EMERGENCY_COPY", value_name = "FOLDER")]
    pub emergency_copy: Option<PathBuf>,
    /// How many of these copies stay
    #[arg(long, env = "CARNET_KEEP_EMERGENCY_COPIES", value_name = "COPIES", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3_650))]
    pub keep_emergency_copies: u16,
    #[command(flatten)]
    pub company: CompanyArgs,
    /// Log lines as text or as JSON
    #[arg(long, env = "CARNET_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
    /// Serve a throw-away database with made-up contacts and three printed accounts
    #[arg(long, env = "CARNET_DEMO")]
    pub demo: bool,
}

/// An address alone is the network of that address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| "write an address or a network, as 10.0.0.5 or 10.1.0.0/16".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The CSV file
    pub file: PathBuf,
    /// A name without spaces that no kept import has
    #[arg(long)]
    pub name: String,
    /// What to do when lines are rejected
    #[arg(long, value_enum, default_value = "stop")]
    pub on_error: OnErrorArg,
    /// Check the file, print what would be created and changed, and write nothing
    #[arg(long)]
    pub preview: bool,
    /// Import the file even if the very same one was imported before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// What kind of file
    #[arg(long, value_enum, default_value = "full")]
    pub format: ExportFormat,
    /// Where to; standard output without
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Where to
    pub file: PathBuf,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct CopyArgs {
    /// The book: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "CARNET_COPY_FROM",
        value_name = "URL",
        hide_env_values = true
    )]
    #[arg(required_unless_present = "from_file")]
    from: Option<String>,
    /// A file that holds the URL of the book
    #[arg(long, env = "CARNET_COPY_FROM_FILE", value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// The new book, in the same form
    #[arg(
        long,
        env = "CARNET_COPY_TO",
        value_name = "URL",
        hide_env_values = true
    )]
    #[arg(required_unless_present = "to_file")]
    to: Option<String>,
    /// A file that holds the URL of the new book
    #[arg(long, env = "CARNET_COPY_TO_FILE", value_name = "FILE")]
    to_file: Option<PathBuf>,
}

impl CopyArgs {
    pub fn source(&self) -> DatabaseArgs {
        DatabaseArgs {
            database_url: self.from.clone().unwrap_or_default(),
            database_url_file: self.from_file.clone(),
        }
    }

    pub fn target(&self) -> DatabaseArgs {
        DatabaseArgs {
            database_url: self.to.clone().unwrap_or_default(),
            database_url_file: self.to_file.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnErrorArg {
    /// Write nothing and print the rejected lines
    Stop,
    /// Import the valid lines
    ImportValid,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account; the password is asked, or read from standard input
    Add {
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List the accounts
    List(DatabaseArgs),
    /// Disable an account and end its sessions
    Disable {
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Remove the second factor of an account whose owner lost it, and end its sessions
    RemoveSecondFactor {
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Give an account a new password and end its sessions
    Password {
        name: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

/// Which database, parsed from its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file, or what SQLite takes in place of one
    Sqlite(PathBuf),
    Postgres(String),
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "the database URL is not one that carnet knows: it begins with {0:?}.\n\
         Write sqlite://PATH (as sqlite://data/carnet.db) or postgres://USER:PASSWORD@HOST/NAME"
    )]
    UnknownScheme(String),
    #[error("the database URL names no file. Write sqlite://PATH, as sqlite://data/carnet.db")]
    NoPath,
    #[error(
        "the folder {} does not exist. Create it, or name another file: sqlite://PATH",
        .0.display()
    )]
    NoFolder(PathBuf),
    #[error(
        "there is no database at {}. Name the right file, or make a new book with `carnet migrate` or `carnet serve`",
        .0.display()
    )]
    NoDatabase(PathBuf),
    #[error("the file {} cannot be read: {source}", .path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// The folder of the default database: the only one that the database's opening creates.
pub const DEFAULT_FOLDER: &str = "data";

impl DatabaseArgs {
    /// # Errors
    /// An unknown scheme, a missing folder or an unreadable `--database-url-file`, each with what to write instead.
    pub fn url(&self) -> Result<DatabaseUrl, ConfigError> {
        DatabaseUrl::parse(&self.text()?)
    }

    /// As [`DatabaseArgs::url`], of a database that is there: a mistyped path makes no new book.
    ///
    /// # Errors
    /// As there, and [`ConfigError::NoDatabase`].
    pub fn existing_url(&self) -> Result<DatabaseUrl, ConfigError> {
        let text = self.text()?;
        match text.strip_prefix("sqlite://").map(Path::new) {
            Some(path) if !path.as_os_str().is_empty() && !path.is_file() => {
                Err(ConfigError::NoDatabase(path.to_owned()))
            }
            _ => DatabaseUrl::parse(&text),
        }
    }

    fn text(&self) -> Result<String, ConfigError> {
        let Some(path) = &self.database_url_file else {
            return Ok(self.database_url.clone());
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(source) => Err(ConfigError::Unreadable {
                path: path.clone(),
                source,
            }),
        }
    }
}

impl DatabaseUrl {
    /// # Errors
    /// See [`ConfigError`]; a password in a mistyped URL is never repeated in the error.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Self::sqlite(Path::new(path));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once(':').map_or(text, |(scheme, _)| scheme);
        Err(ConfigError::UnknownScheme(
            scheme.chars().take(20).collect(),
        ))
    }

    fn sqlite(path: &Path) -> Result<Self, ConfigError> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Err(ConfigError::NoPath);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_there =
            folder.as_os_str().is_empty() || folder == Path::new(DEFAULT_FOLDER) || folder.is_dir();
        if !is_there {
            return Err(ConfigError::NoFolder(folder.to_owned()));
        }
        Ok(Self::Sqlite(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_scheme_is_named_without_the_password() {
        let error = DatabaseUrl::parse("postgre://carnet:secret@db/carnet").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("postgres://USER:PASSWORD@HOST/NAME")
        );
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn a_missing_folder_is_not_made() {
        let error = DatabaseUrl::parse("sqlite:///nowhere/at/all/carnet.db").unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn parsing_a_url_creates_nothing() {
        let was_there = Path::new(DEFAULT_FOLDER).exists();
        let url = DatabaseUrl::parse("sqlite://data/carnet.db").unwrap();
        assert_eq!(url, DatabaseUrl::Sqlite("data/carnet.db".into()));
        assert_eq!(Path::new(DEFAULT_FOLDER).exists(), was_there);
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
