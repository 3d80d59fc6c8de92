//! The organization's form: a new one, also on the way from a half-filled contact form, and one that is edited.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{OrganizationForm, label};
use crate::book::drafts;
use crate::book::organizations::{self, Details, Organization, Saved};
use crate::book::wording::Wording;
use crate::db::{AnyConnection, Db};
use crate::domain::Difference;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::countries;
use crate::i18n::{Locale, fl};
use crate::jobs::Bell;
use crate::web::Account;
use crate::web::{Context, Form, FormErrors, flash, page};

#[derive(Template)]
#[template(path = "organizations/form.html")]
struct FormPage {
    cx: Context,
    errors: FormErrors,
    typed: OrganizationForm,
    /// The organization that is being edited, as it is stored; none for a new one.
    organization: Option<Organization>,
    /// The contact form that waits for a new one.
    waiting: Option<String>,
    /// The organization that has the name that was typed.
    taken: Option<(i64, String)>,
    /// What someone else saved since the form was drawn.
    conflict: Vec<Difference>,
    countries: Vec<(&'static str, String)>,
}

impl FormPage {
    fn new(cx: Context, typed: OrganizationForm, organization: Option<Organization>) -> Self {
        Self {
            countries: countries(cx.locale),
            cx,
            errors: FormErrors::default(),
            typed,
            organization,
            waiting: None,
            taken: None,
            conflict: Vec::new(),
        }
    }

    fn heading(&self) -> String {
        let t = self.cx.t;
        match &self.organization {
            Some(Organization { details, .. }) => {
                fl!(t, "organization-edit-title", name = details.name.as_str())
            }
            None => fl!(t, "organization-add"),
        }
    }

    fn action(&self) -> String {
        match &self.organization {
            Some(organization) => format!("/organizations/{}", organization.id),
            None => "/organizations".to_owned(),
        }
    }

    /// Where giving up leads.
    fn back(&self) -> String {
        self.waiting.clone().unwrap_or_else(|| self.action())
    }

    fn label(&self, field: &str) -> String {
        label(self.cx.t, field)
    }
}

fn differences(locale: Locale, theirs: &Details, yours: &Details) -> Vec<Difference> {
    let wording = Wording::default();
    theirs
        .changes_to(yours)
        .into_iter()
        .map(|change| Difference {
            label: wording.label(locale.catalogue(), &change.field),
            theirs: wording.value(locale, &change.field, &change.old),
            yours: wording.value(locale, &change.field, &change.new),
        })
        .collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewQuery {
    /// The half-filled contact form to go back to.
    draft: Option<i64>,
    name: String,
}

/// `GET /organizations/new`
pub async fn new(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<NewQuery>,
) -> AppResult<HttpResponse> {
    let NewQuery { draft, name } = query.into_inner();
    let typed = OrganizationForm {
        name,
        draft,
        ..OrganizationForm::default()
    };
    let mut template = FormPage::new(cx, typed, None);
    template.waiting = db
        .read(move |conn| waiting(conn, account.id, draft))
        .await?;
    page::ok(&template)
}

/// The path of the contact form that waits; none where it is somebody else's, or gone.
fn waiting(
    conn: &mut AnyConnection,
    account: i64,
    draft: Option<i64>,
) -> AppResult<Option<String>> {
    let Some(id) = draft else {
        return Ok(None);
    };
    Ok(drafts::find(conn, account, id)?.map(|draft| draft.path(id)))
}

/// Puts the organization into the contact form that waits, and tells the way back there.
fn hand_over(
    conn: &mut AnyConnection,
    account: i64,
    draft: Option<i64>,
    name: &str,
) -> AppResult<Option<String>> {
    if let Some(draft) = draft {
        drafts::set_organization(conn, account, draft, name)?;
    }
    waiting(conn, account, draft)
}

/// `POST /organizations`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<OrganizationForm>,
) -> AppResult<HttpResponse> {
    if !form.pick.is_empty() {
        return pick(session, account, cx, &db, form).await;
    }
    let draft = form.draft;
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok(details) => {
            let name = details.name.clone();
            let created = db
                .write(move |conn| {
                    let id = organizations::create(conn, &details, account.id)?;
                    Ok((id, hand_over(conn, account.id, draft, &details.name)?))
                })
                .await;
            match created {
                Ok((_, Some(back))) => {
                    flash::set(
                        &session,
                        fl!(cx.t, "organization-added-for-contact", name = name),
                    );
                    return Ok(page::see_other(back));
                }
                Ok((id, None)) => {
                    flash::set(&session, fl!(cx.t, "organization-added", name = name));
                    return Ok(page::see_other(format!("/organizations/{id}")));
                }
                Err(AppError::Taken(Constraint::OrganizationName)) => {
                    FormErrors::one("name", fl!(cx.t, "organization-name-taken"))
                }
                Err(error) => return Err(error),
            }
        }
    };
    let name = form.name.clone();
    let mut template = FormPage::new(cx, form, None);
    (template.waiting, template.taken) = db
        .read(move |conn| {
            let waiting = waiting(conn, account.id, draft)?;
            Ok((waiting, organizations::named(conn, &name)?))
        })
        .await?;
    template.errors = errors;
    page::unprocessable(&template)
}

