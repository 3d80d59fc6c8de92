//! From a template to an answer.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use askama::Template;
use futures_util::{Stream, TryStreamExt as _};

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

/// A body that is still to be read from the database, part by part. Its answer has begun by then: what fails can only be logged,
/// and cuts it off.
pub fn in_parts(
    parts: impl Stream<Item = AppResult<Bytes>>,
) -> impl Stream<Item = AppResult<Bytes>> {
    parts.inspect_err(|error| tracing::error!(%error, "an answer was cut off"))
}
