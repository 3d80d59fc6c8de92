//! The page of an import, which is one `match` on its state.

use crate::web::trouble::trouble_text;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::diagnosis::StoredHead;
use super::findings::{self, Finding, Kind};
use super::form::refusal_message;
use super::import::{Import, State};
use super::panel::{self, Panel};
use super::preview::{self, ListQuery, Preview, Show};
use super::store::{self, Shown};
use super::undo::{Section, Undo};
use crate::db::Db;
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::column_name;
use crate::i18n::{Catalogue, Explanation, explain, fl};
use crate::jobs::{self, Troubles};
use crate::web::{Context, FormErrors, page};

/// How long an answer waits for the work, so that most imports show their result at once.
const PATIENCE: Duration = Duration::from_secs(2);
/// Findings a page.
const PAGE: usize = 50;

pub fn state_name(t: &Catalogue, state: &State) -> String {
    match state {
        State::Checking => fl!(t, "state-checking"),
        State::Deciding => fl!(t, "state-deciding"),
        State::Applying => fl!(t, "state-applying"),
        State::Done => fl!(t, "state-done"),
        State::Refused => fl!(t, "state-refused"),
        State::Cancelled => fl!(t, "state-cancelled"),
    }
}

/// Until the import needs nothing more from the program, or patience ends.
pub(super) async fn wait(db: &Db, id: i64) -> AppResult<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < deadline {
        if !db
            .read(move |conn| store::state(conn, id))
            .await?
            .is_running()
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

/// A finding in the reader's language.
struct Row {
    line: i64,
    column: String,
    value: String,
    explanation: Explanation,
}

fn rows(t: &Catalogue, findings: Vec<Finding>) -> Vec<Row> {
    findings
        .into_iter()
        .map(|finding| Row {
            line: finding.line,
            column: finding
                .field
                .map_or_else(|| fl!(t, "whole-line"), |field| column_name(t, field)),
            value: finding.value,
            explanation: explain(t, &finding.fault),
        })
        .collect()
}

struct Progress {
    value: i64,
    max: i64,
    percent: i64,
    seconds_left: Option<i64>,
}

impl Progress {
    fn of(import: &Import, undo: &Section) -> Self {
        let (value, max, since) = match (import.state, undo.running()) {
            (_, Some(undo)) => (undo.done, import.counts.importable(), Some(undo.created_at)),
            (State::Applying, None) => (import.cursor_line, import.lines, import.applying_since),
            // Made again for a decision: nobody noted when that began.
            _ if import.decided_by.is_some() => (import.cursor_byte, import.file_size, None),
            _ => {
                // Working out what would change goes through the file a second time.
                let is_twice = import.preview || import.cursor_byte > import.file_size;
                let max = import.file_size * if is_twice { 2 } else { 1 };
                // When it began to be read again nobody noted.
                let is_first = import.reading.is_strict();
                (
                    import.cursor_byte,
                    max,
                    is_first.then_some(import.created_at),
                )
            }
        };
        let max = max.max(1);
        let seconds_left = since
            .map(store::seconds_since)
            .filter(|_| value > 0)
            .map(|seconds| seconds * (max - value) / value);
        Self {
            value,
            max,
            percent: value * 100 / max,
            seconds_left,
        }
    }
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ImportPage {
    cx: Context,
    shown: Shown,
    progress: Progress,
    /// Why the work stands still.
    trouble: Option<String>,
    /// Seconds between two looks, when the reader asked for it.
    auto: Option<u32>,
    rejected: Vec<Row>,
    rejected_next: Option<String>,
    superseded: Vec<Row>,
    superseded_next: Option<String>,
    refusal: Option<String>,
    /// Of an import that waits for a decision.
    preview: Option<Preview>,
    undo: Section,
    /// What is wrong with the file as a whole.
    panel: Option<Panel>,
    /// How it was read, where that is not strictly.
    read_as: Option<String>,
    errors: FormErrors,
    /// Another name, when its own went to another import.
    name: Option<String>,
}

impl ImportPage {
    /// Whether the program is at work on it.
    fn is_running(&self) -> bool {
        self.shown.import.state.is_running() || self.undo.running().is_some()
    }

    /// When it was undone, and by whom.
    fn undone_facts(&self, undone: &Undo) -> String {
        let date = self
            .cx
            .locale
            .date_time(&undone.finished_at.unwrap_or(undone.created_at));
        match self.undo.by() {
            Some(by) => fl!(self.cx.t, "undone-facts-by", date = date, by = by),
            None => fl!(self.cx.t, "undone-facts", date = date),
        }
    }

    fn heading(&self) -> String {
        let t = self.cx.t;
        let import = &self.shown.import;
        let name = import.name.as_str();
        match import.state {
            State::Checking => fl!(t, "import-title-checking", name = name),
            State::Deciding => fl!(
                t,
                "import-title-deciding",
                name = name,
                count = import.counts.rejected
            ),
            State::Applying => fl!(t, "import-title-applying", name = name),
            State::Done if self.undo.running().is_some() => {
                fl!(t, "import-title-undoing", name = name)
            }
            State::Done if self.undo.finished().is_some() => {
                fl!(t, "import-title-undone", name = name)
            }
            State::Done => fl!(t, "import-title-done", name = name),
            State::Refused => fl!(t, "import-title-refused", name = name),
            State::Cancelled => fl!(t, "import-title-cancelled", name = name),
        }
    }

    /// Whether the file can be read in another way, by the one who looks.
    fn is_offered(&self) -> bool {
        self.panel
            .as_ref()
            .is_some_and(|panel| panel.offers(&self.cx))
    }

    /// Which file, when, and by whom.
    fn facts(&self) -> String {
        let (t, locale) = (self.cx.t, self.cx.locale);
        let import = &self.shown.import;
        let file = import.file_name.as_str();
        let size = locale.file_size(import.file_size);
        let date = locale.date_time(&import.created_at);
        match self.shown.by.as_deref() {
            Some(by) => fl!(
                t,
                "import-facts-by",
                file = file,
                size = size,
                date = date,
                by = by
            ),
            None => fl!(t, "import-facts", file = file, size = size, date = date),
        }
    }

    /// Who confirmed or cancelled it, where somebody did.
    fn decided(&self) -> Option<String> {
        let (t, by) = (self.cx.t, self.shown.decided_by.as_deref()?);
        match self.shown.import.state {
            State::Cancelled => Some(fl!(t, "decided-cancelled", by = by)),
            State::Applying | State::Done => Some(fl!(t, "decided-confirmed", by = by)),
            State::Checking | State::Deciding | State::Refused => None,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ImportQuery {
    auto: String,
    after: String,
    superseded_after: String,
    kept_after: String,
}

/// `GET /imports/{id}`
pub async fn show(
    cx: Context,
    db: web::Data<Db>,
    troubles: web::Data<Troubles>,
    id: web::Path<i64>,
    query: web::Query<ImportQuery>,
    list: web::Query<ListQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let of = |kind| troubles.of(kind, id);
    let trouble = of(jobs::Kind::Import).or_else(|| of(jobs::Kind::ImportUndo));
    let page = draw(cx, &db, id, &query, list.into_inner()).await?;
    page::ok(&ImportPage {
        trouble: trouble.map(|cause| trouble_text(page.cx.t, &cause)),
        ..page
    })
}

/// The page again, with what is wrong in the name that its import would have.
pub(super) async fn unprocessable(
    cx: Context,
    db: &Db,
    id: i64,
    errors: FormErrors,
    name: String,
) -> AppResult<HttpResponse> {
    let page = draw(cx, db, id, &ImportQuery::default(), ListQuery::default()).await?;
    page::unprocessable(&ImportPage {
        errors,
        name: Some(name),
        ..page
    })
}

async fn draw(
    cx: Context,
    db: &Db,
    id: i64,
    query: &ImportQuery,
    list: ListQuery,
) -> AppResult<ImportPage> {
    let rejected_after = place(&query.after);
    let superseded_after = place(&query.superseded_after);
    let kept_after = query.kept_after.parse().unwrap_or(0);
    let limit = PAGE as i64 + 1;
    let (shown, head, preview, undo, mut rejected, mut superseded) = db
        .read(move |conn| {
            let shown = store::show(conn, id)?;
            let head = if panel::has_something_to_say(&shown.import) {
                StoredHead::load(conn, &shown.import)?
            } else {
                None
            };
            let preview = match shown.import.state {
                State::Deciding => Some(preview::load(conn, &shown.import, &list)?),
                _ => None,
            };
            let undo = Section::load(conn, &shown.import, kept_after)?;
            Ok((
                shown,
                head,
                preview,
                undo,
                findings::after(conn, id, Kind::Rejected, rejected_after, limit)?,
                findings::after(conn, id, Kind::Superseded, superseded_after, limit)?,
            ))
        })
        .await?;
    // While the file is still being read there is no list to show yet.
    if shown.import.state == State::Checking {
        rejected.clear();
        superseded.clear();
    }
    // One list at a time; below the rejected lines there is room for the superseded ones.
    if let Some(preview) = &preview {
        if preview.show != Show::Rejected {
            rejected.clear();
        }
        if !matches!(preview.show, Show::Rejected | Show::Superseded) {
            superseded.clear();
        }
    }
    let auto = match query.auto.as_str() {
        "2" if shown.import.state.is_running() || undo.running().is_some() => Some(2),
        _ => None,
    };
    let rejected_next = cut(&mut rejected);
    let superseded_next = cut(&mut superseded);
    let panel = head
        .as_ref()
        .and_then(|head| Panel::of_import(cx.t, &shown.import, head.head()));
    Ok(ImportPage {
        progress: Progress::of(&shown.import, &undo),
        trouble: None,
        refusal: shown.import.refusal.as_ref().map(|refusal| {
            panel.as_ref().map_or_else(
                || refusal_message(cx.t, refusal),
                |panel| panel.sentence.clone(),
            )
        }),
        panel,
        read_as: panel::read_as(cx.t, &shown.import),
        errors: FormErrors::default(),
        name: None,
        rejected: rows(cx.t, rejected),
        rejected_next,
        superseded: rows(cx.t, superseded),
        superseded_next,
        auto,
        preview,
        undo,
        shown,
        cx,
    })
}

/// `12-0` is the first finding of line 12.
fn place(text: &str) -> (i64, i64) {
    text.split_once('-')
        .and_then(|(line, ordinal)| Some((line.parse().ok()?, ordinal.parse().ok()?)))
        .unwrap_or((0, -1))
}

fn cut(findings: &mut Vec<Finding>) -> Option<String> {
    if findings.len() <= PAGE {
        return None;
    }
    findings.truncate(PAGE);
    findings
        .last()
        .map(|last| format!("{}-{}", last.line, last.ordinal))
}
