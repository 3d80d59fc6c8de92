//! The pages of profiles: the list, the form of one, the copy, and the deletion.

use actix_web::{HttpResponse, web};

use super::form::{ProfileForm, taken, too_many};
use super::page::{Names, ProfilePage, ProfilesPage};
use super::store::{self, Added, Profile, Updated};
use crate::book::wording::Wording;
use crate::book::{contact_types, external_ids};
use crate::db::{AnyConnection, Db};
use crate::domain::Drawn;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::web::{Account, Confirm, Context, Form, FormErrors, NoFields, page};

/// The address of the list.
const LIST: &str = "/import-profiles";

fn address(id: i64) -> String {
    format!("{LIST}/{id}")
}

/// `GET /import-profiles`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let profiles = db.read(store::all).await?;
    page::ok(&ProfilesPage { cx, profiles })
}

/// # Errors
/// [`AppError::NotFound`] if there is no such profile.
async fn load(db: &Db, id: i64) -> AppResult<(Profile, Names)> {
    db.read(move |conn| {
        let profile = store::find(conn, id)?;
        let names = names(conn, &profile)?;
        Ok((profile, names))
    })
    .await
}

/// A source or a contact type that was deleted has no name any more.
fn names(conn: &mut AnyConnection, profile: &Profile) -> AppResult<Names> {
    let mapping = &profile.mapping;
    let source = mapping.source.and_then(|id| existing(external_ids::find(conn, id)).transpose());
    let contact_type =
        mapping.contact_type.and_then(|id| existing(contact_types::find(conn, id)).transpose());
    Ok(Names {
        wording: Wording::load(conn)?,
        source: source.transpose()?,
        contact_type: contact_type.transpose()?.map(|found| found.name),
    })
}

fn existing<T>(found: AppResult<T>) -> AppResult<Option<T>> {
    match found {
        Err(AppError::NotFound) => Ok(None),
        found => found.map(Some),
    }
}

/// `GET /import-profiles/{id}`
pub async fn show(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let (profile, names) = load(&db, *id).await?;
    let typed = ProfileForm::of(&profile.settings);
    let errors = FormErrors::default();
    page::ok(&ProfilePage { cx, errors, profile, typed, conflict: Vec::new(), names })
}

/// `POST /import-profiles/{id}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(mut typed): Form<ProfileForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut errors = FormErrors::default();
    let mut is_stale = false;
    match typed.read(cx.t) {
        Err(wrong) => errors = wrong,
        Ok(settings) => {
            let (name, drawn) = (settings.name.clone(), Drawn::read(&typed.was));
            match db.write(move |conn| store::update(conn, id, &settings, &drawn, account.id)).await {
                Ok(Updated::Yes) => {
                    cx.say(fl!(cx.t, "profile-saved", name = name));
                    return Ok(page::see_other(LIST));
                }
                Ok(Updated::Stale) => is_stale = true,
                Err(AppError::Taken(Constraint::ImportProfileName)) => errors = taken(cx.t, "name"),
                Err(error) => return Err(error),
            }
        }
    }
    let (profile, names) = load(&db, id).await?;
    let mut conflict = Vec::new();
    if is_stale {
        conflict = typed.rebase(cx.t, &profile.settings);
        errors.add("conflict", fl!(cx.t, "form-stale"));
    }
    page::unprocessable(&ProfilePage { cx, errors, profile, typed, conflict, names })
}

/// `POST /import-profiles/{id}/copy`
pub async fn copy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let profile = db.read(move |conn| store::find(conn, id)).await?;
    let name = fl!(cx.t, "profile-copy-name", name = profile.settings.name);
    match db.write(move |conn| store::copy(conn, id, &name, account.id)).await? {
        Added::Yes(copy) => {
            cx.say(fl!(cx.t, "profile-copied"));
            Ok(page::see_other(address(copy)))
        }
        Added::TooMany => {
            cx.warn(too_many(cx.t));
            Ok(page::see_other(address(id)))
        }
    }
}

/// `GET /import-profiles/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let name = db.read(move |conn| store::find(conn, id)).await?.settings.name;
    let t = cx.t;
    let confirm = Confirm {
        above: vec![(LIST.to_owned(), fl!(t, "profiles-title")), (address(id), name.clone())],
        title: fl!(t, "contact-delete-title", name = name),
        text: fl!(t, "profile-delete-text"),
        button: Some(fl!(t, "contact-delete")),
        back: address(id),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /import-profiles/{id}/delete`
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    match db.write(move |conn| store::delete(conn, id, account.id)).await {
        Ok(name) => cx.say(fl!(cx.t, "profile-deleted", name = name)),
        // After a second click the profile no longer exists.
        Err(AppError::NotFound) => {}
        Err(error) => return Err(error),
    }
    Ok(page::see_other(LIST))
}
