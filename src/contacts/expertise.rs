//! The form of a contact's expertise: topics and languages, by which others find it.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use crate::book::contact::Contact;
use crate::book::list_address::{contact_page_url, contact_url};
use crate::book::wording::Wording;
use crate::book::write::{self, Expertise, Saved};
use crate::db::Db;
use crate::domain::{Difference, Drawn, Fault, Right, fold, parse_tags};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{Account, Context, Form, FormErrors, Routes, page};

/// The most characters of a topic; `LANGUAGE` is the same for a language.
pub const TOPIC: usize = 100;
const LANGUAGE: usize = 50;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/{id}/expertise").get(Right::ContactEdit, edit).post(Right::ContactEdit, update);
}

/// The address of the list of the contacts with a topic.
pub fn topic_url(topic: &str) -> String {
    let topic: String = byte_serialize(topic.as_bytes()).collect();
    format!("/contacts?topic={topic}")
}

/// The address of the list of the contacts who speak a language.
pub fn language_url(language: &str) -> String {
    let language: String = byte_serialize(language.as_bytes()).collect();
    format!("/contacts?language={language}")
}

/// The fields as typed: one item per line, or separated by commas.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExpertiseForm {
    topics: String,
    languages: String,
    /// The values that the form was shown with.
    was: String,
}

impl ExpertiseForm {
    fn of(contact: &Contact) -> Self {
        let (topics, languages) = (contact.topics.clone(), contact.languages.clone());
        Self { was: Drawn::write(&[&topics, &languages]), topics, languages }
    }

    fn read(&self, t: &Catalogue) -> Result<Expertise, FormErrors> {
        read_expertise(t, &self.topics, &self.languages)
    }
}

/// Reads topics and languages, one per line or separated by commas.
///
/// # Errors
/// All faults.
pub fn read_expertise(t: &Catalogue, topics: &str, languages: &str) -> Result<Expertise, FormErrors> {
    let mut errors = FormErrors::default();
    let topics = parse_tags(topics, TOPIC).unwrap_or_else(|fault| {
        let message = match fault {
            Fault::TooManyTags { max } => fl!(t, "expertise-too-many-topics", max = max),
            fault => at_field(t, &fl!(t, "expertise-topics"), &fault),
        };
        errors.add("topics", message);
        String::new()
    });
    let languages = parse_tags(languages, LANGUAGE).unwrap_or_else(|fault| {
        let message = match fault {
            Fault::TooManyTags { max } => fl!(t, "expertise-too-many-languages", max = max),
            fault => at_field(t, &fl!(t, "expertise-languages"), &fault),
        };
        errors.add("languages", message);
        String::new()
    });
    if errors.is_empty() { Ok(Expertise { topics, languages }) } else { Err(errors) }
}

#[derive(Template)]
#[template(path = "contacts/expertise.html")]
struct ExpertisePage {
    cx: Context,
    errors: FormErrors,
    contact: Contact,
    typed: ExpertiseForm,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
}

impl ExpertisePage {
    fn heading(&self) -> String {
        fl!(self.cx.t, "expertise-title", name = self.contact.name())
    }
}

/// `GET /contacts/{id}/expertise`
async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| write::find(conn, *id)).await?;
    let typed = ExpertiseForm::of(&contact);
    page::ok(&ExpertisePage { cx, errors: FormErrors::default(), contact, typed, conflict: Vec::new() })
}

/// `POST /contacts/{id}/expertise`
async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(typed): Form<ExpertiseForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let expertise = match typed.read(cx.t) {
        Ok(expertise) => expertise,
        Err(errors) => {
            let contact = db.read(move |conn| write::find(conn, id)).await?;
            return page::unprocessable(&ExpertisePage { cx, errors, contact, typed, conflict: Vec::new() });
        }
    };
    let drawn = Drawn::read(&typed.was);
    let saved = db.write(move |conn| write::set_expertise(conn, id, &expertise, &drawn, account.id)).await;
    match saved {
        Ok(Saved::Yes) => {}
        Ok(_) => return draw_stale(cx, &db, id, typed).await,
        Err(AppError::NotFound) => return draw_merged(cx, &db, id, typed).await,
        Err(error) => return Err(error),
    }
    cx.say(fl!(cx.t, "expertise-saved"));
    Ok(page::see_other(contact_url(&id, &cx.from)))
}

/// The form of the contact that this one was merged into, with the expertise of both.
async fn draw_merged(cx: Context, db: &Db, id: i64, typed: ExpertiseForm) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| write::present(conn, id)).await?;
    let message = fl!(cx.t, "form-merged", name = contact.name());
    let theirs = ExpertiseForm::of(&contact);
    let typed = ExpertiseForm {
        topics: together(&theirs.topics, &typed.topics),
        languages: together(&theirs.languages, &typed.languages),
        was: theirs.was,
    };
    page::unprocessable(&ExpertisePage {
        errors: FormErrors::one("topics", message),
        cx,
        contact,
        typed,
        conflict: Vec::new(),
    })
}

/// The form again, with what was saved meanwhile.
async fn draw_stale(cx: Context, db: &Db, id: i64, mut typed: ExpertiseForm) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| write::find(conn, id)).await?;
    let theirs = ExpertiseForm::of(&contact);
    let mut lists = [&mut typed.topics, &mut typed.languages];
    Drawn::read(&typed.was).rebase(&mut lists, &[&theirs.topics, &theirs.languages]);
    let wording = Wording::default();
    let conflict =
        [("topics", &theirs.topics, &typed.topics), ("languages", &theirs.languages, &typed.languages)]
            .into_iter()
            .filter(|(_, theirs, yours)| theirs != yours)
            .map(|(name, theirs, yours)| Difference {
                label: wording.label(cx.t, name),
                theirs: wording.value(cx.locale, name, theirs),
                yours: wording.value(cx.locale, name, &yours.replace("\r\n", "\n")),
            })
            .collect();
    typed.was = theirs.was;
    page::unprocessable(&ExpertisePage {
        errors: FormErrors::one("conflict", fl!(cx.t, "form-stale")),
        cx,
        contact,
        typed,
        conflict,
    })
}

/// The stored items, then the typed ones that are not among them.
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
    fn a_topic_is_escaped_in_a_url() {
        assert_eq!(topic_url("Livret & famille +"), "/contacts?topic=Livret+%26+famille+%2B");
    }
}
