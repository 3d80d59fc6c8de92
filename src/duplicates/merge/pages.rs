//! The form of a merge, and the button that undoes one.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::both::{Both, ChoiceRow, Side};
use super::form::{self, FIELD};
use super::store::{self, Asked, Merged};
use super::undo::Undone;
use crate::audit;
use crate::book::contact::Contact;
use crate::book::wording::Wording;
use crate::db::Db;
use crate::duplicates::place::Place;
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::{Locale, fl};
use crate::web::{Account, Context, Form, FormErrors, NoFields, page};

#[derive(Template)]
#[template(path = "duplicates/merge.html")]
struct MergePage {
    cx: Context,
    errors: FormErrors,
    low: Contact,
    high: Contact,
    asked: Asked,
    rows: Vec<ChoiceRow>,
    /// Fields that are equal or need no choice, with the values of the merged contact.
    same: Vec<(String, String)>,
    /// The contacts that are merged afterwards.
    then: Vec<i64>,
}

impl MergePage {
    fn new(
        cx: Context,
        both: Both,
        asked: Asked,
        changed: &[String],
        wording: &Wording,
        then: Vec<i64>,
    ) -> Self {
        let locale = cx.locale;
        let rows = both.rows(&asked.choices, changed, wording, locale);
        let same = both
            .together(&asked.choices)
            .iter()
            .filter(|(name, _)| !rows.iter().any(|row| row.name == *name))
            .map(|(name, value)| {
                (wording.label(locale.catalogue(), &name), wording.value(locale, &name, value))
            })
            .collect();
        let (low, high) = (both.low.into_contact(), both.high.into_contact());
        Self { cx, errors: FormErrors::default(), low, high, asked, rows, same, then }
    }
}

fn control(row: &ChoiceRow) -> String {
    format!("{FIELD}{}", row.name)
}

/// Returns a value that distinguishes two contacts of the same name.
fn tells(contact: &Contact) -> String {
    [contact.email(), &contact.service, &contact.city]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// `GET /duplicates/{low}/{high}/merge`: for any two contacts, and for more of them one after the other.
pub async fn new(
    cx: Context,
    db: web::Data<Db>,
    pair: web::Path<(i64, i64)>,
    query: web::Query<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let (pair, then) = (pair.into_inner(), form::then(&query));
    if pair.0 > pair.1 {
        let others: Vec<i64> = std::iter::once(pair.1).chain(then).collect();
        return Ok(page::see_other(form::path(pair.0, &others)));
    }
    let (both, wording) = db.read(move |conn| Ok((Both::load(conn, pair)?, Wording::load(conn)?))).await?;
    let asked = form::blank(pair, &both);
    page::ok(&MergePage::new(cx, both, asked, &[], &wording, then))
}

/// `POST /duplicates/{low}/{high}/merge`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    pair: web::Path<(i64, i64)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let asked = form::read(pair.into_inner(), &sent)?;
    let then = form::then(&sent);
    let (kept, gone) = (asked.id(asked.kept), asked.id(asked.kept.other()));
    let given = asked.clone();
    let merged = db.write(move |conn| store::merge(conn, &given, account.id)).await;
    match merged {
        Ok(Merged::Yes | Merged::Already) => {
            if let Some(place) = Place::of(&sent) {
                let merge = db.read(move |conn| store::away(conn, gone)).await?;
                return Ok(page::see_other(place.after(merge.map(|merge| merge.id))));
            }
            cx.say(fl!(cx.t, "merge-done"));
            Ok(page::see_other(match then.as_slice() {
                [] => format!("/contacts/{kept}"),
                then => form::path(kept, then),
            }))
        }
        Ok(Merged::Stale) => draw_stale(cx, &db, asked, then).await,
        // Somebody has deleted one of them, or merged it into a third.
        Err(AppError::NotFound) => {
            cx.say(fl!(cx.t, "merge-gone"));
            Ok(page::see_other("/duplicates"))
        }
        Err(error) => Err(error),
    }
}

/// Shows the form again, with the current contacts and the choices made; fields changed by somebody else are marked.
async fn draw_stale(cx: Context, db: &Db, mut asked: Asked, then: Vec<i64>) -> AppResult<HttpResponse> {
    let (pair, versions) = (asked.pair, asked.versions);
    let (changed, both, wording) = db
        .read(move |conn| {
            let mut changed = Vec::new();
            for (id, version) in [(pair.0, versions.0), (pair.1, versions.1)] {
                let since = audit::store::changes_since(conn, id, version)?;
                changed.extend(since.into_iter().map(|change| change.field));
            }
            Ok((changed, Both::load(conn, pair)?, Wording::load(conn)?))
        })
        .await?;
    asked.versions = (both.low.contact().version, both.high.contact().version);
    let errors = FormErrors::one("fields", fl!(cx.t, "merge-stale"));
    page::unprocessable(&MergePage { errors, ..MergePage::new(cx, both, asked, &changed, &wording, then) })
}

/// `POST /merges/{id}/undo`
pub async fn undo(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let merge = db.read(move |conn| store::find(conn, id)).await?;
    let (t, locale) = (cx.t, cx.locale);
    let undone = db.write(move |conn| super::undo::undo(conn, id, account.id)).await;
    let [kept, back] = [merge.kept_id, merge.gone_id].map(|id| format!("/contacts/{id}"));
    let (message, next) = match undone {
        Ok(Undone::Yes { stayed }) if stayed.is_empty() => (fl!(t, "merge-undone"), back),
        Ok(Undone::Yes { stayed }) => {
            let fields = db.read(move |conn| Ok(labels(&Wording::load(conn)?, locale, &stayed))).await?;
            (fl!(t, "merge-undone-but", fields = fields), back)
        }
        Ok(Undone::Already) => (fl!(t, "merge-undone"), back),
        Ok(Undone::NotYet(into)) => (fl!(t, "merge-undo-later"), format!("/contacts/{into}")),
        Ok(Undone::NotLast) => (fl!(t, "merge-undo-order"), kept),
        Err(AppError::Taken(Constraint::ContactEmail)) => (fl!(t, "merge-undo-email"), kept),
        Err(error) => return Err(error),
    };
    cx.say(message);
    Ok(page::see_other(next))
}

fn labels(wording: &Wording, locale: Locale, names: &[String]) -> String {
    let labels: Vec<String> = names.iter().map(|name| wording.label(locale.catalogue(), name)).collect();
    labels.join(", ")
}
