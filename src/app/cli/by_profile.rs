//! `--profile`: any list, read by a profile of the book, for `carnet check` and `carnet import`.

use std::io::Write as _;

use super::check::{REFUSED, REJECTED, is_heard, open, print_error, print_finding, print_line};
use super::import::{Ended, open_database, print_ended};
use crate::config::CheckArgs;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, fl};
use crate::imports::column_names::heading_of;
use crate::imports::counting::file_in_words;
use crate::imports::form::{NewImport, refusal_message};
use crate::imports::import::Import;
use crate::imports::profiles::{self, Profile, Tried};
use crate::imports::sources::SourceKind;
use crate::imports::start;
use crate::imports::upload::UploadedFile;
use crate::jobs::older;

/// Recognises a list that a profile can read. Cards need no profile, so they are refused.
pub fn recognise(t: &Catalogue, mut file: UploadedFile) -> Result<(UploadedFile, SourceKind), Ended> {
    match start::recognise_list(&mut file)? {
        Ok(SourceKind::Vcard) => Err(Ended::Refused(fl!(t, "command-profile-cards"))),
        Ok(kind) => Ok((file, kind)),
        Err(refusal) => Err(Ended::Refused(refusal_message(t, &refusal))),
    }
}

async fn find(db: &Db, t: &Catalogue, name: &str) -> Result<Profile, Ended> {
    let wanted = name.to_owned();
    let found = db.read(move |conn| profiles::by_name(conn, &wanted)).await?;
    found.ok_or_else(|| Ended::Refused(fl!(t, "command-no-profile", name = name)))
}

/// The import of a list that must be read by a profile.
pub async fn new_import(db: &Db, t: &Catalogue, new: NewImport, profile: &str) -> Result<NewImport, Ended> {
    let profile = find(db, t, profile).await?;
    if db.read(older::is_older_node_alive).await? {
        return Err(Ended::Refused(fl!(t, "import-older-node")));
    }
    Ok(NewImport { profile: Some(profile.id), ..new })
}

/// Why an import that a profile was to read waits, one sentence each.
pub async fn stops(db: &Db, t: &'static Catalogue, import: &Import) -> AppResult<Vec<String>> {
    let import = import.clone();
    db.read(move |conn| profiles::stops(conn, t, &import)).await
}

/// `carnet check FILE --profile NAME`; returns the exit status.
pub async fn check(arguments: &CheckArgs, profile: &str) -> i32 {
    let t = Locale::from_environment().catalogue();
    try_list(t, arguments, profile).await.unwrap_or_else(|ended| print_ended(t, ended))
}

async fn try_list(t: &'static Catalogue, arguments: &CheckArgs, profile: &str) -> Result<i32, Ended> {
    let (file, _) = open(t, &arguments.file).map_err(Ended::Refused)?;
    let (file, kind) = recognise(t, file)?;
    let db = open_database(t, &arguments.database).await?;
    let profile = find(&db, t, profile).await?;
    let trial = tokio::task::spawn_blocking(move || tell_faults(&db, t, &profile, kind, &file));
    let tried = trial.await.map_err(|error| AppError::Internal(error.into()))??;
    Ok(match tried {
        Tried::Refused(refusal) => {
            print_line(&refusal_message(t, &refusal));
            REFUSED
        }
        Tried::Unfit(words) => {
            print_error(&words);
            REJECTED
        }
        Tried::Judged(judged) => {
            print_line(&file_in_words(t, judged.lines, &judged.counts, true));
            for passed in &judged.passed {
                print_line(&passed.words(t));
            }
            if judged.counts.rejected > 0 || !judged.passed.is_empty() { REJECTED } else { 0 }
        }
    })
}

/// Checks the list, and prints each fault on standard output.
fn tell_faults(
    db: &Db,
    t: &Catalogue,
    profile: &Profile,
    kind: SourceKind,
    file: &UploadedFile,
) -> AppResult<Tried> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let tried = profiles::try_list(db, t, profile, (kind, &file.file), &mut |line, headings, found| {
        let column = heading_of(t, headings, found.column);
        let printed = print_finding(&mut out, t, line, &column, &found.value, &found.fault);
        is_heard(printed.map_err(AppError::from))
    })?;
    is_heard(out.flush().map_err(AppError::from))?;
    Ok(tried)
}
