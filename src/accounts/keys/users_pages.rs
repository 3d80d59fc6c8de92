//! The keys of all accounts, for administrators.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::own_pages::{question, scope_name};
use super::store::{self, AccessKey, day_in};
use crate::accounts::users_sessions::above;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, NoFields, page};

#[derive(Template)]
#[template(path = "accounts/keys/all.html")]
struct AllKeysPage {
    cx: Context,
    keys: Vec<AccessKey>,
    /// The path of the page.
    list: &'static str,
}

/// `GET /users/keys`
pub async fn index(cx: Context, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let keys = db.read(|conn| store::list(conn, None)).await?;
    page::ok(&AllKeysPage { cx, keys, list: "/users/keys" })
}

/// `GET /users/keys/{id}/end`
pub async fn ask(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let key = db.read(move |conn| store::find(conn, *id, None)).await?;
    let mut confirm = question(&cx, &key, above(&cx), "/users/keys");
    confirm.points = vec![fl!(cx.t, "key-of", name = key.owner.as_str())];
    confirm.answer(cx)
}

/// `POST /users/keys/{id}/end`
pub async fn end(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let by = account.id;
    let label = db
        .write(move |conn| {
            let key = store::find(conn, *id, None)?;
            store::end(conn, &key, by)?;
            Ok(key.label)
        })
        .await?;
    cx.say(fl!(cx.t, "key-ended", label = label));
    Ok(page::see_other("/users/keys"))
}
