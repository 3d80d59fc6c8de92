//! Imports: a file that a program sends, and what became of it.
//!
//! The file is the body itself, and the form of the page is the query:
//! `curl -H "Content-Type: text/csv" --data-binary @list.csv …/imports?profile=RH`.
//! A body as browsers send it from a form (`multipart/form-data` and two others) is refused, and so is one without a type: these are
//! the requests that a page of another site can make a browser send without asking first. A key is in no cookie, but a browser keeps
//! one that was typed as the password of Basic authentication. `Origin` is checked too, as for all programs.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::contact_json::{Base, time};
use super::once::{Done, Once, hash};
use crate::base::paging;
use crate::db::{AnyConnection, Db};
use crate::domain::TICKED;
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::imports::begin::{Begun, begin};
use crate::imports::form::{ImportForm, refusal_message};
use crate::imports::import::OnError;
use crate::imports::mapping::OnAmbiguous;
use crate::imports::start::Starter;
use crate::imports::{Import, State, pages, profiles, store, upload};
use crate::jobs::JobSignal;
use crate::web::settings::Settings;
use crate::web::{Caller, Context, FormErrors, concurrency_limit, problem};

/// The imports of a part of the list, unless the program asks for fewer or more.
const USUAL: usize = 20;
const MOST: usize = 100;
/// The types of bodies that a browser sends to another site without asking it first; the last one stands for none.
const OF_FORMS: [&str; 4] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""];

#[derive(Debug, Deserialize)]
pub struct ImportsQuery {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// The form of the page, by the names of its controls, and the name of the file.
///
/// # Errors
/// Unknown names and values: one that was spelt wrong could have asked for a preview, or for a profile.
fn form(t: &Catalogue, query: Vec<(String, String)>) -> Result<(ImportForm, String), FormErrors> {
    let (mut form, mut file_name) = (ImportForm::default(), String::new());
    let mut errors = FormErrors::default();
    let (on_error, on_ambiguous) =
        (OnError::ALL.map(OnError::as_str), OnAmbiguous::ALL.map(OnAmbiguous::as_str));
    for (name, value) in query {
        let (field, known): (&mut String, &[&str]) = match name.as_str() {
            "name" => (&mut form.name, &[]),
            "profile" => (&mut form.profile, &[]),
            "file_name" => (&mut file_name, &[]),
            "on_error" => (&mut form.on_error, &on_error),
            "on_ambiguous" => (&mut form.on_ambiguous, &on_ambiguous),
            "preview" => (&mut form.preview, &[TICKED]),
            name => {
                errors.add(name, fl!(t, "problem-unknown-field", name = name));
                continue;
            }
        };
        if known.is_empty() || value.is_empty() || known.contains(&value.as_str()) {
            *field = value;
        } else {
            errors.add(name, fl!(t, "problem-not-one-of", values = known.join(", ")));
        }
    }
    if file_name.is_empty() {
        file_name.clone_from(&form.name);
    }
    if errors.is_empty() { Ok((form, file_name)) } else { Err(errors) }
}

/// `GET /api/v1/imports`: the latest first.
pub async fn index(
    request: HttpRequest,
    db: web::Data<Db>,
    query: web::Query<ImportsQuery>,
) -> AppResult<HttpResponse> {
    let (t, base) = (Context::new(&request).t, Base::of(&request));
    let size = query.limit.unwrap_or(USUAL).clamp(1, MOST);
    let before = match query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Some(cursor.parse().map_err(|_| AppError::UnknownCursor)?),
        None => None,
    };
    let (items, next) = db
        .read(move |conn| {
            let mut found = store::latest(conn, before, paging::limit(size))?;
            let next = paging::cut(&mut found, size, |import| import.id);
            let names = profiles::names(conn)?;
            let items: Vec<Value> =
                found.iter().map(|import| import_json(t, import, &names, &base)).collect();
            Ok((items, next))
        })
        .await?;
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next.map(|next| next.to_string())})))
}

/// `GET /api/v1/imports/{id}`
pub async fn show(request: HttpRequest, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (_, json) = one(&request, &db, *id).await?;
    Ok(HttpResponse::Ok().json(json))
}

