//! `GET /lookup`: a softphone or a ticket tool opens it when a call comes in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::book::filter::Filter;
use crate::book::list_address::contact_url;
use crate::book::lookup::{self, Holders};
use crate::db::Db;
use crate::domain::{Email, Phone, Right, tidy_prefix};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, page};

/// The most characters of a question that the page repeats.
const SHOWN: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LookupQuery {
    number: String,
    email: String,
}

#[derive(Template)]
#[template(path = "contacts/nobody.html")]
struct NobodyPage {
    cx: Context,
    /// The number or address as it was read; empty if it is neither.
    asked: String,
    /// The organization that the number belongs to.
    organization: Option<(i64, String)>,
    /// The address of the form of a new contact with it.
    new: String,
}

/// The page of the one contact who has the number or address, the list of several, or else a page from which one can be added.
pub async fn show(cx: Context, db: web::Data<Db>, query: web::Query<LookupQuery>) -> AppResult<HttpResponse> {
    let query = query.into_inner();
    let (asked, field, holders) = db
        .read(move |conn| {
            if query.number.trim().is_empty() {
                let email = Email::parse_typed(&query.email).ok();
                let holders = match &email {
                    Some(email) => lookup::by_email(conn, email)?,
                    None => Holders::default(),
                };
                let asked = email.map_or_else(|| query.email.clone(), |email| email.as_str().to_owned());
                return Ok((asked, "email", holders));
            }
            let number = lookup::read_number(conn, &query.number)?;
            let holders = match &number {
                Some(number) => lookup::by_number(conn, number)?,
                None => Holders::default(),
            };
            let asked = match number.as_ref().and_then(|number| number.e164()) {
                Some(e164) => Phone::spoken(e164),
                None => query.number.clone(),
            };
            Ok((asked, "phone_work", holders))
        })
        .await?;
    let ids: Vec<i64> = holders.contacts.iter().map(|holder| holder.contact.id).collect();
    match ids.as_slice() {
        [] => {}
        [one] => return Ok(page::see_other(contact_url(one, ""))),
        _ => return Ok(page::see_other(Filter::of_chosen(ids).url())),
    }
    let asked = tidy_prefix(&asked, SHOWN);
    let organization = holders.organization;
    let mut new = Serializer::new(String::new());
    new.append_pair(field, &asked);
    if let Some((_, name)) = &organization {
        new.append_pair("organization", name);
    }
    let new = format!("/contacts/new?{}", new.finish());
    let nobody = NobodyPage { cx, asked, organization, new };
    page::with_status(StatusCode::NOT_FOUND, &nobody)
}

impl NobodyPage {
    fn title(&self) -> String {
        match self.asked.as_str() {
            "" => fl!(self.cx.t, "lookup-nothing"),
            asked => fl!(self.cx.t, "lookup-nobody", asked = asked),
        }
    }

    fn may_add(&self) -> bool {
        self.cx.may(Right::ContactAdd)
    }
}
