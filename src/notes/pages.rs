//! The list of all notes on a contact, and the forms with which authors change their own notes.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::base::paging;
use crate::book::contact::Contact;
use crate::book::list_address::contact_url;
use crate::book::notes::{self, LONGEST, Note};
use crate::book::write;
use crate::contacts;
use crate::db::Db;
use crate::domain::{Difference, Drawn, Fault, clean_lines};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{Account, Confirm, Context, Form, FormErrors, NoFields, form_key, page};

const PAGE: usize = 10;

#[derive(Debug, Deserialize)]
pub struct NotesQuery {
    before: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NoteForm {
    note: String,
    /// Key of the form of a new note: the same form sent twice adds one note.
    form_key: String,
    /// The values that the form of an edited note was shown with.
    was: String,
}

impl NoteForm {
    fn read(&self, t: &Catalogue) -> Result<String, FormErrors> {
        read_note(t, &self.note)
    }
}

/// Reads the text of a note.
///
/// # Errors
/// The fault, at `note`.
pub fn read_note(t: &Catalogue, typed: &str) -> Result<String, FormErrors> {
    match clean_lines(typed, LONGEST) {
        Ok(text) if text.trim().is_empty() => Err(fl!(t, "note-missing")),
        Ok(text) => Ok(text),
        Err(Fault::TooLong { length, .. }) => {
            Err(fl!(t, "note-too-long", length = i64::try_from(length).unwrap_or(i64::MAX), max = LONGEST))
        }
        Err(fault) => Err(at_field(t, &fl!(t, "note"), &fault)),
    }
    .map_err(|message| FormErrors::one("note", message))
}

#[derive(Template)]
#[template(path = "notes/index.html")]
struct NotesPage {
    cx: Context,
    contact: Contact,
    notes: Vec<Note>,
    next: Option<i64>,
}

/// `GET /contacts/{id}/notes`
pub async fn index(
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<NotesQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact, mut notes) = db
        .read(move |conn| {
            let contact = write::find(conn, id)?;
            Ok((contact, notes::page(conn, id, query.before, paging::limit(PAGE))?))
        })
        .await?;
    let next = paging::cut(&mut notes, PAGE, |note| note.id);
    page::ok(&NotesPage { cx, contact, notes, next })
}

/// `POST /contacts/{id}/notes`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<NoteForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let text = match form.read(cx.t) {
        Ok(text) => text,
        Err(errors) => return contacts::refuse_note(cx, &db, id, form.note, errors).await,
    };
    let form_key = form_key::read(&form.form_key);
    let added = db.write(move |conn| notes::add(conn, id, &text, form_key.as_deref(), account.id)).await;
    match added {
        // The second click of a double click finds the note already there.
        Ok(()) | Err(AppError::Taken(Constraint::NoteForm)) => {}
        Err(AppError::NotFound) => {
            let contact = db.read(move |conn| write::present(conn, id)).await?;
            let message = fl!(cx.t, "note-merged", name = contact.name());
            let errors = FormErrors::one("note", message);
            return contacts::refuse_note(cx, &db, contact.id, form.note, errors).await;
        }
        Err(error) => return Err(error),
    }
    cx.say(fl!(cx.t, "note-added"));
    Ok(page::see_other(format!("{}#notes", contact_url(&id, &cx.from))))
}

#[derive(Template)]
#[template(path = "notes/edit.html")]
struct EditPage {
    cx: Context,
    errors: FormErrors,
    note: Note,
    contact: Contact,
    typed: String,
    /// The author's newer text, saved elsewhere since the form was shown.
    conflict: Vec<Difference>,
}

impl EditPage {
    fn new(cx: Context, note: Note, contact: Contact, typed: String) -> Self {
        Self { cx, errors: FormErrors::default(), note, contact, typed, conflict: Vec::new() }
    }

    fn was(&self) -> String {
        Drawn::write(&[&self.note.stamp()])
    }
}