/// `POST /api/v1/imports`: imports the file in the body, by the code and the rules of the page. The answer waits up to two seconds
/// for the job: 201 if nothing runs any more (the import is done, or waits for a person), otherwise 202.
pub async fn create(
    request: HttpRequest,
    caller: Caller,
    (db, bell, settings): (web::Data<Db>, web::Data<JobSignal>, web::Data<Settings>),
    query: web::Query<Vec<(String, String)>>,
    body: web::Payload,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let is_form = OF_FORMS.contains(&request.content_type().to_ascii_lowercase().as_str());
    if is_form || request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(AppError::Api(ApiRefusal::NotAFile));
    }
    let (form, file_name) = match form(cx.t, query.into_inner()) {
        Ok(read) => read,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let limit = settings.max_upload;
    if upload::announces_too_much(&request, limit) {
        return Err(AppError::FileTooLarge { limit });
    }
    let received = upload::receive_file(&request, body, limit, &file_name);
    let file = concurrency_limit::without_place(&request, received).await?;
    let once = Once::of(&request, &caller, &hash(&[&file.sha256, request.query_string()]))?;
    if let Some(once) = once.clone()
        && let Some(done) = db.read(move |conn| once.done(conn)).await?
    {
        return made(&request, &db, done.made).await;
    }
    let again = once.clone();
    let mut starter = Starter::program(caller.account.id, &caller.label);
    if let Some(once) = once {
        starter = starter.then(move |conn, import| once.store(conn, Done { status: 201, made: import }));
    }
    let begun = begin(cx.t, &db, &form, Some(file), starter).await;
    if let (false, Some(once)) = (matches!(begun, Ok(Begun::Started(_))), again) {
        // The same request at the same moment has started it.
        if let Some(done) = db.read(move |conn| once.done(conn)).await? {
            return made(&request, &db, done.made).await;
        }
    }
    let id = match begun? {
        Begun::Started(id) => id,
        Begun::Incomplete(errors) => return Ok(problem::invalid(cx.t, &errors)),
        Begun::Unreadable(refused) => {
            let mut errors = FormErrors::one("file", refused.panel.sentence.clone());
            for error in refused.errors.all().iter().filter(|error| error.field != "file-is") {
                errors.add(error.field.as_str(), error.message.clone());
            }
            return Ok(problem::invalid(cx.t, &errors));
        }
    };
    bell.ring();
    pages::wait(&db, id).await?;
    made(&request, &db, id).await
}

/// The answer about an import that the program has started.
async fn made(request: &HttpRequest, db: &Db, id: i64) -> AppResult<HttpResponse> {
    let (import, json) = one(request, db, id).await?;
    let status = if import.is_running() { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let location = (header::LOCATION, format!("/api/v1/imports/{id}"));
    Ok(HttpResponse::build(status).insert_header(location).json(json))
}

/// An import with its JSON, which also says why it waits.
///
/// # Errors
/// [`AppError::NotFound`]
async fn one(request: &HttpRequest, db: &Db, id: i64) -> AppResult<(Import, Value)> {
    let (t, base) = (Context::new(request).t, Base::of(request));
    db.read(move |conn| {
        let import = store::find(conn, id)?;
        let mut json = import_json(t, &import, &profiles::names(conn)?, &base);
        json["reasons"] = reasons(conn, t, &import)?.into();
        Ok((import, json))
    })
    .await
}

fn import_json(t: &Catalogue, import: &Import, profiles: &HashMap<i64, String>, base: &Base) -> Value {
    let counts = &import.counts;
    let waits_for = match import.state {
        _ if !import.waits() => None,
        State::Mapping => Some("columns"),
        _ => Some("decision"),
    };
    json!({
        "id": import.id,
        "name": import.name,
        "state": import.state.as_str(),
        "waits_for": waits_for,
        "profile": import.profile_id.and_then(|id| profiles.get(&id)),
        "file": {"name": import.file_name, "size": import.file_size, "sha256": import.file_sha256},
        "lines": import.lines,
        "counts": {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "restored": counts.restored,
            "superseded": counts.superseded,
            "rejected": counts.rejected,
            "skipped": counts.skipped,
            "held": counts.held,
            "unmatched": counts.unmatched,
        },
        "refusal": import.refusal.as_ref().map(|refusal| refusal_message(t, refusal)),
        "account": import.created_by,
        "created_at": time(import.created_at),
        "finished_at": import.finished_at.map(time),
        "undone_at": import.undone_at.map(time),
        "url": base.of_page(&pages::address(import)),
    })
}

/// Why an import waits for a person, one sentence each.
fn reasons(conn: &mut AnyConnection, t: &Catalogue, import: &Import) -> AppResult<Vec<String>> {
    if !import.waits() {
        return Ok(Vec::new());
    }
    let mut reasons = match import.profile_id {
        Some(_) => profiles::stops(conn, t, import)?,
        None => Vec::new(),
    };
    if import.state == State::Deciding && import.counts.rejected > 0 {
        reasons.push(fl!(t, "api-waits-rejected", count = import.counts.rejected));
    }
    if reasons.is_empty() {
        reasons.push(match import.state {
            State::Mapping => fl!(t, "api-waits-columns"),
            _ => fl!(t, "api-waits-decision"),
        });
    }
    Ok(reasons)
}
