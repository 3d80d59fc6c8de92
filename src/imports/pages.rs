//! The page of an import: one `match` on its state.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::changed::Changed;
use super::column_names::ColumnNames;
use super::corrections::Summary;
use super::diagnosis::StoredHead;
use super::findings::{self, FindingKind};
use super::import::{Import, State};
use super::left_out::LeftOut;
use super::outcomes::{Outcome, outcomes};
use super::panel::{self, Panel, encoding_of};
use super::preview::{self, Preview, PreviewQuery, Show};
use super::profiles::Used;
use super::progress::Progress;
use super::refused;
use super::rejections::{self, Asked, Rejections, ShownFinding};
use super::sources::SourceKind;
use super::store::{self, ShownImport};
use super::undo::{Section, Undo};
use crate::base::paging;
use crate::db::{AnyConnection, Db};
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::jobs::{self, JobFailures};
use crate::web::settings::Settings;
use crate::web::trouble::trouble_text;
use crate::web::{Context, FormErrors, page};

/// How long an answer waits for the job, so that most imports are complete when first shown.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn state_name(t: &Catalogue, state: &State) -> String {
    match state {
        State::Mapping => fl!(t, "state-mapping"),
        State::Checking => fl!(t, "state-checking"),
        State::Deciding => fl!(t, "state-deciding"),
        State::Applying => fl!(t, "state-applying"),
        State::Done => fl!(t, "state-done"),
        State::Refused => fl!(t, "state-refused"),
        State::Cancelled => fl!(t, "state-cancelled"),
    }
}

/// Waits until no job works on the import, or [`PATIENCE`] is over.
pub async fn wait(db: &Db, id: i64) -> AppResult<()> {
    jobs::wait_for(PATIENCE, async || {
        let import = db.read(move |conn| store::find(conn, id)).await?;
        Ok(!import.is_running())
    })
    .await?;
    Ok(())
}

/// The address of the page about an import: that of its columns while it waits for them.
pub fn address(import: &Import) -> String {
    match import.state {
        State::Mapping if !import.is_running() => format!("/imports/{}/columns", import.id),
        _ => format!("/imports/{}", import.id),
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
    outcomes: Vec<Outcome>,
    rejections: Rejections,
    superseded: Vec<ShownFinding>,
    superseded_next: Option<String>,
    /// Set while the import waits for a decision.
    preview: Option<Preview>,
    /// Old and new values of the contacts of a finished import, if they are asked for.
    changed: Option<Changed>,
    undo: Section,
    /// What is wrong with the file as a whole.
    panel: Option<Panel>,
    /// The profile by which the columns of the list were read.
    profile: Option<Used>,
    /// The lines that were fixed in the page, and those that can be.
    lines: Summary,
    /// What the import does not take over.
    left_out: Option<LeftOut>,
    /// The reading of the file, if it is not the strict one.
    read_as: Option<String>,
    errors: FormErrors,
    /// The import's name, or what was typed instead.
    name: String,
}

impl ImportPage {
    /// Returns `true` if a job works on the import.
    fn is_running(&self) -> bool {
        self.shown.import.is_running() || self.undo.running().is_some()
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
            State::Mapping => fl!(t, "import-title-mapping", name = name),
            State::Checking => fl!(t, "import-title-checking", name = name),
            State::Deciding => fl!(t, "import-title-deciding", name = name),
            State::Applying => fl!(t, "import-title-applying", name = name),
            State::Done if self.undo.running().is_some() => {
                fl!(t, "import-title-undoing", name = name)
            }
            State::Done if self.undo.finished().is_some() => {
                fl!(t, "import-title-undone", name = name)
            }
            State::Done => fl!(t, "import-title-done", name = name),
            State::Refused => fl!(t, "refused-title"),
            State::Cancelled => fl!(t, "import-title-cancelled", name = name),
        }
    }

    /// The number of the step at which the import is.
    fn step(&self) -> usize {
        match self.shown.import.state {
            State::Mapping | State::Checking | State::Deciding | State::Refused | State::Cancelled => 2,
            State::Applying | State::Done => 3,
        }
    }

    fn left_out_words(&self, left_out: &LeftOut) -> String {
        let t = self.cx.t;
        let names = left_out.list(self.cx.locale);
        if !left_out.is_of_cards {
            fl!(t, "left-out-columns", names = names)
        } else if left_out.are_kept {
            fl!(t, "left-out-kept", names = names)
        } else {
            fl!(t, "left-out-properties", names = names)
        }
    }

    /// Returns `true` if somebody can say what the columns are: those of cards are their properties.
    fn has_columns(&self) -> bool {
        self.shown.import.list.is_some_and(|list| list != SourceKind::Vcard)
    }

    fn facts(&self) -> String {
        facts(&self.cx, &self.shown)
    }

    /// The account that confirmed or discarded the import, if any.
    fn decided(&self) -> Option<String> {
        let (t, by) = (self.cx.t, self.shown.decided_by.as_deref()?);
        match self.shown.import.state {
            State::Cancelled => Some(fl!(t, "decided-cancelled", by = by)),
            State::Applying | State::Done => Some(fl!(t, "decided-confirmed", by = by)),
            State::Mapping | State::Checking | State::Deciding | State::Refused => None,
        }
    }

    /// The list that an outcome links to, as the end of the page's URL.
    fn link(&self, outcome: &Outcome) -> Option<String> {
        let show = outcome.show;
        let place = match show {
            Show::Rejected | Show::Superseded => show.as_str(),
            _ => "list",
        };
        match self.shown.import.state {
            _ if show == Show::All => None,
            State::Deciding => Some(format!("?show={}#{place}", show.as_str())),
            State::Done if matches!(show, Show::Rejected | Show::Superseded) => Some(format!("#{place}")),
            State::Done if show.is_by_field() => Some("?show=changed#list".to_owned()),
            _ => None,
        }
    }

    /// Returns `true` if the outcome's list is shown.
    fn is_listed(&self, outcome: &Outcome) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.show == outcome.show)
    }
}

