//! The list of organizations, and the page of one.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::label;
use crate::book::contact::Contact;
use crate::book::organizations::{self, Organization, Page, Position, SameName, contacts_url};
use crate::book::write;
use crate::db::{Db, settings};
use crate::domain::{Number, Right, tidy_prefix};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, page};

/// Contacts that the page of an organization shows; the list has all of them.
const SHOWN: i64 = 20;
/// Characters that are read of a search text.
const LONGEST: usize = 200;
const LONGEST_PLACE: usize = 2_000;

/// The list's query string as received.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    q: String,
    after: String,
    before: String,
}

impl ListQuery {
    /// The search text and the position in the list.
    fn read(self) -> (String, Position) {
        // PostgreSQL refuses NUL in a text.
        let position = match (self.after.as_str(), self.before.as_str()) {
            ("", "") => Position::Start,
            ("", _) => Position::Before(tidy_prefix(&self.before, LONGEST_PLACE)),
            _ => Position::After(tidy_prefix(&self.after, LONGEST_PLACE)),
        };
        (tidy_prefix(&self.q, LONGEST), position)
    }
}

#[derive(Template)]
#[template(path = "organizations/index.html")]
struct ListPage {
    cx: Context,
    q: String,
    page: Page,
    total: String,
    same_names: Vec<SameName>,
}

impl ListPage {
    fn url(&self, position: &Position) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        match position {
            Position::After(key) => query.append_pair("after", key),
            Position::Before(key) => query.append_pair("before", key),
            Position::Start => &mut query,
        };
        match query.finish() {
            query if query.is_empty() => "/organizations".to_owned(),
            query => format!("/organizations?{query}"),
        }
    }
}

/// `GET /organizations`
pub async fn index(cx: Context, db: web::Data<Db>, query: web::Query<ListQuery>) -> AppResult<HttpResponse> {
    let (q, position) = query.into_inner().read();
    let asked = q.clone();
    let (found, same_names) = db
        .read(move |conn| {
            let found = organizations::page(conn, &asked, &position)?;
            Ok((found, organizations::same_names(conn)?))
        })
        .await?;
    page::ok(&ListPage {
        total: fl!(cx.t, "organizations-total", count = found.total),
        cx,
        q,
        page: found,
        same_names,
    })
}

#[derive(Template)]
#[template(path = "organizations/show.html")]
struct OrganizationPage {
    cx: Context,
    organization: Organization,
    /// The numbers of the phone field.
    numbers: Vec<Number>,
    updated_by: Option<String>,
    contacts: Vec<Contact>,
    contact_count: i64,
}

impl OrganizationPage {
    fn label(&self, field: &str) -> String {
        label(self.cx.t, field)
    }

    /// The phone field as it is shown.
    fn spoken(&self) -> String {
        let numbers: Vec<String> = self.numbers.iter().map(Number::spoken_text).collect();
        numbers.join(" / ")
    }
}

/// `GET /organizations/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (organization, updated_by, default, contacts, members) = db
        .read(move |conn| {
            let (organization, updated_by) = organizations::show(conn, id)?;
            let default = settings::default_country(conn)?;
            let contacts = write::first_members(conn, id, SHOWN)?;
            let members = write::count_members(conn, id)?;
            Ok((organization, updated_by, default, contacts, members))
        })
        .await?;
    page::ok(&OrganizationPage {
        cx,
        numbers: organization.details.numbers(default),
        organization,
        updated_by,
        contacts,
        contact_count: members.in_book,
    })
}
