use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::db::Db;
use crate::error::AppResult;

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    text("ok")
}

/// `GET /readyz`: the database answers too, and has this version's shape. It was brought to it at the start, but may since
/// have been restored from an older copy.
pub async fn ready(db: web::Data<Db>) -> AppResult<HttpResponse> {
    db.is_ready().await?;
    Ok(text("ready"))
}

fn text(body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(body)
}
