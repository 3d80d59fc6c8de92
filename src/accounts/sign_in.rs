use std::time::Duration;

use actix_session::Session;
use actix_web::cookie::Key;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::SignInForm;
use super::second_factor::{self, PendingSecondFactor};
use super::store::{self, Credentials};
use super::throttle::{self, Buckets};
use super::{Passwords, company, known_browser, resume};
use crate::db::{Db, sessions};
use crate::domain::Username;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::page::{self, local_path};
use crate::web::{
    Account, Context, CurrentSession, Form, FormErrors, Interrupted, NoFields, client, concurrency_limit,
};

/// The time after which a wrong try that did not wait for its network is answered: longer than hashing a password takes. See
/// [`is_right`].
const ANSWER_PAST_NETWORK: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    cx: Context,
    errors: FormErrors,
    username: String,
    next: String,
    signed_out: bool,
    /// `true` if a form was sent that is not given back.
    not_saved: bool,
    /// The form that could not be sent without a session.
    interrupted: Interrupted,
    /// The link for company accounts, if there is a provider.
    company: Option<String>,
}

#[derive(Deserialize)]
pub struct SignInQuery {
    next: Option<String>,
    signed_out: Option<String>,
    not_saved: Option<String>,
}

/// `GET /login`
pub async fn new(
    cx: Context,
    request: HttpRequest,
    db: web::Data<Db>,
    query: web::Query<SignInQuery>,
) -> AppResult<HttpResponse> {
    let next = query.next.clone().unwrap_or_default();
    if cx.account.is_some() {
        return Ok(page::see_other(local_path(&next)));
    }
    if db.read(store::is_empty).await? {
        return Ok(page::see_other("/setup"));
    }
    page::ok(&SignInPage {
        cx,
        errors: FormErrors::default(),
        username: String::new(),
        company: company::link(&request, &next),
        next,
        signed_out: query.signed_out.is_some(),
        not_saved: query.not_saved.is_some(),
        interrupted: Interrupted::default(),
    })
}

/// The sign-in page in answer to a form that was sent without a session.
pub fn ask_again(request: &HttpRequest, interrupted: Interrupted) -> AppResult<HttpResponse> {
    page::unprocessable(&SignInPage {
        cx: Context::new(request),
        errors: FormErrors::default(),
        username: String::new(),
        next: String::new(),
        signed_out: false,
        not_saved: false,
        interrupted,
        company: company::link(request, ""),
    })
}

/// The sign-in page after a second factor that came too late.
pub(super) fn ask_password(
    cx: Context,
    request: &HttpRequest,
    message: String,
    next: String,
    interrupted: Interrupted,
) -> AppResult<HttpResponse> {
    page::unprocessable(&SignInPage {
        cx,
        errors: FormErrors::one("username", message),
        username: String::new(),
        company: company::link(request, &next),
        next,
        signed_out: false,
        not_saved: false,
        interrupted,
    })
}

/// `POST /login`: answers with the same page, and after the same time, for existing and for unknown accounts.
pub async fn create(
    cx: Context,
    request: HttpRequest,
    session: Session,
    db: web::Data<Db>,
    secret: web::Data<Key>,
    passwords: web::Data<Passwords>,
    Form(form): Form<SignInForm>,
) -> AppResult<HttpResponse> {
    let refuse = |cx: Context, field, message| SignInPage {
        cx,
        errors: FormErrors::one(field, message),
        username: form.username.clone(),
        next: form.next.clone(),
        signed_out: false,
        not_saved: false,
        interrupted: form.interrupted.clone(),
        company: company::link(&request, &form.next),
    };
    if form.username.trim().is_empty() {
        let message = fl!(cx.t, "username-missing");
        return page::unprocessable(&refuse(cx, "username", message));
    }
    // A name that no account can have is treated like an unknown name.
    let name = Username::parse(&form.username).ok();
    let key = name.as_ref().map_or_else(String::new, Username::key);
    let found = db
        .read(move |conn| match &name {
            Some(name) => {
                let key = store::key_of(conn, name)?;
                store::credentials(conn, &key)
            }
            None => Ok(None),
        })
        .await?;
    let account = found.as_ref().map(|found| found.id);
    let network = client::network(&request);
    let buckets = match account {
        None => Buckets::unknown(&secret, &key, &network),
        Some(id) => match known_browser::name_for(&request, id) {
            Some(browser) => Buckets::known(&browser, id),
            None => Buckets::strange(id, &network),
        },
    };

    let counted = buckets.clone();
    let asked = db.write(move |conn| throttle::ask(conn, &counted)).await?;
    if let Some(wait) = asked.wait {
        tracing::info!(event = "sign_in_slowed", account, "a sign-in must wait");
        let seconds = wait.num_seconds() + 1;
        let message = fl!(cx.t, "sign-in-wait", seconds = seconds);
        let mut response =
            page::with_status(StatusCode::TOO_MANY_REQUESTS, &refuse(cx, "username", message))?;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }

    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let right = if asked.past_network {
        is_right(&request, &passwords, &form.password, hash).await?
    } else {
        passwords.verify(&form.password, hash).await?
    };
    let (true, Some(mut found)) = (right, found) else {
        tracing::info!(event = "sign_in_failed", account, "a sign-in failed");
        let message = fl!(cx.t, "sign-in-wrong");
        return page::unprocessable(&refuse(cx, "username", message));
    };
    let account = found.id;
    let old = found.password_hash.clone();
    let renewed = passwords.renewed(&form.password, &old).await?;
    if let Some(renewed) = &renewed {
        found.password_hash.clone_from(renewed);
    }
    db.write(move |conn| {
        if let Some(new) = &renewed {
            store::renew_hash(conn, account, &old, new)?;
        }
        throttle::forgive(conn, &buckets, asked)
    })
    .await?;
    if admit(&session, &request, &found)? {
        arrive(cx, &request, account, &form.next, &form.interrupted)
    } else {
        second_factor::ask(cx, &form.next, &form.interrupted)
    }
}

