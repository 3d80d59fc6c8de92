//! The page of an import: one `match` on its state.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::diagnosis::StoredHead;
use super::findings::{self, Finding, FindingKind};
use super::form::refusal_message;
use super::import::{Import, State};
use super::panel::{self, Panel};
use super::preview::{self, Preview, PreviewQuery, Show};
use super::store::{self, ShownImport};
use super::undo::{Section, Undo};
use crate::base::paging;
use crate::db::Db;
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Explanation, column_name, explain, fl};
use crate::jobs::{self, JobFailures};
use crate::web::trouble::trouble_text;
use crate::web::{Context, FormErrors, page};

/// How long an answer waits for the job, so that most imports are complete when first shown.
const PATIENCE: Duration = Duration::from_secs(2);
/// Findings per page.
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

/// Waits until no job works on the import, or [`PATIENCE`] is over.
pub(super) async fn wait(db: &Db, id: i64) -> AppResult<()> {
    jobs::wait_for(PATIENCE, async || {
        let state = db.read(move |conn| store::state(conn, id)).await?;
        Ok(!state.is_running())
    })
    .await?;
    Ok(())
}

/// A finding in the reader's language.
struct ShownFinding {
    line: i64,
    column: String,
    value: String,
    explanation: Explanation,
}

fn rows(t: &Catalogue, findings: Vec<Finding>) -> Vec<ShownFinding> {
    findings
        .into_iter()
        .map(|finding| ShownFinding {
            line: finding.line,
            column: finding.field.map_or_else(|| fl!(t, "whole-line"), |field| column_name(t, field)),
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
            // A forecast repeated after a decision: its start is not recorded.
            _ if import.decided_by.is_some() => (import.cursor_byte, import.file_size, None),
            _ => {
                // The forecast reads the file a second time.
                let is_twice = import.preview || import.cursor_byte > import.file_size;
                let max = import.file_size * if is_twice { 2 } else { 1 };
                // The start of a check with another reading is not recorded.
                let is_first = import.reading.is_strict();
                (import.cursor_byte, max, is_first.then_some(import.created_at))
            }
        };
        let max = max.max(1);
        let seconds_left = since
            .map(store::seconds_since)
            .filter(|_| value > 0)
            .map(|seconds| seconds * (max - value) / value);
        Self { value, max, percent: value * 100 / max, seconds_left }
    }
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct ImportPage {
    cx: Context,
    shown: ShownImport,
    progress: Progress,
    /// The reason why the job makes no progress.
    trouble: Option<String>,
    /// Seconds between two refreshes, if the reader asked for them.
    auto: Option<u32>,
    rejected: Vec<ShownFinding>,
    rejected_next: Option<String>,
    superseded: Vec<ShownFinding>,
    superseded_next: Option<String>,
    refusal: Option<String>,
    /// Set while the import waits for a decision.
    preview: Option<Preview>,
    undo: Section,
    /// What is wrong with the file as a whole.
    panel: Option<Panel>,
    /// The reading of the file, if it is not the strict one.
    read_as: Option<String>,
    errors: FormErrors,
    /// Another name, if the import's own name was taken by another import.
    name: Option<String>,
}

impl ImportPage {
    /// Returns `true` if a job works on the import.
    fn is_running(&self) -> bool {
        self.shown.import.state.is_running() || self.undo.running().is_some()
    }

    /// When the import was undone, and by which account.
    fn undone_facts(&self, undone: &Undo) -> String {
        let date = self.cx.locale.date_time(&undone.finished_at.unwrap_or(undone.created_at));
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
            State::Deciding => fl!(t, "import-title-deciding", name = name, count = import.counts.rejected),
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

    /// Returns `true` if the reader may have the file read in the offered way.
    fn is_offered(&self) -> bool {
        self.panel.as_ref().is_some_and(|panel| panel.offers(&self.cx))
    }

    /// The file, the time, and the account.
    fn facts(&self) -> String {
        let (t, locale) = (self.cx.t, self.cx.locale);
        let import = &self.shown.import;
        let file = import.file_name.as_str();
        let size = locale.file_size(import.file_size);
        let date = locale.date_time(&import.created_at);
        match self.shown.by.as_deref() {
            Some(by) => fl!(t, "import-facts-by", file = file, size = size, date = date, by = by),
            None => fl!(t, "import-facts", file = file, size = size, date = date),
        }
    }

    /// The account that confirmed or cancelled the import, if any.
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
    troubles: web::Data<JobFailures>,
    id: web::Path<i64>,
    query: web::Query<ImportQuery>,
    list: web::Query<PreviewQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let of = |kind| troubles.of(kind, id);
    let trouble = of(jobs::Kind::Import).or_else(|| of(jobs::Kind::ImportUndo));
    let page = draw(cx, &db, id, &query, list.into_inner()).await?;
    page::ok(&ImportPage { trouble: trouble.map(|cause| trouble_text(page.cx.t, &cause)), ..page })
}

/// Shows the page again with the faults of a new name for the import.
pub(super) async fn unprocessable(
    cx: Context,
    db: &Db,
    id: i64,
    errors: FormErrors,
    name: String,
) -> AppResult<HttpResponse> {
    let page = draw(cx, db, id, &ImportQuery::default(), PreviewQuery::default()).await?;
    page::unprocessable(&ImportPage { errors, name: Some(name), ..page })
}

async fn draw(
    cx: Context,
    db: &Db,
    id: i64,
    query: &ImportQuery,
    list: PreviewQuery,
) -> AppResult<ImportPage> {
    let rejected_after = place(&query.after);
    let superseded_after = place(&query.superseded_after);
    let kept_after = query.kept_after.parse().unwrap_or(0);
    let limit = paging::limit(PAGE);
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
                findings::after(conn, id, FindingKind::Rejected, rejected_after, limit)?,
                findings::after(conn, id, FindingKind::Superseded, superseded_after, limit)?,
            ))
        })
        .await?;
    // There is no complete list while the file is being read.
    if shown.import.state == State::Checking {
        rejected.clear();
        superseded.clear();
    }
    // One list at a time; only the superseded lines may follow below the rejected ones.
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
    let panel = head.as_ref().and_then(|head| Panel::of_import(cx.t, &shown.import, head.head()));
    Ok(ImportPage {
        progress: Progress::of(&shown.import, &undo),
        trouble: None,
        refusal: shown.import.refusal.as_ref().map(|refusal| {
            panel.as_ref().map_or_else(|| refusal_message(cx.t, refusal), |panel| panel.sentence.clone())
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

/// Parses a position: `12-0` is the first finding of line 12.
fn place(text: &str) -> (i64, i64) {
    text.split_once('-')
        .and_then(|(line, ordinal)| Some((line.parse().ok()?, ordinal.parse().ok()?)))
        .unwrap_or((0, -1))
}

fn cut(findings: &mut Vec<Finding>) -> Option<String> {
    paging::cut(findings, PAGE, |last| format!("{}-{}", last.line, last.ordinal))
}
