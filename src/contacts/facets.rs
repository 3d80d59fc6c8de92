//! The page to choose a service, a city, an organization or another value for a filter, without knowing its spelling: the
//! existing values, each with the number of its contacts.

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::prelude::*;
use serde::Deserialize;

use super::filter_bar::{self, counted};
use crate::book::contact_query::Selection;
use crate::book::counts::{self, Count, Key};
use crate::book::filter::{By, Filter, ListQuery};
use crate::book::organizations;
use crate::db::schema::{book_values, imports, organizations as organization_rows};
use crate::db::{AnyConnection, Db};
use crate::domain::{Facet, Right, fold, tidy_prefix};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::{Context, page};

/// Values per page.
const PAGE: usize = 30;
/// Contacts of a value among other conditions are counted up to this number.
const BOUND: i64 = 1_000;
/// The most values that are read for one page, if the filter leaves no contacts for most of them.
const LOOKED_AT: usize = 150;

/// The address of the page where a value is chosen for a filter.
pub fn url(filter: &Filter, by: By) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("by", by.as_str())
        .extend_pairs(filter.pairs())
        .finish();
    format!("/contacts/choices?{query}")
}

/// A value to choose.
struct Choice {
    /// Its sort key.
    key: String,
    name: String,
    facet: Chosen,
}

/// The condition that its contacts meet.
enum Chosen {
    By(Facet),
    Import(i64),
}

impl Chosen {
    fn key(&self) -> Key {
        match self {
            Self::By(facet) => Key::of(facet),
            Self::Import(id) => Key::import(*id),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChoicesQuery {
    by: String,
    find: String,
    from: Option<String>,
}

#[derive(Template)]
#[template(path = "contacts/choices.html")]
struct ChoicesPage {
    cx: Context,
    filter: Filter,
    by: By,
    label: String,
    find: String,
    /// Each value with the number of its contacts, and `true` if the filter has it.
    choices: Vec<(String, String, bool)>,
    next: Option<String>,
}

impl ChoicesPage {
    /// The values of the filter that are not among the listed ones.
    fn unlisted(&self) -> impl Iterator<Item = &String> {
        let values = self.filter.values(self.by).iter();
        values.filter(|value| self.choices.iter().all(|(name, ..)| name != *value))
    }

    /// The names and values of the other conditions.
    fn other_pairs(&self) -> Vec<(&'static str, String)> {
        let others = self.filter.with(self.by, &[]);
        others.pairs().into_iter().map(|(name, value)| (name, value.into_owned())).collect()
    }

    /// The other conditions of the filter, in words.
    fn others(&self) -> Option<String> {
        let others = self.filter.with(self.by, &[]);
        (!others.is_empty()).then(|| filter_bar::words(self.cx.t, &others))
    }
}

/// `GET /contacts/choices`
pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<ChoicesQuery>,
    list: web::Query<ListQuery>,
) -> AppResult<HttpResponse> {
    let ChoicesQuery { by, find, from } = query.into_inner();
    let by = By::parse(&by)
        .filter(|by| *by != By::Import || cx.may(Right::ImportView))
        .ok_or(AppError::NotFound)?;
    let find = tidy_prefix(&find, 200);
    let from = from.filter(|from| !from.contains('\0'));
    let (filter, _, _) = list.into_inner().read();
    let (others, typed) = (filter.with(by, &[]), find.clone());
    let offered = db
        .read(move |conn| {
            let selection = Selection::of(conn, &others)?;
            with_contacts(conn, &selection, by, typed.trim(), from)
        })
        .await?;
    let choices = offered
        .values
        .into_iter()
        .map(|(name, count)| {
            let is_on = filter.values(by).contains(&name);
            (name, counted(&cx, count), is_on)
        })
        .collect();
    let next = offered.next.map(|from| {
        url::form_urlencoded::Serializer::new(url(&filter, by))
            .append_pair("find", &find)
            .append_pair("from", &from)
            .finish()
    });
    page::ok(&ChoicesPage { label: filter_bar::label(cx.t, by), cx, filter, by, find, choices, next })
}

/// The topics that most contacts know about, each with the number of these contacts. While the numbers are not known, they are the
/// first ones by alphabet.
pub fn topics(conn: &mut AnyConnection, limit: usize) -> AppResult<Vec<(String, Count)>> {
    if let Some(frequent) = counts::most_frequent(conn, counts::Kind::Topic, limit)? {
        return Ok(frequent.into_iter().map(|(topic, count)| (topic, Count::Exact(count))).collect());
    }
    let everybody = Selection::default();
    let mut topics = Vec::new();
    for choice in next(conn, By::Topic, "", None, limit)? {
        if let Chosen::By(facet) = choice.facet {
            let count = everybody.and(facet).total(conn, BOUND)?;
            topics.push((choice.name, count));
        }
    }
    topics.retain(|(_, count)| !count.is_zero());
    Ok(topics)
}

/// A page of values.
struct Offered {
    /// Each value with the number of its contacts.
    values: Vec<(String, Count)>,
    /// Where the next page begins.
    next: Option<String>,
}

/// The next values that have contacts.
fn with_contacts(
    conn: &mut AnyConnection,
    selection: &Selection,
    by: By,
    typed: &str,
    mut from: Option<String>,
) -> AppResult<Offered> {
    let mut values = Vec::new();
    let mut looked_at = 0;
    loop {
        let choices = next(conn, by, typed, from.as_deref(), PAGE)?;
        let is_end = choices.len() < PAGE;
        looked_at += choices.len();
        // One statement counts all of them in the whole book. A value without contacts there has none among others either.
        let keys: Vec<Key> = choices.iter().map(|choice| choice.facet.key()).collect();
        let in_book = counts::of(conn, &keys)?;
        for (place, choice) in choices.into_iter().enumerate() {
            if values.len() == PAGE {
                return Ok(Offered { values, next: from });
            }
            let count = match in_book.as_ref().map(|counts| counts[place]) {
                Some(0) => Count::Exact(0),
                Some(count) if selection.is_whole_book() => Count::Exact(count),
                _ => {
                    let chosen = match choice.facet {
                        Chosen::By(facet) => selection.and(facet),
                        Chosen::Import(id) => selection.of_import(id),
                    };
                    Count::bounded(chosen.count(conn, BOUND + 1)?, BOUND)
                }
            };
            if !count.is_zero() {
                values.push((choice.name, count));
            }
            from = Some(choice.key);
        }
        if is_end {
            return Ok(Offered { values, next: None });
        }
        if looked_at >= LOOKED_AT {
            return Ok(Offered { values, next: from });
        }
    }
}

/// The next values that begin with `typed`, in their order; imports with the latest first.
fn next(
    conn: &mut AnyConnection,
    by: By,
    typed: &str,
    from: Option<&str>,
    limit: usize,
) -> AppResult<Vec<Choice>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match by {
        By::Service => values(conn, "service", Facet::Service, typed, from, limit),
        By::City => values(conn, "city", Facet::City, typed, from, limit),
        By::Topic => values(conn, "topic", Facet::Topic, typed, from, limit),
        By::Language => values(conn, "language", Facet::Language, typed, from, limit),
        By::Organization => organizations_like(conn, typed, from, limit),
        By::Import => imports_like(conn, typed, from, limit),
    }
}

/// A text that sorts after all texts with this prefix.
fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

fn values(
    conn: &mut AnyConnection,
    kind: &str,
    facet: fn(String) -> Facet,
    typed: &str,
    from: Option<&str>,
    limit: i64,
) -> AppResult<Vec<Choice>> {
    let prefix = fold(typed);
    let rows: Vec<(String, String)> = book_values::table
        .filter(book_values::kind.eq(kind))
        .filter(book_values::value_key.gt(from.unwrap_or_default()))
        .filter(book_values::value_key.ge(&prefix))
        .filter(book_values::value_key.lt(end_of(&prefix)))
        .order(book_values::value_key)
        .select((book_values::value_key, book_values::value))
        .limit(limit)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(key, name)| Choice { key, facet: Chosen::By(facet(name.clone())), name })
        .collect())
}