/// Checks the password of a try that did not wait for its network. In a flood of invented names, each name gets here once per
/// minute. Hashing a password for each would use up the processor, so only passwords of existing accounts are hashed. All wrong
/// ones are answered after the same time, meanwhile without a place among the requests, so that the time reveals nothing.
async fn is_right(
    request: &HttpRequest,
    passwords: &Passwords,
    typed: &str,
    hash: Option<String>,
) -> AppResult<bool> {
    let answer_at = tokio::time::Instant::now() + ANSWER_PAST_NETWORK;
    let right = match hash {
        Some(hash) => passwords.verify(typed, Some(hash)).await,
        None => Ok(false),
    };
    if !matches!(right, Ok(true)) {
        let pause = async {
            tokio::time::sleep_until(answer_at).await;
            Ok(())
        };
        concurrency_limit::without_place(request, pause).await?;
    }
    right
}

/// The step after a right password: signs in, or begins the second step if the account has a second factor. Returns `true` if the
/// account is signed in.
pub(super) fn admit(session: &Session, request: &HttpRequest, found: &Credentials) -> AppResult<bool> {
    let key = found.totp_key.as_ref().map(|key| key.as_str());
    let opened_with = sessions::fingerprint(&found.password_hash, key);
    if key.is_some() {
        PendingSecondFactor::begin(session, found.id, opened_with)?;
        return Ok(false);
    }
    open(session, request, found.id, &opened_with)?;
    Ok(true)
}

/// The answer to a complete sign-in: the requested page, or the interrupted form.
pub(super) fn arrive(
    cx: Context,
    request: &HttpRequest,
    account: i64,
    next: &str,
    interrupted: &Interrupted,
) -> AppResult<HttpResponse> {
    let mut response = if interrupted.is_none() {
        page::see_other(local_path(next))
    } else {
        resume::offer(cx, interrupted.clone())?
    };
    known_browser::remember(request, &mut response, account);
    Ok(response)
}

/// Signs in an account without a second factor.
pub(super) fn begin(
    session: &Session,
    request: &HttpRequest,
    account: i64,
    password_hash: &str,
) -> AppResult<()> {
    let opened_with = sessions::fingerprint(password_hash, None);
    open(session, request, account, &opened_with)
}

/// Puts the account into a session with a new key, so that a key planted earlier is worthless. The session is stored only if the
/// fingerprint of password and second factor is still `opened_with`.
pub(super) fn open(
    session: &Session,
    request: &HttpRequest,
    account: i64,
    opened_with: &str,
) -> AppResult<()> {
    let browser: String = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect();
    tracing::info!(event = "signed_in", account, "signed in");
    session.clear();
    session.renew();
    session
        .insert(sessions::ACCOUNT, account)
        .and_then(|()| session.insert(sessions::BROWSER, browser))
        .and_then(|()| session.insert(sessions::OPENED_WITH, opened_with))
        .map_err(|error| AppError::Internal(error.into()))
}

/// `POST /logout`
pub async fn destroy(
    session: Session,
    account: Account,
    current: CurrentSession,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    db.write(move |conn| sessions::end(conn, current.0)).await?;
    session.purge();
    tracing::info!(event = "signed_out", account = account.id, "signed out");
    let mut response = page::see_other("/login?signed_out=1");
    // Not the cookies, so that the browser stays known. Pages are not cached anyway; this is for browsers that keep them for
    // going back.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

/// The address of a sign-in page that leads on to `next`.
pub(super) fn location(page: &str, next: &str) -> String {
    if local_path(next) == "/" {
        return page.to_owned();
    }
    let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={query}")
}

/// The address of the sign-in page that says that a form was not saved, and leads on to `next`.
pub(super) fn location_unsaved(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("not_saved", "1")
        .append_pair("next", local_path(next))
        .finish();
    format!("/login?{query}")
}
