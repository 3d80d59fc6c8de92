//! The program's options and environment variables. Every option has a use.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use url::{Host, Url};

mod company;
mod database;
mod export_format;

use crate::domain::Role;

pub use company::{Company, CompanyArgs, RETURN_PATH, is_safe};
pub use database::{ConfigError, DEFAULT_FOLDER, DatabaseUrl};
pub use export_format::ExportFormat;

/// An address book for customer-contact centres.
///
/// Without a command, `carnet` runs the server.
#[derive(Debug, Parser)]
#[command(name = "carnet", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: ServeArgs,
}

impl Cli {
    /// Returns `true` if the command is the server, which runs until it is stopped.
    pub fn serves(&self) -> bool {
        matches!(self.command, None | Some(Command::Serve(_)))
    }
}

const CHECK_STATUS: &str = "\
With --profile, the file is any list, and the book is read but not written.

Exit status:
  0  every line can be imported
  1  lines are rejected; with --profile, also when the list has other headings
     than the profile, or passes one of its bounds
  2  the whole file is refused, or cannot be read; or there is no such profile
     or database
  3  the report could not be written, or the database cannot be reached";

const IMPORT_STATUS: &str = "\
Exit status:
  0    imported, or imported before; --again imports it once more
       with --on-error import-valid, also when lines are rejected
       with --preview, when no line is rejected
       with --profile, also when doubtful rows are put aside
  1    lines are rejected and nothing was written, or the same file
       waits for a decision on its page, or its import is being undone
       with --profile, also when the list has other headings than the
       profile, or passes one of its bounds; nothing was written
  2    refused: the file, the name, an option, or no such database or
       profile
  3    the database cannot be reached, or something else failed; the
       server continues an import that has started
  130  Ctrl-C: the server continues the import, or does so when it starts";

const EXPORT_STATUS: &str = "\
With exit status 0 the file is complete, and only its owner can read it. With
any other status, an existing file is unchanged. The rows of an Excel workbook
(xlsx) are collected in a temporary file first; TMPDIR chooses its disk.

Exit status:
  0    written; contacts that do not fit the strict file are left out, and
       their number is printed on standard error
  2    refused: the file cannot be written, an option, or no such database
  3    the database cannot be reached, or something else failed
  130  Ctrl-C, or SIGTERM";

const BACKUP_STATUS: &str = "\
The server can keep running, and nobody waits to save. With exit status 0 the
file is complete, and only its owner can read it; it replaces an existing file
at that moment. With any other status, an existing file is unchanged. To restore
a backup: stop the server, remove the database's files (including those that end
in -wal and -shm), put the backup in their place, and start the server.

Exit status:
  0    written
  2    refused: the file cannot be written or is a database in use, an option,
       no such database, or a PostgreSQL database (use pg_dump)
  3    the disk is full, the database cannot be read, or something else failed
  130  Ctrl-C, or SIGTERM";

const COPY_STATUS: &str = "\
Stop the servers first: the new book does not have what is saved in the old one
afterwards. The new book is created, or must be empty; at the end it contains
everything or nothing. Sessions and the counts of failed sign-ins are not copied:
everybody signs in again, with the same password. The command prints each table's
number of rows and the SHA-256 of its content, computed in each database.

Exit status:
  0    copied, and both books are equal
  1    the copy differs and was discarded
  2    refused: the new book is not empty, a book does not have this version's
       schema (carnet migrate), an option, or no such database
  3    a database cannot be reached, or something else failed
  130  Ctrl-C, or SIGTERM";

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "a process has exactly one")]
pub enum Command {
    /// Run the server (the default)
    Serve(ServeArgs),
    /// Check a file against the import format, without a database; or any list against a profile
    #[command(after_help = CHECK_STATUS)]
    Check(CheckArgs),
    /// Import a file like the import page; a server can be running
    #[command(after_help = IMPORT_STATUS)]
    Import(ImportArgs),
    /// Write the book to a file; a server can be running
    #[command(after_help = EXPORT_STATUS)]
    Export(ExportArgs),
    /// Write a consistent backup of a SQLite book to a file; a server can be running
    #[command(after_help = BACKUP_STATUS)]
    Backup(BackupArgs),
    /// Copy a whole book to another database: SQLite to PostgreSQL, back, or to another database of the same kind
    #[command(after_help = COPY_STATUS)]
    Copy(CopyArgs),
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Bring the database to this version's schema, and exit
    Migrate(DatabaseArgs),
}

