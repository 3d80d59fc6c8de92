//! What the URL of a database may be.

use std::path::{Path, PathBuf};

use super::DatabaseArgs;

/// A database, parsed from its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of a SQLite file
    Sqlite(PathBuf),
    Postgres(String),
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "the database URL has an unknown scheme: it begins with {0:?}.\n\
         Write sqlite://PATH (such as sqlite://data/carnet.db) or postgres://USER:PASSWORD@HOST/NAME"
    )]
    UnknownScheme(String),
    #[error("the database URL names no file. Write sqlite://PATH, such as sqlite://data/carnet.db")]
    NoPath,
    #[error(
        "the folder {} does not exist. Create it, or name another file: sqlite://PATH",
        .0.display()
    )]
    NoFolder(PathBuf),
    #[error(
        "there is no database at {}. Correct the path, or create a new book with `carnet migrate` or `carnet serve`",
        .0.display()
    )]
    NoDatabase(PathBuf),
    #[error("the file {} cannot be read: {source}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
}

/// The folder of the default database: the only folder that Carnet creates when it opens a database.
pub const DEFAULT_FOLDER: &str = "data";

impl DatabaseArgs {
    /// Returns the database that these options name.
    ///
    /// # Errors
    /// An unknown scheme, a missing folder or an unreadable `--database-url-file`. Each message says what to write instead.
    pub fn url(&self) -> Result<DatabaseUrl, ConfigError> {
        DatabaseUrl::parse(&self.text()?)
    }

    /// Like [`DatabaseArgs::url`], but the SQLite file must exist, so that a mistyped path does not create a new book.
    ///
    /// # Errors
    /// Those of [`DatabaseArgs::url`], and [`ConfigError::NoDatabase`].
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
            Err(source) => Err(ConfigError::Unreadable { path: path.clone(), source }),
        }
    }
}

impl DatabaseUrl {
    /// Parses a database URL.
    ///
    /// # Errors
    /// See [`ConfigError`]. The error never repeats a password of a mistyped URL.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Self::sqlite(Path::new(path));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once(':').map_or(text, |(scheme, _)| scheme);
        Err(ConfigError::UnknownScheme(scheme.chars().take(20).collect()))
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
        assert!(error.to_string().contains("postgres://USER:PASSWORD@HOST/NAME"));
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn a_missing_folder_is_not_created() {
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
        super::super::Cli::command().debug_assert();
    }
}
