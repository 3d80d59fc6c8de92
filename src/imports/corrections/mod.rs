//! Rejected lines that somebody fixes in the page. A corrected line is stored beside the file, and read instead of the file's line by
//! [`CorrectedReader`] and [`StoredLines`]; no step of an import knows the difference.

mod fix;
mod offered;
mod page;
mod reader;
mod stored;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

pub use offered::Summary;
pub use reader::CorrectedReader;
pub use stored::{Corrections, StoredLines, forget, forget_lines};

use super::downloads::DroppedPage;
use super::import::{Import, State};
use super::{FIELDS, pages, store};
use crate::db::{Db, run_blocking};
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::jobs::JobSignal;
use crate::web::{Account, Context, Form, Routes, page as web_page};
use fix::{Fixed, Step, Typed};
use offered::Closed;
use page::{Answer, Lines, LinesPage};

pub fn routes(routes: &mut Routes) {
    routes
        .at("/imports/{id}/lines")
        .fields(FIELDS)
        .get(Right::ImportAdd, show)
        .post(Right::ImportAdd, create);
}

/// `GET /imports/{id}/lines`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let lines = db.read(move |conn| Lines::load(conn, id)).await?;
    if let Some(Closed::Dropped(dropped_at)) = lines.closed {
        return DroppedPage::answer(cx, lines.import, dropped_at);
    }
    if lines.closed.is_some() || lines.import.counts.rejected == 0 {
        return Ok(web_page::see_other(pages::address(&lines.import)));
    }
    web_page::ok(&LinesPage::new(cx, lines, None))
}

/// `POST /imports/{id}/lines`: checks the lines again with the typed cells. After the import the lines that are right are imported at
/// once.
pub async fn create(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let typed = Typed::read(fields);
    let before = db.read(move |conn| store::find(conn, id)).await?;
    let Fixed { step, lost, too_long } = {
        let (db, typed) = (db.get_ref().clone(), typed.clone());
        run_blocking(move || fix::fix(&db, id, &typed, account.id)).await?
    };
    if matches!(step, Step::Checking) {
        bell.ring();
        pages::wait(&db, id).await?;
    }
    let lines = db.read(move |conn| Lines::load(conn, id)).await?;
    if matches!(step, Step::OlderNode) {
        let refused = Some(fl!(cx.t, "lines-older-node"));
        let answer = Answer { refused, unstored: typed, ..Answer::default() };
        return web_page::unprocessable(&LinesPage::new(cx, lines, Some(answer)));
    }
    let told = told(&cx, &step, &before, &lines);
    let has_lines = !lines.offered.lines.is_empty();
    if !has_lines && lost.is_empty() && too_long.is_empty() {
        if let Some(told) = told {
            cx.say(told);
        }
        return Ok(web_page::see_other(pages::address(&lines.import)));
    }
    let status = if has_lines { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let answer = Answer { told, lost, unstored: too_long, refused: None };
    web_page::with_status(status, &LinesPage::new(cx, lines, Some(answer)))
}

/// What has become of the lines, if some are no longer rejected.
fn told(cx: &Context, step: &Step, before: &Import, now: &Lines) -> Option<String> {
    match step {
        Step::Applied(fixed) => {
            let count = *fixed;
            (count > 0).then(|| fl!(cx.t, "lines-applied", count = count))
        }
        Step::Checking if now.import.state == State::Deciding => {
            let left = now.import.counts.rejected;
            match before.counts.rejected - left {
                fixed if fixed > 0 && left > 0 => Some(fl!(cx.t, "lines-checked", count = fixed)),
                _ if left == 0 => Some(fl!(cx.t, "lines-checked-all")),
                _ => None,
            }
        }
        _ => None,
    }
}