#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// The database: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "CARNET_DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://data/carnet.db"
    )]
    pub database_url: String,
    /// A file that contains the database URL, so that its password does not appear in process lists
    #[arg(long, env = "CARNET_DATABASE_URL_FILE")]
    pub database_url_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address and port to listen on; with port 0, the system chooses a free port
    #[arg(long, env = "CARNET_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Serve /metrics (Prometheus) on this address and port, unauthenticated; off by default
    #[arg(long, env = "CARNET_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<std::net::SocketAddr>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The address that people type, if there is a proxy in front (`https://carnet.example.org`); with https, cookies are Secure
    #[arg(long, env = "CARNET_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// The proxies in front, as addresses or networks (`10.0.0.5,10.1.0.0/16`); their `X-Forwarded-For` names the client
    #[arg(long = "trusted-proxy", env = "CARNET_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Requests per second of one access key; 0 for no limit
    #[arg(long, env = "CARNET_REQUESTS_PER_KEY", value_name = "REQUESTS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub requests_per_key: u32,
    /// Hosts that webhooks may call over http and at private addresses (`crm.intern,10.1.2.3`); all others need https
    #[arg(long, env = "CARNET_WEBHOOK_HOSTS", value_name = "HOSTS", value_delimiter = ',', value_parser = host)]
    pub webhook_hosts: Vec<String>,
    /// Largest file that can be imported, in MiB
    #[arg(long, env = "CARNET_MAX_UPLOAD_MIB", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=4096))]
    pub max_upload_mib: u64,
    /// Days for which the file of an import is kept after its end; 0 deletes it within a minute
    #[arg(long, env = "CARNET_KEEP_IMPORT_FILES", value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub keep_import_files: u32,
    /// A folder for the emergency copy: once a day, pages and a table that can be read without Carnet
    #[arg(long, env = "CARNET_EMERGENCY_COPY", value_name = "FOLDER")]
    pub emergency_copy: Option<PathBuf>,
    /// Number of emergency copies to keep
    #[arg(long, env = "CARNET_KEEP_EMERGENCY_COPIES", value_name = "COPIES", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3_650))]
    pub keep_emergency_copies: u16,
    #[command(flatten)]
    pub company: CompanyArgs,
    /// The format of log lines
    #[arg(long, env = "CARNET_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
    /// Run with a temporary database of invented contacts and three accounts, whose passwords are printed
    #[arg(long, env = "CARNET_DEMO")]
    pub demo: bool,
}

/// A host as an option names it: a name or an IP address, without scheme, port and network length.
fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_plain = text.chars().all(|c| c.is_alphanumeric() || "-_.:[]".contains(c));
    match Host::parse(text) {
        Ok(host) if is_plain => Ok(host.to_string()),
        _ => Err("not a host; write a name or an address, such as crm.intern or 10.1.2.3".to_owned()),
    }
}

/// Parses a network. A single address is the network of that address only.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| "write an address or a network, such as 10.0.0.5 or 10.1.0.0/16".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The CSV file; with `--profile`, any list
    pub file: PathBuf,
    /// The profile that says what the columns of the list are; it is read from the database
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The CSV file; with `--profile`, any list
    pub file: PathBuf,
    /// A name without spaces that no other stored import has
    #[arg(long)]
    pub name: String,
    /// The profile that says what the columns of the list are
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// What to do when lines are rejected
    #[arg(long, value_enum, default_value = "stop")]
    pub on_error: OnErrorArg,
    /// Check the file, print what it would create and change, and write nothing
    #[arg(long)]
    pub preview: bool,
    /// Import the file even if the same file was imported before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The format of the file
    #[arg(long, value_enum, default_value = "full")]
    pub format: ExportFormat,
    /// The file to write; standard output by default
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write
    pub file: PathBuf,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub struct CopyArgs {
    /// The existing book: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(long, env = "CARNET_COPY_FROM", value_name = "URL", hide_env_values = true)]
    #[arg(required_unless_present = "from_file")]
    from: Option<String>,
    /// A file that contains the URL of the existing book
    #[arg(long, env = "CARNET_COPY_FROM_FILE", value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// The new book, in the same form
    #[arg(long, env = "CARNET_COPY_TO", value_name = "URL", hide_env_values = true)]
    #[arg(required_unless_present = "to_file")]
    to: Option<String>,
    /// A file that contains the URL of the new book
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
    /// Add an account; the password is asked for, or read from standard input
    Add {
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// The name that pages show (at most 100 characters)
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        display_name: String,
        /// The owner's e-mail
        #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true)]
        email: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List the accounts: name, role, state, display name, e-mail, last sign-in (UTC), separated by tabs
    List(DatabaseArgs),
    /// Disable an account and end its sessions
    Disable {
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Turn off two-factor authentication for an account whose owner has lost the phone, and end its sessions
    RemoveSecondFactor {
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Set a new password for an account and end its sessions
    Password {
        name: String,
        /// Read the password from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}
