//! Sources of external ids, and contacts by their id there: what a synchronization with another system needs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::contact_json::{Base, Contacts};
use super::contacts::answer;
use crate::book::external_ids::{self, Source};
use crate::book::whole::with_external_ids;
use crate::db::{AnyConnection, Db};
use crate::domain::tidy;
use crate::error::{ApiRefusal, AppError, AppResult};

/// `GET /api/v1/sources`: by name.
pub async fn index(db: web::Data<Db>) -> AppResult<HttpResponse> {
    let sources = db.read(external_ids::sources).await?;
    let items: Vec<Value> = sources.iter().map(|source| json!({"name": source.name})).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": Value::Null})))
}

/// A source by its name.
///
/// # Errors
/// [`ApiRefusal::NoSource`]
pub(super) fn source(conn: &mut AnyConnection, name: &str) -> AppResult<Source> {
    let known = external_ids::sources(conn)?;
    let found = known.into_iter().find(|source| source.name == name);
    found.ok_or(AppError::Api(ApiRefusal::NoSource))
}

/// The source's name and the id in a path, as ids are stored.
///
/// # Errors
/// [`AppError::NotFound`] for an id that nobody can have: PostgreSQL refuses NUL in a text.
pub(super) fn named(path: web::Path<(String, String)>) -> AppResult<(String, String)> {
    let (name, id) = path.into_inner();
    let id = tidy(&id).into_owned();
    if id.is_empty() || id.contains('\0') { Err(AppError::NotFound) } else { Ok((name, id)) }
}

/// `GET /api/v1/sources/{source}/contacts/{external id}`
pub async fn show(
    request: HttpRequest,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
) -> AppResult<HttpResponse> {
    let (name, id) = named(path)?;
    let base = Base::of(&request);
    let tagged = db
        .read(move |conn| {
            let source = source(conn, &name)?;
            let found = with_external_ids(conn, source.id, &[&id])?;
            let (_, contact) = found.first().ok_or(AppError::NotFound)?;
            Ok(Contacts::one(conn, *contact, &base)?.1)
        })
        .await?;
    Ok(answer(&request, StatusCode::OK, tagged))
}
