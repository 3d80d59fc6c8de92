//! Sources of external ids, and contacts by their id there: what a synchronization with another system needs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::Body;
use super::contact_json::{Base, Contacts};
use super::contacts::answer;
use super::fields::ContactBody;
use super::write;
use crate::book::external_ids::{self, Source};
use crate::book::whole::with_external_ids;
use crate::db::{AnyConnection, Db};
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::web::{Caller, Context, problem};

/// `GET /api/v1/sources`: by name.
pub async fn index(db: web::Data<Db>) -> AppResult<HttpResponse> {
    let sources = db.read(external_ids::sources).await?;
    let items: Vec<Value> = sources.iter().map(|source| json!({"name": source.name})).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": Value::Null})))
}

/// A source by its name.
///
/// # Errors
/// [`AppError::NotFound`]
fn source(conn: &mut AnyConnection, name: &str) -> AppResult<Source> {
    let known = external_ids::sources(conn)?;
    known.into_iter().find(|source| source.name == name).ok_or(AppError::NotFound)
}

/// The source's name and the id in a path.
///
/// # Errors
/// [`AppError::NotFound`] for an id that nobody can have: PostgreSQL refuses NUL in a text.
fn named(path: web::Path<(String, String)>) -> AppResult<(String, String)> {
    let (name, id) = path.into_inner();
    if id.contains('\0') { Err(AppError::NotFound) } else { Ok((name, id)) }
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UpsertQuery {
    /// `1`: nothing is written, and the answer has the changes.
    dry_run: String,
}

/// `PUT /api/v1/sources/{source}/contacts/{external id}`: changes the contact with this id, or adds one. Fields that the body does
/// not have stay.
pub async fn upsert(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    path: web::Path<(String, String)>,
    query: web::Query<UpsertQuery>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let (name, id) = named(path)?;
    let cx = Context::new(&request);
    let mut body = match ContactBody::read(cx.t, sent.members) {
        Ok(body) => body,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (t, base) = (cx.t, Base::of(&request));
    let may_add = caller.account.role.has(Right::ContactAdd);
    if query.dry_run == "1" {
        let changes = db
            .read(move |conn| {
                let source = source(conn, &name)?;
                if body.external_ids.is_some() {
                    body.add_id(&source.name, &id);
                }
                write::foresee(conn, t, &body, &source, &id)
            })
            .await?;
        return Ok(match changes {
            Ok(foreseen) => HttpResponse::Ok().json(foreseen),
            Err(errors) => problem::invalid(t, &errors),
        });
    }
    let outcome = write::as_program(&db, &caller, move |conn, account| {
        let source = source(conn, &name)?;
        write::upsert(conn, t, (&mut body, may_add), (&source, &id), account, &base)
    })
    .await;
    write::answer(&request, &cx, outcome)
}
