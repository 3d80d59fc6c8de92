//! The page of everything that waits for a coordinator.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;

use crate::accounts::keys::{self, AccessKey};
use crate::audit::{self, Entry, Kind};
use crate::base::{clock, paging};
use crate::book::contact::Contact;
use crate::book::reports::{self, Outcome, Report};
use crate::contacts::verification;
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, Db, home};
use crate::domain::{Change, Right};
use crate::duplicates;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::imports::reviews::{self, EndingSoon};
use crate::imports::{self, Undecided};
use crate::web::{Account, Context, Form, FormErrors, NoFields, Routes, page};
use crate::webhooks;

/// Reports per page.
const PAGE: usize = 20;
/// Imports that the page names; the list of imports has all of them.
const IMPORTS: i64 = 5;

/// In the menu of administrators: a book that has come from elsewhere, until one of them has looked at what still uses it.
pub const RESTORED: Number = Number {
    of: Things::Restored,
    right: Right::SettingsEdit,
    rows: "SELECT 1 FROM settings WHERE key = 'restored_at'",
    ago: TimeDelta::zero(),
};

pub fn routes(routes: &mut Routes) {
    routes.at("/waiting").get(Right::ContactEdit, index);
    routes.at("/waiting/restored").post(Right::SettingsEdit, restored_seen);
}

/// Notes where the book is served. In a copy or a restored backup, webhooks are switched off, and administrators are asked about keys.
pub fn move_in(conn: &mut AnyConnection) -> AppResult<()> {
    if home::arrive(conn)? {
        webhooks::stop_all(conn)?;
        note_restored(conn, true, None)?;
        tracing::warn!("the book is a copy or a restored backup: its webhooks are switched off");
    }
    Ok(())
}

/// Records in the history that the book was restored, or that somebody has seen it.
fn note_restored(conn: &mut AnyConnection, is_new: bool, account: Option<i64>) -> AppResult<()> {
    let values = if is_new { ("", "1") } else { ("1", "") };
    let change = Change { field: "restored".to_owned(), old: values.0.to_owned(), new: values.1.to_owned() };
    audit::record(conn, &[Entry::new(Kind::SettingsEdited, account).changes(vec![change])])
}

/// `POST /waiting/restored`: an administrator has seen that the book was restored, and its keys.
async fn restored_seen(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let is_first = db
        .write(move |conn| {
            let is_first = home::seen(conn)?;
            if is_first {
                note_restored(conn, false, Some(account.id))?;
            }
            Ok(is_first)
        })
        .await?;
    if is_first {
        cx.say(fl!(cx.t, "restored-seen"));
    }
    Ok(page::see_other("/waiting"))
}

#[derive(Debug, Deserialize)]
pub struct WaitingQuery {
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "waiting/index.html")]
struct WaitingPage {
    cx: Context,
    imports: Vec<Undecided>,
    oldest_review: Option<NaiveDateTime>,
    /// The doubtful rows that soon count as skipped.
    ending_reviews: Option<EndingSoon>,
    oldest_pair: Option<NaiveDateTime>,
    oldest_check: Option<NaiveDateTime>,
    oldest_report: Option<NaiveDateTime>,
    /// In a restored book, the keys that work.
    keys: Vec<AccessKey>,
    reports: Vec<(Report, Contact)>,
    is_beginning: bool,
    next: Option<i64>,
    /// For the forms of the reports, which are new ones.
    errors: FormErrors,
    typed: String,
}

impl WaitingPage {
    /// How long the oldest thing has waited.
    fn age(&self, since: &NaiveDateTime) -> String {
        let day = |utc: NaiveDateTime| clock::local(utc).date_naive();
        let days = (day(clock::now()) - day(*since)).num_days().max(0);
        fl!(self.cx.t, "waiting-oldest", days = days)
    }

    fn ending(&self, ending: &EndingSoon) -> String {
        let date = self.cx.locale.date(clock::local(ending.first).date_naive());
        fl!(self.cx.t, "waiting-reviews-ending", count = ending.rows, date = date)
    }
}

/// `GET /waiting`
async fn index(cx: Context, db: web::Data<Db>, query: web::Query<WaitingQuery>) -> AppResult<HttpResponse> {
    let (waiting, may_import) = (cx.waiting, cx.may_import());
    let after = query.after;
    let (
        imports,
        (oldest_review, ending_reviews),
        oldest_pair,
        oldest_check,
        keys,
        (oldest_report, mut reports),
    ) = db
        .read(move |conn| {
            let imports = if may_import { imports::undecided(conn, IMPORTS)? } else { Vec::new() };
            let review = if waiting.reviews.is_zero() {
                (None, None)
            } else {
                (reviews::oldest(conn)?, reviews::ending_soon(conn)?)
            };
            let pair = if waiting.duplicates.is_zero() { None } else { duplicates::oldest_pair(conn)? };
            let check = if waiting.unchecked.is_zero() { None } else { verification::oldest(conn)? };
            let mut keys = if waiting.restored.is_zero() { Vec::new() } else { keys::list(conn, None)? };
            keys.retain(|key| !key.is_over());
            let reports = reports::open(conn, after.unwrap_or(0), paging::limit(PAGE))?;
            Ok((imports, review, pair, check, keys, (reports::oldest(conn)?, reports)))
        })
        .await?;
    let next = paging::cut(&mut reports, PAGE, |(report, _)| report.id);
    page::ok(&WaitingPage {
        cx,
        imports,
        oldest_review,
        ending_reviews,
        oldest_pair,
        oldest_check,
        oldest_report,
        keys,
        reports,
        is_beginning: after.is_none(),
        next,
        errors: FormErrors::default(),
        typed: String::new(),
    })
}