/// `GET /contacts/{id}/notes/{note}/edit`
pub async fn edit(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (note, contact) = find(&db, *path, account.id).await?;
    let typed = note.text.clone();
    page::ok(&EditPage::new(cx, note, contact, typed))
}

async fn find(db: &Db, (contact, note): (i64, i64), account: i64) -> AppResult<(Note, Contact)> {
    db.read(move |conn| {
        let note = notes::own(conn, contact, note, account)?;
        Ok((note, write::find(conn, contact)?))
    })
    .await
}

/// `POST /contacts/{id}/notes/{note}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
    Form(form): Form<NoteForm>,
) -> AppResult<HttpResponse> {
    let (contact, id) = *path;
    let text = match form.read(cx.t) {
        Ok(text) => text,
        Err(errors) => {
            let (note, contact) = find(&db, (contact, id), account.id).await?;
            return page::unprocessable(&EditPage { errors, ..EditPage::new(cx, note, contact, form.note) });
        }
    };
    let drawn = Drawn::read(&form.was);
    let saved = db.write(move |conn| notes::edit(conn, contact, id, &text, &drawn, account.id)).await;
    match saved {
        Ok(true) => {}
        Ok(false) => {
            let (note, contact) = find(&db, (contact, id), account.id).await?;
            let conflict =
                Difference { label: fl!(cx.t, "note"), theirs: note.text.clone(), yours: form.note.clone() };
            return page::unprocessable(&EditPage {
                errors: FormErrors::one("conflict", fl!(cx.t, "form-stale")),
                conflict: vec![conflict],
                ..EditPage::new(cx, note, contact, form.note)
            });
        }
        Err(AppError::NotFound) => {
            return draw_moved(cx, &db, (contact, id), account.id, form.note).await;
        }
        Err(error) => return Err(error),
    }
    cx.say(fl!(cx.t, "note-saved"));
    Ok(page::see_other(format!("/contacts/{contact}#notes")))
}

/// The answer to a form whose note is not at its contact any more. If the note moved to another contact with a merge, the form is
/// shown for that contact; if it was deleted, the typed text is offered as a new note.
async fn draw_moved(
    cx: Context,
    db: &Db,
    (contact, id): (i64, i64),
    account: i64,
    typed: String,
) -> AppResult<HttpResponse> {
    let (contact, note) = db
        .read(move |conn| {
            let contact = write::present(conn, contact)?;
            let note = match notes::own(conn, contact.id, id, account) {
                Err(AppError::NotFound) => None,
                note => Some(note?),
            };
            Ok((contact, note))
        })
        .await?;
    let Some(note) = note else {
        let errors = FormErrors::one("note", fl!(cx.t, "note-gone"));
        return contacts::refuse_note(cx, db, contact.id, typed, errors).await;
    };
    let message = fl!(cx.t, "form-merged", name = contact.name());
    page::unprocessable(&EditPage {
        errors: FormErrors::one("note", message),
        ..EditPage::new(cx, note, contact, typed)
    })
}

/// `GET /contacts/{id}/notes/{note}/delete`
pub async fn ask(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
) -> AppResult<HttpResponse> {
    let (note, contact) = find(&db, *path, account.id).await?;
    let t = cx.t;
    let page = format!("/contacts/{}", contact.id);
    let confirm = Confirm {
        back: format!("{page}#notes"),
        above: vec![("/contacts".to_owned(), fl!(t, "contacts-title")), (page, contact.name())],
        title: fl!(t, "note-delete-title"),
        text: fl!(t, "note-delete-text"),
        quote: note.excerpt().0.to_owned(),
        button: Some(fl!(t, "note-delete-confirm")),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /contacts/{id}/notes/{note}/delete`
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    path: web::Path<(i64, i64)>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let (contact, id) = *path;
    db.write(move |conn| notes::delete(conn, contact, id, account.id)).await?;
    cx.say(fl!(cx.t, "note-deleted"));
    Ok(page::see_other(format!("/contacts/{contact}#notes")))
}