/// The file, the time, and the account.
fn facts(cx: &Context, shown: &ShownImport) -> String {
    let import = &shown.import;
    let file = import.file_name.as_str();
    let date = cx.locale.date_time(&import.created_at);
    match shown.by.as_deref() {
        Some(by) => fl!(cx.t, "import-facts-by", file = file, date = date, by = by),
        None => fl!(cx.t, "import-facts", file = file, date = date),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ImportQuery {
    auto: String,
    /// Rejected lines: their reason, and the place after which the page begins.
    reason: String,
    after: String,
    superseded_after: String,
    kept_after: String,
    /// The contacts of a finished import.
    changed_after: String,
}

/// `GET /imports/{id}`
pub async fn show(
    cx: Context,
    db: web::Data<Db>,
    troubles: web::Data<JobFailures>,
    settings: web::Data<Settings>,
    id: web::Path<i64>,
    query: web::Query<ImportQuery>,
    list: web::Query<PreviewQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let of = |kind| troubles.of(kind, id);
    let of_import = of(jobs::Kind::Import).or_else(|| of(jobs::Kind::ListImport));
    let trouble = of_import.or_else(|| of(jobs::Kind::ImportUndo));
    let trouble = trouble.map(|cause| trouble_text(cx.t, &cause));
    let loaded = match load(&cx, &db, id, query.into_inner(), list.into_inner()).await {
        // The contact type or the source of its columns was deleted: somebody has to choose again.
        Err(AppError::Gone) => {
            cx.say(fl!(cx.t, "columns-invalid"));
            return Ok(page::see_other(format!("/imports/{id}/columns")));
        }
        loaded => loaded?,
    };
    let import = &loaded.shown.import;
    if import.state == State::Refused {
        return loaded.refused(cx, &settings, FormErrors::default(), None);
    }
    if import.state == State::Mapping && !import.is_running() && cx.may_import() {
        return Ok(page::see_other(address(import)));
    }
    page::ok(&ImportPage { trouble, ..loaded.page(cx) })
}

/// Shows the page again with the faults of a new name for the import.
pub(super) async fn unprocessable(
    cx: Context,
    db: &Db,
    settings: &Settings,
    id: i64,
    errors: FormErrors,
    name: String,
) -> AppResult<HttpResponse> {
    let loaded = load(&cx, db, id, ImportQuery::default(), PreviewQuery::default()).await?;
    if loaded.shown.import.state == State::Refused {
        return loaded.refused(cx, settings, errors, Some(name));
    }
    page::unprocessable(&ImportPage { errors, name, ..loaded.page(cx) })
}

/// What the page shows, as found in one reading transaction.
struct Loaded {
    shown: ShownImport,
    panel: Option<Panel>,
    profile: Option<Used>,
    lines: Summary,
    left_out: Option<LeftOut>,
    preview: Option<Preview>,
    changed: Option<Changed>,
    undo: Section,
    rejections: Rejections,
    /// Superseded lines, and the place after which the next page begins.
    superseded: (Vec<ShownFinding>, Option<String>),
    auto: bool,
}

async fn load(cx: &Context, db: &Db, id: i64, query: ImportQuery, list: PreviewQuery) -> AppResult<Loaded> {
    let t = cx.t;
    db.read(move |conn| load_now(conn, t, id, &query, &list)).await
}

fn load_now(
    conn: &mut AnyConnection,
    t: &'static Catalogue,
    id: i64,
    query: &ImportQuery,
    list: &PreviewQuery,
) -> AppResult<Loaded> {
    let shown = store::show(conn, id)?;
    let import = &shown.import;
    let head = if panel::has_something_to_say(import) { StoredHead::load(conn, import)? } else { None };
    let preview = match import.state {
        State::Deciding => Some(preview::load(conn, import, list)?),
        _ => None,
    };
    let changed = match import.state {
        State::Done if list.asks_for_changed() => {
            Some(Changed::load(conn, id, query.changed_after.parse().unwrap_or(0))?)
        }
        _ => None,
    };
    let undo = Section::load(conn, import, query.kept_after.parse().unwrap_or(0))?;
    // One list at a time; only the superseded lines may follow below the rejected ones. There is no complete list while the
    // file is being read.
    let show = preview.as_ref().map(|preview| preview.show);
    let is_read = !matches!(import.state, State::Mapping | State::Checking);
    let shows_rejected = is_read && show.is_none_or(|show| show == Show::Rejected);
    let shows_superseded =
        is_read && show.is_none_or(|show| matches!(show, Show::Rejected | Show::Superseded));
    let names = ColumnNames::of(conn, import)?;
    let rejections = if shows_rejected && import.counts.rejected > 0 {
        Rejections::load(conn, t, &names, id, Asked::read(&query.reason, &query.after))?
    } else {
        Rejections::default()
    };
    let superseded = if shows_superseded && import.counts.superseded > 0 {
        let after = rejections::place(&query.superseded_after).unwrap_or((0, -1));
        let mut superseded =
            findings::after(conn, id, FindingKind::Superseded, after, paging::limit(rejections::PAGE))?;
        let next = rejections::cut(&mut superseded);
        (rejections::shown(t, &names, superseded), next)
    } else {
        (Vec::new(), None)
    };
    Ok(Loaded {
        panel: head.as_ref().and_then(|head| Panel::of_import(t, import, head.head())),
        profile: Used::of(conn, import)?,
        lines: Summary::load(conn, import)?,
        left_out: if is_read { LeftOut::of(conn, import)? } else { None },
        auto: query.auto == "2" && (import.is_running() || undo.running().is_some()),
        shown,
        preview,
        changed,
        undo,
        rejections,
        superseded,
    })
}

impl Loaded {
    fn page(self, cx: Context) -> ImportPage {
        let import = &self.shown.import;
        let (superseded, superseded_next) = self.superseded;
        let is_planned = import.state == State::Deciding;
        ImportPage {
            progress: Progress::of(import, &self.undo),
            trouble: None,
            outcomes: outcomes(cx.t, &import.counts, is_planned),
            read_as: panel::read_as(cx.t, import),
            name: import.name.clone(),
            errors: FormErrors::default(),
            superseded,
            superseded_next,
            auto: self.auto.then_some(2),
            panel: self.panel,
            profile: self.profile,
            lines: self.lines,
            left_out: self.left_out,
            rejections: self.rejections,
            preview: self.preview,
            changed: self.changed,
            undo: self.undo,
            shown: self.shown,
            cx,
        }
    }

    fn refused(
        self,
        cx: Context,
        settings: &Settings,
        errors: FormErrors,
        name: Option<String>,
    ) -> AppResult<HttpResponse> {
        let facts = facts(&cx, &self.shown);
        refused::answer(cx, settings, (self.shown, self.panel, facts), errors, name)
    }
}
