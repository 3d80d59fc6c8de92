//! `carnet check` and `carnet import`: the page's code, for a terminal.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest as _, Sha256};

use super::check::{LastLines, READ_BUFFER};
use super::findings::{self, Kind};
use super::form::{ImportForm, NewImport, refusal_message};
use super::format::{Finding, ReadError, Reader, Verdict};
use super::import::{Import, OnError, State};
use super::upload::UploadedFile;
use super::{pages, start, store};
use crate::config::{ImportArgs, OnErrorArg};
use crate::contacts::column_name;
use crate::db::{Constraint, Db};
use crate::domain::{Fault, Field, ImportName};
use crate::error::AppError;
use crate::i18n::{Catalogue, Locale, explain, fl};
use crate::jobs::{self, Work};
use crate::web::csrf::hex;

/// A line is rejected; nothing was written.
const REJECTED: i32 = 1;
/// The file is refused whole, or the import could not be made.
const REFUSED: i32 = 2;

/// `carnet check FILE`
///
/// # Errors
/// The file cannot be read.
pub fn check(path: &Path) -> anyhow::Result<i32> {
    let t = Locale::from_environment().catalogue();
    let file = open(path)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = match check_into(&mut out, t, file) {
        Ok(rejected) => {
            if rejected > 0 {
                REJECTED
            } else {
                0
            }
        }
        Err(ReadError::Refused(refusal)) => {
            writeln!(out, "{}", refusal_message(t, &refusal))?;
            REFUSED
        }
        Err(ReadError::Io(error)) => return Err(error.into()),
    };
    out.flush()?;
    Ok(code)
}

fn check_into(out: &mut impl std::io::Write, t: &Catalogue, file: File) -> Result<i64, ReadError> {
    let mut reader = Reader::new(BufReader::with_capacity(READ_BUFFER, file))?;
    let mut lines = LastLines::default();
    let (mut total, mut rejected, mut skipped) = (0, 0, 0);
    while let Some(line) = reader.next_line()? {
        total += 1;
        match line.verdict {
            Verdict::Valid(recipient) => lines.see(&recipient, line.number),
            Verdict::Header | Verdict::Empty => skipped += 1,
            Verdict::Rejected(findings) => {
                rejected += 1;
                for Finding {
                    field,
                    value,
                    fault,
                } in findings
                {
                    print_finding(out, t, findings::int(line.number), field, &value, &fault)?;
                }
            }
        }
    }
    let superseded = findings::int(lines.superseded.len() as u64);
    writeln!(
        out,
        "{}",
        fl!(
            t,
            "check-summary",
            lines = total,
            valid = (total - rejected - skipped - superseded),
            rejected = rejected,
            superseded = superseded,
            skipped = skipped
        )
    )?;
    Ok(rejected)
}

fn print_finding(
    out: &mut impl std::io::Write,
    t: &Catalogue,
    line: i64,
    field: Option<Field>,
    value: &str,
    fault: &Fault,
) -> std::io::Result<()> {
    let column = field.map_or_else(|| fl!(t, "whole-line"), |field| column_name(t, field));
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

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("the file {} cannot be read", path.display()))
}

/// `carnet import FILE --name NAME`
///
/// # Errors
/// The file cannot be read or the database not be reached.
pub async fn import(arguments: ImportArgs) -> anyhow::Result<i32> {
    let t = Locale::from_environment().catalogue();
    let form = ImportForm {
        name: arguments.name,
        on_error: match arguments.on_error {
            OnErrorArg::Stop => OnError::Ask,
            OnErrorArg::ImportValid => OnError::ImportValid,
        }
        .as_str()
        .to_owned(),
    };
    let new = match form.read(t) {
        Ok(new) => new,
        Err(errors) => {
            for error in errors.all() {
                eprintln!("{}", error.message);
            }
            return Ok(REFUSED);
        }
    };
    let file = describe(&arguments.file)?;
    let db = Db::open(&arguments.database.url()?)?;
    let id = match start::store(&db, new, file, None).await {
        Ok(id) => id,
        Err(AppError::Taken(Constraint::ImportName)) => {
            eprintln!("{}", fl!(t, "import-name-taken"));
            return Ok(REFUSED);
        }
        Err(error) => return Err(error.into()),
    };
    let worker = tokio::spawn(jobs::work_on(db.clone(), jobs::Kind::Import, id));
    let import = follow(&db, id).await?;
    worker.abort();
    tell(&db, t, &import).await
}

