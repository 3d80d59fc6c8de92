//! A report with its answer, or with the form to answer it.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form;
use crate::book::contact::Contact;
use crate::book::reports::{self, Outcome, Report};
use crate::book::write;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, FormErrors, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    outcome: String,
    answer: String,
}

#[derive(Template)]
#[template(path = "reports/answer.html")]
struct AnswerPage {
    cx: Context,
    errors: FormErrors,
    report: Report,
    contact: Contact,
    typed: String,
}

async fn load(cx: Context, db: &Db, id: i64, typed: String, errors: FormErrors) -> AppResult<AnswerPage> {
    let (report, contact) = db
        .read(move |conn| {
            let report = reports::find(conn, id)?;
            let contact = write::profile(conn, report.contact)?.contact;
            Ok((report, contact))
        })
        .await?;
    Ok(AnswerPage { cx, errors, report, contact, typed })
}

/// `GET /reports/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    page::ok(&load(cx, &db, *id, String::new(), FormErrors::default()).await?)
}

/// `POST /reports/{id}`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<AnswerForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut errors = FormErrors::default();
    let outcome = Outcome::parse(&form.outcome);
    if outcome.is_none() {
        errors.add("outcome", fl!(cx.t, "report-outcome-missing"));
    }
    let text = form::read(cx.t, &fl!(cx.t, "report-answer"), &form.answer);
    let (outcome, text) = match (outcome, text) {
        (Some(outcome), Ok(text)) => (outcome, text),
        (_, text) => {
            if let Err(message) = text {
                errors.add("answer", message);
            }
            return page::unprocessable(&load(cx, &db, id, form.answer, errors).await?);
        }
    };
    let is_saved = db.write(move |conn| reports::answer(conn, id, (outcome, &text), account.id)).await?;
    if !is_saved {
        let errors = FormErrors::one("answered", fl!(cx.t, "report-answered-meanwhile"));
        return page::unprocessable(&load(cx, &db, id, form.answer, errors).await?);
    }
    cx.say(fl!(cx.t, "report-answered"));
    Ok(page::see_other("/waiting"))
}
