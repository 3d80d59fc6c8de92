//! Contact cards to download: for one contact, or for several ticked ones.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::LIST_FIELDS;
use super::message::{MOST, picked};
use crate::book::vcard::{self, Version};
use crate::book::write;
use crate::db::{Db, settings};
use crate::domain::Right;
use crate::error::{AppError, AppResult};
use crate::web::Routes;

/// Must be registered before the routes of a contact, whose id would otherwise match `12.vcf`.
pub fn routes(routes: &mut Routes) {
    routes.at("/contacts.vcf").fields(LIST_FIELDS).get(Right::ContactView, several);
    routes.at("/contacts/{id}.vcf").get(Right::ContactView, one);
}

/// `GET /contacts/{id}.vcf`; `?version=3` for Outlook.
async fn one(
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    cards(&db, vec![id], version(&query)?, &format!("contact-{id}.vcf")).await
}

/// `GET /contacts.vcf?contact=1&contact=2`; `&version=3` for Outlook.
async fn several(db: web::Data<Db>, query: web::Query<Vec<(String, String)>>) -> AppResult<HttpResponse> {
    let ids = picked(&query);
    if ids.len() > MOST {
        return Err(AppError::BadRequest("more than a hundred people"));
    }
    cards(&db, ids, version(&query)?, "contacts.vcf").await
}

fn version(query: &[(String, String)]) -> AppResult<Version> {
    match query.iter().find(|(name, _)| name == "version") {
        None => Ok(Version::default()),
        Some((_, text)) => Version::parse(text).ok_or(AppError::BadRequest("an unknown version of vCard")),
    }
}

/// The cards of these contacts. Contacts that are not in the book are left out; without any contact the answer is
/// [`AppError::NotFound`].
async fn cards(db: &Db, ids: Vec<i64>, version: Version, file: &str) -> AppResult<HttpResponse> {
    let (people, book) =
        db.read(move |conn| Ok((write::chosen(conn, &ids)?, settings::book_id(conn)?))).await?;
    if people.is_empty() {
        return Err(AppError::NotFound);
    }
    let mut body = String::new();
    for (contact, organization) in &people {
        let organization = organization.as_deref().unwrap_or_default();
        vcard::write(&mut body, contact, organization, version, &book);
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/vcard; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
        .body(body))
}
