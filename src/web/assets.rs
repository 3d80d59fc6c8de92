//! The static files, which are part of the program. Their URLs contain a hash of their bytes, so browsers can keep them for ever.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use crate::base::random::hex;
use crate::error::{AppError, AppResult};

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

pub fn stylesheet_url() -> &'static str {
    static URL: LazyLock<String> = LazyLock::new(|| hashed_url("carnet.css"));
    &URL
}

pub fn icon_url() -> &'static str {
    static URL: LazyLock<String> = LazyLock::new(|| hashed_url("icon.svg"));
    &URL
}

fn hashed_url(name: &str) -> String {
    let hash = Files::get(name).map_or_else(String::new, |file| short_hash(&file));
    format!("/static/{hash}/{name}")
}

fn short_hash(file: &rust_embed::EmbeddedFile) -> String {
    hex(&file.metadata.sha256_hash()[..6])
}

/// `GET /static/{hash}/{name}`: a changed file has a new hash, and so a new URL.
pub async fn show(path: web::Path<(String, String)>) -> AppResult<HttpResponse> {
    let (hash, name) = path.into_inner();
    let file = Files::get(&name).ok_or(AppError::NotFound)?;
    // During an upgrade of nodes, browsers ask for another version's file, and must not cache this one for it for a year.
    if hash != short_hash(&file) {
        return Err(AppError::NotFound);
    }
    let kind = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        _ => "application/octet-stream",
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data))
}
