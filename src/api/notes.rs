//! Notes on a contact.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Body;
use super::contact_json::time;
use super::once::{Done, Once};
use crate::audit;
use crate::base::paging;
use crate::book::notes::{self, Note};
use crate::book::write;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::notes::read_note;
use crate::web::{Caller, Context, FormErrors, problem};

/// The notes of a part of the list, unless the program asks for fewer or more.
const USUAL: usize = 20;
const MOST: usize = 100;

#[derive(Debug, Deserialize)]
pub struct NotesQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

fn note_json(note: &Note) -> Value {
    json!({
        "id": note.id,
        "author": note.author,
        "note": note.text,
        "created_at": time(note.created_at),
        "edited_at": note.edited_at.map(time),
    })
}

/// `GET /api/v1/contacts/{id}/notes`: the latest first.
pub async fn index(
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<NotesQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let size = query.limit.unwrap_or(USUAL).clamp(1, MOST);
    let before = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Some(cursor.parse().map_err(|_| AppError::UnknownCursor)?),
        None => None,
    };
    let mut found = db
        .read(move |conn| {
            write::find(conn, id)?;
            notes::page(conn, id, before, paging::limit(size))
        })
        .await?;
    let next = paging::cut(&mut found, size, |note| note.id);
    let items: Vec<Value> = found.iter().map(note_json).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next.map(|next| next.to_string())})))
}

/// `POST /api/v1/contacts/{id}/notes`
pub async fn create(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    id: web::Path<i64>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let (cx, id) = (Context::new(&request), id.into_inner());
    let once = Once::of(&request, &caller, &sent.hash)?;
    let text = match sent.members.as_slice() {
        [(name, Value::String(text))] if name == "note" => read_note(cx.t, text),
        _ => Err(FormErrors::one("note", fl!(cx.t, "problem-only-note"))),
    };
    let text = match text {
        Ok(text) => text,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (account, label) = (caller.account.id, caller.label.to_string());
    let note = db
        .write(move |conn| {
            if let Some(done) = once.as_ref().map(|once| once.done(conn)).transpose()?.flatten() {
                return notes::page(conn, id, Some(done.made + 1), 1);
            }
            audit::by_key(&label, || notes::add(conn, id, &text, None, account))?;
            let added = notes::page(conn, id, None, 1)?;
            if let (Some(once), Some(note)) = (&once, added.first()) {
                once.store(conn, Done { status: 201, made: note.id })?;
            }
            Ok(added)
        })
        .await?;
    match note.first() {
        Some(note) => Ok(HttpResponse::Created().json(note_json(note))),
        None => Err(AppError::NotFound),
    }
}
