//! The two buttons of an import that waits for a decision.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::super::form::{name_message, name_taken};
use super::super::import::State;
use super::super::pages::{self, wait};
use super::super::store;
use super::decision::{self, Confirmed};
use crate::db::Db;
use crate::domain::ImportName;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::jobs::JobSignal;
use crate::web::settings::Settings;
use crate::web::{Account, Context, Form, FormErrors, NoFields, page};

#[derive(Deserialize)]
pub struct ConfirmForm {
    /// The check that the page showed, as its stamp.
    checked: Option<String>,
    /// Nothing is written yet, so the name can still change.
    name: Option<String>,
}

/// `POST /imports/{id}/confirm`: imports the valid lines, if their effects are those shown.
pub async fn confirm(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    settings: web::Data<Settings>,
    id: web::Path<i64>,
    Form(form): Form<ConfirmForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let name = match form.name.as_deref().map(ImportName::parse).transpose() {
        Ok(name) => name,
        // The page of an import that is already decided has no such field.
        Err(_) if db.read(move |conn| store::state(conn, id)).await? != State::Deciding => None,
        Err(fault) => {
            let errors = FormErrors::one("name", name_message(cx.t, &fault));
            let typed = form.name.unwrap_or_default();
            return pages::unprocessable(cx, &db, &settings, id, errors, typed).await;
        }
    };
    // A damaged stamp matches no check.
    let shown = form.checked.map(|text| text.parse().unwrap_or_default());
    let confirmed = db.write(move |conn| decision::confirm(conn, id, account.id, shown, name.as_ref())).await;
    let confirmed = match confirmed {
        Err(AppError::Taken(Constraint::ImportName)) => {
            let (errors, typed) = (name_taken(cx.t), form.name.unwrap_or_default());
            return pages::unprocessable(cx, &db, &settings, id, errors, typed).await;
        }
        Err(error) => return Err(error),
        Ok(confirmed) => confirmed,
    };
    match confirmed {
        Confirmed::Applying | Confirmed::CheckedAgain => {
            bell.ring();
            wait(&db, id).await?;
            let state = db.read(move |conn| store::state(conn, id)).await?;
            if state == State::Done {
                cx.say(fl!(cx.t, "import-done-flash"));
            }
        }
        Confirmed::Outdated => cx.say(fl!(cx.t, "import-outdated-flash")),
        Confirmed::Late => {}
    }
    Ok(page::see_other(format!("/imports/{id}")))
}

/// `POST /imports/{id}/cancel`: cancels an import that has written nothing.
pub async fn cancel(
    cx: Context,
    account: Account,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let state = db
        .write(move |conn| {
            decision::cancel(conn, id, Some(account.id))?;
            store::state(conn, id)
        })
        .await?;
    bell.ring();
    let message = if state == State::Cancelled {
        fl!(cx.t, "import-cancelled-flash")
    } else {
        fl!(cx.t, "import-too-late")
    };
    cx.say(message);
    Ok(page::see_other(format!("/imports/{id}")))
}
