//! Protection against forged requests: a request that changes something must come from our own pages. The browser says so
//! (`Sec-Fetch-Site`, or else `Origin`), and the form repeats a random token that the browser also has in a cookie, which other
//! sites cannot read. Text browsers send neither header, so for them only the token counts.

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, web};

use crate::base::random::{random_hex, same};
use crate::error::AppError;
use crate::web::settings::Settings;

/// The token of the browser, in the extensions of every request.
#[derive(Clone)]
pub struct CsrfToken(pub String);

const COOKIE: &str = "carnet_form";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A middleware that refuses requests from other sites before their body is read, and gives each browser a token.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if !request.method().is_safe() && !is_same_origin(request.head()) {
        tracing::info!(event = "forgery_refused", "a request from another site was refused");
        return Ok(request.error_response(AppError::Forgery).map_into_right_body());
    }
    let secure = request.app_data::<web::Data<Settings>>().is_some_and(|settings| settings.secure_cookies);
    let name = cookie_name(COOKIE, secure);
    let known = request
        .cookie(&name)
        .map(|cookie| cookie.value().to_owned())
        .filter(|token| token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let fresh = known.is_none();
    let token = known.unwrap_or_else(random_hex::<16>);
    request.extensions_mut().insert(CsrfToken(token.clone()));
    let mut response = next.call(request).await?;
    if fresh {
        let cookie = Cookie::build(name, token)
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(SameSite::Lax)
            .finish();
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response.map_into_left_body())
}

/// Checks the form's token.
///
/// # Errors
/// [`AppError::Forgery`] if the token is not the browser's.
pub fn verify(request: &HttpRequest, token: Option<&str>) -> Result<(), AppError> {
    let extensions = request.extensions();
    match (extensions.get::<CsrfToken>(), token) {
        (Some(expected), Some(token)) if same(expected.0.as_bytes(), token.as_bytes()) => Ok(()),
        _ => Err(AppError::Forgery),
    }
}

/// The name of a cookie. With https, its prefix keeps other hosts of the domain from setting the cookie.
pub fn cookie_name(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// Returns `true` unless a browser says that the request comes from another site.
pub fn is_same_origin(head: &RequestHead) -> bool {
    let text = |name: HeaderName| head.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == super::host::of(head)
        }
    }
}
