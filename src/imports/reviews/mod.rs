//! Doubtful rows: they wait while the rest of their list is imported, until somebody decides what they mean.

mod decide;
mod ends;
mod groups;
mod naming;
mod page;
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use serde::Deserialize;

pub use ends::{EndingSoon, ending_soon, expire, forget_next_distinct, skip_blanked, skip_next};
pub use naming::{WaitingRow, naming};
pub use store::is_undone;

use super::{pages, store as import_store};
use crate::db::schema::import_held;
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, Db};
use crate::domain::{Right, TICKED};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, Routes, page as web_page};
use decide::{Decided, Decision, Wish, decide};
use groups::GroupKey;
use page::{ReviewPage, ReviewsPage};
use store::{ReviewedList, ShownReview};

/// How long one request decides about the rows of a group; what is left needs another click.
const PATIENCE: Duration = Duration::from_secs(10);

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
    let oldest = import_held::table.filter(import_held::decision.is_null()).order(import_held::id);
    Ok(oldest.select(import_held::created_at).first(conn).optional()?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReviewsQuery {
    /// One group; all groups without it.
    group: String,
    /// A row of the group, or a group, after which the page begins.
    after: String,
}

/// `GET /reviews`
pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<ReviewsQuery>,
) -> AppResult<HttpResponse> {
    let ReviewsQuery { group, after } = query.into_inner();
    let is_beginning = after.is_empty();
    let one = GroupKey::parse(&group);
    let (groups, next) = db
        .read(move |conn| {
            let Some(key) = one else {
                let (groups, next) = groups::page(conn, GroupKey::parse(&after))?;
                return Ok((groups, next.map(|key| key.to_string())));
            };
            let (group, next) = groups::one(conn, key, after.parse().unwrap_or(0))?;
            let groups = if group.count > 0 { vec![group] } else { Vec::new() };
            Ok((groups, next.map(|id| id.to_string())))
        })
        .await?;
    web_page::ok(&ReviewsPage { cx, groups, one, is_beginning, next })
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
    let list = db
        .read(move |conn| {
            let held = store::find(conn, id)?;
            ReviewedList::load(conn, held.import_id)
        })
        .await?;
    let (import, list) = (list.import.id, Arc::new(list));
    let first = {
        let (list, wish) = (Arc::clone(&list), wish.clone());
        db.write(move |conn| decide(conn, &list, id, &wish)).await?
    };
    if first == Decided::Changed {
        return draw(cx, &db, id, true).await;
    }
    let mut decided = i64::from(first == Decided::Yes);
    if form.all == TICKED {
        decided += decide_alike(&db, &list, id, &wish).await?;
        let left = db
            .read(move |conn| {
                let held = store::find(conn, id)?;
                store::count_alike(conn, &held)
            })
            .await?;
        if left > 0 {
            cx.say(fl!(cx.t, "review-left", count = left));
        }
    }
    if decided > 0 {
        cx.say(fl!(cx.t, "review-decided", count = decided));
    } else {
        cx.say(fl!(cx.t, "review-late"));
    }
    let next = db
        .read(move |conn| Ok((store::next_of(conn, import, id)?, import_store::find(conn, import)?)))
        .await?;
    Ok(web_page::see_other(match next {
        (Some(next), _) => format!("/reviews/{next}"),
        (None, import) => pages::address(&import),
    }))
}

/// Decides the same about the rows with the same doubt, as far as it fits them and [`PATIENCE`] goes. A transaction per row, so that
/// other writers get their turn in between. Returns the number of rows that are decided.
async fn decide_alike(db: &Db, list: &Arc<ReviewedList>, like: i64, wish: &Wish) -> AppResult<i64> {
    let begun = Instant::now();
    let held = db.read(move |conn| store::find(conn, like)).await?;
    let (mut after, mut decided) = (0, 0);
    while begun.elapsed() < PATIENCE {
        let held = held.clone();
        let Some(next) = db.read(move |conn| store::next_alike(conn, &held, after)).await? else {
            break;
        };
        let wish = Wish { shown: String::new(), ..wish.clone() };
        let list = Arc::clone(list);
        let done = db.write(move |conn| decide(conn, &list, next, &wish)).await?;
        decided += i64::from(done == Decided::Yes);
        after = next;
    }
    Ok(decided)
}
