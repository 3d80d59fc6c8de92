//! The first start: the person who reads the server's output makes the first administrator's account.

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::form::{SetupForm, new_password, username};
use super::profile::Profile;
use super::{Passwords, code, known_browser, sign_in, store};
use crate::db::{AnyConnection, Db, nodes, settings};
use crate::domain::{PASSWORD_MIN, Role, Username};
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
    let code_hash = code::hash(&form.code);
    let asked_hash = code_hash.clone();
    // In this order, because adding the first account removes the codes.
    let (is_right, is_empty) = db
        .read(move |conn| {
            let is_right = printed_codes(conn)?.is_some_and(|printed| has(&printed, &asked_hash));
            Ok((is_right, store::is_empty(conn)?))
        })
        .await?;
    if !is_empty {
        return Ok(page::see_other("/login"));
    }
    let mut errors = FormErrors::default();
    if !is_right {
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
    let made = db.write(move |conn| insert_first(conn, &code_hash, &name, &password_hash)).await?;
    let Some(account) = made else {
        return Ok(page::see_other("/login"));
    };
    sign_in::begin(&session, &request, account, &opened_with)?;
    flash::set(&session, fl!(cx.t, "setup-done"));
    let mut response = page::see_other("/users");
    known_browser::remember(&request, &mut response, account);
    Ok(response)
}

/// Makes the one-time code and returns it for printing, if there is no account. Only its hash is stored. The codes that other nodes
/// have printed stay valid while such a node is alive; otherwise only the latest code is.
pub fn prepare_code(conn: &mut AnyConnection) -> AppResult<Option<String>> {
    if !store::is_empty(conn)? {
        return Ok(None);
    }
    // Two nodes that start at the same time must not overwrite each other's code.
    settings::hold(conn)?;
    let code = code::fresh();
    let mut printed = code::hash(&code);
    let is_alone = nodes::alive(conn)?.len() < 2;
    if let Some(others) = printed_codes(conn)?.filter(|_| !is_alone) {
        printed = format!("{others} {printed}");
    }
    settings::set(conn, settings::SETUP_CODE, &printed)?;
    Ok(Some(code))
}

/// The hashes of the printed codes, separated by spaces.
fn printed_codes(conn: &mut AnyConnection) -> AppResult<Option<String>> {
    settings::get(conn, settings::SETUP_CODE)
}

fn has(printed: &str, hash: &str) -> bool {
    printed.split(' ').any(|printed| printed == hash)
}

/// Adds the first administrator if `code_hash` is the hash of a printed code. Of several concurrent uses of the codes, only one
/// succeeds; the others return `None`.
fn insert_first(
    conn: &mut AnyConnection,
    code_hash: &str,
    username: &Username,
    password_hash: &str,
) -> AppResult<Option<i64>> {
    settings::hold(conn)?;
    let Some(printed) = printed_codes(conn)?.filter(|printed| has(printed, code_hash)) else {
        return Ok(None);
    };
    if !settings::take(conn, settings::SETUP_CODE, &printed)? || !store::is_empty(conn)? {
        return Ok(None);
    }
    store::insert(conn, username, Role::Administrator, &Profile::default(), password_hash, None).map(Some)
}

/// Adds an account without a form, for `serve --demo`.
///
/// # Errors
/// `Taken(AccountName)`
pub fn insert_account(
    conn: &mut AnyConnection,
    name: &Username,
    role: Role,
    profile: &Profile,
    password: &str,
) -> AppResult<i64> {
    let hash = super::passwords::hash_now(password)?;
    store::insert(conn, name, role, profile, &hash, None)
}
