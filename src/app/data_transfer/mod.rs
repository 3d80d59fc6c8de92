//! `carnet copy`: copies a whole book from one database into an empty one, of the same engine or the other.

mod rows;
pub mod schema;
mod transfer;

use super::cli::check::{INTERRUPTED, print_error, print_line};
use super::cli::import::{Ended, existing_url, print_ended};
use crate::base::stop::Stop;
use crate::book::search;
use crate::config::{CopyArgs, DatabaseUrl};
use crate::db::{self, ConnectionManager, Db};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, fl};
use transfer::{Compared, Trouble};

/// The exit status if the copy differs and is discarded.
const DIFFERS: i32 = 1;

/// `carnet copy --from URL --to URL`; returns the exit status.
pub async fn copy(arguments: CopyArgs) -> i32 {
    let t = Locale::from_environment().catalogue();
    let stop = Stop::at_signals();
    match run(t, arguments, &stop).await {
        Ok(code) => code,
        Err(_) if stop.is_asked() => INTERRUPTED,
        Err(ended) => print_ended(t, ended),
    }
}

async fn run(t: &'static Catalogue, arguments: CopyArgs, stop: &Stop) -> Result<i32, Ended> {
    let from = existing_url(t, &arguments.source())?;
    let to = arguments.target().url();
    let to = to.map_err(|error| Ended::Refused(error.to_string()))?;
    let own = stop.clone();
    let copied = tokio::task::spawn_blocking(move || between(&from, &to, &own)).await;
    match copied.map_err(|error| AppError::Internal(error.into()))? {
        Ok(compared) => {
            tell(&compared);
            print_line(&fl!(t, "copy-done"));
            Ok(0)
        }
        Err(AppError::Internal(cause)) => match cause.downcast::<Trouble>() {
            Ok(Trouble::Shapes) => Err(Ended::Refused(fl!(t, "copy-shapes"))),
            Ok(Trouble::NotEmpty(table)) => Err(Ended::Refused(fl!(t, "copy-not-empty", table = table))),
            Ok(Trouble::Differs(compared)) => {
                tell(&compared);
                print_error(&fl!(t, "copy-differs"));
                Ok(DIFFERS)
            }
            Err(cause) => Err(Ended::Failed(AppError::Internal(cause))),
        },
        Err(error) => Err(Ended::Failed(error)),
    }
}

fn between(from: &DatabaseUrl, to: &DatabaseUrl, stop: &Stop) -> AppResult<Vec<Compared>> {
    let open = |url: &DatabaseUrl| {
        let opened = ConnectionManager::new(url.clone()).open();
        opened.map_err(AppError::Unavailable)
    };
    let mut source = open(from)?;
    let shape = db::applied_migrations(&mut source).map_err(AppError::Internal)?;
    // A book of another version may be named by mistake; its schema must not be migrated.
    let before = db::applied_migrations(&mut open(to)?).map_err(AppError::Internal)?;
    if !before.is_empty() && before != shape {
        return Err(Trouble::Shapes.into());
    }
    let target = Db::open(to).map_err(AppError::Unavailable)?.until(stop);
    if shape != db::applied_migrations(&mut open(to)?).map_err(AppError::Internal)? {
        return Err(Trouble::Shapes.into());
    }
    transfer::begin_reading(&mut source)?;
    let compared = target.write_blocking(|conn| transfer::copy(&mut source, conn, stop))?;
    // The copy is already committed: if this fails, the next start of a server completes the search index.
    if let Err(error) = search::complete(&target) {
        tracing::warn!(%error, "search index incomplete; the next start of a server on the new database completes it");
    }
    Ok(compared)
}

/// Prints a line per table, and the values of both sides where they differ.
fn tell(compared: &[Compared]) {
    for Compared { table, source, target } in compared {
        print_line(&format!("{table}\t{}\t{}", source.rows, source.checksum));
        if target != source {
            print_line(&format!("≠ {table}\t{}\t{}", target.rows, target.checksum));
        }
    }
}
