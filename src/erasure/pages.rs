//! The pages that ask for confirmation of an erasure, and the page with its result.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, NaiveDateTime};
use serde::Deserialize;

use super::store::{self, Emptied, Erasure};
use crate::base::clock;
use crate::book::changed::changed;
use crate::book::contact::Contact;
use crate::book::write;
use crate::db::Db;
use crate::domain::{Headcount, Right};
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::imports;
use crate::jobs::{self, JobSignal};
use crate::web::{Account, Confirm, Context, Form, FormErrors, page};

/// How long an answer waits for the job, so that most results are complete when first shown.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "contacts/erase.html")]
struct ErasePage {
    cx: Context,
    confirm: Confirm,
    contact: Contact,
    /// The unfinished imports, which may contain the person.
    unfinished: Vec<(i64, String)>,
}

impl ErasePage {
    async fn load(cx: Context, db: &Db, id: i64, errors: FormErrors) -> AppResult<Self> {
        let (contact, unfinished) = db
            .read(move |conn| {
                let profile = write::profile(conn, id)?;
                Ok((profile.contact, imports::unfinished(conn, clock::now())?))
            })
            .await?;
        let t = cx.t;
        let page = format!("/contacts/{id}");
        let confirm = Confirm {
            back: page.clone(),
            above: vec![("/contacts".to_owned(), fl!(t, "contacts-title")), (page, contact.name())],
            title: fl!(t, "erase-title", name = contact.name()),
            text: fl!(t, "erase-text"),
            button: Some(fl!(t, "erase-submit")),
            errors,
            ..Confirm::default()
        };
        Ok(Self { cx, confirm, contact, unfinished })
    }
}

/// `GET /contacts/{id}/erase`: for a contact in the book or in the trash.
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    page::ok(&ErasePage::load(cx, &db, *id, FormErrors::default()).await?)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EraseForm {
    confirm: Option<String>,
}

/// `POST /contacts/{id}/erase`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(form): Form<EraseForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if form.confirm.is_none() {
        let errors = FormErrors::one("confirm", fl!(cx.t, "erase-confirm-missing"));
        return page::unprocessable(&ErasePage::load(cx, &db, id, errors).await?);
    }
    let erasure = db.write(move |conn| store::erase_one(conn, id, account.id)).await?;
    cx.say(fl!(cx.t, "erased"));
    follow(&db, &bell, erasure).await
}

/// Redirects to the result once the job is finished or [`PATIENCE`] is over.
async fn follow(db: &Db, bell: &JobSignal, id: i64) -> AppResult<HttpResponse> {
    bell.ring();
    jobs::wait_for(PATIENCE, async || {
        let erasure = db.read(move |conn| store::find(conn, id)).await?;
        Ok(erasure.finished_at.is_some())
    })
    .await?;
    Ok(page::see_other(format!("/erasures/{id}")))
}

/// `GET /contacts/trash/empty`
pub async fn ask_to_empty(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    draw_empty(cx, &db, None).await
}

/// `expected` is the selection that was confirmed, if the question is asked again.
async fn draw_empty(cx: Context, db: &Db, expected: Option<Headcount>) -> AppResult<HttpResponse> {
    let (now, t) = (clock::now(), cx.t);
    let (count, who, changed) = db
        .read(move |conn| {
            let who = write::trashed(conn, now)?;
            let changed = changed(conn, t, expected.as_ref(), &who)?;
            let count = write::count_trash(conn, None, now)?;
            Ok((count, who, changed))
        })
        .await?;
    if count == 0 {
        return Ok(page::see_other("/contacts/trash"));
    }
    let confirm = Confirm {
        above: vec![
            ("/contacts".to_owned(), fl!(t, "contacts-title")),
            ("/contacts/trash".to_owned(), fl!(t, "trash-title")),
        ],
        title: fl!(t, "trash-empty-title", count = count),
        text: fl!(t, "trash-empty-text"),
        hidden: vec![("before", now.and_utc().timestamp_micros().to_string()), ("expected", who.to_string())],
        button: Some(fl!(t, "trash-empty-confirm")),
        back: "/contacts/trash".to_owned(),
        changed,
        ..Confirm::default()
    };
    confirm.answer(cx)
}

#[derive(Debug, Deserialize)]
pub struct EmptyForm {
    /// The latest deletion time that is included, in microseconds: contacts deleted later stay.
    before: i64,
    #[serde(default)]
    expected: String,
}

impl EmptyForm {
    fn before(&self) -> AppResult<NaiveDateTime> {
        DateTime::from_timestamp_micros(self.before)
            .map(|time| time.naive_utc().min(clock::now()))
            .ok_or(AppError::BadRequest("a damaged time"))
    }
}

/// `POST /contacts/trash/empty`
pub async fn empty(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    Form(form): Form<EmptyForm>,
) -> AppResult<HttpResponse> {
    let before = form.before()?;
    let Some(expected) = Headcount::parse(&form.expected) else {
        return draw_empty(cx, &db, None).await;
    };
    let asked = expected.clone();
    let emptied = db.write(move |conn| store::empty_trash(conn, before, &asked, account.id)).await?;
    let erasure = match emptied {
        Emptied::Filed(erasure) => erasure,
        Emptied::Changed => return draw_empty(cx, &db, Some(expected)).await,
        Emptied::Empty => {
            cx.say(fl!(cx.t, "trash-was-empty"));
            return Ok(page::see_other("/contacts/trash"));
        }
    };
    cx.say(fl!(cx.t, "trash-emptied"));
    follow(&db, &bell, erasure).await
}

#[derive(Template)]
#[template(path = "contacts/erasure.html")]
struct ErasurePage {
    cx: Context,
    erasure: Erasure,
    by: Option<String>,
    /// The imports that the erasure waits for.
    unfinished: Vec<(i64, String)>,
}

impl ErasurePage {
    fn heading(&self) -> String {
        match self.erasure.contact_id {
            Some(_) => fl!(self.cx.t, "erasure-one"),
            None => fl!(self.cx.t, "erasure-trash"),
        }
    }

    /// When the erasure was requested, and by which account.
    fn facts(&self) -> String {
        let date = self.cx.locale.date_time(&self.erasure.created_at);
        match &self.by {
            Some(name) => fl!(self.cx.t, "erasure-by", date = date, name = name.as_str()),
            None => fl!(self.cx.t, "erasure-by-itself", date = date),
        }
    }
}

/// `GET /erasures/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (erasure, by, unfinished) = db
        .read(move |conn| {
            let (erasure, by) = store::show(conn, *id)?;
            let unfinished = match erasure.finished_at {
                Some(_) => Vec::new(),
                None => imports::unfinished(conn, erasure.created_at)?,
            };
            Ok((erasure, by, unfinished))
        })
        .await?;
    page::ok(&ErasurePage { cx, erasure, by, unfinished })
}
