//! The pages of sources: the list with the form of a new one, the form of its name, and the deletion.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::book::changed::changed;
use crate::book::external_ids::{self, Added, Deleted, Renamed, Source};
use crate::book::wording::Wording;
use crate::db::Db;
use crate::domain::{Difference, Drawn, Fault, Headcount, SourceName};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::{Account, Confirm, Context, Form, FormErrors, page};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SourceForm {
    name: String,
    /// The values that the form was shown with.
    was: String,
}

impl SourceForm {
    fn of(source: &Source) -> Self {
        Self { name: source.name.clone(), was: Drawn::write(&[&source.name]) }
    }

    /// # Errors
    /// The fault of the name.
    fn read(&self, t: &Catalogue) -> Result<String, FormErrors> {
        let name = SourceName::parse(&self.name).map_err(|fault| match fault {
            Fault::Missing => fl!(t, "source-name-missing"),
            fault => at_field(t, &fl!(t, "field-name"), &fault),
        });
        name.map(SourceName::into_string).map_err(|message| FormErrors::one("name", message))
    }
}

#[derive(Template)]
#[template(path = "external_ids/sources.html")]
struct SourcesPage {
    cx: Context,
    errors: FormErrors,
    sources: Vec<Source>,
    /// The number of ids of each source, by its id.
    counts: BTreeMap<i64, i64>,
    typed: SourceForm,
}

impl SourcesPage {
    async fn load(cx: Context, db: &Db, typed: SourceForm, errors: FormErrors) -> AppResult<Self> {
        let read = db.read(|conn| Ok((external_ids::sources(conn)?, external_ids::counts(conn)?)));
        let (sources, counts) = read.await?;
        Ok(Self { cx, errors, sources, counts, typed })
    }

    fn count(&self, source: &Source) -> String {
        self.cx.locale.number(self.counts.get(&source.id).copied().unwrap_or_default())
    }
}

/// `GET /sources`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    page::ok(&SourcesPage::load(cx, &db, SourceForm::default(), FormErrors::default()).await?)
}

/// `POST /sources`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    Form(typed): Form<SourceForm>,
) -> AppResult<HttpResponse> {
    let errors = match typed.read(cx.t) {
        Err(errors) => errors,
        Ok(name) => {
            let given = name.clone();
            match db.write(move |conn| external_ids::add(conn, &given, account.id)).await {
                Ok(Added::Yes) => {
                    cx.say(fl!(cx.t, "source-added", name = name));
                    return Ok(page::see_other("/sources"));
                }
                Ok(Added::TooMany) => {
                    FormErrors::one("name", fl!(cx.t, "sources-too-many", max = external_ids::MOST))
                }
                Err(AppError::Taken(Constraint::SourceName)) => {
                    FormErrors::one("name", fl!(cx.t, "source-name-taken"))
                }
                Err(error) => return Err(error),
            }
        }
    };
    page::unprocessable(&SourcesPage::load(cx, &db, typed, errors).await?)
}

#[derive(Template)]
#[template(path = "external_ids/source.html")]
struct SourcePage {
    cx: Context,
    errors: FormErrors,
    source: Source,
    typed: SourceForm,
    /// The difference from what was saved since the form was shown.
    conflict: Vec<Difference>,
}

/// `GET /sources/{id}`
pub async fn edit(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let source = db.read(move |conn| external_ids::find(conn, *id)).await?;
    let typed = SourceForm::of(&source);
    page::ok(&SourcePage { cx, errors: FormErrors::default(), source, typed, conflict: Vec::new() })
}

/// `POST /sources/{id}`
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(mut typed): Form<SourceForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (mut errors, mut is_stale) = (FormErrors::default(), false);
    match typed.read(cx.t) {
        Err(wrong) => errors = wrong,
        Ok(name) => {
            let (given, drawn) = (name.clone(), Drawn::read(&typed.was));
            match db.write(move |conn| external_ids::rename(conn, id, &given, &drawn, account.id)).await {
                Ok(Renamed::Yes) => {
                    cx.say(fl!(cx.t, "source-saved", name = name));
                    return Ok(page::see_other("/sources"));
                }
                Ok(Renamed::Stale) => is_stale = true,
                Err(AppError::Taken(Constraint::SourceName)) => {
                    errors.add("name", fl!(cx.t, "source-name-taken"));
                }
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let source = match db.read(move |conn| external_ids::find(conn, id)).await {
        Ok(source) => source,
        // Deleted meanwhile: what was typed can be saved as a new source.
        Err(AppError::NotFound) => {
            let errors = FormErrors::one("name", fl!(cx.t, "source-gone"));
            return page::unprocessable(&SourcesPage::load(cx, &db, typed, errors).await?);
        }
        Err(error) => return Err(error),
    };
    let mut conflict = Vec::new();
    if is_stale {
        let label = Wording::default().label(cx.t, "name");
        let (theirs, yours) = (source.name.clone(), typed.name.trim().to_owned());
        conflict.push(Difference { label, theirs, yours });
        errors.add("conflict", fl!(cx.t, "form-stale"));
        typed.was = SourceForm::of(&source).was;
    }
    page::unprocessable(&SourcePage { cx, errors, source, typed, conflict })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DeleteForm {
    /// The contacts that the page was about, as [`Headcount`] writes them.
    expected: String,
}

/// `GET /sources/{id}/delete`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    question(cx, &db, *id, None).await
}

/// Asks before the deletion, again if there are other contacts than `before`.
async fn question(cx: Context, db: &Db, id: i64, before: Option<Headcount>) -> AppResult<HttpResponse> {
    let t = cx.t;
    let (source, who, count, changed) = db
        .read(move |conn| {
            let source = external_ids::find(conn, id)?;
            let (who, count) = external_ids::holders(conn, id)?;
            let changed = changed(conn, t, before.as_ref(), &who)?;
            Ok((source, who, count, changed))
        })
        .await?;
    let confirm = Confirm {
        above: vec![("/sources".to_owned(), fl!(t, "sources-title"))],
        title: fl!(t, "contact-delete-title", name = source.name),
        text: if count == 0 { fl!(t, "source-unused") } else { fl!(t, "source-in-use", count = count) },
        hidden: vec![("expected", who.to_string())],
        button: Some(fl!(t, "contact-delete")),
        back: format!("/sources/{id}"),
        changed,
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /sources/{id}/delete`: the confirmation holds for the contacts that it named.
pub async fn destroy(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<DeleteForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let expected = Headcount::parse(&form.expected).unwrap_or_default();
    let asked = expected.clone();
    match db.write(move |conn| external_ids::delete(conn, id, &asked, account.id)).await {
        Ok(Deleted::Yes(name)) => {
            cx.say(fl!(cx.t, "source-deleted", name = name));
            Ok(page::see_other("/sources"))
        }
        Ok(Deleted::Changed) => question(cx, &db, id, Some(expected)).await,
        // After a second click the source no longer exists.
        Err(AppError::NotFound) => Ok(page::see_other("/sources")),
        Err(error) => Err(error),
    }
}
