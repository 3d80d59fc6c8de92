//! Deletion of a contact: asks for confirmation, then moves the contact to the trash.

use actix_web::{HttpResponse, web};

use crate::book::write;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Confirm, Context, Form, NoFields, page};

/// `GET /contacts/{id}/delete`
pub async fn new(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| write::find(conn, *id)).await?;
    let t = cx.t;
    let confirm = Confirm {
        above: vec![("/contacts".to_owned(), fl!(t, "contacts-title"))],
        title: fl!(t, "contact-delete-title", name = contact.name()),
        text: fl!(t, "contact-delete-text"),
        button: Some(fl!(t, "contact-delete-confirm")),
        back: format!("/contacts/{}", contact.id),
        instead: Some((format!("/contacts/{}/erase", contact.id), fl!(t, "erase-at-once"))),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /contacts/{id}/delete`
pub async fn create(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (contact, is_new_there) = db
        .write(move |conn| {
            let contact = write::profile(conn, id)?.contact;
            Ok((contact, write::delete(conn, id, account.id)?))
        })
        .await?;
    let message = if is_new_there {
        fl!(cx.t, "contact-deleted", name = contact.name())
    } else {
        fl!(cx.t, "contact-was-deleted", name = contact.name())
    };
    cx.say(message);
    // The contact's page, which has the button to restore it.
    Ok(page::see_other(format!("/contacts/{id}")))
}
