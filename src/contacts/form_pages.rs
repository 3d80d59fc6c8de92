//! The pages of the contact form: shown, sent, and shown again until it can be saved.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::conflict::{ConflictRow, Whose};
use super::form::{self, FieldControl, Rules, Step, Typed};
use crate::book::contact::Contact;
use crate::book::contact_types::{self, CustomField};
use crate::book::list_address::contact_url;
use crate::book::suggestions::Suggestions;
use crate::book::write::{self, Created, Submission};
use crate::book::{drafts, organizations};
use crate::db::{AnyConnection, Db, settings};
use crate::domain::{Civility, CustomKind, Field, Right, tidy_prefix};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{countries, field_name, fl};
use crate::organizations::of_name;
use crate::web::{Account, Context, Form, FormErrors, page};

/// The most characters of a value that another tool fills in.
const FILLED_IN: usize = 255;

/// The draft to continue with.
#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct DraftQuery {
    pub(super) draft: Option<i64>,
}

#[derive(Template)]
#[template(path = "contacts/form.html")]
pub(super) struct ContactFormPage {
    cx: Context,
    pub(super) errors: FormErrors,
    pub(super) typed: Typed,
    rules: Rules,
    /// The stored contact that is being edited; `None` for a new one.
    contact: Option<Contact>,
    /// What was saved since the form was shown.
    pub(super) conflict: Vec<ConflictRow>,
    /// The contact was deleted since the form was shown: saving restores it.
    pub(super) restore: bool,
    /// The deleted contact that has the typed e-mail.
    pub(super) in_trash: Option<i64>,
    /// `true` if organizations with similar names are offered.
    pub(super) offer: bool,
    /// `true` if the typed organization was added by the form's button.
    is_organization_new: bool,
    suggestions: Suggestions,
    countries: &'static [(&'static str, &'static str)],
}

impl ContactFormPage {
    pub(super) fn new(cx: Context, typed: Typed, rules: Rules, contact: Option<Contact>) -> Self {
        Self {
            countries: countries(cx.locale),
            cx,
            errors: FormErrors::default(),
            typed,
            rules,
            contact,
            conflict: Vec::new(),
            restore: false,
            in_trash: None,
            offer: false,
            is_organization_new: false,
            suggestions: Suggestions::default(),
        }
    }

    /// The answer with this form: 422 if it has errors.
    pub(super) async fn answer(mut self, db: &Db) -> AppResult<HttpResponse> {
        self.suggestions = db.read(Suggestions::load).await?;
        if self.errors.is_empty() { page::ok(&self) } else { page::unprocessable(&self) }
    }

    fn heading(&self) -> String {
        match &self.contact {
            Some(contact) => fl!(self.cx.t, "contact-edit-title", name = contact.name()),
            None => fl!(self.cx.t, "contact-new-title"),
        }
    }

    fn action(&self) -> String {
        match &self.contact {
            Some(contact) => contact_url(&contact.id, &self.cx.from),
            None => "/contacts".to_owned(),
        }
    }

    fn label(&self, field: Field) -> String {
        field_name(self.cx.t, field)
    }

    fn control(&self, field: &Field) -> FieldControl<'_> {
        FieldControl::new(self.cx.t, *field, &self.typed)
    }

    /// A hint for a field of the contact type: what can be typed, and whether it is required.
    fn custom_hint(&self, field: &CustomField) -> String {
        let t = self.cx.t;
        let what = match field.kind {
            CustomKind::Tag => fl!(t, "custom-tag-hint"),
            CustomKind::Integer => fl!(t, "custom-integer-hint"),
            CustomKind::Number => fl!(t, "custom-number-hint"),
            CustomKind::Date => fl!(t, "custom-date-hint"),
            CustomKind::DateTime => fl!(t, "custom-date-time-hint"),
            CustomKind::Url => fl!(t, "custom-url-hint"),
            CustomKind::TextArea => fl!(t, "custom-text-area-hint"),
            CustomKind::Text | CustomKind::Identifier | CustomKind::CheckBox | CustomKind::List => {
                String::new()
            }
        };
        match (field.required, what.as_str()) {
            (false, _) => what,
            (true, "") => fl!(t, "custom-required"),
            (true, _) => format!("{} {what}", fl!(t, "custom-required")),
        }
    }

    /// The e-mail whose former contact the user has been told of.
    fn told_former(&self) -> &str {
        if self.rules.former.is_some() && self.errors.at("email").is_some() {
            self.typed.get("email").trim()
        } else {
            self.typed.get("former")
        }
    }

    /// Returns `true` if a folded part of the form is shown open, because one of its fields has a value or an error.
    fn is_open(&self, names: &[&str]) -> bool {
        self.typed.has_any(names) || names.iter().any(|name| self.errors.at(name).is_some())
    }

    fn is_type_open(&self) -> bool {
        self.is_open(&["contact_type"]) || !self.rules.fields.is_empty()
    }
}