/// An organization that is there already goes into the contact form that waits.
async fn pick(
    session: Session,
    account: Account,
    cx: Context,
    db: &Db,
    form: OrganizationForm,
) -> AppResult<HttpResponse> {
    let (name, back) = db
        .write(move |conn| {
            let (_, name) = organizations::named(conn, &form.pick)?.ok_or(AppError::NotFound)?;
            let back = hand_over(conn, account.id, form.draft, &name)?;
            Ok((name, back.ok_or(AppError::NotFound)?))
        })
        .await?;
    flash::set(
        &session,
        fl!(cx.t, "organization-picked-for-contact", name = name),
    );
    Ok(page::see_other(back))
}

/// `GET /organizations/{id}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let organization = db.read(move |conn| organizations::find(conn, *id)).await?;
    let typed = OrganizationForm::of(&organization);
    page::ok(&FormPage::new(cx, typed, Some(organization)))
}

/// `POST /organizations/{id}`: a save on top of someone else's newer one is not made; the form comes back with what was
/// typed, what differs, and their version, so that saving again is a choice.
pub async fn update(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    id: web::Path<i64>,
    Form(mut form): Form<OrganizationForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut is_stale = false;
    let errors = match form.read(cx.t) {
        Err(errors) => errors,
        Ok(details) => {
            let (given, version) = (details.clone(), form.version);
            let saved = db
                .write(move |conn| organizations::update(conn, id, version, &given, account.id))
                .await;
            match saved {
                Ok(Saved::Yes) => {
                    bell.ring();
                    flash::set(&session, fl!(cx.t, "organization-saved"));
                    return Ok(page::see_other(format!("/organizations/{id}")));
                }
                Ok(Saved::Stale) => {
                    is_stale = true;
                    FormErrors::one("conflict", fl!(cx.t, "organization-stale"))
                }
                Err(AppError::Taken(Constraint::OrganizationName)) => {
                    FormErrors::one("name", fl!(cx.t, "organization-name-taken"))
                }
                Err(AppError::NotFound) => return draw_gone(cx, form),
                Err(error) => return Err(error),
            }
        }
    };
    let name = form.name.clone();
    let (organization, taken) = db
        .read(move |conn| {
            Ok((
                organizations::find(conn, id)?,
                organizations::named(conn, &name)?,
            ))
        })
        .await?;
    let mut rows = Vec::new();
    if is_stale {
        form.rebase(&organization);
        if let Ok(yours) = form.read(cx.t) {
            rows = differences(cx.locale, &organization.details, &yours);
        }
    }
    let mut template = FormPage::new(cx, form, Some(organization));
    template.errors = errors;
    template.taken = taken.filter(|(other, _)| *other != id);
    template.conflict = rows;
    page::unprocessable(&template)
}

/// The form of a new organization, with what was typed for one that was deleted meanwhile.
fn draw_gone(cx: Context, typed: OrganizationForm) -> AppResult<HttpResponse> {
    let message = fl!(cx.t, "organization-gone");
    let mut template = FormPage::new(cx, typed, None);
    template.errors = FormErrors::one("name", message);
    page::unprocessable(&template)
}
