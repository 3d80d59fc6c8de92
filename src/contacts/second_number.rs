//! Moves the second number of a phone field to a free field.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::book::write::{self, Saved, Submission};
use crate::db::{AnyConnection, Db};
use crate::domain::{Field, Right};
use crate::error::{AppError, AppResult};
use crate::i18n::{Catalogue, field_name, fl};
use crate::web::{Account, Context, Form, Routes, page};

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/{id}/second-number").post(Right::ContactEdit, create);
}

#[derive(Debug, Deserialize)]
struct MoveForm {
    /// The version of the contact that the page showed.
    version: i64,
    /// The field with two numbers.
    phone: String,
}

/// The result of the move.
enum Moved {
    /// The number is in this field now.
    To(String, Field),
    /// The contact was changed since the page was shown.
    Stale,
    /// The field has only one number now.
    NotThere,
    NoneFree,
}

impl Moved {
    fn message(self, t: &Catalogue) -> String {
        match self {
            Self::To(number, field) => {
                let field = field_name(t, field);
                fl!(t, "second-number-moved", number = number, field = field)
            }
            Self::Stale => fl!(t, "second-number-stale"),
            Self::NotThere => fl!(t, "second-number-not-there"),
            Self::NoneFree => fl!(t, "second-number-full"),
        }
    }
}

/// `POST /contacts/{id}/second-number`
async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(form): Form<MoveForm>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let moved = db.write(move |conn| move_out(conn, id, &form, account.id)).await?;
    cx.say(moved.message(cx.t));
    Ok(page::see_other(format!("/contacts/{id}")))
}

fn move_out(conn: &mut AnyConnection, id: i64, form: &MoveForm, account: i64) -> AppResult<Moved> {
    let profile = write::profile(conn, id)?;
    let contact = &profile.contact;
    if contact.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let phones = contact.phones();
    let mut phones = phones.iter().filter(|phone| phone.field.form_name() == form.phone);
    let Some((phone, (rest, second))) = phones.find_map(|phone| Some((phone, phone.without_second()?)))
    else {
        return Ok(Moved::NotThere);
    };
    let Some(free) = contact.free_phone(&second) else {
        return Ok(Moved::NoneFree);
    };
    let mut details = profile.details();
    details.set(phone.field, rest);
    details.set(free, second.text());
    let submission = Submission {
        details,
        organization_id: contact.organization_id,
        contact_type_id: contact.contact_type_id,
        ..Submission::default()
    };
    Ok(match write::update(conn, id, form.version, &submission, account, false)? {
        Saved::Yes => Moved::To(second.spoken(), free),
        Saved::Stale => Moved::Stale,
        Saved::Deleted => return Err(AppError::NotFound),
    })
}
