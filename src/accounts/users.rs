//! The administration of all accounts.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{PasswordForm, UserForm, new_password, role, username};
use super::store::{self, Change, User};
use super::{Passwords, code, code_pages, code_store};
use crate::book::wording::Wording;
use crate::db::{AnyConnection, Db};
use crate::domain::{Difference, Drawn, PASSWORD_MIN, Role, TICKED, Username};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::web::{Account, Context, CurrentSession, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "accounts/users_index.html")]
struct UsersPage {
    cx: Context,
    users: Vec<User>,
}

/// `GET /users`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let users = db.read(store::all).await?;
    page::ok(&UsersPage { cx, users })
}

#[derive(Template)]
#[template(path = "accounts/users_new.html")]
struct NewUserPage {
    cx: Context,
    errors: FormErrors,
    user: UserForm,
    password_min: usize,
}

/// `GET /users/new`
pub async fn new(cx: Context) -> AppResult<HttpResponse> {
    page::ok(&NewUserPage {
        cx,
        errors: FormErrors::default(),
        user: UserForm { role: Role::Coordinator.as_str().to_owned(), ..UserForm::default() },
        password_min: PASSWORD_MIN,
    })
}

/// `POST /users`: adds an account. Without a password it gets a one-time code, with which its owner chooses one.
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    Form(form): Form<UserForm>,
) -> AppResult<HttpResponse> {
    let mut errors = FormErrors::default();
    let name = username(cx.t, &form.username, &mut errors);
    let role = role(cx.t, &form.role, &mut errors);
    let names = [form.username.as_str(), passwords.organization()];
    let password =
        if form.password.is_empty() { None } else { new_password(cx.t, &form.password, &names, &mut errors) };
    if let (true, Some(name), Some(role)) = (errors.is_empty(), name, role) {
        let hash = match &password {
            Some(password) => passwords.hash(password).await?,
            None => Passwords::of_nobody()?,
        };
        let shown = name.as_str().to_owned();
        let code = password.is_none().then(code::fresh);
        let code_hash = code.as_deref().map(code::hash);
        match db
            .write(move |conn| {
                let id = store::insert(conn, &name, role, &hash, Some(account.id))?;
                if let Some(hash) = code_hash {
                    code_store::set_code(conn, id, &hash, account.id)?;
                }
                Ok(())
            })
            .await
        {
            Ok(()) => {
                if let Some(code) = code {
                    return code_pages::given(cx, shown, code);
                }
                cx.say(fl!(cx.t, "user-added", name = shown));
                return Ok(page::see_other("/users"));
            }
            Err(AppError::Taken(Constraint::AccountName)) => {
                errors.add("username", fl!(cx.t, "username-taken"));
            }
            Err(error) => return Err(error),
        }
    }
    page::unprocessable(&NewUserPage { cx, errors, user: form, password_min: PASSWORD_MIN })
}

#[derive(Template)]
#[template(path = "accounts/users_edit.html")]
struct EditUserPage {
    cx: Context,
    errors: FormErrors,
    user: User,
    typed: UserForm,
    /// The values that another person saved since the form was drawn.
    conflict: Vec<Difference>,
    password_min: usize,
}

/// The values of the form's `was`, in its order.
fn drawn(user: &User) -> [&str; 3] {
    let disabled = if user.disabled_at.is_some() { TICKED } else { "" };
    [&user.username, user.role.as_str(), disabled]
}

impl EditUserPage {
    fn of(cx: Context, user: User, errors: FormErrors) -> Self {
        let drawn = drawn(&user);
        let [username, role, disabled] = drawn.map(str::to_owned);
        Self {
            cx,
            errors,
            typed: UserForm { username, role, disabled, was: Drawn::write(&drawn), ..UserForm::default() },
            user,
            conflict: Vec::new(),
            password_min: PASSWORD_MIN,
        }
    }

    /// The form with the values that another person saved in the meantime, and with the changes of this form.
    fn stale(cx: Context, user: User, mut typed: UserForm) -> Self {
        let errors = FormErrors::one("conflict", fl!(cx.t, "form-stale"));
        let (wording, locale) = (Wording::default(), cx.locale);
        let mut template = Self::of(cx, user, errors);
        let stored = drawn(&template.user);
        let mut values = [&mut typed.username, &mut typed.role, &mut typed.disabled];
        Drawn::read(&typed.was).rebase(&mut values, &stored);
        typed.was.clone_from(&template.typed.was);
        template.conflict = ["username", "role", "disabled"]
            .into_iter()
            .zip(stored.into_iter().zip(values))
            .filter(|(_, (theirs, yours))| theirs != yours)
            .map(|(name, (theirs, yours))| Difference {
                label: wording.label(locale.catalogue(), name),
                theirs: wording.value(locale, name, theirs),
                yours: wording.value(locale, name, yours),
            })
            .collect();
        template.typed = typed;
        template
    }
}

/// `GET /users/{id}`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let user = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&EditUserPage::of(cx, user, FormErrors::default()))
}

