//! The pages of the organization's form: for a new one, also out of a half-filled contact form, and for editing.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{OrganizationForm, label, taken};
use crate::book::drafts;
use crate::book::organizations::{self, Details, Organization, Saved};
use crate::book::wording::Wording;
use crate::db::{AnyConnection, Db, settings};
use crate::domain::Difference;
use crate::error::{AppError, AppResult};
use crate::i18n::{Locale, countries, fl};
use crate::jobs::JobSignal;
use crate::web::{Account, Context, Form, FormErrors, page};

#[derive(Template)]
#[template(path = "organizations/form.html")]
struct FormPage {
    cx: Context,
    errors: FormErrors,
    typed: OrganizationForm,
    /// The stored organization that is being edited; `None` for a new one.
    organization: Option<Organization>,
    /// The path of the contact form that waits for a new organization.
    waiting: Option<String>,
    /// The organization that already has the typed name.
    taken: Option<(i64, String)>,
    /// The differences from what was saved since the form was shown.
    conflict: Vec<Difference>,
    countries: &'static [(&'static str, &'static str)],
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

    /// Where the link "cancel" leads.
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
    /// The draft of a contact form to go back to.
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
    let typed = OrganizationForm { name, draft, ..OrganizationForm::default() };
    let mut template = FormPage::new(cx, typed, None);
    template.waiting = db.read(move |conn| waiting(conn, account.id, draft)).await?;
    page::ok(&template)
}

/// The path of the contact form that waits for this organization; `None` if there is no draft, or if it belongs to
/// another account or no longer exists.
fn waiting(conn: &mut AnyConnection, account: i64, draft: Option<i64>) -> AppResult<Option<String>> {
    let Some(id) = draft else {
        return Ok(None);
    };
    Ok(drafts::find(conn, account, id)?.map(|draft| draft.path(id)))
}

/// Writes the organization into the waiting contact form, and returns the path of that form.
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
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(form): Form<OrganizationForm>,
) -> AppResult<HttpResponse> {
    if !form.pick.is_empty() {
        return pick(account, cx, &db, form).await;
    }
    let draft = form.draft;
    let default = db.read(settings::default_country_now).await?;
    let errors = match form.read(cx.t, default) {
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
                    cx.say(fl!(cx.t, "organization-added-for-contact", name = name));
                    return Ok(page::see_other(back));
                }
                Ok((id, None)) => {
                    cx.say(fl!(cx.t, "organization-added", name = name));
                    return Ok(page::see_other(format!("/organizations/{id}")));
                }
                Err(error) => match taken(cx.t, &error) {
                    Some(errors) => errors,
                    None => return Err(error),
                },
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

/// Writes an existing organization into the waiting contact form.
async fn pick(account: Account, cx: Context, db: &Db, form: OrganizationForm) -> AppResult<HttpResponse> {
    let (name, back) = db
        .write(move |conn| {
            let (_, name) = organizations::named(conn, &form.pick)?.ok_or(AppError::NotFound)?;
            let back = hand_over(conn, account.id, form.draft, &name)?;
            Ok((name, back.ok_or(AppError::NotFound)?))
        })
        .await?;
    cx.say(fl!(cx.t, "organization-picked-for-contact", name = name));
    Ok(page::see_other(back))
}

/// `GET /organizations/{id}/edit`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let organization = db.read(move |conn| organizations::find(conn, *id)).await?;
    let typed = OrganizationForm::of(&organization);
    page::ok(&FormPage::new(cx, typed, Some(organization)))
}

/// `POST /organizations/{id}`: a newer version is not overwritten. The form is then shown again with what was typed, the
/// differences, and the newer version, so that saving again is a decision.
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<JobSignal>,
    id: web::Path<i64>,
    Form(mut form): Form<OrganizationForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut is_stale = false;
    let default = db.read(settings::default_country_now).await?;
    let errors = match form.read(cx.t, default) {
        Err(errors) => errors,
        Ok(details) => {
            let (given, version) = (details.clone(), form.version);
            let saved =
                db.write(move |conn| organizations::update(conn, id, version, &given, account.id)).await;
            match saved {
                Ok(Saved::Yes) => {
                    bell.ring();
                    cx.say(fl!(cx.t, "organization-saved"));
                    return Ok(page::see_other(format!("/organizations/{id}")));
                }
                Ok(Saved::Stale) => {
                    is_stale = true;
                    FormErrors::one("conflict", fl!(cx.t, "organization-stale"))
                }
                Err(AppError::NotFound) => return draw_gone(cx, form),
                Err(error) => match taken(cx.t, &error) {
                    Some(errors) => errors,
                    None => return Err(error),
                },
            }
        }
    };
    let name = form.name.clone();
    let (organization, taken) =
        db.read(move |conn| Ok((organizations::find(conn, id)?, organizations::named(conn, &name)?))).await?;
    let mut rows = Vec::new();
    if is_stale {
        form.rebase(&organization);
        if let Ok(yours) = form.read(cx.t, default) {
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
