//! The form of an absence.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{self, Meant, Typed};
use super::{Contact, Person, is_over, store};
use crate::accounts::Account;
use crate::contacts;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::period::day_control;
use crate::web::{Context, Form, FormErrors, flash, page};

#[derive(Template)]
#[template(path = "contacts/absence.html")]
struct AbsencePage {
    cx: Context,
    errors: FormErrors,
    contact: Contact,
    typed: Typed,
    /// Where several people are meant: to choose from.
    meant: Meant,
}

impl AbsencePage {
    fn heading(&self) -> String {
        fl!(self.cx.t, "absence-title", name = self.contact.name())
    }

    /// Whether there is an absence to put an end to.
    fn is_set(&self) -> bool {
        self.contact
            .absent_until
            .is_some_and(|until| !is_over(until))
    }

    fn is_chosen(&self, person: &Person) -> bool {
        person.id.to_string() == self.typed.substitute_id
    }
}

/// `GET /contacts/{id}/absence`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (contact, typed) = db
        .read(move |conn| {
            let contact = contacts::store::find(conn, *id)?;
            let absences = store::absences(conn, [&contact.person])?;
            let absence = absences.of(&contact.id);
            let typed = Typed::of(
                &contact,
                absence.and_then(|absence| absence.substitute.as_ref()),
            );
            Ok((contact, typed))
        })
        .await?;
    page::ok(&AbsencePage {
        cx,
        errors: FormErrors::default(),
        contact,
        typed,
        meant: Meant::default(),
    })
}

/// `POST /contacts/{id}/absence`
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(typed): Form<Typed>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if typed.is_end() {
        db.write(move |conn| store::set(conn, id, None, account.id))
            .await?;
        flash::set(&session, fl!(cx.t, "absence-ended"));
        return Ok(page::see_other(format!("/contacts/{id}")));
    }
    let (contact, typed, meant) = db
        .read(move |conn| {
            let contact = contacts::store::present(conn, id)?;
            let meant = Meant::load(conn, &typed, contact.id)?;
            Ok((contact, typed, meant))
        })
        .await?;
    if contact.id != id {
        let message = fl!(cx.t, "form-merged", name = contact.name());
        return page::unprocessable(&AbsencePage {
            errors: FormErrors::one("absent_from", message),
            cx,
            contact,
            typed,
            meant,
        });
    }
    let errors = match form::read(cx.t, &typed, &meant) {
        Ok(days) => {
            let saved = db
                .write(move |conn| store::set(conn, id, Some(days), account.id))
                .await;
            match saved {
                Ok(is_away_too) => {
                    let message = match is_away_too {
                        _ if is_over(days.1) => fl!(cx.t, "absence-saved-past"),
                        Some(name) => fl!(cx.t, "absence-saved-both-away", name = name),
                        None => fl!(cx.t, "absence-saved"),
                    };
                    flash::set(&session, message);
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Err(AppError::Gone) => {
                    FormErrors::one("substitute", fl!(cx.t, "absence-substitute-gone"))
                }
                Err(error) => return Err(error),
            }
        }
        Err(errors) => errors,
    };
    page::unprocessable(&AbsencePage {
        cx,
        errors,
        contact,
        typed,
        meant,
    })
}
