//! `/account/second-factor`: the account's own second factor, and its setup.

use actix_session::{Session, SessionExt as _};
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::qr::Qr;
use super::store;
use super::totp::Key;
use crate::accounts::form::{FirstCodeForm, SetUpForm};
use crate::accounts::{Passwords, code, pages, store as accounts};
use crate::base::clock;
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::i18n::fl;
use crate::web::{Account, Context, CurrentSession, Form, FormErrors, Interrupted, flash, page};

#[derive(Template)]
#[template(path = "accounts/second_factor/show.html")]
struct SecondFactorPage {
    cx: Context,
    errors: FormErrors,
    must_set_up: bool,
    since: Option<NaiveDateTime>,
    codes_left: i64,
    /// The form that could not be sent without a second factor.
    interrupted: Interrupted,
}

impl SecondFactorPage {
    fn off(cx: Context, errors: FormErrors, must_set_up: bool, interrupted: Interrupted) -> Self {
        Self { cx, errors, must_set_up, since: None, codes_left: 0, interrupted }
    }
}

/// `GET /account/second-factor`
pub async fn show(cx: Context, account: Account, db: web::Data<Db>) -> AppResult<HttpResponse> {
    if account.is_of_company {
        return Err(AppError::NotFound);
    }
    let id = account.id;
    let (since, codes_left) = db
        .read(move |conn| {
            let since = accounts::find(conn, id)?.second_factor_since;
            Ok((since, store::codes_left(conn, id)?))
        })
        .await?;
    page::ok(&SecondFactorPage {
        cx,
        errors: FormErrors::default(),
        must_set_up: account.must_set_up,
        since,
        codes_left,
        interrupted: Interrupted::default(),
    })
}

/// The page in answer to a form of an account that must set up its second factor first. It carries the form.
pub fn ask_to_set_up(request: &HttpRequest, interrupted: Interrupted) -> AppResult<HttpResponse> {
    let cx = Context::new(request);
    let errors = FormErrors::default();
    page::unprocessable(&SecondFactorPage::off(cx, errors, true, interrupted))
}

/// The page where an account sets up its second factor.
const SET_UP: &str = "/account/second-factor";

/// The redirect's location for an account that must set up its second factor first.
pub fn set_up_location(request: &HttpRequest) -> String {
    if request.method() == Method::POST {
        let t = Context::new(request).t;
        flash::set(&request.get_session(), fl!(t, "nothing-saved"));
    }
    SET_UP.to_owned()
}

/// A key during setup. It is stored in the session, because a hidden field could be changed, and a table would need cleaning up.
#[derive(Serialize, Deserialize)]
struct Pending {
    key: Zeroizing<String>,
    since: NaiveDateTime,
}

impl Pending {
    /// The key in the session's state.
    const KEY: &str = "second_factor_key";
    const LIFETIME: TimeDelta = TimeDelta::minutes(15);

    fn begin(session: &Session) -> AppResult<Key> {
        let key = Key::fresh()?;
        let pending = Self { key: key.base32(), since: clock::now() };
        session.insert(Self::KEY, pending).map_err(|error| AppError::Internal(error.into()))?;
        Ok(key)
    }

    fn of(session: &Session) -> AppResult<Option<Key>> {
        let Some(pending) = session.get::<Self>(Self::KEY).ok().flatten() else {
            return Ok(None);
        };
        if (clock::now() - pending.since).abs() > Self::LIFETIME {
            return Ok(None);
        }
        Key::parse(&pending.key).map(Some)
    }

    fn end(session: &Session) {
        session.remove(Self::KEY);
    }
}

#[derive(Template)]
#[template(path = "accounts/second_factor/key.html")]
struct KeyPage {
    cx: Context,
    errors: FormErrors,
    address: Zeroizing<String>,
    groups: Zeroizing<String>,
    qr: Qr,
    interrupted: Interrupted,
}

