//! The form on a contact's page that reports a mistake.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::book::list_address::contact_url;
use crate::book::reports::{self, LONGEST};
use crate::book::write;
use crate::contacts;
use crate::db::Db;
use crate::domain::{Fault, clean_lines};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{Account, Context, Form, FormErrors, form_key, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    report: String,
    /// The same form sent twice stores one report.
    form_key: String,
}

/// Reads a text of at most [`LONGEST`] characters; `label` is its field.
pub fn read(t: &Catalogue, label: &str, typed: &str) -> Result<String, String> {
    clean_lines(typed, LONGEST).map(|text| text.trim().to_owned()).map_err(|fault| match fault {
        Fault::TooLong { length, .. } => {
            fl!(t, "report-too-long", length = i64::try_from(length).unwrap_or(i64::MAX), max = LONGEST)
        }
        fault => at_field(t, label, &fault),
    })
}

impl ReportForm {
    fn read(&self, t: &Catalogue) -> Result<String, FormErrors> {
        match read(t, &fl!(t, "report"), &self.report) {
            Ok(text) if text.is_empty() => Err(fl!(t, "report-missing")),
            read => read,
        }
        .map_err(|message| FormErrors::one("report", message))
    }
}

/// `POST /contacts/{id}/reports`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<ReportForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let text = match form.read(cx.t) {
        Ok(text) => text,
        Err(errors) => return contacts::refuse_report(cx, &db, id, form.report, errors).await,
    };
    let key = form_key::read(&form.form_key);
    let added = db.write(move |conn| reports::add(conn, id, &text, key.as_deref(), account.id)).await;
    match added {
        // The second click of a double click finds the report already there.
        Ok(()) | Err(AppError::Taken(Constraint::ReportForm)) => {}
        Err(AppError::NotFound) => {
            let contact = db.read(move |conn| write::present(conn, id)).await?;
            let errors = FormErrors::one("report", fl!(cx.t, "report-merged", name = contact.name()));
            return contacts::refuse_report(cx, &db, contact.id, form.report, errors).await;
        }
        Err(error) => return Err(error),
    }
    cx.say(fl!(cx.t, "report-added"));
    Ok(page::see_other(format!("{}#reports", contact_url(&id, &cx.from))))
}
