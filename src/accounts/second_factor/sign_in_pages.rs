//! `/login/second-factor`: after the password.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::HalfWay;
use super::store::{self, Passed};
use crate::accounts::form::SecondFactorForm;
use crate::accounts::throttle::{self, Buckets};
use crate::accounts::{Interrupted, known_browser, sign_in};
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::{Context, Form, FormErrors, client, flash, page};

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

/// Where a right password leads to. A form that was interrupted travels in the page, for it fits into no address.
///
/// # Errors
/// The page could not be written.
pub fn ask(cx: Context, next: &str, interrupted: &Interrupted) -> AppResult<HttpResponse> {
    if interrupted.is_none() {
        return Ok(page::see_other(sign_in::location(
            "/login/second-factor",
            next,
        )));
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
    if cx.account.is_some() || HalfWay::of(&session).is_none() {
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
    let Some(half_way) = HalfWay::of(&session) else {
        return begin_again(cx, &request, &session, form);
    };
    let account = half_way.account;
    let buckets = buckets(&request, &db, account).await?;
    let refuse = |cx: Context, message| SecondFactorPage {
        cx,
        errors: FormErrors::one("code", message),
        next: form.next.clone(),
        interrupted: form.interrupted.clone(),
    };

    let asked = buckets.clone();
    if let Some(wait) = db.write(move |conn| throttle::ask(conn, &asked)).await? {
        tracing::info!(
            event = "second_factor_slowed",
            account,
            "a code was made to wait"
        );
        let seconds = wait.num_seconds() + 1;
        let message = fl!(cx.t, "sign-in-wait", seconds = seconds);
        let mut response = page::with_status(StatusCode::TOO_MANY_REQUESTS, &refuse(cx, message))?;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }

    let opened_with = half_way.opened_with.clone();
    let typed = form.code.clone();
    let passed = db
        .write(move |conn| store::pass(conn, &half_way, &typed, &buckets))
        .await?;
    let codes_left = match passed {
        Passed::Yes(codes_left) => codes_left,
        Passed::No => {
            tracing::info!(event = "second_factor_failed", account, "a code was wrong");
            let message = fl!(cx.t, "second-factor-wrong");
            return page::unprocessable(&refuse(cx, message));
        }
        Passed::Ended => return begin_again(cx, &request, &session, form),
    };
    sign_in::open(&session, &request, account, &opened_with)?;
    if let Some(count) = codes_left {
        flash::set(&session, fl!(cx.t, "recovery-code-used", count = count));
    }
    sign_in::arrive(cx, &request, account, &form.next, &form.interrupted)
}

/// The sign-in page, which carries on what the form carried.
fn begin_again(
    cx: Context,
    request: &HttpRequest,
    session: &Session,
    form: SecondFactorForm,
) -> AppResult<HttpResponse> {
    HalfWay::end(session);
    let message = fl!(cx.t, "second-factor-ended");
    sign_in::ask_password(cx, request, message, form.next, form.interrupted)
}

async fn buckets(request: &HttpRequest, db: &Db, account: i64) -> AppResult<Buckets> {
    if let Some(browser) = known_browser::name_for(request, account) {
        return Ok(Buckets::known(&browser, account).of_second_factor());
    }
    let name = db
        .read(move |conn| crate::accounts::store::username_key(conn, account))
        .await?
        .ok_or(AppError::NotFound)?;
    Ok(Buckets::strange(&name, &client::network(request)).of_second_factor())
}