/// The query of the form of a new contact. Other tools fill in a few fields; nothing is saved.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewQuery {
    draft: Option<i64>,
    first_name: String,
    last_name: String,
    organization: String,
    email: String,
    phone_work: String,
}

impl NewQuery {
    fn filled_in(&self) -> Typed {
        let mut typed = Typed::blank();
        for (name, value) in [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("organization", &self.organization),
            ("email", &self.email),
            ("phone_work", &self.phone_work),
        ] {
            typed.set(name, tidy_prefix(value, FILLED_IN));
        }
        typed
    }
}

/// `GET /contacts/new`
pub async fn new(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    query: web::Query<NewQuery>,
) -> AppResult<HttpResponse> {
    let query = query.into_inner();
    let (typed, rules) = db
        .read(move |conn| {
            let typed = match query.draft {
                Some(id) => drafts::find(conn, account.id, id)?.map(|draft| {
                    let mut typed = Typed::new(draft.typed);
                    typed.set("draft", id.to_string());
                    typed
                }),
                None => None,
            };
            let typed = typed.unwrap_or_else(|| query.filled_in());
            let rules = Rules::load(conn, &typed, None)?;
            Ok((typed, rules))
        })
        .await?;
    ContactFormPage::new(cx, typed, rules, None).answer(&db).await
}

/// `POST /contacts`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let typed = Typed::new(pairs);
    if let Some(step) = typed.step() {
        return take_step(cx, &db, account, None, typed, step).await;
    }
    let asked = typed.clone();
    let rules = db.read(move |conn| Rules::load(conn, &asked, None)).await?;
    if typed.has_unseen_fields(&rules) {
        return ask_for_type_fields(cx, &db, None, typed).await;
    }
    let errors = match form::read(cx.t, &typed, &rules, None) {
        Err(errors) => errors,
        Ok(submission) => {
            let draft = typed.get("draft").parse().ok();
            let sent = submission.clone();
            let created = db
                .write(move |conn| {
                    let created = write::create(conn, &submission, account.id)?;
                    discard_draft(conn, account.id, draft)?;
                    Ok(created)
                })
                .await;
            match created {
                Ok(Created::New(id)) => {
                    if is_left_off_copy(&typed, &sent) {
                        cx.warn(fl!(cx.t, "contact-added-without-copy"));
                    } else {
                        cx.say(fl!(cx.t, "contact-added"));
                    }
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Ok(Created::Restored(id)) => {
                    cx.say(fl!(cx.t, "contact-restored"));
                    return Ok(page::see_other(format!("/contacts/{id}")));
                }
                Err(AppError::Taken(Constraint::ContactEmail | Constraint::ContactForm)) => {
                    // The other click of a double click may have been faster.
                    let made = db.read(move |conn| write::made_by(conn, &sent)).await?;
                    if let Some(id) = made {
                        return Ok(page::see_other(format!("/contacts/{id}")));
                    }
                    FormErrors::one("email", fl!(cx.t, "email-taken"))
                }
                Err(AppError::Gone) => FormErrors::one("organization", fl!(cx.t, "contact-points-nowhere")),
                Err(error) => return Err(error),
            }
        }
    };
    let mut template = ContactFormPage::new(cx, typed, rules, None);
    template.offer = errors.at("organization").is_some();
    template.errors = errors;
    template.answer(&db).await
}

/// Returns `true` if Copie was ticked, and the new contact does not have it.
fn is_left_off_copy(typed: &Typed, saved: &Submission) -> bool {
    typed.has(Field::Copy.form_name()) && !saved.details.is_on(Field::Copy)
}

