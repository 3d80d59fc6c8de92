//! An account's own keys.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::KeyForm;
use super::secret;
use super::store::{self, AccessKey, MOST, day_in};
use crate::accounts::{Passwords, pages::wrong_password, second_factor};
use crate::db::{AnyConnection, Db};
use crate::domain::KeyScope;
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::period::day_control;
use crate::web::{Account, Confirm, Context, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "accounts/keys/own.html")]
struct KeysPage {
    cx: Context,
    errors: FormErrors,
    account: Account,
    keys: Vec<AccessKey>,
    /// The path of the page.
    list: &'static str,
    typed: KeyForm,
    /// A key that was made just now. It is stored nowhere.
    made: Option<String>,
}

impl KeysPage {
    async fn load(
        cx: Context,
        account: Account,
        db: &Db,
        (typed, errors): (KeyForm, FormErrors),
    ) -> AppResult<Self> {
        let id = account.id;
        let keys = db.read(move |conn| store::list(conn, Some(id))).await?;
        Ok(Self { cx, errors, account, keys, list: "/account/keys", typed, made: None })
    }

    /// The scopes that the account can give to a key.
    fn scopes(&self) -> impl Iterator<Item = KeyScope> {
        let role = self.account.role;
        KeyScope::ALL.into_iter().filter(move |scope| scope.is_for(role))
    }
}

/// The name of a scope.
pub fn scope_name(t: &Catalogue, scope: &KeyScope) -> String {
    match scope {
        KeyScope::Lookup => fl!(t, "key-right-lookup"),
        KeyScope::Read => fl!(t, "key-right-read"),
        KeyScope::Write => fl!(t, "key-right-write"),
    }
}

/// The explanation of a scope.
fn scope_hint(t: &Catalogue, scope: &KeyScope) -> String {
    match scope {
        KeyScope::Lookup => fl!(t, "key-right-lookup-hint"),
        KeyScope::Read => fl!(t, "key-right-read-hint"),
        KeyScope::Write => fl!(t, "key-right-write-hint"),
    }
}

/// `GET /account/keys`
pub async fn index(cx: Context, account: Account, db: web::Data<Db>) -> AppResult<HttpResponse> {
    page::ok(&KeysPage::load(cx, account, &db, (KeyForm::blank(), FormErrors::default())).await?)
}

/// `POST /account/keys`: asks for the password, and for a code if there is a second factor. The answer is the page with the key,
/// without a redirect, because the key is stored nowhere and shown only once.
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(mut form): Form<KeyForm>,
) -> AppResult<HttpResponse> {
    let (id, read) = (account.id, form.read(cx.t, account.role));
    let mut errors = read.as_ref().err().cloned().unwrap_or_default();
    if !account.is_of_company
        && let Some(wrong) = wrong_password(&db, &passwords, id, &form.password, cx.t).await?
    {
        errors.add("password", wrong);
    }
    if let (true, Ok(new)) = (errors.is_empty(), read) {
        let key = secret::fresh();
        let hash = secret::hash(&key).unwrap_or_default();
        let beginning = secret::beginning(&key);
        let code = std::mem::take(&mut form.code);
        let add = move |conn: &mut AnyConnection| {
            if store::add(conn, id, &new, (&hash, &beginning))? { Ok(()) } else { Err(AppError::Gone) }
        };
        match second_factor::do_with_code(&db, &account, code, &cx, add).await {
            Ok(None) => {
                let mut shown = KeysPage::load(cx, account, &db, (KeyForm::blank(), errors)).await?;
                shown.made = Some(key);
                return page::ok(&shown);
            }
            Ok(Some(wrong)) => errors.add("code", wrong),
            Err(AppError::Gone) => errors.add("label", fl!(cx.t, "keys-too-many", max = MOST)),
            Err(error) => return Err(error),
        }
    }
    page::unprocessable(&KeysPage::load(cx, account, &db, (form, errors)).await?)
}

/// `GET /account/keys/{id}/end`
pub async fn ask(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let key = db.read(move |conn| store::find(conn, *id, Some(account.id))).await?;
    let above = vec![("/account".to_owned(), fl!(cx.t, "account-title"))];
    question(&cx, &key, above, "/account/keys").answer(cx)
}

/// The question before a key is ended.
pub(super) fn question(
    cx: &Context,
    key: &AccessKey,
    mut above: Vec<(String, String)>,
    list: &str,
) -> Confirm {
    above.push((list.to_owned(), fl!(cx.t, "keys-title")));
    Confirm {
        above,
        title: fl!(cx.t, "key-end-title", label = key.label.as_str()),
        text: fl!(cx.t, "key-end-text"),
        button: Some(fl!(cx.t, "key-end")),
        back: list.to_owned(),
        ..Confirm::default()
    }
}

/// `POST /account/keys/{id}/end`
pub async fn end(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let by = account.id;
    let label = db
        .write(move |conn| {
            let key = store::find(conn, *id, Some(by))?;
            store::end(conn, &key, by)?;
            Ok(key.label)
        })
        .await?;
    cx.say(fl!(cx.t, "key-ended", label = label));
    Ok(page::see_other("/account/keys"))
}
