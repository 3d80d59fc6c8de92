//! The removal of a lost second factor by an administrator.

use actix_web::{HttpResponse, web};

use super::store;
use crate::accounts::store as accounts;
use crate::accounts::users_sessions::above;
use crate::db::{Db, sessions};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Confirm, Context, CurrentSession, Form, NoFields, page};

/// `GET /users/{id}/second-factor/remove`: asks first.
pub async fn ask(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if id == account.id {
        return Ok(page::see_other("/account/second-factor"));
    }
    let (user, open) = db
        .read(move |conn| Ok((accounts::find(conn, id)?, sessions::present(conn, Some(id), current.0)?)))
        .await?;
    let t = cx.t;
    let confirm = Confirm {
        above: above(&cx),
        title: fl!(t, "user-second-factor-ask", name = user.name()),
        text: fl!(t, "user-second-factor-who"),
        points: vec![fl!(t, "user-second-factor-effect"), fl!(t, "sessions-will-end", count = open.sessions)],
        button: Some(fl!(t, "user-second-factor-submit")),
        back: format!("/users/{id}"),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

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
    let message = fl!(cx.t, "user-second-factor-removed", name = user.name());
    cx.say(message);
    Ok(page::see_other("/users"))
}
