//! Reads the file of an import again, in the way that its page offers.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::form::{name_message, name_taken};
use super::import::State;
use super::{pages, panel, reading_store, retention, store};
use crate::db::Db;
use crate::domain::ImportName;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::jobs::JobSignal;
use crate::web::settings::Settings;
use crate::web::{Account, Context, Form, FormErrors, page};

#[derive(Deserialize)]
pub struct ReadingForm {
    reading: String,
    /// Required if the import's own name was taken by another import.
    #[serde(default)]
    name: Option<String>,
}

/// `POST /imports/{id}/reading`
pub async fn create(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    settings: web::Data<Settings>,
    id: web::Path<i64>,
    Form(form): Form<ReadingForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let import = db.read(move |conn| store::find(conn, id)).await?;
    if panel::token(&import.reading) == form.reading {
        // A double click: the first request has done it.
        return Ok(page::see_other(format!("/imports/{id}")));
    }
    let gone = || {
        cx.say(fl!(cx.t, "read-so-gone"));
        Ok(page::see_other(format!("/imports/{id}")))
    };
    let offered = panel::offered(&import).filter(|reading| panel::token(reading) == form.reading);
    let Some(reading) = offered else {
        return gone();
    };
    let name = match form.name.as_deref().map(ImportName::parse).transpose() {
        Ok(name) => name,
        Err(fault) => {
            let errors = FormErrors::one("name", name_message(cx.t, &fault));
            return pages::unprocessable(cx, &db, &settings, id, errors, form.name.unwrap_or_default()).await;
        }
    };
    let is_done = import.state == State::Done;
    let file = import.file_id;
    let account = account.id;
    let begun = db
        .write(move |conn| {
            if !retention::hold(conn, file)? {
                return Ok(None);
            }
            if is_done {
                return reading_store::read_as_new(conn, id, &reading, account).map(Some);
            }
            let is_read_so = reading_store::read_again(conn, id, &reading, name.as_ref(), account)?;
            Ok(is_read_so.then_some(id))
        })
        .await;
    match begun {
        Ok(None) => gone(),
        Ok(Some(begun)) => {
            bell.ring();
            pages::wait(&db, begun).await?;
            Ok(page::see_other(format!("/imports/{begun}")))
        }
        Err(AppError::Taken(Constraint::ImportName)) if !is_done => {
            let typed = form.name.unwrap_or(import.name);
            let errors = name_taken(cx.t);
            pages::unprocessable(cx, &db, &settings, id, errors, typed).await
        }
        Err(error) => Err(error),
    }
}
