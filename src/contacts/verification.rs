//! Verification ("Confirmer les informations"): a person confirms that a contact's data is right. Also the list of contacts that
//! nobody has verified for a year.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Deserialize;

use crate::base::{clock, paging};
use crate::book::contact::{Contact, mailto};
use crate::book::list_address::contact_url;
use crate::book::write::{self, TimeCursor};
use crate::db::waiting::{Number, Things};
use crate::db::{AnyConnection, Db};
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::{Locale, fl};
use crate::web::{Account, Context, Form, Routes, page};

/// Contacts per page.
const PAGE: usize = 50;
/// How long a verification is valid.
const GOOD_FOR: TimeDelta = TimeDelta::days(365);
const UNCHECKED: &str = "/contacts/unchecked";

/// The contacts of the page [`UNCHECKED`] in the menu.
pub const WAITING: Number = Number {
    of: Things::Unchecked,
    right: Right::ContactEdit,
    // In the order of the index, or PostgreSQL would expect to find enough of them by reading the table.
    rows: "SELECT 1 FROM contacts WHERE deleted_at IS NULL AND COALESCE(checked_at, created_at) < ? \
           ORDER BY COALESCE(checked_at, created_at), id",
    ago: GOOD_FOR,
};

pub fn routes(routes: &mut Routes) {
    routes.at(UNCHECKED).get(Right::ContactEdit, unchecked);
}

/// The routes under a contact's own path.
pub fn contact_routes(routes: &mut Routes) {
    routes.at("/contacts/{id}/checked").post(Right::ContactEdit, create);
}

/// The day of a stored time, in the server's time zone.
pub fn day(locale: Locale, utc: &NaiveDateTime) -> String {
    locale.date(clock::local(*utc).date_naive())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CheckForm {
    /// The page of the list that the form was sent from.
    back: String,
}

/// `POST /contacts/{id}/checked`
async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<CheckForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let contact = db
        .write(move |conn| {
            write::check(conn, id, account.id)?;
            write::find(conn, id)
        })
        .await?;
    cx.say(fl!(cx.t, "check-done", name = contact.name()));
    let is_list = form.back.starts_with(UNCHECKED) && form.back.bytes().all(|byte| byte.is_ascii_graphic());
    Ok(if is_list { page::see_other(form.back) } else { page::see_other(contact_url(&id, &cx.from)) })
}

/// The time since when the first contact of the list waits.
pub fn oldest(conn: &mut AnyConnection) -> AppResult<Option<NaiveDateTime>> {
    let first = write::unchecked(conn, clock::now() - GOOD_FOR, None, 1)?.pop();
    Ok(first.map(|contact| contact.checked_at.unwrap_or(contact.created_at) + GOOD_FOR))
}

#[derive(Debug, Deserialize)]
pub struct UncheckedQuery {
    beyond: Option<String>,
}

#[derive(Template)]
#[template(path = "contacts/unchecked.html")]
struct UncheckedPage {
    cx: Context,
    contacts: Vec<Contact>,
    is_beginning: bool,
    next: Option<TimeCursor>,
    /// The URL of this page, to come back to.
    here: String,
}

impl UncheckedPage {
    fn day(&self, utc: &NaiveDateTime) -> String {
        day(self.cx.locale, utc)
    }
}

/// `GET /contacts/unchecked`; a damaged position gives the first page.
async fn unchecked(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<UncheckedQuery>,
) -> AppResult<HttpResponse> {
    let beyond = query.beyond.as_deref().and_then(TimeCursor::parse);
    let mut contacts = db
        .read(move |conn| write::unchecked(conn, clock::now() - GOOD_FOR, beyond, paging::limit(PAGE)))
        .await?;
    let next = paging::cut(&mut contacts, PAGE, |contact| TimeCursor {
        at: contact.checked_at.unwrap_or(contact.created_at),
        id: contact.id,
    });
    page::ok(&UncheckedPage {
        cx,
        is_beginning: beyond.is_none(),
        next,
        here: beyond.map_or_else(|| UNCHECKED.to_owned(), |place| format!("{UNCHECKED}?beyond={place}")),
        contacts,
    })
}
