//! The administration of all accounts.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{PasswordForm, UserForm, new_password, role, username};
use super::profile::{self, Profile};
use super::store::{self, User};
use super::users_sessions::above;
use super::{Passwords, code, code_pages, code_store};
use crate::book::wording::Wording;
use crate::db::sessions::{self, Presence};
use crate::db::{AnyConnection, Db};
use crate::domain::{Difference, Drawn, PASSWORD_MIN, Role, TICKED, Username};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::web::{Account, Confirm, Context, Form, FormErrors, page};

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
    let profile = form.profile(cx.t, &mut errors);
    let role = role(cx.t, &form.role, &mut errors);
    let names = [form.username.as_str(), passwords.organization()];
    let password =
        if form.password.is_empty() { None } else { new_password(cx.t, &form.password, &names, &mut errors) };
    if let (true, Some(name), Some(profile), Some(role)) = (errors.is_empty(), name, profile, role) {
        let hash = match &password {
            Some(password) => passwords.hash(password).await?,
            None => Passwords::of_nobody()?,
        };
        let (login, shown) = (name.as_str().to_owned(), profile.name(name.as_str()).to_owned());
        let code = password.is_none().then(code::fresh);
        let code_hash = code.as_deref().map(code::hash);
        match db
            .write(move |conn| {
                let id = store::insert(conn, &name, role, &profile, &hash, Some(account.id))?;
                if let Some(hash) = code_hash {
                    code_store::set_code(conn, id, &hash, account.id)?;
                }
                Ok(())
            })
            .await
        {
            Ok(()) => {
                if let Some(code) = code {
                    return code_pages::given(cx, login, code);
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

/// The names of the values of the form's `was`, in its order. A node of an older version knows the first three.
const DRAWN: [&str; 5] = ["username", "role", "disabled", "display_name", "email"];

/// The values of the form's `was`.
fn drawn(user: &User) -> [&str; 5] {
    let disabled = if user.disabled_at.is_some() { TICKED } else { "" };
    let Profile { display_name, email } = &user.profile;
    [&user.username, user.role.as_str(), disabled, display_name, email]
}

impl EditUserPage {
    fn of(cx: Context, user: User, errors: FormErrors) -> Self {
        let drawn = drawn(&user);
        let [username, role, disabled, display_name, email] = drawn.map(str::to_owned);
        Self {
            cx,
            errors,
            typed: UserForm {
                username,
                display_name: Some(display_name),
                email: Some(email),
                role,
                disabled,
                was: Drawn::write(&drawn),
                ..UserForm::default()
            },
            user,
            conflict: Vec::new(),
            password_min: PASSWORD_MIN,
        }
    }

    fn display_name(&self) -> &str {
        self.typed.display_name.as_deref().unwrap_or_default()
    }

    fn email(&self) -> &str {
        self.typed.email.as_deref().unwrap_or_default()
    }

    fn display_name_hint(&self) -> String {
        match self.user.issuer {
            Some(_) => fl!(self.cx.t, "display-name-company"),
            None => fl!(self.cx.t, "display-name-hint"),
        }
    }

    /// The form with the values that another person saved in the meantime, and with the changes of this form.
    fn stale(cx: Context, user: User, mut typed: UserForm) -> Self {
        let errors = FormErrors::one("conflict", fl!(cx.t, "form-stale"));
        let (wording, locale) = (Wording::default(), cx.locale);
        let mut template = Self::of(cx, user, errors);
        let stored = drawn(&template.user);
        let mut values = [
            &mut typed.username,
            &mut typed.role,
            &mut typed.disabled,
            typed.display_name.get_or_insert_default(),
            typed.email.get_or_insert_default(),
        ];
        Drawn::read(&typed.was).rebase(&mut values, &stored);
        typed.was.clone_from(&template.typed.was);
        template.conflict = DRAWN
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
    /// The account would be disabled, which must be confirmed first; with its open sessions.
    Ask(Presence),
}

/// The question before an account is disabled. The answer brings the whole form again.
fn ask_to_disable(cx: &Context, user: &User, open: Presence, form: &UserForm) -> Confirm {
    let t = cx.t;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Confirm {
        above: above(cx),
        title: fl!(t, "user-disable-ask", name = user.name()),
        text: fl!(t, "user-disable-hint"),
        points: vec![fl!(t, "sessions-will-end", count = open.sessions)],
        hidden: vec![
            ("username", form.username.clone()),
            ("display_name", text(&form.display_name)),
            ("email", text(&form.email)),
            ("role", form.role.clone()),
            ("disabled", form.disabled.clone()),
            ("was", form.was.clone()),
            ("confirmed", TICKED.to_owned()),
        ],
        button: Some(fl!(t, "user-disable")),
        back: format!("/users/{}", user.id),
        ..Confirm::default()
    }
}

/// `POST /users/{id}`: sets the names, the e-mail, the role and the disabled flag.
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
    form.display_name.get_or_insert_with(|| user.profile.display_name.clone());
    form.email.get_or_insert_with(|| user.profile.email.clone());
    let mut errors = FormErrors::default();
    let name = username(cx.t, &form.username, &mut errors);
    let profile = form.profile(cx.t, &mut errors);
    let role = role(cx.t, &form.role, &mut errors);
    if let (true, Some(username), Some(profile), Some(role)) = (errors.is_empty(), name, profile, role) {
        let shown = profile.name(username.as_str()).to_owned();
        let was = Drawn::read(&form.was);
        let new = NewValues {
            username,
            profile,
            role,
            disabled: !form.disabled.is_empty(),
            is_confirmed: !form.confirmed.is_empty(),
        };
        let edited = db.write(move |conn| save(conn, (id, account.id), &was, &new)).await;
        match edited {
            Ok(Edited::Yes) => {
                cx.say(fl!(cx.t, "user-saved", name = shown));
                return Ok(page::see_other("/users"));
            }
            Ok(Edited::Ask(open)) => return ask_to_disable(&cx, &user, open, &form).answer(cx),
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

/// The valid values of a form.
struct NewValues {
    username: Username,
    profile: Profile,
    role: Role,
    disabled: bool,
    /// `true` if the question before disabling was answered.
    is_confirmed: bool,
}

/// Saves the values that the form changed; the others keep their current values.
fn save(conn: &mut AnyConnection, (id, by): (i64, i64), was: &Drawn, new: &NewValues) -> AppResult<Edited> {
    store::lock(conn)?;
    let user = store::find(conn, id)?;
    let stored = drawn(&user);
    let typed = [
        new.username.as_str(),
        new.role.as_str(),
        if new.disabled { TICKED } else { "" },
        &new.profile.display_name,
        &new.profile.email,
    ];
    if was.meets(&typed, &stored) {
        return Ok(Edited::Stale);
    }
    let [mut name_now, mut role_now, mut disabled_now, mut display_name, mut email] =
        typed.map(str::to_owned);
    was.rebase(
        &mut [&mut name_now, &mut role_now, &mut disabled_now, &mut display_name, &mut email],
        &stored,
    );
    let new_role = Role::parse(&role_now).filter(|role| *role != user.role);
    let disabled = !disabled_now.is_empty();
    if store::leaves_no_administrator(conn, &user, new_role.unwrap_or(user.role), disabled)? {
        let field = if new_role.is_some() { "role" } else { "disabled" };
        return Ok(Edited::LastAdministrator(field));
    }
    if disabled && user.disabled_at.is_none() && !new.is_confirmed {
        return Ok(Edited::Ask(sessions::present(conn, Some(id), 0)?));
    }
    store::update(conn, id, new_role, Some(disabled), Some(by))?;
    if name_now == new.username.as_str() {
        store::rename(conn, id, &new.username, Some(by))?;
    }
    profile::set(conn, id, &Profile { display_name, email }, Some(by))?;
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
    cx.say(fl!(cx.t, "user-password-saved", name = user.name()));
    Ok(page::see_other("/users"))
}
