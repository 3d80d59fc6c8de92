//! A sign-in that is under way at the provider, in a signed cookie of the browser that began it.
//!
//! Not in the database: whoever is not signed in could fill it. It serves ten minutes on any node, and once: the return
//! takes it away, and the provider gives nothing for a code a second time.

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
/// Of the page to go to afterwards; a longer one is forgotten: a cookie holds 4 096 bytes, and a sign of it can take five.
const NEXT_MAX: usize = 600;

/// What the return must fit.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pending {
    pub state: String,
    pub nonce: String,
    /// PKCE: whoever has the code alone gets nothing for it.
    pub verifier: String,
    /// Where to go then: a path of ours.
    pub next: String,
    /// In seconds.
    until: i64,
}

impl Pending {
    pub fn new(state: String, nonce: String, verifier: String, next: &str) -> Self {
        let next = if next.len() > NEXT_MAX { "/" } else { next };
        let until = clock::now() + TimeDelta::seconds(LIFETIME.whole_seconds());
        Self {
            state,
            nonce,
            verifier,
            next: next.to_owned(),
            until: until.and_utc().timestamp(),
        }
    }

    /// The one that this browser began, if `state` is its own and its time is not over.
    pub fn of(request: &HttpRequest, state: &str) -> Option<Self> {
        let cookie = request.cookie(&name(request))?;
        let value = CookieJar::new().signed(&key(request)?).verify(cookie)?;
        let pending: Self = serde_urlencoded::from_str(value.value()).ok()?;
        let now = clock::now().and_utc().timestamp();
        // One that is further ahead was made before the clock was set back.
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

/// Takes the cookie away.
pub fn forget(request: &HttpRequest, response: &mut HttpResponse) {
    set(request, response, String::new(), Duration::ZERO);
}

fn set(request: &HttpRequest, response: &mut HttpResponse, value: String, max_age: Duration) {
    let cookie = Cookie::build(name(request), value)
        .path("/")
        .http_only(true)
        .secure(is_secure(request))
        // The provider sends people back by a link, with which browsers send such a cookie.
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish();
    // Encoded, as it is decoded when it comes back: `add_cookie` would write it as it is, and its signature fit no more.
    if let Ok(cookie) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A key of its own: a signature says nothing about the name of its cookie, and `next`, which anybody can choose, must not
/// be taken for the content of another one.
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
    request
        .app_data::<web::Data<Settings>>()
        .is_some_and(|settings| settings.secure_cookies)
}
