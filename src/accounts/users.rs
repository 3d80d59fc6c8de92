//! Everybody's accounts, for the administrator.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{PasswordForm, UserForm, new_password, role, username};
use super::store::{self, Change, User};
use super::{Account, Passwords};
use crate::db::{Constraint, Db};
use crate::domain::{PASSWORD_MIN, Role};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::{Context, Form, FormErrors, flash, page};

/// The name of a role in the reader's language.
pub fn role_name(t: &Catalogue, role: &Role) -> String {
    match role {
        Role::Agent => fl!(t, "role-agent"),
        Role::Coordinator => fl!(t, "role-coordinator"),
        Role::Administrator => fl!(t, "role-administrator"),
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

/// `POST /users`
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
    let password = new_password(cx.t, &form.password, &mut errors);
    if let (true, Some(name), Some(role), Some(password)) =
        (errors.is_empty(), name, role, password)
    {
        let hash = passwords.hash(&password).await?;
        let shown = name.as_str().to_owned();
        match db
            .write(move |conn| store::insert(conn, &name, role, &hash, Some(account.id)))
            .await
        {
            Ok(_) => {
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
    role: String,
    disabled: bool,
    password_min: usize,
}

impl EditUserPage {
    fn of(cx: Context, user: User, errors: FormErrors) -> Self {
        Self {
            cx,
            errors,
            role: user.role.as_str().to_owned(),
            disabled: user.disabled_at.is_some(),
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

/// `POST /users/{id}`: role, and disabled or not.
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
    let disabled = form.disabled.is_some();
    if let Some(role) = role(cx.t, &form.role, &mut errors) {
        match db
            .write(move |conn| store::update(conn, id, role, disabled, Some(account.id)))
            .await?
        {
            Change::Made => {
                flash::set(&session, fl!(cx.t, "user-saved", name = user.username));
                return Ok(page::see_other("/users"));
            }
            Change::LastAdministrator => errors.add("role", fl!(cx.t, "last-administrator")),
        }
    }
    let mut template = EditUserPage::of(cx, user, errors);
    template.role = form.role;
    template.disabled = disabled;
    page::unprocessable(&template)
}

/// `POST /users/{id}/password`: a new password, which ends the account's sessions.
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
    let user = db.read(move |conn| store::find(conn, id)).await?;
    let mut errors = FormErrors::default();
    let Some(password) = new_password(cx.t, &form.password, &mut errors) else {
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
