//! Editing a contact: its form, the save, and conflicts.

use actix_web::{HttpResponse, web};

use super::conflict;
use super::form::{self, Rules, Typed};
use super::form_pages::{ContactFormPage, DraftQuery, ask_for_type_fields, discard_draft, take_step};
use crate::book::drafts;
use crate::book::list_address::contact_url;
use crate::book::wording::Wording;
use crate::book::write::{self, Saved};
use crate::db::Db;
use crate::domain::{Details, Email, Field};
use crate::error::{AppError, AppResult, Constraint};
use crate::i18n::fl;
use crate::web::{Account, Context, Form, FormErrors, page};

/// `GET /contacts/{id}/edit`
pub async fn edit(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    query: web::Query<DraftQuery>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (profile, typed, rules) = db
        .read(move |conn| {
            let profile = write::profile(conn, id)?;
            let draft = match query.draft {
                Some(kept) => drafts::find(conn, account.id, kept)?,
                None => None,
            };
            let typed = match draft.filter(|draft| draft.contact == Some(id)) {
                Some(draft) => {
                    let mut typed = Typed::new(draft.typed);
                    typed.set("draft", query.draft.unwrap_or_default().to_string());
                    typed
                }
                // A deleted contact can only be edited from a form that was begun before the deletion.
                None if profile.contact.deleted_at.is_some() => return Err(AppError::NotFound),
                None => {
                    let mut typed = Typed::of(&profile.details());
                    typed.set("version", profile.contact.version.to_string());
                    typed
                }
            };
            let rules = Rules::load(conn, &typed, Some(&profile))?;
            Ok((profile, typed, rules))
        })
        .await?;
    ContactFormPage::new(cx, typed, rules, Some(profile.contact)).answer(&db).await
}

/// `POST /contacts/{id}`: a newer version is not overwritten. The form is then shown again with what was typed, what each person
/// has changed, and the newer version, so that saving again is a decision.
pub async fn update(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let mut typed = Typed::new(pairs);
    let version = typed.version()?;
    let (profile, typed, rules) = db
        .read(move |conn| {
            let profile = write::profile(conn, id)?;
            // The other person's values that the form showed, for fields where the user chose them.
            typed.settle(&conflict::base(conn, &profile, version)?);
            let rules = Rules::load(conn, &typed, Some(&profile))?;
            Ok((profile, typed, rules))
        })
        .await?;
    if let Some(step) = typed.step() {
        return take_step(cx, &db, account, Some(id), typed, step).await;
    }
    if typed.has_unseen_fields(&rules) {
        return ask_for_type_fields(cx, &db, Some(id), typed).await;
    }
    let submission = match form::read(cx.t, &typed, &rules, Some(&profile.details())) {
        Ok(submission) => submission,
        Err(errors) => {
            let mut template = ContactFormPage::new(cx, typed, rules, Some(profile.contact));
            template.offer = errors.at("organization").is_some();
            template.errors = errors;
            return template.answer(&db).await;
        }
    };
    let restore = typed.has("restore");
    let draft = typed.get("draft").parse().ok();
    let given = submission.clone();
    let saved = db
        .write(move |conn| {
            let saved = write::update(conn, id, version, &given, account.id, restore)?;
            if saved == Saved::Yes {
                discard_draft(conn, account.id, draft)?;
            }
            Ok(saved)
        })
        .await;
    match saved {
        Ok(Saved::Yes) => {
            cx.say(fl!(cx.t, "contact-saved"));
            Ok(page::see_other(contact_url(&id, &cx.from)))
        }
        Ok(Saved::Stale | Saved::Deleted) => {
            draw_conflict(cx, &db, id, version, typed, submission.details).await
        }
        Err(AppError::Taken(Constraint::ContactEmail)) => {
            let email = Email::stored(submission.details.get(Field::Email));
            let in_trash = match email {
                Some(email) => db.read(move |conn| write::deleted_with(conn, &email)).await?,
                None => None,
            };
            let message = match in_trash {
                Some(_) => fl!(cx.t, "email-in-trash"),
                None => fl!(cx.t, "email-taken"),
            };
            let mut template = ContactFormPage::new(cx, typed, rules, Some(profile.contact));
            template.errors = FormErrors::one("email", message);
            template.in_trash = in_trash;
            template.answer(&db).await
        }
        Err(AppError::Gone) => {
            let message = fl!(cx.t, "contact-points-nowhere");
            let mut template = ContactFormPage::new(cx, typed, rules, Some(profile.contact));
            template.errors = FormErrors::one("organization", message);
            template.answer(&db).await
        }
        Err(error) => Err(error),
    }
}

/// The form again, with what each of two people has changed. If the contact was merged, the form is that of the remaining one.
async fn draw_conflict(
    cx: Context,
    db: &Db,
    id: i64,
    version: i64,
    mut typed: Typed,
    yours: Details,
) -> AppResult<HttpResponse> {
    let locale = cx.locale;
    let (theirs, typed, rules, rows) = db
        .read(move |conn| {
            let drawn = write::profile(conn, id)?;
            let base = conflict::base(conn, &drawn, version)?;
            let theirs = match write::present(conn, id) {
                Ok(present) if present.id != id => write::profile(conn, present.id)?,
                Ok(_) | Err(AppError::InTrash { .. }) => drawn,
                Err(error) => return Err(error),
            };
            let wording = Wording::load(conn)?;
            let rows = conflict::merge(&mut typed, &base, &theirs.details(), &yours, &wording, locale);
            typed.set("version", theirs.contact.version.to_string());
            // The other person may have chosen another organization or type.
            let rules = Rules::load(conn, &typed, Some(&theirs))?;
            Ok((theirs, typed, rules, rows))
        })
        .await?;
    let is_lost = theirs.contact.merged_into.is_some();
    let restore = theirs.contact.deleted_at.is_some() && !is_lost;
    let message = if is_lost {
        fl!(cx.t, "contact-merged-meanwhile")
    } else if theirs.contact.id != id {
        fl!(cx.t, "form-merged", name = theirs.contact.name())
    } else if restore {
        fl!(cx.t, "contact-gone")
    } else {
        fl!(cx.t, "contact-stale")
    };
    let mut template = ContactFormPage::new(cx, typed, rules, Some(theirs.contact));
    template.errors = FormErrors::one("conflict", message);
    template.conflict = rows;
    template.restore = restore;
    template.answer(db).await
}
