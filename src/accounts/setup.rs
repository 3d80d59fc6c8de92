//! The first start: the person who reads the server's output makes the first administrator's account.

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::form::{SetupForm, new_password, username};
use super::{Passwords, code, known_browser, sign_in, store};
use crate::db::{AnyConnection, Db, settings};
use crate::domain::{PASSWORD_MIN, Username};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, Form, FormErrors, flash, page};

#[derive(Template)]
#[template(path = "accounts/setup.html")]
struct SetupPage {
    cx: Context,
    errors: FormErrors,
    typed: SetupForm,
    password_min: usize,
}

/// `GET /setup`
pub async fn new(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    if !db.read(store::is_empty).await? {
        return Ok(page::see_other("/login"));
    }
    page::ok(&SetupPage {
        cx,
        errors: FormErrors::default(),
        typed: SetupForm::default(),
        password_min: PASSWORD_MIN,
    })
}

/// `POST /setup`
pub async fn create(
    cx: Context,
    request: HttpRequest,
    session: Session,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<SetupForm>,
) -> AppResult<HttpResponse> {
    // In this order, because adding the first account removes the code.
    let (expected, is_empty) = db
        .read(|conn| {
            let expected = settings::get(conn, settings::SETUP_CODE)?;
            Ok((expected, store::is_empty(conn)?))
        })
        .await?;
    if !is_empty {
        return Ok(page::see_other("/login"));
    }
    let mut errors = FormErrors::default();
    let code_hash = code::hash(&form.code);
    if expected.as_ref() != Some(&code_hash) {
        errors.add("code", fl!(cx.t, "setup-code-wrong"));
    }
    let name = username(cx.t, &form.username, &mut errors);
    let names = [form.username.as_str(), passwords.organization()];
    let password = new_password(cx.t, &form.password, &names, &mut errors);
    let (true, Some(name), Some(password)) = (errors.is_empty(), name, password) else {
        return page::unprocessable(&SetupPage { cx, errors, typed: form, password_min: PASSWORD_MIN });
    };
    let password_hash = passwords.hash(&password).await?;
    let opened_with = password_hash.clone();
    let made = db.write(move |conn| store::insert_first(conn, &code_hash, &name, &password_hash)).await?;
    let Some(account) = made else {
        return Ok(page::see_other("/login"));
    };
    sign_in::begin(&session, &request, account, &opened_with)?;
    flash::set(&session, fl!(cx.t, "setup-done"));
    let mut response = page::see_other("/users");
    known_browser::remember(&request, &mut response, account);
    Ok(response)
}

/// Makes the one-time code and returns it for printing, if there is no account. Only its hash is stored.
pub fn prepare_code(conn: &mut AnyConnection) -> AppResult<Option<String>> {
    if !store::is_empty(conn)? {
        return Ok(None);
    }
    let code = code::fresh();
    settings::set(conn, settings::SETUP_CODE, &code::hash(&code))?;
    Ok(Some(code))
}

/// Adds an account without a form, for `serve --demo`.
///
/// # Errors
/// `Taken(AccountName)`
pub fn insert_account(
    conn: &mut AnyConnection,
    name: &Username,
    role: crate::domain::Role,
    password: &str,
) -> AppResult<i64> {
    let hash = super::passwords::hash_now(password)?;
    store::insert(conn, name, role, &hash, None)
}
