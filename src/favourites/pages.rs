//! The pages of recent contacts and of favourites, and the star.

use std::collections::{HashMap, HashSet};
use std::iter;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::store::{self, MOST_FAVOURITES, MOST_RECENT};
use crate::book::absences::{Absences, absences};
use crate::book::contact::{ContactSummary, mailto, row_statuses};
use crate::book::list_address::{ListAddress, RowLinks, contact_url};
use crate::book::{document, write};
use crate::db::{AnyConnection, Db};
use crate::domain::{Number, Query, Status};
use crate::error::AppResult;
use crate::i18n::{fl, status_name};
use crate::web::{Account, Context, Form, REFERRER, page};

/// Data of some contacts that their rows show beside the contacts' own fields.
pub struct RowExtras {
    pub absences: Absences,
    favourites: HashSet<i64>,
    organizations: HashMap<i64, String>,
    /// The query of the search, for marking its words.
    pub asked: Query,
}

impl RowExtras {
    /// `favourites` are those of the account.
    pub fn with(
        conn: &mut AnyConnection,
        favourites: HashSet<i64>,
        people: &[&ContactSummary],
    ) -> AppResult<Self> {
        Ok(Self {
            absences: absences(conn, people.iter().copied())?,
            favourites,
            organizations: document::organization_names(conn, people.iter().copied())?,
            asked: Query::default(),
        })
    }

    pub fn load(conn: &mut AnyConnection, account: i64, people: &[ContactSummary]) -> AppResult<Self> {
        let favourites = store::favourite_ids(conn, account)?;
        Self::with(conn, favourites, &people.iter().collect::<Vec<_>>())
    }

    /// Those of one contact, of which the organization's name and whether it is a favourite are known.
    pub fn of(
        conn: &mut AnyConnection,
        contact: &ContactSummary,
        organization: Option<&str>,
        is_favourite: bool,
    ) -> AppResult<Self> {
        let organization = contact.organization_id.zip(organization.map(str::to_owned));
        Ok(Self {
            absences: absences(conn, iter::once(contact))?,
            favourites: is_favourite.then_some(contact.id).into_iter().collect(),
            organizations: organization.into_iter().collect(),
            asked: Query::default(),
        })
    }

    /// `État civil · Mairie de Lyon · Lyon`, without the parts that are empty.
    pub fn belongings(&self, contact: &ContactSummary) -> String {
        joined(&[&contact.service, self.organization(contact), &contact.city])
    }

    /// `État civil · Mairie de Lyon`, without the part that is empty.
    pub fn belonging(&self, contact: &ContactSummary) -> String {
        joined(&[&contact.service, self.organization(contact)])
    }

    fn organization(&self, contact: &ContactSummary) -> &str {
        contact.organization_id.and_then(|id| self.organizations.get(&id)).map_or("", String::as_str)
    }

    /// The contact's topics, with those first that the search was for.
    pub fn topics<'a>(&self, contact: &'a ContactSummary) -> Vec<&'a str> {
        let mut topics: Vec<&str> = contact.topics.lines().collect();
        topics.sort_by_key(|topic| !self.asked.pieces(topic).iter().any(|piece| piece.is_hit));
        topics
    }

    /// Returns `true` if the search was for this number.
    pub fn is_asked(&self, number: &Number) -> bool {
        self.asked.has_numbers() && self.asked.is_about_number(&number.search_digits())
    }

    pub fn is_favourite(&self, contact: &i64) -> bool {
        self.favourites.contains(contact)
    }
}

fn joined(texts: &[&str]) -> String {
    let known: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    known.join(" · ")
}

/// Contacts of each kind that are shown under an empty search field.
const SHOWN: i64 = 5;

/// An account's recent contacts and favourites, shown before a search.
#[derive(Default)]
pub struct AtHand {
    pub recent: Vec<ContactSummary>,
    pub favourites: Vec<ContactSummary>,
}

