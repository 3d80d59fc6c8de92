//! What people know about and which languages they speak: so that somebody else finds them.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::Contact;
use super::store::{self, Expertise};
use crate::accounts::Account;
use crate::db::Db;
use crate::domain::{Fault, Right, fold, parse_tags};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{Context, Form, FormErrors, Routes, flash, page};

/// Characters of one at most.
const TOPIC: usize = 100;
const LANGUAGE: usize = 50;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/{id}/expertise")
        .get(Right::ContactEdit, edit)
        .post(Right::ContactEdit, update);
}

/// The list narrowed to those who know about a topic.
pub fn topic_url(topic: &str) -> String {
    let topic: String = byte_serialize(topic.as_bytes()).collect();
    format!("/contacts?topic={topic}")
}

/// The list narrowed to those who speak a language.
pub fn language_url(language: &str) -> String {
    let language: String = byte_serialize(language.as_bytes()).collect();
    format!("/contacts?language={language}")
}

/// As typed: one a line, or commas between.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    topics: String,
    languages: String,
}

impl Typed {
    fn read(&self, t: &Catalogue) -> Result<Expertise, FormErrors> {
        let mut errors = FormErrors::default();
        let topics = parse_tags(&self.topics, TOPIC).unwrap_or_else(|fault| {
            let message = match fault {
                Fault::TooManyTags { max } => fl!(t, "expertise-too-many-topics", max = max),
                fault => at_field(t, &fl!(t, "expertise-topics"), &fault),
            };
            errors.add("topics", message);
            String::new()
        });
        let languages = parse_tags(&self.languages, LANGUAGE).unwrap_or_else(|fault| {
            let message = match fault {
                Fault::TooManyTags { max } => fl!(t, "expertise-too-many-languages", max = max),
                fault => at_field(t, &fl!(t, "expertise-languages"), &fault),
            };
            errors.add("languages", message);
            String::new()
        });
        if errors.is_empty() {
            Ok(Expertise { topics, languages })
        } else {
            Err(errors)
        }
    }
}

#[derive(Template)]
#[template(path = "contacts/expertise.html")]
struct ExpertisePage {
    cx: Context,
    errors: FormErrors,
    contact: Contact,
    typed: Typed,
}

impl ExpertisePage {
    fn heading(&self) -> String {
        fl!(self.cx.t, "expertise-title", name = self.contact.name())
    }
}

/// `GET /contacts/{id}/expertise`
async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| store::find(conn, *id)).await?;
    let typed = Typed {
        topics: contact.topics.clone(),
        languages: contact.languages.clone(),
    };
    page::ok(&ExpertisePage {
        cx,
        errors: FormErrors::default(),
        contact,
        typed,
    })
}

/// `POST /contacts/{id}/expertise`
async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(typed): Form<Typed>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let expertise = match typed.read(cx.t) {
        Ok(expertise) => expertise,
        Err(errors) => {
            let contact = db.read(move |conn| store::find(conn, id)).await?;
            return page::unprocessable(&ExpertisePage {
                cx,
                errors,
                contact,
                typed,
            });
        }
    };
    let saved = db
        .write(move |conn| store::set_expertise(conn, id, &expertise, account.id))
        .await;
    match saved {
        Ok(()) => {}
        Err(AppError::NotFound) => return draw_merged(cx, &db, id, typed).await,
        Err(error) => return Err(error),
    }
    flash::set(&session, fl!(cx.t, "expertise-saved"));
    Ok(page::see_other(format!("/contacts/{id}")))
}

/// The form of the contact that this one was merged into, with what both know.
async fn draw_merged(cx: Context, db: &Db, id: i64, typed: Typed) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| store::present(conn, id)).await?;
    let message = fl!(cx.t, "form-merged", name = contact.name());
    let typed = Typed {
        topics: together(&contact.topics, &typed.topics),
        languages: together(&contact.languages, &typed.languages),
    };
    page::unprocessable(&ExpertisePage {
        errors: FormErrors::one("topics", message),
        cx,
        contact,
        typed,
    })
}

/// Those of one list, then those of the other that are not in it.
fn together(stored: &str, typed: &str) -> String {
    let mut all: Vec<&str> = stored.lines().collect();
    for tag in typed.split(['\n', ',']).map(str::trim) {
        if !tag.is_empty() && !all.iter().any(|known| fold(known) == fold(tag)) {
            all.push(tag);
        }
    }
    all.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_stands_in_a_url_as_it_is() {
        assert_eq!(
            topic_url("Livret & famille +"),
            "/contacts?topic=Livret+%26+famille+%2B"
        );
    }
}