fn describe(path: &Path) -> anyhow::Result<UploadedFile> {
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(measured(open(path)?, name)?)
}

/// A file of our own as one that was uploaded.
fn measured(mut file: File, name: String) -> std::io::Result<UploadedFile> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; READ_BUFFER];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        size += count as u64;
    }
    file.rewind()?;
    Ok(UploadedFile {
        file,
        name,
        size,
        sha256: hex(&hash.finalize()),
    })
}

/// Imports the valid lines of a file under a name, and waits for the end.
///
/// # Errors
/// The file cannot be read, the name is none or taken, or the database fails.
pub async fn import_file(
    db: &Db,
    file: File,
    name: &str,
    account: Option<i64>,
) -> anyhow::Result<Import> {
    let new = NewImport {
        name: ImportName::parse(name)
            .map_err(|fault| anyhow::anyhow!("{name:?} is no import name: {fault:?}"))?,
        on_error: OnError::ImportValid,
        preview: false,
    };
    let file = measured(file, format!("{name}.csv"))?;
    let id = start::store(db, new, file, account).await?;
    let work = Work::unclaimed(db);
    tokio::task::spawn_blocking(move || super::job::run(&work, id)).await??;
    Ok(db.read(move |conn| store::find(conn, id)).await?)
}

/// Shows the progress until there is nothing more to wait for; the bar draws itself on a terminal only.
async fn follow(db: &Db, id: i64) -> anyhow::Result<Import> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    loop {
        let import = db.read(move |conn| store::find(conn, id)).await?;
        if !import.state.is_running() {
            bar.finish_and_clear();
            return Ok(import);
        }
        if import.state == State::Applying {
            bar.set_length(import.lines.unsigned_abs());
            bar.set_position(import.cursor_line.unsigned_abs());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn tell(db: &Db, t: &Catalogue, import: &Import) -> anyhow::Result<i32> {
    let mut after = (0, -1);
    loop {
        let id = import.id;
        let found = db
            .read(move |conn| findings::after(conn, id, Kind::Rejected, after, 500))
            .await?;
        let Some(last) = found.last() else { break };
        after = (last.line, last.ordinal);
        let mut out = std::io::stdout().lock();
        for finding in &found {
            print_finding(
                &mut out,
                t,
                finding.line,
                finding.field,
                &finding.value,
                &finding.fault,
            )?;
        }
    }
    let counts = import.counts;
    let summary = match import.state {
        State::Done => fl!(
            t,
            "import-summary",
            lines = import.lines,
            created = counts.created,
            updated = counts.updated,
            unchanged = counts.unchanged,
            restored = counts.restored,
            superseded = counts.superseded,
            rejected = counts.rejected,
            skipped = counts.skipped
        ),
        State::Deciding => fl!(
            t,
            "import-stopped",
            rejected = counts.rejected,
            importable = counts.importable()
        ),
        State::Refused => import
            .refusal
            .as_ref()
            .map(|refusal| refusal_message(t, refusal))
            .unwrap_or_default(),
        state => pages::state_name(t, &state),
    };
    println!("{summary}");
    Ok(match import.state {
        State::Done => 0,
        State::Deciding => {
            // Nothing was written, and nobody is there to decide: the name is free for the mended file.
            let id = import.id;
            db.write(move |conn| store::cancel(conn, id)).await?;
            REJECTED
        }
        _ => REFUSED,
    })
}