impl AtHand {
    pub fn load(conn: &mut AnyConnection, account: i64) -> AppResult<Self> {
        Ok(Self {
            recent: store::recent(conn, account, SHOWN)?,
            favourites: store::favourites(conn, account, SHOWN)?,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.recent.is_empty() && self.favourites.is_empty()
    }
}

#[derive(Template)]
#[template(path = "contacts/at_hand.html")]
struct AtHandPage {
    cx: Context,
    title: String,
    /// A hint, if the list is empty.
    empty: String,
    people: Vec<ContactSummary>,
    beside: RowExtras,
    statuses: [String; 3],
    /// The path of this page, to come back to.
    here: &'static str,
    /// To its contacts.
    links: RowLinks,
}

impl AtHandPage {
    fn people(&self) -> impl Iterator<Item = &ContactSummary> {
        self.people.iter()
    }
}

/// `GET /contacts/recent`
pub async fn recent(account: Account, cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let (people, beside) = db
        .read(move |conn| {
            let people = store::recent(conn, account.id, MOST_RECENT)?;
            let beside = RowExtras::load(conn, account.id, &people)?;
            Ok((people, beside))
        })
        .await?;
    page::ok(&AtHandPage {
        title: fl!(cx.t, "recent-title"),
        empty: fl!(cx.t, "recent-none"),
        people,
        beside,
        statuses: Status::ALL.map(|status| status_name(cx.t, &status)),
        here: "/contacts/recent",
        links: RowLinks::of("/contacts/recent", REFERRER),
        cx,
    })
}

/// `GET /contacts/favourites`
pub async fn favourites(account: Account, cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let (people, beside) = db
        .read(move |conn| {
            let people = store::favourites(conn, account.id, MOST_FAVOURITES)?;
            let beside = RowExtras::load(conn, account.id, &people)?;
            Ok((people, beside))
        })
        .await?;
    page::ok(&AtHandPage {
        title: fl!(cx.t, "favourites-title"),
        empty: fl!(cx.t, "favourites-none"),
        people,
        beside,
        statuses: Status::ALL.map(|status| status_name(cx.t, &status)),
        here: "/contacts/favourites",
        links: RowLinks::of("/contacts/favourites", REFERRER),
        cx,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FavouriteForm {
    /// `on` or `off`; in a list the contact's id precedes it, see the message page.
    favourite: String,
    /// The list that the form was sent from.
    back: String,
}

/// `POST /contacts/{id}/favourite`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<FavouriteForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let on = form.favourite.ends_with("on");
    let (contact, has_room) = db
        .write(move |conn| {
            let contact = write::find(conn, id)?;
            let has_room = if on {
                store::keep(conn, account.id, id)?
            } else {
                store::let_go(conn, account.id, id)?;
                true
            };
            Ok((contact, has_room))
        })
        .await?;
    let name = contact.name();
    let message = match (has_room, on) {
        (false, _) => fl!(cx.t, "favourites-full", count = MOST_FAVOURITES),
        (true, true) => fl!(cx.t, "favourite-added", name = name),
        (true, false) => fl!(cx.t, "favourite-removed", name = name),
    };
    cx.say(message);
    Ok(match ListAddress::parse(&form.back) {
        Some(list) => page::see_other(format!("{}#person-{id}", list.as_str())),
        None => page::see_other(contact_url(&id, &cx.from)),
    })
}

/// Stores in the background that an account opened a contact, if that is due: the page neither waits for it nor fails with it.
pub fn note_opened(db: &Db, account: i64, contact: i64) {
    let db = db.clone();
    actix_web::rt::spawn(async move {
        let noted = db
            .write(move |conn| {
                // Checked again here: opening a page twice at the same moment is stored once.
                if store::is_to_be_noted(conn, account, contact)? {
                    store::note(conn, account, contact)?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "could not store a recent contact");
        }
    });
}
