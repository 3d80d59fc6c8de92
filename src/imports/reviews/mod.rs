//! Doubtful rows: they wait while the rest of their list is imported, until somebody decides what they mean.

mod decide;
mod page;
mod store;

use actix_web::{HttpResponse, web};
use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;

pub use store::{expire, is_undone, skip_blanked, skip_next};

use super::{pages, store as import_store};
use crate::base::paging;
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, Db};
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, Routes, page as web_page};
use decide::{Decided, Decision, Wish};
use page::{ReviewPage, ReviewsPage};
use store::ShownReview;

/// Rows per page.
const PAGE: usize = 50;

/// The number of rows that wait, in the menu.
pub const WAITING: Number = Number {
    of: Things::Reviews,
    right: Right::ImportAdd,
    rows: "SELECT 1 FROM import_held WHERE decision IS NULL ORDER BY id",
    ago: TimeDelta::zero(),
};

pub fn routes(routes: &mut Routes) {
    routes.at("/reviews").get(Right::ImportAdd, index);
    routes.at("/reviews/{id}").get(Right::ImportAdd, show).post(Right::ImportAdd, create);
}

/// When the oldest row that waits began to wait.
pub fn oldest(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    store::oldest(conn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReviewsQuery {
    after: String,
}

/// `GET /reviews`
pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<ReviewsQuery>,
) -> AppResult<HttpResponse> {
    let after: i64 = query.after.parse().unwrap_or(0);
    let mut rows = db.read(move |conn| store::waiting(conn, after, paging::limit(PAGE))).await?;
    let next = paging::cut(&mut rows, PAGE, |row| row.id);
    web_page::ok(&ReviewsPage { cx, rows, is_beginning: after == 0, next })
}

/// `GET /reviews/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    draw(cx, &db, id.into_inner(), false).await
}

/// `has_changed` says that a contact has changed since the page was shown.
async fn draw(cx: Context, db: &Db, id: i64, has_changed: bool) -> AppResult<HttpResponse> {
    let shown = db.read(move |conn| ShownReview::load(conn, id)).await?;
    let template = ReviewPage::new(cx, shown, has_changed);
    if has_changed { web_page::unprocessable(&template) } else { web_page::ok(&template) }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReviewForm {
    decision: String,
    /// The contacts as the page showed them.
    shown: String,
    /// `on` for all rows of the import with the same doubt.
    all: String,
}

/// `POST /reviews/{id}`
pub async fn create(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<ReviewForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let Some(decision) = Decision::parse(&form.decision) else {
        return draw(cx, &db, id, false).await;
    };
    let wish = Wish { decision, shown: form.shown, account: account.id };
    let is_for_all = form.all == crate::domain::TICKED;
    let (import, first) = {
        let wish = wish.clone();
        db.write(move |conn| decide::decide(conn, id, &wish)).await?
    };
    let mut decided = i64::from(first == Decided::Yes);
    match first {
        Decided::Changed => return draw(cx, &db, id, true).await,
        Decided::Late => cx.say(fl!(cx.t, "review-late")),
        Decided::Yes => {}
    }
    if is_for_all && first == Decided::Yes {
        let mut after = 0;
        // A transaction per row, so that other writers get their turn in between.
        while let Some(next) = db.read(move |conn| store::next_alike(conn, id, after)).await? {
            let wish = Wish { shown: String::new(), ..wish.clone() };
            let (_, done) = db.write(move |conn| decide::decide(conn, next, &wish)).await?;
            decided += i64::from(done == Decided::Yes);
            after = next;
        }
    }
    if decided > 0 {
        cx.say(fl!(cx.t, "review-decided", count = decided));
    }
    let next = db
        .read(move |conn| Ok((store::next_of(conn, import, id)?, import_store::find(conn, import)?)))
        .await?;
    Ok(web_page::see_other(match next {
        (Some(next), _) => format!("/reviews/{next}"),
        (None, import) => pages::address(&import),
    }))
}
