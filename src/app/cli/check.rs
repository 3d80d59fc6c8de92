//! `carnet check` and `carnet import`: the code of the pages, for a terminal.
//!
//! Results go to standard output; faults and progress messages of the command itself go to standard error.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::base::random::hex;
use crate::db::Db;
use crate::domain::{Email, Fault, Field, ImportName};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, explain, fl};
use crate::imports::check::READ_BUFFER;
use crate::imports::column_names::ColumnNames;
use crate::imports::form::{NewImport, refusal_message};
use crate::imports::format::{Finding, ReadError, Reader, Verdict};
use crate::imports::import::{Import, OnError};
use crate::imports::superseded::LastLines;
use crate::imports::upload::UploadedFile;
use crate::imports::{findings, start, store};
use crate::jobs::JobContext;

// The exit statuses other than 0, as documented in the README and in `--help`.

/// Lines are rejected; nothing was written.
pub const REJECTED: i32 = 1;
/// The file is refused as a whole, or the request is impossible.
pub const REFUSED: i32 = 2;
/// The database is unreachable, or something else failed.
pub const FAILED: i32 = 3;
/// The usual status after Ctrl-C.
pub const INTERRUPTED: i32 = 130;

/// Prints a line on standard output. A closed output does not stop the command.
pub fn print_line(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

/// Prints a line on standard error.
pub fn print_error(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Accepts a closed output: readers such as `head` stop early, which is no failure.
pub fn is_heard(printed: AppResult<()>) -> AppResult<()> {
    match printed {
        Err(AppError::Internal(cause))
            if cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// `carnet check FILE`; returns the exit status.
pub fn check(path: &Path) -> i32 {
    let t = Locale::from_environment().catalogue();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            print_error(&unreadable(t, path, &error));
            return REFUSED;
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let checked = check_into(&mut out, t, file);
    let code = match checked {
        Ok(0) => 0,
        Ok(_) => REJECTED,
        Err(ReadError::Refused(refusal)) => {
            let _ = writeln!(out, "{}\n{}", refusal_message(t, &refusal), fl!(t, "command-strict-only"));
            REFUSED
        }
        Err(ReadError::Io(error)) if error.kind() == ErrorKind::BrokenPipe => return FAILED,
        Err(ReadError::Io(error)) => {
            print_error(&unreadable(t, path, &error));
            REFUSED
        }
    };
    if out.flush().is_err() { FAILED } else { code }
}

fn check_into(out: &mut impl std::io::Write, t: &Catalogue, file: File) -> Result<i64, ReadError> {
    let mut reader = Reader::new(BufReader::with_capacity(READ_BUFFER, file))?;
    let mut lines = LastLines::default();
    let (mut total, mut rejected, mut skipped) = (0, 0, 0);
    while let Some(line) = reader.next_line()? {
        total += 1;
        match line.verdict {
            Verdict::Valid(recipient) => {
                lines.see(recipient.email.as_ref().map_or("", Email::key), line.number);
            }
            Verdict::Header | Verdict::Empty => skipped += 1,
            Verdict::Rejected(findings) => {
                rejected += 1;
                for Finding { field, value, fault } in findings {
                    let column = ColumnNames::Strict.name(t, field.map(Field::column));
                    print_finding(out, t, findings::int(line.number), &column, &value, &fault)?;
                }
            }
        }
    }
    let superseded = findings::int(lines.superseded().len());
    writeln!(
        out,
        "{}",
        fl!(
            t,
            "words-file",
            lines = fl!(t, "words-lines", count = total),
            counts = [
                fl!(t, "words-valid", count = (total - rejected - skipped - superseded)),
                fl!(t, "words-rejected", count = rejected),
                fl!(t, "words-superseded", count = superseded),
                fl!(t, "words-skipped", count = skipped),
            ]
            .join(", ")
        )
    )?;
    Ok(rejected)
}

/// Prints a fault of a line; `column` is the name of its column.
pub fn print_finding(
    out: &mut impl std::io::Write,
    t: &Catalogue,
    line: i64,
    column: &str,
    value: &str,
    fault: &Fault,
) -> std::io::Result<()> {
    let explanation = explain(t, fault);
    let text = fl!(
        t,
        "check-finding",
        line = line,
        column = column,
        value = value,
        reason = explanation.reason,
        cure = explanation.cure
    );
    writeln!(out, "{text}")
}

/// Opens a file to import, and returns it with its number of lines, or the message why it is unreadable.
pub fn open(t: &Catalogue, path: &Path) -> Result<(UploadedFile, u64), String> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    File::open(path).and_then(|file| measured(file, name)).map_err(|error| unreadable(t, path, &error))
}

fn unreadable(t: &Catalogue, path: &Path, error: &std::io::Error) -> String {
    let path = path.display().to_string();
    match error.kind() {
        ErrorKind::NotFound => fl!(t, "command-no-file", path = path),
        _ => fl!(t, "command-unreadable", path = path, cause = error.to_string()),
    }
}

/// Returns a local file in the form of an upload, with its number of lines.
pub fn measured(mut file: File, name: String) -> std::io::Result<(UploadedFile, u64)> {
    let mut hash = Sha256::new();
    let (mut size, mut lines, mut last) = (0, 0, b'\n');
    let mut buffer = vec![0; READ_BUFFER];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(end) = buffer[..count].last() else {
            break;
        };
        last = *end;
        hash.update(&buffer[..count]);
        lines += buffer[..count].split(|byte| *byte == b'\n').count() as u64 - 1;
        size += count as u64;
    }
    file.rewind()?;
    let file = UploadedFile { file, name, size, sha256: hex(&hash.finalize()) };
    Ok((file, lines + u64::from(last != b'\n')))
}

/// Imports the valid lines of a file under a name, and waits for the end.
///
/// # Errors
/// The file is unreadable, the name is invalid or taken, or the database fails.
pub async fn import_file(db: &Db, file: File, name: &str, account: Option<i64>) -> anyhow::Result<Import> {
    let new = NewImport {
        name: ImportName::parse(name)
            .map_err(|fault| anyhow::anyhow!("{name:?} is not a valid import name: {fault:?}"))?,
        is_proposed: false,
        on_error: OnError::ImportValid,
        preview: false,
        list: None,
        profile: None,
        holds_doubtful: false,
    };
    let (file, _) = measured(file, format!("{name}.csv"))?;
    let id = start::store(db, new, file, account.into()).await?;
    let work = JobContext::unclaimed(db);
    tokio::task::spawn_blocking(move || crate::imports::job::run(&work, id)).await??;
    Ok(db.read(move |conn| store::find(conn, id)).await?)
}