/// The result of saving a form.
enum Edited {
    Yes,
    /// The change would leave no administrator; with the field for the message.
    LastAdministrator(&'static str),
    /// Another person changed the same value since the form was drawn, so nothing was saved.
    Stale,
}

/// `POST /users/{id}`: sets the name, the role and the disabled flag.
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(mut form): Form<UserForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let user = db.read(move |conn| store::find(conn, id)).await?;
    // The role of a company account comes from the provider, and is not in its form.
    if user.issuer.is_some() {
        user.role.as_str().clone_into(&mut form.role);
    }
    let mut errors = FormErrors::default();
    let name = username(cx.t, &form.username, &mut errors);
    let role = role(cx.t, &form.role, &mut errors);
    if let (true, Some(name), Some(role)) = (errors.is_empty(), name, role) {
        let shown = name.as_str().to_owned();
        let (was, disabled) = (Drawn::read(&form.was), !form.disabled.is_empty());
        let edited = db.write(move |conn| save(conn, (id, account.id), &was, (&name, role, disabled))).await;
        match edited {
            Ok(Edited::Yes) => {
                cx.say(fl!(cx.t, "user-saved", name = shown));
                return Ok(page::see_other("/users"));
            }
            Ok(Edited::LastAdministrator(field)) => {
                errors.add(field, fl!(cx.t, "last-administrator"));
            }
            Ok(Edited::Stale) => {
                let user = db.read(move |conn| store::find(conn, id)).await?;
                return page::unprocessable(&EditUserPage::stale(cx, user, form));
            }
            Err(AppError::Taken(Constraint::AccountName)) => {
                errors.add("username", fl!(cx.t, "username-taken"));
            }
            Err(error) => return Err(error),
        }
    }
    let mut template = EditUserPage::of(cx, user, errors);
    template.typed = form;
    page::unprocessable(&template)
}

/// Saves the values that the form changed; the others keep their current values.
fn save(
    conn: &mut AnyConnection,
    (id, by): (i64, i64),
    was: &Drawn,
    (name, role, disabled): (&Username, Role, bool),
) -> AppResult<Edited> {
    store::lock(conn)?;
    let user = store::find(conn, id)?;
    let stored = drawn(&user);
    let typed = [name.as_str(), role.as_str(), if disabled { TICKED } else { "" }];
    if was.meets(&typed, &stored) {
        return Ok(Edited::Stale);
    }
    let [mut name_now, mut role_now, mut disabled_now] = typed.map(str::to_owned);
    was.rebase(&mut [&mut name_now, &mut role_now, &mut disabled_now], &stored);
    let new_role = Role::parse(&role_now).filter(|role| *role != user.role);
    let disabled = !disabled_now.is_empty();
    let change = store::update(conn, id, new_role, Some(disabled), Some(by))?;
    if change == Change::LastAdministrator {
        let field = if new_role.is_some() { "role" } else { "disabled" };
        return Ok(Edited::LastAdministrator(field));
    }
    if name_now == name.as_str() {
        store::rename(conn, id, name, Some(by))?;
    }
    Ok(Edited::Yes)
}

/// `POST /users/{id}/password`: sets a new password and ends the account's sessions. Administrators change their own password on
/// `/account`, which asks for the current one.
pub async fn update_password(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    passwords: web::Data<Passwords>,
    id: web::Path<i64>,
    Form(form): Form<PasswordForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if id == account.id {
        return Ok(page::see_other("/account"));
    }
    let user = db.read(move |conn| store::find(conn, id)).await?;
    if user.issuer.is_some() {
        return Err(AppError::NotFound);
    }
    let mut errors = FormErrors::default();
    let names = [user.username.as_str(), passwords.organization()];
    let Some(password) = new_password(cx.t, &form.password, &names, &mut errors) else {
        return page::unprocessable(&EditUserPage::of(cx, user, errors));
    };
    let hash = passwords.hash(&password).await?;
    db.write(move |conn| store::set_password(conn, id, &hash, None, Some(account.id))).await?;
    cx.say(fl!(cx.t, "user-password-saved", name = user.username));
    Ok(page::see_other("/users"))
}

/// `POST /users/{id}/sessions/end`
pub async fn end_sessions(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&cx, &db, Some(*id), &account, current).await
}

/// `POST /users/sessions/end`: ends all sessions of all accounts except the current one.
pub async fn end_all_sessions(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&cx, &db, None, &account, current).await
}

async fn end(
    cx: &Context,
    db: &Db,
    of: Option<i64>,
    account: &Account,
    current: CurrentSession,
) -> AppResult<HttpResponse> {
    let by = account.id;
    let ended = db.write(move |conn| store::end_sessions(conn, of, current.0, by)).await?;
    let count = i64::try_from(ended).unwrap_or(i64::MAX);
    cx.say(fl!(cx.t, "users-sessions-ended", count = count));
    Ok(page::see_other("/users"))
}
