//! Browsers in which an account has signed in before, marked by a signed cookie. Their tries have a count of their own, so that
//! guesses at a person's password from elsewhere cannot prevent this person from signing in; see `throttle.rs`.
//!
//! The cookie does not sign anyone in. It only gives a separate count.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::base::random::random_hex;
use crate::web::csrf::cookie_name;
use crate::web::settings::Settings;

const COOKIE: &str = "carnet_browser";
const LIFETIME: Duration = Duration::days(180);
/// The number of accounts for which one browser is known, for a workplace that people share.
const ACCOUNTS: usize = 8;

/// The random name of a browser, and the accounts that have signed in there, the latest first.
struct KnownBrowser {
    name: String,
    accounts: Vec<i64>,
}

impl KnownBrowser {
    fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split('.');
        let name = parts.next()?.to_owned();
        let accounts = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { name, accounts })
    }

    fn of(request: &HttpRequest) -> Option<Self> {
        let key = request.app_data::<web::Data<Key>>()?;
        let cookie = request.cookie(&name(request))?;
        let value = CookieJar::new().signed(key).verify(cookie)?;
        Self::parse(value.value())
    }

    fn value(&self) -> String {
        self.accounts.iter().fold(self.name.clone(), |value, account| format!("{value}.{account}"))
    }
}

/// The name of the request's browser, if any account has signed in there before.
pub fn name_for_anybody(request: &HttpRequest) -> Option<String> {
    KnownBrowser::of(request).map(|browser| browser.name)
}

/// The name of the request's browser, if this account has signed in there before.
pub fn name_for(request: &HttpRequest, account: i64) -> Option<String> {
    let browser = KnownBrowser::of(request)?;
    browser.accounts.contains(&account).then_some(browser.name)
}

/// Marks the browser as known for the account that has just signed in there.
pub fn remember(request: &HttpRequest, response: &mut HttpResponse, account: i64) {
    let Some(key) = request.app_data::<web::Data<Key>>() else {
        return;
    };
    let mut browser = KnownBrowser::of(request)
        .unwrap_or_else(|| KnownBrowser { name: random_hex::<16>(), accounts: Vec::new() });
    browser.accounts.retain(|known| *known != account);
    browser.accounts.insert(0, account);
    browser.accounts.truncate(ACCOUNTS);
    let name = name(request);
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(Cookie::new(name.clone(), browser.value()));
    let Some(signed) = jar.get(&name) else { return };
    let cookie = Cookie::build(name, signed.value().to_owned())
        .path("/")
        .http_only(true)
        .secure(is_secure(request))
        .same_site(SameSite::Lax)
        .max_age(LIFETIME)
        .finish();
    // Fails only for a name that is not allowed in a header, and ours is.
    let _ = response.add_cookie(&cookie);
}

fn name(request: &HttpRequest) -> String {
    cookie_name(COOKIE, is_secure(request))
}

fn is_secure(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<Settings>>().is_some_and(|settings| settings.secure_cookies)
}
