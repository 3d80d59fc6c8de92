//! The pages of the open pairs, of the search, and of pairs declared distinct.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::card::Card;
use super::merge::{self, Both, One};
use super::pairs::{self, COUNT_BOUND, Pair, PairCursor, Which};
use super::place::{self, Place};
use super::runs::{self, DuplicateSearch};
use crate::base::paging;
use crate::book::wording::Wording;
use crate::book::write;
use crate::db::{AnyConnection, Db};
use crate::domain::Phone;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};
use crate::jobs::{self, JobFailures, JobSignal};
use crate::web::trouble::trouble_text;
use crate::web::{Account, Context, Form, NoFields, page};

/// Pairs per page.
const PAGE: usize = 15;
/// Shared phone numbers shown on the page.
const SHARED: i64 = 10;
/// How long the answer waits for the search: that of a small book is finished by then.
const PATIENCE: Duration = Duration::from_secs(2);
/// Seconds between two refreshes, if the page refreshes automatically.
const REFRESH: u8 = 2;

#[derive(Debug, Deserialize)]
pub struct PairsQuery {
    beyond: Option<String>,
    auto: Option<u8>,
    /// The merge that has just been made from this list.
    merged: Option<i64>,
    /// The pair that followed the merged one.
    next: Option<String>,
}

impl PairsQuery {
    /// Returns the cursor of the page; a damaged one is the first page.
    fn cursor(&self) -> Option<PairCursor> {
        self.beyond.as_deref().and_then(PairCursor::parse)
    }
}

#[derive(Template)]
#[template(path = "duplicates/index.html")]
struct IndexPage {
    cx: Context,
    /// The latest search, with the name of the account that started it.
    run: Option<(DuplicateSearch, Option<String>)>,
    /// The reason why the search makes no progress.
    trouble: Option<String>,
    auto: Option<u8>,
    cards: Vec<Card>,
    /// Counted up to [`COUNT_BOUND`] + 1.
    count: i64,
    shared: Vec<(String, i64)>,
    has_dismissed: bool,
    beyond: Option<PairCursor>,
    next: Option<PairCursor>,
    merged: Option<JustMerged>,
}

/// A merge made from the list, which the list tells of where the pair was.
struct JustMerged {
    id: i64,
    kept: i64,
    name: String,
    /// The position in the list: before the pair that followed, or at the end if none did.
    before: usize,
}

impl JustMerged {
    /// `None` if the merge is unknown or undone.
    fn load(conn: &mut AnyConnection, id: Option<i64>) -> AppResult<Option<Self>> {
        let Some(id) = id else {
            return Ok(None);
        };
        let merge = match merge::find(conn, id) {
            Err(AppError::NotFound) => return Ok(None),
            merge => merge?,
        };
        if merge::away(conn, merge.gone_id)?.is_none_or(|open| open.id != id) {
            return Ok(None);
        }
        let name = write::names(conn, &[merge.kept_id])?.remove(&merge.kept_id);
        Ok(name.map(|name| Self { id, kept: merge.kept_id, name, before: 0 }))
    }
}

fn spoken(e164: &str) -> String {
    Phone::spoken(e164)
}

impl IndexPage {
    fn running(&self) -> Option<&DuplicateSearch> {
        let (run, _) = self.run.as_ref()?;
        run.finished_at.is_none().then_some(run)
    }

    fn shared_by(&self, count: &i64) -> String {
        let count: i64 = *count;
        fl!(self.cx.t, "duplicates-shared-by", count = count)
    }

    /// The merge to tell of at this position of the list.
    fn told_at(&self, position: usize) -> Option<&JustMerged> {
        self.merged.as_ref().filter(|merged| merged.before == position)
    }

    fn pairs(&self) -> String {
        if self.count > COUNT_BOUND {
            fl!(self.cx.t, "duplicates-more-than", count = COUNT_BOUND)
        } else {
            fl!(self.cx.t, "duplicates-count", count = self.count)
        }
    }
}

