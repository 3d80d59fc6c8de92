//! `/login/second-factor`: the step after the password.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::PendingSecondFactor;
use super::store::{self, Passed};
use super::wrong_codes::{Limit, WrongCodes};
use crate::accounts::form::SecondFactorForm;
use crate::accounts::throttle::{self, Buckets};
use crate::accounts::{known_browser, sign_in};
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, fl};
use crate::web::{Context, Form, FormErrors, Interrupted, client, flash, page};

#[derive(Template)]
#[template(path = "accounts/second_factor/sign_in.html")]
struct SecondFactorPage {
    cx: Context,
    errors: FormErrors,
    next: String,
    interrupted: Interrupted,
}

#[derive(Deserialize)]
pub struct SecondFactorQuery {
    next: Option<String>,
}

/// The answer to a right password. An interrupted form is carried in the page, because it is too long for an address.
pub fn ask(cx: Context, next: &str, interrupted: &Interrupted) -> AppResult<HttpResponse> {
    if interrupted.is_none() {
        return Ok(page::see_other(sign_in::location("/login/second-factor", next)));
    }
    page::ok(&SecondFactorPage {
        cx,
        errors: FormErrors::default(),
        next: next.to_owned(),
        interrupted: interrupted.clone(),
    })
}

/// `GET /login/second-factor`
pub async fn new(
    cx: Context,
    session: Session,
    query: web::Query<SecondFactorQuery>,
) -> AppResult<HttpResponse> {
    let next = query.next.clone().unwrap_or_default();
    if cx.account.is_some() || PendingSecondFactor::of(&session).is_none() {
        return Ok(page::see_other(sign_in::location("/login", &next)));
    }
    page::ok(&SecondFactorPage {
        cx,
        errors: FormErrors::default(),
        next,
        interrupted: Interrupted::default(),
    })
}

/// `POST /login/second-factor`: opens the session.
pub async fn create(
    cx: Context,
    request: HttpRequest,
    session: Session,
    db: web::Data<Db>,
    Form(form): Form<SecondFactorForm>,
) -> AppResult<HttpResponse> {
    let Some(half_way) = PendingSecondFactor::of(&session) else {
        return begin_again(cx, &request, &session, form);
    };
    let account = half_way.account;
    let buckets = match known_browser::name_for(&request, account) {
        Some(browser) => Buckets::known(&browser, account),
        None => Buckets::strange(account, &client::network(&request)),
    }
    .of_second_factor();
    let refuse = |cx: Context, message| SecondFactorPage {
        cx,
        errors: FormErrors::one("code", message),
        next: form.next.clone(),
        interrupted: form.interrupted.clone(),
    };

    let slow = |cx: Context, message, seconds: i64| {
        let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, &refuse(cx, message))?;
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        Ok(response)
    };

    let counted = buckets.clone();
    let asked = db.write(move |conn| throttle::ask(conn, &counted)).await?;
    if let Some(wait) = asked.wait {
        tracing::info!(event = "second_factor_slowed", account, "a code must wait");
        let seconds = wait.num_seconds() + 1;
        let message = fl!(cx.t, "sign-in-wait", seconds = seconds);
        return slow(cx, message, seconds);
    }

    let opened_with = half_way.opened_with.clone();
    let typed = form.code.clone();
    let passed = db.write(move |conn| store::pass(conn, &half_way, &typed, (&buckets, asked))).await?;
    let (codes_left, wrong) = match passed {
        Passed::Yes { codes_left, wrong } => (codes_left, wrong),
        Passed::TooMany(limit) => {
            tracing::info!(event = "second_factor_limited", account, "a code was not checked");
            let message = too_many(cx.t, cx.locale, limit);
            return slow(cx, message, limit.seconds());
        }
        Passed::No => {
            tracing::info!(event = "second_factor_failed", account, "a code was wrong");
            let message = fl!(cx.t, "second-factor-wrong");
            return page::unprocessable(&refuse(cx, message));
        }
        Passed::Ended => return begin_again(cx, &request, &session, form),
    };
    sign_in::open(&session, &request, account, &opened_with)?;
    let used = codes_left.map(|count| fl!(cx.t, "recovery-code-used", count = count));
    let wrong = wrong.map(|wrong| told(cx.t, cx.locale, wrong));
    let is_told = wrong.is_some();
    match (used, wrong) {
        (Some(used), Some(wrong)) => flash::warn(&session, format!("{used} {wrong}")),
        (None, Some(wrong)) => flash::warn(&session, wrong),
        (Some(used), None) => flash::set(&session, used),
        (None, None) => {}
    }
    if is_told {
        flash::link_to(&session, "/account", fl!(cx.t, "account-title"));
    }
    sign_in::arrive(cx, &request, account, &form.next, &form.interrupted)
}

/// The owner's message about wrong codes.
pub fn told(t: &Catalogue, locale: Locale, wrong: WrongCodes) -> String {
    let since = locale.date_time(&wrong.since);
    fl!(t, "second-factor-wrong-told", count = wrong.count, date = since)
}

/// The message that a code of the app is not checked.
pub(super) fn too_many(t: &Catalogue, locale: Locale, limit: Limit) -> String {
    match limit {
        Limit::Until(end) => {
            let end = locale.date_time(&end);
            fl!(t, "second-factor-too-many-today", date = end)
        }
        Limit::UntilRecovery => fl!(t, "second-factor-too-many"),
    }
}

/// The sign-in page, with the values that the form carried.
fn begin_again(
    cx: Context,
    request: &HttpRequest,
    session: &Session,
    form: SecondFactorForm,
) -> AppResult<HttpResponse> {
    PendingSecondFactor::end(session);
    let message = fl!(cx.t, "second-factor-ended");
    sign_in::ask_password(cx, request, message, form.next, form.interrupted)
}
