//! The daily emergency copy: a folder with pages to read and one table with everything. Reading it needs neither this
//! program nor its database.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use tempfile::{NamedTempFile, TempDir};

use super::pages::record_begin;
use super::rows::{ExportedContact, Extras, Rows};
use super::sheet::{self, PageLinks, Sheet, Written};
use super::writer::Writer;
use crate::base::stop::Stop;
use crate::base::{atomic_file, clock};
use crate::book::contact_query::Selection;
use crate::book::filter::Filter;
use crate::config::ExportFormat;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::Locale;

/// The interval between two checks for the copy of the day.
const PAUSE: Duration = Duration::from_secs(600);
/// Contacts per page. Such a page has 1.6 MB or more; a phone opens and searches it within a second or two.
const PAGE: i64 = 5_000;
/// Prefix and suffix of a folder's name while it is written: `.carnet-….partial`.
const PARTIAL: (&str, &str) = (".carnet-", ".partial");
/// The age from which an unfinished folder counts as the leftover of a killed process.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder of the copies, and the number of copies to keep.
#[derive(Debug, Clone)]
pub struct EmergencyCopies {
    folder: PathBuf,
    keep: usize,
    locale: Locale,
}

impl EmergencyCopies {
    /// # Errors
    /// The folder is missing or not writable.
    pub fn new(folder: &Path, keep: usize) -> anyhow::Result<Self> {
        tempfile::tempfile_in(folder).with_context(|| {
            format!(
                "the folder {} for emergency copies cannot be written to; create it for this user, or name another with \
                 --emergency-copy",
                folder.display()
            )
        })?;
        Ok(Self { folder: folder.to_owned(), keep, locale: Locale::from_environment() })
    }