impl KeyPage {
    fn of(
        cx: Context,
        errors: FormErrors,
        account: &Account,
        key: &Key,
        host: &str,
        interrupted: Interrupted,
    ) -> AppResult<Self> {
        let address = key.address(&account.username, host)?;
        Ok(Self { cx, errors, qr: Qr::of(&address)?, address, groups: key.groups(), interrupted })
    }
}

/// `POST /account/second-factor/key`: asks for the password, and makes a key.
pub async fn create_key(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<SetUpForm>,
) -> AppResult<HttpResponse> {
    if account.is_of_company {
        return Err(AppError::NotFound);
    }
    if account.has_second_factor {
        return Ok(page::see_other("/account/second-factor"));
    }
    let (id, typed) = (account.id, &form.current_password);
    if let Some(wrong) = pages::wrong_password(&db, &passwords, id, typed, cx.t).await? {
        let errors = FormErrors::one("current_password", wrong);
        let must = account.must_set_up;
        return page::unprocessable(&SecondFactorPage::off(cx, errors, must, form.interrupted));
    }
    let key = Pending::begin(&session)?;
    if form.interrupted.is_none() {
        return Ok(page::see_other("/account/second-factor/key"));
    }
    let host = passwords.organization();
    page::ok(&KeyPage::of(cx, FormErrors::default(), &account, &key, host, form.interrupted)?)
}

/// `GET /account/second-factor/key`
pub async fn show_key(
    session: Session,
    account: Account,
    cx: Context,
    passwords: web::Data<Passwords>,
) -> AppResult<HttpResponse> {
    let Some(key) = Pending::of(&session)? else {
        return Ok(page::see_other("/account/second-factor"));
    };
    let (errors, none) = (FormErrors::default(), Interrupted::default());
    page::ok(&KeyPage::of(cx, errors, &account, &key, passwords.organization(), none)?)
}

#[derive(Template)]
#[template(path = "accounts/second_factor/codes.html")]
struct CodesPage {
    cx: Context,
    title: String,
    codes: Vec<String>,
    /// The form that waits to be sent.
    interrupted: Interrupted,
}

/// The page with new recovery codes. It is the direct answer to the form, without a redirect, because the codes are stored
/// nowhere and shown only once.
pub(super) fn show_codes(
    cx: Context,
    title: String,
    codes: Vec<String>,
    interrupted: Interrupted,
) -> AppResult<HttpResponse> {
    page::ok(&CodesPage { cx, title, codes, interrupted })
}

pub(super) fn fresh_codes() -> Vec<String> {
    (0..store::RECOVERY_CODES).map(|_| code::fresh_for_recovery()).collect()
}

/// `POST /account/second-factor`: turns the factor on with the app's first code.
pub async fn create(
    session: Session,
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<FirstCodeForm>,
) -> AppResult<HttpResponse> {
    let Some(key) = Pending::of(&session)? else {
        let errors = FormErrors::one("current_password", fl!(cx.t, "second-factor-key-ended"));
        let must = account.must_set_up;
        if account.has_second_factor {
            return Ok(page::see_other("/account/second-factor"));
        }
        return page::unprocessable(&SecondFactorPage::off(cx, errors, must, form.interrupted));
    };
    let typed: Zeroizing<String> = Zeroizing::new(form.code.chars().filter(|c| !c.is_whitespace()).collect());
    let Some(step) = key.step_of(&typed) else {
        let errors = FormErrors::one("code", fl!(cx.t, "second-factor-first-wrong"));
        let host = passwords.organization();
        return page::unprocessable(&KeyPage::of(cx, errors, &account, &key, host, form.interrupted)?);
    };
    let (codes, id) = (fresh_codes(), account.id);
    let stored = codes.clone();
    let is_new = db.write(move |conn| store::turn_on(conn, id, &key, step, &stored, current.0)).await?;
    Pending::end(&session);
    if !is_new {
        return Ok(page::see_other("/account/second-factor"));
    }
    let title = fl!(cx.t, "second-factor-is-on");
    show_codes(cx, title, codes, form.interrupted)
}
