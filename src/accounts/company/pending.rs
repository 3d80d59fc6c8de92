//! A sign-in in progress at the provider, in a signed cookie of the browser that began it.
//!
//! It is not in the database, because people who are not signed in could fill the database. It is valid for ten minutes on any
//! node, and once: the return removes it, and the provider does not accept a code twice.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::base::clock;
use crate::base::random::same;
use crate::web::csrf::cookie_name;
use crate::web::settings::Settings;

const COOKIE: &str = "carnet_company";
const LIFETIME: Duration = Duration::minutes(10);
/// The largest `next` in bytes. A longer one is dropped, because a cookie holds 4 096 bytes, and one character can take five.
const NEXT_MAX: usize = 600;

/// The values that the provider's return must match.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    pub state: String,
    pub nonce: String,
    /// The PKCE verifier, without which a stolen code is useless.
    pub verifier: String,
    /// The page to show afterwards: a path of this server.
    pub next: String,
    /// The end of its validity, in seconds since 1970.
    until: i64,
}

impl Pending {
    pub fn new(state: String, nonce: String, verifier: String, next: &str) -> Self {
        let next = if next.len() > NEXT_MAX { "/" } else { next };
        let until = clock::now() + TimeDelta::seconds(LIFETIME.whole_seconds());
        Self { state, nonce, verifier, next: next.to_owned(), until: until.and_utc().timestamp() }
    }

    /// The sign-in that this browser began, if its `state` is equal and its time is not over.
    pub fn of(request: &HttpRequest, state: &str) -> Option<Self> {
        let cookie = request.cookie(&name(request))?;
        let value = CookieJar::new().signed(&key(request)?).verify(cookie)?;
        let pending: Self = serde_urlencoded::from_str(value.value()).ok()?;
        let now = clock::now().and_utc().timestamp();
        // A time further in the future was written before the clock was set back.
        let latest = now + LIFETIME.whole_seconds() + clock::APART.num_seconds();
        let in_time = (now..=latest).contains(&pending.until);
        (in_time && same(pending.state.as_bytes(), state.as_bytes())).then_some(pending)
    }

    pub fn keep(&self, request: &HttpRequest, response: &mut HttpResponse) {
        let (Some(key), Ok(value)) = (key(request), serde_urlencoded::to_string(self)) else {
            return;
        };
        let mut jar = CookieJar::new();
        jar.signed_mut(&key).add(Cookie::new(name(request), value));
        if let Some(signed) = jar.get(&name(request)) {
            let value = signed.value().to_owned();
            set(request, response, value, LIFETIME);
        }
    }
}

/// Removes the cookie.
pub fn forget(request: &HttpRequest, response: &mut HttpResponse) {
    set(request, response, String::new(), Duration::ZERO);
}

fn set(request: &HttpRequest, response: &mut HttpResponse, value: String, max_age: Duration) {
    let cookie = Cookie::build(name(request), value)
        .path("/")
        .http_only(true)
        .secure(is_secure(request))
        // The provider sends people back by a link, and browsers send `Lax` cookies with links.
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish();
    // Encoded, because it is decoded when it returns: `add_cookie` would not encode it, and its signature would no longer match.
    if let Ok(cookie) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A separate key: a signature does not depend on the cookie's name, and `next`, which anyone can choose, must not be accepted as
/// the content of another cookie.
fn key(request: &HttpRequest) -> Option<Key> {
    let key = request.app_data::<web::Data<Key>>()?;
    let mut material = key.signing().to_vec();
    material.extend_from_slice(COOKIE.as_bytes());
    Some(Key::derive_from(&material))
}

fn name(request: &HttpRequest) -> String {
    cookie_name(COOKIE, is_secure(request))
}

fn is_secure(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<Settings>>().is_some_and(|settings| settings.secure_cookies)
}
