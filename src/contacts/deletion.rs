//! Deleting asks once, and moves to the trash.

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::{Contact, store};
use crate::accounts::Account;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Context, Form, NoFields, flash, page};

#[derive(Template)]
#[template(path = "contacts/delete.html")]
struct DeletePage {
    cx: Context,
    contact: Contact,
}

/// `GET /contacts/{id}/delete`
pub async fn new(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let contact = db.read(move |conn| store::find(conn, *id)).await?;
    page::ok(&DeletePage { cx, contact })
}

/// `POST /contacts/{id}/delete`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let contact = db
        .write(move |conn| {
            let contact = store::find(conn, *id)?;
            store::delete(conn, *id, account.id)?;
            Ok(contact)
        })
        .await?;
    flash::set(
        &session,
        fl!(cx.t, "contact-deleted", name = contact.name()),
    );
    Ok(page::see_other("/contacts"))
}
