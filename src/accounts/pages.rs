//! One's own account.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{LanguageForm, PasswordForm, new_password};
use super::throttle::{self, Buckets};
use super::{Account, CurrentSession, Passwords, store};
use crate::db::Db;
use crate::db::sessions::{self, OpenSession};
use crate::domain::PASSWORD_MIN;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, Locale, fl};
use crate::web::{Context, Form, FormErrors, NoFields, flash, page};

#[derive(Template)]
#[template(path = "accounts/show.html")]
struct AccountPage {
    cx: Context,
    errors: FormErrors,
    account: Account,
    sessions: Vec<OpenSession>,
    current: i64,
    password_min: usize,
}

/// `GET /account`
pub async fn show(
    cx: Context,
    account: Account,
    current: CurrentSession,
    db: web::Data<Db>,
) -> AppResult<HttpResponse> {
    page::ok(&account_page(cx, account, current, &db, FormErrors::default()).await?)
}

async fn account_page(
    cx: Context,
    account: Account,
    current: CurrentSession,
    db: &Db,
    errors: FormErrors,
) -> AppResult<AccountPage> {
    let id = account.id;
    let sessions = db.read(move |conn| sessions::of_account(conn, id)).await?;
    Ok(AccountPage {
        cx,
        errors,
        account,
        sessions,
        current: current.0,
        password_min: PASSWORD_MIN,
    })
}

/// `POST /account/language`: an unknown or empty value means the browser's language.
pub async fn update_language(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<LanguageForm>,
) -> AppResult<HttpResponse> {
    let chosen = Locale::parse(&form.locale);
    db.write(move |conn| store::set_locale(conn, account.id, chosen))
        .await?;
    let locale = chosen.unwrap_or(cx.locale);
    flash::set(&session, fl!(locale.catalogue(), "language-saved"));
    Ok(page::see_other("/account"))
}

/// `POST /account/password`: asks the current one, and ends the other sessions.
pub async fn update_password(
    session: Session,
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<PasswordForm>,
) -> AppResult<HttpResponse> {
    let id = account.id;
    let mut errors = FormErrors::default();
    let typed = &form.current_password;
    if let Some(buckets) = ask_password(&db, &passwords, id, typed, cx.t, &mut errors).await? {
        forgive(&db, buckets).await?;
    }
    let names = [account.username.as_str(), passwords.organization()];
    let password = new_password(cx.t, &form.password, &names, &mut errors);
    let (true, Some(password)) = (errors.is_empty(), password) else {
        return page::unprocessable(&account_page(cx, account, current, &db, errors).await?);
    };
    let hash = passwords.hash(&password).await?;
    db.write(move |conn| store::set_password(conn, id, &hash, Some(current.0), Some(id)))
        .await?;
    flash::set(&session, fl!(cx.t, "password-saved"));
    Ok(page::see_other("/account"))
}

/// Asks whoever is signed in for the password again. A wrong one is counted, and told in `errors`; for a right one the answer is
/// what is still counted, to be forgiven once all that is asked for is right.
pub(super) async fn ask_password(
    db: &Db,
    passwords: &Passwords,
    account: i64,
    typed: &str,
    t: &Catalogue,
    errors: &mut FormErrors,
) -> AppResult<Option<Buckets>> {
    let buckets = Buckets::signed_in(account);
    let asked = buckets.clone();
    if let Some(wait) = db.write(move |conn| throttle::ask(conn, &asked)).await? {
        let seconds = wait.num_seconds() + 1;
        errors.add(
            "current_password",
            fl!(t, "sign-in-wait", seconds = seconds),
        );
        return Ok(None);
    }
    let hash = db
        .read(move |conn| store::password_hash(conn, account))
        .await?;
    if passwords.verify(typed, Some(hash)).await? {
        return Ok(Some(buckets));
    }
    errors.add("current_password", fl!(t, "current-password-wrong"));
    Ok(None)
}

pub(super) async fn forgive(db: &Db, buckets: Buckets) -> AppResult<()> {
    db.write(move |conn| throttle::forgive(conn, &buckets))
        .await
}

/// `POST /account/sessions/{id}/end`
pub async fn end_session(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let ended = db
        .write(move |conn| sessions::end_own(conn, account.id, *id))
        .await?;
    if !ended {
        return Err(AppError::NotFound);
    }
    flash::set(&session, fl!(cx.t, "session-ended"));
    Ok(page::see_other("/account"))
}

/// `POST /account/sessions/end`: all but the one that asks.
pub async fn end_sessions(
    session: Session,
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let ended = db
        .write(move |conn| sessions::end_all(conn, account.id, Some(current.0)))
        .await?;
    let count = i64::try_from(ended).unwrap_or(i64::MAX);
    flash::set(&session, fl!(cx.t, "sessions-ended", count = count));
    Ok(page::see_other("/account"))
}
