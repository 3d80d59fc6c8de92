//! Contacts: the list, one contact, and the changes of one contact.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::body::Body;
use super::contact_json::{Base, Contacts};
use super::etag::{IfMatch, Tagged, is_known};
use super::fields::ContactBody;
use super::once::Once;
use super::submit::Work;
use super::write;
use crate::book::filter::{Cursor, Direction, ListQuery};
use crate::book::list;
use crate::book::search::Order;
use crate::book::whole::WholeContact;
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult};
use crate::web::{Caller, Context, problem};

/// The contacts of a part of the list, unless the program asks for fewer or more.
const USUAL: usize = 50;
const MOST: usize = 100;

/// `GET /api/v1/contacts`: the list with the filters of the page.
pub async fn index(
    request: HttpRequest,
    db: web::Data<Db>,
    query: web::Query<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let pairs = query.into_inner();
    let named =
        |name: &str| pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let limit =
        named("limit").map(|limit| limit.parse().map_err(|_| AppError::BadRequest("a damaged limit")));
    let size: usize = limit.transpose()?.unwrap_or(USUAL).clamp(1, MOST);
    let cursor = match named("cursor").filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => Some(Cursor::parse(&cursor).ok_or(AppError::UnknownCursor)?),
        None => None,
    };
    let (filter, ..) = ListQuery::from(pairs).read();
    let base = Base::of(&request);
    let (contacts, next) = db
        .read(move |conn| {
            let page = list::page(conn, &filter, cursor.as_ref(), Direction::Forward, size, Order::Name)?;
            let ids: Vec<i64> = page.rows.iter().map(|(contact, _)| contact.id).collect();
            let mut wholes = WholeContact::load(conn, &ids)?;
            wholes.sort_by_key(|whole| ids.iter().position(|id| *id == whole.contact.id));
            Ok((Contacts::of(conn, wholes)?, page.next.map(|next| next.to_string())))
        })
        .await?;
    let items: Vec<_> = contacts.json(&base).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/contacts/{id}`
pub async fn show(request: HttpRequest, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let base = Base::of(&request);
    let tagged = db.read(move |conn| Ok(Contacts::one(conn, *id, &base)?.1)).await?;
    Ok(answer(&request, StatusCode::OK, tagged))
}

/// A contact with its tag, or 304 if the program has it already.
pub(super) fn answer(request: &HttpRequest, status: StatusCode, tagged: Tagged) -> HttpResponse {
    let tag = (header::ETAG, tagged.tag.clone());
    if request.method().is_safe() && is_known(request, &tagged.tag) {
        return HttpResponse::NotModified().insert_header(tag).finish();
    }
    HttpResponse::build(status)
        .insert_header(tag)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .body(tagged.body)
}

/// `POST /api/v1/contacts`
pub async fn create(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    sent: Body,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let once = Once::of(&request, &caller, &sent.hash)?;
    let body = match ContactBody::read(cx.t, sent.members) {
        Ok(body) => body,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let base = Base::of(&request);
    let t = cx.t;
    let outcome = write::as_program(&db, &caller, move |conn, account| {
        let shown = |conn: &mut AnyConnection, id| Ok(Contacts::one(conn, id, &base)?.1);
        write::make_once(conn, once.as_ref(), shown, |conn| {
            write::create(conn, &mut Work::new(t, account), &body, &base)
        })
    })
    .await;
    write::answer(&request, &cx, outcome)
}

/// `PUT /api/v1/contacts/{id}`: fields that the body does not have are emptied.
pub async fn replace(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    id: web::Path<i64>,
    body: Body,
) -> AppResult<HttpResponse> {
    change(&request, &caller, &db, *id, body, true).await
}

/// `PATCH /api/v1/contacts/{id}`: fields that the body does not have stay (RFC 7396).
pub async fn patch(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    id: web::Path<i64>,
    body: Body,
) -> AppResult<HttpResponse> {
    change(&request, &caller, &db, *id, body, false).await
}

async fn change(
    request: &HttpRequest,
    caller: &Caller,
    db: &Db,
    id: i64,
    sent: Body,
    is_whole: bool,
) -> AppResult<HttpResponse> {
    let cx = Context::new(request);
    let expected = IfMatch::of(request)?;
    let body = match ContactBody::read(cx.t, sent.members) {
        Ok(body) => body,
        Err(errors) => return Ok(problem::invalid(cx.t, &errors)),
    };
    let (t, base) = (cx.t, Base::of(request));
    let outcome = write::as_program(db, caller, move |conn, account| {
        write::change(conn, &mut Work::new(t, account), id, (&body, is_whole), &expected, &base)
    })
    .await;
    write::answer(request, &cx, outcome)
}

/// `DELETE /api/v1/contacts/{id}`: moves the contact to the trash.
pub async fn delete(
    request: HttpRequest,
    caller: Caller,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let expected = IfMatch::of(&request)?;
    let base = Base::of(&request);
    let outcome = write::as_program(&db, &caller, move |conn, account| {
        write::delete(conn, *id, &expected, account, &base)
    })
    .await;
    write::answer(&request, &cx, outcome)
}
