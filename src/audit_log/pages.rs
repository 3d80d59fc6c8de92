//! The page of the log: all changes, for administrators.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::filter::{Filter, LogQuery};
use super::presenter::{EntryPresenter, kind_name, wording};
use crate::accounts;
use crate::audit::{Author, CARNET, EntryView, Kind, store};
use crate::base::paging;
use crate::book::write;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::period::day_control;
use crate::web::{Context, FormErrors, page};

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "history/index.html")]
struct LogPage {
    cx: Context,
    errors: FormErrors,
    filter: Filter,
    before: Option<i64>,
    people: Vec<accounts::store::User>,
    entries: Vec<EntryView>,
    /// The current names of the contacts of the entries and of the filter, by id.
    names: HashMap<i64, String>,
    next: Option<i64>,
    telling: EntryPresenter,
}

impl LogPage {
    /// The name of a contact, if it still exists.
    fn name(&self, contact: &i64) -> Option<&str> {
        self.names.get(contact).map(String::as_str)
    }
}

/// `GET /audit`
pub async fn index(cx: Context, db: web::Data<Db>, query: web::Query<LogQuery>) -> AppResult<HttpResponse> {
    let (filter, before) = query.into_inner().read();
    let (wanted, errors) = match filter.read(cx.t) {
        Ok(wanted) => (Some(wanted), FormErrors::default()),
        Err(errors) => (None, errors),
    };
    let asked = filter.contact;
    let (people, mut entries, names, wording) = db
        .read(move |conn| {
            let entries = match wanted {
                Some(wanted) => {
                    let wanted = store::with_ids(conn, wanted)?;
                    store::page(conn, &wanted, before, paging::limit(PAGE))?
                }
                None => Vec::new(),
            };
            let mut ids: Vec<i64> = entries.iter().filter_map(|told| told.contact).collect();
            ids.extend(asked);
            let names = write::names(conn, &ids)?;
            let people = accounts::store::all(conn)?;
            let wording = wording(conn, &entries)?;
            Ok((people, entries, names, wording))
        })
        .await?;
    let next = paging::cut(&mut entries, PAGE, |told| told.id);
    let template = LogPage {
        telling: EntryPresenter::of(&cx, wording),
        cx,
        errors,
        filter,
        before,
        people,
        next,
        entries,
        names,
    };
    if template.errors.is_empty() { page::ok(&template) } else { page::unprocessable(&template) }
}
