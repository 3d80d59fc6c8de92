//! `GET /contacts`: the coordinator's table, the agent's search.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Contact;
use super::contact::mailto;
use super::filter::{Filter, ListQuery};
use super::listing::{self, COUNT_BOUND, Page};
use super::wording::status_name;
use crate::db::Db;
use crate::domain::{Right, Status};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, page};

/// For those who keep the book.
#[derive(Template)]
#[template(path = "contacts/index.html")]
struct ListPage {
    cx: Context,
    filter: Filter,
    page: Page,
    total: String,
    statuses: [String; 3],
    /// This page's URL, to come back to after saving.
    here: String,
}

/// For those who look someone up with a customer on the line.
#[derive(Template)]
#[template(path = "contacts/find.html")]
struct FindPage {
    cx: Context,
    filter: Filter,
    page: Page,
    total: String,
    statuses: [String; 3],
}

pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    request: actix_web::HttpRequest,
    query: web::Query<ListQuery>,
) -> AppResult<HttpResponse> {
    let (filter, from, direction) = query.into_inner().read();
    let asked = filter.clone();
    let found = db
        .read(move |conn| listing::page(conn, &asked, from.as_ref(), direction))
        .await?;
    let total = if found.total > COUNT_BOUND {
        fl!(cx.t, "contacts-more-than", count = COUNT_BOUND)
    } else {
        fl!(cx.t, "contacts-total", count = found.total)
    };
    let statuses = Status::ALL.map(|status| status_name(cx.t, &status));
    if cx.may(Right::ContactEdit) {
        let here = request
            .uri()
            .path_and_query()
            .map_or("/contacts", |here| here.as_str());
        return page::ok(&ListPage {
            here: here.to_owned(),
            cx,
            filter,
            page: found,
            total,
            statuses,
        });
    }
    page::ok(&FindPage {
        cx,
        filter,
        page: found,
        total,
        statuses,
    })
}

/// The three statuses of a row, with their names.
fn row_statuses<'a>(
    contact: &Contact,
    names: &'a [String; 3],
) -> impl Iterator<Item = (Status, &'a String, bool)> {
    let statuses = contact.statuses();
    Status::ALL
        .into_iter()
        .zip(names)
        .map(move |(status, name)| (status, name, statuses.get(status)))
}

/// What the page shows of a row's statuses, as `12:ec`: saving compares with it, so that only what was
/// switched here is written.
fn shown(contact: &Contact) -> String {
    let letters: String = contact
        .statuses()
        .list()
        .into_iter()
        .map(super::statuses::letter)
        .collect();
    format!("{}:{letters}", contact.id)
}
