//! `GET /contacts/{id}/merge`: finds the other contact of a merge.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::book::contact::{Contact, ContactSummary};
use crate::book::document::organization_names;
use crate::book::{list, write};
use crate::db::Db;
use crate::duplicates::pairs::{self, Which};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, page};

/// The most contacts on the page.
const SHOWN: usize = 20;

#[derive(Debug, Deserialize)]
pub struct Search {
    q: Option<String>,
}

#[derive(Template)]
#[template(path = "duplicates/choose.html")]
struct ChoosePage {
    cx: Context,
    contact: Contact,
    q: String,
    found: Vec<ContactSummary>,
    organizations: HashMap<i64, String>,
    has_more: bool,
}

impl ChoosePage {
    fn heading(&self) -> String {
        fl!(self.cx.t, "merge-choose-title", name = self.contact.name())
    }

    /// The path of the form that merges both.
    fn path(&self, other: &ContactSummary) -> String {
        let (low, high) = (self.contact.id.min(other.id), self.contact.id.max(other.id));
        format!("/duplicates/{low}/{high}/merge")
    }

    /// What tells people of one name from each other.
    fn tells(&self, person: &ContactSummary) -> Vec<String> {
        let organization = person.organization_id.and_then(|id| self.organizations.get(&id));
        let phone = person.phone().map(|phone| phone.spoken()).unwrap_or_default();
        [
            person.service.clone(),
            organization.cloned().unwrap_or_default(),
            person.email().to_owned(),
            phone,
            person.city.clone(),
        ]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect()
    }
}

/// Possible duplicates come first; then what the search finds, at first by the contact's own last name.
pub async fn choose(
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<Search>,
) -> AppResult<HttpResponse> {
    let (id, typed) = (id.into_inner(), query.into_inner().q);
    let (contact, q, found, organizations, has_more) = db
        .read(move |conn| {
            let contact = write::find(conn, id)?;
            let likely = match typed {
                None => pairs::page(conn, Which::Of(id), None, SHOWN as i64)?,
                Some(_) => Vec::new(),
            };
            let q = typed.unwrap_or_else(|| contact.last_name.clone());
            let mut found: Vec<ContactSummary> = likely
                .into_iter()
                .map(|pair| if pair.low.id == id { pair.high.person } else { pair.low.person })
                .collect();
            if !q.trim().is_empty() {
                for (person, _) in list::first_page(conn, &q)?.rows {
                    if person.id != id && found.iter().all(|known| known.id != person.id) {
                        found.push(person);
                    }
                }
            }
            let has_more = found.len() > SHOWN;
            found.truncate(SHOWN);
            let organizations = organization_names(conn, &found)?;
            Ok((contact, q, found, organizations, has_more))
        })
        .await?;
    page::ok(&ChoosePage { cx, contact, q, found, organizations, has_more })
}
