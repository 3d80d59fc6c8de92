//! The removal of a lost second factor by an administrator.

use actix_web::{HttpResponse, web};

use super::store;
use crate::accounts::store as accounts;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Context, Form, NoFields, page};

/// `POST /users/{id}/second-factor/remove`: removes the factor and ends the account's sessions. Administrators turn their own
/// factor off with a code instead, because an open session must not be enough.
pub async fn remove(
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if id == account.id {
        return Ok(page::see_other("/account/second-factor"));
    }
    let user = db
        .write(move |conn| {
            let user = accounts::find(conn, id)?;
            store::remove(conn, id, Some(account.id))?;
            Ok(user)
        })
        .await?;
    let message = fl!(cx.t, "user-second-factor-removed", name = user.username);
    cx.say(message);
    Ok(page::see_other("/users"))
}
