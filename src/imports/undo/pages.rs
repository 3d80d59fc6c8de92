//! The confirmation page of an undo.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::store::{self, Begun};
use crate::book::changed::changed;
use crate::db::Db;
use crate::domain::Headcount;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::imports::store as import_store;
use crate::jobs::{self, JobSignal};
use crate::web::{Account, Confirm, Context, Form, page};

/// How long an answer waits for the job, so that most undos are complete when first shown.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /imports/{id}/undo`
pub async fn new(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    draw(cx, &db, id.into_inner(), None).await
}

/// `expected` is the confirmed selection, if the question is asked again.
async fn draw(cx: Context, db: &Db, id: i64, expected: Option<Headcount>) -> AppResult<HttpResponse> {
    let t = cx.t;
    let (import, can_begin, own, who, changed) = db
        .read(move |conn| {
            let import = import_store::find(conn, id)?;
            let can_begin = store::can_be_undone(conn, &import)? && store::find(conn, id)?.is_none();
            let who = store::own(conn, id)?;
            let changed = changed(conn, t, expected.as_ref(), &who)?;
            let own = store::count_own(conn, id)?;
            Ok((import, can_begin, own, who, changed))
        })
        .await?;
    if !can_begin {
        // The page of the import says why not.
        return Ok(page::see_other(format!("/imports/{id}")));
    }
    let counts = &import.counts;
    // Contacts that a later import contains, or that are no longer in the book.
    let elsewhere = counts.importable() - own.all;
    let points = [
        (own.created > 0).then(|| fl!(t, "undo-will-withdraw", count = own.created)),
        (own.left_over > 0).then(|| fl!(t, "undo-will-withdraw-left", count = own.left_over)),
        (counts.updated > 0).then(|| fl!(t, "undo-will-revert", count = counts.updated)),
        (counts.restored > 0).then(|| fl!(t, "undo-will-trash-again", count = counts.restored)),
        (elsewhere > 0).then(|| fl!(t, "undo-elsewhere", count = elsewhere)),
        Some(fl!(t, "undo-keeps")),
        Some(fl!(t, "undo-frees-name")),
    ];
    let page = format!("/imports/{id}");
    let confirm = Confirm {
        back: page.clone(),
        title: fl!(t, "undo-title", name = import.name.as_str()),
        above: vec![("/imports".to_owned(), fl!(t, "imports-title")), (page, import.name)],
        points: points.into_iter().flatten().collect(),
        hidden: vec![("expected", who.to_string())],
        button: Some(fl!(t, "undo-confirm")),
        keep: Some(fl!(t, "undo-not")),
        changed,
        ..Confirm::default()
    };
    confirm.answer(cx)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    /// The contacts that the page showed, in the text format of [`Headcount`]. A program that only knows the route sends none.
    expected: Option<String>,
}

/// `POST /imports/{id}/undo`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(form): Form<UndoForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let expected = match form.expected.as_deref().map(Headcount::parse) {
        None => None,
        Some(Some(expected)) => Some(expected),
        // A damaged value: the question is asked again.
        Some(None) => return draw(cx, &db, id, None).await,
    };
    let asked = expected.clone();
    let begun = db.write(move |conn| store::begin(conn, id, asked.as_ref(), account.id)).await?;
    match begun {
        Begun::No => {}
        Begun::Changed => return draw(cx, &db, id, expected).await,
        Begun::Yes => {
            bell.ring();
            if has_ended(&db, id).await? {
                cx.say(fl!(cx.t, "undo-done-flash"));
            }
        }
    }
    Ok(page::see_other(format!("/imports/{id}")))
}

/// Waits until the import is undone or [`PATIENCE`] is over; returns `true` if it is undone.
async fn has_ended(db: &Db, id: i64) -> AppResult<bool> {
    jobs::wait_for(PATIENCE, async || {
        let undo = db.read(move |conn| store::find(conn, id)).await?;
        Ok(undo.is_some_and(|undo| undo.finished_at.is_some()))
    })
    .await
}
