//! The page of everything that waits for a coordinator.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDateTime;
use serde::Deserialize;

use crate::base::{clock, paging};
use crate::book::contact::Contact;
use crate::book::reports::{self, Outcome, Report};
use crate::contacts::verification;
use crate::db::Db;
use crate::domain::Right;
use crate::duplicates;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::imports::reviews::{self, EndingSoon};
use crate::imports::{self, Undecided};
use crate::web::{Context, FormErrors, Routes, page};

/// Reports per page.
const PAGE: usize = 20;
/// Imports that the page names; the list of imports has all of them.
const IMPORTS: i64 = 5;

pub fn routes(routes: &mut Routes) {
    routes.at("/waiting").get(Right::ContactEdit, index);
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
    let (imports, (oldest_review, ending_reviews), oldest_pair, oldest_check, oldest_report, mut reports) =
        db.read(move |conn| {
            let imports = if may_import { imports::undecided(conn, IMPORTS)? } else { Vec::new() };
            let review = if waiting.reviews.is_zero() {
                (None, None)
            } else {
                (reviews::oldest(conn)?, reviews::ending_soon(conn)?)
            };
            let pair = if waiting.duplicates.is_zero() { None } else { duplicates::oldest_pair(conn)? };
            let check = if waiting.unchecked.is_zero() { None } else { verification::oldest(conn)? };
            let reports = reports::open(conn, after.unwrap_or(0), paging::limit(PAGE))?;
            Ok((imports, review, pair, check, reports::oldest(conn)?, reports))
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
        reports,
        is_beginning: after.is_none(),
        next,
        errors: FormErrors::default(),
        typed: String::new(),
    })
}
