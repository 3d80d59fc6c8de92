//! From a template to an answer.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use crate::error::AppResult;

/// 200
pub fn ok(template: &impl Template) -> AppResult<HttpResponse> {
    with_status(StatusCode::OK, template)
}

/// 422: the form again, with its errors and what was typed.
pub fn unprocessable(template: &impl Template) -> AppResult<HttpResponse> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, template)
}

pub fn with_status(status: StatusCode, template: &impl Template) -> AppResult<HttpResponse> {
    let html = template.render()?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(html))
}

/// 303, after a POST that changed something.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location.as_ref()))
        .finish()
}
