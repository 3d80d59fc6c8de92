//! `GET /contacts/message`: one message to several contacts, as a link for the mail program and as text to copy.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use askama::Template;
use url::form_urlencoded::Serializer;

use super::LIST_FIELDS;
use crate::book::absences::{Absence, Absences, absences};
use crate::book::contact::{Contact, mailto, push_escaped};
use crate::book::list_address::ListAddress;
use crate::book::write;
use crate::db::Db;
use crate::domain::Right;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, Routes, page};

/// The most contacts in one message.
pub const MOST: usize = 100;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/message").fields(LIST_FIELDS).get(Right::ContactView, show);
}

/// How contacts are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    To,
    Cc,
    Copy,
}

#[derive(Template)]
#[template(path = "contacts/message.html")]
struct MessagePage {
    cx: Context,
    manner: Manner,
    /// The contacts with an e-mail.
    reached: Vec<Contact>,
    without_email: Vec<Contact>,
    absences: Absences,
    /// The number of ticked contacts that are no longer in the book.
    gone: usize,
    /// The number of ticked contacts beyond [`MOST`].
    beyond: usize,
    /// The page where they were ticked.
    back: String,
}

impl MessagePage {
    fn is_nobody(&self) -> bool {
        self.reached.is_empty() && self.without_email.is_empty()
    }

    fn heading(&self) -> String {
        let t = self.cx.t;
        let count = self.reached.len();
        match self.manner {
            _ if self.is_nobody() => fl!(t, "message-nobody-title"),
            Manner::To => fl!(t, "message-to-title", count = count),
            Manner::Cc => fl!(t, "message-cc-title", count = count),
            Manner::Copy => fl!(t, "message-copy-title", count = count),
        }
    }

    fn mailto(&self) -> String {
        let mut link = match self.manner {
            Manner::Cc => "mailto:?cc=".to_owned(),
            Manner::To | Manner::Copy => "mailto:".to_owned(),
        };
        for (at, contact) in self.reached.iter().enumerate() {
            if at > 0 {
                link.push(',');
            }
            push_escaped(&mut link, contact.email());
        }
        link
    }

    fn addresses(&self, between: &str) -> String {
        let addresses: Vec<&str> = self.reached.iter().map(|contact| contact.email()).collect();
        addresses.join(between)
    }

    /// The contacts with an absence that has begun.
    fn absent(&self) -> Vec<(&Contact, &Absence)> {
        self.reached
            .iter()
            .chain(&self.without_email)
            .filter_map(|contact| Some((contact, self.absences.now(&contact.id)?)))
            .collect()
    }
}

async fn show(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let value = |wanted: &str| {
        let mut pairs = query.iter();
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    // The star of a row, in a browser without support for the `form` attribute: the contact's page has a star of its own.
    if let Some((id, _)) = value("favourite").and_then(|value| value.split_once('-'))
        && let Ok(id) = id.parse::<i64>()
    {
        return Ok(page::see_other(format!("/contacts/{id}")));
    }
    let mut ids = picked(&query);
    let beyond = ids.len().saturating_sub(MOST);
    let manner = match value("as") {
        Some("vcard") if beyond == 0 && !ids.is_empty() => {
            return Ok(page::see_other(cards_url(&ids)));
        }
        Some("to") => Manner::To,
        Some("cc") => Manner::Cc,
        _ => Manner::Copy,
    };
    ids.truncate(MOST);
    let asked = ids.len();
    let (people, absences) = db
        .read(move |conn| {
            let people = write::chosen(conn, &ids)?;
            let absences = absences(conn, people.iter().map(|(contact, _)| &contact.person))?;
            Ok((people, absences))
        })
        .await?;
    let gone = asked - people.len();
    let (reached, without_email) =
        people.into_iter().map(|(contact, _)| contact).partition(|contact| contact.email.is_some());
    page::ok(&MessagePage {
        cx,
        manner,
        reached,
        without_email,
        absences,
        gone,
        beyond,
        back: value("back")
            .and_then(ListAddress::parse)
            .map_or("/contacts".to_owned(), |list| list.as_str().to_owned()),
    })
}

/// The ticked contacts, each once.
pub fn picked(query: &[(String, String)]) -> Vec<i64> {
    let mut known = HashSet::new();
    let ticked = query.iter().filter(|(name, _)| name == "contact");
    ticked.filter_map(|(_, value)| value.parse().ok()).filter(|id| known.insert(*id)).collect()
}

fn cards_url(ids: &[i64]) -> String {
    let mut query = Serializer::new(String::new());
    for id in ids {
        query.append_pair("contact", &id.to_string());
    }
    format!("/contacts.vcf?{}", query.finish())
}
