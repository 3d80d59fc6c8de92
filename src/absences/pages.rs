//! The page with the form of an absence.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{self, Meant, Typed};
use crate::book::absences::{self, Saved, is_over};
use crate::book::contact::{Contact, ContactSummary};
use crate::book::list_address::{contact_page_url, contact_url};
use crate::book::wording::Wording;
use crate::book::write;
use crate::db::Db;
use crate::domain::{Difference, Drawn};
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, fl};
use crate::web::period::day_control;
use crate::web::{Account, Context, Form, FormErrors, page};

#[derive(Template)]
#[template(path = "contacts/absence.html")]
struct AbsencePage {
    cx: Context,
    errors: FormErrors,
    contact: Contact,
    typed: Typed,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
    /// The contacts to choose from, if the typed name means several.
    meant: Meant,
}

impl AbsencePage {
    fn heading(&self) -> String {
        fl!(self.cx.t, "absence-title", name = self.contact.name())
    }

    /// Returns `true` if the contact has an absence that can be ended.
    fn is_set(&self) -> bool {
        self.contact.absent_until.is_some_and(|until| !is_over(until))
    }

    fn is_chosen(&self, person: &ContactSummary) -> bool {
        person.id.to_string() == self.typed.substitute_id
    }
}

/// `GET /contacts/{id}/absence`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (contact, typed) = db
        .read(move |conn| {
            let contact = write::find(conn, *id)?;
            let typed = Typed::of(absences::form_values(conn, &contact)?);
            Ok((contact, typed))
        })
        .await?;
    page::ok(&AbsencePage {
        cx,
        errors: FormErrors::default(),
        contact,
        typed,
        conflict: Vec::new(),
        meant: Meant::default(),
    })
}

/// `POST /contacts/{id}/absence`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(mut typed): Form<Typed>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let drawn = Drawn::read(&typed.was);
    if typed.is_end() {
        let ended = db.write(move |conn| absences::set(conn, id, None, &drawn, account.id)).await?;
        return match ended {
            Saved::Yes(_) => {
                cx.say(fl!(cx.t, "absence-ended"));
                Ok(page::see_other(contact_url(&id, &cx.from)))
            }
            Saved::Stale => draw_stale(cx, &db, id, typed).await,
        };
    }
    let (contact, typed, meant) = db
        .read(move |conn| {
            let contact = write::present(conn, id)?;
            if contact.id != id {
                typed.was = Typed::of(absences::form_values(conn, &contact)?).was;
            }
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
            conflict: Vec::new(),
            meant,
        });
    }
    let errors = match form::read(cx.t, &typed, &meant) {
        Ok(days) => {
            let saved = db.write(move |conn| absences::set(conn, id, Some(days), &drawn, account.id)).await;
            match saved {
                Ok(Saved::Stale) => return draw_stale(cx, &db, id, typed).await,
                Ok(Saved::Yes(is_away_too)) => {
                    let message = match is_away_too {
                        _ if is_over(days.1) => fl!(cx.t, "absence-saved-past"),
                        Some(name) => fl!(cx.t, "absence-saved-both-away", name = name),
                        None => fl!(cx.t, "absence-saved"),
                    };
                    cx.say(message);
                    return Ok(page::see_other(contact_url(&id, &cx.from)));
                }
                Err(AppError::Gone) => FormErrors::one("substitute", fl!(cx.t, "absence-substitute-gone")),
                Err(error) => return Err(error),
            }
        }
        Err(errors) => errors,
    };
    page::unprocessable(&AbsencePage { cx, errors, contact, typed, conflict: Vec::new(), meant })
}

/// The form again, with the absence that was saved meanwhile.
async fn draw_stale(cx: Context, db: &Db, id: i64, mut typed: Typed) -> AppResult<HttpResponse> {
    let locale = cx.locale;
    let (contact, typed, conflict, meant) = db
        .read(move |conn| {
            let contact = write::find(conn, id)?;
            let theirs = Typed::of(absences::form_values(conn, &contact)?);
            let saved = theirs.values().map(str::to_owned);
            typed.rebase(theirs);
            let conflict = differences(locale, &saved, &typed);
            let meant = Meant::load(conn, &typed, id)?;
            Ok((contact, typed, conflict, meant))
        })
        .await?;
    page::unprocessable(&AbsencePage {
        errors: FormErrors::one("conflict", fl!(cx.t, "form-stale")),
        cx,
        contact,
        typed,
        conflict,
        meant,
    })
}

fn differences(locale: Locale, theirs: &[String; 4], typed: &Typed) -> Vec<Difference> {
    let t = locale.catalogue();
    let wording = Wording::default();
    let day = |name, value: &str| wording.value(locale, name, value);
    let name = |value: &str| if value.is_empty() { "–" } else { value }.to_owned();
    [
        ("absent_from", &theirs[0], &typed.absent_from),
        ("absent_until", &theirs[1], &typed.absent_until),
        ("substitute", &theirs[2], &typed.substitute),
    ]
    .into_iter()
    .filter(|(_, theirs, yours)| theirs != yours)
    .map(|(field, theirs, yours)| {
        let shown = |value: &str| match field {
            "substitute" => name(value),
            field => day(field, value),
        };
        Difference { label: wording.label(t, field), theirs: shown(theirs), yours: shown(yours) }
    })
    .collect()
}
