use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::db::Db;
use crate::error::AppResult;

/// `GET /healthz`: succeeds if the process answers.
pub async fn alive() -> HttpResponse {
    text("ok")
}

/// `GET /readyz`: succeeds if the database also answers and has this version's schema. It had this schema at the start, but may
/// have been restored from an older backup since.
pub async fn ready(db: web::Data<Db>) -> AppResult<HttpResponse> {
    db.is_ready().await?;
    Ok(text("ready"))
}

fn text(body: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body(body)
}
