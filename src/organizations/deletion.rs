//! Deletion of an organization: one confirmation, which first decides what happens to its contacts.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::book::changed::changed;
use crate::book::organizations::{self, Deleted, Disposition, Organization, contacts_url};
use crate::book::write::{self, Members};
use crate::db::Db;
use crate::domain::{ChangedContacts, Headcount};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, fl};
use crate::web::{Account, Context, Form, FormErrors, page};

/// The most organizations that a search offers.
const OFFERED: usize = 10;

#[derive(Template)]
#[template(path = "organizations/delete.html")]
struct DeletePage {
    cx: Context,
    errors: FormErrors,
    organization: Organization,
    members: Members,
    /// The contacts of the organization: the confirmation is valid for exactly these.
    who: Headcount,
    /// Set if the confirmation is asked again because the contacts have changed.
    changed: Option<ChangedContacts>,
    /// The name of the organization that is to get the contacts.
    typed: String,
    /// `true` after a search; `found` is then the organization with that name, and `offered` has similar names.
    searched: bool,
    found: Option<(i64, String)>,
    offered: Vec<String>,
}

impl DeletePage {
    /// Sets the error that says why the contacts cannot move to the typed organization.
    fn refuse_target(&mut self) {
        let t = self.cx.t;
        let own_key = organizations::name_key(&self.organization.details.name);
        let message = if self.typed.trim().is_empty() {
            fl!(t, "organization-move-missing")
        } else if organizations::name_key(&self.typed) == own_key {
            fl!(t, "organization-move-same")
        } else {
            fl!(t, "organization-unknown")
        };
        self.errors = FormErrors::one("organization", message);
    }
}

/// The fields as typed, and the pressed button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeleteForm {
    organization: String,
    pick: String,
    step: String,
    /// The contacts that the page was about, as [`Headcount`] writes them.
    expected: String,
}

/// `GET /organizations/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    page::ok(&load(cx, &db, *id, String::new()).await?)
}

async fn load(cx: Context, db: &Db, id: i64, typed: String) -> AppResult<DeletePage> {
    let asked = typed.trim().to_owned();
    let (organization, members, who, found, mut offered) = db
        .read(move |conn| {
            let organization = organizations::find(conn, id)?;
            let members = write::count_members(conn, id)?;
            let who = write::members(conn, id)?;
            let (found, offered) = match asked.as_str() {
                "" => (None, Vec::new()),
                name => {
                    (organizations::named(conn, name)?, organizations::near(conn, name, OFFERED as i64 + 1)?)
                }
            };
            Ok((organization, members, who, found, offered))
        })
        .await?;
    offered.retain(|name| *name != organization.details.name);
    offered.truncate(OFFERED);
    Ok(DeletePage {
        cx,
        errors: FormErrors::default(),
        searched: !typed.trim().is_empty(),
        found: found.filter(|(found, _)| *found != id),
        offered,
        organization,
        members,
        who,
        changed: None,
        typed,
    })
}

/// `POST /organizations/{id}/delete`
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<DeleteForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let typed = if form.pick.is_empty() { form.organization } else { form.pick };
    let mut template = match load(cx, &db, id, typed.clone()).await {
        // After a second click the organization no longer exists.
        Err(AppError::NotFound) => return Ok(page::see_other("/organizations")),
        template => template?,
    };
    let fate = match (form.step.as_str(), &template.found) {
        ("move", Some((target, _))) => Disposition::MoveTo(*target),
        ("move", None) => {
            template.refuse_target();
            return page::unprocessable(&template);
        }
        ("leave", _) => Disposition::Leave,
        ("delete", _) => Disposition::Nobody,
        // A search, or a choice from its results.
        _ => return page::ok(&template),
    };
    let expected = Headcount::parse(&form.expected).unwrap_or_default();
    let asked = expected.clone();
    let deleted = db.write(move |conn| organizations::delete(conn, id, fate, &asked, account.id)).await;
    let DeletePage { cx, found, .. } = template;
    match deleted {
        Ok(Deleted::Yes { name, moved }) => {
            let target = found.map(|(_, name)| name);
            cx.say(outcome(cx.t, fate, name, moved, target));
            Ok(page::see_other("/organizations"))
        }
        Err(AppError::NotFound) => Ok(page::see_other("/organizations")),
        Ok(Deleted::HasContacts) => {
            let mut template = load(cx, &db, id, typed).await?;
            let message = fl!(template.cx.t, "organization-has-contacts");
            template.errors = FormErrors::one("members", message);
            page::unprocessable(&template)
        }
        Ok(Deleted::Changed) => {
            let mut template = load(cx, &db, id, typed).await?;
            let (t, now) = (template.cx.t, template.who.clone());
            template.changed = db.read(move |conn| changed(conn, t, Some(&expected), &now)).await?;
            if let Some(changed) = &template.changed {
                template.errors = FormErrors::one("changed", changed.message.clone());
            }
            page::unprocessable(&template)
        }
        Ok(Deleted::NowhereToMove) => {
            let mut template = load(cx, &db, id, typed).await?;
            template.refuse_target();
            page::unprocessable(&template)
        }
        Err(error) => Err(error),
    }
}

/// The message about the deletion and about the contacts.
fn outcome(t: &Catalogue, fate: Disposition, name: String, moved: usize, target: Option<String>) -> String {
    let count = i64::try_from(moved).unwrap_or(i64::MAX);
    match (fate, target) {
        (Disposition::MoveTo(_), Some(target)) if moved > 0 => {
            fl!(t, "organization-deleted-moved", name = name, count = count, target = target)
        }
        (Disposition::Leave, _) if moved > 0 => {
            fl!(t, "organization-deleted-left", name = name, count = count)
        }
        _ => fl!(t, "organization-deleted", name = name),
    }
}
