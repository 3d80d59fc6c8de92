//! The search for agents, who look up a contact with a customer on the line.

use std::mem;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::around_list::AroundList;
use super::expertise::topic_url;
use super::facets;
use super::filter_bar::{FilterBar, counted};
use super::list::suggested;
use super::list_place::{order, results};
use crate::book::absences::{Absences, absences, away_today};
use crate::book::contact::{ContactSummary, mailto, row_statuses};
use crate::book::contact_query::Selection;
use crate::book::counts::Count;
use crate::book::filter::{By, Direction, Filter, ListQuery, Sort};
use crate::book::list::{self, Page};
use crate::book::list_address::{RowLinks, contact_url};
use crate::book::search::suggest::Suggestion;
use crate::db::{AnyConnection, Db};
use crate::domain::{Query, Status};
use crate::error::AppResult;
use crate::favourites::{AtHand, RowExtras};
use crate::i18n::{fl, status_name};
use crate::web::{Account, Context, REFERRER, page};

/// Topics and absent contacts that the page shows before a search.
const TOPICS: usize = 12;
const AWAY: usize = 6;

#[derive(Template)]
#[template(path = "contacts/find.html")]
struct FindPage {
    cx: Context,
    /// The filter whose results are shown.
    filter: Filter,
    filter_bar: FilterBar,
    page: Page,
    /// The number of results, in words.
    total: String,
    /// The filter as it was typed, if it has no results: these are the results of the best suggestion.
    corrected: Option<Filter>,
    /// Other spelling suggestions, if the search as it was typed has no results.
    suggestions: Vec<Suggestion>,
    statuses: [String; 3],
    beside: RowExtras,
    /// Shown before a search.
    front: Option<Front>,
    /// The URL of this page, to come back to from a star.
    here: String,
    /// To its contacts.
    links: RowLinks,
}

/// What the page shows before a search.
struct Front {
    at_hand: AtHand,
    /// Topics, each with the number of its contacts.
    topics: Vec<(String, Count)>,
    /// `true` if there are more topics.
    has_more_topics: bool,
    /// Contacts who are absent today.
    away: Vec<ContactSummary>,
    has_more_away: bool,
    absences: Absences,
}

impl Front {
    fn load(conn: &mut AnyConnection, account: i64) -> AppResult<Self> {
        let mut topics = facets::topics(conn, TOPICS + 1)?;
        let has_more_topics = topics.len() > TOPICS;
        topics.truncate(TOPICS);
        let mut away = away_today(conn, AWAY as i64 + 1)?;
        let has_more_away = away.len() > AWAY;
        away.truncate(AWAY);
        Ok(Self {
            at_hand: AtHand::load(conn, account)?,
            topics,
            has_more_topics,
            absences: absences(conn, &away)?,
            away,
            has_more_away,
        })
    }

    fn is_empty(&self) -> bool {
        self.at_hand.is_empty() && self.topics.is_empty() && self.away.is_empty()
    }
}

impl FindPage {
    fn suggested(&self, suggestion: &Suggestion) -> String {
        suggested(self.cx.t, suggestion)
    }

    fn people(&self) -> impl Iterator<Item = &ContactSummary> {
        self.page.rows.iter().map(|(contact, _)| contact)
    }

    /// The text of the search field.
    fn typed(&self) -> &str {
        let filter = self.corrected.as_ref().unwrap_or(&self.filter);
        &filter.q
    }

    /// The text that had no results.
    fn without_results(&self) -> String {
        let q = self.typed();
        fl!(self.cx.t, "search-corrected-none", query = q)
    }

    fn counted(&self, count: &Count) -> String {
        counted(&self.cx, *count)
    }

    fn all_topics(&self) -> String {
        facets::url(&self.filter, By::Topic)
    }

    /// The address of all contacts, by name.
    fn everybody(&self) -> String {
        self.filter.sorted(Some(Sort::Name)).url()
    }
}

/// `GET /contacts` for accounts that do not edit contacts. A search without results shows those of the best suggestion at once.
pub async fn index(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    request: HttpRequest,
    query: ListQuery,
) -> AppResult<HttpResponse> {
    let is_exact = query.is_exact();
    let (asked, from, direction) = query.read();
    let is_front = asked.is_empty() && asked.sort.is_none() && from.is_none();
    let here = request.uri().path_and_query().map_or("/contacts", |here| here.as_str()).to_owned();
    let t = cx.t;
    let order = order(&cx);
    let (filter, corrected, suggestions, found, around, beside, front) = db
        .read(move |conn| {
            let mut filter = asked;
            let mut found = list::page(conn, &filter, from.as_ref(), direction, list::PAGE, order)?;
            let (mut corrected, mut suggestions) = (None, Vec::new());
            if found.total.is_zero() && !filter.q.is_empty() {
                suggestions = Selection::of(conn, &filter)?.suggest(conn)?;
                if !is_exact && !suggestions.is_empty() {
                    let best = filter.with_q(&suggestions.remove(0).q);
                    found = list::page(conn, &best, None, Direction::Forward, list::PAGE, order)?;
                    corrected = Some(mem::replace(&mut filter, best));
                }
            }
            let front = if is_front { Some(Front::load(conn, account.id)?) } else { None };
            if is_front {
                found.rows.clear();
            }
            let people: Vec<&ContactSummary> = found.rows.iter().map(|(contact, _)| contact).collect();
            let mut around = AroundList::load(conn, account.id)?;
            let mut beside = RowExtras::with(conn, mem::take(&mut around.favourites), &people)?;
            beside.asked = Query::new(&filter.q, &[]);
            Ok((filter, corrected, suggestions, found, around, beside, front))
        })
        .await?;
    page::ok(&FindPage {
        filter_bar: FilterBar::new(&cx, &filter, &found, around),
        total: results(t, found.total, &filter),
        statuses: Status::ALL.map(|status| status_name(t, &status)),
        links: RowLinks::of(&if corrected.is_some() { filter.url() } else { here.clone() }, REFERRER),
        page: found,
        filter,
        corrected,
        suggestions,
        beside,
        front,
        here,
        cx,
    })
}