/// `GET /duplicates`
pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    troubles: web::Data<JobFailures>,
    query: web::Query<PairsQuery>,
) -> AppResult<HttpResponse> {
    let (locale, beyond, merged) = (cx.locale, query.cursor(), query.merged);
    let (run, (cards, next), count, shared, has_dismissed, mut merged) = db
        .read(move |conn| {
            Ok((
                runs::latest(conn)?,
                cards(conn, locale, Which::Open, beyond)?,
                pairs::count(conn)?,
                pairs::shared(conn, SHARED)?,
                pairs::has_dismissed(conn)?,
                JustMerged::load(conn, merged)?,
            ))
        })
        .await?;
    if let Some(merged) = &mut merged {
        merged.before = match query.next.as_deref().and_then(place::pair) {
            // The pair that followed may have gone with the merged contact.
            Some(pair) => cards.iter().position(|card| card.is(pair)).unwrap_or(0),
            None => cards.len(),
        };
    }
    let t = cx.t;
    let running = run.as_ref().filter(|(run, _)| run.finished_at.is_none());
    let trouble = running
        .and_then(|(run, _)| troubles.of(jobs::Kind::DuplicateSearch, run.id))
        .map(|cause| trouble_text(t, &cause));
    page::ok(&IndexPage {
        auto: query.auto.filter(|_| running.is_some()).map(|_| REFRESH),
        trouble,
        cx,
        cards,
        count,
        shared,
        has_dismissed,
        beyond,
        next,
        merged,
        run,
    })
}

/// Returns a page of pairs, and the cursor of the next page.
fn cards(
    conn: &mut AnyConnection,
    locale: Locale,
    which: Which,
    beyond: Option<PairCursor>,
) -> AppResult<(Vec<Card>, Option<PairCursor>)> {
    let mut pairs = pairs::page(conn, which, beyond, paging::limit(PAGE))?;
    let next = paging::cut(&mut pairs, PAGE, Pair::cursor);
    let contacts = pairs.iter().flat_map(|pair| [pair.low.clone(), pair.high.clone()]).collect();
    let mut ones = One::of_all(conn, contacts)?.into_iter();
    let wording = Wording::load(conn)?;
    let following: Vec<(i64, i64)> = pairs.iter().skip(1).map(|pair| (pair.low.id, pair.high.id)).collect();
    let mut following = following.into_iter();
    let cards = pairs.into_iter().filter_map(|pair| {
        let both = Both { low: ones.next()?, high: ones.next()? };
        Some(Card { next: following.next(), ..Card::new(pair, &both, &wording, locale) })
    });
    Ok((cards.collect(), next))
}

/// `POST /duplicates/search`
pub async fn search(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    db.write(move |conn| runs::begin(conn, Some(account.id))).await?;
    bell.ring();
    if has_ended(&db).await? {
        cx.say(fl!(cx.t, "duplicates-searched"));
    }
    Ok(page::see_other("/duplicates"))
}

async fn has_ended(db: &Db) -> AppResult<bool> {
    jobs::wait_for(PATIENCE, async || {
        let run = db.read(runs::latest).await?;
        Ok(run.is_some_and(|(run, _)| run.finished_at.is_some()))
    })
    .await
}

#[derive(Template)]
#[template(path = "duplicates/dismissed.html")]
struct DismissedPage {
    cx: Context,
    cards: Vec<Card>,
    next: Option<PairCursor>,
}

/// `GET /duplicates/dismissed`
pub async fn dismissed(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<PairsQuery>,
) -> AppResult<HttpResponse> {
    let (locale, beyond) = (cx.locale, query.cursor());
    let (cards, next) = db.read(move |conn| cards(conn, locale, Which::Dismissed, beyond)).await?;
    page::ok(&DismissedPage { cx, cards, next })
}

/// `POST /duplicates/{low}/{high}/dismiss`
pub async fn dismiss(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    pair: web::Path<(i64, i64)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    set_dismissed(&db, pair.into_inner(), true, account.id).await?;
    cx.say(fl!(cx.t, "duplicates-dismissed-flash"));
    Ok(page::see_other(Place::of(&sent).unwrap_or_default().path()))
}

/// `POST /duplicates/{low}/{high}/reopen`
pub async fn reopen(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    pair: web::Path<(i64, i64)>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    set_dismissed(&db, pair.into_inner(), false, account.id).await?;
    cx.say(fl!(cx.t, "duplicates-reopened-flash"));
    Ok(page::see_other("/duplicates/dismissed"))
}

async fn set_dismissed(db: &Db, pair: (i64, i64), is_dismissed: bool, account: i64) -> AppResult<()> {
    let known = db.write(move |conn| pairs::dismiss(conn, pair, is_dismissed, account)).await?;
    if known { Ok(()) } else { Err(AppError::NotFound) }
}
