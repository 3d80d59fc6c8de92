//! The trash: contacts deleted in the last thirty days, which can be restored.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::base::{clock, paging};
use crate::book::write::{self, TimeCursor, Trashed};
use crate::db::Db;
use crate::erasure::{self, Erasure};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, NoFields, page};

/// Contacts per page.
const PAGE: usize = 50;
/// The latest erasures that the page links to.
const ERASURES: i64 = 5;

#[derive(Debug, Deserialize)]
pub struct TrashQuery {
    beyond: Option<String>,
}

#[derive(Template)]
#[template(path = "contacts/trash.html")]
struct TrashPage {
    cx: Context,
    trashed: Vec<Trashed>,
    count: i64,
    next: Option<TimeCursor>,
    erasures: Vec<Erasure>,
}

/// `GET /contacts/trash`; a damaged position gives the first page.
pub async fn index(cx: Context, db: web::Data<Db>, query: web::Query<TrashQuery>) -> AppResult<HttpResponse> {
    let beyond = query.beyond.as_deref().and_then(TimeCursor::parse);
    let (mut trashed, count, erasures) = db
        .read(move |conn| {
            Ok((
                write::trash(conn, beyond, paging::limit(PAGE))?,
                write::count_trash(conn, None, clock::now())?,
                erasure::latest(conn, ERASURES)?,
            ))
        })
        .await?;
    let next = paging::cut(&mut trashed, PAGE, Trashed::cursor);
    page::ok(&TrashPage { cx, trashed, count, next, erasures })
}

/// `POST /contacts/{id}/restore`
pub async fn restore(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let contact = db
        .write(move |conn| {
            write::restore(conn, id, account.id)?;
            write::find(conn, id)
        })
        .await?;
    cx.say(fl!(cx.t, "contact-is-back", name = contact.name()));
    Ok(page::see_other(format!("/contacts/{id}")))
}
