//! Organizations: the list and one organization.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::contact_json::{Base, time};
use super::contacts::answer;
use super::etag::Tagged;
use crate::book::organizations::{self, Organization, Position};
use crate::db::{AnyConnection, Db};
use crate::error::{AppError, AppResult};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OrganizationsQuery {
    /// Words with which words of the name begin.
    q: String,
    /// The `next` of the part before.
    cursor: String,
}

fn organization_json(organization: &Organization, base: &Base) -> Value {
    let details = &organization.details;
    json!({
        "id": organization.id,
        "version": organization.version,
        "name": details.name,
        "website": details.website,
        "phone": details.phone,
        "industry": details.industry,
        "address": details.address,
        "postal_code": details.postal_code,
        "city": details.city,
        "country": details.country,
        "notes": details.notes,
        "number_blocks": details.number_blocks.lines().collect::<Vec<_>>(),
        "updated_at": time(organization.updated_at),
        "url": base.organization(organization.id),
    })
}

/// An organization with the tag of its JSON.
///
/// # Errors
/// [`AppError::NotFound`]
pub(super) fn one(conn: &mut AnyConnection, id: i64, base: &Base) -> AppResult<(Organization, Tagged)> {
    let organization = organizations::find(conn, id)?;
    let tagged = Tagged::new(id, &organization_json(&organization, base))?;
    Ok((organization, tagged))
}

/// `GET /api/v1/organizations`: by name.
pub async fn index(
    request: HttpRequest,
    db: web::Data<Db>,
    query: web::Query<OrganizationsQuery>,
) -> AppResult<HttpResponse> {
    let (query, base) = (query.into_inner(), Base::of(&request));
    let position = match query.cursor {
        cursor if cursor.is_empty() => Position::Start,
        // PostgreSQL refuses NUL in a text.
        cursor if cursor.contains('\0') => return Err(AppError::UnknownCursor),
        cursor => Position::After(cursor),
    };
    let page = db.read(move |conn| organizations::page(conn, &query.q, &position)).await?;
    let items: Vec<Value> = page
        .rows
        .iter()
        .map(|(row, contacts)| {
            json!({
                "id": row.id,
                "name": row.name,
                "industry": row.industry,
                "city": row.city,
                "contacts": contacts,
                "url": base.organization(row.id),
            })
        })
        .collect();
    let next = match page.next {
        Some(Position::After(key)) => Some(key),
        _ => None,
    };
    Ok(HttpResponse::Ok().json(json!({"items": items, "next": next})))
}

/// `GET /api/v1/organizations/{id}`
pub async fn show(request: HttpRequest, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let base = Base::of(&request);
    let tagged = db.read(move |conn| Ok(one(conn, *id, &base)?.1)).await?;
    Ok(answer(&request, StatusCode::OK, tagged))
}
