//! One-time codes: an administrator gives a code to the owner of an account, who chooses a password with it, so that nobody else
//! knows the password. A code also lets an owner in whose account must wait (see `throttle.rs`).

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::form::{CodeForm, new_password};
use super::{Passwords, code, code_store, second_factor, sign_in, store};
use crate::db::Db;
use crate::domain::{PASSWORD_MIN, Username};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, FormErrors, Interrupted, NoFields, flash, page};

#[derive(Template)]
#[template(path = "accounts/code_given.html")]
struct CodeGivenPage {
    cx: Context,
    username: String,
    code: String,
    days: i64,
}

/// The page with the code. It is the direct answer to the form, without a redirect, because the code is stored nowhere and shown
/// only once.
pub(super) fn given(cx: Context, username: String, code: String) -> AppResult<HttpResponse> {
    page::ok(&CodeGivenPage { cx, username, code, days: code_store::CODE_DAYS })
}

/// `POST /users/{id}/code`: makes a new code. An older code becomes invalid. The password is valid until the code is used.
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    if *id == account.id {
        return Ok(page::see_other("/account"));
    }
    let shown = code::fresh();
    let hash = code::hash(&shown);
    let username = db.write(move |conn| code_store::set_code(conn, *id, &hash, account.id)).await?;
    given(cx, username, shown)
}

#[derive(Template)]
#[template(path = "accounts/code.html")]
struct CodePage {
    cx: Context,
    errors: FormErrors,
    typed: CodeForm,
    password_min: usize,
}

impl CodePage {
    fn of(cx: Context, errors: FormErrors, typed: CodeForm) -> Self {
        Self { cx, errors, typed, password_min: PASSWORD_MIN }
    }
}

/// `GET /login/code`
pub async fn new(cx: Context) -> AppResult<HttpResponse> {
    page::ok(&CodePage::of(cx, FormErrors::default(), CodeForm::default()))
}

/// `POST /login/code`: sets the password and signs in, or asks for the second factor if there is one. Name and code are checked
/// together, so that the answer does not reveal whether an account exists.
pub async fn redeem(
    cx: Context,
    request: HttpRequest,
    session: Session,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<CodeForm>,
) -> AppResult<HttpResponse> {
    let mut errors = FormErrors::default();
    let name = Username::parse(&form.username).ok();
    let hash = code::hash(&form.code);
    let asked_hash = hash.clone();
    let (key, is_right) = db
        .read(move |conn| {
            let Some(name) = &name else {
                return Ok((String::new(), false));
            };
            let key = store::key_of(conn, name)?;
            let is_right = code_store::has_code(conn, &key, &asked_hash)?;
            Ok((key, is_right))
        })
        .await?;
    if !is_right {
        tracing::info!(event = "code_refused", "a one-time code was wrong");
        errors.add("code", fl!(cx.t, "code-wrong"));
    }
    let names = [form.username.as_str(), passwords.organization()];
    let password = new_password(cx.t, &form.password, &names, &mut errors);
    let (true, Some(password)) = (errors.is_empty(), password) else {
        return page::unprocessable(&CodePage::of(cx, errors, form));
    };
    let password_hash = passwords.hash(&password).await?;
    let used = db.write(move |conn| code_store::use_code(conn, &key, &hash, &password_hash)).await?;
    let Some(used) = used else {
        let errors = FormErrors::one("code", fl!(cx.t, "code-wrong"));
        return page::unprocessable(&CodePage::of(cx, errors, form));
    };
    let is_through = sign_in::admit(&session, &request, &used)?;
    flash::set(&session, fl!(cx.t, "code-used"));
    if is_through {
        sign_in::arrive(cx, &request, used.id, "", &Interrupted::default())
    } else {
        second_factor::ask(cx, "", &Interrupted::default())
    }
}