pub(super) fn discard_draft(conn: &mut AnyConnection, account: i64, draft: Option<i64>) -> AppResult<()> {
    match draft {
        Some(draft) => drafts::discard(conn, account, draft),
        None => Ok(()),
    }
}

/// Handles a button that does not save: the form comes back with everything that was typed.
pub(super) async fn take_step(
    cx: Context,
    db: &Db,
    account: Account,
    contact: Option<i64>,
    mut typed: Typed,
    step: Step,
) -> AppResult<HttpResponse> {
    let offer = matches!(step, Step::FindOrganization | Step::CreateOrganization);
    let mut created = Ok(false);
    match step {
        Step::FindOrganization | Step::ShowTypeFields => {}
        Step::PickOrganization(name) => typed.set("organization", name),
        Step::CreateOrganization => created = create_organization(&cx, db, &account, &mut typed).await?,
        Step::AddOrganization => {
            let name = typed.get("organization").to_owned();
            let draft = db.write(move |conn| drafts::keep(conn, account.id, contact, typed.pairs())).await?;
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("draft", &draft.to_string())
                .append_pair("name", &name)
                .finish();
            return Ok(page::see_other(format!("/organizations/new?{query}")));
        }
    }
    let mut template = redraw(cx, db, contact, typed).await?;
    template.offer = offer;
    match created {
        Ok(is_new) => template.is_organization_new = is_new,
        Err(message) => template.errors = FormErrors::one("organization", message),
    }
    template.answer(db).await
}

/// Adds an organization with the typed name; `false` if there is one by now, whose spelling the form then takes over. The inner
/// error is what is wrong with the name.
async fn create_organization(
    cx: &Context,
    db: &Db,
    account: &Account,
    typed: &mut Typed,
) -> AppResult<Result<bool, String>> {
    if !cx.may(Right::OrganizationAdd) {
        return Err(AppError::MissingRight(Right::OrganizationAdd));
    }
    let default = db.read(settings::default_country_now).await?;
    let details = match of_name(cx.t, typed.get("organization"), default) {
        Ok(details) => details,
        Err(message) => return Ok(Err(message)),
    };
    let (name, by) = (details.name.clone(), account.id);
    let created = db
        .write(move |conn| {
            if let Some((_, known)) = organizations::named(conn, &details.name)? {
                return Ok((known, false));
            }
            organizations::create(conn, &details, by)?;
            Ok((details.name, true))
        })
        .await;
    let (name, is_new) = match created {
        // The other click of a double click, or somebody else, was faster.
        Err(AppError::Taken(Constraint::OrganizationName)) => {
            let asked = name.clone();
            let known = db.read(move |conn| organizations::named(conn, &asked)).await?;
            (known.map_or(name, |(_, known)| known), false)
        }
        created => created?,
    };
    typed.set("organization", name);
    Ok(Ok(is_new))
}

/// The form again, when it was sent with a type whose fields it did not show yet.
pub(super) async fn ask_for_type_fields(
    cx: Context,
    db: &Db,
    contact: Option<i64>,
    typed: Typed,
) -> AppResult<HttpResponse> {
    let mut template = redraw(cx, db, contact, typed).await?;
    if let Some(field) = template.rules.fields.first() {
        let name = template.typed.get("contact_type");
        let message = fl!(template.cx.t, "contact-type-fill-in", name = name);
        template.errors = FormErrors::one(field.form_name(), message);
    }
    template.answer(db).await
}

/// The form as it was typed, with the fields of the type that is chosen now.
async fn redraw(cx: Context, db: &Db, contact: Option<i64>, mut typed: Typed) -> AppResult<ContactFormPage> {
    let (contact, typed, rules) = db
        .read(move |conn| {
            let profile = contact.map(|id| write::profile(conn, id)).transpose()?;
            let rules = Rules::load(conn, &typed, profile.as_ref())?;
            if let Some(id) = contact {
                // Values from a time when the contact had this type before.
                typed.add_stored(&rules, &contact_types::values(conn, id)?);
            }
            Ok((profile.map(|profile| profile.contact), typed, rules))
        })
        .await?;
    let mut template = ContactFormPage::new(cx, typed, rules, contact);
    template.restore = template.typed.has("restore");
    Ok(template)
}
