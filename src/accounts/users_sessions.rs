//! The end of the sessions of an account, or of all accounts, by an administrator.

use actix_web::{HttpResponse, web};

use super::store;
use crate::db::{Db, sessions};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::{Account, Confirm, Context, CurrentSession, Form, NoFields, page};

/// `GET /users/{id}/sessions/end`: asks first, with the number of open sessions.
pub async fn ask_of(
    cx: Context,
    current: CurrentSession,
    db: web::Data<Db>,
    id: web::Path<i64>,
) -> AppResult<HttpResponse> {
    let (user, open) = db
        .read(move |conn| Ok((store::find(conn, *id)?, sessions::present(conn, Some(*id), current.0)?)))
        .await?;
    let t = cx.t;
    let confirm = Confirm {
        above: above(&cx),
        title: fl!(t, "user-sessions-ask", name = user.name()),
        text: fl!(t, "user-sessions-text"),
        points: vec![fl!(t, "sessions-will-end", count = open.sessions)],
        button: Some(fl!(t, "user-sessions-submit")),
        is_harmless: true,
        back: format!("/users/{}", user.id),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /users/{id}/sessions/end`
pub async fn end_of(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&cx, &db, Some(*id), &account, current).await
}

/// `GET /users/sessions/end`: asks first, with the numbers of people and sessions.
pub async fn ask_all(cx: Context, current: CurrentSession, db: web::Data<Db>) -> AppResult<HttpResponse> {
    let open = db.read(move |conn| sessions::present(conn, None, current.0)).await?;
    let t = cx.t;
    let confirm = Confirm {
        above: above(&cx),
        title: fl!(t, "users-sessions-ask"),
        text: fl!(t, "users-sessions-text"),
        points: vec![
            fl!(t, "people-signed-in", count = open.accounts),
            fl!(t, "sessions-will-end", count = open.sessions),
        ],
        button: Some(fl!(t, "users-sessions-submit")),
        back: "/users".to_owned(),
        ..Confirm::default()
    };
    confirm.answer(cx)
}

/// `POST /users/sessions/end`: ends all sessions of all accounts except the current one.
pub async fn end_all(
    account: Account,
    current: CurrentSession,
    cx: Context,
    db: web::Data<Db>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    end(&cx, &db, None, &account, current).await
}

async fn end(
    cx: &Context,
    db: &Db,
    of: Option<i64>,
    account: &Account,
    current: CurrentSession,
) -> AppResult<HttpResponse> {
    let by = account.id;
    let ended = db.write(move |conn| store::end_sessions(conn, of, current.0, by)).await?;
    cx.say(fl!(cx.t, "users-sessions-ended", count = ended.sessions));
    Ok(page::see_other("/users"))
}

/// The link above a question about users.
pub(super) fn above(cx: &Context) -> Vec<(String, String)> {
    vec![("/users".to_owned(), fl!(cx.t, "users-title"))]
}