fn organizations_like(
    conn: &mut AnyConnection,
    typed: &str,
    from: Option<&str>,
    limit: i64,
) -> AppResult<Vec<Choice>> {
    let prefix = organizations::name_key(typed);
    let rows: Vec<(String, String, i64)> = organization_rows::table
        .filter(organization_rows::name_key.gt(from.unwrap_or_default()))
        .filter(organization_rows::name_key.ge(&prefix))
        .filter(organization_rows::name_key.lt(end_of(&prefix)))
        .order(organization_rows::name_key)
        .select((organization_rows::name_key, organization_rows::name, organization_rows::id))
        .limit(limit)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(key, name, id)| Choice { key, name, facet: Chosen::By(Facet::Organization(id)) })
        .collect())
}

fn imports_like(
    conn: &mut AnyConnection,
    typed: &str,
    from: Option<&str>,
    limit: i64,
) -> AppResult<Vec<Choice>> {
    let prefix = fold(typed).replace(['\\', '%', '_'], "_");
    let before: i64 = from.and_then(|from| from.parse().ok()).unwrap_or(i64::MAX);
    let rows: Vec<(i64, String)> = imports::table
        .filter(imports::id.lt(before))
        .filter(imports::state.eq("done"))
        .filter(imports::undone_at.is_null())
        .filter(imports::name_key.like(format!("{prefix}%")))
        .order(imports::id.desc())
        .select((imports::id, imports::name))
        .limit(limit)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Choice { key: id.to_string(), name, facet: Chosen::Import(id) })
        .collect())
}
