//! `carnet export`: the book as a file, for example from cron.

use std::io::{Seek as _, Write};
use std::path::Path;

use super::check::{INTERRUPTED, is_heard, print_error};
use super::import::{Ended, open_database, print_ended};
use crate::base::atomic_file;
use crate::base::stop::Stop;
use crate::book::filter::Filter;
use crate::config::{ExportArgs, ExportFormat};
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::export::pages::{record_begin, record_end};
use crate::export::workbook::Export;
use crate::export::writer::Writer;
use crate::export::xlsx;
use crate::i18n::{Catalogue, Locale, fl};

/// `carnet export [FILE]`; returns the exit status.
pub async fn export(arguments: ExportArgs) -> i32 {
    let locale = Locale::from_environment();
    let t = locale.catalogue();
    run(locale, &arguments).await.unwrap_or_else(|ended| print_ended(t, ended))
}

async fn run(locale: Locale, arguments: &ExportArgs) -> Result<i32, Ended> {
    let t = locale.catalogue();
    let db = open_database(t, &arguments.database).await?;
    let format = arguments.format;
    if format == ExportFormat::Xlsx {
        return workbook(locale, &db, arguments.file.as_deref()).await;
    }
    let writer = db
        .write(move |conn| {
            record_begin(conn, format, None)?;
            Writer::new(conn, format, &Filter::default(), locale)
        })
        .await?;
    let written = if let Some(path) = &arguments.file {
        let mut file = atomic_file::beside(path).map_err(|error| unwritable(t, path, &error))?;
        let written = copy(&db, writer, &mut file).await?;
        if written.is_some() {
            // The file appears only when it is complete.
            atomic_file::keep(file, path).map_err(|error| unwritable(t, path, &error))?;
        }
        written
    } else {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        match copy(&db, writer, &mut out).await {
            Ok(written) => written,
            // Readers such as `head` may stop early.
            Err(error) => return Ok(is_heard(Err(error)).map(|()| 0)?),
        }
    };
    let Some(writer) = written else {
        return Ok(INTERRUPTED);
    };
    record_end(&db, &writer, None).await?;
    if writer.left_out > 0 {
        print_error(&fl!(t, "export-left-out", count = writer.left_out));
    }
    Ok(0)
}

async fn workbook(locale: Locale, db: &Db, path: Option<&Path>) -> Result<i32, Ended> {
    let t = locale.catalogue();
    // A full disk gets its own message.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !xlsx::is_full(panic.payload()) {
            usual(panic);
        }
    }));
    let export = db
        .write(move |conn| {
            record_begin(conn, ExportFormat::Xlsx, None)?;
            Export::new(conn, &Filter::default(), locale)
        })
        .await?;
    let stop = Stop::at_signals();
    if let Some(path) = path {
        let file = atomic_file::beside(path).map_err(|error| unwritable(t, path, &error))?;
        let out = file.as_file().try_clone().map_err(AppError::from)?;
        if export.write(db, out, &stop).await?.is_none() {
            return Ok(INTERRUPTED);
        }
        atomic_file::keep(file, path).map_err(|error| unwritable(t, path, &error))?;
        return Ok(0);
    }
    let file = tempfile::tempfile().map_err(AppError::from)?;
    let Some(file) = export.write(db, file, &stop).await? else {
        return Ok(INTERRUPTED);
    };
    // Readers may stop early.
    Ok(is_heard(print_file(file)).map(|()| 0)?)
}

fn print_file(mut file: std::fs::File) -> AppResult<()> {
    file.rewind()?;
    let mut out = std::io::stdout();
    std::io::copy(&mut file, &mut out)?;
    Ok(out.flush()?)
}

fn unwritable(t: &Catalogue, path: &Path, error: &std::io::Error) -> Ended {
    Ended::Refused(fl!(t, "export-unwritable", path = path.display().to_string(), cause = error.to_string()))
}

/// Writes the whole export. Returns the writer, which has counted the contacts left out, or `None` if the process must end
/// first.
async fn copy(db: &Db, mut writer: Writer, out: &mut impl Write) -> AppResult<Option<Writer>> {
    let stop = Stop::at_signals();
    loop {
        if stop.is_asked() {
            return Ok(None);
        }
        let (bytes, back) = db
            .read_unhurried(move |conn| {
                let bytes = writer.next(conn)?;
                Ok((bytes, writer))
            })
            .await?;
        writer = back;
        let Some(bytes) = bytes else {
            out.flush()?;
            return Ok(Some(writer));
        };
        out.write_all(&bytes)?;
    }
}