    /// Writes the copy of each day, until the process ends.
    pub async fn keep_up(self, db: Db, stop: Stop) {
        let db = db.until(&stop);
        loop {
            let (copies, own) = (self.clone(), db.clone());
            let written = tokio::task::spawn_blocking(move || copies.write_todays(&own)).await;
            match written {
                Ok(Ok(())) => {}
                Ok(Err(_)) if stop.is_asked() => return,
                // The last complete copy stays; the next check tries again.
                Ok(Err(error)) => tracing::error!(%error, "no emergency copy could be written"),
                Err(error) => tracing::error!(%error, "no emergency copy could be written"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn write_todays(&self, db: &Db) -> AppResult<()> {
        let name = name_of(clock::today());
        let place = self.folder.join(&name);
        if place.exists() {
            return Ok(());
        }
        self.sweep()?;
        let partial = self.partial()?;
        self.write_table(db, &partial, &name)?;
        self.write_pages(db, &partial, &name)?;
        atomic_file::sync_folder(partial.path())?;
        match std::fs::rename(partial.path(), &place) {
            // Another node with the same folder was faster.
            Err(_) if place.exists() => return Ok(()),
            renamed => renamed?,
        }
        atomic_file::sync_folder(&self.folder)?;
        db.write_blocking(|conn| record_begin(conn, ExportFormat::Html, None))?;
        tracing::info!(name, "emergency copy written");
        Ok(self.drop_old()?)
    }

    /// Creates the folder with access for its owner only, as for the files in it.
    fn partial(&self) -> std::io::Result<TempDir> {
        let mut folder = tempfile::Builder::new();
        folder.prefix(PARTIAL.0).suffix(PARTIAL.1);
        #[cfg(unix)]
        folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        folder.tempdir_in(&self.folder)
    }

    fn write_table(&self, db: &Db, folder: &TempDir, name: &str) -> AppResult<()> {
        let path = folder.path().join(format!("{name}.csv"));
        let mut file = atomic_file::beside(&path)?;
        let all = Filter::default();
        let mut writer = db.read_blocking(|conn| Writer::new(conn, ExportFormat::Full, &all, self.locale))?;
        while let Some(bytes) = db.read_blocking(|conn| writer.next(conn))? {
            file.write_all(&bytes)?;
        }
        Ok(atomic_file::keep(file, &path)?)
    }

    /// Writes one page, or for a large book several pages with an index. The first file to open has the copy's name.
    fn write_pages(&self, db: &Db, folder: &TempDir, name: &str) -> AppResult<()> {
        let all = Filter::default();
        let total = db.read_blocking(|conn| Selection::of(conn, &all)?.count(conn, PAGE + 1))?;
        let first = format!("{name}.html");
        if total <= PAGE {
            let mut writer =
                db.read_blocking(|conn| Writer::new(conn, ExportFormat::Html, &all, self.locale))?;
            let path = folder.path().join(first);
            let mut file = atomic_file::beside(&path)?;
            while let Some(bytes) = db.read_blocking(|conn| writer.next(conn))? {
                file.write_all(&bytes)?;
            }
            return Ok(atomic_file::keep(file, &path)?);
        }
        let extras = Extras { organizations: true, ..Extras::default() };
        let mut rows = db.read_blocking(|conn| Rows::new(conn, &all, extras))?;
        let mut pages = Vec::new();
        while let Some(page) = self.write_page(db, folder, name, &mut rows, pages.len() + 1)? {
            pages.push(page);
        }
        let path = folder.path().join(first);
        let mut file = atomic_file::beside(&path)?;
        file.write_all(sheet::index(self.locale, &pages)?.as_bytes())?;
        Ok(atomic_file::keep(file, &path)?)
    }

    /// Writes the next page; `number` counts from 1. Returns `None` after the last contact.
    fn write_page(
        &self,
        db: &Db,
        folder: &TempDir,
        name: &str,
        people: &mut Rows,
        number: usize,
    ) -> AppResult<Option<Written>> {
        let file_of = |number: usize| format!("{name}-{number:03}.html");
        let path = folder.path().join(file_of(number));
        let mut open: Option<(NamedTempFile, Written)> = None;
        let mut sheet = Sheet::new(self.locale);
        let mut count = 0;
        while count < PAGE {
            let (html, first, last, found) = db.read_blocking(|conn| {
                let rows = people.next(conn)?;
                let name = |row: Option<&ExportedContact>| {
                    row.map_or_else(String::new, |row| row.contact.directory_name())
                };
                let (first, last) = (name(rows.first()), name(rows.last()));
                Ok((sheet.people(conn, &rows)?, first, last, rows.len()))
            })?;
            if found == 0 {
                break;
            }
            count += i64::try_from(found).unwrap_or(PAGE);
            let (file, page) = if let Some(open) = &mut open {
                open
            } else {
                let mut file = atomic_file::beside(&path)?;
                file.write_all(sheet.head(Some(number))?.as_bytes())?;
                let page = Written { file: file_of(number), first, last: String::new(), letters: Vec::new() };
                open.insert((file, page))
            };
            file.write_all(html.as_bytes())?;
            page.last = last;
            if people.is_ended() {
                break;
            }
        }
        let Some((mut file, page)) = open else {
            return Ok(None);
        };
        let index = format!("{name}.html");
        let beside = PageLinks {
            index: &index,
            previous: (number > 1).then(|| file_of(number - 1)),
            next: (!people.is_ended()).then(|| file_of(number + 1)),
        };
        file.write_all(sheet.foot(Some(&beside))?.as_bytes())?;
        atomic_file::keep(file, &path)?;
        let letters = sheet.into_letters();
        Ok(Some(Written { letters, ..page }))
    }

    /// Removes unfinished folders of killed processes.
    fn sweep(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_partial = name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1);
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if is_partial && age > STALE {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes all but the newest copies, and no other file of the folder.
    fn drop_old(&self) -> std::io::Result<()> {
        let mut days: Vec<NaiveDate> = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                days.extend(day_of(&entry.file_name().to_string_lossy()));
            }
        }
        days.sort_unstable();
        // Today's copy stays, even if the folder has copies with later dates.
        let today = clock::today();
        days.retain(|day| *day != today);
        for day in days.iter().rev().skip(self.keep.saturating_sub(1)) {
            std::fs::remove_dir_all(self.folder.join(name_of(*day)))?;
        }
        Ok(())
    }
}

/// Returns the time at which the latest copy in a folder was written.
///
/// # Errors
/// The folder cannot be read.
pub fn latest_copy(folder: &Path) -> std::io::Result<Option<NaiveDateTime>> {
    let mut latest = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && day_of(&entry.file_name().to_string_lossy()).is_some() {
            let written = DateTime::<Utc>::from(entry.metadata()?.modified()?).naive_utc();
            latest = latest.max(Some(written));
        }
    }
    Ok(latest)
}

fn name_of(day: NaiveDate) -> String {
    format!("carnet-{day}")
}

/// Returns the day of a name made by [`name_of`].
fn day_of(name: &str) -> Option<NaiveDate> {
    let day = name.strip_prefix("carnet-")?.parse().ok()?;
    (name_of(day) == name).then_some(day)
}
