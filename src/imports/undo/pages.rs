//! Undoing asks once.

use std::time::Duration;

use actix_session::Session;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::store;
use crate::accounts::Account;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::fl;
use crate::imports::import::Import;
use crate::imports::store as import_store;
use crate::jobs::Bell;
use crate::web::{Context, Form, NoFields, flash, page};

/// How long the answer waits for the work, so that most show their result at once.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "imports/undo_new.html")]
struct UndoPage {
    cx: Context,
    import: Import,
    own: store::Own,
    /// Contacts that a later list holds by now, or that are not in the book any more.
    elsewhere: i64,
}

/// `GET /imports/{id}/undo`
pub async fn new(cx: Context, db: web::Data<Db>, id: web::Path<i64>) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    let (import, can_begin, own) = db
        .read(move |conn| {
            let import = import_store::find(conn, id)?;
            let can_begin =
                store::can_be_undone(conn, &import)? && store::find(conn, id)?.is_none();
            Ok((import, can_begin, store::count_own(conn, id)?))
        })
        .await?;
    if !can_begin {
        // Its page says why not.
        return Ok(page::see_other(format!("/imports/{id}")));
    }
    page::ok(&UndoPage {
        cx,
        elsewhere: import.counts.importable() - own.all,
        own,
        import,
    })
}

/// `POST /imports/{id}/undo`
pub async fn create(
    session: Session,
    account: Account,
    cx: Context,
    db: web::Data<Db>,
    bell: web::Data<Bell>,
    id: web::Path<i64>,
    Form(NoFields {}): Form<NoFields>,
) -> AppResult<HttpResponse> {
    let id = id.into_inner();
    if db
        .write(move |conn| store::begin(conn, id, account.id))
        .await?
    {
        bell.ring();
        if has_ended(&db, id).await? {
            flash::set(&session, fl!(cx.t, "undo-done-flash"));
        }
    }
    Ok(page::see_other(format!("/imports/{id}")))
}

/// Waits until the import is undone, or patience ends; tells whether it is.
async fn has_ended(db: &Db, id: i64) -> AppResult<bool> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let undo = db.read(move |conn| store::find(conn, id)).await?;
        if undo.is_some_and(|undo| undo.finished_at.is_some()) {
            return Ok(true);
        }
        if tokio::time::Instant::now() >= deadline {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}
