//! Everybody's accounts, for the administrator.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{PasswordForm, UserForm, new_password, on_or_off, role, username};
use super::store::{self, Change, User};
use super::{Account, CurrentSession, Passwords, code, code_pages, code_store};
use crate::db::{Constraint, Db};
use crate::domain::{PASSWORD_MIN, Role, SecondFactorFor};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::{Context, Form, FormErrors, NoFields, flash, page};

/// The name of a role in the reader's language.
pub fn role_name(t: &Catalogue, role: &Role) -> String {
    match role {
        Role::Agent => fl!(t, "role-agent"),
        Role::Coordinator => fl!(t, "role-coordinator"),
        Role::Administrator => fl!(t, "role-administrator"),
    }
}

/// Whose accounts must have a second factor, in the reader's language.
pub fn second_factor_for_name(t: &Catalogue, whose: &SecondFactorFor) -> String {
    match whose {
        SecondFactorFor::Nobody => fl!(t, "second-factor-for-nobody"),
        SecondFactorFor::Administrators => fl!(t, "second-factor-for-administrators"),
        SecondFactorFor::Coordinators => fl!(t, "second-factor-for-coordinators"),
        SecondFactorFor::Everybody => fl!(t, "second-factor-for-everybody"),
    }
}

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
        user: UserForm {
            role: Role::Coordinator.as_str().to_owned(),
            ..UserForm::default()
        },
        password_min: PASSWORD_MIN,
    })
}

/// `POST /users`: without a password the account is given a one-time code, with which its owner chooses one.
pub async fn create(
    session: Session,
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
    let password = if form.password.is_empty() {
        None
    } else {
        new_password(cx.t, &form.password, &names, &mut errors)
    };
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
                flash::set(&session, fl!(cx.t, "user-added", name = shown));
                return Ok(page::see_other("/users"));
            }
            Err(AppError::Taken(Constraint::AccountName)) => {
                errors.add("username", fl!(cx.t, "username-taken"));
            }
            Err(error) => return Err(error),
        }
    }
    page::unprocessable(&NewUserPage {
        cx,
        errors,
        user: form,
        password_min: PASSWORD_MIN,
    })
}

#[derive(Template)]
#[template(path = "accounts/users_edit.html")]
struct EditUserPage {
    cx: Context,
    errors: FormErrors,
    user: User,
    username: String,
    role: String,
    disabled: bool,
    /// What the form began with.
    shown_role: String,
    shown_disabled: String,
    password_min: usize,
}

impl EditUserPage {
    fn of(cx: Context, user: User, errors: FormErrors) -> Self {
        Self {
            cx,
            errors,
            username: user.username.clone(),
            role: user.role.as_str().to_owned(),
            disabled: user.disabled_at.is_some(),
            shown_role: user.role.as_str().to_owned(),
            shown_disabled: on_or_off(user.disabled_at.is_some()).to_owned(),
            user,
            password_min: PASSWORD_MIN,
        }
    }
}

/// `GET /users/{id}`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let user = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&EditUserPage::of(cx, user, FormErrors::default()))
}

/// `POST /users/{id}`: name, role, and disabled or not.
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<UserForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let user = db.read(move |conn| store::find(conn, id)).await?;
    let mut errors = FormErrors::default();
    let disabled = form.disabled_changed();
    let name = username(cx.t, &form.username, &mut errors);
    // That of an account of the company comes from there.
    let new_role = if user.issuer.is_none() && form.is_role_changed() {
        role(cx.t, &form.role, &mut errors)
    } else {
        None
    };
    if let (true, Some(name)) = (errors.is_empty(), name) {
        let shown = name.as_str().to_owned();
        let changed = db.write(move |conn| {
            let by = Some(account.id);
            let change = store::update(conn, id, new_role, disabled, by)?;
            if change == Change::Made {
                store::rename(conn, id, &name, by)?;
            }
            Ok(change)
        });
        match changed.await {
            Ok(Change::Made) => {
                flash::set(&session, fl!(cx.t, "user-saved", name = shown));
                return Ok(page::see_other("/users"));
            }
            Ok(Change::LastAdministrator) => {
                let field = if new_role.is_some() {
                    "role"
                } else {
                    "disabled"
                };
                errors.add(field, fl!(cx.t, "last-administrator"));
            }
            Err(AppError::Taken(Constraint::AccountName)) => {
                errors.add("username", fl!(cx.t, "username-taken"));
            }
            Err(error) => return Err(error),
        }
    }
    let mut template = EditUserPage::of(cx, user, errors);
    template.disabled = form.disabled.is_some();
    template.shown_role = form.shown_role.unwrap_or(template.shown_role);
    template.shown_disabled = form.shown_disabled.unwrap_or(template.shown_disabled);
    template.username = form.username;
    template.role = form.role;
    page::unprocessable(&template)
}

/// `POST /users/{id}/password`: a new password, which ends the account's sessions. One's own asks the current one, elsewhere.
pub async fn update_password(
    session: Session,
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
    db.write(move |conn| store::set_password(conn, id, &hash, None, Some(account.id)))
        .await?;
    flash::set(
        &session,
        fl!(cx.t, "user-password-saved", name = user.username),
    );
    Ok(page::see_other("/users"))
}

/// `POST /users/{id}/sessions/end`
pub async fn end_sessions(
    session: Session,
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&session, &cx, &db, Some(*id), &account, current).await
}

/// `POST /users/sessions/end`: everybody's but the one that asks.
pub async fn end_all_sessions(
    session: Session,
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&session, &cx, &db, None, &account, current).await
}

async fn end(
    session: &Session,
    cx: &Context,
    db: &Db,
    of: Option<i64>,
    account: &Account,
    current: CurrentSession,
) -> AppResult<HttpResponse> {
    let by = account.id;
    let ended = db
        .write(move |conn| store::end_sessions(conn, of, current.0, by))
        .await?;
    let count = i64::try_from(ended).unwrap_or(i64::MAX);
    flash::set(session, fl!(cx.t, "users-sessions-ended", count = count));
    Ok(page::see_other("/users"))
}
