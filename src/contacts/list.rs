//! `GET /contacts`: a table for coordinators; agents have a search, see [`super::find`].

use std::mem;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::around_list::AroundList;
use super::filter_bar::FilterBar;
use super::find;
use super::list_place::order;
use super::statuses::{self, With};
use crate::book::contact::{ContactSummary, mailto, row_statuses};
use crate::book::contact_query::Selection;
use crate::book::counts::Count;
use crate::book::filter::{Filter, ListQuery, Sort};
use crate::book::list::{self, Page};
use crate::book::list_address::RowLinks;
use crate::book::search::suggest::{self, Suggestion};
use crate::db::Db;
use crate::domain::{Query, Right, Status};
use crate::error::AppResult;
use crate::favourites::RowExtras;
use crate::i18n::{Catalogue, fl, status_name};
use crate::web::{Account, Context, REFERRER, page};

/// The list for accounts that may edit contacts.
#[derive(Template)]
#[template(path = "contacts/index.html")]
struct ListPage {
    cx: Context,
    filter: Filter,
    filter_bar: FilterBar,
    page: Page,
    total: String,
    rows_per_page: usize,
    /// Spelling suggestions, if the search has no results.
    suggestions: Vec<Suggestion>,
    statuses: [String; 3],
    beside: RowExtras,
    /// The URL of this page, to come back to after saving.
    here: String,
    /// To its contacts.
    links: RowLinks,
}

pub async fn index(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    request: actix_web::HttpRequest,
    query: web::Query<ListQuery>,
) -> AppResult<HttpResponse> {
    if !cx.may(Right::ContactEdit) {
        return find::index(cx, account, db, request, query.into_inner()).await;
    }
    let (filter, from, direction) = query.into_inner().read();
    let asked = filter.clone();
    let order = order(&cx);
    let (found, around, beside, suggestions) = db
        .read(move |conn| {
            let found = list::page(conn, &asked, from.as_ref(), direction, account.rows_per_page, order)?;
            let people: Vec<&ContactSummary> = found.rows.iter().map(|(contact, _)| contact).collect();
            let mut around = AroundList::load(conn, account.id)?;
            let mut beside = RowExtras::with(conn, mem::take(&mut around.favourites), &people)?;
            beside.asked = Query::new(&asked.q, &[]);
            let suggestions = if found.total.is_zero() && !asked.q.is_empty() {
                Selection::of(conn, &asked)?.suggest(conn)?
            } else {
                Vec::new()
            };
            Ok((found, around, beside, suggestions))
        })
        .await?;
    let filter_bar = FilterBar::new(&cx, &filter, &found, around);
    let total = contacts_in_words(cx.t, found.total);
    let statuses = Status::ALL.map(|status| status_name(cx.t, &status));
    let here = request.uri().path_and_query().map_or("/contacts", |here| here.as_str()).to_owned();
    page::ok(&ListPage {
        rows_per_page: account.rows_per_page,
        links: RowLinks::of(&here, REFERRER),
        here,
        beside,
        cx,
        filter,
        filter_bar,
        page: found,
        total,
        suggestions,
        statuses,
    })
}

/// A number of contacts: `20 000 contacts`, `Plus de 1 000 contacts`.
pub fn contacts_in_words(t: &Catalogue, count: Count) -> String {
    match count {
        Count::Exact(count) => fl!(t, "contacts-total", count = count),
        Count::MoreThan(count) => fl!(t, "contacts-more-than", count = count),
    }
}

/// The number of results of a suggestion, as text.
pub fn suggested(t: &Catalogue, suggestion: &Suggestion) -> String {
    if suggestion.count > suggest::COUNTED {
        fl!(t, "suggestion-many", count = suggest::COUNTED)
    } else {
        fl!(t, "contacts-total", count = suggestion.count)
    }
}

impl ListPage {
    fn suggested(&self, suggestion: &Suggestion) -> String {
        suggested(self.cx.t, suggestion)
    }

    /// The statuses that the page shows of each row, as `12:ec 13:`. Saving compares the ticked boxes with it, so that only what was
    /// changed on this page is written.
    fn shown(&self) -> String {
        let rows = self.page.rows.iter().map(|(contact, _)| {
            let mut letters: String = contact.statuses().list().into_iter().map(statuses::letter).collect();
            if contact.email.is_none() {
                letters.push(statuses::WITHOUT_EMAIL);
            }
            format!("{}:{letters}", contact.id)
        });
        rows.collect::<Vec<String>>().join(" ")
    }

    /// The heads of the status columns.
    fn status_heads(&self) -> impl Iterator<Item = (Status, &String)> {
        Status::ALL.into_iter().zip(&self.statuses)
    }

    /// What can be done with the chosen rows: the value of `with`, and the button's text.
    fn chosen_actions(&self) -> Vec<(&'static str, String)> {
        let t = self.cx.t;
        With::ALL
            .into_iter()
            .filter(|with| self.cx.may(with.right()))
            .map(|with| (with.as_str(), with.label(t)))
            .collect()
    }

    /// `51–100 sur 20 000, page 2/400`, as far as it is known.
    fn position(&self) -> Option<String> {
        let first = self.page.passed? + 1;
        let rows = self.page.rows.len() as i64;
        let last = first - 1 + rows;
        let t = self.cx.t;
        let Count::Exact(total) = self.page.total else {
            return Some(fl!(t, "list-range", first = first, last = last));
        };
        let size = self.rows_per_page as i64;
        let (page, pages) = ((first - 1) / size + 1, (total + size - 1) / size);
        Some(fl!(t, "list-range-of", first = first, last = last, total = total, page = page, pages = pages))
    }

    /// The letters to jump to, each with the address of the list from there; none if one page has the whole book.
    fn letters(&self) -> Vec<(String, String)> {
        let Some(book) = self.page.book.as_ref().filter(|book| book.total > self.rows_per_page as i64) else {
            return Vec::new();
        };
        let named = book.letters.iter().filter(|(letter, _)| !letter.is_empty());
        named
            .map(|(letter, _)| {
                (letter.to_uppercase(), self.filter.url_from_letter(letter, book.before(letter)))
            })
            .collect()
    }

    /// The numbers of rows that a page can have, if that makes a difference.
    fn sizes(&self) -> &'static [usize] {
        let is_one_page = matches!(self.page.total, Count::Exact(total) if total <= list::PAGE as i64);
        if is_one_page { &[] } else { &list::SIZES }
    }

    /// `aria-sort` of a column's heading.
    fn aria_sort(&self, sort: &Sort) -> &'static str {
        match self.filter.sort {
            Some(Sort::Updated) if *sort == Sort::Updated => "descending",
            None if *sort == Sort::Name && self.filter.q.is_empty() => "ascending",
            Some(known) if known == *sort => "ascending",
            _ => "none",
        }
    }
}
