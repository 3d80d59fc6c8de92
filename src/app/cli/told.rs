//! What `carnet import` says of an import that has ended or waits.

use super::check::{REJECTED, print_error, print_finding, print_line};
use super::import::{Ended, Followed};
use crate::db::Db;
use crate::i18n::{Catalogue, fl};
use crate::imports::column_names::ColumnNames;
use crate::imports::counting::file_in_words;
use crate::imports::findings::{self, FindingKind};
use crate::imports::form::refusal_message;
use crate::imports::import::{Import, OnError, State};
use crate::imports::pages;

pub(super) fn waiting(t: &Catalogue, import: &Import) -> String {
    fl!(t, "again-waiting", name = import.name.as_str(), page = page_of(import.id))
}

pub(super) fn page_of(id: i64) -> String {
    format!("/imports/{id}")
}

/// Reports an import that was cancelled because nobody can decide; `stops` are the reasons besides rejected lines.
pub(super) fn tell_given_up(t: &Catalogue, followed: &Followed, import: &Import, stops: &[String]) -> i32 {
    let rejected = import.counts.rejected;
    if followed.preview && import.state == State::Deciding {
        let counts = file_in_words(t, import.lines, &import.counts, true);
        print_line(&fl!(t, "command-preview", counts = counts));
    } else if rejected > 0 && import.on_error == OnError::Ask {
        print_error(&fl!(t, "import-stopped", rejected = rejected));
    } else {
        print_error(&fl!(t, "nothing-written"));
    }
    for stop in stops {
        print_error(stop);
    }
    if rejected > 0 || !stops.is_empty() { REJECTED } else { 0 }
}

/// Reports the end of an import, and returns the exit status.
pub(super) fn tell_end(t: &Catalogue, import: &Import) -> Result<i32, Ended> {
    match import.state {
        State::Done => {
            let counts = file_in_words(t, import.lines, &import.counts, false);
            print_line(&fl!(t, "command-done", name = import.name.as_str(), counts = counts));
            Ok(0)
        }
        State::Deciding => {
            print_error(&waiting(t, import));
            Ok(REJECTED)
        }
        state => {
            let refusal = import.refusal.as_ref();
            let words =
                refusal.map_or_else(|| pages::state_name(t, &state), |refusal| refusal_message(t, refusal));
            Err(Ended::Refused(words))
        }
    }
}

/// Prints the faults of rejected lines on standard error.
pub(super) async fn tell_rejected(db: &Db, t: &Catalogue, import: &Import) -> Result<(), Ended> {
    let id = import.id;
    let mut after = (0, -1);
    let names = db
        .read({
            let import = import.clone();
            move |conn| ColumnNames::of(conn, &import)
        })
        .await?;
    loop {
        let found = db
            .read_unhurried(move |conn| findings::after(conn, id, FindingKind::Rejected, after, 500))
            .await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = (last.line, last.ordinal);
        let mut out = std::io::stderr().lock();
        for finding in &found {
            // A closed output does not stop the command.
            let column = names.name(t, finding.column);
            let _ = print_finding(&mut out, t, finding.line, &column, &finding.value, &finding.fault);
        }
    }
}
