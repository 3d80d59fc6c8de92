//! Turns templates into answers.

use actix_web::body::SizedStream;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;
use futures_util::{Stream, TryStreamExt as _, stream};
use tokio::io::AsyncReadExt as _;

use super::FormErrors;
use crate::error::AppResult;

/// The answer 200.
pub fn ok(template: &impl Template) -> AppResult<HttpResponse> {
    with_status(StatusCode::OK, template)
}

/// The answer 422: the form with its errors and the typed values.
pub fn unprocessable(template: &impl Template) -> AppResult<HttpResponse> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A form: 422 if it has errors, otherwise 200.
pub fn form(errors: &FormErrors, template: &impl Template) -> AppResult<HttpResponse> {
    if errors.is_empty() { ok(template) } else { unprocessable(template) }
}

pub fn with_status(status: StatusCode, template: &impl Template) -> AppResult<HttpResponse> {
    let html = template.render()?;
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(html))
}

/// The answer 303, after a POST that changed something.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location.as_ref())).finish()
}

/// A body that is read from the database part by part. Its answer has already begun, so a failure can only be logged, and cuts
/// the answer off.
pub fn in_parts(parts: impl Stream<Item = AppResult<Bytes>>) -> impl Stream<Item = AppResult<Bytes>> {
    parts.inspect_err(|error| tracing::error!(%error, "an answer was cut off"))
}

/// The bytes per part of [`file()`].
const PART: usize = 128 * 1024;

/// A complete file of `size` bytes as the answer. The browser knows its size, and notices an answer that was cut off.
pub fn file(mut response: HttpResponseBuilder, file: std::fs::File, size: u64) -> HttpResponse {
    let parts = stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut part = BytesMut::with_capacity(PART);
        let read = file.read_buf(&mut part).await?;
        Ok((read > 0).then(|| (part.freeze(), file)))
    });
    response
        // Compressing would take the size away.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(SizedStream::new(size, in_parts(parts)))
}

/// Returns `next` if it is a path of this server, and `/` if a browser could read it as another host.
pub fn local_path(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_ours_are_gone_to_after_signing_in() {
        for ours in
            ["/", "/contacts?q=a", "/contacts?q=//evil.example", "/contacts/1/edit", "/%2F%2Fevil.example"]
        {
            assert_eq!(local_path(ours), ours);
            let base = url::Url::parse("https://carnet.example").unwrap();
            assert_eq!(base.join(ours).unwrap().host_str(), Some("carnet.example"));
        }
        for elsewhere in [
            "",
            "evil",
            "evil.example/contacts",
            "//evil.example",
            "///evil.example",
            "////evil.example/..",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\\/evil.example",
            "/contacts\\..\\..\\evil.example",
            "http://evil.example",
            "https://evil.example",
            "HTTPS://evil.example",
            "https:evil.example",
            "https:/evil.example",
            "http:\\\\evil.example",
            "javascript:alert(1)",
            "JavaScript:alert(1)//",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox",
            "mailto:a@evil.example",
            " //evil.example",
            " https://evil.example",
            "\t//evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nLocation: https://evil.example",
            "/contacts\r\nSet-Cookie: a=b",
            "/\0/evil.example",
            "/ /evil.example",
            "/\u{2215}evil.example",
            "/\u{3002}evil.example",
            "\u{FF0F}\u{FF0F}evil.example",
            "/\u{A0}/evil.example",
            "?next=//evil.example",
            "#//evil.example",
            ".//evil.example",
            "@evil.example",
            "/contacts \u{202E}elpmaxe.live//",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
