//! The page of the signed-in account.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{EndSessionsForm, LanguageForm, PasswordForm, new_password};
use super::store::User;
use super::throttle::{self, Buckets};
use super::{Passwords, second_factor, store};
use crate::db::sessions::{self, OpenSession};
use crate::db::{AnyConnection, Db};
use crate::domain::PASSWORD_MIN;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, fl};
use crate::web::{Account, Context, CurrentSession, Form, FormErrors, page};

#[derive(Template)]
#[template(path = "accounts/show.html")]
struct AccountPage {
    cx: Context,
    errors: FormErrors,
    account: Account,
    own: User,
    sessions: Vec<OpenSession>,
    current: i64,
    password_min: usize,
    /// A message about wrong codes since the last sign-in.
    wrong_codes: Option<String>,
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
    let (own, sessions, wrong_codes) = db
        .read(move |conn| {
            let wrong_codes = second_factor::Counts::of(conn, id)?.told();
            Ok((store::find(conn, id)?, sessions::of_account(conn, id)?, wrong_codes))
        })
        .await?;
    let wrong_codes = wrong_codes.map(|wrong| second_factor::told(cx.t, cx.locale, wrong));
    Ok(AccountPage {
        wrong_codes,
        cx,
        errors,
        account,
        own,
        sessions,
        current: current.0,
        password_min: PASSWORD_MIN,
    })
}

/// `POST /account/language`: an unknown or empty value means the browser's language.
pub async fn update_language(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<LanguageForm>,
) -> AppResult<HttpResponse> {
    let chosen = Locale::parse(&form.locale);
    db.write(move |conn| store::set_locale(conn, account.id, chosen)).await?;
    let locale = chosen.unwrap_or(cx.locale);
    cx.say(fl!(locale.catalogue(), "language-saved"));
    Ok(page::see_other("/account"))
}

/// `POST /account/password`: asks for the current password, and for a code if there is a second factor. Ends the other sessions.
pub async fn update_password(
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
    if let Some(wrong) = wrong_password(&db, &passwords, id, typed, cx.t).await? {
        errors.add("current_password", wrong);
    }
    let names = [account.username.as_str(), passwords.organization()];
    let password = new_password(cx.t, &form.password, &names, &mut errors);
    if let (true, Some(password)) = (errors.is_empty(), password) {
        let hash = passwords.hash(&password).await?;
        let keep = Some(current.0);
        let set = move |conn: &mut AnyConnection| store::set_password(conn, id, &hash, keep, Some(id));
        let wrong = second_factor::do_with_code(&db, &account, form.code, &cx, set).await?;
        let Some(wrong) = wrong else {
            cx.say(fl!(cx.t, "password-saved"));
            return Ok(page::see_other("/account"));
        };
        errors.add("code", wrong);
    }
    page::unprocessable(&account_page(cx, account, current, &db, errors).await?)
}

/// Asks a signed-in person for the password again. Returns a message if the typed password is wrong or must wait. Each wrong one
/// counts, and delays the next try.
pub(super) async fn wrong_password(
    db: &Db,
    passwords: &Passwords,
    account: i64,
    typed: &str,
    t: &Catalogue,
) -> AppResult<Option<String>> {
    let buckets = Buckets::signed_in(account);
    let counted = buckets.clone();
    let asked = db.write(move |conn| throttle::ask(conn, &counted)).await?;
    if let Some(wait) = asked.wait {
        let seconds = wait.num_seconds() + 1;
        return Ok(Some(fl!(t, "sign-in-wait", seconds = seconds)));
    }
    let hash = db.read(move |conn| store::password_hash(conn, account)).await?;
    if !passwords.verify(typed, Some(hash)).await? {
        return Ok(Some(fl!(t, "current-password-wrong")));
    }
    db.write(move |conn| throttle::forgive(conn, &buckets, asked)).await?;
    Ok(None)
}

/// `POST /account/sessions/end`: ends one session, or all except the current one. It asks for the password, so that a person who
/// finds an open browser cannot lock its owner out.
pub async fn end_sessions(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<EndSessionsForm>,
) -> AppResult<HttpResponse> {
    let id = account.id;
    // Accounts of the company have no password in Carnet.
    if !account.is_of_company
        && let typed = &form.password_again
        && let Some(wrong) = wrong_password(&db, &passwords, id, typed, cx.t).await?
    {
        let errors = FormErrors::one("password_again", wrong);
        return page::unprocessable(&account_page(cx, account, current, &db, errors).await?);
    }
    let one = form.session;
    let ended = db
        .write(move |conn| match one {
            Some(session) => sessions::end_own(conn, id, session),
            None => sessions::end_all(conn, id, Some(current.0)),
        })
        .await?;
    let count = i64::try_from(ended).unwrap_or(i64::MAX);
    cx.say(fl!(cx.t, "sessions-ended", count = count));
    Ok(page::see_other("/account"))
}
